package report

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
)

// The Pact form, version 4 of its specification
// (https://github.com/pact-foundation/pact-specification): what a consumer
// sends, and what it was answered.
type pactJSON struct {
	Consumer     pactNameJSON          `json:"consumer"`
	Provider     pactNameJSON          `json:"provider"`
	Interactions []pactInteractionJSON `json:"interactions"`
	Metadata     pactMetadataJSON      `json:"metadata"`
}

type pactNameJSON struct {
	Name string `json:"name"`
}

type pactMetadataJSON struct {
	Specification struct {
		Version string `json:"version"`
	} `json:"pactSpecification"`
	Capisim struct {
		Version string `json:"version"`
	} `json:"capisim"`
}

type pactInteractionJSON struct {
	Type           string           `json:"type"`
	Key            string           `json:"key"`
	Description    string           `json:"description"`
	Pending        bool             `json:"pending"`
	ProviderStates []pactNameJSON   `json:"providerStates,omitempty"`
	Request        pactRequestJSON  `json:"request"`
	Response       pactResponseJSON `json:"response"`
}

type pactRequestJSON struct {
	Method  string              `json:"method"`
	Path    string              `json:"path"`
	Query   map[string][]string `json:"query,omitempty"`
	Headers map[string][]string `json:"headers,omitempty"`
	Body    *pactBodyJSON       `json:"body,omitempty"`
}

type pactResponseJSON struct {
	Status  int                 `json:"status"`
	Headers map[string][]string `json:"headers,omitempty"`
	Body    *pactBodyJSON       `json:"body,omitempty"`
}

// pactBodyJSON holds JSON as it is, other text as a string, and what is no
// text in base64; encoded is false or "base64".
type pactBodyJSON struct {
	Content     json.RawMessage `json:"content"`
	ContentType string          `json:"contentType"`
	Encoded     any             `json:"encoded"`
}

// DefaultConsumer and DefaultProvider name the two sides of a pact when the
// caller has no names of its own.
const (
	DefaultConsumer = "client"
	DefaultProvider = "cloud-controller-v3"
)

// Pact writes entries, in the order they are handed in, as a contract between
// a consumer and the API. Left out is what no provider could be held to:
// requests of no known operation, broken connections, bodies that were cut,
// credentials, and headers that differ from answer to answer. Exchanges that
// are alike stand in it once.
func Pact(w io.Writer, entries []journal.Entry, consumer, provider string, from Source) error {
	doc := pactJSON{
		Consumer:     pactNameJSON{cmp.Or(consumer, DefaultConsumer)},
		Provider:     pactNameJSON{cmp.Or(provider, DefaultProvider)},
		Interactions: []pactInteractionJSON{},
	}
	doc.Metadata.Specification.Version = "4.0"
	doc.Metadata.Capisim.Version = cmp.Or(from.Version, "unknown")
	seen := map[string]bool{}
	numbers := map[string]int{}
	for i := range entries {
		filled := forShell(entries[i])
		e := &filled
		if e.Operation == nil || !e.Answered() || e.RequestBody.Cut() || e.ResponseBody.Cut() {
			continue
		}
		one := pactInteraction(e)
		same, err := json.Marshal(one)
		if err != nil {
			return fmt.Errorf("write pact: %w", err)
		}
		if seen[string(same)] {
			continue
		}
		seen[string(same)] = true
		// Readers tell interactions apart by description and state.
		numbers[one.Description]++
		n := numbers[one.Description]
		one.Key = fmt.Sprintf("%s-%d-%d", e.OperationID(), e.Status, n)
		if n > 1 {
			one.Description = fmt.Sprintf("%s (%d)", one.Description, n)
		}
		doc.Interactions = append(doc.Interactions, one)
	}
	return writeJSON(w, doc)
}

func pactInteraction(e *journal.Entry) pactInteractionJSON {
	one := pactInteractionJSON{
		Type:        "Synchronous/HTTP",
		Description: fmt.Sprintf("%s answered with %d", e.OperationID(), e.Status),
		Request: pactRequestJSON{
			Method: e.Method, Path: e.Path, Query: pactQuery(e.RawQuery),
			Headers: pactHeaders(e.RequestHeader, "Accept", "Content-Type"),
			Body:    pactBody(e.RequestBody.Bytes, e.RequestHeader),
		},
		Response: pactResponseJSON{
			Status:  e.Status,
			Headers: pactHeaders(e.ResponseHeader, "Content-Type", "Location", "Retry-After", "X-Cf-Warnings"),
			Body:    pactBody(e.ResponseBody.Bytes, e.ResponseHeader),
		},
	}
	switch {
	case e.InjectedStatus():
		one.ProviderStates = []pactNameJSON{{fmt.Sprintf("%s fails with %d", e.OperationID(), e.Status)}}
	case e.User != "":
		one.ProviderStates = []pactNameJSON{{"the caller is " + e.User}}
	}
	return one
}

func pactQuery(query string) map[string][]string {
	values, err := url.ParseQuery(query)
	if err != nil || len(values) == 0 {
		return nil
	}
	return values
}

func pactHeaders(h http.Header, names ...string) map[string][]string {
	kept := map[string][]string{}
	for _, name := range names {
		if values := h.Values(name); len(values) > 0 {
			kept[name] = values
		}
	}
	return kept
}

func pactBody(body []byte, h http.Header) *pactBodyJSON {
	if len(body) == 0 {
		return nil
	}
	kind := cmp.Or(h.Get("Content-Type"), "application/octet-stream")
	out := &pactBodyJSON{ContentType: kind, Encoded: false}
	switch {
	case isJSON(kind) && json.Valid(body):
		out.Content = json.RawMessage(bytes.TrimSpace(body))
	case utf8.Valid(body):
		out.Content = json.RawMessage(document.Quoted(string(body)))
	default:
		out.Content, out.Encoded = json.RawMessage(document.Quoted(base64.StdEncoding.EncodeToString(body))), "base64"
	}
	return out
}

func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json"))
}
