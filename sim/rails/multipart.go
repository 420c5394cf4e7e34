package rails

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strings"

	"example.com/capisim/sim/document"
)

// ParseMultipart reads form fields. A file is not text to any rule, so it is
// kept as an array of its content.
func ParseMultipart(contentType string, raw []byte) (members []document.Field, err error) {
	_, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || parameters["boundary"] == "" {
		return nil, ErrParams
	}
	reader := multipart.NewReader(bytes.NewReader(raw), parameters["boundary"])
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
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
		if members, err = addParam(members, part.FormName(), value); err != nil {
			return nil, err
		}
	}
}
