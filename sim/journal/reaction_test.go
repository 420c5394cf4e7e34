package journal

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"testing"
	"time"
	"unsafe"

	"example.com/capisim/sim/socket"
)

var origin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// story writes a history by hand: a client, and what it sent when.
type story struct {
	tb      testing.TB
	entries []Entry
}

// step is a request that comes after a pause since the last answer; zero
// values are those of most steps.
type step struct {
	wait       time.Duration
	takes      time.Duration // 1 ms when left out
	operation  string        // updateProcess
	path       string
	user       string
	agent      string
	span       string
	query      string
	body       string // "-" for one that nobody has read
	status     int
	injected   bool
	applied    bool
	fault      string
	rule       string
	retryAfter string
	connection uint64
	use        int
}

func (s *story) add(steps ...step) *story {
	at := origin
	if n := len(s.entries); n > 0 {
		at = s.entries[n-1].Wall.Add(s.entries[n-1].Latency)
	}
	for _, st := range steps {
		or := func(v, otherwise string) string {
			if v == "" {
				return otherwise
			}
			return v
		}
		o := operation(s.tb, or(st.operation, "updateProcess"))
		takes := st.takes
		if takes == 0 {
			takes = time.Millisecond
		}
		e := Entry{
			ID: uint64(len(s.entries) + 1), World: "default", Operation: o, Method: o.Method, Wall: at.Add(st.wait), Latency: takes,
			Path: or(st.path, "/v3/processes/p"), User: or(st.user, "developer"),
			RawQuery: st.query, RequestHeader: http.Header{"User-Agent": {or(st.agent, "team/1")}}, RequestBody: Body{Bytes: []byte(or(st.body, `{"command":"x"}`))},
			ResponseHeader: http.Header{},
			Status:         st.status, Injected: st.injected, Applied: st.applied, ConnectionFault: socket.Kind(st.fault), Rule: st.rule,
			Connection: st.connection, ConnectionUse: st.use,
		}
		if st.body == "-" {
			e.RequestBody = Body{Unread: true}
		}
		if st.span != "" {
			e.RequestHeader["X-B3-Spanid"] = []string{st.span}
		}
		if st.retryAfter != "" {
			e.ResponseHeader["Retry-After"] = []string{st.retryAfter}
		}
		at = e.Wall.Add(takes)
		s.entries = append(s.entries, e)
	}
	return s
}

// fails is an injected 503 after a pause, works the success after one.
func fails(wait time.Duration) step { return step{wait: wait, status: 503, injected: true} }
func works(wait time.Duration) step { return step{wait: wait, status: 200} }

// after changes a step.
func (s step) with(change func(*step)) step { change(&s); return s }

const ms = time.Millisecond

