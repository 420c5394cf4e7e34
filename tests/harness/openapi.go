package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"example.com/capisim/sim"
	"example.com/capisim/sim/contract"
)

// published is an OpenAPI document of the server with its schemas compiled: each
// on first use, once for a whole suite.
type published struct {
	compiler *jsonschema.Compiler
	paths    map[string]map[string]operation

	mu       sync.Mutex // guards what follows, and the compiler
	compiled map[string]*jsonschema.Schema
	good     map[string]bool // places of schemas with bodies that fit them
}

type operation struct{ Responses map[string]response }

type response struct {
	Ref     string `json:"$ref"`
	Content map[string]struct{}
}

const documentURL = "https://capisim.example.com/openapi.json"

// editions are the documents of all editions of the API, the usual one first.
var editions = sync.OnceValues(func() (all []*published, err error) {
	for _, variant := range []contract.Variant{contract.Default, contract.OpenSource, contract.Vendor} {
		p, err := publish(shared("openapi-"+string(variant), func() ([]byte, error) { return sim.OpenAPI(string(variant), "http://localhost") }))
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
})

var adminDocument = sync.OnceValues(func() (*published, error) {
	return publish(shared("openapi-admin", func() ([]byte, error) { return sim.AdminOpenAPI("http://localhost") }))
})

// shared is a document that takes seconds to make under the race detector: where
// the suites of a run have a folder in common, the first of them makes it for all.
func shared(name string, produce func() ([]byte, error)) ([]byte, error) {
	folder := os.Getenv("CAPISIM_SHARED")
	if folder == "" {
		return produce()
	}
	lock, err := os.Create(filepath.Join(folder, name+".lock"))
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	if err := Lock(lock); err != nil {
		return nil, err
	}
	path := filepath.Join(folder, name+".json")
	if made, err := os.ReadFile(path); err == nil {
		return made, nil
	}
	made, err := produce()
	if err == nil {
		err = os.WriteFile(path, made, 0o600)
	}
	return made, err
}

// loadDocuments makes the documents before a request is sent: what is told of the
// time between two of them must not be told of the documents.
func loadDocuments() error {
	_, err := editions()
	if err == nil {
		_, err = adminDocument()
	}
	return err
}

func publish(raw []byte, err error) (*published, error) {
	if err != nil {
		return nil, err
	}
	p := &published{compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}, good: map[string]bool{}}
	p.compiler.Draft, p.compiler.AssertFormat = jsonschema.Draft2020, true
	if err := p.compiler.AddResource(documentURL, bytes.NewReader(raw)); err != nil {
		return nil, err
	}
	var document struct {
		Paths      map[string]map[string]operation
		Components struct{ Responses map[string]response }
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		return nil, err
	}
	for _, methods := range document.Paths {
		for _, op := range methods {
			for status, r := range op.Responses {
				if name, isRef := strings.CutPrefix(r.Ref, "#/components/responses/"); isRef {
					r.Content = document.Components.Responses[name].Content
					op.Responses[status] = r
				}
			}
		}
	}
	p.paths = document.Paths
	return p, nil
}

// asPublished says what about an answer is not as the OpenAPI document of any
// edition has it; nil when one has it so.
func asPublished(op *contract.Operation, x *Exchange) error {
	documents, err := editions()
	if err != nil {
		return err
	}
	var first error
	for _, document := range documents {
		err := document.check(op.Path, op.Method, x)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// asAdminPublished says what about an answer of the admin API is not as its
// document has it. What meets no route is not looked at.
func asAdminPublished(x *Exchange) error {
	document, err := adminDocument()
	if err != nil {
		return err
	}
	path, _, _ := strings.Cut(x.URL, "?")
	segments := strings.Split(strings.Trim(path, "/"), "/")
	best := ""
	for pattern := range document.paths {
		// Of two that fit, that with fewer parameters is meant.
		if fits(strings.Split(strings.Trim(pattern, "/"), "/"), segments) && (best == "" || strings.Count(pattern, "{") < strings.Count(best, "{")) {
			best = pattern
		}
	}
	if _, known := document.paths[best][strings.ToLower(x.Method)]; !known {
		return nil
	}
	return document.check(best, x.Method, x)
}

func (p *published) check(path, method string, x *Exchange) error {
	what := fmt.Sprintf("%s %s %d", method, path, x.Status)
	method = strings.ToLower(method)
	status := strconv.Itoa(x.Status)
	response, known := p.paths[path][method].Responses[status]
	if !known {
		status = status[:1] + "XX"
		response, known = p.paths[path][method].Responses[status]
	}
	if !known {
		return fmt.Errorf("%s is not in the OpenAPI document", what)
	}
	if len(x.Body) == 0 {
		if len(response.Content) > 0 {
			return fmt.Errorf("%s has a body in the OpenAPI document", what)
		}
		return nil
	}
	media, _, err := mime.ParseMediaType(x.Header.Get("Content-Type"))
	if err != nil {
		media = "*/*"
	}
	if _, listed := response.Content[media]; !listed {
		return fmt.Errorf("%s is not %s in the OpenAPI document", what, media)
	}
	at := "#/paths/" + escape(path) + "/" + method + "/responses/" + status
	if response.Ref != "" {
		at = response.Ref
	}
	at += "/content/" + escape(media) + "/schema"
	// Many answers of a suite are the same ones over and over.
	pair := at + "\n" + string(x.Body)
	p.mu.Lock()
	good := p.good[pair]
	p.mu.Unlock()
	if good {
		return nil
	}
	err = p.fit(at, media, x.Body)
	if err == nil && len(x.Body) < 1<<14 {
		p.mu.Lock()
		p.good[pair] = true
		p.mu.Unlock()
	}
	return err
}

// fit holds a body against the schema at a place.
func (p *published) fit(at, media string, body []byte) error {
	if !json.Valid(body) {
		return nil // a text or bytes, of any form
	}
	schema, err := p.schema(at)
	if err != nil {
		return err
	}
	value, err := decode(body)
	if err != nil {
		return err
	}
	if err = schema.Validate(value); err != nil && strings.HasPrefix(media, "text/") {
		return schema.Validate(string(body)) // JSON that is called a text
	}
	return err
}

// escape makes a key a token of a JSON pointer in a URL.
func escape(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(key)
}

func (p *published) schema(pointer string) (*jsonschema.Schema, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if done, there := p.compiled[pointer]; there {
		return done, nil
	}
	schema, err := p.compiler.Compile(documentURL + pointer)
	if err == nil {
		p.compiled[pointer] = schema
	}
	return schema, err
}
