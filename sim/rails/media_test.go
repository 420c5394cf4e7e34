package rails

import "testing"

// TestMediaType is MimeNegotiation#content_mime_type of actionpack.
func TestMediaType(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"application/json": "application/json", " Application/JSON ; charset=utf-8": "application/json", "application/json,text/plain": "application/json",
		"a/b": "a/b", "a/*": "a/*", "*/*": "*/*", "application/vnd.api+json": "application/vnd.api+json", "text/plain;": "text/plain",
		"": "", " ": "", "x": "", "/": "", "json": "", "a/": "", "/b": "", "*/b": "", "*": "", ";application/json": "", "a b/c": "", "a/b c": "", "a/b/c": "", "é/x": "", "-a/b": "",
	} {
		if got, ok := MediaType(header); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v, want %q", header, got, ok, want)
		}
	}
}

// TestReadableAccept is Mime::Type.parse of actionpack.
func TestReadableAccept(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"application/json": true, "*/*": true, "*/*;q=0.8": true, "text/*": true, "application/*": true, "text/*x y": true, "image/*": true, "a/b;version=1": true, ";q=1": true,
		"application/json, text/html;q=0.9": true, "application/json,,": true, `a/b;q="1", c/d`: true, "application/json; charset=utf-8": true,
		"bogus": false, "*": false, "/": false, "application/json, bogus": false, ";x": false, "a/b c": false, "json": false,
	} {
		if got := ReadableAccept(header); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
}

// TestNegotiates is MimeNegotiation#valid_accept_header of actionpack.
func TestNegotiates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		accept, contentType, requestedWith string
		want                               bool
	}{
		{"application/json", "", "", true}, {"bogus", "", "", true}, {"*/*", "", "", true},
		{"", "", "", false}, {"  ", "", "", false}, {"", "application/json", "", false},
		{"application/json, text/plain, */*", "", "", false}, {"*/*,text/html", "", "", false},
		{"text/html,*/*", "", "XMLHttpRequest", true}, {"", "application/json", "xmlhttprequest", true}, {"", "", "XMLHttpRequest", false},
	} {
		if got := Negotiates(c.accept, c.contentType, c.requestedWith); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