func TestReactions(t *testing.T) {
	t.Parallel()
	reset := func(wait time.Duration, connection uint64, use int) step {
		return step{wait: wait, operation: "getProcess", injected: true, fault: "reset", connection: connection, use: use}
	}
	get := func(wait time.Duration, connection uint64) step {
		return step{wait: wait, operation: "getProcess", status: 200, connection: connection, use: 1}
	}
	told := func(s step, seconds string) step {
		return s.with(func(s *step) { s.status, s.retryAfter = 429, seconds })
	}
	tests := []struct {
		name  string
		steps []step
		later time.Duration // since the last answer, when the report is read
		want  []string
	}{
		{"no fault, no reaction", []step{works(0), {status: 503}, works(1)}, 0, nil},
		{"an injected success is not a fault", []step{{status: 200, injected: true}, works(ms)}, 0, nil},
		{"a drip is slow, but an answer", []step{{status: 200, injected: true, fault: "drip"}}, 0, nil},
		{"no later request yet", []step{fails(0)}, 9999 * ms, []string{"503 gave_up open attempts=1 none absent"}},
		{"no later request for ten seconds", []step{fails(0)}, 10 * time.Second, []string{"503 gave_up final attempts=1 none absent"}},
		{"a first retry succeeds", []step{fails(0), works(ms)}, 0, []string{"503 recovered final attempts=2 none absent"}},
		{"what follows a success is another story", []step{fails(0), works(ms), works(ms), works(ms)}, 0, []string{"503 recovered final attempts=2 none absent"}},
		{"a real refusal ends nothing", []step{fails(0), {wait: ms, status: 422}}, time.Minute, []string{"503 gave_up final attempts=2 none absent"}},
		{"success after a real refusal", []step{fails(0), {wait: ms, status: 422}, works(ms)}, 0, []string{"503 recovered final attempts=3 none absent"}},
		{"two faults, two reactions", []step{fails(0), works(ms), fails(time.Second), works(ms)}, 0,
			[]string{"503 recovered final attempts=2 none absent", "503 recovered final attempts=2 none absent"}},
		{"another kind of fault within has a reaction of its own",
			[]step{fails(0), fails(100 * ms), told(fails(100*ms), "1"), works(time.Second)}, 0,
			[]string{"503 recovered final attempts=4 jittered honoured", "429 recovered final attempts=2 undecided honoured"}},
		{"after it gave up, a new beginning", []step{fails(0), works(11 * time.Second)}, 0, []string{"503 gave_up final attempts=1 none absent"}},
		{"a long Retry-After is waited for", []step{told(fails(0), "60"), works(60 * time.Second)}, 0, []string{"429 recovered final attempts=2 undecided honoured"}},
		{"growing waits go beyond ten seconds", []step{fails(0), fails(4 * time.Second), fails(8 * time.Second), works(16 * time.Second)}, 0,
			[]string{"503 recovered final attempts=4 growing absent"}},

		{"fixed", []step{fails(0), fails(200 * ms), fails(205 * ms), works(199 * ms)}, 0, []string{"503 recovered final attempts=4 fixed absent"}},
		{"doubling", []step{fails(0), fails(100 * ms), fails(203 * ms), works(404 * ms)}, 0, []string{"503 recovered final attempts=4 growing absent"}},
		{"doubling up to a ceiling", []step{fails(0), fails(100 * ms), fails(200 * ms), fails(400 * ms), fails(400 * ms), works(402 * ms)}, 0,
			[]string{"503 recovered final attempts=6 growing absent"}},
		{"one more second each time", []step{fails(0), fails(1000 * ms), fails(2000 * ms), fails(3001 * ms), fails(4000 * ms), fails(5002 * ms), fails(6001 * ms), works(7000 * ms)}, 0,
			[]string{"503 recovered final attempts=8 growing absent"}},
		{"up and down", []step{fails(0), fails(300 * ms), fails(100 * ms), works(500 * ms)}, 0, []string{"503 recovered final attempts=4 jittered absent"}},
		{"growing by chance", []step{fails(0), fails(100 * ms), fails(130 * ms), works(600 * ms)}, 0, []string{"503 recovered final attempts=4 jittered absent"}},
		{"doubling from a small beginning", []step{fails(0), fails(10 * ms), fails(20 * ms), fails(40 * ms), fails(80 * ms), works(160 * ms)}, 0,
			[]string{"503 recovered final attempts=6 growing absent hammered"}},
		{"a single pause", []step{fails(0), works(200 * ms)}, 0, []string{"503 recovered final attempts=2 undecided absent"}},
		{"a slow machine's instant repetition", []step{fails(0), works(49 * ms)}, 0, []string{"503 recovered final attempts=2 none absent"}},
		{"instant repetitions and a slow machine", []step{fails(0), fails(ms), works(90 * ms)}, 0, []string{"503 recovered final attempts=3 none absent"}},
		{"a slow machine's fixed pauses", []step{fails(0), fails(100 * ms), fails(116 * ms), works(128 * ms)}, 0, []string{"503 recovered final attempts=4 fixed absent"}},
		{"one slow moment does not make a backoff", []step{fails(0), fails(ms), fails(30 * ms), works(ms)}, 0, []string{"503 recovered final attempts=4 none absent"}},

		{"Retry-After honoured", []step{told(fails(0), "3"), works(3 * time.Second)}, 0, []string{"429 recovered final attempts=2 undecided honoured"}},
		{"Retry-After, the timer rang a little early", []step{told(fails(0), "3"), works(2990 * ms)}, 0, []string{"429 recovered final attempts=2 undecided honoured"}},
		{"Retry-After, too early", []step{told(fails(0), "3"), works(time.Second)}, 0, []string{"429 recovered final attempts=2 undecided early"}},
		{"Retry-After, the second time too early", []step{told(fails(0), "1"), told(fails(time.Second), "1"), works(500 * ms)}, 0, []string{"429 recovered final attempts=3 jittered early"}},
		{"Retry-After, never came back", []step{told(fails(0), "3")}, time.Minute, []string{"429 gave_up final attempts=1 none honoured"}},
		{"Retry-After as a date", []step{told(fails(0), origin.Add(5*time.Second).Format(http.TimeFormat)), works(time.Second)}, 0, []string{"429 recovered final attempts=2 undecided early"}},
		{"Retry-After that is none", []step{told(fails(0), "soon"), works(time.Second)}, 0, []string{"429 recovered final attempts=2 undecided absent"}},

		{"an applied change sent again", []step{fails(0).with(func(s *step) { s.applied = true }), works(ms)}, 0, []string{"503 recovered final attempts=2 none absent repeated"}},
		{"an applied change, then another body", []step{fails(0).with(func(s *step) { s.applied = true }), works(ms).with(func(s *step) { s.body = "{}" })}, time.Minute,
			[]string{"503 gave_up final attempts=1 none absent"}},
		{"a change that was not applied", []step{fails(0), works(ms)}, 0, []string{"503 recovered final attempts=2 none absent"}},

		{"hammering", []step{fails(0), fails(ms), fails(ms), fails(ms), fails(ms)}, time.Minute, []string{"503 gave_up final attempts=5 none absent hammered"}},
		{"four requests are none", []step{fails(0), fails(ms), fails(ms), fails(ms)}, time.Minute, []string{"503 gave_up final attempts=4 none absent"}},
		{"five in more than a second are none", []step{fails(0), fails(260 * ms), fails(260 * ms), fails(260 * ms), fails(260 * ms)}, time.Minute, []string{"503 gave_up final attempts=5 fixed absent"}},

		{"a scrape at its pace is not a retry", []step{works(0), works(2 * time.Second), told(fails(2*time.Second), "60"), works(2 * time.Second)}, 0,
			[]string{"429 gave_up final attempts=1 none honoured pace=2s"}},
		{"nor are a hundred", slices.Concat([]step{works(0), works(2 * time.Second)}, slices.Repeat([]step{fails(2 * time.Second)}, 100), []step{works(2 * time.Second)}), 0,
			slices.Repeat([]string{"503 gave_up final attempts=1 none absent pace=2s"}, 100)},
		{"a scraper that retries in between", []step{works(0), works(2 * time.Second), fails(2 * time.Second), works(100 * ms), works(1898 * ms), fails(2 * time.Second), fails(100 * ms), works(1900 * ms)}, 0,
			[]string{"503 recovered final attempts=2 undecided absent pace=2s", "503 gave_up final attempts=2 undecided absent pace=2s"}},
		{"a scraper that sleeps after a slow answer", []step{works(0), works(2 * time.Second), fails(2 * time.Second).with(func(s *step) { s.takes = time.Second }), works(2 * time.Second)}, 0,
			[]string{"503 gave_up final attempts=1 none absent pace=2s"}},
		{"the next scrape is still to come", []step{works(0), works(2 * time.Second), fails(2 * time.Second)}, time.Second, []string{"503 gave_up open attempts=1 none absent"}},
		{"without a pace before it is a retry", []step{works(0), fails(2 * time.Second), works(2 * time.Second)}, 0, []string{"503 recovered final attempts=2 undecided absent"}},
		{"an uneven pace is none", []step{works(0), works(time.Second), fails(2 * time.Second), works(2 * time.Second)}, 0, []string{"503 recovered final attempts=2 undecided absent"}},
		{"another request's pace is not this one's", []step{works(0).with(func(s *step) { s.query = "page=2" }), works(2 * time.Second), fails(2 * time.Second), works(2 * time.Second)}, 0,
			[]string{"503 recovered final attempts=2 undecided absent"}},
		{"a loop has no pace", []step{works(0), works(50 * ms), fails(50 * ms), works(50 * ms)}, 0, []string{"503 recovered final attempts=2 undecided absent"}},

		{"Go's transport repeats a GET", []step{reset(0, 1, 2), get(ms, 2)}, 0, []string{"0 reset recovered final attempts=2 none absent transport=1"}},
		{"and the client then tries itself", []step{reset(0, 1, 2), reset(ms, 2, 1), get(500*ms, 3)}, 0, []string{"0 reset recovered final attempts=3 undecided absent transport=1"}},
		{"through several idle connections", []step{reset(0, 1, 2), reset(0, 2, 5), get(ms, 3)}, 0, []string{"0 reset recovered final attempts=3 none absent transport=2"}},
		{"on a fresh connection it is the client", []step{reset(0, 1, 1), get(ms, 2)}, 0, []string{"0 reset recovered final attempts=2 none absent"}},
		{"after a pause it is the client", []step{reset(0, 1, 2), get(60*ms, 2)}, 0, []string{"0 reset recovered final attempts=2 undecided absent"}},
		{"a PATCH is never repeated by it", []step{{injected: true, fault: "reset", connection: 1, use: 2}, works(ms).with(func(s *step) { s.connection = 2 })}, 0,
			[]string{"0 reset recovered final attempts=2 none absent"}},
		{"nor what has been answered in part", []step{{operation: "getProcess", status: 200, injected: true, fault: "truncate", connection: 1, use: 2}, get(ms, 2)}, 0,
			[]string{"200 truncate recovered final attempts=2 none absent"}},

		{"the cf CLI keeps its span", []step{
			fails(0).with(func(s *step) { s.span = "a" }), fails(0).with(func(s *step) { s.span = "a" }), fails(0).with(func(s *step) { s.span = "a" }),
			works(ms).with(func(s *step) { s.span = "b" })}, time.Minute, []string{"503 gave_up final attempts=3 none absent"}},
		{"another user", []step{fails(0), works(ms).with(func(s *step) { s.user = "other" })}, time.Minute, []string{"503 gave_up final attempts=1 none absent"}},
		{"another program", []step{fails(0), works(ms).with(func(s *step) { s.agent = "curl" })}, time.Minute, []string{"503 gave_up final attempts=1 none absent"}},
		{"another target", []step{fails(0), works(ms).with(func(s *step) { s.path = "/v3/processes/q" })}, time.Minute, []string{"503 gave_up final attempts=1 none absent"}},
		{"another query", []step{fails(0), works(ms).with(func(s *step) { s.query = "page=2" })}, time.Minute, []string{"503 gave_up final attempts=1 none absent"}},
		{"another body is another request", []step{fails(0), works(ms).with(func(s *step) { s.body = `{"command":"y"}` })}, time.Minute, []string{"503 gave_up final attempts=1 none absent"}},
		{"the same query in another order", []step{fails(0).with(func(s *step) { s.query = "a=1&b=2" }), works(ms).with(func(s *step) { s.query = "b=2&a=%31" })}, 0,
			[]string{"503 recovered final attempts=2 none absent"}},
		{"the same body written in another way", []step{fails(0).with(func(s *step) { s.body = `{"a":1,"b":[2.50]}` }), works(ms).with(func(s *step) { s.body = "{ \"b\": [25e-1],\n\"a\": 1.0 }" })}, 0,
			[]string{"503 recovered final attempts=2 none absent"}},
		{"a body that nobody has read may be any", []step{{injected: true, fault: "close", body: "-"}, works(ms)}, 0, []string{"0 close recovered final attempts=2 none absent"}},
		{"and may come in between", []step{fails(0), {injected: true, fault: "close", body: "-"}, works(ms)}, 0,
			[]string{"503 recovered final attempts=3 none absent", "0 close recovered final attempts=2 none absent"}},
		{"another operation", []step{fails(0), works(ms).with(func(s *step) { s.operation = "getProcess" })}, time.Minute, []string{"503 gave_up final attempts=1 none absent"}},
		{"another connection is the same client", []step{fails(0).with(func(s *step) { s.connection = 1 }), works(ms).with(func(s *step) { s.connection = 2 })}, 0,
			[]string{"503 recovered final attempts=2 none absent"}},
		{"a request that runs beside it is not a reaction", []step{fails(0).with(func(s *step) { s.takes = time.Second }), works(-500 * ms)}, time.Minute,
			[]string{"503 gave_up final attempts=1 none absent"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			history := (&story{tb: t}).add(test.steps...).entries
			last := history[len(history)-1]
			check := func(as string, now time.Time) {
				t.Helper()
				var got []string
				for _, r := range react(history, now).Reactions {
					got = append(got, describe(r))
				}
				if !slices.Equal(got, test.want) {
					t.Errorf("reactions%s\n got %q\nwant %q", as, got, test.want)
				}
			}
			now := last.Wall.Add(last.Latency).Add(test.later)
			check("", now)
			if test.name == "Retry-After as a date" {
				return // it goes by the clock that everybody sees
			}
			for i := range history {
				history[i].Wall = afterSetting(history[i].Wall, time.Duration(i%3-1)*time.Hour)
			}
			check(" on a machine whose clock is set again and again", afterSetting(now, time.Hour))
		})
	}
}

