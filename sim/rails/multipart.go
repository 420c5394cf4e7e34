package rails

import (
	"bytes"
	"io"
	"mime/multipart"
	"strings"

	"example.com/capisim/sim/document"
)

// boundary finds the parameter as Rack does, which does not parse the header.
var boundary = document.Pattern(`(?i)\Amultipart/.*?boundary="?([^";,]+)"?`)

// maxBoundary is the length of a boundary, in characters, above which a form is
// refused.
const maxBoundary = 70

// Boundary is what separates the parts of a form, "" when the Content-Type
// names nothing: then the body is read as an ordinary form.
func Boundary(contentType string) string {
	if found := boundary().FindStringSubmatch(contentType); found != nil {
		return found[1]
	}
	return ""
}

// ParseMultipart reads form fields. A file is not text to any rule, so it is
// kept as an array of its content; a part without a name goes by its type.
func ParseMultipart(contentType string, raw []byte) (members []document.Field, err error) {
	separator := Boundary(contentType)
	if separator == "" || len(separator) > maxBoundary {
		return nil, ErrParams
	}
	reader := multipart.NewReader(bytes.NewReader(raw), separator)
	for {
		part, err := reader.NextPart()
		if err == io.EOF { // wrapped, it says that there was no last boundary
			return members, nil
		}
		if err != nil {
			return nil, ErrParams
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, ErrParams
		}
		value := document.Value{Kind: document.String, Text: strings.ToValidUTF8(string(content), "\uFFFD")}
		if part.FileName() != "" {
			value = document.Value{Kind: document.Array, Members: []document.Field{{Value: value}}}
		}
		if members, err = addParam(members, nameOf(part), value); err != nil {
			return nil, err
		}
	}
}

func nameOf(part *multipart.Part) string {
	switch name, file, media := part.FormName(), part.FileName(), part.Header.Get("Content-Type"); {
	case name != "":
		return name
	case file != "":
		return file
	case media != "":
		return media + "[]"
	}
	return "text/plain[]"
}
