package admin

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// TestNames: what only a stranger's name can lead here is refused with the way
// out, on every route; a token takes the place of the check.
func TestNames(t *testing.T) {
	t.Parallel()
	hosts := func(o *Options) { o.Hosts = []string{"box.corp.example", ".test.example"} }
	open, proxied := start(t, hosts), start(t, hosts, func(o *Options) { o.TrustProxy = true })
	guarded := start(t, func(o *Options) { o.Token = "s3cret" })
	for _, test := range []struct {
		srv             *server
		host, forwarded string
		refused         string
	}{
		{open, "127.0.0.1", "", ""}, {open, "127.0.0.1:8080", "", ""}, {open, "192.168.1.4", "", ""}, {open, "[::1]", "", ""}, {open, "[fe80::1%25eth0]:80", "", ""}, {open, "::1", "", ""},
		{open, "localhost", "", ""}, {open, "LOCALHOST.:8080", "", ""}, {open, "capisim:8080", "", ""}, {open, "", "", ""},
		{open, "blue.localhost", "", ""}, {open, "mac.local", "", ""}, {open, "host.docker.internal:80", "", ""}, {open, "capisim.ci.svc", "", ""}, {open, "capisim.ci.svc.cluster.local.", "", ""}, {open, "capisim.test", "", ""}, {open, "capisim.invalid", "", ""},
		{open, "Box.Corp.Example.", "", ""}, {open, "a.test.example:443", "", ""},
		{open, "evil.example", "", "evil.example"}, {open, "EVIL.example.:8080", "", "evil.example"}, {open, "127.0.0.1.evil.example", "", "127.0.0.1.evil.example"},
		{open, "localhost.evil.example", "", "localhost.evil.example"}, {open, "a.box.corp.example", "", "a.box.corp.example"}, {open, "eviltest.example", "", "eviltest.example"},
		{open, "test.example", "", "test.example"}, {open, "xlocal.example", "", "xlocal.example"}, {open, "1.2.3.4.5", "", "1.2.3.4.5"}, {open, "evil.example:", "", "evil.example"},
		{open, "localhost", "evil.example", ""}, // nobody asked for that header to be believed
		{proxied, "localhost", "evil.example", "evil.example"}, {proxied, "localhost", "localhost, evil.example", "evil.example"}, {proxied, "localhost", "box.corp.example", ""}, {proxied, "localhost", "", ""},
		{proxied, "evil.example", "localhost", "evil.example"}, // a page may send any header
		{guarded, "evil.example", "", ""},
	} {
		for _, path := range []string{"/admin", "/admin/worlds", "/admin/docs", "/admin/openapi.json", "/admin/nowhere"} {
			w := httptest.NewRecorder()
			r := httptest.NewRequest("GET", path, nil)
			r.Host = test.host
			r.Header.Set("Authorization", "Bearer s3cret")
			if test.forwarded != "" {
				r.Header.Set("X-Forwarded-Host", test.forwarded)
			}
			test.srv.handler.ServeHTTP(w, r, test.srv.worlds.Root())
			admitted := httptest.NewRecorder()
			if test.srv.handler.Admits(admitted, r) != (test.refused == "") || test.refused != "" && admitted.Body.String() != w.Body.String() {
				t.Errorf("%s for %q, %q: %s", path, test.host, test.forwarded, admitted.Body)
			}
			if test.refused == "" {
				if w.Code == 403 {
					t.Errorf("%s for %q, %q: %s", path, test.host, test.forwarded, w.Body)
				}
				continue
			}
			texts := refusals(t, answer{status: w.Code, body: w.Body.String()})
			if w.Code != 403 || !strings.HasPrefix(texts[0], `called as "`+test.refused+`"`) || !strings.Contains(texts[0], "--allowed-hosts "+test.refused) || !strings.Contains(texts[0], "--admin-token") {
				t.Errorf("%s for %q, %q: %d %s", path, test.host, test.forwarded, w.Code, w.Body)
			}
		}
	}
}
