package admin

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/world"
)

func ids(list []fault.Status) string {
	var out []string
	for _, status := range list {
		out = append(out, status.ID)
	}
	return strings.Join(out, " ")
}

func (s *server) rules(t testing.TB) string {
	t.Helper()
	return ids(into[client.List[fault.Status]](t, s.want(t, 200, "GET", "/admin/faults", "")).Resources)
}

func TestFaultRules(t *testing.T) {
	t.Parallel()
	srv := start(t)
	got := srv.want(t, 201, "POST", "/admin/faults", `{"match":{"operations":["updateProcess"]},"when":{"times":2},"respond":{"status":409}}`)
	if want := `{"id":"rule-1","match":{"operations":["updateProcess"]},"when":{"times":2},"respond":{"status":409},"matched":0,"injected":0,"remaining":2}`; got.body != want {
		t.Errorf("%s\nexpected\n%s", got.body, want)
	}
	list := into[client.List[fault.Status]](t, srv.want(t, 201, "POST", "/admin/faults",
		`[{"respond":{"status":503}},{"id":"named","respond":{"status":503}},{"respond":{"status":503}}]`))
	if ids(list.Resources) != "rule-2 named rule-3" {
		t.Error(ids(list.Resources))
	}
	if rules := srv.rules(t); rules != "rule-3 named rule-2 rule-1" {
		t.Error(rules)
	}
	srv.wantRefusal(t, 422, "POST", "/admin/faults", `[]`, "an empty list, expected at least one rule")
	bad := srv.want(t, 422, "POST", "/admin/faults", `[{"respond":{"status":503}},{"respond":{"status":418},"when":{"times":0}}]`)
	for _, text := range refusals(t, bad) {
		if !strings.HasPrefix(text, "/1/") {
			t.Error(text)
		}
	}
	if rules := srv.rules(t); rules != "rule-3 named rule-2 rule-1" {
		t.Error("half of a bad list was added: " + rules)
	}

	srv.want(t, 200, "GET", "/admin/faults/named", "")
	srv.wantRefusal(t, 404, "GET", "/admin/faults/nobody", "", `no fault rule "nobody"`)
	srv.want(t, 200, "PUT", "/admin/faults/named", `{"respond":{"status":500}}`)
	srv.want(t, 200, "PUT", "/admin/faults/with%20blank", `{"id":"with blank","respond":{"status":500}}`)
	srv.wantRefusal(t, 422, "PUT", "/admin/faults/named", `{"id":"other","respond":{"status":500}}`, `/id: "other", expected "named" as in the path, or no such key`)
	srv.wantRefusal(t, 422, "PUT", "/admin/faults/named", `[{"respond":{"status":500}}]`, "an array of 1 item, expected a rule with at least one of respond, sequence, delay, connection")
	patched := into[fault.Status](t, srv.want(t, 200, "PATCH", "/admin/faults/named", `{"enabled":false,"description":"off"}`))
	if patched.Active() || patched.Description != "off" || patched.Respond.Status != 500 {
		t.Errorf("%+v", patched)
	}
	srv.wantRefusal(t, 404, "PATCH", "/admin/faults/nobody", `{}`, `no fault rule "nobody"`)
	srv.want(t, 422, "PATCH", "/admin/faults/named", `{"respond":{"status":"x"}}`)
	srv.want(t, 204, "DELETE", "/admin/faults/named", "")
	srv.wantRefusal(t, 404, "DELETE", "/admin/faults/named", "", `no fault rule "named"`)
	srv.want(t, 204, "DELETE", "/admin/faults", "")
	if rules := srv.rules(t); rules != "" {
		t.Error(rules)
	}
}

func TestTooManyRules(t *testing.T) {
	t.Parallel()
	srv := start(t)
	list := "[" + strings.TrimSuffix(strings.Repeat(`{"respond":{"status":503}},`, 101), ",") + "]"
	srv.wantRefusal(t, 422, "POST", "/admin/faults", list, "101 rules, expected at most 100 in a world")
	if rules := srv.rules(t); rules != "" {
		t.Error(rules)
	}
}

