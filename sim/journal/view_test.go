package journal

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestViewIsTheWireForm(t *testing.T) {
	t.Parallel()
	e := Entry{
		ID: 7, Time: origin, Wall: origin.Add(time.Hour), begun: 2500000, Latency: 1500 * time.Microsecond,
		Operation: operation(t, "updateProcess"), World: "blue", User: "developer",
		Method: "PATCH", Path: "/v3/processes/p", RawQuery: "x=1", Remote: "127.0.0.1:5", Connection: 3, ConnectionUse: 2,
		RequestHeader: http.Header{"User-Agent": {"cf/8"}, "Content-Type": {"application/json"}}, RequestBody: Body{Bytes: []byte(`{"command":"x"}`), Size: 15},
		ResponseHeader: http.Header{"Retry-After": {"3"}}, ResponseBody: Body{Bytes: []byte(`{}`), Size: 2}, Status: 503,
		Rule: "flaky", Draw: 4, Injected: true, Applied: true, Real: 200,
	}
	v := e.View()
	v.Violations, v.Warnings = Findings{Known: true}, nil
	got, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":7,"time":"2026-01-01T00:00:00Z","wall_time":"2026-01-01T01:00:00Z","operation":"updateProcess","world":"blue",` +
		`"client":{"user":"developer","user_agent":"cf/8","remote":"127.0.0.1:5","connection":3,"connection_use":2},` +
		`"request":{"method":"PATCH","path":"/v3/processes/p","query":"x=1","headers":{"Content-Type":["application/json"],"User-Agent":["cf/8"]},"body":"{\"command\":\"x\"}","body_size":15},` +
		`"response":{"status":503,"headers":{"Retry-After":["3"]},"body":"{}","body_size":2},` +
		`"rule":"flaky","draw":4,"injected":true,"applied":true,"real_status":200,"violations":[],"warnings":null,"begun_ms":2.5,"latency_ms":1.5}`
	if string(got) != want {
		t.Errorf("view\n got %s\nwant %s", got, want)
	}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	const asJSON = "application/json"
	tests := []struct {
		name, operation, path, query, kind, body string
		size                                     int64
		violations                               string // pointers, "whole" for the empty one, or "unknown"
		warnings                                 string // trap@pointer
	}{
		{name: "nothing wrong", operation: "updateProcess", kind: asJSON, body: `{"command":"x"}`},
		{name: "an unknown field", operation: "updateProcess", kind: asJSON, body: `{"comand":"x"}`, violations: "/comand"},
		{name: "a wrong type", operation: "scaleProcess", kind: asJSON, body: `{"instances":"three"}`, violations: "/instances"},
		{name: "a null that crashes", operation: "scaleProcess", kind: asJSON, body: `{"instances":null}`, violations: "/instances", warnings: "scale-null-crash@/instances"},
		{name: "no content type", operation: "scaleProcess", body: `{"instances":1}`, violations: "whole", warnings: "body-ignored@"},
		{name: "an unknown query parameter", operation: "getProcess", query: "foo=1", violations: "?foo"},
		{name: "an index that is none", operation: "terminateProcessInstance", path: "/v3/processes/p/instances/abc", violations: "{index}", warnings: "lenient-index@{index}"},
		{name: "an index with a format", operation: "terminateProcessInstance", path: "/v3/processes/p/instances/1.json"},
		{name: "a body that was cut", operation: "updateProcess", kind: asJSON, body: `{"comand":"x`, size: 1 << 20, violations: "unknown"},
		{name: "no operation", body: `{`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e := Entry{Method: "GET", Path: test.path, RawQuery: test.query, RequestHeader: http.Header{}, RequestBody: Body{Bytes: []byte(test.body), Size: test.size}}
			if test.operation != "" {
				e.Operation = operation(t, test.operation)
			}
			if test.kind != "" {
				e.RequestHeader.Set("Content-Type", test.kind)
			}
			v := e.View()
			pointers := []string{}
			if !v.Violations.Known {
				pointers = append(pointers, "unknown")
			}
			for _, one := range v.Violations.List {
				pointers = append(pointers, cmp.Or(one.Pointer, "whole"))
			}
			if got := strings.Join(pointers, " "); got != test.violations {
				t.Errorf("violations %q (%v), want %q", got, v.Violations.List, test.violations)
			}
			traps := []string{}
			for _, w := range v.Warnings {
				traps = append(traps, w.Trap+"@"+w.Pointer)
			}
			if got := strings.Join(traps, " "); got != test.warnings {
				t.Errorf("warnings %q, want %q", got, test.warnings)
			}
		})
	}
}

