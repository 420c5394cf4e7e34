package scenario_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"example.com/capisim/sim/scenario"
)

// routed is a scenario with an app that a route may lead to and a user who may
// have a role, and one of each that has no guid of its own.
const routed = `name: x
auth: {users: [{name: dora, guid: u-1}, {name: bob}]}
organizations: [{name: o, guid: o-1}]
spaces: [{name: s, guid: s-1}]
apps: [{name: shop, guid: a-1}, {name: bare}]
resources:
`

// Each row is the items of a scenario and all that must be said about them.
func TestResourceProblems(t *testing.T) {
	t.Parallel()
	const leads = "destinations: [{app: {guid: a-1}}]"
	for name, test := range map[string]struct{ items, want string }{
		"the short form":   {"routes: [{host: a, " + leads + "}]", ""},
		"a port":           {"routes: [{port: 1024, " + leads + "}]", ""},
		"no app yet":       {`routes: [{host: "", relationships: {space: {data: {guid: s-1}}}, destinations: []}]`, ""},
		"the app's name":   {"routes: [{host: a, app: shop}]", `routes[0].app: unknown key "app", did you mean "destinations[].app"?`},
		"misspelt":         {"routes: [{hots: a, " + leads + "}]", `routes[0].hots: unknown key "hots", did you mean "host"?`},
		"misspelt within":  {"routes: [{host: a, destinations: [{app: {guid: a-1}, wieght: 1}]}]", `routes[0].destinations[0].wieght: unknown key "wieght", did you mean "weight"?`},
		"nowhere":          {"routes: [{host: a}]", `routes[0]: an object, expected a route with destinations such as [{app: {guid: GUID}}]`},
		"neither":          {"routes: [{" + leads + "}]", `routes[0]: an object, expected a route with a host or a port`},
		"no such app":      {"routes: [{host: a, destinations: [{app: {guid: b-9}}]}]", `routes[0].destinations[0].app.guid: "b-9", no such guid of an app; there is a-1`},
		"name for guid":    {"routes: [{host: a, destinations: [{app: {guid: shop}}]}]", `routes[0].destinations[0].app.guid: "shop", a name, expected the guid: "a-1"`},
		"without guid":     {"routes: [{host: a, destinations: [{app: {guid: bare}}]}]", `routes[0].destinations[0].app.guid: "bare", a name, expected the guid, which has to be written out there`},
		"twice":            {"routes: [{host: a, " + leads + "}, {host: A, path: \"\", " + leads + "}]", `routes[1]: "a", the address of resources.routes[0] already`},
		"twice by default": {"domains: [{name: i, internal: true}, {guid: d-1}], routes: [{host: a, " + leads + "}, {host: a, " + leads + ", relationships: {domain: {data: {guid: d-1}}}}]", `routes[1]: "a", the address of resources.routes[0] already`},
		"of two domains":   {"domains: [{guid: d-1}, {guid: d-2}], routes: [{host: a, " + leads + "}, {host: a, " + leads + ", relationships: {domain: {data: {guid: d-2}}}}]", ""},
		"guid twice":       {"routes: [{host: a, guid: 7, " + leads + "}, {host: b, guid: 7, " + leads + "}]", `routes[1].guid: "7", the guid of resources.routes[0] already`},
		"of two kinds":     {"stacks: [{guid: g}], tasks: [{guid: g}]", ""},
		"port":             {"routes: [{host: a, port: x, " + leads + "}]", `routes[0].port: "x", expected an integer from 0 to 65535 or null`},
		"path":             {"routes: [{host: a, path: nope, " + leads + "}]", `routes[0].path: "nope", expected a path such as /shop`},
		"no such domain":   {"domains: [{name: d}], routes: [{host: a, " + leads + ", relationships: {domain: {data: {guid: d-1}}}}]", `routes[0].relationships.domain.data.guid: "d-1", no such guid of a domain; there is none`},
		"metadata":         {"routes: [{host: a, metadata: 5, " + leads + "}]", `routes[0].metadata: 5, expected an object`},
		"metadata of any":  {"tasks: [{metadata: {lables: {}}}]", `tasks[0].metadata.lables: unknown key "lables", did you mean "labels"?`},
		"guid":             {"stacks: [{guid: a/b}]", `stacks[0].guid: "a/b", expected a guid of letters, digits, dashes and underscores`},
		"name":             {"stacks: [{name: []}]", `stacks[0].name: an empty array, expected a string or null`},
		"time":             {"stacks: [{created_at: yesterday}]", `stacks[0].created_at: "yesterday", expected a time such as 2026-01-01T00:00:00Z`},
		"own key misspelt": {"tasks: [{relationship: {}}]", `tasks[0].relationship: unknown key "relationship", did you mean "relationships"?`},
		"no relationship":  {"tasks: [{relationships: {app: {}}}]", `tasks[0].relationships.app.data: missing, expected {guid: GUID} or a list of such or null`},
		"no such space":    {"service_instances: [{relationships: {space: {data: {guid: s-2}}}}]", `service_instances[0].relationships.space.data.guid: "s-2", no such guid of a space, did you mean "s-1"?`},
		"in a list":        {"security_groups: [{relationships: {running_spaces: {data: [{guid: s-1}, {guid: s-2}]}}}]", `security_groups[0].relationships.running_spaces.data[1].guid: "s-2", no such guid of a space, did you mean "s-1"?`},
		"among the listed": {"service_plans: [{guid: p-1}], service_instances: [{relationships: {service_plan: {data: {guid: p-1}}}}]", ""},
		"a user":           {"roles: [{relationships: {user: {data: {guid: u-1}}, organization: {data: null}}}]", ""},
		"a listed user":    {"users: [{guid: u-2}], roles: [{relationships: {user: {data: {guid: u-2}}}}]", ""},
		"no such user":     {"users: [{guid: u-2}], roles: [{relationships: {user: {data: {guid: x-9}}}}]", `roles[0].relationships.user.data.guid: "x-9", no such guid of a user; there are u-1, u-2`},
		"a user's name":    {"roles: [{relationships: {user: {data: {guid: dora}}}}]", `roles[0].relationships.user.data.guid: "dora", a name, expected the guid: "u-1"`},
		"user, no guid":    {"roles: [{relationships: {user: {data: {guid: bob}}}}]", `roles[0].relationships.user.data.guid: "bob", a name, expected the guid, which has to be written out there`},
		"a quota":          {"organization_quotas: [{guid: q-1}], users: [{relationships: {organization_quota: {data: {guid: q-1}}}}]", ""},
		"no such quota":    {"space_quotas: [{guid: q-1}], users: [{relationships: {space_quota: {data: {guid: q-2}}}}]", `users[0].relationships.space_quota.data.guid: "q-2", no such guid of a space quota, did you mean "q-1"?`},
		"no such segment":  {"domains: [{relationships: {isolation_segment: {data: {guid: i-1}}}}]", `domains[0].relationships.isolation_segment.data.guid: "i-1", no such guid of an isolation segment; there is none`},
		"of no kind here":  {"tasks: [{relationships: {droplet: {data: {guid: d-1}}}}]", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := scenario.Parse("f.yaml", []byte(routed+"  {"+test.items+"}\n"), nil)
			if err == nil || test.want == "" {
				if err != nil || test.want != "" {
					t.Errorf("%v, expected %q", err, test.want)
				}
				return
			}
			if line := err.Error(); strings.Contains(line, "\n") || !strings.HasPrefix(line, "f.yaml:7:") || !strings.HasSuffix(line, " resources."+test.want) {
				t.Errorf("%s, expected %s", line, test.want)
			}
		})
	}
}

