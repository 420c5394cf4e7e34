// Package openapi writes what capisim serves as OpenAPI 3.1 documents. It hides
// the form of such a document and how schemas that refer to each other are
// bundled into one. It knows no world: examples are answers that it is handed.
package openapi

import (
	"encoding/json"

	"example.com/capisim/sim/document"
)

const openAPI = "3.1.0"

// ref is a reference into the document, or what stands in its place.
type ref struct {
	Ref string `json:"$ref,omitempty"`
}

func component(kind, name string) ref { return ref{"#/components/" + kind + "/" + name} }

type documentJSON struct {
	OpenAPI    string                              `json:"openapi"`
	Info       infoJSON                            `json:"info"`
	Servers    []serverJSON                        `json:"servers"`
	Security   []map[string][]string               `json:"security,omitempty"`
	Tags       []tagJSON                           `json:"tags,omitempty"`
	Paths      map[string]map[string]operationJSON `json:"paths"`
	Components componentsJSON                      `json:"components"`
}

type infoJSON struct {
	Title       string      `json:"title"`
	Description string      `json:"description"`
	Version     string      `json:"version"`
	License     licenseJSON `json:"license"`
}

type licenseJSON struct {
	Name       string `json:"name"`
	Identifier string `json:"identifier"`
}

var apache = licenseJSON{"Apache License 2.0", "Apache-2.0"}

type serverJSON struct {
	URL         string `json:"url"`
	Description string `json:"description,omitempty"`
}

type tagJSON struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

type operationJSON struct {
	OperationID string                  `json:"operationId"`
	Summary     string                  `json:"summary"`
	Description string                  `json:"description,omitempty"`
	Tags        []string                `json:"tags,omitempty"`
	Parameters  []parameterJSON         `json:"parameters,omitempty"`
	RequestBody *bodyJSON               `json:"requestBody,omitempty"`
	Responses   map[string]responseJSON `json:"responses"`
	Security    []map[string][]string   `json:"security"`
}

type parameterJSON struct {
	Name        string `json:"name"`
	In          string `json:"in"`
	Description string `json:"description,omitempty"`
	Required    bool   `json:"required,omitempty"`
	Style       string `json:"style,omitempty"`
	Explode     *bool  `json:"explode,omitempty"`
	Schema      any    `json:"schema"`
	Example     any    `json:"example,omitempty"`
}

type bodyJSON struct {
	Description string               `json:"description,omitempty"`
	Required    bool                 `json:"required,omitempty"`
	Content     map[string]mediaJSON `json:"content"`
}

type mediaJSON struct {
	Schema   any                    `json:"schema,omitempty"`
	Examples map[string]exampleJSON `json:"examples,omitempty"`
}

type exampleJSON struct {
	ref
	Summary string          `json:"summary,omitempty"`
	Value   json.RawMessage `json:"value,omitempty"`
}

type responseJSON struct {
	ref
	Description string                `json:"description,omitempty"`
	Headers     map[string]headerJSON `json:"headers,omitempty"`
	Content     map[string]mediaJSON  `json:"content,omitempty"`
}

type headerJSON struct {
	ref
	Description string `json:"description,omitempty"`
	Schema      any    `json:"schema,omitempty"`
}

type componentsJSON struct {
	Schemas         map[string]document.Value `json:"schemas,omitempty"`
	Responses       map[string]responseJSON   `json:"responses,omitempty"`
	Examples        map[string]exampleJSON    `json:"examples,omitempty"`
	Headers         map[string]headerJSON     `json:"headers,omitempty"`
	SecuritySchemes map[string]any            `json:"securitySchemes,omitempty"`
}

// kindOf is a schema that says a type and no more.
func kindOf(name string) map[string]any { return map[string]any{"type": name} }
