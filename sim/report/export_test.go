package report

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/journal"
	"github.com/santhosh-tekuri/jsonschema/v5"
)

// exchanges are entries of every kind an export can meet.
func exchanges(tb testing.TB) []journal.Entry {
	at := time.Date(2026, 1, 1, 12, 0, 0, 5e6, time.UTC)
	asJSON := http.Header{"Content-Type": {"application/json"}}
	j := journal.New(100, 1<<20)
	for _, e := range []journal.Entry{
		{Operation: operation(tb, "updateProcess"), Method: "PATCH", Path: "/v3/processes/p", RawQuery: "a=1&b=%C3%A9&a=%zz", Status: 200, User: "developer", Connection: 4, Latency: 1500 * time.Microsecond,
			RequestHeader:  http.Header{"Content-Type": {"application/json"}, "Authorization": {"bearer s3cret"}, "Accept": {"application/json", "text/plain"}},
			RequestBody:    journal.Body{Bytes: []byte(`{"command":"x"}`)},
			ResponseHeader: asJSON, ResponseBody: journal.Body{Bytes: []byte(`{"guid": "p"}`)}, Applied: true, Warnings: []string{hostile}},
		{Operation: operation(tb, "updateProcess"), Method: "PATCH", Path: "/v3/processes/p", Status: 503, Injected: true, Rule: "flaky",
			ResponseHeader: http.Header{"Content-Type": {"application/json; charset=utf-8"}, "Retry-After": {"3"}, "X-Vcap-Request-Id": {"1"}}, ResponseBody: journal.Body{Bytes: []byte(`{"errors":[]}`)}},
		{Operation: operation(tb, "updateProcess"), Method: "PATCH", Path: "/v3/processes/p", Status: 503, Injected: true, Rule: "flaky",
			ResponseHeader: http.Header{"Content-Type": {"application/json; charset=utf-8"}, "Retry-After": {"3"}, "X-Vcap-Request-Id": {"2"}}, ResponseBody: journal.Body{Bytes: []byte(`{"errors":[]}`)}},
		{Operation: operation(tb, "getProcess"), Method: "GET", Path: "/v3/processes/p", Injected: true, ConnectionFault: "reset"},
		{Operation: operation(tb, "terminateProcessInstance"), Method: "DELETE", Path: "/v3/processes/p/instances/0", Status: 204},
		{Operation: operation(tb, "listProcesses"), Method: "GET", Path: "/v3/processes", Status: 200, ResponseHeader: asJSON,
			ResponseBody: journal.Body{Bytes: bytes.Repeat([]byte(" "), journal.MaxBody+1)}},
		{Operation: operation(tb, "getRoot"), Method: "GET", Path: "/", Status: 200, ResponseHeader: http.Header{"Content-Type": {"application/octet-stream"}}, ResponseBody: journal.Body{Bytes: []byte("\xff\x00")}},
		{Operation: operation(tb, "createToken"), Method: "POST", Path: "/oauth/token", Status: 200, RequestHeader: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
			RequestBody: journal.Body{Bytes: []byte("grant_type=password&password=s3cret")}, ResponseHeader: asJSON, ResponseBody: journal.Body{Bytes: []byte(`{"access_token":"s3cret"}`)}},
		{Method: hostile, Path: "/" + hostile, RawQuery: hostile, Status: 404, Rule: hostile, User: hostile, RequestHeader: http.Header{"X-Hostile": {hostile}}, RequestBody: journal.Body{Bytes: []byte(hostile)},
			ResponseHeader: asJSON, ResponseBody: journal.Body{Bytes: []byte("{")}},
		{Operation: operation(tb, "getProcess"), Method: "GET", Path: "/v3/processes/" + hostile, RawQuery: hostile, Status: 404, ResponseHeader: asJSON, ResponseBody: journal.Body{Bytes: []byte("{")}},
	} {
		e.Wall = at
		j.Append(e)
	}
	return j.Entries(journal.Filter{}, 1, 100).Entries
}

// checkSchema holds a document against a schema of testdata, which is written
// after the format's published description.
func checkSchema(t *testing.T, name, document string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat = true
	at := "https://capisim.example.com/tests/" + name
	if err := compiler.AddResource(at, strings.NewReader(string(text))); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile(at)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal([]byte(document), &value); err != nil {
		t.Fatalf("%v in\n%s", err, document)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%#v in\n%s", err, document)
	}
}

var source = Source{Version: "1.0.0", BaseURL: "http://127.0.0.1:8080/worlds/blue"}