// TestResourcesAreData: the fields of the real server's lists are shown as they
// are written, whatever they are called.
func TestResourcesAreData(t *testing.T) {
	t.Parallel()
	for collection, fields := range map[string]string{
		"app_usage_events":            "state app process space organization buildpack task memory_in_mb_per_instance instance_count",
		"buildpacks":                  "stack state filename enabled locked lifecycle",
		"builds":                      "state error lifecycle package droplet created_by staging_memory_in_mb staging_disk_in_mb staging_log_rate_limit_bytes_per_second",
		"domains":                     "router_group",
		"feature_flags":               "enabled custom_error_message",
		"organization_quotas":         "apps services routes domains",
		"roles":                       "type",
		"security_groups":             "rules",
		"service_brokers":             "url",
		"service_credential_bindings": "type last_operation",
		"service_instances":           "type tags last_operation maintenance_info upgrade_available dashboard_url syslog_drain_url route_service_url",
		"service_offerings":           "description tags requires shareable documentation_url broker_catalog",
		"service_plans":               "free visibility_type costs description maintenance_info schemas broker_catalog",
		"service_route_bindings":      "route_service_url last_operation",
		"service_usage_events":        "state space organization service_instance service_plan service_offering service_broker",
		"stacks":                      "description default build_rootfs_image run_rootfs_image",
		"tasks":                       "sequence_id state memory_in_mb disk_in_mb log_rate_limit_in_bytes_per_second result droplet_guid command user",
		"users":                       "username presentation_name origin",
	} {
		item := strings.ReplaceAll(fields, " ", ": {any: [thing]}, ") + ": 5"
		if _, err := scenario.Parse("f.yaml", []byte("name: x\nresources: {"+collection+": [{"+item+"}]}\n"), nil); err != nil {
			t.Errorf("%s: %v", collection, err)
		}
	}
}