func TestToggle(t *testing.T) {
	t.Parallel()
	srv := start(t)
	got := into[fault.Status](t, srv.want(t, 200, "PUT", "/admin/faults/updateProcess/409", `{"when":{"times":3}}`))
	if got.ID != "updateProcess-409" || got.Respond.Status != 409 || *got.Remaining != 3 || got.Match.Operations[0] != "updateProcess" {
		t.Errorf("%+v", got)
	}
	got = into[fault.Status](t, srv.want(t, 200, "PUT", "/admin/faults/updateProcess/409", ""))
	if got.Remaining != nil || srv.rules(t) != "updateProcess-409" {
		t.Errorf("%+v, expected the toggle to be replaced", got)
	}
	srv.want(t, 204, "DELETE", "/admin/faults/updateProcess/409", "")
	srv.want(t, 204, "DELETE", "/admin/faults/updateProcess/409", "")
	srv.want(t, 200, "PUT", "/admin/faults/getRoot/503", "")
	srv.want(t, 200, "PUT", "/admin/faults/getProcess/418", `{"undocumented":true}`)

	const allowed = "200, 400, 401, 403, 404, 429, 500, 502, 503"
	srv.wantRefusal(t, 422, "PUT", "/admin/faults/getProcess/418", "", `418, expected a status that getProcess can answer (`+allowed+`), or "undocumented": true; getProcess cannot answer 418`)
	srv.wantRefusal(t, 422, "PUT", "/admin/faults/getProcess/busy", "", `"busy", expected a status of getProcess: `+allowed)
	srv.wantRefusal(t, 422, "DELETE", "/admin/faults/getProcess/99", "", `"99", expected a status of getProcess: `+allowed)
	srv.want(t, 422, "PUT", "/admin/faults/getProcess/503", `{"when":{"probability":2}}`)
	srv.want(t, 422, "PUT", "/admin/faults/getProcess/503", `{"nonsense":1}`)
	missing := refusals(t, srv.want(t, 404, "PUT", "/admin/faults/getProces/503", ""))
	if !strings.HasPrefix(missing[0], `no operation "getProces", did you mean "getProcess"?`) {
		t.Error(missing)
	}
}

// explained answers like an API in which every request is one to updateProcess.
func explained(_ *world.World, r *http.Request) *fault.Trial {
	switch {
	case r.URL.Path == "/nowhere":
		return &fault.Trial{Status: 404, Body: []byte(`{"errors":[]}`)}
	case r.Method == http.MethodDelete:
		return &fault.Trial{Subject: asked{r: r}, Status: 204, Body: []byte{}}
	case r.URL.Path == "/text":
		return &fault.Trial{Subject: asked{r: r}, Status: 500, Body: []byte(`a page "of" text`)}
	case r.URL.Path == "/refused":
		return &fault.Trial{Subject: asked{r: r}, Status: 403, Refused: &contract.Refusal{Check: contract.RoleCheck, Reason: "a role is needed"}}
	}
	return &fault.Trial{Subject: asked{r: r}, Status: 200, Body: []byte(`{"guid":"x"}`)}
}

type asked struct{ r *http.Request }

