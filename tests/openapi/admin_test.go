package openapi_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/capisim/sim"
)

func adminDocument(t *testing.T) []byte {
	t.Helper()
	raw, err := sim.AdminOpenAPI("http://localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestAdminDocument: it is valid, and each route has what it takes and answers.
func TestAdminDocument(t *testing.T) {
	t.Parallel()
	document := valid(t, adminDocument(t))
	for path, item := range document.Paths.Map() {
		for method, op := range item.Operations() {
			if op.Summary == "" || len(op.Tags) != 1 || op.Tags[0] == "" {
				t.Errorf("%s %s: summary %q, tags %q", method, path, op.Summary, op.Tags)
			}
			for _, p := range op.Parameters {
				if p.Value.In == "query" && p.Value.Description == "" {
					t.Errorf("%s %s: %s has no description", method, path, p.Value.Name)
				}
			}
			if op.RequestBody != nil && len(op.RequestBody.Value.Content["application/json"].Examples) == 0 {
				t.Errorf("%s %s: no example of its body", method, path)
			}
		}
	}
	if n := document.Paths.Len(); n < 35 {
		t.Errorf("%d paths: is this test blind?", n)
	}
	t.Run("bodies", func(t *testing.T) { adminBodies(t, document) })
}

// TestAdminServed: it is there without the token, and about where it is.
func TestAdminServed(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t, sim.AdminToken("secret"))
	if document := load(t, fetch(t, srv.URL+"/admin/openapi.json")); document.Servers[0].URL != srv.URL {
		t.Errorf("server %s", document.Servers[0].URL)
	}
}

var quoted = regexp.MustCompile(`"([a-z_]+)"`)

// adminBodies expects that the keys of a body are those that the server reads: it
// names them when it meets one that it does not know.
func adminBodies(t *testing.T, document *openapi3.T) {
	t.Helper()
	srv := sim.Start(t)
	fill := strings.NewReplacer("{guid}", "c1000000-0000-4000-8000-000000000001", "{index}", "0", "{name}", "blue", "{id}", "x", "{operation}", "updateProcess", "{status}", "409")
	checked := 0
	for path, item := range document.Paths.Map() {
		for method, op := range item.Operations() {
			if op.RequestBody == nil {
				continue
			}
			schema := op.RequestBody.Value.Content["application/json"].Schema.Value
			if schema.AdditionalProperties.Has == nil || *schema.AdditionalProperties.Has || path == "/admin/state" || strings.HasPrefix(path, "/admin/faults/{") {
				continue
			}
			checked++
			request, err := http.NewRequestWithContext(t.Context(), method, srv.URL+fill.Replace(path), strings.NewReader(`{"zzzzzzzz":1}`))
			if err != nil {
				t.Fatal(err)
			}
			answer := string(answerTo(t, request, http.StatusUnprocessableEntity))
			_, listed, found := strings.Cut(strings.ReplaceAll(answer, `\"`, `"`), `unknown key "zzzzzzzz", expected `)
			if !found {
				t.Errorf("%s %s: %s", method, path, answer)
				continue
			}
			listed, _, _ = strings.Cut(listed, `","pointer"`)
			var reads []string
			for _, word := range quoted.FindAllStringSubmatch(listed+`"`, -1) {
				reads = append(reads, word[1])
			}
			slices.Sort(reads)
			if documented := slices.Sorted(maps.Keys(schema.Properties)); fmt.Sprint(documented) != fmt.Sprint(reads) {
				t.Errorf("%s %s: documented %v, read %v", method, path, documented, reads)
			}
		}
	}
	if checked < 8 {
		t.Errorf("%d bodies: is this test blind?", checked)
	}
}
