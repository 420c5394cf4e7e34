package state

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// report spells out states and ages of the instances of a process.
func report(s *Store, guid string, now time.Time) string {
	text := ""
	for _, inst := range s.Peek(Ref{GUID: guid}).Instances(now) {
		text += fmt.Sprintf("%d %s %v;", inst.Index, inst.State, inst.For)
	}
	return text
}

// TestLifecycle: the state of an instance is a function of time (§14.1).
func TestLifecycle(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		bend  func(*Seed)
		guid  string
		after time.Duration
		want  string
	}{
		{"at once", nil, "front", 0, "0 RUNNING 0s;1 RUNNING 0s;"},
		{"later", nil, "front", time.Hour, "0 RUNNING 1h0m0s;1 RUNNING 1h0m0s;"},
		{"before its creation", nil, "front", -time.Hour, "0 RUNNING 0s;1 RUNNING 0s;"},
		{"stopped", nil, "back", time.Hour, "0 DOWN 0s;"},
		{"no instances", func(seed *Seed) { seed.Processes[front].Instances = 0 }, "front", 0, ""},
		{"starting", func(seed *Seed) { seed.Lifecycle.StartDelay = 2 * time.Second }, "worker", 1999 * time.Millisecond, "0 STARTING 1.999s;"},
		{"started", func(seed *Seed) { seed.Lifecycle.StartDelay = 2 * time.Second }, "worker", 2 * time.Second, "0 RUNNING 0s;"},
		{"loop, up", loopOf("worker", 10*time.Second), "worker", 9 * time.Second, "0 RUNNING 9s;"},
		{"loop, down", loopOf("worker", 10*time.Second), "worker", 10 * time.Second, "0 CRASHED 0s;"},
		{"loop, up again", loopOf("worker", 10*time.Second), "worker", 40 * time.Second, "0 RUNNING 0s;"},
		{"loop, longer pause", loopOf("worker", 10*time.Second), "worker", 109 * time.Second, "0 CRASHED 59s;"},
		{"loop of another type", loopOf("clock", 10*time.Second), "worker", 20 * time.Second, "0 RUNNING 20s;"},
		{"loop of a stopped app", loopOf("web", 10*time.Second), "back", 20 * time.Second, "0 DOWN 0s;"},
		{"forced", func(seed *Seed) {
			seed.Processes[front].History.Forced = map[int]Forced{1: {State: Crashed, Since: later(time.Second)}}
		}, "front", time.Minute, "0 RUNNING 1m0s;1 CRASHED 59s;"},
		{"forced in the future", func(seed *Seed) {
			seed.Processes[front].History.Forced = map[int]Forced{0: {State: Unknown, Since: later(time.Hour)}}
		}, "front", time.Minute, "0 UNKNOWN 0s;1 RUNNING 1m0s;"},
		{"ended and gone", ended(nil), "front", 61999 * time.Millisecond, "0 RUNNING 1m1.999s;1 DOWN 0s;"},
		{"ended and starting", ended(func(l *Lifecycle) { l.StartDelay = 3 * time.Second }), "front", 62 * time.Second, "0 RUNNING 59s;1 STARTING 0s;"},
		{"ended and back", ended(nil), "front", 65 * time.Second, "0 RUNNING 1m5s;1 RUNNING 3s;"},
		{"stopping", stoppedAfter(time.Minute, nil), "front", 64 * time.Second, "0 STOPPING 1m4s;1 STOPPING 1m4s;"},
		{"stopped for long", stoppedAfter(time.Minute, nil), "front", 65 * time.Second, "0 DOWN 0s;1 DOWN 0s;"},
		{"stopping while starting", stoppedAfter(time.Second, func(seed *Seed) { seed.Lifecycle.StartDelay = time.Minute }), "front", 2 * time.Second, "0 STOPPING 2s;1 STOPPING 2s;"},
		{"a crashed one leaves nothing behind", stoppedAfter(time.Minute, loopOf("web", 40*time.Second)), "front", time.Minute, "0 DOWN 0s;1 DOWN 0s;"},
		{"lingering in a stopped app", func(seed *Seed) {
			seed.Processes[back].History.Forced = map[int]Forced{0: {State: Stopping, Since: start}}
		}, "back", time.Second, "0 STOPPING 1s;"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := storeOf()
			if test.bend != nil {
				s = storeOf(test.bend)
			}
			if got := report(s, test.guid, later(test.after)); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func loopOf(typ string, after time.Duration) func(*Seed) {
	return func(seed *Seed) {
		seed.Lifecycle.CrashLoop = []CrashLoop{{Process: typ, After: document.Duration(after)}}
	}
}

// ended is a world whose second front instance was ended after a minute.
func ended(bend func(*Lifecycle)) func(*Seed) {
	return func(seed *Seed) {
		seed.Lifecycle.RestartDelay = 2 * time.Second
		if bend != nil {
			bend(&seed.Lifecycle)
		}
		seed.Processes[front].History = seed.Processes[front].History.restarted(1, later(time.Minute))
	}
}

// stoppedAfter is a world in which front was stopped, where instances take five
// seconds to stop.
func stoppedAfter(by time.Duration, bend func(*Seed)) func(*Seed) {
	return func(seed *Seed) {
		seed.Lifecycle.StopDelay = 5 * time.Second
		if bend != nil {
			bend(seed)
		}
		for i := range seed.Apps {
			if seed.Apps[i].GUID == seed.Processes[front].AppGUID {
				seed.Apps[i].State = Stopped
			}
		}
		seed.Processes[front].History.Stopped = later(by)
	}
}

// TestReadiness: a running instance takes requests once it is ready, and while
// its check passes; what was set by hand stands above it.
func TestReadiness(t *testing.T) {
	t.Parallel()
	late := func(seed *Seed) { seed.Lifecycle.StartDelay, seed.Lifecycle.ReadyDelay = 2*time.Second, 3*time.Second }
	flaps := func(seed *Seed) {
		late(seed)
		seed.Lifecycle.ReadinessLoop = []ReadinessLoop{{Process: "web", Ready: document.Duration(10 * time.Second), Unready: document.Duration(5 * time.Second)}}
	}
	set := func(state InstanceState, routable contract.Optional[bool]) func(*Seed) {
		return func(seed *Seed) {
			seed.Processes[front].History.Forced = map[int]Forced{1: {State: state, Since: start, Facts: &Facts{Routable: routable}}}
		}
	}
	tests := []struct {
		name  string
		bend  func(*Seed)
		after time.Duration
		want  string
	}{
		{"at once", func(*Seed) {}, 0, "RUNNING true"},
		{"starting", late, time.Second, "STARTING false"},
		{"not ready yet", late, 4999 * time.Millisecond, "RUNNING false"},
		{"ready", late, 5 * time.Second, "RUNNING true"},
		{"flapping, ready", flaps, 14999 * time.Millisecond, "RUNNING true"},
		{"flapping, not ready", flaps, 15 * time.Second, "RUNNING false"},
		{"flapping, ready again", flaps, 20 * time.Second, "RUNNING true"},
		{"set to false", set("", contract.Optional[bool]{Set: true}), 0, "RUNNING false"},
		{"set to null", set(Running, contract.Optional[bool]{Set: true, Null: true}), 0, "RUNNING null"},
		{"crashed and set to true", set(Crashed, contract.Optional[bool]{Set: true, Value: true}), 0, "CRASHED true"},
		{"unknown", func(seed *Seed) { seed.Processes[front].History.Forced = map[int]Forced{1: {State: Unknown}} }, 0, "UNKNOWN null"},
		{"stopping", stoppedAfter(0, nil), 0, "STOPPING false"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			inst := storeOf(test.bend).Peek(Ref{GUID: "front"}).Instance(later(test.after), 1)
			got := string(inst.State) + " null"
			if inst.Routable != nil {
				got = fmt.Sprint(inst.State, " ", *inst.Routable)
			}
			if got != test.want {
				t.Errorf("%s, expected %s", got, test.want)
			}
		})
	}
}

// TestStoppedMoment: a stop is remembered, a start forgets it.
func TestStoppedMoment(t *testing.T) {
	t.Parallel()
	s := storeOf(func(seed *Seed) { seed.Lifecycle.StopDelay = time.Minute })
	app := stored(t, s, "front").AppGUID
	if _, err := s.StopApp(later(time.Hour), root, app); err != nil {
		t.Fatal(err)
	}
	if got := report(s, "front", later(time.Hour)); got != "0 STOPPING 1h0m0s;1 STOPPING 1h0m0s;" {
		t.Error(got)
	}
	if _, err := s.StartApp(later(time.Hour+time.Second), root, app); err != nil {
		t.Fatal(err)
	}
	if got := report(s, "front", later(time.Hour+time.Second)); got != "0 RUNNING 0s;1 RUNNING 0s;" || !stored(t, s, "front").History.Stopped.IsZero() {
		t.Error(got)
	}
}

// TestWhatAnInstanceHas is §14.1: names and figures by state.
func TestWhatAnInstanceHas(t *testing.T) {
	t.Parallel()
	tests := []struct {
		state                           InstanceState
		details                         string
		reported, named, placed, usable bool
	}{
		{Running, "", true, true, true, true},
		{Starting, "", true, true, false, false},
		{Crashed, "", true, true, false, false},
		{Crashed, "out of memory", true, true, false, false},
		{Stopping, "", true, true, true, false},
		{Unknown, "", true, true, false, false},
		{Down, "", false, false, false, false},
		{Down, "no room", true, false, false, false},
	}
	for _, test := range tests {
		t.Run(string(test.state)+test.details, func(t *testing.T) {
			t.Parallel()
			s := storeOf()
			view, err := s.ForceInstance(start, "front", 1, &Forced{State: test.state, Details: test.details, Since: start})
			if err != nil {
				t.Fatal(err)
			}
			inst := view.Instance(later(time.Second), 1)
			if inst.State != test.state || inst.Details+inst.Reason != test.details || (inst.Reason != "") != (test.state == Crashed && test.details != "") || inst.Reported != test.reported || inst.For != time.Second {
				t.Errorf("is %+v", inst)
			}
			if (inst.GUID != "") != test.named || (inst.Limits != Limits{}) != test.named {
				t.Errorf("guid %q, limits %v", inst.GUID, inst.Limits)
			}
			if (inst.Host != "") != test.placed || (inst.IP != "") != test.placed || (inst.Port != 0) != test.placed {
				t.Errorf("placed at %q, %q, %d", inst.Host, inst.IP, inst.Port)
			}
			if used := inst.Usage.CPU > 0 && inst.Usage.Memory > 0 && inst.Usage.Disk > 0 && inst.Usage.LogRate > 0; used != test.usable {
				t.Errorf("uses %+v", inst.Usage)
			}
			if test.usable && (inst.Usage.Memory > 256<<20 || inst.Usage.Disk > 1024<<20 || inst.Usage.CPU > 1) {
				t.Errorf("uses more than it has: %+v", inst.Usage)
			}
		})
	}
}

// TestForceInstance: an index that is not desired, a process that is not there,
// and giving back.
func TestForceInstance(t *testing.T) {
	t.Parallel()
	s := storeOf()
	into := &Forced{State: Crashed, Since: start}
	for _, index := range []int{-1, 2} {
		_, err := s.ForceInstance(start, "front", index, into)
		expect(t, err, contract.InstanceNotFound)
	}
	_, err := s.ForceInstance(start, "nix", 0, into)
	expect(t, err, contract.ProcessNotFound)
	before := stored(t, s, "front")
	if _, err = s.ForceInstance(start, "front", 0, into); err != nil {
		t.Fatal(err)
	}
	if before.History.Forced != nil {
		t.Error("a stored version was changed")
	}
	if _, err = s.ForceInstance(start, "front", 0, nil); err != nil {
		t.Fatal(err)
	}
	if got, want := report(s, "front", later(time.Second)), "0 RUNNING 1s;1 RUNNING 1s;"; got != want {
		t.Errorf("given back: %s", got)
	}
}

// simulate walks a crash loop second by second in thought: what the closed form
// must come to. It returns the number of the start, too.
func simulate(startDelay, after, age time.Duration) (InstanceState, time.Duration, int) {
	pause := 30 * time.Second
	for round := 0; ; round++ {
		switch {
		case age < startDelay:
			return Starting, age, round
		case age < startDelay+after:
			return Running, age - startDelay, round
		case age < startDelay+after+pause:
			return Crashed, age - startDelay - after, round
		}
		age -= startDelay + after + pause
		if pause *= 2; pause > 16*time.Minute {
			pause = 16 * time.Minute
		}
	}
}

func checkLoop(t *testing.T, startDelay, after, age time.Duration) {
	t.Helper()
	l := Lifecycle{StartDelay: startDelay, CrashLoop: []CrashLoop{{Process: "web", After: document.Duration(after)}}}
	state, since, epoch := l.stateAt("web", placement{at: start, epoch: 3}, start.Add(age))
	wantState, wantSince, round := simulate(startDelay, after, age)
	if state != wantState || since != wantSince || epoch != 3+round<<20 {
		t.Errorf("start %v, crash after %v, at %v: %s for %v in round %d; want %s for %v in round %d",
			startDelay, after, age, state, since, (epoch-3)>>20, wantState, wantSince, round)
	}
}

// TestCrashLoop compares the closed form with a naive simulation, at random
// moments and at every edge of the first rounds.
func TestCrashLoop(t *testing.T) {
	t.Parallel()
	draw := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		startDelay := time.Duration(draw.Int64N(int64(5 * time.Second)))
		after := time.Duration(draw.Int64N(int64(90 * time.Second)))
		checkLoop(t, startDelay, after, time.Duration(draw.Int64N(int64(20*24*time.Hour))))
	}
	for _, shape := range [][2]time.Duration{{0, 0}, {0, time.Second}, {2 * time.Second, 0}, {2 * time.Second, 10 * time.Second}} {
		at, pause := time.Duration(0), 30*time.Second
		for range 12 {
			for _, edge := range []time.Duration{at, at + shape[0], at + shape[0] + shape[1]} {
				checkLoop(t, shape[0], shape[1], edge)
				checkLoop(t, shape[0], shape[1], max(0, edge-1))
			}
			at += shape[0] + shape[1] + pause
			pause = min(2*pause, 16*time.Minute)
		}
	}
}