func TestExplain(t *testing.T) {
	t.Parallel()
	srv := start(t, func(o *Options) { o.Explain = explained })
	srv.want(t, 201, "POST", "/admin/faults", `[{"id":"slow","delay":{"fixed":"1s"}},{"id":"theirs","match":{"headers":{"X-Team":"b"}},"respond":{"status":503}},{"id":"ours","match":{"headers":{"X-Team":"a"},"body":{"/instances":3},"query":{"q":"1"}},"respond":{"status":503}}]`)
	got := into[client.Explanation](t, srv.want(t, 200, "POST", "/admin/faults/explain",
		`{"method":"PATCH","path":"/v3/processes/x?q=1","headers":{"x-team":"a"},"body":{"instances":3}}`))
	if got.Operation != "updateProcess" || got.Decides != "ours" || got.Answer.Status != 200 || string(got.Answer.Body) != `{"guid":"x"}` {
		t.Errorf("%+v", got)
	}
	if len(got.Rules) != 3 || !got.Rules[0].Fires || got.Rules[1].Pointer != "/match/headers/X-Team" || got.Rules[2].Fires {
		t.Errorf("%+v", got.Rules)
	}
	got = into[client.Explanation](t, srv.want(t, 200, "POST", "/admin/faults/explain", `{"path":"/v3/x"}`))
	if got.Decides != "" || got.Rules[2].RuleID != "slow" || !got.Rules[2].Fires {
		t.Errorf("%+v, expected a delay to decide nothing", got)
	}
	if rules := into[client.List[fault.Status]](t, srv.want(t, 200, "GET", "/admin/faults", "")); rules.Resources[0].Matched != 0 {
		t.Error("explaining counts")
	}
	got = into[client.Explanation](t, srv.want(t, 200, "POST", "/admin/faults/explain", `{"path":"/nowhere"}`))
	if got.Operation != "" || got.Nearest == nil || len(got.Rules) != 0 || got.Answer.Status != 404 {
		t.Errorf("%+v", got)
	}
	if got := srv.want(t, 200, "POST", "/admin/faults/explain", `{"method":"DELETE","path":"/"}`); !strings.HasSuffix(got.body, `"answer":{"status":204,"body":null}}`) {
		t.Error(got.body)
	}
	if got := srv.want(t, 200, "POST", "/admin/faults/explain", `{"path":"/text"}`); !strings.HasSuffix(got.body, `"answer":{"status":500,"body":"a page \"of\" text"}}`) {
		t.Error(got.body)
	}
	srv.wantRefusal(t, 422, "POST", "/admin/faults/explain", `{"method":"a b","headers":{"x y":"1","B":"1\n2","C":3},"verb":"GET"}`,
		`/method: "a b", expected a method such as PATCH`,
		`/headers/x y: "x y", expected the name of a header`,
		`/headers/B: "1\n2", expected the value of a header, in one line`,
		`/headers/C: 3, expected a string`,
		`/path: left out, expected a path such as /v3/processes`,
		`/verb: unknown key "verb", expected one of "request", "method", "headers", "body", "path"`)
	srv.wantRefusal(t, 422, "POST", "/admin/faults/explain", `{"path":"http://x/v3"}`, `/path: "http://x/v3", expected a path such as /v3/processes`)
	srv.wantRefusal(t, 422, "POST", "/admin/faults/explain", `{"path":7}`, `/path: 7, expected a string`)
	start(t).wantRefusal(t, 501, "POST", "/admin/faults/explain", `{"path":"/"}`, "this server cannot explain requests")
}

func TestOrder(t *testing.T) {
	t.Parallel()
	srv := start(t)
	srv.want(t, 201, "POST", "/admin/faults", `[{"id":"first","respond":{"status":500}},{"id":"second","respond":{"status":503}}]`)
	got := into[client.List[fault.Status]](t, srv.want(t, 200, "POST", "/admin/faults/order", `{"ids":["first","second"]}`))
	if len(got.Resources) != 2 || got.Resources[0].ID != "first" {
		t.Errorf("%+v", got)
	}
	srv.wantRefusal(t, 422, "POST", "/admin/faults/order", `{"ids":["first","secund","first",7]}`, `/ids/3: 7, expected the id of a rule`)
	srv.wantRefusal(t, 422, "POST", "/admin/faults/order", `{"ids":["first","secund","first"]}`,
		`/ids/1: "secund", expected the id of a rule, did you mean "second"?`, `/ids/2: "first" for the second time, expected each rule once`)
	srv.wantRefusal(t, 422, "POST", "/admin/faults/order", `{}`, `/ids: left out, expected the ids of rules, the one first that is to decide first`)
}

