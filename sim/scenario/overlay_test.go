package scenario_test

import (
	"strings"
	"testing"

	"example.com/capisim/sim/scenario"
)

func TestOverlay(t *testing.T) {
	t.Parallel()
	const below = `name: below
description: of below alone
seed: 5
clock: {mode: frozen}
auth: {users: [{name: u, roles: [{space: dev, role: space_auditor}]}], tokens: {t: u}}
organizations: [{name: o1}, {name: o2}]
spaces: [{name: dev, organization: o1, guid: s1}]
apps:
  - name: a
    space: dev
    guid: a1
    metadata: {labels: {keep: "1", change: "1"}}
    processes:
      - {type: web, instances: 2, command: run, disk_in_mb: 5, health_check: {type: http, data: {timeout: 5, endpoint: /x}}}
      - {type: worker, instances: 1}
faults: [{id: f, when: {times: 2}, respond: {status: 503}}, {id: g, respond: {status: 500}}]
expectations: [{covers: {operation: getProcess, status: 404}}]
`
	tests := []struct{ name, above, want string }{
		{"scalar replaces", "seed: 6", "seed: 6\n"},
		{"object is merged", `clock: {start: "2030-01-01T00:00:00Z"}`, "clock: {mode: frozen, start: \"2030-01-01T00:00:00Z\"}\n"},
		{"real clock sheds the start below", "clock: {mode: real}", "clock: {mode: real}\n"},
		{"app by name", "apps: [{name: a, deploying: true}]", "guid: a1\n    deploying: true\n"},
		{"app by guid, renamed", "apps: [{guid: a1, name: b}]", "  - name: b\n    space: dev\n    guid: a1\n"},
		{"app of a name that another has given up", "apps: [{guid: a1, name: b}, {name: a, space: dev}]", "  - {name: a, space: dev}\n"},
		{"app of another space is added", "spaces: [{name: prod, organization: o2}]\napps: [{name: a, space: prod}]", "  - {name: a, space: prod}\n"},
		{"space of another organization is added", "spaces: [{name: dev, organization: o2, guid: s2}]\napps: [{guid: a1, space: s1}]\nauth: {users: [{name: u, roles: []}]}", "  - {name: dev, organization: o1, guid: s1}\n  - {name: dev, organization: o2, guid: s2}\n"},
		{"process by type", "apps: [{name: a, processes: [{type: worker, instances: 7}]}]", "- {type: worker, instances: 7}\n"},
		{"second process of a type is added", "apps: [{name: a, processes: [{type: web, instances: 7}, {type: web, guid: w2}]}]", "- {type: web, guid: w2}\n"},
		{"process by type, deep", "apps: [{name: a, processes: [{type: web, health_check: {data: {timeout: 9}}}]}]", "data: {timeout: 9, endpoint: /x}\n"},
		{"null replaces", "apps: [{name: a, processes: [{type: web, command: null, disk_in_mb: null}]}]", "- type: web\n        instances: 2\n        disk_in_mb: null\n"},
		{"labels are merged", `apps: [{name: a, metadata: {labels: {change: "2", new: "3"}}}]`, `labels: {keep: "1", change: "2", new: "3"}`},
		{"nameless list replaces", "auth: {users: [{name: u, roles: []}]}", "  users:\n    - {name: u}\n"},
		{"rule of one id replaces whole", "faults: [{id: f, respond: {status: 502}}]", "- id: f\n    respond: {status: 502}\n"},
		{"rule is added", "faults: [{respond: {status: 502}}]", "- id: g\n    respond: {status: 500}\n  - respond: {status: 502}\n"},
		{"expectations add up", "expectations: [{covers: {operation: getProcess, status: 403}}]", "- covers: {operation: getProcess, status: 404}\n  - covers: {operation: getProcess, status: 403}\n"},
	}
	lib := library(t, map[string]string{"below.yaml": below})
	// A thing that stands twice is named by its place in the file it was written
	// in, whatever its place in the whole is.
	twice := "name: above\nextends: below\napps:\n- {name: z, space: dev, guid: z1}\n- {name: y, space: dev, guid: z1}\n- {name: b, space: dev, processes: [{type: web, guid: a1}]}\n"
	if _, err := scenario.Parse("f.yaml", []byte(twice), lib); err == nil || !strings.HasPrefix(err.Error(), `f.yaml:5:31: apps[1].guid: "z1", the guid of apps[0] already`+"\n"+
		`f.yaml:6:55: apps[2].processes[0].guid: "a1", the guid of apps[0].processes[0] of `) || !strings.HasSuffix(err.Error(), "below.yaml already") {
		t.Error(err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, err := scenario.Parse("f.yaml", []byte("name: above\nextends: below\n"+test.above), lib)
			if err != nil {
				t.Fatal(err)
			}
			got, err := scenario.Dump(s.Document, "yaml")
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(got), test.want) {
				t.Errorf("got\n%s\nwant in it\n%s", got, test.want)
			}
			if s.Name != "above" || s.Description != "" || strings.Contains(string(got), "extends") {
				t.Errorf("got\n%s", got)
			}
		})
	}
}

// TestOverlayOfOneGUID: two entries cannot both be the one below; the second
// takes nothing away from the first and is told as a double.
func TestOverlayOfOneGUID(t *testing.T) {
	t.Parallel()
	lib := library(t, map[string]string{"below.yaml": "name: below\nextends: default\napps: [{name: a, space: dev, guid: a1}]\n"})
	_, err := scenario.Parse("f.yaml", []byte("name: above\nextends: below\napps:\n  - {guid: a1, name: b}\n  - {guid: a1, name: c}\n"), lib)
	if want := `f.yaml:5:12: apps[1].guid: "a1"`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
