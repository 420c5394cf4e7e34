package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
)

// stage answers from a list.
type stage struct {
	answers [][]journal.View
	refuse  error
	times   []time.Time
}

func (s *stage) Show(now time.Time)   { s.times = append(s.times, now) }
func (s *stage) Change(*Change) error { return s.refuse }
func (s *stage) Put([]byte) error     { return s.refuse }
func (s *stage) Send(*Request) ([]journal.View, error) {
	next := s.answers[0]
	s.answers = s.answers[1:]
	return next, nil
}

func view(change func(*journal.View)) journal.View {
	v := journal.View{ID: 1, Request: journal.Request{Method: "GET", Path: "/v3"}}
	v.Response.Status = 200
	v.Response.Headers = map[string][]string{"X-Runtime": {"0.1"}, "X-VCAP-Request-ID": {"a"}, "Content-Length": {"9"}}
	v.Response.Body = `{"a":{"b":[1,2]},"c":null}`
	if change != nil {
		change(&v)
	}
	return v
}

// TestCompare: what differs is told by its place, and nothing that may differ.
func TestCompare(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		then, now func(*journal.View)
		want      string
	}{
		"same": {nil, func(v *journal.View) {
			v.Response.Headers = map[string][]string{"X-Runtime": {"7"}, "X-Vcap-Request-Id": {"b"}, "Content-Length": {"9"}, "Date": {"now"}}
			v.Response.Body = `{"c":null,"a":{"b":[1.0,2]}}`
		}, ""},
		"status":  {nil, func(v *journal.View) { v.Response.Status = 404 }, "status: 200, now 404"},
		"rule":    {func(v *journal.View) { v.Rule, v.Injected = "x", true }, nil, "rule: x, now none|injected: true, now false"},
		"applied": {nil, func(v *journal.View) { v.Applied = true }, "changed the state: false, now true"},
		"socket":  {func(v *journal.View) { v.ConnectionFault = "reset" }, nil, "connection fault: reset, now none"},
		"header":  {func(v *journal.View) { v.Response.Headers.Set("Retry-After", "1") }, nil, "header Retry-After: 1, now none"},
		"value":   {nil, func(v *journal.View) { v.Response.Body = `{"a":{"b":[1,3]},"d":1}` }, "body /a/b/1: 2, now 3|body /c: null, now left out|body /d: left out, now 1"},
		"length":  {nil, func(v *journal.View) { v.Response.Body = `{"a":{"b":[1]},"c":null}` }, "body /a/b: an array of 2 items, now an array of 1 item"},
		"text":    {func(v *journal.View) { v.Response.Body = "<html>a" }, func(v *journal.View) { v.Response.Body = "<html>b" }, "body at byte 6: a, now b"},
		"cut": {func(v *journal.View) { v.Response.BodyView = journal.BodyView{Body: `{"a`, Size: 20000, Cut: true} },
			func(v *journal.View) { v.Response.BodyView = journal.BodyView{Body: `{"a`, Size: 20001, Cut: true} }, "body: 20000 bytes, now 20001 bytes"},
		"masked": {func(v *journal.View) { v.Response.Body = `{"password":"[MASKED]"}` }, func(v *journal.View) {
			v.Response.Body, v.Response.Headers = `{"password":"MASKED"}`, map[string][]string{"Content-Length": {"8"}}
		}, ""},
		"tokens": {func(v *journal.View) { v.Operation, v.Response.Body = "createToken", `{"jti":"1","scope":"a"}` },
			func(v *journal.View) { v.Operation, v.Response.Body = "createToken", `{"jti":"2","scope":"b"}` }, `body /scope: "a", now "b"`},
		"held":     {func(v *journal.View) { v.Held, v.Response.Status = true, 0 }, nil, ""},
		"not kept": {func(v *journal.View) { v.ConnectionFault, v.Response.Status = "cut", 0 }, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			then, now := view(test.then), view(test.now)
			var lines []string
			for _, part := range compare(&then, &now) {
				lines = append(lines, part.Where+": "+part.Recorded+", now "+part.Now)
			}
			if got := strings.Join(lines, "|"); got != test.want {
				t.Errorf("%s\nexpected %s", got, test.want)
			}
		})
	}
}

// TestReport: what is refused, sent too much and not sent is told.
func TestReport(t *testing.T) {
	t.Parallel()
	b := small()
	b.Steps[0].Request.View = view(nil)
	stranger := *b.Steps[0].Request
	stranger.Meanwhile, stranger.ID = true, 2
	cut := *b.Steps[0].Request
	cut.Request.Cut, cut.Request.Size = true, 20000
	b.Forgotten = Forgotten{3, 1}
	b.Steps = append([]Step{{Request: &cut}, {Request: &stranger}}, b.Steps...)
	on := &stage{refuse: errors.New("no"), answers: [][]journal.View{{view(nil)}}}
	report := Replay(b, on)
	var text bytes.Buffer
	if err := report.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"3 requests before the first", "1 change before the first", "request 1 was not sent again: the journal had not kept its body of 20000 bytes",
		"request 1: GET /v3\n  request: sent, now not sent", "PUT /admin/faults/x\n  change: taken, now no", "PUT /admin/state\n  change: taken, now no",
		"world default: 1 request and 2 changes played again, 3 not as recorded",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%s\nexpected %s", text.String(), want)
		}
	}
	if report.Same() || len(on.times) != len(b.Steps) {
		t.Errorf("%+v, times %v", report, on.times)
	}
}

// TestMask: no secret is left in a document, and it makes the same world.
func TestMask(t *testing.T) {
	t.Parallel()
	v, err := document.Decode([]byte(`{"auth":{"users":[{"name":"a","password":"a"},{"name":"b","password":"s3cret"}],"tokens":{"a":"a","t0ken":"b"}},` +
		`"apps":[{"metadata":{"labels":{"api_token":"s3cret","env":"prod"}},"processes":[{"command":"run --password s3cret","registry_credential":{"guid":"g"}}]}],` +
		`"faults":[{"respond":{"status":200,"body":{"access_token":"s3cret"},"headers":{"X-Api-Key":"s3cret"}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"auth":{"users":[{"name":"a","password":"a"},{"name":"b","password":"MASKED"}],"tokens":{"a":"a","MASKED-2":"b"}},` +
		`"apps":[{"metadata":{"labels":{"api_token":"MASKED","env":"prod"}},"processes":[{"command":"run --password MASKED","registry_credential":{"guid":"g"}}]}],` +
		`"faults":[{"respond":{"status":200,"body":{"access_token":"MASKED"},"headers":{"X-Api-Key":"MASKED"}}}]}`
	if maskDocument(v); v.String() != want {
		t.Errorf("%s\nexpected %s", v, want)
	}
	if body := maskedBody([]byte(`{"name":"x","labels":{"secret":"1"}}`)); string(body) != `{"name":"x","labels":{"secret":"MASKED"}}` || !json.Valid(body) {
		t.Errorf("%s", body)
	}
	if body := maskedBody([]byte("name: x")); body != nil {
		t.Errorf("%s", body)
	}
}