func TestClock(t *testing.T) {
	t.Parallel()
	srv := start(t)
	if got := srv.want(t, 200, "GET", "/admin/clock", ""); got.body != `{"mode":"frozen","now":"2026-01-01T00:00:00Z"}` {
		t.Error(got.body)
	}
	if got := srv.want(t, 200, "POST", "/admin/clock/advance", `{"by":"90s"}`); got.body != `{"mode":"frozen","now":"2026-01-01T00:01:30Z"}` {
		t.Error(got.body)
	}
	if got := srv.want(t, 200, "PUT", "/admin/clock", `{"now":"2030-06-01T02:00:00+02:00"}`); got.body != `{"mode":"frozen","now":"2030-06-01T00:00:00Z"}` {
		t.Error(got.body)
	}
	running := into[client.ClockState](t, srv.want(t, 200, "PUT", "/admin/clock", `{"mode":"real"}`))
	if since := running.Now.Sub(time.Date(2030, 6, 1, 0, 0, 0, 0, time.UTC)); running.Mode != "real" || since < 0 || since > time.Hour {
		t.Errorf("%+v, expected the clock to run on from where it stood", running)
	}
	stopped := into[client.ClockState](t, srv.want(t, 200, "PUT", "/admin/clock", `{"mode":"frozen"}`))
	if same := into[client.ClockState](t, srv.want(t, 200, "PUT", "/admin/clock", `{}`)); stopped.Mode != "frozen" || same != stopped {
		t.Errorf("%+v, then %+v", stopped, same)
	}
	srv.wantRefusal(t, 422, "PUT", "/admin/clock", `{"mode":"still","now":"noon","by":1}`,
		`/mode: "still", expected one of "frozen", "real"`,
		`/now: "noon", expected a time such as 2026-01-01T00:00:00Z`,
		`/by: unknown key "by", expected one of "mode", "now"`)
	srv.wantRefusal(t, 422, "PUT", "/admin/clock", `{"now":"0001-01-01T00:00:00Z"}`, `/now: the year 1, expected a time after its first moment and before the year 10000`)
	srv.wantRefusal(t, 422, "POST", "/admin/clock/advance", ``, `/by: left out, expected a duration such as "30s"`)
	srv.wantRefusal(t, 422, "POST", "/admin/clock/advance", `{"by":30}`, `/by: 30, expected a duration that is not negative, such as 200ms or 1m30s`)
	srv.wantRefusal(t, 422, "POST", "/admin/clock/advance", `{"by":"30"}`, `/by: "30", expected a duration that is not negative, such as 200ms or 1m30s`)
	srv.wantRefusal(t, 422, "POST", "/admin/clock/advance", `{"by":"-1s"}`, `/by: -1s, expected a duration that is not negative, such as 200ms or 1m30s`)
	srv.wantRefusal(t, 422, "POST", "/admin/clock/advance", `{"by":"999999999h"}`, `/by: "999999999h", expected a duration of at most 2562047h`)
	srv.wantRefusal(t, 422, "POST", "/admin/clock/advance", `{"by":"999999999x"}`, `/by: "999999999x", expected a duration that is not negative, such as 200ms or 1m30s`)
	srv.want(t, 200, "PUT", "/admin/clock", `{"now":"9999-12-31T00:00:00Z"}`)
	srv.wantRefusal(t, 422, "POST", "/admin/clock/advance", `{"by":"48h"}`, `/by: goes beyond the year 9999`)
}

