package contract

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strings"
)

// MaxBody is the size of a request body, in bytes, above which the answer is
// 413 (design.md §11).
const MaxBody = 1 << 20

// Body is a request body as the real server's message classes get it: the
// members of an object, in order of appearance, the last of duplicates.
type Body struct{ Fields []Field }

// Get finds a top-level field.
func (b Body) Get(key string) (Value, bool) { return get(b.Fields, key) }

// Any is the body as encoding/json would decode it (numbers as json.Number),
// for schemas and for matchers that go by JSON pointer.
func (b Body) Any() map[string]any {
	return Value{Kind: Object, Members: b.Fields}.any().(map[string]any)
}

// AppGUID is the field app_guid, which turns a direct path into one of that
// app's (the trap of §4); empty when there is none.
func (b Body) AppGUID() string { return textOf(b.Fields, "app_guid") }

func textOf(members []Field, key string) string {
	if value, _ := get(members, key); value.present() {
		return value.rendered()
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
// a parser for its Content-Type counts as {}, a document that is no object as
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
		return formFields(parseParams(string(raw)))
	case multipartBody:
		return formFields(parseMultipart(contentType, raw))
	default:
		return Body{}, nil
	}
}

func parseJSON(raw []byte) (Body, error) {
	document, _, err := scan(string(raw))
	switch {
	case errors.Is(err, errEncoding):
		return Body{}, InvalidRequest
	case err != nil:
		return Body{}, MessageParseError
	case document.Kind != Object:
		return Body{Fields: []Field{{Key: "_json", Value: document}}}, nil
	}
	return Body{Fields: dropFramework(document.Members)}, nil
}

func formFields(members []Field, err error) (Body, error) {
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

func dropFramework(members []Field) []Field {
	kept := members[:0]
	for _, member := range members {
		if !framework(member.Key) {
			kept = append(kept, member)
		}
	}
	return kept
}

// parseMultipart reads form fields. A file is no text to any rule, so it is
// kept as an array of its content.
func parseMultipart(contentType string, raw []byte) (members []Field, err error) {
	_, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || parameters["boundary"] == "" {
		return nil, errParams
	}
	reader := multipart.NewReader(bytes.NewReader(raw), parameters["boundary"])
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return members, nil
		}
		if err != nil {
			return nil, errParams
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, errParams
		}
		value := Value{Kind: String, Text: strings.ToValidUTF8(string(content), "\uFFFD")}
		if part.FileName() != "" {
			value = Value{Kind: Array, Members: []Field{{Value: value}}}
		}
		if members, err = addParam(members, part.FormName(), value); err != nil {
			return nil, err
		}
	}
}
