package client

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
)

// errStranger says that what listens there is not capisim.
var errStranger = errors.New("another program answers there")

// refusedBy is the error of an answer that is none of the 200s: a refusal in the
// words of the admin API, or what else was met at its address.
func (c *Client) refusedBy(response *http.Response) error {
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return &UnreachableError{URL: c.URL, Cause: err}
	}
	var body Problems
	switch asAPI := response.Header.Get("X-Vcap-Request-Id") != ""; {
	case asAPI && strings.Contains(string(raw), "no such world"):
		return &AnswerError{Status: response.StatusCode, Problems: []Problem{
			{Detail: fmt.Sprintf("there is no world %q at %s; capisim world list names them", c.World, c.URL)},
		}}
	case asAPI:
		return &UnreachableError{URL: c.URL, Cause: errors.New(
			"the API alone answers there; the admin API has an address of its own, that of --admin-listen, where the console is")}
	case json.Unmarshal(raw, &body) != nil || len(body.Errors) == 0:
		return &UnreachableError{URL: c.URL, Cause: met(response, raw)}
	}
	return &AnswerError{Status: response.StatusCode, Problems: body.Errors}
}

// met says what answered that is not capisim.
func met(response *http.Response, raw []byte) error {
	if response.StatusCode == http.StatusBadRequest && strings.Contains(string(raw), "HTTP request to an HTTPS server") {
		return errors.New("the server there speaks TLS, expected an address that begins with https://")
	}
	return fmt.Errorf("%w (%d %s)", errStranger, response.StatusCode, http.StatusText(response.StatusCode))
}

// reason says in a user's words why no answer came, where the cause has others.
func reason(err error) error {
	var header tls.RecordHeaderError
	var issuer x509.UnknownAuthorityError
	switch {
	case errors.As(err, &header), strings.Contains(err.Error(), "HTTP response to HTTPS client"):
		return errors.New("the server there speaks no TLS, expected an address that begins with http://")
	case errors.As(err, &issuer):
		return fmt.Errorf("%w; SSL_CERT_FILE names a file with what is trusted", err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return errors.New("nothing listens there; capisim serve starts a server")
	case strings.Contains(err.Error(), "malformed HTTP"):
		return errStranger
	}
	return err
}