func TestFindingsOnTheWire(t *testing.T) {
	t.Parallel()
	for _, wire := range []string{`"unknown"`, `[]`, `[{"pointer":"/a","message":"b"}]`} {
		var f Findings
		if err := json.Unmarshal([]byte(wire), &f); err != nil {
			t.Fatal(err)
		}
		back, err := json.Marshal(f)
		if err != nil || string(back) != wire {
			t.Errorf("%s came back as %s, %v", wire, back, err)
		}
	}
}

func TestUnmatchedViewNamesTheNearest(t *testing.T) {
	t.Parallel()
	e := Entry{Method: "PUT", Path: "/v3/processes/p", Warnings: []string{"Prefer was ignored"}}
	v := e.View()
	if v.Nearest == nil || v.Nearest.Operation != "updateProcess" || v.Operation != "" {
		t.Errorf("nearest %+v, operation %q", v.Nearest, v.Operation)
	}
	if len(v.Warnings) != 1 || v.Warnings[0].Message != "Prefer was ignored" {
		t.Errorf("warnings %+v", v.Warnings)
	}
}

func TestBodyView(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		body Body
		want BodyView
	}{
		{"text", Body{Bytes: []byte("hé"), Size: 3}, BodyView{Body: "hé", Size: 3}},
		{"no text", Body{Bytes: []byte{0xff, 0}, Size: 2}, BodyView{Body: "/wA=", Size: 2, Encoding: "base64"}},
		{"cut within a character", Body{Bytes: []byte("h\xc3"), Size: 3}, BodyView{Body: "h", Size: 3, Cut: true}},
		{"cut behind a character", Body{Bytes: []byte("hé"), Size: 9}, BodyView{Body: "hé", Size: 9, Cut: true}},
		{"half a character that was not cut", Body{Bytes: []byte("h\xc3"), Size: 2}, BodyView{Body: "aMM=", Size: 2, Encoding: "base64"}},
		{"empty", Body{}, BodyView{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := test.body.view(); got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

// Whatever strangers send, an entry can be shown, and secrets stay out.
func FuzzView(f *testing.F) {
	f.Add("PATCH", "/v3/processes/p", "page=1&page=2", "application/json", []byte(`{"health_check":5}`))
	f.Add("DELETE", "//instances//", "%zz", "multipart/form-data; boundary=", []byte("--\r\n"))
	f.Add("POST", "/oauth/token", "", "", []byte("password=a&%"))
	f.Add("POST", "/v3/processes/p/actions/scale", "a[b]=1&a=2", "application/json;;", []byte("{\"instances\":1e999,\"instances\":\"\xff"))
	f.Fuzz(func(t *testing.T, method, path, query, kind string, body []byte) {
		for _, id := range []string{"", "updateProcess", "scaleProcess", "terminateProcessInstance", "listAppProcesses", "createToken"} {
			e := Entry{Method: method, Path: path, RawQuery: query, Wall: origin, Time: origin,
				RequestHeader: http.Header{"Content-Type": {kind}, "Authorization": {"bearer s3cr3t-t0ken"}}, RequestBody: Body{Bytes: body}}
			if id != "" {
				e.Operation = operation(t, id)
			}
			j := New(1, 1<<20)
			j.Append(e)
			got, ok := j.Get(1)
			if !ok {
				t.Fatal("the entry is not there")
			}
			shown, err := json.Marshal(got.View())
			if err != nil || !utf8.Valid(shown) {
				t.Fatalf("cannot be shown: %v", err)
			}
			if got.RequestHeader.Get("Authorization") != "bearer "+Masked {
				t.Errorf("Authorization is shown as %q", got.RequestHeader.Get("Authorization"))
			}
		}
	})
}