// afterSetting is a reading of the machine's clock as long after the process
// began as a time is after the origin, had somebody set the clock before: what it
// shows differs, what has passed does not. Nothing in package time makes such a
// reading, so its seconds are put in by hand.
func afterSetting(at time.Time, by time.Duration) time.Time {
	const secondsAbove = 30 // bits of nanoseconds
	reading := began.Add(at.Sub(origin))
	wall := (*uint64)(unsafe.Pointer(&reading))
	*wall = uint64(int64(*wall) + int64(by/time.Second)<<secondsAbove)
	return reading
}

var began = time.Now()

func init() { CountFrom(began) }

func describe(r Reaction) string {
	s := fmt.Sprint(r.Status)
	if r.Connection != "" {
		s += " " + r.Connection
	}
	final := "open"
	if r.Final {
		final = "final"
	}
	s += fmt.Sprintf(" %s %s attempts=%d %s %s", r.Outcome, final, r.Attempts, r.Backoff, r.RetryAfter)
	if r.RepeatedApplied {
		s += " repeated"
	}
	if r.Hammered {
		s += " hammered"
	}
	if r.PaceMS > 0 {
		s += fmt.Sprintf(" pace=%gs", math.Round(r.PaceMS/100)/10)
	}
	if r.TransportRetry {
		s += fmt.Sprintf(" transport=%d", r.TransportRetries)
	}
	return s
}

