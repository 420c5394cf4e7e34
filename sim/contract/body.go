package contract

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/rails"
)

// MaxBody is the size of a request body, in bytes, above which the answer is
// 413 (DESIGN.md §11).
const MaxBody = 1 << 20

// Body is a request body as the real server's message classes get it: the
// members of an object, in order of appearance, the last of duplicates.
type Body struct {
	Fields []document.Field
	Form   bool // it was a form: what is not an array or an object is text or null
}

// Value is the body as one value.
func (b Body) Value() document.Value {
	return document.Value{Kind: document.Object, Members: b.Fields}
}

// Get finds a top-level field.
func (b Body) Get(key string) (document.Value, bool) { return document.Get(b.Fields, key) }

// Size is the number of bytes in the names and values of the body.
func (b Body) Size() int { return sizeOf(b.Fields) }

func sizeOf(members []document.Field) (sum int) {
	for _, member := range members {
		sum += len(member.Key) + len(member.Value.Text) + sizeOf(member.Value.Members)
	}
	return sum
}

// AppGUID is the field app_guid, which turns a direct path into one of that
// app's (the trap of §4); empty when there is none.
func (b Body) AppGUID() string { return textOf(b.Fields, "app_guid") }

func textOf(members []document.Field, key string) string {
	if value, _ := document.Get(members, key); rails.Present(value) {
		return rails.Rendered(value)
	}
	return ""
}

// encoding is what a Content-Type makes of a body (§4).
type encoding uint8

const (
	ignored encoding = iota // no type, or one without a parser: the body does not count
	jsonBody
	formBody
	multipartBody
)

// encodingOf goes by the media type; of its parameters only the boundary
// counts.
func encodingOf(contentType string) encoding {
	switch media, _ := rails.MediaType(contentType); media {
	case "application/json", "text/x-json", "application/jsonrequest", "application/problem+json":
		return jsonBody
	case "application/x-www-form-urlencoded":
		return formBody
	case "multipart/form-data":
		if rails.Boundary(contentType) == "" {
			return formBody
		}
		return multipartBody
	}
	return ignored
}

// ParseBody reads the body of a request as the server that answers the operation
// does: UAA knows forms alone, whatever they are called.
func (o *Operation) ParseBody(contentType string, raw []byte) (Body, error) {
	if o.UAA {
		return parseUAAForm(raw)
	}
	if o.Policies { // reads JSON, whatever it is said to be
		contentType = "application/json"
	}
	return ParseBody(contentType, raw)
}

// NeverInBody says why no body of the operation has a value at a place that the
// tokens of a JSON pointer lead to; "" when one can. What the API ignores is
// not known to it either.
func (o *Operation) NeverInBody(tokens []string) string {
	switch {
	case o.Request == "":
		return o.ID + " takes no body"
	case o.UAA && len(tokens) > 1:
		return o.ID + " takes a form, whose fields have no parts"
	case !o.UAA && framework(tokens[0]):
		return `"` + tokens[0] + `" is dropped before ` + o.ID + " sees it"
	case len(tokens) >= rails.MaxDepth:
		return o.ID + " takes no body of " + strconv.Itoa(len(tokens)) + " levels"
	}
	return ""
}

// parseUAAForm takes the first value of a name, and no brackets apart. What it
// refuses is UAAInvalidRequest.
func parseUAAForm(raw []byte) (body Body, err error) {
	body.Form = true
	given := map[string]bool{}
	for pair := range strings.SplitSeq(string(raw), "&") {
		if pair == "" {
			continue
		}
		name, text, _ := strings.Cut(pair, "=")
		if name, err = url.QueryUnescape(name); err == nil {
			text, err = url.QueryUnescape(text)
		}
		if err != nil {
			return Body{}, UAAInvalidRequest.Text("The request body is not a form")
		}
		if !given[name] {
			given[name] = true
			body.Fields = append(body.Fields, document.Field{Key: name, Value: document.Value{Kind: document.String, Text: text}})
		}
	}
	return body, nil
}

// ParseBody reads a request body as the real server does (§4). A body without
// a parser for its Content-Type counts as {}, a document that is not an object as
// {"_json": document}. The errors are MessageParseError for what is not JSON
// and Malformed for text that is not UTF-8, for malformed forms and for JSON
// that is nested too deep.
func ParseBody(contentType string, raw []byte) (Body, error) {
	if len(raw) == 0 {
		return Body{}, nil
	}
	switch encodingOf(contentType) {
	case jsonBody:
		return parseJSON(raw)
	case formBody:
		return formFields(rails.ParseParams(string(raw)))
	case multipartBody:
		return formFields(rails.ParseMultipart(contentType, raw))
	default:
		return Body{}, nil
	}
}

func parseJSON(raw []byte) (Body, error) {
	whole, _, err := rails.Parse(string(raw))
	switch {
	case errors.Is(err, rails.ErrSyntax):
		return Body{}, MessageParseError
	case err != nil:
		return Body{}, Malformed
	case whole.Kind != document.Object:
		return Body{Fields: []document.Field{{Key: "_json", Value: whole}}}, nil
	}
	return Body{Fields: dropFramework(whole.Members)}, nil
}

func formFields(members []document.Field, err error) (Body, error) {
	if err != nil {
		return Body{}, Malformed
	}
	return Body{Fields: dropFramework(members), Form: true}, nil
}

// framework says which top-level keys belong to Rails and never reach a
// message (§4).
func framework(key string) bool {
	return key == "authenticity_token" || key == "_method" || key == "utf8"
}

func dropFramework(members []document.Field) []document.Field {
	kept := members[:0]
	for _, member := range members {
		if !framework(member.Key) {
			kept = append(kept, member)
		}
	}
	return kept
}
