package state

import (
	"math"
	"strings"
	"testing"

	"example.com/capisim/sim/contract"
)

// modelRule is a row of §7: a change, a world in which it is refused, and the
// words. Rules of running apps pass when the app is stopped.
type modelRule struct {
	name    string
	bend    func(*Seed)
	scale   string // either a scale or a PATCH of the process front
	patch   string
	want    string // "" for accepted
	running bool   // only when the app is started
}

func quotaOf(space *Quota, org *Quota) func(*Seed) {
	return func(seed *Seed) { seed.Spaces[dev].Quota, seed.Organizations[one].Quota = space, org }
}

// The seed's started processes of dev, and of one, take 768 MB, 3 instances
// and 3000 bytes of log a second; front alone 512 MB, 2 and 2000.
var modelRules = []modelRule{
	{name: "disk", scale: `{"disk_in_mb":5000}`, want: "disk_quota too much disk requested (requested 5000 MB - must be less than 2048 MB)"},
	{name: "disk just above", scale: `{"disk_in_mb":2049}`, want: "disk_quota too much disk requested (requested 2049 MB - must be less than 2048 MB)"},
	{name: "disk at the maximum", scale: `{"disk_in_mb":2048}`},
	{name: "space memory", bend: quotaOf(&Quota{TotalMemoryInMB: ptr(int64(1024))}, nil), scale: `{"instances":4}`, running: true, want: "memory space_quota_exceeded"},
	{name: "space memory, just enough", bend: quotaOf(&Quota{TotalMemoryInMB: ptr(int64(1024))}, nil), scale: `{"instances":3}`},
	{name: "org memory", bend: quotaOf(nil, &Quota{TotalMemoryInMB: ptr(int64(1024))}), scale: `{"memory_in_mb":500}`, running: true, want: "memory quota_exceeded"},
	{name: "org memory counts other spaces", bend: func(seed *Seed) {
		seed.Organizations[one].Quota, seed.Apps[backApp].State = &Quota{TotalMemoryInMB: ptr(int64(1279))}, Started
	}, scale: `{"instances":3}`, running: true, want: "memory quota_exceeded"},
	{name: "org memory does not count stopped apps", bend: quotaOf(nil, &Quota{TotalMemoryInMB: ptr(int64(1279))}), scale: `{"instances":3}`},
	{name: "space memory does not count other spaces", bend: func(seed *Seed) {
		seed.Spaces[dev].Quota, seed.Apps[backApp].State = &Quota{TotalMemoryInMB: ptr(int64(1024))}, Started
	}, scale: `{"instances":3}`},
	{name: "org limit per instance", bend: quotaOf(nil, &Quota{InstanceMemoryInMB: ptr(int64(256))}), scale: `{"memory_in_mb":257}`, running: true, want: "memory instance_memory_limit_exceeded"},
	{name: "org limit per instance, reached", bend: quotaOf(nil, &Quota{InstanceMemoryInMB: ptr(int64(257))}), scale: `{"memory_in_mb":257}`},
	{name: "space limit per instance", bend: quotaOf(&Quota{InstanceMemoryInMB: ptr(int64(256))}, nil), scale: `{"memory_in_mb":257}`, running: true, want: "memory space_instance_memory_limit_exceeded"},
	{name: "org instances", bend: quotaOf(nil, &Quota{TotalInstances: ptr(int64(3))}), scale: `{"instances":3}`, running: true, want: "app_instance_limit app_instance_limit_exceeded"},
	{name: "org instances, reached", bend: quotaOf(nil, &Quota{TotalInstances: ptr(int64(4))}), scale: `{"instances":3}`},
	{name: "space instances", bend: quotaOf(&Quota{TotalInstances: ptr(int64(3))}, nil), scale: `{"instances":3}`, running: true, want: "app_instance_limit space_app_instance_limit_exceeded"},
	{name: "a limit of -1 is none", bend: quotaOf(&Quota{TotalMemoryInMB: ptr(int64(-1)), TotalInstances: ptr(int64(-1)), LogRateLimit: ptr(int64(-1))}, nil),
		scale: `{"instances":1000,"log_rate_limit_in_bytes_per_second":-1}`},
	{name: "a limit of 0 is none left", bend: quotaOf(&Quota{TotalInstances: ptr(int64(0))}, nil), scale: `{"instances":1}`, running: true, want: "app_instance_limit space_app_instance_limit_exceeded"},
	{name: "space log rate", bend: quotaOf(&Quota{LogRateLimit: ptr(int64(3000))}, nil), scale: `{"instances":3}`, running: true, want: "log_rate_limit exceeds space log rate quota"},
	{name: "org log rate", bend: quotaOf(nil, &Quota{LogRateLimit: ptr(int64(3000))}), scale: `{"log_rate_limit_in_bytes_per_second":1001}`, running: true, want: "log_rate_limit exceeds organization log rate quota"},
	{name: "log rate is left alone when neither it nor the instances change", bend: quotaOf(&Quota{LogRateLimit: ptr(int64(1))}, &Quota{LogRateLimit: ptr(int64(1))}), scale: `{"memory_in_mb":300,"instances":2}`},
	{name: "log rate at the largest number", bend: quotaOf(nil, &Quota{LogRateLimit: ptr(int64(math.MaxInt64))}), scale: `{"log_rate_limit_in_bytes_per_second":9223372036854775807}`, running: true,
		want: "log_rate_limit exceeds organization log rate quota"},
	{name: "health check type of an array", patch: `{"health_check":{"type":["http"]},"readiness_health_check":{"type":[null]}}`,
		want: "health_check_type must be one of http, none, port, process, readiness_health_check_type must be one of http, port, process"},
	{name: "user of blanks", patch: `{"user":" "}`},
	{name: "unlimited log rate in a space", bend: quotaOf(&Quota{LogRateLimit: ptr(int64(9000))}, nil), scale: `{"log_rate_limit_in_bytes_per_second":-1}`, running: true,
		want: "log_rate_limit cannot be unlimited in space 'development'."},
	{name: "unlimited log rate in an organization that is over", bend: quotaOf(nil, &Quota{LogRateLimit: ptr(int64(500))}), scale: `{"log_rate_limit_in_bytes_per_second":-1}`, running: true,
		want: "log_rate_limit cannot be unlimited in organization 'first'., log_rate_limit exceeds organization log rate quota"},
	{name: "unlimited log rate under two quotas", bend: quotaOf(&Quota{LogRateLimit: ptr(int64(9000))}, &Quota{LogRateLimit: ptr(int64(9000))}),
		scale: `{"log_rate_limit_in_bytes_per_second":-1}`, running: true,
		want: "log_rate_limit cannot be unlimited in space 'development'., log_rate_limit cannot be unlimited in organization 'first'."},
	{name: "an unrelated PATCH in an organization over its quota", bend: quotaOf(nil, &Quota{TotalMemoryInMB: ptr(int64(1))}), patch: `{"command":"x"}`, running: true, want: "memory quota_exceeded"},
	{name: "sidecars", bend: sidecars, scale: `{"memory_in_mb":200,"disk_in_mb":5000}`, want: contract.SidecarsTooLarge},
	{name: "sidecars need less than all", bend: sidecars, scale: `{"memory_in_mb":201}`},
	{name: "sidecars are not asked when the memory stays", bend: func(seed *Seed) { sidecars(seed); seed.Processes[front].MemoryInMB = 100 }, scale: `{"instances":3,"memory_in_mb":100}`},
	{name: "timeout", patch: `{"health_check":{"data":{"timeout":181}}}`, want: "health_check_timeout Maximum exceeded: max 180s"},
	{name: "timeout at the maximum", patch: `{"health_check":{"data":{"timeout":180}}}`},
	{name: "http without endpoint", patch: `{"health_check":{"type":"http"}}`, want: "health_check_http_endpoint HTTP health check endpoint is not a valid URI path: "},
	{name: "http with endpoint", patch: `{"health_check":{"type":"http","data":{"endpoint":"/up"}}}`},
	{name: "http with a stored endpoint", bend: func(seed *Seed) { seed.Processes[front].HealthCheck.Endpoint = ptr("/up") }, patch: `{"health_check":{"type":"http"}}`},
	{name: "readiness http without endpoint", patch: `{"readiness_health_check":{"type":"http"}}`,
		want: "readiness_health_check_http_endpoint HTTP readiness health check endpoint is not a valid URI path: "},
	{name: "clearing the endpoint of an http check", bend: func(seed *Seed) { seed.Processes[front].HealthCheck = HealthCheck{Type: "http", Endpoint: ptr("/up")} },
		patch: `{"health_check":{"data":{"endpoint":null}}}`, want: "health_check_http_endpoint HTTP health check endpoint is not a valid URI path: "},
	{name: "user", patch: `{"user":"root"}`, want: "user invalid (requested user 'root' not allowed, permitted users are: 'vcap', 'ContainerUser', 'TestUser')"},
	{name: "user in another case", patch: `{"user":"VCAP"}`},
	{name: "configured user", patch: `{"user":"testuser"}`},
	{name: "no ports", bend: noPorts, patch: `{"health_check":{"type":"port"}}`, want: `ports array cannot be empty when health check type is "port"`},
	{name: "no ports, checked by process", bend: noPorts, patch: `{"health_check":{"type":"process"}}`},
	{name: "no ports, unrelated PATCH", bend: func(seed *Seed) { noPorts(seed); seed.Processes[front].HealthCheck.Type = "port" }, patch: `{}`,
		want: `ports array cannot be empty when health check type is "port"`},
	{name: "no ports for both checks", bend: noPorts, patch: `{"health_check":{"type":"port"},"readiness_health_check":{"type":"port"}}`,
		want: `ports array cannot be empty when health check type is "port", ports array cannot be empty when readiness health check type is "port"`},
}

