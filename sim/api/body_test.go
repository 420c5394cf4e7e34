package api

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/state"
)

// full is a world in which every optional part of a process is there.
const full = `
name: full
extends: default
clock: {mode: frozen}
apps:
  - name: demo
    processes:
      - type: web
        command: 'run "fast" <&> more'
        user: ContainerUser
        log_rate_limit_in_bytes_per_second: -1
        health_check: {type: http, data: {timeout: 60, invocation_timeout: 5, interval: 10, endpoint: /health}}
        readiness_health_check: {type: http, data: {timeout: 30, interval: 7, endpoint: /ready}}
        registry_credential: {guid: e1000000-0000-4000-8000-000000000001, last_synced_at: "2026-01-01T00:00:00Z"}
        revision: {guid: f1000000-0000-4000-8000-000000000001}
        version: 11111111-0000-4000-8000-000000000001
        metadata: {labels: {env: prod, example.com/tier: a}, annotations: {contact: demo@example.com}}
      - type: worker
        version: 22222222-0000-4000-8000-000000000002
        revision: null
        readiness_health_check: {type: process}
        log_rate_limit_in_bytes_per_second: 1048576
`

// expected writes the web process of that world in a variant, key by key: §11.
func expected(variant contract.Variant, base, command, instances string) string {
	only := func(v contract.Variant, text string) string {
		if variant == v {
			return text
		}
		return ""
	}
	but := func(v contract.Variant, text string) string {
		if variant != v {
			return text
		}
		return ""
	}
	get := only(contract.Vendor, `,"method":"GET"`)
	self := base + "/v3/processes/" + webGUID
	return `{"guid":"` + webGUID + `","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","version":"11111111-0000-4000-8000-000000000001","type":"web",` +
		`"command":"` + command + `","user":"ContainerUser","instances":2,"memory_in_mb":256,"disk_in_mb":1024,"log_rate_limit_in_bytes_per_second":-1,` +
		but(contract.OpenSource, `"registry_credential_last_synced_at":"2026-01-01T00:00:00Z",`) +
		`"health_check":{"type":"http","data":{"timeout":60,"invocation_timeout":5,"interval":10,"endpoint":"/health"}},` +
		`"readiness_health_check":{"type":"http","data":{` + only(contract.Vendor, `"timeout":30,`) + `"invocation_timeout":null,"interval":7,"endpoint":"/ready"}},` +
		instances +
		`"relationships":{"app":{"data":{"guid":"` + appGUID + `"}},"revision":{"data":{"guid":"f1000000-0000-4000-8000-000000000001"}}` +
		but(contract.OpenSource, `,"registry_credential":{"data":{"guid":"e1000000-0000-4000-8000-000000000001"}}`) + `},` +
		`"metadata":{"labels":{"env":"prod","example.com/tier":"a"},"annotations":{"contact":"demo@example.com"}},` +
		`"links":{"self":{"href":"` + self + `"` + get + `},"scale":{"href":"` + self + `/actions/scale","method":"POST"},` +
		`"app":{"href":"` + base + `/v3/apps/` + appGUID + `"` + get + `},"space":{"href":"` + base + `/v3/spaces/` + spaceGUID + `"` + get + `},` +
		`"stats":{"href":"` + self + `/stats"` + get + `}` +
		but(contract.Vendor, `,"process_instances":{"href":"`+self+`/process_instances"}`) +
		but(contract.OpenSource, `,"registry_credential":{"href":"`+base+`/v3/registry_credentials/e1000000-0000-4000-8000-000000000001"`+get+`}`) + `}}`
}

