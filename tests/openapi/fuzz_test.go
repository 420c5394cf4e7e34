package openapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"example.com/capisim/sim"
	"example.com/capisim/sim/contract"
)

var (
	fuzzRequests = flag.Int("requests", 6, "requests that are made of each operation")
	fuzzSeed     = flag.Uint64("seed", 1, "what they are drawn from")
)

// TestRequestsFromTheDocument makes requests out of the document, valid and
// nearly valid ones, and holds each answer against it: the status has to be
// there, and the body as its schema says.
func TestRequestsFromTheDocument(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t)
	document := load(t, fetch(t, srv.URL+"/openapi.json"))
	answered := map[int]int{}
	for _, op := range contract.Operations() {
		path := document.Paths.Find(op.Path)
		f := fuzzer{draw: rand.New(rand.NewPCG(*fuzzSeed, uint64(op.Index)))} //nolint:gosec // it has to be repeatable
		route := &routers.Route{Spec: document, Path: op.Path, PathItem: path, Method: op.Method, Operation: path.GetOperation(op.Method)}
		for range *fuzzRequests {
			request, sent := f.request(t, srv.URL, route)
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatalf("%s: %v", sent, err)
			}
			raw, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			if err != nil {
				t.Fatalf("%s: %v", sent, err)
			}
			answered[answer.StatusCode]++
			if err := asDocumented(t, route, request, answer, raw); err != nil {
				t.Errorf("%s\n%d %s\n%v", sent, answer.StatusCode, raw, err)
			}
		}
	}
	t.Logf("seed %d: answers by status: %v", *fuzzSeed, answered)
	if answered[http.StatusOK] == 0 || answered[http.StatusUnprocessableEntity] == 0 || answered[http.StatusNotFound] == 0 {
		t.Errorf("%v: is this test blind?", answered)
	}
}

// asDocumented lets the library judge an answer. It knows no answer without a
// type: those are of the type */*.
func asDocumented(t *testing.T, route *routers.Route, request *http.Request, answer *http.Response, raw []byte) error {
	t.Helper()
	header := answer.Header.Clone()
	described := route.Operation.Responses.Status(answer.StatusCode)
	if described == nil {
		return fmt.Errorf("%d is not documented", answer.StatusCode)
	}
	if len(raw) == 0 && len(described.Value.Content) == 0 {
		return nil
	}
	if header.Get("Content-Type") == "" && described.Value.Content["*/*"] != nil {
		header.Set("Content-Type", "application/json")
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: request, Route: route},
		Status:                 answer.StatusCode, Header: header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	return openapi3filter.ValidateResponse(t.Context(), input.SetBodyBytes(raw))
}

// fuzzer draws requests.
type fuzzer struct{ draw *rand.Rand }

// one says yes to one in so many.
func (f *fuzzer) one(in int) bool { return f.draw.IntN(in) == 0 }

func (f *fuzzer) request(t *testing.T, base string, route *routers.Route) (*http.Request, string) {
	t.Helper()
	path, query := route.Path, url.Values{}
	for _, p := range route.Operation.Parameters {
		switch {
		case p.Value.In == "path":
			value := fmt.Sprint(p.Value.Example)
			if f.one(6) {
				value = f.odd()
			}
			path = strings.ReplaceAll(path, "{"+p.Value.Name+"}", url.PathEscape(value))
		case f.one(4):
			query.Set(p.Value.Name, f.parameter(p.Value))
		}
	}
	media, body := f.body(t, route.Operation)
	target := base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(t.Context(), route.Method, target, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if media != "" {
		request.Header.Set("Content-Type", media)
	}
	if !f.one(8) {
		request.Header.Set("Authorization", "bearer "+[]string{"admin", "developer", "auditor", "outsider"}[f.draw.IntN(4)])
	}
	return request, fmt.Sprintf("%s %s %v %s", route.Method, target, request.Header, body)
}

// odd is a text that is not a guid, type or index of anything.
func (f *fuzzer) odd() string {
	return pick(f, "nix", "0", "-1", "99999999999999999999", "a b", "ä", "%2F", "..", ".json", "x.json", "a/b", strings.Repeat("x", 300), "\x00")
}

func (f *fuzzer) parameter(p *openapi3.Parameter) string {
	if f.one(3) {
		return f.odd()
	}
	schema := p.Schema.Value
	if schema.Items != nil {
		schema = schema.Items.Value
	}
	return fmt.Sprint(f.value(schema, 0))
}

func (f *fuzzer) body(t *testing.T, op *openapi3.Operation) (string, []byte) {
	t.Helper()
	if op.RequestBody == nil {
		return "", nil
	}
	for media, content := range op.RequestBody.Value.Content {
		value := f.value(content.Schema.Value, 0)
		for f.one(2) {
			value = f.spoilt(value)
		}
		if strings.HasSuffix(media, "urlencoded") {
			form := url.Values{}
			fields, _ := value.(map[string]any)
			for name, field := range fields {
				form.Set(name, fmt.Sprint(field))
			}
			return media, []byte(form.Encode())
		}
		raw, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if f.one(12) {
			raw = raw[:len(raw)/2]
		}
		if f.one(12) {
			media = pick(f, "text/plain", "application/x-www-form-urlencoded", "nonsense", "")
		}
		return media, raw
	}
	return "", nil
}

// value is one that a schema allows.
func (f *fuzzer) value(s *openapi3.Schema, depth int) any {
	if len(s.Enum) > 0 {
		return s.Enum[f.draw.IntN(len(s.Enum))]
	}
	switch types := s.Type.Slice(); {
	case len(types) > 1 && slices.Contains(types, "null") && f.one(5):
		return nil
	case s.Type.Includes("integer"):
		low, high := 0, 1<<31-1
		if s.Min != nil {
			low = int(*s.Min)
		}
		if s.Max != nil {
			high = int(min(*s.Max, 1<<53))
		}
		return pick(f, low, low+1, low+f.draw.IntN(10), high)
	case s.Type.Includes("boolean"):
		return f.one(2)
	case s.Type.Includes("array"):
		list := []any{}
		for range f.draw.IntN(3) {
			list = append(list, f.value(s.Items.Value, depth+1))
		}
		return list
	case s.Type.Includes("object"):
		object := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			if slices.Contains(s.Required, name) || depth < 5 && f.one(2) {
				object[name] = f.value(s.Properties[name].Value, depth+1)
			}
		}
		return object
	}
	text := pick(f, "a", "web", "/health", "prod", "c1000000-0000-4000-8000-000000000001", strings.Repeat("y", 63))
	if s.Format == "date-time" {
		text = "2026-01-01T00:00:00Z"
	}
	return text
}

// spoilt is a value with something wrong in it.
func (f *fuzzer) spoilt(value any) any {
	object, isObject := value.(map[string]any)
	if !isObject || len(object) == 0 || f.one(4) {
		return pick[any](f, nil, -1, 1.5, "", "text", true, []any{}, []any{nil}, map[string]any{}, map[string]any{"x": 1}, 1<<40, strings.Repeat("z", 5001))
	}
	names := slices.Sorted(maps.Keys(object))
	name := names[f.draw.IntN(len(names))]
	switch f.draw.IntN(4) {
	case 0:
		delete(object, name)
	case 1:
		object[name+"x"] = object[name]
	default:
		object[name] = f.spoilt(object[name])
	}
	return object
}

func pick[T any](f *fuzzer, from ...T) T { return from[f.draw.IntN(len(from))] }
