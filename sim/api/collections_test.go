package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
)

// wide is a scenario with so many of everything that is only listed, each related to
// one of what it may be related to.
func wide(many int) string {
	list := func(each string) string {
		var all []string
		for i := range many {
			all = append(all, strings.ReplaceAll(each, "#", fmt.Sprint(i)))
		}
		return "[" + strings.Join(all, ",") + "]"
	}
	related := func(kinds ...string) string {
		for i, kind := range kinds {
			kinds[i] = fmt.Sprintf(`"%s":{"data":{"guid":"%[1]s-#"}}`, kind)
		}
		return `"relationships":{` + strings.Join(kinds, ",") + "}}"
	}
	var resources []string
	for _, one := range [][2]string{
		{"domains", `{"name":"d#.example.com","guid":"domain-#"}`}, {"routes", `{"host":"h#","guid":"route-#","destinations":[{"app":{"guid":"app-#"}}]}`},
		{"service_brokers", `{"name":"broker-#","guid":"service_broker-#",` + related("space")},
		{"service_offerings", `{"name":"offering-#","guid":"service_offering-#",` + related("service_broker")},
		{"service_plans", `{"name":"plan-#","guid":"service_plan-#",` + related("service_offering")},
		{"service_instances", `{"name":"instance-#","guid":"service_instance-#","type":"managed",` + related("service_plan", "space")},
		{"service_credential_bindings", `{"name":"binding-#","type":"app",` + related("service_instance", "app")},
		{"service_route_bindings", `{"guid":"binding-#",` + related("service_instance", "route")},
		{"tasks", `{"name":"task-#","guid":"task-#","sequence_id":#,` + related("app")}, {"builds", `{"state":"STAGED","package":{"guid":"package-#"},` + related("app")},
		{"buildpacks", `{"name":"buildpack-#","position":#}`}, {"isolation_segments", `{"name":"segment-#","guid":"segment-#"}`},
		{"security_groups", `{"name":"group-#","relationships":{"running_spaces":{"data":[{"guid":"space-#"}]}}}`},
	} {
		resources = append(resources, fmt.Sprintf("%q:%s", one[0], list(one[1])))
	}
	return `{"name":"wide","clock":{"mode":"frozen"},"organizations":` + list(`{"name":"organization-#","guid":"organization-#"}`) +
		`,"spaces":` + list(`{"name":"space-#","guid":"space-#","organization":"organization-#","isolation_segment":"segment-#"}`) +
		`,"apps":` + list(`{"name":"app-#","guid":"app-#","space":"space-#","processes":[{"type":"web"}]}`) +
		`,"quotas":{"spaces":{"space-7":{"total_instances":9}}},"auth":{"tokens":{"admin":"admin","one":"user-7"},"users":[{"name":"admin","scopes":["cloud_controller.admin"]},` +
		strings.TrimPrefix(list(`{"name":"user-#","roles":[{"space":"space-#","role":"space_developer"}]},{"name":"x-#","client":true}`), "[") +
		`},"resources":{` + strings.Join(resources, ",") + "}}"
}

// narrow are lists, and things that are found, of which there are no more the more
// there are of others.
var narrow = strings.Fields(`
	domains?names=d7.example.com domains/domain-7 organizations/organization-7/domains?page=2&per_page=5
	routes?page=2&per_page=5 routes?hosts=h7 routes?organization_guids=organization-7 routes?service_instance_guids=service_instance-7 routes/route-7 apps/app-7/routes
	domains/domain-7/route_reservations?host=h7 apps/app-7/env apps/app-7/manifest
	service_brokers?order_by=-name&per_page=5 service_offerings?service_broker_names=broker-7 service_plans?service_instance_guids=service_instance-7
	service_plans?service_broker_names=broker-7 service_plans?include=service_offering&per_page=5 service_plans?fields[service_offering.service_broker]=name&per_page=5
	service_instances?page=2&per_page=5 service_instances?order_by=-updated_at&type=user-provided service_instances?organization_guids=organization-7 service_instances?service_plan_names=plan-7
	service_credential_bindings?app_names=app-7 service_credential_bindings?service_offering_names=offering-7 service_credential_bindings?include=app&per_page=5
	service_route_bindings?route_guids=route-7&include=route tasks?organization_guids=organization-7 tasks/task-7 apps/app-7/tasks apps/app-7/builds builds?package_guids=package-7
	buildpacks?order_by=position&page=2&per_page=5 security_groups?names=group-7 spaces/space-7/running_security_groups
	isolation_segments?organization_guids=organization-7 isolation_segments/segment-7/organizations spaces/space-7/relationships/isolation_segment
	users?usernames=USER-7 users?partial_usernames=SER-0 spaces/space-7/users organizations/organization-7/users
	roles?page=2&per_page=5 roles?organization_guids=organization-7 roles?include=user,space&per_page=5 space_quotas feature_flags stacks`)

