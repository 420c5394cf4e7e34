package journal

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// histories is how many stories are told, each alone and in a crowd.
const histories = 200

// TestOthersChangeNothing: what a client did is judged the same whatever the
// traffic of other clients that is mixed into it, and whenever others' stories
// are ended.
func TestOthersChangeNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(histories) {
		r := rand.New(rand.NewPCG(seed, 13))
		alone := tale(t, r, "hero", "/v3/processes/p")
		var crowd []Entry
		for n := range 1 + r.IntN(5) {
			crowd = append(crowd, tale(t, r, fmt.Sprintf("other-%d", n), "/v3/processes/p")...)
			crowd = append(crowd, tale(t, r, "hero", fmt.Sprintf("/v3/processes/q%d", n))...)
		}
		want, got := told(alone, nil), told(alone, crowd)
		if !slices.Equal(got, want) {
			t.Errorf("history %d\nalone %q\nmixed %q", seed, want, got)
		}
	}
}

// tale is what one client sent: at a pace or not, faults of all kinds, retries
// with pauses of all kinds, some answers held back.
func tale(t *testing.T, r *rand.Rand, user, path string) []Entry {
	steps := []step{}
	pause := []time.Duration{time.Millisecond, 40 * ms, 200 * ms, time.Second, 2 * time.Second, 12 * time.Second}
	pace := pause[r.IntN(len(pause))]
	operation := []string{"getProcess", "updateProcess"}[r.IntN(2)]
	for range r.IntN(4) {
		steps = append(steps, works(pace))
	}
	for range 1 + r.IntN(40) {
		s := step{wait: pause[r.IntN(len(pause))], status: 503, injected: r.IntN(4) > 0, rule: "flaky"}
		if r.IntN(3) == 0 {
			s.wait = pace
		}
		switch r.IntN(8) {
		case 0, 1:
			s = works(s.wait)
		case 2:
			s.status, s.fault, s.connection, s.use = 0, "reset", uint64(r.IntN(3)), 1+r.IntN(2)
		case 3:
			s.status, s.fault, s.takes = 0, "hang", time.Second
		case 4:
			s.status, s.retryAfter = 429, "1"
		case 5:
			s.applied = operation == "updateProcess"
		case 6:
			s.query = "page=2"
		}
		steps = append(steps, s)
	}
	for i := range steps {
		steps[i].user, steps[i].path, steps[i].operation = user, path, operation
	}
	list := (&story{tb: t}).add(steps...).entries
	shift := time.Duration(r.Int64N(int64(3 * time.Second)))
	for i := range list {
		list[i].Wall = list[i].Wall.Add(shift)
	}
	return list
}

// told plays a hero's history, mixed with a crowd's by time, into a journal and
// describes the hero's reactions, requests by their place in the history.
func told(hero, crowd []Entry) (out []string) {
	type event struct {
		at    time.Time
		entry *Entry
		place int // in the hero's history, from 1; 0 for the crowd
		done  bool
	}
	var events []event
	for place, list := range [][]Entry{hero, crowd} {
		for i := range list {
			e := &list[i]
			at := event{at: e.Wall, entry: e}
			if place == 0 {
				at.place = i + 1
			}
			events = append(events, at)
			if e.ConnectionFault == "hang" {
				at.at, at.done = e.Wall.Add(e.Latency), true
				events = append(events, at)
			}
		}
	}
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	j := New(10_000, 1<<30)
	ids, places := map[*Entry]uint64{}, map[uint64]int{}
	for _, x := range events {
		e := *x.entry
		switch {
		case x.done:
			e.ID = ids[x.entry]
			j.Complete(e)
			continue
		case e.ConnectionFault == "hang":
			e.Held, e.ConnectionFault, e.Latency = true, "", 0
		}
		id := j.Append(e)
		ids[x.entry], places[id] = id, x.place
	}
	for _, reaction := range j.Reactions().Report(origin.Add(time.Hour)).Reactions {
		if places[reaction.Requests[0]] == 0 {
			continue
		}
		for i, id := range reaction.Requests {
			reaction.Requests[i] = uint64(places[id])
		}
		out = append(out, fmt.Sprintf("%s %v %v", describe(reaction), reaction.GapsMS, reaction.Requests))
	}
	slices.SortFunc(out, cmp.Compare)
	return out
}
