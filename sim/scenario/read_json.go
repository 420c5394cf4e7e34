package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"unicode/utf8"
)

// maxDepth bounds how deep values may nest; a scenario needs ten.
const maxDepth = 100

// readJSON reads a JSON document strictly: encoding/json decides what is valid,
// the token walk adds the positions that it does not keep.
func readJSON(file string, data []byte) (*node, error) {
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		offset := len(data) // where a document that stops too early is wrong
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) && syntax.Error() != "unexpected end of JSON input" {
			offset = max(0, int(syntax.Offset)-1)
		}
		r := jsonReader{data: data, place: position{1, 1}}
		return nil, Problems{refusal(file, r.moveTo(offset), "not JSON: %v", err)}
	}
	r := jsonReader{file: file, data: data, tokens: json.NewDecoder(bytes.NewReader(data)), place: position{1, 1}}
	r.tokens.UseNumber()
	root, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	return root, nil
}

// jsonReader walks the tokens of a document that is known to be valid.
type jsonReader struct {
	file     string
	data     []byte
	tokens   *json.Decoder
	cursor   int      // how far place has been counted
	place    position // of the cursor
	problems Problems
}

// moveTo counts lines and characters up to an offset. Offsets only grow, so a
// document of one long line costs no more than one of many.
func (r *jsonReader) moveTo(offset int) position {
	for r.cursor < offset && r.cursor < len(r.data) {
		if r.data[r.cursor] == '\n' {
			r.place = position{r.place.line + 1, 1}
			r.cursor++
			continue
		}
		_, size := utf8.DecodeRune(r.data[r.cursor:])
		r.place.column++
		r.cursor += size
	}
	return r.place
}

// next is the place of the token that follows.
func (r *jsonReader) next() position {
	offset := int(r.tokens.InputOffset())
	for offset < len(r.data) && bytes.IndexByte([]byte(" \t\r\n,:"), r.data[offset]) >= 0 {
		offset++
	}
	return r.moveTo(offset)
}

func (r *jsonReader) value(depth int) (*node, error) {
	n := &node{file: r.file, at: r.next()}
	if depth > maxDepth {
		return nil, Problems{refusal(r.file, n.at, "nested deeper than %d", maxDepth)}
	}
	token, err := r.tokens.Token()
	if err != nil {
		return nil, Problems{refusal(r.file, n.at, "not JSON: %v", err)}
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			return n, r.object(n, depth)
		}
		return n, r.list(n, depth)
	case bool:
		n.kind, n.scalar = boolKind, strconv.FormatBool(t)
	case json.Number:
		digits, ok := canonical(t.String())
		n.kind, n.scalar = numberKind, digits
		if !ok {
			r.problems = append(r.problems, refusal(r.file, n.at, "%s, a number out of range", clipped(t.String())))
		}
	case string:
		n.kind, n.scalar = textKind, t
	}
	return n, nil
}

func (r *jsonReader) list(n *node, depth int) error {
	n.kind = listKind
	for r.tokens.More() {
		item, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.adopt(item)
	}
	_, err := r.tokens.Token()
	return err
}

func (r *jsonReader) object(n *node, depth int) error {
	n.kind = objectKind
	names := keys{}
	for r.tokens.More() {
		at := r.next()
		token, err := r.tokens.Token()
		if err != nil {
			return err
		}
		item, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		item.key, _ = token.(string)
		item.keyAt = at
		if first, again := names.add(item.key, at); again {
			r.problems = append(r.problems, duplicateKey(r.file, at, item.key, first))
			continue
		}
		n.adopt(item)
	}
	_, err := r.tokens.Token()
	return err
}

// keys remembers which keys an object has had, and where.
type keys map[string]position

func (k keys) add(key string, at position) (first position, again bool) {
	if first, again = k[key]; !again {
		k[key] = at
	}
	return first, again
}

func duplicateKey(file string, at position, key string, first position) Problem {
	return refusal(file, at, "key %q appears twice, first at %d:%d", key, first.line, first.column)
}

// clipped shortens what is quoted in a message.
func clipped(text string) string {
	const most = 40
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "..."
}
