package journal

import (
	"strings"
	"testing"

	"example.com/capisim/sim/contract"
)

func TestNearestOperation(t *testing.T) {
	t.Parallel()
	tests := []struct{ method, path, operation, reason, message string }{
		{"PUT", "/v3/processes/p", "updateProcess", MissMethod, "method PUT, expected PATCH"},
		{"POST", "/v3/processes", "listProcesses", MissMethod, "method POST, expected GET"},
		{"PUT", "/v3/apps/a/processes/web", "updateProcessForApp", MissMethod, "method PUT, expected PATCH"},
		{"GET", "/v3/process", "listProcesses", MissPath, `path segment 2 is "process", expected "processes"`},
		{"GET", "/v3/Processes/p", "getProcess", MissPath, `path segment 2 is "Processes", expected "processes"`},
		{"GET", "/v2/processes/p", "getProcess", MissPath, `path segment 1 is "v2", expected "v3"`},
		{"GET", "/processes/p", "getProcess", MissPath, `path segment 1 is missing, expected "v3"`},
		{"GET", "/api/v3/processes/p", "getProcess", MissPath, `path segment 1, "api", is one too many`},
		{"POST", "/v3/processes/p/scale", "scaleProcess", MissPath, `path segment 4 is missing, expected "actions"`},
		{"POST", "/v3/processes/p/actions/scale/now", "scaleProcess", MissPath, `path segment 6, "now", is one too many`},
		{"DELETE", "/v3/processes/p/instance/0", "terminateProcessInstance", MissPath, `path segment 4 is "instance", expected "instances"`},
		{"GET", "/worlds/nope/v3/processes", "listProcesses", MissWorld, `there is no world "nope"`},
		{"GET", "/worlds/nope", "getRoot", MissWorld, `there is no world "nope"`},
		{"PATCH", "/v3/feature_flags/app_scaling", "", MissReal, `PATCH /v3/feature_flags/{name} is an operation of the real API that capisim does not play; PATCH /admin/features changes flags`},
		{"GET", "/v3/packages/p/downlaod", "", MissPath, `path segment 4 is "downlaod", expected "download"`},
		{"PUT", "/v3/apps/a/relationships/current_droplet", "assignCurrentDroplet", MissMethod, "method PUT, expected PATCH"},
		{"PUT", "/v3/packages/p/download", "", MissMethod, "method PUT, expected GET"},
		{"GET", "/worlds/nope/v3/packages/p/download", "", MissWorld, `there is no world "nope"`},
		{"GET", "/v3/app/a/processes", "listAppProcesses", MissPath, `path segment 2 is "app", expected "apps"`},
		{"GET", "/v3/apps/a/process/web", "getProcessForApp", MissPath, `path segment 4 is "process", expected "processes"`},
		{"GET", "/v3/apps/a/processes/web/stat", "getProcessStatsForApp", MissPath, `path segment 6 is "stat", expected "stats"`},
		{"GET", "/v3/nosuch", "listProcesses", MissPath, `path segment 2 is "nosuch", expected "processes"`},
		{"HEAD", "/v3/packages/p/download", "", MissReal, "GET /v3/packages/{guid}/download is an operation of the real API that capisim does not play"},
		{"GET", "/v3/apps/../processes", "listAppProcesses", MissPath, `path segment 3 is "..", expected a name without a dot`},
		{"POST", "/v3/apps/a.b/processes", "listAppProcesses", MissMethod, "method POST, expected GET"},
		{"GET", "/networking/v1/external/policies/", "listNetworkPolicies", MissPath, "a slash too many in the path"},
		{"POST", "/oauth/tokens", "createToken", MissPath, `path segment 2 is "tokens", expected "token"`},
	}
	for _, test := range tests {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			t.Parallel()
			got := NearestOperation(&Entry{Method: test.method, Path: test.path})
			if got.Operation != test.operation || got.Real != (test.operation == "") || got.Reason != test.reason || got.Message != test.message {
				t.Errorf("%+v, want %s, %s, %s", got, test.operation, test.reason, test.message)
			}
		})
	}
}

// TestRealOperations: each operation of the real API that is not played is told
// as such.
func TestRealOperations(t *testing.T) {
	t.Parallel()
	bare := strings.NewReplacer("{guid}", "x", "{type}", "x", "{index}", "x", "{name}", "x")
	played := map[string]bool{}
	for _, op := range contract.Operations() {
		played[op.Method+" "+bare.Replace(op.Path)] = true
	}
	told := 0
	for route := range contract.RealRoutes() {
		path := bare.Replace(route.Path)
		if played[route.Method+" "+path] || route.Path == "/v3" || route.Path == "/" {
			continue
		}
		got := NearestOperation(&Entry{Method: route.Method, Path: path})
		if told++; !got.Real || got.Reason != MissReal || got.Method != route.Method || got.Path != route.Path || !strings.HasSuffix(got.Message, route.Instead) {
			t.Errorf("%s %s: %+v", route.Method, path, got)
		}
	}
	if told < 100 {
		t.Errorf("only %d are told", told)
	}
}

func FuzzNearestOperation(f *testing.F) {
	f.Add("GET", "/v3/apps/a/processes/web/instances")
	f.Add("", "//")
	f.Add("PROPFIND", strings.Repeat("/v3", 2000))
	f.Add("GET", "/worlds/"+strings.Repeat("/worlds", 500))
	f.Fuzz(func(t *testing.T, method, path string) {
		got := NearestOperation(&Entry{Method: method, Path: path})
		if got.Path == "" || got.Real != (got.Operation == "") || got.Reason == "" || got.Message == "" {
			t.Errorf("%q %q: %+v", method, path, got)
		}
	})
}