func sidecars(seed *Seed) {
	seed.Processes[front].Sidecars = []Sidecar{{"proxy", 120}, {"agent", 80}}
}

func noPorts(seed *Seed) { seed.Processes[front].HasPorts = false }

// run applies the rule's change to the process front.
func (r modelRule) run(t *testing.T, s *Store) error {
	t.Helper()
	if r.scale != "" {
		_, err := s.ScaleProcess(later(1), root, Ref{GUID: "front"}, bodyOf(t, r.scale))
		return err
	}
	_, err := s.UpdateProcess(later(1), root, Ref{GUID: "front"}, bodyOf(t, r.patch))
	return err
}

// TestModelRules plays each row of §7 in a started and in a stopped app. What
// is refused leaves everything as it was (§3, step 11).
func TestModelRules(t *testing.T) {
	t.Parallel()
	for _, rule := range modelRules {
		for _, running := range []AppState{Started, Stopped} {
			t.Run(rule.name+"/"+strings.ToLower(string(running)), func(t *testing.T) {
				t.Parallel()
				s := storeOf(func(seed *Seed) {
					if rule.bend != nil {
						rule.bend(seed)
					}
					seed.Apps[0].State = running
				})
				var want error
				if rule.want != "" && (running == Started || !rule.running) {
					want = contract.UnprocessableEntity.Text(rule.want)
				}
				before := stored(t, s, "front")
				expect(t, rule.run(t, s), want)
				if changed := stored(t, s, "front") != before; changed != (want == nil) {
					t.Errorf("changed: %v", changed)
				}
			})
		}
	}
}

