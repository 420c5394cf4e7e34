package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
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
}

type operation struct {
	Responses map[string]struct {
		Ref     string `json:"$ref"`
		Content map[string]struct{}
	}
}

const documentURL = "https://capisim.example.com/openapi.json"

// editions are the documents of all editions of the API, the usual one first.
var editions = sync.OnceValues(func() (all []*published, err error) {
	for _, variant := range []contract.Variant{contract.Default, contract.OpenSource, contract.Vendor} {
		raw, err := sim.OpenAPI(string(variant), "http://localhost")
		if err != nil {
			return nil, err
		}
		p := &published{compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
		p.compiler.Draft, p.compiler.AssertFormat = jsonschema.Draft2020, true
		if err := p.compiler.AddResource(documentURL, bytes.NewReader(raw)); err != nil {
			return nil, err
		}
		document := struct {
			Paths      map[string]map[string]operation
			Components struct {
				Responses map[string]struct {
					Ref     string `json:"$ref"`
					Content map[string]struct{}
				}
			}
		}{}
		if err := json.Unmarshal(raw, &document); err != nil {
			return nil, err
		}
		for _, methods := range document.Paths {
			for _, op := range methods {
				for status, response := range op.Responses {
					if name, isRef := strings.CutPrefix(response.Ref, "#/components/responses/"); isRef {
						response.Content = document.Components.Responses[name].Content
						op.Responses[status] = response
					}
				}
			}
		}
		p.paths = document.Paths
		all = append(all, p)
	}
	return all, nil
})

// asPublished says what about an answer is not as the OpenAPI document of any
// edition has it; nil when one has it so.
func asPublished(op *contract.Operation, x *Exchange) error {
	documents, err := editions()
	if err != nil {
		return err
	}
	var first error
	for _, document := range documents {
		err := document.check(op, x)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

func (p *published) check(op *contract.Operation, x *Exchange) error {
	method := strings.ToLower(op.Method)
	response, known := p.paths[op.Path][method].Responses[strconv.Itoa(x.Status)]
	if !known {
		return fmt.Errorf("%s answers no %d in the OpenAPI document", op.ID, x.Status)
	}
	if len(x.Body) == 0 {
		if len(response.Content) > 0 {
			return fmt.Errorf("%s %d has a body in the OpenAPI document", op.ID, x.Status)
		}
		return nil
	}
	media, _, err := mime.ParseMediaType(x.Header.Get("Content-Type"))
	if err != nil {
		media = "*/*"
	}
	if _, listed := response.Content[media]; !listed {
		return fmt.Errorf("%s %d is no %s in the OpenAPI document", op.ID, x.Status, media)
	}
	at := "#/paths/" + escape(op.Path) + "/" + method + "/responses/" + strconv.Itoa(x.Status)
	if response.Ref != "" {
		at = response.Ref
	}
	if !json.Valid(x.Body) {
		return nil // a text or bytes, of any form
	}
	schema, err := p.schema(at + "/content/" + escape(media) + "/schema")
	if err != nil {
		return err
	}
	value, err := decode(x.Body)
	if err != nil {
		return err
	}
	return schema.Validate(value)
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