func TestReactionInFull(t *testing.T) {
	t.Parallel()
	history := (&story{tb: t}).add(
		fails(0).with(func(s *step) { s.rule = "flaky" }), fails(100*ms), works(200*ms)).entries
	report := react(history, origin.Add(time.Second))
	after := 302.0
	want := Reaction{
		World: "default", Operation: "updateProcess", Target: "/v3/processes/p", Status: 503, Rule: "flaky",
		Client: ReactionClient{User: "developer", UserAgent: "team/1"}, Outcome: Recovered, Final: true, Attempts: 3,
		GapsMS: []float64{100, 200}, Backoff: BackoffGrowing, RetryAfter: RetryAbsent, RecoveredAfterMS: &after,
		Requests: []uint64{1, 2, 3},
	}
	if len(report.Reactions) != 1 {
		t.Fatalf("%d reactions, want 1", len(report.Reactions))
	}
	if got := fmt.Sprintf("%+v", deref(report.Reactions[0])); got != fmt.Sprintf("%+v", deref(want)) {
		t.Errorf("reaction\n got %s\nwant %+v", got, deref(want))
	}
	wantSum := ReactionSummary{Operation: "updateProcess", Status: 503, Faults: 1, Recovered: 1, Retried: 1}
	if len(report.Summary) != 1 || report.Summary[0] != wantSum {
		t.Errorf("summary %+v, want %+v", report.Summary, wantSum)
	}
}

