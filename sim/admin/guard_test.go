package admin

import (
	"example.com/capisim/sim/contract"
	"strings"
	"testing"

	"example.com/capisim/sim/report"
)

func TestToken(t *testing.T) {
	t.Parallel()
	srv := start(t, func(o *Options) { o.Token = "s3cret" })
	for _, test := range []struct {
		name, header string
		status       int
		detail       string
	}{
		{"right", "Bearer s3cret", 200, ""},
		{"scheme in any case", "bearer s3cret", 200, ""},
		{"none", "", 401, "no token, expected Authorization: Bearer with the token of --admin-token"},
		{"wrong", "Bearer s3cre", 401, "wrong token, expected the one of --admin-token"},
		{"longer", "Bearer s3crets", 401, "wrong token, expected the one of --admin-token"},
		{"other scheme", "Basic s3cret", 401, "wrong token, expected the one of --admin-token"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := srv.want(t, test.status, "GET", "/admin", "", "Authorization", test.header)
			if test.status == 200 {
				return
			}
			if texts := refusals(t, got); texts[0] != test.detail {
				t.Error(texts)
			}
			if got.header.Get("WWW-Authenticate") != `Bearer realm="capisim"` {
				t.Error(got.header)
			}
		})
	}
	if got := srv.want(t, 401, "GET", "/admin/nowhere", ""); strings.Contains(got.body, "nearest") {
		t.Error("a stranger is told of paths: " + got.body)
	}
}

func TestCrossSiteRequests(t *testing.T) {
	t.Parallel()
	srv := start(t)
	host := strings.TrimPrefix(srv.URL, "http://")
	for _, test := range []struct {
		name    string
		headers []string
		status  int
	}{
		{"no browser", nil, 200},
		{"own page", []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://" + host}, 200},
		{"typed address", []string{"Sec-Fetch-Site", "none"}, 200},
		{"own origin alone", []string{"Origin", "http://" + host}, 200},
		{"other site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"other port of the host", []string{"Sec-Fetch-Site", "same-site", "Origin", "http://localhost:1"}, 403},
		{"other origin", []string{"Origin", "http://evil.example"}, 403},
		{"origin withheld", []string{"Origin", "null"}, 403},
		{"origin that begins alike", []string{"Origin", "http://" + host + ".evil.example"}, 403},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			srv.want(t, test.status, "POST", "/admin/reset", "", test.headers...)
		})
	}
}

func TestHostPort(t *testing.T) {
	t.Parallel()
	for _, test := range [][3]string{
		{"http", "Example.com:80", "example.com"}, {"https", "example.com:443", "example.com"},
		{"http", "example.com:443", "example.com:443"}, {"https", "example.com", "example.com"},
	} {
		if got := hostPort(test[0], test[1]); got != test[2] {
			t.Errorf("%s %s: %s, expected %s", test[0], test[1], got, test[2])
		}
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	srv := start(t)
	srv.want(t, 200, "PATCH", "/admin/features", `{"app_scaling":false}`, "Content-Type", "text/plain")
	srv.want(t, 200, "PATCH", "/admin/features", "")
	srv.want(t, 200, "PATCH", "/admin/features", " \n")
	srv.wantRefusal(t, 422, "PATCH", "/admin/features", "[]", "an empty array, expected an object")
	srv.wantRefusal(t, 422, "PATCH", "/admin/features", "null", "null, expected an object")
	srv.wantRefusal(t, 422, "PATCH", "/admin/features", "{", "1:2: not JSON: unexpected end of JSON input")
	srv.wantRefusal(t, 422, "PATCH", "/admin/features", "{}{}", "1:3: not JSON: invalid character '{' after top-level value")
	srv.wantRefusal(t, 422, "PATCH", "/admin/features", "{\"a\":\"\xff\"}", "1:7: byte 0xff, expected UTF-8")
	srv.wantRefusal(t, 422, "PATCH", "/admin/features", `{"app_scaling":"no","app_scaling":1}`, `/app_scaling: key "app_scaling" appears twice, first at 1:2`)
	srv.wantRefusal(t, 422, "PATCH", "/admin/features", `{"app_scaling":"no","app_scaling_message":null,"a/b":1}`,
		`/app_scaling: "no", expected true or false`, "/app_scaling_message: null, expected a string",
		`/a~1b: unknown key "a/b", expected one of "app_scaling", "app_scaling_message"`)
	srv.wantRefusal(t, 422, "PATCH", "/admin/features", `{"app_scaling":"`+strings.Repeat("ä", 100)+`"}`,
		"/app_scaling: a string of 100 characters, expected true or false")

	big := `{"app_scaling_message":"` + strings.Repeat("x", maxBody) + `"}`
	srv.wantRefusal(t, 413, "PATCH", "/admin/features", big, "the body is larger than 1 MiB")
	if got := srv.want(t, 200, "GET", "/admin/features", ""); got.body != `{"app_scaling":false,"app_scaling_message":""}` {
		t.Error("a refused body was half applied: " + got.body)
	}
}

func TestQueries(t *testing.T) {
	t.Parallel()
	srv := start(t)
	formats := string(report.JSON)
	for _, f := range report.Formats() {
		if f != report.JSON {
			formats += ", " + string(f)
		}
	}
	srv.wantRefusal(t, 422, "GET", "/admin?page=1&x=2", "",
		`unknown query parameter "page", expected none`, `unknown query parameter "x", expected none`)
	srv.wantRefusal(t, 422, "GET", "/admin/faults?perpage=1", "", `unknown query parameter "perpage", did you mean "per_page"?`)
	srv.wantRefusal(t, 422, "GET", "/admin/faults?page=1&page=2", "", "query parameter page: given 2 times, expected it once")
	srv.wantRefusal(t, 422, "GET", "/admin/faults?page=0&per_page=5001", "",
		`query parameter page: "0", expected a whole number from 1 to 2147483647`,
		`query parameter per_page: "5001", expected a whole number from 1 to 5000`)
	srv.wantRefusal(t, 422, "GET", "/admin/faults?page=%zz", "", `the query cannot be read: invalid URL escape "%zz"`)
	srv.wantRefusal(t, 422, "GET", "/admin/coverage?worlds=some&format=xml", "",
		`query parameter format: "xml", expected one of `+formats, `query parameter worlds: "some", expected all`)
	srv.wantRefusal(t, 422, "GET", "/admin/state?format=toml", "", `query parameter format: "toml", expected one of json, yaml`)
	srv.wantRefusal(t, 422, "GET", "/admin/requests?operation=x&status=y&injected=z&since=now&after=-1", "",
		`query parameter status: "y", expected a whole number from 0 to 999`,
		`query parameter injected: "z", expected true or false`,
		`query parameter since: "now", expected a time such as 2026-01-01T00:00:00Z`,
		"query parameter operation: "+contract.UnknownOperation("x"),
		`query parameter after: "-1", expected the id of a request`)
}
