package sweep

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

const (
	web      = "/v3/processes/c1000000-0000-4000-8000-000000000001"
	scaling  = web + "/actions/scale"
	instance = web + "/instances/0"
)

// instancesOf is a state with so many instances of web.
func instancesOf(n any) string {
	return fmt.Sprintf(`{"apps":[{"guid":"c1000000-0000-4000-8000-000000000001","processes":[
		{"guid":"c1000000-0000-4000-8000-000000000001","type":"web","instances":%v}]}]}`, n)
}

// story makes requests that follow one another: each begins gap after the end
// of the one before and takes a millisecond.
type story struct {
	requests []Request
	now      time.Time
}

func (s *story) add(gap time.Duration, r Request) *story {
	if s.now.IsZero() {
		s.now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	r.ID, r.Begin, r.End = uint64(len(s.requests)+1), s.now.Add(gap), s.now.Add(gap+time.Millisecond)
	if r.RetryAfter == 0 {
		r.RetryAfter = -1
	}
	s.now = r.End
	s.requests = append(s.requests, r)
	return s
}

func scale(status int, injected, applied bool) Request {
	return Request{Operation: "scaleProcess", Method: "POST", Path: scaling, Body: `{"instances":3}`, Status: status, Injected: injected, Applied: applied}
}

func terminate(status int, injected, applied bool) Request {
	return Request{Operation: "terminateProcessInstance", Method: "DELETE", Path: instance, Status: status, Injected: injected, Applied: applied}
}

func list(status int, injected bool) Request {
	r := Request{Operation: "listProcesses", Method: "GET", Path: "/v3/processes", Status: status, Injected: injected}
	if !injected {
		r.Answer = `{"resources":[{"guid":"g-one"},{"guid":"g-two"}]}`
	}
	return r
}

// referenceOf is a client whose one run went so.
func referenceOf(t *testing.T, before, after, output string, requests ...Request) *Reference {
	t.Helper()
	ref := &Reference{Seconds: 0.1, requests: requests, outputs: [2]string{output, output}}
	ref.begin, ref.end = stateOf(t, before, nil), stateOf(t, after, requests)
	ref.listed = listedIn(requests, output)
	return ref
}

func stateOf(t *testing.T, document string, requests []Request) endState {
	t.Helper()
	state, err := newEndState([]byte(document), requests, nil)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// envelope is an error answer as the API sends it.
func envelope(title string, code int, detail string) string {
	return fmt.Sprintf(`{"errors":[{"detail":%q,"title":%q,"code":%d}]}`, detail, title, code)
}

func TestJudge(t *testing.T) {
	t.Parallel()
	scaled := referenceOf(t, instancesOf(2), instancesOf(3), "scaled\n", scale(202, false, true))
	restarted := referenceOf(t, instancesOf(2), instancesOf(2), "OK\n", terminate(204, false, true))
	listed := referenceOf(t, instancesOf(2), instancesOf(2), "g-one\ng-two\n", list(200, false))
	polling := referenceOf(t, instancesOf(2), instancesOf(2), "ready\n", list(200, false), list(200, false), list(200, false))

	refused := scale(409, true, false)
	refused.Answer = envelope("CF-Conflict", 10409, "The process was changed by another request")
	told := scale(503, true, false)
	told.RetryAfter = time.Second
	held := scale(0, true, false)
	stranger := &Stranger{Operation: "scaleProcess", Path: scaling, Field: []string{"instances"}, Value: document.Int(5), Client: document.Int(3)}

	for _, c := range []struct {
		name   string
		ref    *Reference
		answer string
		mode   Mode
		story  *story
		state  string
		exit   Exit
		output string
		crash  string
		took   float64
		want   []Verdict
	}{
		{name: "a retry that works", ref: scaled, answer: "503", mode: Once, state: instancesOf(3), output: "scaled\n",
			story: new(story).add(0, scale(503, true, false)).add(time.Second, scale(202, false, true)), want: []Verdict{Recovered}},
		{name: "a refusal that is told", ref: scaled, answer: "409", mode: Once, state: instancesOf(2), exit: Exit{Code: 1}, output: "409 CF-Conflict\n",
			story: new(story).add(0, refused), want: []Verdict{Reported}},
		{name: "told by its detail alone", ref: scaled, answer: "409", mode: Once, state: instancesOf(2), exit: Exit{Code: 1},
			output: "error: the process was changed by another request\n", story: new(story).add(0, refused), want: []Verdict{Reported}},
		{name: "told by nothing", ref: scaled, answer: "409", mode: Once, state: instancesOf(2), exit: Exit{Code: 1}, output: "failed after 4096 ms\n",
			story: new(story).add(0, refused), want: []Verdict{Reported, WrongError}},
		{name: "a status inside a longer number is not told", ref: scaled, answer: "409", mode: Once, state: instancesOf(2), exit: Exit{Code: 1}, output: "error 14091\n",
			story: new(story).add(0, refused), want: []Verdict{Reported, WrongError}},
		{name: "a failure of what was done", ref: scaled, answer: "503", mode: After, state: instancesOf(3), exit: Exit{Code: 1}, output: "503\n",
			story: new(story).add(0, scale(503, true, true)), want: []Verdict{FailedButDone}},
		{name: "success without the change", ref: scaled, answer: "503", mode: Once, state: instancesOf(2), output: "scaled\n",
			story: new(story).add(0, scale(503, true, false)), want: []Verdict{FalseSuccess}},
		{name: "restarted twice", ref: restarted, answer: "reset", mode: After, state: instancesOf(2), output: "OK\n",
			story: new(story).add(0, terminate(0, true, true)).add(0, terminate(204, false, true)), want: []Verdict{DoneTwice}},
		{name: "restarted twice, and told as a failure", ref: restarted, answer: "503", mode: After, state: instancesOf(2), exit: Exit{Code: 1}, output: "503\n",
			story: new(story).add(0, terminate(503, true, true)).add(time.Second, terminate(503, false, true)), want: []Verdict{DoneTwice}},
		{name: "scaled again to the same", ref: scaled, answer: "503", mode: After, state: instancesOf(3), output: "scaled\n",
			story: new(story).add(0, scale(503, true, true)).add(time.Second, scale(202, false, true)), want: []Verdict{Recovered, SentTwice}},
		{name: "a stranger's value overwritten", ref: scaled, answer: "503", mode: Lost, state: instancesOf(3), output: "scaled\n",
			story: new(story).add(0, scale(503, true, true)).add(time.Second, scale(202, false, true)), want: []Verdict{LostUpdate, SentTwice}},
		{name: "a stranger's value left alone", ref: scaled, answer: "503", mode: Lost, state: instancesOf(5), output: "scaled\n",
			story: new(story).add(0, scale(503, true, true)).add(time.Second, list(200, false)), want: []Verdict{Recovered}},
		{name: "a stranger's value left alone, and a failure told", ref: scaled, answer: "503", mode: Lost, state: instancesOf(5), exit: Exit{Code: 1}, output: "503\n",
			story: new(story).add(0, scale(503, true, true)), want: []Verdict{Reported}},
		{name: "a list that is half shown", ref: listed, answer: "truncate", mode: Always, state: instancesOf(2), output: "g-one\n",
			story: new(story).add(0, list(200, true)), want: []Verdict{Recovered}},
		{name: "a list that never came", ref: listed, answer: "503", mode: Always, state: instancesOf(2), output: "",
			story: new(story).add(0, list(503, true)), want: []Verdict{ShortList}},
		{name: "a failed read that nobody mentions", ref: referenceOf(t, instancesOf(2), instancesOf(2), "2 processes\n", list(200, false)),
			answer: "503", mode: Always, state: instancesOf(2), output: "0 processes\n", story: new(story).add(0, list(503, true)), want: []Verdict{Swallowed}},
		{name: "a failed read that does not matter", ref: referenceOf(t, instancesOf(2), instancesOf(2), "done\n", list(200, false)),
			answer: "503", mode: Always, state: instancesOf(2), output: "done\n", story: new(story).add(0, list(503, true)), want: []Verdict{Recovered}},
		{name: "a hang", ref: scaled, answer: "hang", mode: Once, state: instancesOf(2), exit: Exit{Timeout: true}, took: 10,
			story: unanswered(held), want: []Verdict{Hang}},
		{name: "no limit", ref: scaled, answer: "503", mode: Always, state: instancesOf(2), exit: Exit{Timeout: true}, took: 10,
			story: repeated(20, 500*time.Millisecond, scale(503, true, false)), want: []Verdict{NoLimit}},
		{name: "ninety attempts are not a limit either", ref: scaled, answer: "503", mode: Always, state: instancesOf(2), exit: Exit{Code: 1}, output: "503",
			story: repeated(90, 60*time.Millisecond, scale(503, true, false)), want: []Verdict{NoLimit, Reported}},
		{name: "no pause", ref: scaled, answer: "503", mode: Always, state: instancesOf(2), exit: Exit{Code: 1}, output: "503",
			story: repeated(3, 2*time.Millisecond, scale(503, true, false)), want: []Verdict{NoPause, Reported}},
		{name: "one repetition at once is the transport's", ref: scaled, answer: "503", mode: Always, state: instancesOf(2), exit: Exit{Code: 1}, output: "503",
			story: repeated(2, 2*time.Millisecond, scale(503, true, false)), want: []Verdict{Reported}},
		{name: "one pause is a pause", ref: scaled, answer: "503", mode: Always, state: instancesOf(2), exit: Exit{Code: 1}, output: "503",
			story: repeated(2, 2*time.Millisecond, scale(503, true, false)).add(time.Second, scale(503, true, false)), want: []Verdict{Reported}},
		{name: "back too early", ref: scaled, answer: "503", mode: Once, state: instancesOf(3), output: "scaled\n",
			story: new(story).add(0, told).add(300*time.Millisecond, scale(202, false, true)), want: []Verdict{RetryAfterIgnored, Recovered}},
		{name: "a timer that is a little early", ref: scaled, answer: "503", mode: Once, state: instancesOf(3), output: "scaled\n",
			story: new(story).add(0, told).add(995*time.Millisecond, scale(202, false, true)), want: []Verdict{Recovered}},
		{name: "a refusal repeated", ref: scaled, answer: "422", mode: Once, state: instancesOf(3), output: "scaled\n",
			story: new(story).add(0, scale(422, true, false)).add(time.Second, scale(202, false, true)), want: []Verdict{PointlessRetry, Recovered}},
		{name: "a poller goes on polling", ref: polling, answer: "404", mode: Once, state: instancesOf(2), output: "ready\n",
			story: new(story).add(0, list(404, true)).add(time.Second, list(200, false)), want: []Verdict{Recovered}},
		{name: "a new token and once more", ref: scaled, answer: "401", mode: Once, state: instancesOf(3), output: "scaled\n",
			story: new(story).add(0, scale(401, true, false)).add(time.Second, scale(202, false, true)), want: []Verdict{Recovered}},
		{name: "401 again and again", ref: scaled, answer: "401", mode: Always, state: instancesOf(2), exit: Exit{Code: 1}, output: "401",
			story: repeated(3, time.Second, scale(401, true, false)), want: []Verdict{PointlessRetry, Reported}},
		{name: "a crash", ref: scaled, answer: "html", mode: Once, state: instancesOf(2), exit: Exit{Code: 2}, output: "panic: 502", crash: "panic: 502",
			story: new(story).add(0, scale(502, true, false)), want: []Verdict{Crash, Reported}},
		{name: "a signal", ref: scaled, answer: "html", mode: Once, state: instancesOf(2), exit: Exit{Signal: "segmentation fault"}, output: "502",
			story: new(story).add(0, scale(502, true, false)), want: []Verdict{Crash}},
		{name: "a fault that nobody met", ref: scaled, answer: "503", mode: Once, state: instancesOf(3), output: "scaled\n",
			story: new(story).add(0, scale(202, false, true)), want: []Verdict{NotReached}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			op, _ := contract.OperationByID(c.story.requests[0].Operation)
			cell := Cell{Operation: op, Answer: c.answer, Mode: c.mode}
			if c.mode == Lost {
				cell.Stranger = stranger
			}
			r := &run{ending: Ending{Exit: c.exit, Output: c.output, Seconds: c.took, Crashed: c.crash}, requests: c.story.requests,
				end: stateOf(t, c.state, c.story.requests)}
			for i := range r.requests {
				if r.requests[i].Injected {
					r.fired++
				}
			}
			got := judge(c.ref, cell, r)
			if !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
			j := judgement{ref: c.ref, cell: cell, run: r, attempts: attempts(r.requests)}
			if s := j.sentence(got); s == "" || strings.Contains(s, "%!") {
				t.Errorf("sentence %q", s)
			}
		})
	}
}

// repeated is a request that comes n times.
func repeated(n int, gap time.Duration, r Request) *story {
	s := &story{}
	for range n {
		s.add(gap, r)
	}
	return s
}

// unanswered is a request that is not answered.
func unanswered(r Request) *story {
	s := new(story).add(0, r)
	s.requests[0].Held, s.requests[0].End = true, time.Time{}
	return s
}

// TestKindsAreTold: every verdict has its words, and docs/SWEEP.md has them too.
func TestKindsAreTold(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/SWEEP.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[Verdict]bool{}
	for _, k := range Kinds() {
		if seen[k.Verdict] {
			t.Errorf("%s stands twice", k.Verdict)
		}
		seen[k.Verdict] = true
		if (k.Grade == Bug || k.Grade == Warning) && k.Mend == "" && k.Verdict != Unstable {
			t.Errorf("%s does not say how to mend it", k.Verdict)
		}
		if row := fmt.Sprintf("| `%s` | %s | %s | %s |", k.Verdict, k.Grade, k.Meaning, k.Mend); !strings.Contains(string(page), row) {
			t.Errorf("docs/SWEEP.md lacks %s", row)
		}
	}
}

func TestCrashed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ output, want string }{
		{"all is well\n", ""},
		{"error: panic: is a word\n", ""},
		{"x\npanic: runtime error: index out of range\n\ngoroutine 1 [running]:\n", "panic: runtime error: index out of range"},
		{"Exception in thread \"main\" java.lang.NullPointerException\n", "Exception in thread \"main\" java.lang.NullPointerException"},
		{"Traceback (most recent call last):\n  File\n", "Traceback (most recent call last):"},
		{"TypeError: Cannot read properties of undefined\n    at x.js:1:2\n", "TypeError: Cannot read properties of undefined"},
		{"client.rb:3:in `fetch': key not found: \"guid\" (KeyError)\n", "client.rb:3:in `fetch': key not found: \"guid\" (KeyError)"},
	} {
		if got := Crashed(c.output); got != c.want {
			t.Errorf("%q: %q, want %q", c.output, got, c.want)
		}
	}
}