// deref makes the time of recovery comparable.
func deref(r Reaction) [2]any {
	after := *r.RecoveredAfterMS
	r.RecoveredAfterMS = nil
	return [2]any{r, after}
}

func TestLongChainStaysSmall(t *testing.T) {
	t.Parallel()
	s := (&story{tb: t}).add(fails(0))
	for range 999 {
		s.add(fails(60 * ms))
	}
	s.add(works(60 * ms))
	report := react(s.entries, origin.Add(time.Hour))
	r := report.Reactions[0]
	if r.Attempts != 1001 || len(r.Requests) != maxAttempts || r.Requests[maxAttempts-1] != 1001 {
		t.Errorf("attempts %d, requests %d, last %d; want 1001, %d, 1001", r.Attempts, len(r.Requests), r.Requests[len(r.Requests)-1], maxAttempts)
	}
	if r.Outcome != Recovered || r.Backoff != BackoffFixed || !r.Hammered {
		t.Errorf("got %s, want a recovered, fixed, hammering client", describe(r))
	}
}

func TestReactionsAreBounded(t *testing.T) {
	t.Parallel()
	r := NewReactions()
	const clients = 5000
	s := &story{tb: t}
	for i := range clients {
		s.add(fails(0).with(func(st *step) { st.user = fmt.Sprint(i) }))
	}
	for i := range s.entries {
		r.Observe(&s.entries[i])
	}
	if len(r.open) > maxOpen || len(r.judged) > maxJudged {
		t.Errorf("%d open and %d judged, want at most %d and %d", len(r.open), len(r.judged), maxOpen, maxJudged)
	}
	report := r.Report(origin.Add(time.Hour))
	if got := len(report.Reactions) + int(report.Forgotten); got != clients {
		t.Errorf("%d reactions remembered or counted, want %d", got, clients)
	}
	if sum := report.Summary[0]; sum.Faults != clients || sum.GaveUp != clients {
		t.Errorf("summary %+v, want %d faults that were given up", sum, clients)
	}
	past := NewReactions()
	past.Absorb(r)
	if got := past.Report(origin.Add(time.Hour)).Summary[0]; got.Faults != clients {
		t.Errorf("absorbed %d faults, want %d", got.Faults, clients)
	}
	r.Clear()
	if report := r.Report(origin); len(report.Reactions)+len(report.Summary) != 0 {
		t.Errorf("after Clear: %+v", report)
	}
	if got := past.Report(origin.Add(time.Hour)).Summary[0]; got.Faults != clients {
		t.Errorf("clearing one record changed the other: %d faults, want %d", got.Faults, clients)
	}
}