func TestHAR(t *testing.T) {
	t.Parallel()
	entries := exchanges(t)
	got := written(t, func(w io.Writer) error { return HAR(w, entries, source) })
	checkSchema(t, "har-1.2.schema.json", got)
	if strings.Contains(got, "s3cret") {
		t.Errorf("a secret was exported:\n%s", got)
	}
	var doc harJSON
	if err := json.Unmarshal([]byte(got), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Log.Entries) != len(entries) {
		t.Fatalf("%d entries, want %d", len(doc.Log.Entries), len(entries))
	}
	byID := map[uint64]harEntryJSON{}
	for _, e := range doc.Log.Entries {
		byID[e.ID] = e
	}
	patch := byID[1]
	if patch.Request.URL != "http://127.0.0.1:8080/worlds/blue/v3/processes/p?a=1&b=%C3%A9&a=%zz" || patch.Started != "2026-01-01T12:00:00.005Z" || patch.Time != 1.5 ||
		patch.Timings.Wait != 1.5 || patch.Connection != "4" || patch.Request.PostData.Text != `{"command":"x"}` || patch.Response.Content.Text != `{"guid": "p"}` {
		t.Errorf("%+v", patch)
	}
	if q := patch.Request.QueryString; len(q) != 3 || q[1] != (harPairJSON{"b", "é"}) || q[2] != (harPairJSON{"a", "%zz"}) {
		t.Errorf("query %+v", q)
	}
	if reset := byID[4]; reset.Response.Status != 0 || reset.Response.Error != "no complete answer: reset" || reset.Fault != "reset" {
		t.Errorf("%+v", reset)
	}
	if cut := byID[6].Response; cut.Content.Comment != cutComment || cut.Content.Size != journal.MaxBody+1 {
		t.Errorf("%+v", cut.Content)
	}
	if bytes := byID[7].Response.Content; bytes.Text != "/wA=" || bytes.Encoding != "base64" {
		t.Errorf("%+v", bytes)
	}
}

func TestPact(t *testing.T) {
	t.Parallel()
	got := written(t, func(w io.Writer) error { return Pact(w, exchanges(t), "", "", source) })
	checkSchema(t, "pact-v4.schema.json", got)
	if strings.Contains(got, "s3cret") || strings.Contains(got, "Authorization") {
		t.Errorf("a credential was exported:\n%s", got)
	}
	var doc pactJSON
	if err := json.Unmarshal([]byte(got), &doc); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	byDescription := map[string]pactInteractionJSON{}
	for _, one := range doc.Interactions {
		if seen[one.Key] || seen[one.Description] {
			t.Errorf("%s, %s comes twice", one.Key, one.Description)
		}
		seen[one.Key], seen[one.Description] = true, true
		byDescription[one.Description] = one
	}
	// Of ten entries: the reset, the cut one and the unmatched one are out, and
	// the two 503 are one.
	if len(doc.Interactions) != 6 || doc.Consumer.Name != DefaultConsumer || doc.Provider.Name != DefaultProvider {
		t.Errorf("%d interactions between %s and %s", len(doc.Interactions), doc.Consumer.Name, doc.Provider.Name)
	}
	patch := byDescription["updateProcess answered with 200"]
	if compact(t, patch.Response.Body.Content) != `{"guid":"p"}` || patch.ProviderStates[0].Name != "the caller is developer" || len(patch.Request.Headers["Accept"]) != 2 {
		t.Errorf("%+v", patch)
	}
	failed := byDescription["updateProcess answered with 503"]
	if failed.ProviderStates[0].Name != "updateProcess fails with 503" || failed.Response.Headers["Retry-After"][0] != "3" || failed.Response.Headers["X-Vcap-Request-Id"] != nil {
		t.Errorf("%+v", failed)
	}
	if empty := byDescription["terminateProcessInstance answered with 204"]; empty.Response.Body != nil || empty.Request.Body != nil {
		t.Errorf("%+v", empty)
	}
	if bytes := byDescription["getRoot answered with 200"].Response.Body; string(bytes.Content) != `"/wA="` || bytes.Encoded != "base64" {
		t.Errorf("%+v", bytes)
	}
}

func compact(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// An empty journal exports as an empty document of the format, not as null.
func TestExportOfNothing(t *testing.T) {
	t.Parallel()
	har := written(t, func(w io.Writer) error { return HAR(w, nil, Source{}) })
	checkSchema(t, "har-1.2.schema.json", har)
	pact := written(t, func(w io.Writer) error { return Pact(w, nil, "shop", "capi", Source{}) })
	checkSchema(t, "pact-v4.schema.json", pact)
	if !strings.Contains(har, `"entries": []`) || !strings.Contains(pact, `"interactions": []`) || !strings.Contains(pact, `"name": "shop"`) {
		t.Errorf("%s%s", har, pact)
	}
}

func TestExportsRepeat(t *testing.T) {
	t.Parallel()
	entries := exchanges(t)
	for range 5 {
		one := written(t, func(w io.Writer) error { return HAR(w, entries, source) }) + written(t, func(w io.Writer) error { return Pact(w, entries, "", "", source) })
		two := written(t, func(w io.Writer) error { return HAR(w, entries, source) }) + written(t, func(w io.Writer) error { return Pact(w, entries, "", "", source) })
		if one != two {
			t.Fatal("two exports of the same entries differ")
		}
	}
}

// TestExportsLeaveAPlaceForTheToken: what an export repeats is nobody's request
// until somebody puts a token there.
func TestExportsLeaveAPlaceForTheToken(t *testing.T) {
	t.Parallel()
	entries := exchanges(t)
	for name, write := range map[string]func(io.Writer) error{
		"HAR":  func(w io.Writer) error { return HAR(w, entries, Source{BaseURL: "http://127.0.0.1"}) },
		"Pact": func(w io.Writer) error { return Pact(w, entries, "", "", Source{}) },
	} {
		var out strings.Builder
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		if text := out.String(); strings.Contains(text, "MASKED") || strings.Contains(text, "s3cret") || !strings.Contains(text, "password=$TOKEN") {
			t.Errorf("%s:\n%s", name, text)
		}
	}
	if e := entries[len(entries)-1]; !strings.Contains(e.RequestHeader.Get("Authorization"), journal.Masked) {
		t.Errorf("the entry itself was changed: %v", e.RequestHeader)
	}
}