// TestModelOrder is the order of §7 when everything is wrong at once; messages
// of one attribute stand together, whatever found them.
func TestModelOrder(t *testing.T) {
	t.Parallel()
	tight := &Quota{TotalMemoryInMB: ptr(int64(1)), InstanceMemoryInMB: ptr(int64(1)), TotalInstances: ptr(int64(1)), LogRateLimit: ptr(int64(1))}
	s := storeOf(quotaOf(tight, tight), noPorts, func(seed *Seed) {
		p := &seed.Processes[front]
		p.HealthCheck = HealthCheck{Type: "port", Timeout: ptr(200)}
		p.Readiness, p.User = HealthCheck{Type: "http"}, ptr("root")
	})
	_, err := s.ScaleProcess(later(1), root, Ref{GUID: "front"}, bodyOf(t, `{"instances":9,"disk_in_mb":9999}`))
	expect(t, err, contract.UnprocessableEntity.Text(strings.Join([]string{
		"disk_quota too much disk requested (requested 9999 MB - must be less than 2048 MB)",
		"memory space_quota_exceeded",
		"memory quota_exceeded",
		"memory instance_memory_limit_exceeded",
		"memory space_instance_memory_limit_exceeded",
		"app_instance_limit app_instance_limit_exceeded",
		"app_instance_limit space_app_instance_limit_exceeded",
		"log_rate_limit exceeds space log rate quota",
		"log_rate_limit exceeds organization log rate quota",
		"health_check_timeout Maximum exceeded: max 180s",
		`ports array cannot be empty when health check type is "port"`,
		"readiness_health_check_http_endpoint HTTP readiness health check endpoint is not a valid URI path: ",
		"user invalid (requested user 'root' not allowed, permitted users are: 'vcap', 'ContainerUser', 'TestUser')",
	}, ", ")))
}

