package journal

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// Masked stands where a secret was. Secrets are kept raw in the ring, where
// only this package sees them, and masked in every copy that is handed out:
// that costs the reader, not the request.
const Masked = "[MASKED]"

// masked returns a copy that shows no secret: neither in the path, nor in
// headers, nor in the query, nor in bodies.
func (e *Entry) masked() Entry {
	e.unpack()
	m := *e
	m.Path = maskText(e.Path)
	m.RequestHeader = maskHeader(e.RequestHeader)
	m.ResponseHeader = maskHeader(e.ResponseHeader)
	m.RawQuery = maskForm(e.RawQuery)
	token := e.Operation != nil && e.Operation.Action == contract.CreateToken ||
		strings.Contains(e.Path, "/oauth/") || strings.Contains(e.Path, "/login")
	m.RequestBody = e.RequestBody.masked(e.RequestHeader, token)
	m.ResponseBody = e.ResponseBody.masked(m.ResponseHeader, false)
	return m
}

// masked is a body without its secrets. One that is there in full stays so,
// however long what was masked had been.
func (b Body) masked(h http.Header, token bool) Body {
	whole := !b.Cut()
	b.Bytes = maskBody(b.Bytes, h, token)
	if whole {
		b.Size = int64(len(b.Bytes))
	}
	return b
}

// maskHeader copies a header without credentials. The scheme of Authorization
// stays: a client that sends none, or the wrong one, is worth seeing.
func maskHeader(h http.Header) http.Header {
	out := make(http.Header, len(h))
	for name, values := range h {
		copied := slices.Clone(values)
		secret := secretHeader(name)
		for i, v := range copied {
			if secret {
				copied[i] = maskCredential(name, v)
			} else {
				copied[i] = maskText(v)
			}
		}
		out[name] = copied
	}
	return out
}

func secretHeader(name string) bool {
	return len(name) >= 6 && strings.EqualFold(name[:6], "X-Auth") || secretName(name)
}

func maskCredential(name, value string) string {
	if value == "" {
		return ""
	}
	scheme, rest, found := strings.Cut(value, " ")
	if found && rest != "" && strings.HasSuffix(strings.ToLower(name), "authorization") {
		switch strings.ToLower(scheme) {
		case "bearer", "basic":
			return scheme + " " + Masked
		}
	}
	return Masked
}

// secretField adds what is secret only as a form field or query parameter: a
// grant's one-time code, which in JSON is the number of an error.
func secretField(key string) bool {
	name := key
	if open := strings.LastIndexByte(name, '['); open >= 0 { // user[code]
		name = strings.TrimSuffix(name[open+1:], "]")
	}
	return strings.EqualFold(name, "code") || secretName(key)
}

// maskForm masks the secret fields of a query or a form, and those whose value
// holds a secret, and leaves every other byte as it was sent.
func maskForm(form string) string {
	if !strings.ContainsRune(form, '=') {
		return maskText(form)
	}
	pairs := strings.Split(form, "&")
	for i, pair := range pairs {
		key, value, found := strings.Cut(pair, "=")
		if found && value != "" && (secretField(strings.TrimSpace(decoded(key))) || holdsSecret(decoded(value))) {
			pairs[i] = key + "=" + Masked
		}
	}
	return strings.Join(pairs, "&")
}

func decoded(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// holdsSecret says that something would be masked in a value of a form. NULs and bytes
// that are no text are not the beginning of another encoding there, but what somebody
// tries.
func holdsSecret(value string) bool {
	return string(maskReadable([]byte(value), nil, false)) != value
}

// partName is the name of a part of a multipart body.
var partName = document.Pattern(`(?i)name\*?="?([^";\r\n]+)`)

// maskBody masks a body by what it looks like, since clients label bodies
// wrongly. What cannot be read is masked whole: what is compressed or of
// another encoding, and of a token request all that looks like nothing known.
func maskBody(body []byte, h http.Header, token bool) []byte {
	encoding := first(h, "Content-Encoding")
	if text := textOf(body); len(text) > 0 && (encoding != "" && !strings.EqualFold(encoding, "identity") || unreadable(text)) {
		return []byte(Masked)
	}
	return maskReadable(body, h, token)
}

func textOf(body []byte) []byte { return bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff"))) }

func maskReadable(body []byte, h http.Header, token bool) []byte {
	text := textOf(body)
	switch {
	case len(text) == 0:
		return body
	case text[0] == '{' || text[0] == '[' || text[0] == '"':
		return maskJSON(body)
	case strings.HasPrefix(strings.ToLower(first(h, "Content-Type")), "multipart/"):
		for _, part := range partName().FindAllSubmatch(text, -1) {
			if token || secretField(string(part[1])) {
				return []byte(Masked)
			}
		}
	case isForm(text):
		return []byte(maskForm(string(body)))
	case token:
		return []byte(Masked)
	}
	return []byte(maskText(string(body)))
}

// unreadable says that a body begins like gzip, UTF-16 or UTF-32.
func unreadable(text []byte) bool {
	for _, mark := range []string{"\x1f\x8b", "\xff\xfe", "\xfe\xff", "\x00"} {
		if bytes.HasPrefix(text, []byte(mark)) {
			return true
		}
	}
	return len(text) > 1 && text[0] < utf8.RuneSelf && text[1] == 0
}

// isForm says that a text begins like a form: a key and no blank or markup
// before its value.
func isForm(text []byte) bool {
	key, _, found := bytes.Cut(text, []byte("="))
	return found && len(key) > 0 && !bytes.ContainsAny(key, " \t\r\n<:\"'")
}
