package state

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
)

// TestMerge is §10: only what is named changes, at the level of the leaves.
func TestMerge(t *testing.T) {
	t.Parallel()
	full := HealthCheck{Type: "http", Timeout: ptr(60), InvocationTimeout: ptr(5), Interval: ptr(10), Endpoint: ptr("/up")}
	tests := []struct {
		name   string
		bend   func(*Process)
		body   string
		expect func(want *Process)
	}{
		{"nothing", nil, `{}`, nil},
		{"command", nil, `{"command":"x"}`, func(p *Process) { p.Command = ptr("x") }},
		{"command null", nil, `{"command":null}`, func(p *Process) { p.Command = nil }},
		{"user", nil, `{"user":"TestUser"}`, func(p *Process) { p.User = ptr("TestUser") }},
		{"user null", func(p *Process) { p.User = ptr("TestUser") }, `{"user":null}`, func(p *Process) { p.User = nil }},
		{"type port clears the endpoint alone", nil, `{"health_check":{"type":"port"}}`, func(p *Process) { p.HealthCheck.Type, p.HealthCheck.Endpoint = "port", nil }},
		{"type process clears an endpoint of the same request", nil, `{"health_check":{"type":"process","data":{"endpoint":"/new"}}}`,
			func(p *Process) { p.HealthCheck.Type, p.HealthCheck.Endpoint = "process", nil }},
		{"type http keeps the stored endpoint", nil, `{"health_check":{"type":"http"}}`, nil},
		{"type http takes the given endpoint", nil, `{"health_check":{"type":"http","data":{"endpoint":"/new"}}}`, func(p *Process) { p.HealthCheck.Endpoint = ptr("/new") }},
		{"endpoint under type port is stored unseen", func(p *Process) { p.HealthCheck = HealthCheck{Type: "port"} }, `{"health_check":{"data":{"endpoint":"/new"}}}`,
			func(p *Process) { p.HealthCheck.Endpoint = ptr("/new") }},
		{"timeout", nil, `{"health_check":{"data":{"timeout":7}}}`, func(p *Process) { p.HealthCheck.Timeout = ptr(7) }},
		{"timeout null", nil, `{"health_check":{"data":{"timeout":null}}}`, func(p *Process) { p.HealthCheck.Timeout = nil }},
		{"invocation timeout null", nil, `{"health_check":{"data":{"invocation_timeout":null}}}`, func(p *Process) { p.HealthCheck.InvocationTimeout = nil }},
		{"interval null", nil, `{"health_check":{"data":{"interval":null}}}`, func(p *Process) { p.HealthCheck.Interval = nil }},
		{"health check null", nil, `{"health_check":null}`, nil},
		{"data null", nil, `{"health_check":{"data":null}}`, nil},
		{"readiness type port", nil, `{"readiness_health_check":{"type":"port"}}`, func(p *Process) { p.Readiness.Type, p.Readiness.Endpoint = "port", nil }},
		{"readiness type http keeps", nil, `{"readiness_health_check":{"type":"http"}}`, nil},
		{"readiness interval", nil, `{"readiness_health_check":{"data":{"interval":3}}}`, func(p *Process) { p.Readiness.Interval = ptr(3) }},
		{"readiness endpoint unseen", func(p *Process) { p.Readiness = HealthCheck{Type: "process"} }, `{"readiness_health_check":{"data":{"endpoint":"/r"}}}`,
			func(p *Process) { p.Readiness.Endpoint = ptr("/r") }},
		{"both checks", nil, `{"health_check":{"data":{"interval":1}},"readiness_health_check":{"data":{"interval":2}}}`,
			func(p *Process) { p.HealthCheck.Interval, p.Readiness.Interval = ptr(1), ptr(2) }},
		{"labels", nil, `{"metadata":{"labels":{"env":"dev","new":"1"}}}`,
			func(p *Process) {
				p.Metadata.Labels = contract.Pairs{{Key: "env", Value: "dev"}, {Key: "tier", Value: "a"}, {Key: "new", Value: "1"}}
			}},
		{"label null", nil, `{"metadata":{"labels":{"env":null,"missing":null}}}`, func(p *Process) { p.Metadata.Labels = contract.Pairs{{Key: "tier", Value: "a"}} }},
		{"metadata empty", nil, `{"metadata":{}}`, nil},
		{"annotations", nil, `{"metadata":{"annotations":{"note":""}}}`, func(p *Process) { p.Metadata.Annotations = contract.Pairs{{Key: "note", Value: ""}} }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := storeOf(func(seed *Seed) {
				p := &seed.Processes[front]
				p.HealthCheck, p.Readiness = full, full
				p.Metadata.Labels = contract.Pairs{{Key: "env", Value: "prod"}, {Key: "tier", Value: "a"}}
				if test.bend != nil {
					test.bend(p)
				}
			})
			before := stored(t, s, "front")
			want := *before
			want.UpdatedAt = later(time.Minute)
			if test.expect != nil {
				test.expect(&want)
			}
			untouched := *before
			view, err := s.UpdateProcess(later(time.Minute), root, Ref{GUID: "front"}, bodyOf(t, test.body))
			if err != nil {
				t.Fatal(err)
			}
			got := view.Process
			want.memo = got.memo
			if !reflect.DeepEqual(*got, want) {
				t.Errorf("%s\ngot  %+v\nwant %+v", test.body, *got, want)
			}
			if got != stored(t, s, "front") {
				t.Error("the answer is not what is stored")
			}
			if !reflect.DeepEqual(*before, untouched) {
				t.Error("a stored version was changed")
			}
		})
	}
}

