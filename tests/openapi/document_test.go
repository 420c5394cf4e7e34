package openapi_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/capisim/sim"
	"example.com/capisim/sim/contract"
)

// load reads a document as strangers do.
func load(t *testing.T, raw []byte) *openapi3.T {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		t.Fatal(err)
	}
	if !document.IsOpenAPI31OrLater() {
		t.Fatalf("version %s", document.OpenAPI)
	}
	return document
}

// valid refuses what is not OpenAPI 3.1, examples that are not as their schemas
// say included.
func valid(t *testing.T, raw []byte) *openapi3.T {
	t.Helper()
	document := load(t, raw)
	if err := document.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Fatal(err)
	}
	return document
}

func apiDocument(t *testing.T, variant, base string) []byte {
	t.Helper()
	raw, err := sim.OpenAPI(variant, base)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestDocuments: each edition has a valid document of its own, of all operations,
// each with every status that its row has, and an example for each error of it.
func TestDocuments(t *testing.T) {
	t.Parallel()
	for _, variant := range slices.Sorted(maps.Keys(editions)) {
		document := valid(t, apiDocument(t, variant, "http://localhost:8080"))
		differs(t, variant, document)
		for _, op := range contract.Operations() {
			var described *openapi3.Operation
			if path := document.Paths.Find(op.Path); path != nil {
				described = path.GetOperation(op.Method)
			}
			if string(op.Unknown) == variant {
				if described != nil {
					t.Errorf("%s: %s is there", variant, op.ID)
				}
				continue
			}
			if described == nil || described.OperationID != op.ID || (op.Request != "") != (described.RequestBody != nil) && op.Action != contract.ApplyManifest {
				t.Errorf("%s: %s is not described, or not its body", variant, op.ID)
				continue
			}
			for _, status := range op.Statuses {
				response := described.Responses.Status(status.Code)
				if response == nil {
					if op.Action != contract.ApplyManifest {
						t.Errorf("%s: %s has no %d", variant, op.ID, status.Code)
					}
					continue
				}
				examples := 0
				for _, media := range response.Value.Content {
					examples += len(media.Examples)
				}
				if examples < len(status.Errors) {
					t.Errorf("%s: %s %d has %d examples for %d errors", variant, op.ID, status.Code, examples, len(status.Errors))
				}
			}
		}
	}
}

// editions differ where the API does: in the credential's time, its operation, the
// link to instances, and the readiness timeout.
var editions = map[string][4]bool{
	"default":     {true, true, true, false},
	"open-source": {false, false, true, false},
	"vendor":      {true, true, false, true},
}

func differs(t *testing.T, variant string, document *openapi3.T) {
	t.Helper()
	process := document.Components.Schemas["process"].Value
	readiness := document.Components.Schemas["process.readiness_health_check"].Value
	got := [4]bool{
		process.Properties["registry_credential_last_synced_at"] != nil,
		document.Paths.Find("/v3/registry_credentials/{guid}") != nil,
		process.Properties["links"].Value.Properties["process_instances"] != nil,
		readiness.Properties["data"].Value.Properties["timeout"] != nil,
	}
	if got != editions[variant] {
		t.Errorf("%s: %v, expected %v", variant, got, editions[variant])
	}
}

// TestServed: each world has its own, with its address and of its edition, and
// it leaves no trace in the evidence.
func TestServed(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t)
	var document *openapi3.T
	for _, world := range []*sim.Server{srv, srv.World(t, sim.Variant("vendor"))} {
		document = load(t, fetch(t, world.URL+"/openapi.json"))
		if document.Servers[0].URL != world.URL {
			t.Errorf("server %s, expected %s", document.Servers[0].URL, world.URL)
		}
		self := document.Paths.Find("/v3/processes/{guid}").Get.Responses.Status(200).Value.Content["application/json"].Examples["success"].Value.Value
		if !strings.Contains(toJSON(t, self), `"href":"`+world.URL+`/v3/processes/`) {
			t.Errorf("links of the example do not begin with %s: %s", world.URL, toJSON(t, self))
		}
		if requests := world.Requests(t); len(requests) > 0 {
			t.Errorf("%d requests in the journal", len(requests))
		}
	}
	if document.Components.Schemas["process"].Value.Properties["links"].Value.Properties["process_instances"] != nil {
		t.Error("the vendor's world is described as another edition")
	}
}

// TestValidation: an example that its schema does not allow is found.
func TestValidation(t *testing.T) {
	t.Parallel()
	raw := apiDocument(t, "default", "http://localhost")
	broken := bytes.Replace(raw, []byte(`"instances":2,`), []byte(`"instances":"two",`), 1)
	if bytes.Equal(raw, broken) {
		t.Fatal("nothing was broken")
	}
	if load(t, broken).Validate(t.Context(), openapi3.EnableExamplesValidation()) == nil {
		t.Error("an example with a wrong type is valid")
	}
}

// TestBase: whatever stands in an address is text in the document.
func TestBase(t *testing.T) {
	t.Parallel()
	const hostile = `http://a"b\c`
	var read struct{ Servers []struct{ URL string } }
	if err := json.Unmarshal(apiDocument(t, "default", hostile), &read); err != nil || read.Servers[0].URL != hostile {
		t.Errorf("%v %v", err, read)
	}
	if _, err := sim.OpenAPI("nightly", ""); err == nil || err.Error() != `variant "nightly", expected default, open-source or vendor` {
		t.Error(err)
	}
}

func fetch(t *testing.T, url string) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return answerTo(t, request, http.StatusOK)
}