func FuzzCrashLoop(f *testing.F) {
	f.Add(int64(0), int64(0), int64(0))
	f.Add(int64(2e9), int64(10e9), int64(42e9))
	f.Add(int64(1), int64(1), int64(30e9+2))
	f.Fuzz(func(t *testing.T, startDelay, after, age int64) {
		const hour, year = int64(time.Hour), int64(365 * 24 * time.Hour)
		if startDelay < 0 || after < 0 || age < 0 || startDelay > hour || after > hour || age > year {
			return // no lifecycle
		}
		checkLoop(t, time.Duration(startDelay), time.Duration(after), time.Duration(age))
	})
}

// TestTerminate is §14.3.
func TestTerminate(t *testing.T) {
	t.Parallel()
	s := storeOf(func(seed *Seed) {
		seed.Lifecycle.StartDelay = 2 * time.Second
		seed.Processes[front].History.Forced = map[int]Forced{1: {State: Crashed, Since: start}}
	})
	before := s.Peek(Ref{GUID: "front"})
	for _, index := range []int{-1, 2, 1 << 40} {
		expect(t, errorOf(s.TerminateInstance(later(time.Minute), root, Ref{GUID: "front"}, index)), contract.InstanceNotFound)
	}
	if stored(t, s, "front") != before.Process {
		t.Error("a refused one changed something")
	}
	expect(t, errorOf(s.TerminateInstance(later(time.Minute), root, Ref{GUID: "front"}, 1)), nil)
	if got, want := report(s, "front", later(time.Minute)), "0 RUNNING 58s;1 STARTING 0s;"; got != want {
		t.Errorf("at once: %s", got)
	}
	if got, want := report(s, "front", later(time.Minute+5*time.Second)), "0 RUNNING 1m3s;1 RUNNING 3s;"; got != want {
		t.Errorf("later: %s", got)
	}
	after := s.Peek(Ref{GUID: "front"})
	p, q := before.Process, after.Process
	if p.Instances != q.Instances || p.Version != q.Version || !p.UpdatedAt.Equal(q.UpdatedAt) {
		t.Errorf("changed to %+v", q)
	}
	now := later(time.Hour)
	if a, b := before.Instance(now, 1), after.Instance(now, 1); a.GUID == b.GUID {
		t.Error("the new instance has the guid of the old")
	}
	if a, b := before.Instance(now, 0), after.Instance(now, 0); a.GUID != b.GUID {
		t.Error("the other instance was replaced as well")
	}

	expect(t, errorOf(s.TerminateInstance(later(time.Minute), root, Ref{GUID: "back"}, 0)), nil) // stopped: nothing happens
	expect(t, errorOf(s.TerminateInstance(later(time.Minute), root, Ref{GUID: "back"}, 1)), contract.InstanceNotFound)
	if !reflect.DeepEqual(stored(t, s, "back").History, History{}) {
		t.Error("a stopped app has a history now")
	}
}

