package api

import (
	"context"
	"net/http"
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/world"
)

// Base is the external address of a world for a request: scheme, host and the
// world's prefix, without a slash at the end. Every link in an answer begins
// with it.
//
// With an external URL configured it is that; otherwise the request's own host
// and scheme, which X-Forwarded-* may correct only for a trusted proxy. A
// request on a port of the world's own has the world at the root of that.
func (a *API) Base(r *http.Request, prefix string) string {
	if onOwnPort(r, prefix) {
		return a.Origin(r)
	}
	if a.externalURL != "" {
		return a.externalURL + prefix
	}
	return a.Origin(r) + prefix
}

// Origin is the scheme and host by which the client called.
func (a *API) Origin(r *http.Request) string {
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if a.trustProxy {
		if proto := firstOf(r.Header.Get("X-Forwarded-Proto")); proto == "http" || proto == "https" {
			scheme = proto
		}
		if forwarded := firstOf(r.Header.Get("X-Forwarded-Host")); forwarded != "" {
			host = forwarded
		}
	}
	return scheme + "://" + host + a.forwardedPrefix(r)
}

var pathPrefix = document.Pattern(`^(/[A-Za-z0-9._~-]+)+/?$`)

// forwardedPrefix is the path under which a trusted proxy shows this server.
func (a *API) forwardedPrefix(r *http.Request) string {
	if !a.trustProxy {
		return ""
	}
	prefix := firstOf(r.Header.Get("X-Forwarded-Prefix"))
	if !pathPrefix().MatchString(prefix) {
		return ""
	}
	return strings.TrimSuffix(prefix, "/")
}

// firstOf takes the first of a comma list, which is what the client sent.
func firstOf(list string) string {
	first, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(first)
}

type ownPortKey struct{}

// onOwnPort says that a request to the world of a prefix came on the world's own
// port.
func onOwnPort(r *http.Request, prefix string) bool {
	return prefix != "" && r.Context().Value(ownPortKey{}) != nil
}

// OwnPort is a base context for the server of a world that has a port of its
// own: there the world is at the root, and its links say so.
func OwnPort(ctx context.Context, of *world.World) context.Context {
	return context.WithValue(ctx, ownPortKey{}, of)
}