// TestScale is §6 and §10: only what is named changes, null log rate does
// nothing, and stopped apps can be scaled.
func TestScale(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, guid, body                string
		instances, memory, disk, number int
	}{
		{"nothing", "front", `{}`, 2, 256, 1024, 1000},
		{"instances", "front", `{"instances":5}`, 5, 256, 1024, 1000},
		{"no instances", "front", `{"instances":0}`, 0, 256, 1024, 1000},
		{"memory", "front", `{"memory_in_mb":512}`, 2, 512, 1024, 1000},
		{"disk", "front", `{"disk_in_mb":2048}`, 2, 256, 2048, 1000},
		{"log rate", "front", `{"log_rate_limit_in_bytes_per_second":-1}`, 2, 256, 1024, -1},
		{"log rate null", "front", `{"log_rate_limit_in_bytes_per_second":null}`, 2, 256, 1024, 1000},
		{"everything, stopped", "back", `{"instances":3,"memory_in_mb":1,"disk_in_mb":2,"log_rate_limit_in_bytes_per_second":0}`, 3, 1, 2, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := storeOf()
			before := stored(t, s, test.guid)
			view, err := s.ScaleProcess(later(time.Minute), root, Ref{GUID: test.guid}, bodyOf(t, test.body))
			if err != nil {
				t.Fatal(err)
			}
			p := view.Process
			if p.Instances != test.instances || p.MemoryInMB != test.memory || *p.DiskInMB != test.disk || p.LogRateLimit != int64(test.number) {
				t.Errorf("scaled to %d x %d MB, disk %d, logs %d", p.Instances, p.MemoryInMB, *p.DiskInMB, p.LogRateLimit)
			}
			if p.Version != before.Version || !p.CreatedAt.Equal(before.CreatedAt) || !p.UpdatedAt.Equal(later(time.Minute)) {
				t.Errorf("version %s, created %v, updated %v", p.Version, p.CreatedAt, p.UpdatedAt)
			}
		})
	}
}