// scaleTo scales the process front.
func scaleTo(t testing.TB, s *Store, now time.Time, body string) {
	t.Helper()
	if _, err := s.ScaleProcess(now, root, Ref{GUID: "front"}, bodyOf(t, body)); err != nil {
		t.Fatal(err)
	}
}

// TestScaleHistory: added instances start anew, others run on; what was taken
// away is forgotten.
func TestScaleHistory(t *testing.T) {
	t.Parallel()
	s := storeOf(func(seed *Seed) { seed.Lifecycle.StartDelay = time.Second })
	guid := func(index int) string { return s.Peek(Ref{GUID: "front"}).Instance(later(time.Hour), index).GUID }
	steps := []struct {
		at   time.Duration
		body string
		want string // ten seconds later
	}{
		{10 * time.Second, `{"instances":4}`, "0 RUNNING 19s;1 RUNNING 19s;2 RUNNING 9s;3 RUNNING 9s;"},
		{30 * time.Second, `{"instances":1}`, "0 RUNNING 39s;"},
		{50 * time.Second, `{"instances":3}`, "0 RUNNING 59s;1 RUNNING 9s;2 RUNNING 9s;"},
		{70 * time.Second, `{"instances":3}`, "0 RUNNING 1m19s;1 RUNNING 29s;2 RUNNING 29s;"},
		{90 * time.Second, `{"instances":0}`, ""},
		{110 * time.Second, `{"instances":1}`, "0 RUNNING 9s;"},
	}
	seen := map[string]bool{guid(0): true, guid(1): true}
	for _, step := range steps {
		scaleTo(t, s, later(step.at), step.body)
		if got := report(s, "front", later(step.at+10*time.Second)); got != step.want {
			t.Errorf("%s at %v:\ngot  %s\nwant %s", step.body, step.at, got, step.want)
		}
		for index := range stored(t, s, "front").Instances {
			seen[guid(index)] = true
		}
	}
	// 2 at first, 2, 2 and 1 added: each a container of its own.
	if len(seen) != 7 {
		t.Errorf("%d containers were seen", len(seen))
	}
}