// TestResourcesGoWithWhatTheyHungOn: what a scenario inherits is there as far as
// that is of which it is, and what is left can be written and read again.
func TestResourcesGoWithWhatTheyHungOn(t *testing.T) {
	t.Parallel()
	library, err := scenario.NewLibrary(fstest.MapFS{"base.yaml": {Data: []byte(`name: base
auth: {users: [{name: dora, guid: u-1}, {name: bob, guid: u-2}]}
spaces: [{name: s, guid: s-1}, {name: t, guid: s-2}]
apps: [{name: one, guid: a-1, space: s}, {name: two, guid: a-2, space: s}]
resources:
  routes:
    - {host: one, guid: r-1, destinations: [{app: {guid: a-1}}]}
    - {host: both, guid: r-2, destinations: [{app: {guid: a-1}}, {app: {guid: a-2}}]}
  service_instances:
    - {name: far, guid: i-2, relationships: {space: {data: {guid: s-2}}}}
    - {name: near, guid: i-1, relationships: {space: {data: {guid: s-1}}, shared_spaces: {data: [{guid: s-2}]}}}
  service_credential_bindings:
    - {name: b-2, relationships: {service_instance: {data: {guid: i-2}}}}
    - {name: b-1, relationships: {service_instance: {data: {guid: i-1}}}}
  roles:
    - {guid: o-1, relationships: {user: {data: {guid: u-1}}}}
    - {guid: o-2, relationships: {user: {data: {guid: u-2}}}}
`)}}, "")
	if err != nil {
		t.Fatal(err)
	}
	const less = "name: x\nextends: base\ndrop: {apps: [one], spaces: [t], users: [bob]}\n"
	s, err := scenario.Parse("f.yaml", []byte(less), library)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(s.Document.Resources)
	want := `{"roles":[{"guid":"o-1","relationships":{"user":{"data":{"guid":"u-1"}}}}],` +
		`"routes":[{"host":"both","guid":"r-2","destinations":[{"app":{"guid":"a-2"}}]}],` +
		`"service_credential_bindings":[{"name":"b-1","relationships":{"service_instance":{"data":{"guid":"i-1"}}}}],` +
		`"service_instances":[{"name":"near","guid":"i-1","relationships":{"space":{"data":{"guid":"s-1"}},"shared_spaces":{"data":[]}}}]}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	var written strings.Builder
	if err := scenario.Write(&written, "yaml", s.Store(), s, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := scenario.Parse("again.yaml", []byte(written.String()), nil); err != nil {
		t.Errorf("%v in\n%s", err, written.String())
	}
	// What it writes itself has to lead somewhere.
	_, err = scenario.Parse("f.yaml", []byte(less+"resources: {tasks: [{relationships: {app: {data: {guid: a-1}}}}]}\n"), library)
	if want := `f.yaml:4:57: resources.tasks[0].relationships.app.data.guid: "a-1", no such guid of an app, did you mean "a-2"?`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
