package journal

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// Recorded is a request as one takes it who will send it again: secrets are
// masked, and whose they were is told.
type Recorded struct {
	Entry
	Credentials Credentials
}

// Credentials say whose the secrets of a request were. Nothing in them is one.
type Credentials struct {
	Bearer bool     `json:"bearer,omitempty"` // it came with a bearer token
	Issued bool     `json:"issued,omitempty"` // and that, or the refresh token that it sent, was issued by capisim
	User   string   `json:"user,omitempty"`   // for this user or client
	Client string   `json:"client,omitempty"` // through this client, or the client that authenticates itself
	Scopes []string `json:"scopes,omitempty"`
}

// Recording returns the entries from one id, excluded, to another that are still
// kept, the oldest first.
func (j *Journal) Recording(after, last uint64) []Recorded {
	var list []Recorded
	j.walk(last, func(e *Entry) bool {
		if e.ID <= after {
			return false
		}
		list = append(list, Recorded{Entry: e.masked(), Credentials: e.credentials()})
		return true
	})
	slices.Reverse(list)
	return list
}

func (e *Entry) credentials() (c Credentials) {
	scheme, rest, _ := strings.Cut(first(e.RequestHeader, "Authorization"), " ")
	switch {
	case len(scheme) >= len("bearer") && strings.EqualFold(scheme[:len("bearer")], "bearer"):
		c.Bearer, c.User = true, e.User
		if e.User != "" {
			c.ofToken(rest)
		}
	case strings.EqualFold(scheme, "basic"):
		if plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest)); err == nil {
			c.Client, _, _ = strings.Cut(string(plain), ":")
		}
	}
	if e.Operation != nil && e.Operation.UAA {
		if form, err := url.ParseQuery(string(e.RequestBody.Bytes)); err == nil && form.Has("refresh_token") {
			c.ofToken(form.Get("refresh_token"))
		}
	}
	return c
}

// ofToken adds what a token says of itself, when its header says that capisim
// has issued it.
func (c *Credentials) ofToken(token string) {
	parts := strings.Split(strings.TrimSpace(token), ".")
	var header struct{ Kid string }
	var claims struct {
		UserName string   `json:"user_name"`
		Client   string   `json:"cid"`
		Scope    []string `json:"scope"`
	}
	if len(parts) != 3 || !decodePart(parts[0], &header) || !strings.HasPrefix(header.Kid, "capisim-") || !decodePart(parts[1], &claims) {
		return
	}
	c.Issued, c.User, c.Client, c.Scopes = true, claims.UserName, claims.Client, claims.Scope
	if c.User == "" {
		c.User = claims.Client
	}
}

func decodePart(part string, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(raw, into) == nil
}

// MaskText is a text of any kind without its secrets.
func MaskText(text string) string { return maskText(text) }

// SecretName says that a value of this name is a secret.
func SecretName(name string) bool { return secretName(name) }