// TestScaleForgets: what was forced or restarted beyond the new count is not
// there when the count grows again.
func TestScaleForgets(t *testing.T) {
	t.Parallel()
	s := storeOf()
	if _, err := s.ForceInstance(start, "front", 1, &Forced{State: Crashed, Since: start}); err != nil {
		t.Fatal(err)
	}
	expect(t, errorOf(s.TerminateInstance(later(time.Second), root, Ref{GUID: "front"}, 0)), nil)
	scaleTo(t, s, later(2*time.Second), `{"instances":1}`)
	scaleTo(t, s, later(3*time.Second), `{"instances":2}`)
	if got, want := report(s, "front", later(10*time.Second)), "0 RUNNING 9s;1 RUNNING 7s;"; got != want {
		t.Errorf("got %s", got)
	}
}

// TestHistoryStaysSmall: a client that scales up and down all day does not make
// a process grow.
func TestHistoryStaysSmall(t *testing.T) {
	t.Parallel()
	s := storeOf()
	for i := range 50 {
		for _, count := range []int{0, 3, 1, 5, 2} {
			scaleTo(t, s, later(time.Duration(i)), fmt.Sprintf(`{"instances":%d}`, count))
		}
	}
	if h := stored(t, s, "front").History; len(h.Batches) > 4 {
		t.Errorf("%d batches for 2 instances", len(h.Batches))
	}
}