// TestHugeNumbers: products and sums stay at the largest number, so that a need
// beyond all numbers is above every limit and below none.
func TestHugeNumbers(t *testing.T) {
	t.Parallel()
	huge := int64(math.MaxInt64 - 1)
	s := storeOf(func(seed *Seed) {
		quotaOf(&Quota{TotalMemoryInMB: &huge, LogRateLimit: &huge, TotalInstances: &huge}, nil)(seed)
		w := &seed.Processes[worker]
		w.MemoryInMB, w.Instances, w.LogRateLimit = math.MaxInt32, math.MaxInt32, 1
	})
	most := `{"instances":2147483647,"memory_in_mb":2147483647,"log_rate_limit_in_bytes_per_second":9223372036854775807}`
	_, err := s.ScaleProcess(later(1), root, Ref{GUID: "front"}, bodyOf(t, most))
	expect(t, err, contract.UnprocessableEntity.Text("log_rate_limit exceeds space log rate quota"))

	free := storeOf()
	view, err := free.ScaleProcess(later(1), root, Ref{GUID: "front"}, bodyOf(t, most))
	expect(t, err, nil)
	if rate := view.Process.LogRateLimit; rate != math.MaxInt64 {
		t.Errorf("log rate is %d", rate)
	}
}

// TestSaturation compares the sums with arbitrary precision as far as that is
// below the largest number.
func TestSaturation(t *testing.T) {
	t.Parallel()
	tests := []struct{ a, b, sum, product int64 }{
		{0, math.MaxInt64, math.MaxInt64, 0},
		{1, math.MaxInt64, math.MaxInt64, math.MaxInt64},
		{math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64},
		{math.MaxInt32, math.MaxInt32, 2 * math.MaxInt32, math.MaxInt32 * math.MaxInt32},
		{math.MaxInt64 / 2, 2, math.MaxInt64/2 + 2, math.MaxInt64 - 1},
		{math.MaxInt64/2 + 1, 2, math.MaxInt64/2 + 3, math.MaxInt64},
	}
	for _, test := range tests {
		for _, pair := range [][2]int64{{test.a, test.b}, {test.b, test.a}} {
			if got := plus(pair[0], pair[1]); got != test.sum {
				t.Errorf("%d + %d = %d, want %d", pair[0], pair[1], got, test.sum)
			}
			if got := times(pair[0], pair[1]); got != test.product {
				t.Errorf("%d * %d = %d, want %d", pair[0], pair[1], got, test.product)
			}
		}
	}
}

// TestSetQuotas: what is not named has no limit afterwards.
func TestSetQuotas(t *testing.T) {
	t.Parallel()
	s := storeOf(quotaOf(&Quota{TotalInstances: ptr(int64(3))}, nil))
	s.SetQuotas(map[string]*Quota{"one": {TotalInstances: ptr(int64(4))}}, nil)
	_, err := s.ScaleProcess(later(1), root, Ref{GUID: "front"}, bodyOf(t, `{"instances":3}`))
	expect(t, err, nil)
	_, err = s.ScaleProcess(later(1), root, Ref{GUID: "front"}, bodyOf(t, `{"instances":4}`))
	expect(t, err, contract.UnprocessableEntity.Text("app_instance_limit app_instance_limit_exceeded"))
	orgs, spaces := s.Places()
	if len(orgs) != 2 || len(spaces) != 3 || orgs[one].Quota == nil || orgs[two].Quota != nil || spaces[dev].Quota != nil {
		t.Errorf("places are %v and %v", orgs, spaces)
	}
}
