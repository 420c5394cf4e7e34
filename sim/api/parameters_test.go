package api

import (
	"strings"
	"testing"

	"example.com/capisim/sim/contract"
)

// TestParameters holds what the framework refuses before it looks at a token,
// and the order in which it does (§3, §9.2; Rails 8.1,
// action_controller/metal/params_wrapper.rb and instrumentation.rb,
// action_dispatch/middleware/show_exceptions.rb).
func TestParameters(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	const (
		json   = "Content-Type: application/json"
		noType = "Content-Type: x"
		bogus  = "Accept: bogus"
	)
	get, patch := "GET "+webPath, "PATCH "+webPath
	for _, c := range []struct {
		name, line, body string
		headers          []string
		want             *contract.Error
	}{
		{"two shapes under one name", get + "?a=1&a[b]=2", "", nil, contract.Malformed},
		{"bad escape", get + "/stats?foo=%zz", "", nil, contract.Malformed},
		{"not UTF-8", "GET /v3/processes?types=%E9", "", nil, contract.Malformed},
		{"without a token", get + "?%", "", []string{"X-Nothing: here"}, contract.Malformed},
		{"of a process that is not there", "GET /v3/processes/nix?%", "", nil, contract.Malformed},
		{"of an anonymous operation", "GET /v3?%", "", []string{"X-Nothing: here"}, contract.Malformed},
		{"of an unknown route", "GET /v3/nix?%", "", nil, contract.Malformed},
		{"outside of the framework", "GET /nix?%", "", nil, contract.UnknownPath},
		{"body that is not UTF-8", patch, "{\"a\":\"\xff\"}", []string{json}, contract.Malformed},
		{"such a body without a token", patch, `{"a":"\ud800"}`, []string{json, "X-Nothing: here"}, contract.Malformed},
		{"form with two shapes", patch, "a=1&a[b]=2", []string{"Content-Type: application/x-www-form-urlencoded"}, contract.Malformed},
		{"broken body", patch, "{", []string{json}, contract.MessageParseError},
		{"broken body of an unknown route", "GET /v3/nix", "{", []string{json, "X-Nothing: here"}, contract.MessageParseError},
		{"broken body without a token", patch, "{", []string{json, "X-Nothing: here"}, contract.NotAuthenticated},
		{"media type", patch, `{}`, []string{noType}, contract.NotAcceptable},
		{"empty media type", patch, `{}`, []string{"Content-Type: "}, contract.NotAcceptable},
		{"media type without a token", get, "", []string{noType, "X-Nothing: here"}, contract.NotAcceptable},
		{"media type before the query", get + "?%", "", []string{noType}, contract.NotAcceptable},
		{"media type of an unknown route", "GET /v3/nix", "", []string{noType}, contract.NotFound},
		{"Accept", get, "", []string{bogus}, contract.NotAcceptable},
		{"Accept after the query", get + "?%", "", []string{bogus}, contract.Malformed},
		{"Accept before the token", get, "", []string{bogus, "X-Nothing: here"}, contract.NotAcceptable},
		{"Accept before the body", patch, "{", []string{bogus, json}, contract.NotAcceptable},
		{"Accept of an unknown route", "GET /v3/nix", "", []string{bogus}, contract.NotFound},
		{"Accept with a format in the path", get + ".json", "", []string{bogus}, nil},
		{"Accept of a browser", get, "", []string{"Accept: bogus,*/*"}, nil},
		{"path", "GET /v3/processes/%E9", "", []string{"X-Nothing: here"}, contract.InvalidRequest},
		{"path after the query", "GET /v3/processes/%E9?%", "", nil, contract.Malformed},
		{"path after a broken body", "PATCH /v3/processes/%E9", "{", []string{json}, contract.MessageParseError},
	} {
		headers := c.headers
		if !strings.Contains(strings.Join(headers, "\n"), "X-Nothing") {
			headers = append([]string{as("admin")}, headers...)
		}
		got := r.send(t, c.line, c.body, headers...)
		if c.want != nil {
			got.is(t, c.want)
		}
		if want := 200; c.want == nil && got.status != want || t.Failed() {
			t.Fatalf("%s: got %d %s", c.name, got.status, got.body)
		}
	}
}

// TestVary: answers of the framework that have a body say so when Accept played
// a part (§16).
func TestVary(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	const json = "Accept: application/json"
	for _, c := range []struct {
		line, header string
		want         bool
	}{
		{"GET " + webPath, json, true}, {"GET /v3/processes/nix", json, true}, {"GET /v3/nix", json, true}, {"GET /v3", json, true}, {"HEAD " + webPath, json, true},
		{"GET " + webPath, "X-Nothing: here", false}, {"GET " + webPath, "Accept: text/html,*/*", false}, {"GET " + webPath + ".json", json, false},
		{"GET /v3/processes?format=json", json, false}, {"DELETE " + webPath + "/instances/0", json, false}, {"GET /", json, false}, {"GET /nix", json, false},
		{"GET /v3/processes?%", json, false},
	} {
		if got := r.send(t, c.line, "", as("admin"), c.header).header.Get("Vary"); (got == "Accept") != c.want || !c.want && got != "" {
			t.Errorf("%s with %s: Vary %q", c.line, c.header, got)
		}
	}
}

// TestTrace: the two headers come back when both were sent, spelled as the real
// server does (middleware/zipkin.rb).
func TestTrace(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	for _, path := range []string{webPath, "/v3/nix", "/nix", "/v3/processes?%"} {
		h := r.send(t, "GET "+path, "", as("admin"), "x-b3-traceid: one", "X-B3-SPANID: two").header
		if h.Get("X-B3-Traceid") != "one" || h.Get("X-B3-Spanid") != "two" {
			t.Errorf("%s: %v", path, h)
		}
	}
	raw, err := r.raw(t, written("GET "+webPath, "", as("admin"), "X-B3-TraceId: one", "X-B3-SpanId: two"))
	if err != nil || !strings.Contains(string(raw), "X-B3-TraceId: one\r\n") || !strings.Contains(string(raw), "X-B3-SpanId: two\r\n") {
		t.Errorf("%v %s", err, raw)
	}
	if h := r.send(t, "GET "+webPath, "", as("admin"), "X-B3-TraceId: one").header; h.Get("X-B3-Traceid") != "" {
		t.Errorf("one alone came back: %v", h)
	}
}
