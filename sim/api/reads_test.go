package api

import (
	"strings"
	"testing"

	"example.com/capisim/sim/contract"
)

const routePath = "/v3/routes/f1000000-0000-4000-8000-000000000001"

// furnished is a world with resources that are only listed.
const furnished = `name: furnished
extends: default
clock: {mode: frozen}
resources:
  service_instances:
    - {name: db, type: managed, relationships: {space: {data: {guid: b1000000-0000-4000-8000-000000000001}}, service_plan: {data: {guid: e8000000-0000-4000-8000-000000000008}}}, metadata: {labels: {tier: gold}}}
    - {guid: e5000000-0000-4000-8000-000000000005, name: cache, created_at: "2020-01-01T00:00:00Z"}
  service_brokers: [{guid: e6000000-0000-4000-8000-000000000006, name: broker}]
  service_offerings: [{guid: e7000000-0000-4000-8000-000000000007, name: sql, relationships: {service_broker: {data: {guid: e6000000-0000-4000-8000-000000000006}}}}]
  service_plans: [{guid: e8000000-0000-4000-8000-000000000008, name: small, relationships: {service_offering: {data: {guid: e7000000-0000-4000-8000-000000000007}}}}]
  domains: [{name: apps.example.com}, {guid: ed000000-0000-4000-8000-000000000001, name: tcp.example.com, supported_protocols: [tcp]}]
  service_route_bindings: [{relationships: {route: {data: {guid: f1000000-0000-4000-8000-000000000001}}, service_instance: {data: {guid: e5000000-0000-4000-8000-000000000005}}}}]
  routes:
    - {host: demo, guid: f1000000-0000-4000-8000-000000000001, destinations: [{app: {guid: c1000000-0000-4000-8000-000000000001}}]}
    - {port: 1024, destinations: [{app: {guid: c2000000-0000-4000-8000-000000000001}}], metadata: {labels: {env: prod}}, relationships: {domain: {data: {guid: ed000000-0000-4000-8000-000000000001}}}}
  buildpacks: [{name: ruby, position: 10}, {name: go, position: 9}]
  security_groups: [{name: open, globally_enabled: {running: true, staging: false}}]
  isolation_segments: [{guid: e9000000-0000-4000-8000-000000000009, name: empty}]
  tasks:
    - {name: migrate, state: RUNNING, relationships: {app: {data: {guid: c1000000-0000-4000-8000-000000000001}}}}
spaces: [{name: dev, isolation_segment: apart}]
apps: [{name: demo, processes: [{type: web, sidecars: [{name: proxy, memory_in_mb: 16}]}, {type: worker, sidecars: [{name: logger, memory_in_mb: 8}]}]}]
quotas: {organizations: {demo-org: {total_memory_in_mb: 4096}}, spaces: {dev: {total_instances: 5}}}
`