// TestLimitsArePinned is §10: instances keep the limits that they were started
// with; a restart of the app brings the new ones, that of an instance does not.
func TestLimitsArePinned(t *testing.T) {
	t.Parallel()
	s := storeOf()
	limits := func() Limits { return s.Peek(Ref{GUID: "front"}).Instance(later(time.Hour), 0).Limits }
	old := Limits{MemoryInMB: 256, DiskInMB: 1024, LogRateLimit: 1000}
	scaleTo(t, s, later(1), `{"memory_in_mb":512,"disk_in_mb":2048,"log_rate_limit_in_bytes_per_second":5}`)
	scaleTo(t, s, later(2), `{"memory_in_mb":300,"instances":3}`)
	if got := limits(); got != old {
		t.Errorf("after the scale: %+v", got)
	}
	expect(t, errorOf(s.TerminateInstance(later(3), root, Ref{GUID: "front"}, 0)), nil)
	if got := limits(); got != old {
		t.Errorf("after the restart of the instance: %+v", got)
	}
	for _, state := range []AppState{Stopped, Started} {
		if _, err := s.ForceApp(later(4), "front", AppChange{State: &state}); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := limits(), (Limits{MemoryInMB: 300, DiskInMB: 2048, LogRateLimit: 5}); got != want {
		t.Errorf("after the restart of the app: %+v", got)
	}
}

// TestDraws: two stores of one seed report the same, another seed other names,
// and figures move smoothly.
func TestDraws(t *testing.T) {
	t.Parallel()
	instances := func(number int64, now time.Time) []Instance {
		return storeOf(func(seed *Seed) { seed.Number = number }).Peek(Ref{GUID: "front"}).Instances(now)
	}
	now := later(time.Hour)
	first := instances(7, now)
	if again := instances(7, now); !reflect.DeepEqual(first, again) {
		t.Errorf("got %+v and %+v", first, again)
	}
	other := instances(8, now)
	for i := range first {
		if first[i].GUID == other[i].GUID || first[i].Usage == other[i].Usage {
			t.Errorf("seeds 7 and 8 give %+v", other[i])
		}
	}
	if first[0].GUID == first[1].GUID || first[0].Usage == first[1].Usage {
		t.Error("two instances are alike")
	}
	soon := instances(7, now.Add(time.Second))
	if ratio := soon[0].Usage.CPU / first[0].Usage.CPU; ratio < 0.8 || ratio > 1.25 {
		t.Errorf("the load went from %v to %v within a second", first[0].Usage.CPU, soon[0].Usage.CPU)
	}
}

// TestManyInstances: two billion are legal and cost nothing; a list of them is
// bounded.
func TestManyInstances(t *testing.T) {
	t.Parallel()
	s := storeOf()
	scaleTo(t, s, later(time.Second), `{"instances":2147483647}`)
	view := s.Peek(Ref{GUID: "front"})
	if got := len(view.Instances(later(time.Minute))); got != MaxInstances {
		t.Errorf("%d entries", got)
	}
	if inst := view.Instance(later(time.Minute), 2147483646); inst.For != 59*time.Second || inst.State != Running {
		t.Errorf("the last is %+v", inst)
	}
}
