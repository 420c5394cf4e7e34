package bundle

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/journal"
)

// Keys give what was masked when a request is sent again: to the world that it
// is sent to.
type Keys interface {
	// Password is that of a user or client, "" when there is none of that name.
	Password(user string) string
	// Token is a bearer token for the caller that a request had.
	Token(of journal.Credentials) (string, error)
	// Refresh is a refresh token for the user that a request renews.
	Refresh(of journal.Credentials) (string, error)
}

// HTTP makes the request that is sent again. It is incomplete when the journal
// has not kept all of it.
func (r *Request) HTTP(ctx context.Context, keys Keys) (*http.Request, error) {
	target := r.Request.Path
	if r.Request.Query != "" {
		target += "?" + unmarked(r.Request.Query)
	}
	at, err := url.ParseRequestURI(target)
	if err != nil {
		return nil, fmt.Errorf("%s: not the path of a request", target)
	}
	h := make(http.Header, len(r.Request.Headers))
	for name, values := range r.Request.Headers {
		for _, value := range values {
			h[name] = append(h[name], unmarked(value))
		}
	}
	body, err := r.body(keys)
	if err != nil {
		return nil, err
	}
	if err := r.authorize(h, keys); err != nil {
		return nil, err
	}
	out := (&http.Request{
		Method: r.Request.Method, URL: at, Host: r.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, RemoteAddr: r.Client.Remote,
		Header: h, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), RequestURI: target,
	}).WithContext(ctx)
	if given := h.Get("Content-Length"); given != "" {
		// Nobody has read it: what counts is that there was one, and its length.
		if length, err := strconv.ParseInt(given, 10, 64); err == nil && len(body) == 0 {
			out.ContentLength = length
		}
		h.Set("Content-Length", strconv.FormatInt(out.ContentLength, 10))
	} else if r.Request.Cut {
		out.ContentLength = -1
	}
	if r.Secure {
		out.TLS = &tls.ConnectionState{}
	}
	return out, nil
}

// lacks says what the journal has not kept of a request, "" for nothing.
func (r *Request) lacks() string {
	if r.Request.Cut && r.Request.Size > 0 {
		return fmt.Sprintf("its body of %d bytes", r.Request.Size)
	}
	if len(r.Request.Path) >= journal.MaxText || len(r.Request.Query) >= journal.MaxText {
		return "the end of its path or query"
	}
	for name, values := range r.Request.Headers {
		if len(values) == 1 && values[0] == journal.CutMark {
			return "its header " + name
		}
	}
	return ""
}

func (r *Request) operation() *contract.Operation {
	op, _ := contract.OperationByID(r.Operation)
	return op
}

func (r *Request) body(keys Keys) ([]byte, error) {
	if r.Request.Encoding != "" {
		return base64.StdEncoding.DecodeString(r.Request.Body)
	}
	text := unmarked(r.Request.Body)
	fill := map[contract.Action]func(url.Values, Keys) error{contract.CreateToken: r.fill, contract.CheckToken: r.ask}
	op := r.operation()
	if op == nil || fill[op.Action] == nil {
		return []byte(text), nil
	}
	form, err := url.ParseQuery(text)
	if err != nil {
		return []byte(text), nil
	}
	if err := fill[op.Action](form, keys); err != nil {
		return nil, err
	}
	return []byte(form.Encode()), nil
}

// ask puts a token into a form that asks about one: of whom the answer told. A
// bad one stays as bad as a masked one is.
func (r *Request) ask(form url.Values, keys Keys) error {
	var said struct {
		UserName string   `json:"user_name"`
		ClientID string   `json:"client_id"`
		Expires  int64    `json:"exp"`
		Scopes   []string `json:"scope"`
	}
	if json.Unmarshal([]byte(unmarked(r.Response.Body)), &said) != nil || said.ClientID == "" {
		return nil
	}
	token, err := keys.Token(journal.Credentials{
		Bearer: true, Issued: said.Expires != 0, User: cmp.Or(said.UserName, said.ClientID), Client: said.ClientID, Scopes: said.Scopes})
	form.Set("token", token)
	return err
}

// fill puts the right secrets into a form that was accepted, and leaves wrong
// ones in one that was refused.
func (r *Request) fill(form url.Values, keys Keys) (err error) {
	if form.Has("client_secret") && r.knewClient() {
		form.Set("client_secret", keys.Password(form.Get("client_id")))
	}
	if !r.accepted() {
		return nil
	}
	if form.Has("password") {
		form.Set("password", keys.Password(form.Get("username")))
	}
	if form.Has("refresh_token") {
		var token string
		if token, err = keys.Refresh(r.Credentials); err == nil {
			form.Set("refresh_token", token)
		}
	}
	return err
}

// accepted says that the real answer was a success, or may have been one.
func (r *Request) accepted() bool {
	return r.Response.Status == http.StatusOK || r.RealStatus == http.StatusOK || r.Response.Status == 0 && r.RealStatus == 0
}

func (r *Request) knewClient() bool {
	return r.accepted() || !strings.Contains(r.Response.Body, "invalid_client")
}

// authorize puts credentials of the caller in the place of the masked ones.
func (r *Request) authorize(h http.Header, keys Keys) error {
	values := h["Authorization"]
	op := r.operation()
	switch {
	case len(values) == 0:
		return nil
	case r.Credentials.Bearer && r.Client.User == "": // refused, as a masked one is
		h.Set("Authorization", "bearer "+journal.Masked)
	case r.Credentials.Bearer:
		token, err := keys.Token(r.Credentials)
		if err != nil {
			return err
		}
		h.Set("Authorization", "bearer "+token)
	case op != nil && op.UAA && r.Credentials.Client != "":
		secret := plain
		if r.knewClient() {
			secret = keys.Password(r.Credentials.Client)
		}
		h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(r.Credentials.Client+":"+secret)))
	}
	return nil
}