// plain is the worker of that world: everything optional is absent or null.
func plain(variant contract.Variant, base, command string) string {
	get, synced, credential, timeout, instances := "", `"registry_credential_last_synced_at":null,`, `,"registry_credential":null`, "", `,"process_instances":{"href":"`+base+`/v3/processes/`+workerGUID+`/process_instances"}`
	switch variant {
	case contract.OpenSource:
		synced, credential = "", ""
	case contract.Vendor:
		get, timeout, instances = `,"method":"GET"`, `"timeout":null,`, ""
	}
	self := base + "/v3/processes/" + workerGUID
	return `{"guid":"` + workerGUID + `","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","version":"22222222-0000-4000-8000-000000000002","type":"worker",` +
		`"command":"` + command + `","user":"vcap","instances":1,"memory_in_mb":256,"disk_in_mb":1024,"log_rate_limit_in_bytes_per_second":1048576,` + synced +
		`"health_check":{"type":"process","data":{"timeout":null,"invocation_timeout":null,"interval":null}},` +
		`"readiness_health_check":{"type":"process","data":{` + timeout + `"invocation_timeout":null,"interval":null}},` +
		`"relationships":{"app":{"data":{"guid":"` + appGUID + `"}},"revision":null` + credential + `},"metadata":{"labels":{},"annotations":{}},` +
		`"links":{"self":{"href":"` + self + `"` + get + `},"scale":{"href":"` + self + `/actions/scale","method":"POST"},"app":{"href":"` + base + `/v3/apps/` + appGUID + `"` + get +
		`},"space":{"href":"` + base + `/v3/spaces/` + spaceGUID + `"` + get + `},"stats":{"href":"` + self + `/stats"` + get + `}` + instances + `}}`
}

const (
	ownCommand = `run \"fast\" \u003c\u0026\u003e more`
	embedded   = `"process_instances":[{"index":0,"state":"RUNNING","since":90},{"index":1,"state":"RUNNING","since":90}],`
	inList     = "[PRIVATE DATA HIDDEN IN LISTS]"
)

// TestBodies compares whole answers, order of keys and escapes included, in the
// three variants (§11, §13.3, §14.2).
func TestBodies(t *testing.T) {
	t.Parallel()
	const base = "http://api.test"
	for _, variant := range []contract.Variant{contract.Default, contract.OpenSource, contract.Vendor} {
		t.Run(string(variant), func(t *testing.T) {
			t.Parallel()
			r := rigOf(t, full+"variant: "+string(variant)+"\n", Options{})
			if _, err := r.world.Clock.Advance(90 * time.Second); err != nil {
				t.Fatal(err)
			}
			page := func(path, first, last, resources string) string {
				link := func(page string) string {
					if page == "" {
						return "null"
					}
					return `{"href":"` + base + path + strings.ReplaceAll(page, "&", `\u0026`) + `"}`
				}
				next := ""
				if first != last {
					next = last
				}
				return `"first":` + link(first) + `,"last":` + link(last) + `,"next":` + link(next) + `,"previous":null},"resources":[` + resources + `]}`
			}
			tests := []struct{ name, path, want string }{
				{"process", webPath, expected(variant, base, ownCommand, "")},
				{"process, embedded", webPath + "?embed=process_instances", expected(variant, base, ownCommand, embedded)},
				{"process of an app", "/v3/apps/" + appGUID + "/processes/web", expected(variant, base, ownCommand, "")},
				{"bare process", "/v3/processes/" + workerGUID, plain(variant, base, "bundle exec rake work")},
				{"list", "/v3/apps/" + appGUID + "/processes", `{"pagination":{"total_results":2,"total_pages":1,` +
					page("/v3/apps/"+appGUID+"/processes", "?page=1&per_page=50", "?page=1&per_page=50", expected(variant, base, inList, "")+","+plain(variant, base, inList))},
				{"list, one a page, embedded", "/v3/processes?per_page=1&types=worker,web&order_by=created_at&embed=process_instances", `{"pagination":{"total_results":3,"total_pages":3,` +
					page("/v3/processes", "?embed=process_instances&order_by=%2Bcreated_at&page=1&per_page=1&types=worker%2Cweb", "?embed=process_instances&order_by=%2Bcreated_at&page=3&per_page=1&types=worker%2Cweb", expected(variant, base, inList, embedded))},
				{"empty list", "/v3/processes?guids=", `{"pagination":{"total_results":0,"total_pages":1,` + page("/v3/processes", "?guids=&page=1&per_page=50", "?guids=&page=1&per_page=50", "")},
				{"beyond the end", "/v3/processes?page=9", `{"pagination":{"total_results":0,"total_pages":1,"first":{"href":"` + base + `/v3/processes?page=1\u0026per_page=50"},"last":{"href":"` + base +
					`/v3/processes?page=1\u0026per_page=50"},"next":null,"previous":{"href":"` + base + `/v3/processes?page=8\u0026per_page=50"}},"resources":[]}`},
				{"instances", webPath + "/process_instances", `{"resources":[{"index":0,"state":"RUNNING","since":90},{"index":1,"state":"RUNNING","since":90}],"links":{"self":{"href":"` +
					base + webPath + `/process_instances"},"process":{"href":"` + base + webPath + `"}}}`},
				{"error", "/v3/processes/nix", `{"errors":[{"detail":"Process not found","title":"CF-ResourceNotFound","code":10010}]}`},
			}
			for _, test := range tests {
				got := r.send(t, "GET "+test.path, "")
				want := test.want
				if test.name == "list, one a page, embedded" { // the next page is the second, not the last
					want = strings.Replace(want, `"next":{"href":"`+base+`/v3/processes?embed=process_instances\u0026order_by=%2Bcreated_at\u0026page=3`, `"next":{"href":"`+base+`/v3/processes?embed=process_instances\u0026order_by=%2Bcreated_at\u0026page=2`, 1)
				}
				if got.body != want {
					t.Errorf("%s:\ngot  %s\nwant %s", test.name, got.body, want)
				}
			}
		})
	}
}

