package journal

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
)

// Again is a kept request as it came, credentials included: for the server
// itself, to judge it once more. What the bounds have cut off is missing. It is
// false when the request is not kept.
func (j *Journal) Again(id uint64) (request *http.Request, ok bool) {
	j.walk(id, func(e *Entry) bool {
		if e.ID != id {
			return false
		}
		e.unpack()
		target := e.Path
		if e.RawQuery != "" {
			target += "?" + e.RawQuery
		}
		at, err := url.ParseRequestURI(target)
		if err != nil { // cut short
			return false
		}
		request, ok = &http.Request{
			Method: e.Method, URL: at, RequestURI: target, Header: e.RequestHeader.Clone(), Host: e.Host, RemoteAddr: e.Remote,
			Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Body: io.NopCloser(bytes.NewReader(e.RequestBody.Bytes)), ContentLength: int64(len(e.RequestBody.Bytes)),
		}, true
		return false
	})
	return request, ok
}
