// Package client asks and steers a running server by its admin API. It hides
// addresses, paging and the shape of errors, and holds the values that the API
// answers with, which the server takes from here. It knows nothing of how the
// server makes them.
package client

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/capisim/sim/fault"
)

// Client talks to the admin API of a running server. Its methods may be called
// from everywhere at once. Their errors are *UnreachableError when no answer
// came, *AnswerError when the server refused, and else about an answer that is
// not capisim's.
type Client struct {
	URL   string       // of the server, with or without a slash at the end
	Base  string       // what requests begin with when URL only tells people where it is, as of a socket
	World string       // "" or "default" for the default one
	Token string       // "" for none
	HTTP  *http.Client // nil for http.DefaultClient
}

// UnreachableError says that the server gave no answer.
type UnreachableError struct {
	URL   string
	Cause error
}

// Error names the server and the cause in one line.
func (e *UnreachableError) Error() string {
	return fmt.Sprintf("capisim was not reached at %s: %s", e.URL, oneLine(e.Cause.Error()))
}

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Cause }

// AnswerError is a refusal of the server.
type AnswerError struct {
	Status   int
	Problems []Problem // one at least
}

// Error gives all problems in one line.
func (e *AnswerError) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = oneLine(p.Detail)
		if p.Pointer != "" {
			texts[i] = p.Pointer + ": " + texts[i]
		}
	}
	return strings.Join(texts, "; ")
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// path is an admin path with its variable parts escaped.
func path(segments ...string) string {
	var out strings.Builder
	out.WriteString("/admin")
	for _, segment := range segments {
		out.WriteString("/" + url.PathEscape(segment))
	}
	return out.String()
}

// atRoot marks the calls about worlds, which only the default one answers.
func (c *Client) atRoot() *Client {
	root := *c
	root.World = ""
	return &root
}

func (c *Client) address(path string, query url.Values) string {
	address := strings.TrimRight(cmp.Or(c.Base, c.URL), "/")
	if c.World != "" && c.World != "default" {
		address += "/worlds/" + url.PathEscape(c.World)
	}
	address += path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return address
}