func TestReactionsSurviveTheRing(t *testing.T) {
	t.Parallel()
	j := New(2, 1<<20)
	s := (&story{tb: t}).add(fails(0), works(100*ms))
	for range 10 {
		s.add(works(ms))
	}
	for _, e := range s.entries {
		j.Append(e)
	}
	j.Clear()
	if got := j.Reactions().Report(origin.Add(time.Hour)).Reactions; len(got) != 1 || got[0].Outcome != Recovered {
		t.Errorf("reactions %+v, want the one that recovered", got)
	}
}

func TestMergeReactions(t *testing.T) {
	t.Parallel()
	one := react((&story{tb: t}).add(fails(0), works(ms)).entries, origin.Add(time.Hour))
	two := react((&story{tb: t}).add(fails(0), fails(ms).with(func(s *step) { s.status = 500 })).entries, origin.Add(time.Hour))
	all := MergeReactions(one, two)
	var got []string
	for _, s := range all.Summary {
		got = append(got, fmt.Sprintf("%d:%d/%d", s.Status, s.Recovered, s.Faults))
	}
	if want := []string{"500:0/1", "503:1/2"}; !slices.Equal(got, want) || len(all.Reactions) != 3 {
		t.Errorf("summary %v with %d reactions, want %v with 3", got, len(all.Reactions), want)
	}
}

