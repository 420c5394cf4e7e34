package journal

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// jsonMask reads JSON for secrets. It reads tokens, not documents, so that a
// body that is cut or broken hides as much as a whole one.
type jsonMask struct {
	body   []byte
	out    []byte // nil until the first secret is met
	copied int    // how much of the body is in out
	named  bool   // the last "name" was that of a secret: its "value" is one
	flag   bool   // the last string was a flag such as --password
	hinted bool   // a secret may be there that only its form tells
}

// maskJSON replaces the values of secret keys, and secrets within strings, and
// copies all else as it is. What no parser would take is read as text as well.
func maskJSON(body []byte) []byte {
	m := &jsonMask{body: body, hinted: slices.ContainsFunc(shapes, func(s shape) bool { return s.hinted(string(body)) })}
	for i := 0; i < len(body); {
		switch {
		case body[i] == '"':
			i = m.text(i)
		case bytes.HasPrefix(body[i:], []byte("/*")):
			i = min(len(body), i+2+until(string(body[i+2:]), 0, "*/"))
		case bytes.HasPrefix(body[i:], []byte("//")):
			i += until(string(body[i:]), 0, "\n")
		default:
			m.named = m.named && body[i] != '}'
			i++
		}
	}
	out := body
	if m.out != nil {
		out = append(m.out, body[m.copied:]...)
	}
	if !json.Valid(bytes.TrimPrefix(body, []byte("\ufeff"))) {
		return []byte(maskText(string(out)))
	}
	return out
}

// text reads the string that begins at i, a key with its value or a value, and
// returns where to read on.
func (m *jsonMask) text(i int) int {
	end := stringEnd(m.body, i)
	colon := skipSpace(m.body, end)
	if colon >= len(m.body) || m.body[colon] != ':' {
		m.value(i, end)
		return end
	}
	key := unquote(m.body[i:end])
	start := skipSpace(m.body, colon+1)
	stop := valueEnd(m.body, start)
	switch lower := strings.ToLower(key); {
	case secretName(key), m.named && lower == "value":
		if start < stop && !bytes.Equal(m.body[start:stop], []byte("null")) {
			m.put(start, stop, Masked)
		}
		m.named = false
		return max(stop, colon+1)
	case (lower == "name" || lower == "key") && start < stop && m.body[start] == '"':
		m.named = secretName(unquote(m.body[start:stop]))
	}
	return colon + 1
}

// value masks what is secret within a string.
func (m *jsonMask) value(start, end int) {
	behindFlag := m.flag
	m.flag = false
	if end-start < 4 {
		return
	}
	raw := m.body[start:end]
	m.flag = bytes.HasPrefix(raw, []byte(`"--`)) && !bytes.ContainsAny(raw, "= ") && secretName(string(raw))
	if behindFlag && !m.flag {
		m.put(start, end, Masked)
		return
	}
	if !m.hinted && !bytes.ContainsAny(raw, "=: \\") {
		return
	}
	text := unquote(raw)
	hidden := maskText(text)
	if inner := strings.TrimSpace(text); inner != "" && (inner[0] == '{' || inner[0] == '[' || inner[0] == '"') {
		hidden = string(maskJSON([]byte(text)))
	}
	if hidden != text {
		m.put(start, end, hidden)
	}
}

func (m *jsonMask) put(start, stop int, text string) {
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	encoder.Encode(text) //nolint:errcheck // a string always encodes
	m.out = append(m.out, m.body[m.copied:start]...)
	m.out = append(m.out, bytes.TrimSuffix(quoted.Bytes(), []byte("\n"))...)
	m.copied = stop
}
func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// stringEnd returns the index behind the string that begins at i, or the end of
// the bytes when it was cut.
func stringEnd(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

// valueEnd returns the index behind the value that begins at i: a string, an
// object or array with all that is in it, or a word.
func valueEnd(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			if i = stringEnd(b, i); depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i // the end of the object around it
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return len(b)
}

// unquote gives a key's name; one that does not decode is taken as it stands.
func unquote(quoted []byte) string {
	if len(quoted) > 1 && quoted[len(quoted)-1] == '"' && bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	var name string
	if json.Unmarshal(quoted, &name) == nil {
		return name
	}
	return strings.Trim(string(quoted), `"`)
}
