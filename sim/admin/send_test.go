package admin

import (
	"net/http"
	"testing"

	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/world"
)

// sentBy answers like an API that lets in whoever has a user's name.
func sentBy(of *world.World, user string, r *http.Request) (uint64, error) {
	return of.Journal.Append(journal.Entry{Method: r.Method, Path: r.URL.Path, User: user, Host: r.Host, RequestHeader: r.Header, Status: 200}), nil
}

func TestSend(t *testing.T) {
	t.Parallel()
	srv := start(t, func(o *Options) { o.Send = sentBy })
	got := into[journal.View](t, srv.want(t, 201, "POST", "/admin/requests", `{"path":"/v3/apps?x=1","user":"developer","headers":{"User-Agent":"mine"}}`))
	if got.ID == 0 || got.Client.User != "developer" || got.Request.Method != "GET" || got.Client.UserAgent != "mine" || got.Response.Status != 200 {
		t.Errorf("%+v", got)
	}
	srv.wantRefusal(t, 422, "POST", "/admin/requests", `{"user":"devloper","verb":"GET","headers":{"a b":"c"}}`,
		`/headers/a b: "a b", expected the name of a header`,
		`/path: left out, expected a path such as /v3/processes`,
		`/user: "devloper", expected a user of the world, as GET /admin/users lists them, did you mean "developer"?`,
		`/verb: unknown key "verb", expected one of "method", "headers", "body", "path", "user"`)
	srv.wantRefusal(t, 422, "POST", "/admin/requests", `{"path":"/v3/apps","user":"developer","headers":{"authorization":"bearer auditor"}}`,
		`/user: given beside the header Authorization, expected one of the two`)
	srv.wantRefusal(t, 422, "POST", "/admin/requests", `{"path":"/v3/apps","headers":{"Accept":"a","accept":"b"}}`, `/headers/accept: given twice, expected a header once`)
	for _, route := range []string{"/admin/requests", "/admin/faults/explain"} { // no client gets out of its world
		srv.wantRefusal(t, 422, "POST", route, `{"path":"/worlds/w/v3/apps"}`,
			`/path: "/worlds/w/v3/apps", expected a path inside this world, such as /v3/processes; of another world, ask under /worlds/NAME/admin`)
	}
	start(t).wantRefusal(t, 501, "POST", "/admin/requests", `{"path":"/"}`, "this server cannot send requests")
}