// A chain ends where a test ends: what comes afterwards is not a reaction to it,
// and what came before is judged as it stood.
func TestChainsEnd(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		end  func(j *Journal)
		want []string
	}{
		"nothing ended":            {func(*Journal) {}, []string{"503 recovered final attempts=3 none absent"}},
		"the world was reset":      {func(j *Journal) { j.Reactions().End() }, []string{"503 gave_up final attempts=2 none absent"}},
		"requests were cleared":    {(*Journal).Clear, []string{"503 gave_up final attempts=2 none absent"}},
		"the rule was removed":     {func(j *Journal) { j.Reactions().EndRule("flaky") }, []string{"503 gave_up final attempts=2 none absent"}},
		"another rule was removed": {func(j *Journal) { j.Reactions().EndRule("other") }, []string{"503 recovered final attempts=3 none absent"}},
		"coverage was cleared":     {func(j *Journal) { j.Reactions().Clear() }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := New(100, 1<<20)
			flaky := func(s *step) { s.rule = "flaky" }
			history := (&story{tb: t}).add(fails(0).with(flaky), fails(ms).with(flaky), works(ms)).entries
			j.Append(history[0])
			j.Append(history[1])
			test.end(j)
			j.Append(history[2])
			var got []string
			for _, r := range j.Reactions().Report(origin.Add(time.Hour)).Reactions {
				got = append(got, describe(r))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("reactions %q, want %q", got, test.want)
			}
		})
	}
}

// The pace is told from the journal as it was, also when that is cleared before
// anybody asks.
func TestThePaceSurvivesTheJournal(t *testing.T) {
	t.Parallel()
	j := New(100, 1<<20)
	for _, e := range (&story{tb: t}).add(works(0), works(time.Second), fails(time.Second), works(time.Second)).entries {
		j.Append(e)
	}
	j.Clear()
	if got := j.Reactions().Report(origin.Add(time.Hour)).Reactions; len(got) != 1 || got[0].PaceMS == 0 {
		t.Errorf("reactions %+v, want one with a pace", got)
	}
}

// What is held back is judged by what becomes of it, whatever was sent meanwhile.
func TestHeldAttempts(t *testing.T) {
	t.Parallel()
	hang := func(e *Entry) { e.ConnectionFault, e.Injected = socket.Hang, true }
	second := func(e *Entry) { e.Wall = e.Wall.Add(time.Second) }
	for name, test := range map[string]struct {
		first, next func(*Entry)  // as they are decided; the next is answered at once
		ends        time.Duration // after the first was decided
		becomes     func(*Entry)
		open, done  []string
	}{
		"the client left and came back": {hang, second, time.Second, hang,
			nil, []string{"0 hang recovered final attempts=2 none absent"}},
		"the server saw it leave late": {hang, second, 1060 * ms, hang,
			nil, []string{"0 hang recovered final attempts=2 none absent"}},
		"another request ran beside it": {hang, second, 10 * time.Second, hang,
			nil, []string{"0 hang gave_up final attempts=1 none absent"}},
		"a delayed refusal": {func(e *Entry) { e.Injected = true }, second, 500 * ms, func(e *Entry) { e.Status = 503 },
			nil, []string{"503 recovered final attempts=2 undecided absent"}},
		"it was not a fault after all": {func(e *Entry) { e.Injected = true }, second, 500 * ms, func(e *Entry) { e.Status = 200 },
			nil, nil},
		"what followed was refused, too": {hang, func(e *Entry) { second(e); e.Status, e.Injected = 503, true }, time.Second, hang,
			[]string{"503 gave_up open attempts=1 none absent"}, []string{"0 hang gave_up final attempts=2 none absent", "503 gave_up final attempts=1 none absent"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := New(100, 1<<20)
			history := (&story{tb: t}).add(works(0), works(0)).entries
			first, next := history[0], history[1]
			first.Held, first.Status, first.Latency = true, 0, 0
			test.first(&first)
			kind := first.ConnectionFault
			first.ConnectionFault = ""
			first.ID = j.Append(first)
			test.next(&next)
			j.Append(next)
			judged := func(later time.Duration) (got []string) {
				for _, r := range j.Reactions().Report(origin.Add(later)).Reactions {
					got = append(got, describe(r))
				}
				return got
			}
			if got := judged(time.Second); !slices.Equal(got, test.open) {
				t.Errorf("while it is held %q, want %q", got, test.open)
			}
			first.Held, first.ConnectionFault, first.Latency = false, kind, test.ends
			test.becomes(&first)
			j.Complete(first)
			if got := judged(time.Hour); !slices.Equal(got, test.done) {
				t.Errorf("in the end %q, want %q", got, test.done)
			}
		})
	}
}
