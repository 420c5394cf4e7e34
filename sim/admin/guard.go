package admin

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"
)

// authorized compares the bearer token. Digests of equal length are compared,
// so that the time taken tells neither the token nor its length.
func (h *Handler) authorized(r *http.Request) error {
	if h.token == "" {
		return nil
	}
	scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	want, got := sha256.Sum256([]byte(h.token)), sha256.Sum256([]byte(strings.TrimSpace(given)))
	if subtle.ConstantTimeCompare(want[:], got[:]) == 1 && strings.EqualFold(scheme, "Bearer") {
		return nil
	}
	if given == "" {
		return failure(http.StatusUnauthorized, "no token, expected Authorization: Bearer with the token of --admin-token")
	}
	return failure(http.StatusUnauthorized, "wrong token, expected the one of --admin-token")
}

// sameSite refuses what a page of another site makes a browser send: anyone's
// web page could otherwise reset the worlds of a server on the reader's own
// machine. Clients that are not browsers send none of these headers.
func sameSite(r *http.Request) error {
	switch site := r.Header.Get("Sec-Fetch-Site"); site {
	case "same-origin", "none":
		return nil
	case "":
	default:
		return failure(http.StatusForbidden, "a "+site+" request from a browser, expected one from this server's own pages")
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return nil
	}
	if u, err := url.Parse(origin); err == nil && u.Host != "" && hostPort(u.Scheme, u.Host) == hostPort(u.Scheme, r.Host) {
		return nil
	}
	return failure(http.StatusForbidden, "a browser's request from "+origin+", expected one from this server's own pages")
}

// hostPort is a host in lower case without the port that its scheme has anyway.
func hostPort(scheme, host string) string {
	host = strings.ToLower(host)
	switch scheme {
	case "http":
		return strings.TrimSuffix(host, ":80")
	case "https":
		return strings.TrimSuffix(host, ":443")
	}
	return host
}
