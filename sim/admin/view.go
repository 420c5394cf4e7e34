package admin

import (
	"bytes"
	"slices"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/world"
)

// view is what a feed has seen of its world.
type view struct {
	world *world.World
	snap  *world.Snapshot
	clock client.ClockState
	seen  uint64   // the newest request that was told of
	held  []uint64 // of the requests that were told of, those without their answer
}

// look writes down what is new: what the feed was told, what requests did, and
// what other parts of capisim changed without a word. It counts the new requests.
func (v *view) look(what happening, files []ScenarioEvent) (text []byte, requests int) {
	var out bytes.Buffer
	for _, file := range files {
		out.Write(event("scenario", file))
	}
	if now := v.world.Current(); now != v.snap {
		v.snap = now
		what |= stateEvent | faultEvent
	}
	clock := clockOf(v.world.Clock)
	if clock.Mode != v.clock.Mode || clock.Mode == "frozen" && !clock.Now.Equal(v.clock.Now) {
		what |= clockEvent
	}
	v.clock = clock
	v.completed(&out)
	rules, changed, requests := v.requests(&out)
	if changed {
		what |= stateEvent
	}
	if len(rules) > 0 && what&faultEvent == 0 {
		out.Write(event("fault", FaultEvent{Rules: rules, Total: len(v.snap.Faults.List())}))
	}
	if what&requestEvent != 0 {
		out.Write(event("request", JournalEvent{Cleared: true}))
	}
	stand(&out, v.snap, clock, what)
	return out.Bytes(), requests
}

// completed tells again of requests that were held, with their answers.
func (v *view) completed(out *bytes.Buffer) {
	v.held = slices.DeleteFunc(v.held, func(id uint64) bool {
		entry, found := v.world.Journal.Get(id)
		if found && !entry.Held {
			out.Write(event("request", entry.View()))
		}
		return !found || !entry.Held
	})
}

// requests tells of the new ones, oldest first, the newest when they are too
// many. It returns the rules that decided about them, whether one changed state,
// and how many there are.
func (v *view) requests(out *bytes.Buffer) (rules []fault.Status, changed bool, total int) {
	page := v.world.Journal.Entries(journal.Filter{After: v.seen}, 1, batchRequests)
	if len(page.Entries) == 0 {
		return nil, false, 0
	}
	v.seen = page.Entries[0].ID
	var texts [][]byte // newest first
	for size := 0; len(texts) < len(page.Entries); {
		text := event("request", page.Entries[len(texts)].View())
		if size += len(text); size > batchBytes && len(texts) > 0 {
			break
		}
		texts = append(texts, text)
	}
	if skipped := page.Total - len(texts); skipped > 0 {
		out.Write(event("request", JournalEvent{Skipped: skipped}))
	}
	for i, entry := range slices.Backward(page.Entries) {
		if i < len(texts) {
			out.Write(texts[i])
			if entry.Held {
				v.held = append(v.held, entry.ID)
			}
		}
		changed = changed || entry.Applied
		if entry.Rule == "" || slices.ContainsFunc(rules, func(r fault.Status) bool { return r.ID == entry.Rule }) {
			continue
		}
		if status, found := v.snap.Faults.Get(entry.Rule); found {
			rules = append(rules, status)
		}
	}
	return rules, changed, page.Total
}

// standing is where a world stands: what a stream begins with.
func standing(w *world.World) []byte {
	var out bytes.Buffer
	stand(&out, w.Current(), clockOf(w.Clock), faultEvent|stateEvent|clockEvent)
	return out.Bytes()
}

func stand(out *bytes.Buffer, snap *world.Snapshot, clock client.ClockState, what happening) {
	if what&faultEvent != 0 {
		out.Write(event("fault", FaultEvent{Rules: []fault.Status{}, Total: len(snap.Faults.List())}))
	}
	if what&stateEvent != 0 {
		out.Write(event("state", StateEvent{snap.Generation, snap.Scenario.Name, snap.State.Counts()}))
	}
	if what&clockEvent != 0 {
		out.Write(event("clock", clock))
	}
}

// event is one event as it is sent.
func event(name string, data any) []byte {
	return append(append([]byte("event: "+name+"\ndata: "), compact(data)...), "\n\n"...)
}