// spent is what a GET takes.
func (r *rig) spent(t *testing.T, user, path string) (bytes, allocations int) {
	t.Helper()
	request := httptest.NewRequest("GET", r.URL+path, nil)
	request.Header.Set("Authorization", "bearer "+user)
	answer := httptest.NewRecorder()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r.api.ServeHTTP(answer, request, r.world)
	runtime.ReadMemStats(&after)
	if answer.Code != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, answer.Code, answer.Body)
	}
	return int(after.TotalAlloc - before.TotalAlloc), int(after.Mallocs - before.Mallocs)
}

// TestCollectionsTakeWhatTheyShow: what a list finds costs what it shows, whoever
// asks, and what is made when it is asked for the first time costs in proportion to
// what there is. It is not parallel: others would be counted.
func TestCollectionsTakeWhatTheyShow(t *testing.T) {
	const few, many, tries = 40, 400, 100
	type cost struct{ first, again, bytes int }
	for _, user := range []string{"admin", "one"} {
		costs := map[string]cost{}
		for _, count := range []int{few, many} {
			r := rigFor(t, wide(count), Options{})
			for _, path := range narrow {
				_, first := r.spent(t, user, "/v3/"+path)
				bytes, again := r.spent(t, user, "/v3/"+path)
				least := costs[path]
				enough := func() bool { return again <= least.again+(many-few)/20 && bytes <= least.bytes+(many-few)*100 }
				// The journal begins a page now and then, and pools forget under the race detector.
				for try := 1; try < tries && (count == few && try <= 12 || count == many && !enough()); try++ {
					b, a := r.spent(t, user, "/v3/"+path)
					bytes, again = min(bytes, b), min(again, a)
				}
				if count == few {
					costs[path] = cost{first, again, bytes}
					continue
				}
				if !enough() {
					t.Errorf("%s for %s: %d allocations, %d bytes of %d, %d, %d of %d", path, user, least.again, least.bytes, few, again, bytes, many)
				}
				if first > 2000+least.first*many/few*2 {
					t.Errorf("%s for %s: %d allocations at first of %d, %d of %d", path, user, least.first, few, first, many)
				}
			}
		}
	}
}

// TestGivenInPlaceOfDerived: what the scenario gives of a collection is in the place
// of what would follow from the state, wherever it is found; and what it gives twice is
// there twice.
func TestGivenInPlaceOfDerived(t *testing.T) {
	t.Parallel()
	r := rigOf(t, `{"name":"given","organizations":[{"name":"o","guid":"o"}],"auth":{"tokens":{"admin":"admin"},"users":[{"name":"admin","guid":"u","scopes":["cloud_controller.admin"]}]},
		"resources":{"users":[{"guid":"u","username":"other"}],
		"feature_flags":[{"name":"diego_docker","enabled":true},{"name":"twice","enabled":true},{"name":"twice","enabled":false}]}}`, Options{})
	get := func(path string) string { return r.send(t, "GET /v3/"+path, "", "Authorization: bearer admin").body }
	for _, query := range []string{"", "&order_by=created_at", "&order_by=-updated_at", "&guids=u"} {
		if got := get("users?per_page=9" + query); !strings.Contains(got, `"total_results":1,`) || strings.Count(got, `"username":"other"`) != 1 {
			t.Errorf("users%s: %s", query, got)
		}
	}
	if got := get("feature_flags/diego_docker"); !strings.Contains(got, `"enabled":true`) {
		t.Errorf("the flag: %s", got)
	}
	for _, query := range []string{"", "&order_by=name", "&order_by=-name"} {
		if got := get("feature_flags?per_page=99" + query); strings.Count(got, `"name":"diego_docker"`) != 1 || strings.Count(got, `"name":"twice"`) != 2 {
			t.Errorf("feature_flags%s: %s", query, got)
		}
	}
}

// TestRelatedToItself: what names a thing of its own kind, itself even, is not
// followed.
func TestRelatedToItself(t *testing.T) {
	t.Parallel()
	r := rigOf(t, `{"name":"circle","organizations":[{"name":"o","guid":"o"}],"resources":{"service_instances":[
		{"name":"a","guid":"a","relationships":{"service_instance":{"data":{"guid":"b"}}}},
		{"name":"b","guid":"b","relationships":{"service_instance":{"data":{"guid":"a"}}}}]}}`, Options{})
	for _, query := range []string{"space_guids=x", "organization_guids=x", "service_plan_names=x"} {
		if got := r.send(t, "GET /v3/service_instances?"+query, "", "Authorization: bearer admin"); got.status != 200 || !strings.Contains(got.body, `"total_results":0`) {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
}