// TestStats is §14.1: the keys of an entry by state, in their order.
func TestStats(t *testing.T) {
	t.Parallel()
	r := rigOf(t, `
name: stats
extends: default
clock: {mode: frozen}
apps:
  - name: demo
    processes:
      - type: web
        instances: 7
        forced:
          - {index: 1, state: CRASHED}
          - {index: 2, state: DOWN}
          - {index: 3, state: DOWN, details: no room}
          - {index: 4, state: STARTING, details: slow cell}
          - {index: 5, state: STOPPING}
          - {index: 6, state: UNKNOWN}
`, Options{})
	if _, err := r.world.Clock.Advance(90 * time.Second); err != nil {
		t.Fatal(err)
	}
	view := r.world.Current().State.Peek(state.Ref{GUID: webGUID})
	now := r.world.Clock.Now()
	of := func(i int) state.Instance { return view.Instance(now, i) }
	number := func(v float64) string { return string(appendFloat(nil, v)) }
	run := of(0)
	quotas := `"mem_quota":268435456,"disk_quota":1073741824,"log_rate_limit":` + fmt.Sprint(view.Process.LogRateLimit)
	none := `"mem_quota":null,"disk_quota":null,"log_rate_limit":null`
	zeros := `{"time":"2026-01-01T00:01:30+00:00","cpu":0,"cpu_entitlement":0,"mem":0,"disk":0,"log_rate":0}`
	usage := func(u state.Usage) string {
		return fmt.Sprintf(`{"time":"2026-01-01T00:01:30+00:00","cpu":%s,"cpu_entitlement":%s,"mem":%d,"disk":%d,"log_rate":%d}`, number(u.CPU), number(u.CPUEntitlement), u.Memory, u.Disk, u.LogRate)
	}
	unplaced := func(i int, name, routable, details, figures string) string {
		return fmt.Sprintf(`{"type":"web","index":%d,"instance_guid":"%s","state":"%s","routable":%s,"host":"","instance_internal_ip":"","uptime":90,%s,"fds_quota":16384,"isolation_segment":null,"details":%s,"instance_ports":[],"usage":%s}`,
			i, of(i).GUID, name, routable, none, details, figures)
	}
	placed := func(i int, name, routable, limits, figures string) string {
		inst := of(i)
		return fmt.Sprintf(`{"type":"web","index":%d,"instance_guid":"%s","state":"%s","routable":%s,"host":"%s","instance_internal_ip":"%s","uptime":90,%s,"fds_quota":16384,"isolation_segment":null,"details":null,`+
			`"instance_ports":[{"external":%d,"internal":8080,"external_tls_proxy_port":%d,"internal_tls_proxy_port":61001}],"usage":%s}`,
			i, inst.GUID, name, routable, inst.Host, inst.IP, limits, inst.Port, inst.Port+1, figures)
	}
	got := r.send(t, "GET "+webPath+"/stats", "")
	entries := []string{
		placed(0, "RUNNING", "true", quotas, usage(run.Usage)),
		unplaced(1, "CRASHED", "false", "null", zeros),
		`{"type":"web","index":2,"state":"DOWN","routable":null,"uptime":90,"isolation_segment":null,"details":null}`,
		`{"type":"web","index":3,"state":"DOWN","routable":null,"uptime":90,"isolation_segment":null,"details":"no room"}`,
		unplaced(4, "STARTING", "false", `"slow cell"`, zeros),
		placed(5, "STOPPING", "false", none, "{}"),
	}
	want := `{"resources":[` + strings.Join(entries, ",") + `,{"type":"web","index":6,`
	if !strings.HasPrefix(got.body, want) {
		t.Errorf("got  %s\nwant %s...", got.body, want)
	}
	instances := r.send(t, "GET "+webPath+"/process_instances", "")
	wantInstances := `{"resources":[{"index":0,"state":"RUNNING","since":90},{"index":1,"state":"CRASHED","since":90},{"index":2,"state":"DOWN","since":null},` +
		`{"index":3,"state":"DOWN","since":90},{"index":4,"state":"STARTING","since":90},{"index":5,"state":"STOPPING","since":null},{"index":6,"state":"UNKNOWN","since":90}],`
	if !strings.HasPrefix(instances.body, wantInstances) {
		t.Errorf("got  %s\nwant %s...", instances.body, wantInstances)
	}
	stopped := r.send(t, "GET /v3/apps/c2000000-0000-4000-8000-000000000001/processes/web/stats", "")
	if want := `{"resources":[{"type":"web","index":0,"state":"DOWN","routable":null,"uptime":0,"isolation_segment":null,"details":null}]}`; stopped.body != want {
		t.Errorf("stopped: got %s", stopped.body)
	}
}

