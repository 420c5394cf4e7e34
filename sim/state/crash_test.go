package state

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// crashesBy spells out the crash events of the processes: when, of which
// instance, how often it crashed.
func crashesBy(t *testing.T, s *Store, by time.Duration) string {
	t.Helper()
	text := ""
	list, _ := s.AuditEvents(later(by), root, parsed(t, contract.AuditEventList, "per_page=5000"))
	for i, e := range list {
		if e.Type == ProcessCrashed {
			index := slices.IndexFunc(e.Data, func(f document.Field) bool { return f.Key == "index" })
			count := slices.IndexFunc(e.Data, func(f document.Field) bool { return f.Key == "crash_count" })
			text += fmt.Sprintf("%v %s %s/%s;", e.At.Sub(start), e.Actor.Name, e.Data[index].Value.Text, e.Data[count].Value.Text)
			if next := list[i+1]; next.Type != AppCrashed || !next.At.Equal(e.At) || next.Actor != (Party{e.App.GUID, "app", e.App.Name}) {
				t.Errorf("%s is followed by %+v", e.Type, next)
			}
		}
	}
	return text
}

// TestCrashEvents: a crash leaves its two events behind when it happens, once,
// whoever asks when.
func TestCrashEvents(t *testing.T) {
	t.Parallel()
	loop := loopOf("worker", 10*time.Second)
	const first, second = "10s worker 0/1;", "50s worker 0/2;"
	act := func(name string, by time.Duration, do func(*Store) error) func(*testing.T, *Store) {
		return func(t *testing.T, s *Store) {
			t.Helper()
			if err := do(s); err != nil {
				t.Fatalf("%s at %v: %v", name, by, err)
			}
		}
	}
	look := func(by time.Duration) func(*testing.T, *Store) {
		return func(t *testing.T, s *Store) { crashesBy(t, s, by) }
	}
	stop := act("stop", 20*time.Second, func(s *Store) error { return errorOf(s.StopApp(later(20*time.Second), root, "front")) })
	start30 := act("start", 30*time.Second, func(s *Store) error { return errorOf(s.StartApp(later(30*time.Second), root, "front")) })
	for _, test := range []struct {
		name string
		bend func(*Seed)
		acts []func(*testing.T, *Store)
		by   time.Duration
		want string
	}{
		{"none yet", loop, nil, 9 * time.Second, ""},
		{"one", loop, nil, 10 * time.Second, first},
		{"two", loop, nil, time.Minute, first + second},
		{"asked twice", loop, []func(*testing.T, *Store){look(15 * time.Second), look(30 * time.Second)}, time.Minute, first + second},
		{"stopped", loop, []func(*testing.T, *Store){stop}, time.Hour, first},
		{"stopped and started", loop, []func(*testing.T, *Store){stop, start30}, time.Minute, first + "40s worker 0/1;"},
		{"restarted", loop, []func(*testing.T, *Store){act("restart", 20*time.Second, func(s *Store) error {
			return errorOf(s.RestartApp(later(20*time.Second), root, "front"))
		})}, 31 * time.Second, first + "30s worker 0/1;"},
		{"ended", loop, []func(*testing.T, *Store){act("end", 20*time.Second, func(s *Store) error {
			return errorOf(s.TerminateInstance(later(20*time.Second), root, Ref{GUID: "worker"}, 0))
		})}, 31 * time.Second, first + "30s worker 0/1;"},
		{"scaled away", loop, []func(*testing.T, *Store){act("scale", 20*time.Second, func(s *Store) error {
			return errorOf(s.ScaleProcess(later(20*time.Second), root, Ref{GUID: "worker"}, bodyOf(t, `{"instances":0}`)))
		})}, time.Hour, first},
		{"forced from the beginning", func(seed *Seed) {
			seed.Processes[worker].History.Forced = map[int]Forced{0: {State: Crashed, Details: "out of memory", Since: later(time.Second)}}
		}, []func(*testing.T, *Store){look(2 * time.Second)}, time.Minute, "1s worker 0/1;"},
		{"forced", nil, []func(*testing.T, *Store){look(0), act("force", 5*time.Second, func(s *Store) error {
			return errorOf(s.ForceInstance(later(5*time.Second), "worker", 0, &Forced{State: Crashed, Since: later(5 * time.Second)}))
		})}, time.Minute, "5s worker 0/1;"},
		{"held alive", func(seed *Seed) {
			loop(seed)
			seed.Processes[worker].History.Forced = map[int]Forced{0: {State: Running, Since: start}}
		}, nil, time.Minute, ""},
		{"of a stopped app", loopOf("web", time.Second), nil, 2 * time.Second, "1s web 0/1;1s web 1/1;1s web 0/1;"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := storeOf()
			if test.bend != nil {
				s = storeOf(test.bend)
			}
			for _, act := range test.acts {
				act(t, s)
			}
			if got := crashesBy(t, s, test.by); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if again := crashesBy(t, s.Fork(), test.by); again != test.want {
				t.Errorf("a fork knows of %s", again)
			}
		})
	}
}