// TestReads walks what is only read: what a scenario gives, what follows from
// the state, and who may see it.
func TestReads(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		line, who string
		status    int
		want      string // a piece of the body
	}{
		{"GET /v3/service_instances", "developer", 200, `"total_results":2`},
		{"GET /v3/service_instances?names=db", "developer", 200, `"resources":[{"guid":"`},
		{"GET /v3/service_instances?names=db", "developer", 200, `"total_results":1`},
		{"GET /v3/service_instances?label_selector=tier%3Dgold", "developer", 200, `"name":"db","type":"managed"`},
		{"GET /v3/service_instances?space_guids=" + spaceGUID, "developer", 200, `"total_results":1`},
		{"GET /v3/service_instances?order_by=created_at", "developer", 200, `"resources":[{"guid":"e5000000-0000-4000-8000-000000000005","created_at":"2020-01-01T00:00:00Z"`},
		{"GET /v3/service_instances?order_by=-name&per_page=1", "developer", 200, `"name":"db"`},
		{"GET /v3/buildpacks?order_by=position&per_page=1", "developer", 200, `"position":9`},
		{"GET /v3/buildpacks?order_by=-position&per_page=1", "developer", 200, `"position":10`},
		{"GET /v3/service_instances?page=9", "developer", 200, `"total_results":0`},
		{"GET /v3/service_instances?nonsense=1", "developer", 400, `Unknown query parameter(s): 'nonsense'`},
		{"GET /v3/service_instances", "", 401, `CF-NotAuthenticated`},
		{"GET /v3/service_instances/e5000000-0000-4000-8000-000000000005", "developer", 200, `"links":{"self":{"href":"BASE/v3/service_instances/e5000000-0000-4000-8000-000000000005"}}`},
		{"GET /v3/service_instances/nix", "developer", 404, `"detail":"Service instance not found"`},
		{"GET " + appPath + "/tasks", "developer", 200, `"name":"migrate","state":"RUNNING"`},
		{"GET /v3/apps/" + legacyGUID + "/tasks", "developer", 200, `"resources":[]}`},
		{"GET " + appPath + "/tasks", "outsider", 404, `"detail":"App not found"`},

		{"GET /v3/roles?types=space_developer&space_guids=" + spaceGUID, "developer", 200, `"total_results":1`},
		{"GET /v3/service_instances?service_plan_names=small", "developer", 200, `"total_results":1`},
		{"GET /v3/service_instances?service_plan_names=large", "developer", 200, `"total_results":0`},
		{"GET /v3/service_instances?fields%5Bservice_plan%5D=name&fields%5Bservice_plan.service_offering.service_broker%5D=guid,name&fields%5Bspace%5D=name,relationships.organization", "developer", 200,
			`"included":{"spaces":[{"name":"dev","relationships":{"organization":{"data":{"guid":"` + orgGUID + `"}}}}],"service_plans":[{"name":"small"}],"service_brokers":[{"guid":"e6000000-0000-4000-8000-000000000006","name":"broker"}]}}`},
		{"GET /v3/service_instances/e5000000-0000-4000-8000-000000000005/parameters", "developer", 200, `{}`},
		{"GET /v3/service_instances/e5000000-0000-4000-8000-000000000005/relationships/shared_spaces", "developer", 200, `{"data":[]}`},
		{"GET /v3/service_instances/nix/parameters", "developer", 404, `"detail":"Service instance not found"`},
		{"GET /v3/service_plans?available=true&space_guids=x&include=service_offering", "developer", 200, `"included":{"service_offerings":[{"guid":"e7000000-0000-4000-8000-000000000007"`},
		{"GET /v3/service_plans?include=app", "developer", 400, `Invalid included resource: 'app'. Valid included resources are: 'space.organization', 'service_offering'`},
		{"GET /v3/roles?include=user,space,organization&types=space_auditor", "developer", 200, `"username":"auditor"`},
		{"GET /v3/roles?include=space&types=space_auditor", "developer", 200, `"included":{"spaces":[{"guid":"` + spaceGUID + `"`},
		{"GET /v3/spaces/" + spaceGUID + "/running_security_groups", "developer", 200, `"name":"open"`},
		{"GET /v3/spaces/" + spaceGUID + "/staging_security_groups", "developer", 200, `"resources":[]}`},
		{"GET /v3/spaces/" + spaceGUID + "/staging_security_groups", "outsider", 404, `"detail":"Space not found"`},
		{"GET /v3/isolation_segments?order_by=name", "developer", 200, `"name":"apart"`},
		{"GET /v3/isolation_segments/e9000000-0000-4000-8000-000000000009/organizations", "admin", 200, `"resources":[]}`},
		{"GET /v3/isolation_segments/e9000000-0000-4000-8000-000000000009", "developer", 404, `"detail":"Isolation segment not found"`},
		{"GET /v3/isolation_segments?organization_guids=" + orgGUID, "developer", 200, `"name":"apart"`},
		{"GET /v3/isolation_segments?organization_guids=nix", "admin", 200, `"total_results":0`},
		{"GET /v3/isolation_segments/nix/organizations", "developer", 404, `"detail":"Isolation segment not found"`},
		{"GET /v3/isolation_segments/e9000000-0000-4000-8000-000000000009/relationships/organizations", "admin", 200, `{"data":[],"links":{`},
		{"GET /v3/organizations/" + orgGUID + "/relationships/default_isolation_segment", "developer", 200, `{"data":null,"links":{`},
		{"GET /v3/organizations/" + orgGUID + "/relationships/default_isolation_segment", "outsider", 404, `"detail":"Organization not found"`},
		{"GET " + appPath + "/ssh_enabled", "developer", 200, `{"enabled":true,"reason":""}`},
		{"GET /v3/feature_flags?per_page=1", "developer", 200, `{"name":"user_org_creation","enabled":false,"updated_at":null,"custom_error_message":null,`},
		{"GET /v3/roles", "outsider", 200, `"resources":[]}`},
		{"GET /v3/users?usernames=auditor", "admin", 200, `"presentation_name":"auditor"`},
		{"GET /v3/users?usernames=AUDITOR", "developer", 200, `"total_results":1`},
		{"GET /v3/users?partial_usernames=OUT&origins=uaa", "admin", 200, `"username":"outsider"`},
		{"GET /v3/users?partial_usernames=out&origins=ldap", "admin", 200, `"total_results":0`},
		{"GET /v3/users?usernames=outsider", "developer", 200, `"total_results":0`},
		{"GET /v3/users", "outsider", 200, `"total_results":1`},
		{"GET /v3/users?nonsense=1", "developer", 422, `CF-UnprocessableEntity`},
		{"GET /v3/spaces/" + spaceGUID + "/users?nonsense=1", "developer", 400, `CF-BadQueryParameter`},
		{"GET /v3/spaces/" + spaceGUID + "/running_security_groups?running_space_guids=1", "developer", 422, `Valid parameters are: 'page', 'per_page', 'order_by', 'created_ats', 'updated_ats', 'guids', 'names'"`},
		{"GET /v3/security_groups?globally_enabled_running=true", "outsider", 200, `"name":"open"`},
		{"GET /v3/security_groups?globally_enabled_staging=true", "admin", 200, `"total_results":0`},
		{"GET /v3/service_brokers", "developer", 200, `"total_results":0`},
		{"GET /v3/service_brokers?names=broker", "admin", 200, `"total_results":1`},
		{"GET /v3/service_offerings?service_broker_names=broker&available=true", "developer", 200, `"total_results":1`},
		{"GET /v3/service_plans?available=false", "developer", 200, `"total_results":0`},
		{"GET /v3/service_plans?service_broker_names=broker&service_offering_names=SQL", "developer", 200, `"total_results":1`},
		{"GET /v3/service_instances?organization_guids=" + orgGUID, "developer", 200, `"total_results":1`},
		{"GET /v3/service_instances?organization_guids=" + orgGUID, "outsider", 200, `"total_results":0`},
		{"GET /v3/tasks?names=MIGRATE&space_guids=" + spaceGUID + "&organization_guids=" + orgGUID, "developer", 200, `"total_results":1`},
		{"GET /v3/tasks", "outsider", 200, `"total_results":0`},
		{"GET " + appPath + "/tasks?app_guids=x", "developer", 400, `"detail":"The query parameter is invalid: Unknown query parameter(s): 'app_guids'"`},
		{"GET " + appPath + "/packages?space_guids=x", "developer", 400, `Unknown query parameter(s): 'space_guids'"`},
		{"GET " + appPath + "/droplets?app_guids=x", "developer", 400, `Unknown query parameter(s): 'app_guids'"`},
		{"GET /v3/app_usage_events", "developer", 200, `"total_results":0`},
		{"GET /v3/spaces/" + spaceGUID + "/users", "developer", 200, `"total_results":2`},
		{"GET /v3/organizations/" + orgGUID + "/users", "developer", 200, `"total_results":2`},
		{"GET /v3/organizations/" + orgGUID + "/users?usernames=outsider", "admin", 200, `"total_results":0`},
		{"GET /v3/organization_quotas", "admin", 200, `"total_memory_in_mb":4096`},
		{"GET /v3/space_quotas", "admin", 200, `"total_instances":5`},
		{"GET /v3/domains", "developer", 200, `"name":"apps.example.com"`},
		{"GET /v3/organizations/" + orgGUID + "/domains/default", "developer", 200, `"name":"apps.example.com"`},
		{"GET /v3/organizations/" + orgGUID + "/domains/default", "outsider", 404, `"detail":"Organization not found"`},
		{"GET /v3/stacks?names=cflinuxfs4", "developer", 200, `"total_results":1`},
		{"GET /v3/feature_flags/app_scaling", "developer", 200, `"enabled":true`},
		{"GET /v3/feature_flags/nix", "developer", 404, `"detail":"Feature flag not found"`},

		{"GET /v3/routes", "developer", 200, `"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","protocol":"http","host":"demo","path":"","port":null,"url":"demo.apps.example.com","destinations":[{"guid":"`},
		{"GET /v3/routes", "developer", 200, `"app":{"guid":"` + appGUID + `","process":{"type":"web"}},"weight":null,"port":8080,"protocol":"http1","created_at":"2026-01-01T00:00:00Z"`},
		{"GET /v3/routes", "developer", 200, `"relationships":{"space":{"data":{"guid":"` + spaceGUID + `"}},"domain":{"data":{"guid":"`},
		{"GET /v3/routes", "outsider", 200, `"total_results":0`},
		{"GET /v3/routes?hosts=DEMO&paths=&space_guids=" + spaceGUID + "&organization_guids=" + orgGUID + "&app_guids=" + appGUID, "developer", 200, `"total_results":1`},
		{"GET /v3/routes?ports=1024", "developer", 200, `"url":"tcp.example.com:1024"`},
		{"GET /v3/routes?domain_guids=ed000000-0000-4000-8000-000000000001", "developer", 200, `"total_results":1`},
		{"GET /v3/routes?service_instance_guids=e5000000-0000-4000-8000-000000000005", "developer", 200, `"total_results":1`},
		{"GET /v3/routes?label_selector=env%3Dprod", "developer", 200, `"port":1024`},
		{"GET /v3/routes?include=domain,space.organization,route_policies&hosts=demo", "developer", 200, `"included":{"domains":[{"guid":"`},
		{"GET /v3/routes?include=route_policies", "developer", 200, `"included":{"route_policies":[]}`},
		{"GET " + appPath + "/routes", "developer", 200, `"total_results":1`},
		{"GET " + appPath + "/routes", "outsider", 404, `"detail":"App not found"`},
		{"GET /v3/apps/" + legacyGUID + "/routes", "developer", 200, `"protocol":"tcp","created_at"`},
		{"GET " + routePath, "developer", 200, `"links":{"self":{"href":"BASE` + routePath + `"},"space":{"href":"BASE/v3/spaces/` + spaceGUID + `"},"destinations":{"href":"BASE` + routePath + `/destinations"},"domain":{"href":"BASE/v3/domains/`},
		{"GET " + routePath + "?include=domain,space", "developer", 200, `"included":{"domains":[{"guid":"`},
		{"GET " + routePath + "?include=app", "developer", 422, `Invalid included resource: 'app'`},
		{"GET " + routePath + "?names=x", "developer", 422, `Valid parameters are: 'guid', 'include'"`},
		{"GET /v3/service_plans/e8000000-0000-4000-8000-000000000008?include=service_offering&fields%5Bservice_offering.service_broker%5D=name", "developer", 200,
			`"name":"sql"`},
		{"GET /v3/service_plans/e8000000-0000-4000-8000-000000000008?fields%5Bservice_offering.service_broker%5D=name", "developer", 200,
			`"included":{"service_brokers":[{"name":"broker"}]}`},
		{"GET /v3/service_plans/e8000000-0000-4000-8000-000000000008?names=x", "developer", 400, `Valid parameters are: 'fields', 'include'`},
		{"GET " + routePath, "outsider", 404, `"detail":"Route not found"`},
		{"GET " + routePath + "/destinations", "developer", 200, `"links":{"self":{"href":"BASE` + routePath + `/destinations"},"route":{"href":"BASE` + routePath + `"}}`},
		{"GET /v3/domains/ed000000-0000-4000-8000-000000000001/route_reservations?port=1024", "developer", 200, `{"matching_route":true}`},
		{"GET /v3/domains/ed000000-0000-4000-8000-000000000001/route_reservations", "developer", 200, `{"matching_route":false}`},
		{"GET /v3/domains/nix/route_reservations?host=demo", "developer", 404, `"detail":"Domain not found"`},
		{"GET /v3/roles?organization_guids=" + orgGUID, "developer", 200, `"total_results":0`},
		{"GET " + routePath + "/relationships/shared_spaces", "developer", 200, `{"data":[]}`},

		{"GET " + appPath + "/environment_variables", "developer", 200, `{"var":{},"links":{`},
		{"GET " + appPath + "/environment_variables", "auditor", 403, `CF-NotAuthorized`},
		{"GET " + appPath + "/env", "developer", 200, `"VCAP_APPLICATION":{"cf_api":"BASE"`},
		{"GET " + appPath + "/env", "developer", 200, `"uris":["demo.apps.example.com"]`},
		{"GET " + appPath + "/sidecars", "developer", 200, `"total_results":2`},
		{"GET " + appPath + "/sidecars?per_page=1&page=2", "developer", 200, `"name":"logger","command":"logger","process_types":["worker"]`},
		{"GET " + appPath + "/sidecars", "outsider", 404, `"detail":"App not found"`},
		{"GET " + webPath + "/sidecars", "developer", 200, `"total_results":1`},
		{"GET " + appPath + "/packages", "developer", 200, `"resources":[]}`},
		{"GET " + appPath + "/relationships/current_droplet", "developer", 200, `"related":{"href":"BASE` + appPath + `/droplets/current"}`},
		{"PATCH " + appPath + "/relationships/current_droplet", "developer", 422, "Unable to assign current droplet"},
		{"PATCH " + appPath + "/relationships/current_droplet", "auditor", 403, "CF-NotAuthorized"},
		{"GET " + appPath + "/features", "developer", 200, `"name":"ssh"`},
		{"GET " + appPath + "/features/ssh", "developer", 200, `{"name":"ssh","description":"Enable SSHing into the app.","enabled":true}`},
		{"GET " + appPath + "/features/nix", "developer", 404, `"detail":"Feature not found"`},
		{"GET /v3/spaces/" + spaceGUID + "/features/ssh", "developer", 200, `"enabled":true`},
		{"GET /v3/spaces/" + spaceGUID + "/relationships/isolation_segment", "developer", 200, `{"data":{"guid":"`},
		{"GET /v2/spaces/" + spaceGUID + "/summary", "developer", 200, `"name":"demo","space_guid":"` + spaceGUID},
		{"GET /userinfo", "developer", 200, `"user_name":"developer"`},
		{"GET /userinfo", "", 401, `"error":"invalid_token"`},
		{"POST " + appPath + "/actions/clear_buildpack_cache", "developer", 202, ``},
		{"POST " + appPath + "/actions/clear_buildpack_cache", "auditor", 403, `CF-NotAuthorized`},
		{"POST /v3/spaces/" + spaceGUID + "/actions/apply_manifest", "developer", 422, `not applied`},
	} {
		t.Run(test.line+" "+test.who, func(t *testing.T) {
			t.Parallel()
			r := rigOf(t, furnished, Options{})
			who := "X-Nothing: here" // else the rig sends a token of its own
			if test.who != "" {
				who = as(test.who)
			}
			got := r.send(t, test.line, "", who)
			if want := strings.ReplaceAll(test.want, "BASE", "http://api.test"); got.status != test.status || !strings.Contains(got.body, want) {
				t.Errorf("got %d %s\nwant %s", got.status, got.body, want)
			}
			if got.body != "" && !strings.Contains(test.line, "/userinfo") {
				got.valid(t, test.line)
			}
		})
	}
}