// send makes one request and returns an answer of the 200s, its body open, or
// that of a verdict.
func (c *Client) send(ctx context.Context, method, address string, body any) (*http.Response, error) {
	raw, err := encoded(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(raw))
	if err != nil {
		return nil, &UnreachableError{URL: c.URL, Cause: err}
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.Token != "" {
		request.Header.Set("Authorization", "Bearer "+c.Token)
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		var about *url.Error
		if errors.As(err, &about) {
			err = about.Err // the rest repeats method and address
		}
		return nil, &UnreachableError{URL: c.URL, Cause: reason(err)}
	}
	if response.StatusCode < 300 {
		return response, nil
	}
	defer response.Body.Close()
	return nil, c.refusedBy(response)
}

// encoded is a body as it is sent: bytes as they are, nothing for nil, anything
// else as JSON.
func encoded(body any) ([]byte, error) {
	switch b := body.(type) {
	case nil:
		return nil, nil
	case []byte:
		return b, nil
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode a request: %w", err)
	}
	return raw, nil
}

// maxAnswer is how much is read of a refusal, and of one event, in bytes.
const maxAnswer = 1 << 20

// ask makes one request and reads its JSON answer.
func ask[T any](ctx context.Context, c *Client, method, address string, body any) (T, error) {
	var answer T
	raw, err := c.bytes(ctx, method, address, body)
	if err != nil {
		return answer, err
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return answer, &UnreachableError{URL: c.URL, Cause: fmt.Errorf("%w: %w", errStranger, err)}
	}
	return answer, nil
}

// remove makes one request that has no answer but that it was done.
func (c *Client) remove(ctx context.Context, path string) error {
	_, err := c.bytes(ctx, http.MethodDelete, c.address(path, nil), nil)
	return err
}

func (c *Client) bytes(ctx context.Context, method, address string, body any) ([]byte, error) {
	response, err := c.send(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, &UnreachableError{URL: c.URL, Cause: err}
	}
	return raw, nil
}

// all reads a list page by page.
func all[T any](ctx context.Context, c *Client, path string) ([]T, error) {
	list := []T{}
	for number := 1; ; number++ {
		query := url.Values{"page": {strconv.Itoa(number)}, "per_page": {strconv.Itoa(MaxPerPage)}}
		page, err := ask[List[T]](ctx, c, http.MethodGet, c.address(path, query), nil)
		if err != nil {
			return nil, err
		}
		list = append(list, page.Resources...)
		if page.Pagination.Next == nil || len(page.Resources) == 0 {
			return list, nil
		}
	}
}

// Overview is the world at a glance.
func (c *Client) Overview(ctx context.Context) (Overview, error) {
	return ask[Overview](ctx, c, http.MethodGet, c.address(path(), nil), nil)
}

// SetFault makes an operation answer a status; the part is the rest of the
// rule, its zero value nothing more.
func (c *Client) SetFault(ctx context.Context, operation string, status int, part fault.Rule) (fault.Status, error) {
	return ask[fault.Status](ctx, c, http.MethodPut, c.address(path("faults", operation, strconv.Itoa(status)), nil), part)
}

// AddFault puts a rule in force and returns it with the id that it was given.
func (c *Client) AddFault(ctx context.Context, rule fault.Rule) (fault.Status, error) {
	return ask[fault.Status](ctx, c, http.MethodPost, c.address(path("faults"), nil), rule)
}

// PutFault puts a rule in force under its id, in the place of one that has it.
func (c *Client) PutFault(ctx context.Context, rule fault.Rule) (fault.Status, error) {
	return ask[fault.Status](ctx, c, http.MethodPut, c.address(path("faults", rule.ID), nil), rule)
}

// AddFaults puts the rules of a document in force, a list of them in YAML or
// JSON, all or none.
func (c *Client) AddFaults(ctx context.Context, document []byte) ([]fault.Status, error) {
	answer, err := ask[List[fault.Status]](ctx, c, http.MethodPost, c.address(path("faults"), nil), document)
	return answer.Resources, err
}

// Faults lists the rules with their counters, the newest first.
func (c *Client) Faults(ctx context.Context) ([]fault.Status, error) {
	return all[fault.Status](ctx, c, path("faults"))
}

// ClearFault removes one rule.
func (c *Client) ClearFault(ctx context.Context, id string) error {
	return c.remove(ctx, path("faults", id))
}

// ClearFaults removes all rules.
func (c *Client) ClearFaults(ctx context.Context) error { return c.remove(ctx, path("faults")) }

// Load loads a scenario of the server into the world, by name.
func (c *Client) Load(ctx context.Context, name string) (Overview, error) {
	return c.load(ctx, map[string]string{"scenario": name})
}

// LoadDocument loads a scenario document into the world, in YAML or JSON.
func (c *Client) LoadDocument(ctx context.Context, document []byte) (Overview, error) {
	return c.load(ctx, document)
}

func (c *Client) load(ctx context.Context, body any) (Overview, error) {
	return ask[Overview](ctx, c, http.MethodPost, c.address(path("load"), nil), body)
}

// Reset brings the world back to its scenario, or only these parts of it:
// state, faults, journal, clock.
func (c *Client) Reset(ctx context.Context, only ...string) (Overview, error) {
	body := map[string][]string{}
	if len(only) > 0 {
		body["only"] = only
	}
	return ask[Overview](ctx, c, http.MethodPost, c.address(path("reset"), nil), body)
}

// State returns the world as a scenario document, in "yaml" or "json".
func (c *Client) State(ctx context.Context, format string) ([]byte, error) {
	var text bytes.Buffer
	err := c.WriteState(ctx, format, &text)
	return text.Bytes(), err
}

// WriteState is State for a world that is too large to be held: it is written as
// it comes, and what was written before an error is not the whole.
func (c *Client) WriteState(ctx context.Context, format string, to io.Writer) error {
	response, err := c.send(ctx, http.MethodGet, c.address(path("state"), url.Values{"format": {format}}), nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(to, &arriving{response.Body, c.URL})
	return err
}

// arriving is the body of an answer; that it breaks off is the server's doing.
type arriving struct {
	body io.Reader
	url  string
}

func (a *arriving) Read(p []byte) (int, error) {
	n, err := a.body.Read(p)
	if err != nil && err != io.EOF {
		err = &UnreachableError{URL: a.url, Cause: err}
	}
	return n, err
}

// Worlds lists all worlds, the default one first.
func (c *Client) Worlds(ctx context.Context) ([]WorldView, error) {
	return all[WorldView](ctx, c.atRoot(), path("worlds"))
}

// CreateWorld makes a world.
func (c *Client) CreateWorld(ctx context.Context, wanted NewWorld) (WorldView, error) {
	root := c.atRoot()
	return ask[WorldView](ctx, root, http.MethodPost, root.address(path("worlds"), nil), wanted)
}

// DeleteWorld ends a world.
func (c *Client) DeleteWorld(ctx context.Context, name string) error {
	return c.atRoot().remove(ctx, path("worlds", name))
}

// Clock is the clock as it stands.
func (c *Client) Clock(ctx context.Context) (ClockState, error) {
	return ask[ClockState](ctx, c, http.MethodGet, c.address(path("clock"), nil), nil)
}

// FreezeClock stops the clock where it is.
func (c *Client) FreezeClock(ctx context.Context) (ClockState, error) { return c.run(ctx, "frozen") }

// ResumeClock lets the clock run on from where it is.
func (c *Client) ResumeClock(ctx context.Context) (ClockState, error) { return c.run(ctx, "real") }

func (c *Client) run(ctx context.Context, mode string) (ClockState, error) {
	return ask[ClockState](ctx, c, http.MethodPut, c.address(path("clock"), nil), map[string]string{"mode": mode})
}

// AdvanceClock moves the clock forward.
func (c *Client) AdvanceClock(ctx context.Context, by time.Duration) (ClockState, error) {
	body := map[string]string{"by": by.String()}
	return ask[ClockState](ctx, c, http.MethodPost, c.address(path("clock", "advance"), nil), body)
}