// TestCrashData: what the events say.
func TestCrashData(t *testing.T) {
	t.Parallel()
	s := storeOf()
	if _, err := s.ForceInstance(start, "front", 1, &Forced{State: Crashed, Details: "APP/PROC/WEB: Exited with status 137 (out of memory)", Since: start}); err != nil {
		t.Fatal(err)
	}
	list, _ := s.AuditEvents(start, root, parsed(t, contract.AuditEventList, ""))
	guid, cell := list[0].Data[0].Value.Text, list[0].Data[2].Value.Text
	if guid != s.Peek(Ref{GUID: "front"}).Instance(start, 1).GUID {
		t.Error("the instance goes by another name")
	}
	const exit = `"exit_status":137,"exit_description":"APP/PROC/WEB: Exited with status 137 (out of memory)"`
	process := fmt.Sprintf(`{"instance":"%s","index":1,"cell_id":"%s","reason":"CRASHED",%s,"crash_count":1,"crash_timestamp":%d,"version":"version-of-front"}`, guid, cell, exit, start.UnixNano())
	app := fmt.Sprintf(`{"instance":"%s","index":1,"cell_id":"%s",%s,"reason":"CRASHED"}`, guid, cell, exit)
	for i, want := range []string{process, app} {
		if got := dataOf(t, list[i]); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// TestOldCrashes: of a loop that has gone on for years the newest crashes are
// told, quickly, and they are those that a walk round by round comes to.
func TestOldCrashes(t *testing.T) {
	t.Parallel()
	s := storeOf(loopOf("worker", 10*time.Second))
	const years = 20 * 365 * 24 * time.Hour
	told := strings.Split(strings.TrimSuffix(crashesBy(t, s, years), ";"), ";")
	at, pause := time.Duration(0), 30*time.Second
	var walked []time.Duration
	for {
		if at += 10 * time.Second; at > years {
			break
		}
		walked = append(walked, at)
		at += pause
		pause = min(2*pause, 16*time.Minute)
	}
	var want []string
	for i := len(walked) - MaxEvents/2; i < len(walked); i++ {
		want = append(want, fmt.Sprintf("%v worker 0/%d", walked[i], i+1))
	}
	if !slices.Equal(told, want) {
		t.Errorf("from %s to %s, expected from %s to %s", told[0], told[len(told)-1], want[0], want[len(want)-1])
	}
}

// TestRareEvents: of loops that take months a round what has happened in years is
// told, though a thousand rounds are longer than a duration can be.
func TestRareEvents(t *testing.T) {
	t.Parallel()
	const month, years = 30 * 24 * time.Hour, 20 * 365 * 24 * time.Hour
	if told := strings.Count(crashesBy(t, storeOf(loopOf("worker", 5*month)), years), ";"); told != int(years/(5*month)) {
		t.Errorf("%d crashes", told)
	}
	life := Lifecycle{ReadinessLoop: []ReadinessLoop{{"web", document.Duration(3 * month), document.Duration(2 * month)}}}
	flips, _ := life.flips(&Process{Type: "web", Instances: 1, CreatedAt: start}, time.Time{}, later(years))
	if want := int(2*years/(5*month)) + 1; len(flips) < want-1 || len(flips) > want+1 {
		t.Errorf("%d changes of readiness, want about %d", len(flips), want)
	}
}