// TestNullCrashes is the trap of §9: null passes the messages, then the server
// breaks, and nothing has changed.
func TestNullCrashes(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"instances":null}`, `{"memory_in_mb":null}`, `{"instances":null,"memory_in_mb":512}`, `{"instances":3,"memory_in_mb":null}`} {
		s := storeOf()
		before := stored(t, s, "front")
		_, err := s.ScaleProcess(later(1), root, Ref{GUID: "front"}, bodyOf(t, body))
		expect(t, err, contract.UnknownError)
		if stored(t, s, "front") != before {
			t.Errorf("%s changed something", body)
		}
	}
}

// TestNullDisk is the trap of §6: null is stored, and later changes show it too.
func TestNullDisk(t *testing.T) {
	t.Parallel()
	s := storeOf(func(seed *Seed) { seed.Processes[front].DiskInMB = ptr(2048) })
	view, err := s.ScaleProcess(later(1), root, Ref{GUID: "front"}, bodyOf(t, `{"disk_in_mb":null,"instances":4}`))
	if err != nil || view.Process.DiskInMB != nil || view.Process.Instances != 4 {
		t.Fatalf("answers %+v, %v", view.Process, err)
	}
	view, err = s.UpdateProcess(later(2), root, Ref{GUID: "front"}, bodyOf(t, `{"command":"x"}`))
	if err != nil || view.Process.DiskInMB != nil {
		t.Errorf("a later change answers %+v, %v", view.Process, err)
	}
}

// TestDeploying is §3, step 9: web alone, before the model rules and before the
// crash of a null; terminate is not asked.
func TestDeploying(t *testing.T) {
	t.Parallel()
	s := storeOf(func(seed *Seed) { seed.Apps[0].Deploying = true })
	_, err := s.UpdateProcess(later(1), root, Ref{GUID: "front"}, bodyOf(t, `{"user":"root"}`))
	expect(t, err, contract.UnprocessableEntity.Text("Cannot update this process while a deployment is in flight."))
	_, err = s.ScaleProcess(later(1), root, Ref{GUID: "front"}, bodyOf(t, `{"disk_in_mb":5000,"instances":null}`))
	expect(t, err, contract.UnprocessableEntity.Text("Cannot scale this process while a deployment is in flight."))
	expect(t, errorOf(s.TerminateInstance(later(1), root, Ref{GUID: "front"}, 0)), nil)
	_, err = s.UpdateProcess(later(1), root, Ref{GUID: "worker"}, bodyOf(t, `{}`))
	expect(t, err, nil)
	_, err = s.ScaleProcess(later(1), root, Ref{GUID: "worker"}, bodyOf(t, `{}`))
	expect(t, err, nil)
}

// TestMetadataLimits is §8, and §3, step 11: a refusal takes back the rest of
// the request, a refusal of the model takes back the metadata.
func TestMetadataLimits(t *testing.T) {
	t.Parallel()
	labels := func(count int) string {
		parts := make([]string, count)
		for i := range parts {
			parts[i] = fmt.Sprintf(`"label-%d":"x"`, i)
		}
		return `{"command":"changed","metadata":{"labels":{` + strings.Join(parts, ",") + `}}}`
	}
	s := storeOf()
	before := stored(t, s, "front")
	_, err := s.UpdateProcess(later(1), root, Ref{GUID: "front"}, bodyOf(t, labels(51)))
	expect(t, err, contract.LabelLimitExceeded.With(51))
	_, err = s.UpdateProcess(later(1), root, Ref{GUID: "front"}, bodyOf(t, `{"user":"root","metadata":{"labels":{"a":"b"}}}`))
	expect(t, err, contract.UnprocessableEntity.Text(contract.UserNotPermitted("root")))
	if stored(t, s, "front") != before {
		t.Fatal("a refused request changed something")
	}
	_, err = s.UpdateProcess(later(1), root, Ref{GUID: "front"}, bodyOf(t, labels(50)))
	expect(t, err, nil)
	_, err = s.UpdateProcess(later(1), root, Ref{GUID: "front"}, bodyOf(t, `{"metadata":{"labels":{"one-more":"x"}}}`))
	expect(t, err, contract.LabelLimitExceeded.With(1))
	_, err = s.UpdateProcess(later(1), root, Ref{GUID: "front"}, bodyOf(t, `{"metadata":{"labels":{"one-more":"x","label-3":null}}}`))
	expect(t, err, nil)
}

// TestMissing: changing what is not there.
func TestMissing(t *testing.T) {
	t.Parallel()
	s := storeOf()
	_, err := s.UpdateProcess(later(1), root, Ref{GUID: "nix"}, contract.Body{})
	expect(t, err, contract.ProcessNotFound)
	_, err = s.ScaleProcess(later(1), root, Ref{GUID: "nix"}, contract.Body{})
	expect(t, err, contract.ProcessNotFound)
	expect(t, errorOf(s.TerminateInstance(later(1), root, Ref{GUID: "nix"}, 0)), contract.ProcessNotFound)
	if view := s.Peek(Ref{GUID: "nix"}); view.Process != nil || view.App != nil || view.Space != nil {
		t.Errorf("found %+v", view)
	}
	if view := s.Peek(Ref{AppGUID: "front", Type: "nix"}); view.Process != nil || view.App == nil || view.Organization.GUID != "one" {
		t.Errorf("found %+v", view)
	}
}

// TestNoLostUpdate: of many writers at once, each leaves its own key.
func TestNoLostUpdate(t *testing.T) {
	t.Parallel()
	s := storeOf()
	const writers, rounds = 8, 6
	updates := make([]contract.Body, writers*rounds)
	for i := range updates {
		updates[i] = bodyOf(t, fmt.Sprintf(`{"metadata":{"labels":{"key-%d":"x"}}}`, i))
	}
	var wait sync.WaitGroup
	for writer := range writers {
		wait.Go(func() {
			for round := range rounds {
				if _, err := s.UpdateProcess(later(time.Duration(round)), root, Ref{GUID: "front"}, updates[writer*rounds+round]); err != nil {
					t.Error(err)
				}
			}
		})
		wait.Go(func() {
			for range rounds {
				s.Fork().Export()
			}
		})
	}
	wait.Wait()
	if labels := stored(t, s, "front").Metadata.Labels; len(labels) != writers*rounds {
		t.Errorf("%d labels are left of %d", len(labels), writers*rounds)
	}
}

// TestUnstorable is what the database refuses (§9.1): an annotation before the
// model rules are looked at, everything else after them, and a deployment in
// flight is told before either.
func TestUnstorable(t *testing.T) {
	t.Parallel()
	const nul = `"\u0000"`
	tooLong := contract.ModelErrors([]string{contract.TimeoutTooLong})
	for _, c := range []struct {
		name, guid, body string
		deploying        bool
		want             error
	}{
		{"command", "front", `{"command":` + nul + `}`, false, contract.UnknownError},
		{"endpoint", "front", `{"health_check":{"data":{"endpoint":"/\u0000"}}}`, false, contract.UnknownError},
		{"endpoint that is dropped", "front", `{"health_check":{"type":"port","data":{"endpoint":"/\u0000"}}}`, false, nil},
		{"annotation", "front", `{"metadata":{"annotations":{"a":{}}}}`, false, contract.UnknownError},
		{"name that nobody looks at", "front", `{"health_check":{"\ud800":1}}`, false, contract.UnknownError},
		{"command after the model", "front", `{"command":` + nul + `,"health_check":{"data":{"timeout":181}}}`, false, tooLong},
		{"annotation before the model", "front", `{"metadata":{"annotations":{"a":{}}},"health_check":{"data":{"timeout":181}}}`, false, contract.UnknownError},
		{"annotation after a deployment", "front", `{"metadata":{"annotations":{"a":{}}}}`, true, contract.UpdateWhileDeploying},
	} {
		s := storeOf(func(seed *Seed) { seed.Apps[0].Deploying = c.deploying })
		_, err := s.UpdateProcess(later(1), root, Ref{GUID: c.guid}, bodyOf(t, c.body))
		if c.want == nil && err != nil || c.want != nil && (err == nil || err.Error() != c.want.Error()) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}