func TestWorlds(t *testing.T) {
	t.Parallel()
	srv := start(t, func(o *Options) {
		o.Listen = func(_ *world.World, addr string) (*url.URL, error) {
			if addr != "127.0.0.1:0" {
				return nil, http.ErrServerClosed
			}
			return &url.URL{Scheme: "http", Host: "127.0.0.1:4711"}, nil
		}
	})
	blue := into[client.WorldView](t, srv.want(t, 201, "POST", "/admin/worlds", `{"name":"blue","scenario":"empty","ttl":"10m"}`))
	if blue.Name != "blue" || blue.URL != srv.URL+"/worlds/blue" || blue.Scenario != "empty" || blue.TTL != document.Duration(10*time.Minute) || blue.Counts.Processes != 0 {
		t.Errorf("%+v", blue)
	}
	made := into[client.WorldView](t, srv.want(t, 201, "POST", "/admin/worlds", ""))
	if made.Name == "" || made.Scenario != "default" || made.Counts.Processes != 3 {
		t.Errorf("%+v", made)
	}
	own := into[client.WorldView](t, srv.want(t, 201, "POST", "/admin/worlds", `{"name":"own","listen":"127.0.0.1:0","scenario":{"name":"mine","apps":[{"name":"a"}]}}`))
	if own.URL != "http://127.0.0.1:4711" || own.Scenario != "mine" || own.Counts.Apps != 1 {
		t.Errorf("%+v", own)
	}
	srv.wantRefusal(t, 422, "POST", "/admin/worlds", `{"name":"more"}`, "/name: 3 worlds exist, at most 3 are allowed (--max-worlds)")
	list := into[client.List[client.WorldView]](t, srv.want(t, 200, "GET", "/admin/worlds", ""))
	if len(list.Resources) != 4 || list.Resources[0].Name != "default" || list.Resources[2].URL != own.URL {
		t.Errorf("%+v", list.Resources)
	}
	srv.want(t, 200, "GET", "/admin/worlds/blue", "")
	srv.want(t, 204, "DELETE", "/admin/worlds/own", "")
	srv.wantRefusal(t, 404, "DELETE", "/admin/worlds/own", "", `no world "own"`)
	srv.wantRefusal(t, 404, "GET", "/admin/worlds/own", "", `no world "own"`)
	if len(srv.handler.ports) != 0 {
		t.Error("the address of a deleted world stays behind")
	}
	srv.wantRefusal(t, 422, "POST", "/admin/worlds", `{"name":"own","listen":"nowhere"}`, `/listen: "nowhere": http: Server closed; expected a HOST:PORT that is free, such as 127.0.0.1:0`)
	srv.wantRefusal(t, 404, "GET", "/admin/worlds/own", "", `no world "own"`)
	srv.wantRefusal(t, 422, "DELETE", "/admin/worlds/default", "", "the default world cannot be deleted; POST /admin/reset brings it back to its scenario")
	srv.wantRefusal(t, 404, "GET", "/worlds/blue/admin/worlds", "", "worlds are managed on the default world, expected /admin/worlds at the root of the server")
	srv.wantRefusal(t, 422, "POST", "/admin/worlds", `{"name":"","ttl":"-1s","scenario":7,"colour":"red"}`,
		`/name: "", expected a name, or no such key to have one made up`,
		`/scenario: 7, expected the name of a scenario or a document`,
		`/ttl: -1s, expected a duration that is not negative, such as 200ms or 1m30s`,
		`/colour: unknown key "colour", expected one of "name", "from", "scenario", "seed", "variant", "clock", "auth", "ttl", "listen"`)
	for _, name := range []string{"a/b", "..", "-a", "default", "blue", strings.Repeat("x", 64)} {
		srv.want(t, 422, "POST", "/admin/worlds", `{"name":"`+name+`"}`)
	}
	unknown := refusals(t, srv.want(t, 422, "POST", "/admin/worlds", `{"scenario":"nope"}`))
	if !strings.HasPrefix(unknown[0], `/scenario: scenario "nope": no such scenario; there are default, `) {
		t.Error(unknown)
	}
	start(t).wantRefusal(t, 422, "POST", "/admin/worlds", `{"listen":":0"}`, "/listen: a port of its own is not available on this server, expected no such key")
}

// What is done to one world is not seen in another.
func TestWorldsAreApart(t *testing.T) {
	t.Parallel()
	srv := start(t)
	srv.want(t, 201, "POST", "/admin/worlds", `{"name":"w"}`)
	srv.want(t, 200, "PUT", "/worlds/w/admin/faults/getProcess/503", "")
	srv.want(t, 204, "DELETE", "/worlds/w/admin/processes/"+worker, "")
	srv.want(t, 200, "POST", "/worlds/w/admin/clock/advance", `{"by":"1h"}`)
	if rules := srv.rules(t); rules != "" {
		t.Error(rules)
	}
	srv.want(t, 200, "GET", "/admin/processes/"+worker, "")
	if got := srv.want(t, 200, "GET", "/admin/clock", ""); got.body != `{"mode":"frozen","now":"2026-01-01T00:00:00Z"}` {
		t.Error(got.body)
	}
}