// TestCollections: each has its list and its 404 in the table's words.
func TestCollections(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	for _, collection := range contract.Collections() {
		if got := r.send(t, "GET /v3/"+collection.Name, "", as("admin")); got.status != 200 {
			t.Errorf("%s: %d %s", collection.Name, got.status, got.body)
		}
		if got := r.send(t, "GET /v3/"+collection.Name+"/nix", "", as("admin")); got.status != 404 || !strings.Contains(got.body, collection.Title+" not found") {
			t.Errorf("%s: %d %s", collection.Name, got.status, got.body)
		}
	}
}

// TestManifest: what would push the app, in YAML.
func TestManifest(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	want := `---
applications:
- name: "demo"
  stack: "cflinuxfs4"
  buildpacks:
  - "ruby_buildpack"
  routes:
  - route: "demo.apps.example.com"
    protocol: http1
  processes:
  - type: "web"
    instances: 2
    memory: 256M
    disk_quota: 1024M
    log-rate-limit-per-second: 1M
    command: "bundle exec rackup"
    health-check-type: port
    readiness-health-check-type: process
`
	if got := r.send(t, "GET "+appPath+"/manifest", "", as("developer")); got.status != 200 || !strings.HasPrefix(got.body, want) {
		t.Errorf("%d %s", got.status, got.body)
	}
	got := rigOf(t, furnished, Options{}).send(t, "GET /v3/apps/"+legacyGUID+"/manifest", "", as("developer"))
	if want := "  routes:\n  - route: \"tcp.example.com:1024\"\n    protocol: tcp\n"; !strings.Contains(got.body, want) {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// TestTokensCanBeAskedAbout: UAA tells what a token claims, and of a bad one
// that it is not active.
func TestTokensCanBeAskedAbout(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	form := "Content-Type: application/x-www-form-urlencoded"
	for _, test := range []struct {
		line, body string
		status     int
		want       string
	}{
		{"POST /introspect", "token=developer", 200, `{"active":true,`},
		{"POST /introspect", "token=developer", 200, `"scope":["cloud_controller.read","cloud_controller.write"]`},
		{"POST /introspect", "token=nonsense", 200, `{"active":false`},
		{"POST /check_token", "token=developer", 200, `"user_name":"developer"`},
		{"POST /check_token", "token=nonsense", 401, `"error":"invalid_token"`},
	} {
		if got := r.send(t, test.line, test.body, form); got.status != test.status || !strings.Contains(got.body, test.want) {
			t.Errorf("%s %s: %d %s, want %s", test.line, test.body, got.status, got.body, test.want)
		}
	}
}
