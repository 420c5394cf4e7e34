package admin

import (
	"testing"

	"example.com/capisim/sim/client"
)

// TestForkWorld: POST with from copies a world, rules with progress included.
func TestForkWorld(t *testing.T) {
	t.Parallel()
	srv := start(t)
	srv.want(t, 201, "POST", "/admin/worlds", `{"name":"warm"}`)
	srv.want(t, 201, "POST", "/worlds/warm/admin/faults", `{"id":"r","match":{"operations":["getProcess"]},"respond":{"status":503},"undocumented":true,"when":{"times":3}}`)
	view := into[client.WorldView](t, srv.want(t, 201, "POST", "/admin/worlds", `{"from":"warm","clock":"real"}`))
	if view.From != "warm" || view.Rules != 1 || view.Clock.Mode != "real" {
		t.Errorf("%+v", view)
	}
	srv.want(t, 204, "DELETE", "/worlds/warm/admin/faults", "")
	srv.want(t, 200, "GET", "/worlds/"+view.Name+"/admin/faults/r", "")
	if forked := into[client.WorldView](t, srv.want(t, 201, "POST", "/admin/worlds", `{"from":"default"}`)); forked.From != "default" {
		t.Errorf("%+v", forked)
	}
}

// TestWorldOptions: what cannot be honoured is refused, with its place.
func TestWorldOptions(t *testing.T) {
	t.Parallel()
	srv := start(t)
	for _, test := range []struct {
		body string
		want []string
	}{
		{`{"from":"nowhere"}`, []string{`/from: "nowhere", expected the name of a world that exists`}},
		{`{"from":7}`, []string{`/from: 7, expected a string`}},
		{`{"from":"default","scenario":"default","seed":7,"variant":"vendor"}`, []string{
			"/scenario: given beside from, expected one of the two",
			"/seed: 7, expected no such key beside from: a fork keeps what its origin has drawn",
			`/variant: "vendor", expected no such key beside from: a fork keeps what its origin has drawn`}},
		{`{"clock":"still","auth":"open","seed":1.5,"variant":"new","colour":"red"}`, []string{
			"/seed: 1.5, expected an integer", `/variant: "new", expected one of "default", "open-source", "vendor"`,
			`/clock: "still", expected one of "frozen", "real"`, `/auth: "open", expected one of "permissive", "strict"`,
			`/colour: unknown key "colour", expected one of "name", "from", "scenario", "seed", "variant", "clock", "auth", "ttl", "listen"`}},
	} {
		srv.wantRefusal(t, 422, "POST", "/admin/worlds", test.body, test.want...)
		srv.wantRefusal(t, 422, "PUT", "/admin/worlds/w", test.body, test.want...)
	}
	view := into[client.WorldView](t, srv.want(t, 201, "POST", "/admin/worlds", `{"name":"w","clock":"real","auth":"strict","seed":7,"variant":"vendor"}`))
	if view.Clock.Mode != "real" {
		t.Errorf("%+v", view)
	}
	state := into[struct {
		Seed    int64
		Variant string
		Auth    struct{ Mode string }
	}](t, srv.want(t, 200, "GET", "/worlds/w/admin/state", ""))
	if state.Seed != 7 || state.Variant != "vendor" || state.Auth.Mode != "strict" {
		t.Errorf("%+v", state)
	}
}

// TestPutWorld: twice is as good as once; a world that was made otherwise is a
// conflict, and stays.
func TestPutWorld(t *testing.T) {
	t.Parallel()
	srv := start(t)
	const at = "/admin/worlds/blue"
	for body, status := range map[string]int{
		`{"name":"blue","scenario":"quota","ttl":"1h","clock":"real"}`: 200,
		`{"scenario":"quota","ttl":"1h","clock":"real"}`:               200,
		`{"scenario":"empty","clock":"real"}`:                          409,
		`{"scenario":"quota","ttl":"1h"}`:                              409,
		`{"from":"default","ttl":"1h","clock":"real"}`:                 409,
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			srv := start(t)
			srv.want(t, 201, "PUT", at, `{"scenario":"quota","ttl":"1h","clock":"real"}`)
			srv.want(t, status, "PUT", at, body)
		})
	}
	srv.want(t, 201, "PUT", at, "")
	srv.want(t, 200, "PUT", at, "{}")
	srv.wantRefusal(t, 409, "PUT", at, `{"scenario":"quota","auth":"strict"}`,
		`/scenario: world "blue" is there and was made otherwise; expected the same scenario, or a DELETE before`,
		`/auth: world "blue" is there and was made otherwise; expected the same auth, or a DELETE before`)
	srv.wantRefusal(t, 422, "PUT", at, `{"name":"red"}`, `/name: "red", expected "blue" as in the path, or no such key`)
	srv.wantRefusal(t, 422, "PUT", "/admin/worlds/-", "", `/name: "-", expected letters, digits, dots, dashes and underscores, at most 63, beginning with a letter or digit`)
	srv.want(t, 201, "PUT", "/admin/worlds/green", `{"from":"blue"}`)
	srv.want(t, 200, "PUT", "/admin/worlds/green", `{"from":"blue"}`)
}

// TestPutWorldTogether: of many that ask for one name at once, one makes it.
func TestPutWorldTogether(t *testing.T) {
	t.Parallel()
	srv := start(t)
	statuses := make(chan int, 16)
	for range cap(statuses) {
		go func() { statuses <- srv.send(t, "PUT", "/admin/worlds/w", "{}").status }()
	}
	made := 0
	for range cap(statuses) {
		if status := <-statuses; status == 201 {
			made++
		} else if status != 200 {
			t.Errorf("status %d", status)
		}
	}
	if made != 1 {
		t.Errorf("made %d times", made)
	}
}
