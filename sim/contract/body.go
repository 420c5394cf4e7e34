package contract

import (
	"errors"
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/rails"
)

// MaxBody is the size of a request body, in bytes, above which the answer is
// 413 (DESIGN.md §11).
const MaxBody = 1 << 20

// Body is a request body as the real server's message classes get it: the
// members of an object, in order of appearance, the last of duplicates.
type Body struct{ Fields []document.Field }

// Get finds a top-level field.
func (b Body) Get(key string) (document.Value, bool) { return document.Get(b.Fields, key) }

// Any is the body as encoding/json would decode it (numbers as json.Number),
// for schemas and for matchers that go by JSON pointer.
func (b Body) Any() map[string]any {
	return document.Value{Kind: document.Object, Members: b.Fields}.Any().(map[string]any)
}

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

// encodingOf goes by the media type alone; its parameters do not matter.
func encodingOf(contentType string) encoding {
	if contentType == "application/json" { // what nearly all send
		return jsonBody
	}
	if i := strings.IndexAny(contentType, ",;"); i >= 0 {
		contentType = contentType[:i]
	}
	switch strings.ToLower(strings.TrimSpace(contentType)) {
	case "application/json", "text/x-json", "application/jsonrequest", "application/vnd.api+json":
		return jsonBody
	case "application/x-www-form-urlencoded":
		return formBody
	case "multipart/form-data":
		return multipartBody
	}
	return ignored
}

// ParseBody reads a request body as the real server does (§4). A body without
// a parser for its Content-Type counts as {}, a document that is not an object as
// {"_json": document}. The errors are MessageParseError for what is no JSON
// and InvalidRequest for text that is not UTF-8 and for malformed forms.
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
	case errors.Is(err, rails.ErrEncoding):
		return Body{}, InvalidRequest
	case err != nil:
		return Body{}, MessageParseError
	case whole.Kind != document.Object:
		return Body{Fields: []document.Field{{Key: "_json", Value: whole}}}, nil
	}
	return Body{Fields: dropFramework(whole.Members)}, nil
}

func formFields(members []document.Field, err error) (Body, error) {
	if err != nil {
		return Body{}, InvalidRequest
	}
	return Body{Fields: dropFramework(members)}, nil
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
