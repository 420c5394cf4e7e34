package journal

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"example.com/capisim/sim/contract"
)

// Masked stands where a secret was. Secrets are kept raw in the ring, where
// only this package sees them, and masked in every copy that is handed out:
// that costs the reader, not the request.
const Masked = "[MASKED]"

// masked returns a copy that shows no secret: neither in headers, nor in the
// query, nor in bodies.
func (e *Entry) masked() Entry {
	m := *e
	m.RequestHeader = maskHeader(e.RequestHeader)
	m.ResponseHeader, m.Sent = maskHeader(e.answerHeader()), nil
	m.RawQuery = maskForm(e.RawQuery)
	token := e.Operation != nil && e.Operation.Action == contract.CreateToken ||
		strings.Contains(e.Path, "/oauth/") || strings.Contains(e.Path, "/login")
	m.RequestBody.Bytes = maskBody(e.RequestBody.Bytes, first(e.RequestHeader, "Content-Type"), token)
	m.ResponseBody.Bytes = maskBody(e.ResponseBody.Bytes, first(m.ResponseHeader, "Content-Type"), false)
	return m
}

// maskHeader copies a header without credentials. The scheme of Authorization
// stays: a client that sends none, or the wrong one, is worth seeing.
func maskHeader(h http.Header) http.Header {
	out := make(http.Header, len(h))
	for name, values := range h {
		copied := append([]string(nil), values...)
		if secretHeader(name) {
			for i, v := range copied {
				copied[i] = maskCredential(name, v)
			}
		}
		out[name] = copied
	}
	return out
}

func secretHeader(name string) bool {
	switch strings.ToLower(name) {
	case "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-csrf-token", "x-access-token":
		return true
	}
	return len(name) >= 6 && strings.EqualFold(name[:6], "X-Auth")
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

// secretKey says whether a value of this name is a secret, in JSON and forms.
func secretKey(key string) bool {
	key = strings.ReplaceAll(strings.ToLower(key), "-", "_")
	switch key {
	case "token", "secret", "passcode", "passwd", "assertion", "client_assertion", "authorization", "apikey", "api_key", "private_key", "credentials":
		return true
	}
	return strings.HasSuffix(key, "password") || strings.HasSuffix(key, "_token") || strings.HasSuffix(key, "_secret")
}

// secretField adds what is secret only as a form field or query parameter: a
// grant's one-time code, which in JSON is the number of an error.
func secretField(key string) bool {
	if open := strings.LastIndexByte(key, '['); open >= 0 { // user[password]
		key = strings.TrimSuffix(key[open+1:], "]")
	}
	return secretKey(key) || strings.EqualFold(key, "code") || strings.EqualFold(key, "code_verifier")
}

// maskForm masks the secret fields of a query or a form and leaves every other
// byte as it was sent.
func maskForm(form string) string {
	if !strings.ContainsRune(form, '=') {
		return form
	}
	pairs := strings.Split(form, "&")
	for i, pair := range pairs {
		key, value, found := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(key)
		if err != nil {
			name = key
		}
		if found && value != "" && secretField(strings.TrimSpace(name)) {
			pairs[i] = key + "=" + Masked
		}
	}
	return strings.Join(pairs, "&")
}

// maskBody masks a body by what it looks like, since clients label bodies
// wrongly. Of a token request that looks like nothing known, nothing is shown.
func maskBody(body []byte, contentType string, token bool) []byte {
	text := bytes.TrimSpace(body)
	switch {
	case len(text) == 0:
		return body
	case text[0] == '{' || text[0] == '[':
		return maskJSON(body)
	case strings.HasPrefix(strings.ToLower(contentType), "multipart/"):
		if token || mentionsSecret(text) {
			return []byte(Masked)
		}
		return body
	case bytes.IndexByte(text, '=') > 0:
		return []byte(maskForm(string(body)))
	case token:
		return []byte(Masked)
	}
	return body
}

func mentionsSecret(text []byte) bool {
	lower := bytes.ToLower(text)
	for _, word := range []string{"password", "passwd", "passcode", "token", "secret", "assertion"} {
		if bytes.Contains(lower, []byte(word)) {
			return true
		}
	}
	return false
}

// maskJSON replaces the values of secret keys and copies all else as it is. It
// reads tokens, not documents, so that a body that is cut or broken hides as
// much as a whole one.
func maskJSON(body []byte) []byte {
	var out []byte // nil until the first secret is met
	copied := 0
	for i := 0; i < len(body); {
		if body[i] != '"' {
			i++
			continue
		}
		end := stringEnd(body, i)
		colon := skipSpace(body, end)
		if colon >= len(body) || body[colon] != ':' || !secretKey(unquote(body[i:end])) {
			i = end
			continue
		}
		start := skipSpace(body, colon+1)
		stop := valueEnd(body, start)
		if start < stop && !bytes.Equal(body[start:stop], []byte("null")) {
			out = append(out, body[copied:start]...)
			out = append(out, `"`+Masked+`"`...)
			copied = stop
		}
		i = max(stop, colon+1)
	}
	if out == nil {
		return body
	}
	return append(out, body[copied:]...)
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
	var name string
	if json.Unmarshal(quoted, &name) == nil {
		return name
	}
	return strings.Trim(string(quoted), `"`)
}