// TestStatsOutages is §14.1 and §9: what is answered while a backend is down.
func TestStatsOutages(t *testing.T) {
	t.Parallel()
	down := rigOf(t, frozen+"stats_available: false\n", Options{})
	down.send(t, "GET "+webPath+"/stats", "").is(t, contract.StatsUnavailable)
	down.send(t, "GET /v3/apps/"+appGUID+"/processes/web/stats", "").is(t, contract.StatsUnavailable)
	for _, path := range []string{webPath + "/process_instances", webPath + "?embed=process_instances", "/v3/processes?embed=process_instances"} {
		got := down.send(t, "GET "+path, "")
		got.is(t, contract.UnknownError)
		if got.body != `{"errors":[{"title":"UnknownError","detail":"An unknown error occurred.","code":10001}]}` {
			t.Errorf("%s: %s", path, got.body)
		}
	}
	if got := down.send(t, "GET "+webPath, ""); got.status != 200 {
		t.Errorf("a process: %d", got.status)
	}
}

// anything draws a process with strings that need escapes.
func anything(draw *rand.Rand) *state.Process {
	text := func() string {
		alphabet := []string{"a", "http://api.test", `"`, `\`, "<", "&", "\u2028", "é", "\n", "\x7f", "/v3", "{", ",", "😀"}
		var b strings.Builder
		for range draw.IntN(6) {
			b.WriteString(alphabet[draw.IntN(len(alphabet))])
		}
		return b.String()
	}
	maybe := func() *string {
		if draw.IntN(2) == 0 {
			return nil
		}
		s := text()
		return &s
	}
	number := func() *int {
		if draw.IntN(2) == 0 {
			return nil
		}
		n := draw.Int()
		return &n
	}
	check := func() state.HealthCheck {
		return state.HealthCheck{Type: []string{"http", "port", "process", "none"}[draw.IntN(4)], Timeout: number(), Interval: number(), InvocationTimeout: number(), Endpoint: maybe()}
	}
	p := &state.Process{
		GUID: text(), AppGUID: text(), Type: text(), Version: text(), Command: maybe(), DetectedCommand: text(), User: maybe(), CreatedAt: time.Unix(draw.Int64N(1e9), 0), UpdatedAt: time.Unix(draw.Int64N(1e9), 0),
		Instances: draw.IntN(9), MemoryInMB: draw.IntN(9), DiskInMB: number(), LogRateLimit: draw.Int64(), HealthCheck: check(), Readiness: check(), RevisionGUID: text(),
	}
	for range draw.IntN(3) {
		p.Metadata.Labels = append(p.Metadata.Labels, contract.Pair{Key: text(), Value: text()})
		p.Metadata.Annotations = append(p.Metadata.Annotations, contract.Pair{Key: text(), Value: text()})
	}
	if draw.IntN(2) == 0 {
		p.RegistryCredential = &state.RegistryCredential{GUID: text()}
	}
	return p
}

// TestSplice: another base spliced in, another command and embedded instances
// give the bytes that a fresh encoding has, whatever is in the process.
func TestSplice(t *testing.T) {
	t.Parallel()
	bases := []string{"http://api.test", "https://api.example.com/worlds/blue", `http://h"<&>\`, "", "http://[::1]:8080", "http://é/\u2028"}
	for seed := range uint64(400) {
		draw := rand.New(rand.NewPCG(seed, 1))
		p := anything(draw)
		variant := []contract.Variant{contract.Default, contract.OpenSource, contract.Vendor}[draw.IntN(3)]
		doc := encode(p, p.DiskInMB, "space", variant, bases[0])
		for range 4 {
			base := bases[draw.IntN(len(bases))]
			doc = doc.rebased(base)
			fresh := encode(p, p.DiskInMB, "space", variant, base)
			if string(doc.bytes) != string(fresh.bytes) || fmt.Sprint(doc.bases) != fmt.Sprint(fresh.bases) || doc.base != base {
				t.Fatalf("seed %d, base %q:\ngot  %s\nwant %s", seed, base, doc.bytes, fresh.bytes)
			}
		}
		if !json.Valid(doc.bytes) {
			t.Fatalf("seed %d: %s", seed, doc.bytes)
		}
		if whole := doc.appendRead(nil, nil, nil); string(whole) != string(doc.bytes) {
			t.Fatalf("seed %d: read as %s", seed, whole)
		}
		hidden := *p
		secret := contract.HiddenCommand
		hidden.Command = &secret
		if got, want := doc.appendRead(nil, hiddenCommand, nil), encode(&hidden, p.DiskInMB, "space", variant, doc.base).bytes; string(got) != string(want) {
			t.Fatalf("seed %d:\ngot  %s\nwant %s", seed, got, want)
		}
		var read struct {
			Command   string `json:"command"`
			Instances []int  `json:"process_instances"`
		}
		if err := json.Unmarshal(doc.appendRead(nil, hiddenInList, []byte("[1,2]")), &read); err != nil || read.Command != inList || len(read.Instances) != 2 {
			t.Fatalf("seed %d: %+v, %v", seed, read, err)
		}
	}
}

// TestDocumentIsKept: a version is encoded once, another base is spliced.
func TestDocumentIsKept(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	view := r.world.Current().State.Peek(state.Ref{GUID: webGUID})
	first := renderingOf(view, contract.Default, "http://a")
	if renderingOf(view, contract.Default, "http://a") != first {
		t.Error("encoded twice for one base")
	}
	other := renderingOf(view, contract.Default, "http://bb")
	if string(other.bytes) != string(encode(view.Process, view.Process.DiskInMB, spaceGUID, contract.Default, "http://bb").bytes) {
		t.Errorf("for another base: %s", other.bytes)
	}
	r.send(t, "PATCH /v3/processes/"+webGUID, `{"user":"TestUser"}`)
	view = r.world.Current().State.Peek(state.Ref{GUID: webGUID})
	if next := renderingOf(view, contract.Default, "http://bb"); !strings.Contains(string(next.bytes), `"user":"TestUser"`) {
		t.Errorf("after a change: %s", next.bytes)
	}
}

// TestRedaction is §12, by role and by place.
func TestRedaction(t *testing.T) {
	t.Parallel()
	r := rigOf(t, `
name: roles
extends: default
clock: {mode: frozen}
auth:
  users:
    - {name: ro, scopes: [cloud_controller.admin_read_only]}
    - {name: global, scopes: [cloud_controller.global_auditor]}
    - {name: manager, roles: [{space: dev, role: space_manager}]}
    - {name: supporter, roles: [{space: dev, role: space_supporter}]}
    - {name: orgman, roles: [{organization: demo-org, role: organization_manager}]}
  tokens: {ro: ro, global: global, manager: manager, supporter: supporter, orgman: orgman}
`, Options{})
	const shown, hidden = `"command":"bundle exec rackup"`, `"command":"[PRIVATE DATA HIDDEN]"`
	tests := []struct {
		who, read string
		write     bool
	}{
		{"admin", shown, true}, {"ro", shown, false}, {"developer", shown, true},
		{"global", hidden, false}, {"manager", hidden, false}, {"auditor", hidden, false}, {"supporter", hidden, true}, {"orgman", hidden, false},
	}
	for _, test := range tests {
		headers := []string{as(test.who), "Content-Type: application/json"}
		for _, path := range []string{webPath, webPath + "?embed=process_instances", "/v3/apps/" + appGUID + "/processes/web"} {
			if got := r.send(t, "GET "+path, "", headers...); !strings.Contains(got.body, test.read) {
				t.Errorf("%s reads %s", test.who, got.body)
			}
		}
		for _, path := range []string{"/v3/processes", "/v3/apps/" + appGUID + "/processes?embed=process_instances"} {
			got := r.send(t, "GET "+path, "", headers...)
			if strings.Count(got.body, `"command":"`+inList+`"`) != strings.Count(got.body, `"command":`) || !strings.Contains(got.body, inList) {
				t.Errorf("%s lists %s", test.who, got.body)
			}
		}
		for _, line := range []string{"PATCH " + webPath, "POST " + webPath + "/actions/scale"} {
			got := r.send(t, line, "{}", headers...)
			if test.write != strings.Contains(got.body, shown) {
				t.Errorf("%s gets for %s: %d %s", test.who, line, got.status, got.body)
			}
			if !test.write {
				got.is(t, contract.NotAuthorized)
			}
		}
	}
	empty := r.send(t, "PATCH "+webPath, `{"command":null}`)
	if !strings.Contains(empty.body, `"command":"`) {
		t.Errorf("a cleared command is %s", empty.body)
	}
	if got := r.send(t, "GET /v3/processes?guids="+webGUID, ""); !strings.Contains(got.body, inList) {
		t.Errorf("an empty command is listed as %s", got.body)
	}
}

// TestNullDisk: a disk of null is shown by changes, those after it too, and read
// as the default (§6).
func TestNullDisk(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	for _, c := range []struct{ line, body, want string }{
		{"POST " + webPath + "/actions/scale", `{"disk_in_mb":null}`, `"disk_in_mb":null,`},
		{"GET " + webPath, "", `"disk_in_mb":1024,`},
		{"PATCH " + webPath, `{"command":"x"}`, `"disk_in_mb":null,`},
		{"GET /v3/processes?guids=" + webGUID, "", `"disk_in_mb":1024,`},
		{"POST " + webPath + "/actions/scale", `{"disk_in_mb":512}`, `"disk_in_mb":512,`},
		{"PATCH " + webPath, `{}`, `"disk_in_mb":512,`},
	} {
		if got := r.send(t, c.line, c.body); !strings.Contains(got.body, c.want) {
			t.Errorf("%s %s: %s", c.line, c.body, got.body)
		}
	}
}
