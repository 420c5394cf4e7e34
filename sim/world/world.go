// Package world puts together one of everything a client can meet: a state, a
// fault set, a journal, users and a clock, under a name. It knows how a world
// is made from a scenario, reset, and ended, and where the worlds of a server
// are. It knows nothing of HTTP. The section marks (§) are those of
// docs/CONTRACT.md.
package world

import (
	"cmp"
	"context"
	"sync"
	"sync/atomic"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
)

// Default is the name of the world at the root of the server.
const Default = "default"

// Bounds are what a world may take.
type Bounds struct {
	Rules          int   // fault rules in force
	JournalEntries int   // entries the journal keeps
	JournalBytes   int64 // bytes the journal keeps
}

// World is one simulated foundation. Its name, prefix and clock stay; what it
// holds is swapped as a whole by a load or a reset.
type World struct {
	Name     string
	Prefix   string // "" for the default world, else "/worlds/NAME"
	Clock    *Clock
	Sessions *Sessions
	Journal  *journal.Journal // its coverage and reactions survive reset and load (DESIGN.md §8)

	bounds   Bounds
	asked    Choices            // of its own
	choices  Choices            // with those of the server, or of its origin
	from     string             // the world it is a fork of, "" for none
	draws    string             // the name that draws of its rules are made from: its own, or its origin's
	mu       sync.Mutex         // serialises swaps
	home     *scenario.Scenario // what a reset goes back to; guarded by mu
	changed  atomic.Bool        // by clients, since home was loaded
	deciding sync.RWMutex       // shared by requests from their decision to their journal entry
	current  atomic.Pointer[Snapshot]
	touched  atomic.Int64 // the last request, in nanoseconds since the process began
	underWay atomic.Int64 // requests to the simulated API, of a world with a ttl
	ttl      time.Duration

	history sync.Mutex // guards era
	era     Era

	ending sync.Mutex // guards atEnd
	atEnd  []func()
	ended  bool
}

// Choices are what a world was told beside its scenario, and what a server is
// told for all of its worlds: they win over each scenario that is loaded. The
// zero value leaves everything to the scenario.
type Choices struct {
	Clock string // "real" or "frozen"
	Auth  scenario.AuthMode
}

// over lets these choices win over others.
func (c Choices) over(others Choices) Choices {
	return Choices{Clock: cmp.Or(c.Clock, others.Clock), Auth: cmp.Or(c.Auth, others.Auth)}
}

// frozen says whether the clock of a world on a scenario stands still.
func (c Choices) frozen(s *scenario.Scenario) bool {
	return c.Clock == "frozen" || c.Clock == "" && s.Clock.Frozen
}

// strict says whether a world on a scenario lets in known tokens only.
func (c Choices) strict(s *scenario.Scenario) bool {
	return cmp.Or(c.Auth, s.Auth) == scenario.Strict
}

// Snapshot is what one request sees of its world from beginning to end: a reset
// in between swaps the pointer, not the parts.
type Snapshot struct {
	World      *World
	Generation uint64
	Strict     bool // only known tokens are let in
	Scenario   *scenario.Scenario
	Variant    contract.Variant
	State      *state.Store
	Faults     *fault.Set
	Limiter    *Limiter // nil: no rate limit

	ctx    context.Context
	cancel context.CancelFunc
}

// Done is closed when the snapshot was replaced or its world ended: answers
// that it still holds back are cut.
func (s *Snapshot) Done() <-chan struct{} { return s.ctx.Done() }

// Current is the snapshot that a new request takes.
func (w *World) Current() *Snapshot {
	snap := w.current.Load()
	if snap != nil && !snap.State.Quiet() { // what moves with time has moved when somebody looks
		snap.State.Advance(w.Clock.Now())
	}
	return snap
}

// Enter begins the decision about a request and returns the snapshot that it is
// made on. Until Leave the world is neither reset nor loaded, and who reads its
// evidence waits: nothing that takes time may be done in between.
func (w *World) Enter() *Snapshot {
	w.deciding.RLock()
	return w.Current()
}

// Leave ends what Enter began. The request is in the journal by then.
func (w *World) Leave() { w.deciding.RUnlock() }

// Evidence is the journal, with all that has been decided up to now: it never
// lags behind the state and the counters of rules, whoever has seen them
// before.
func (w *World) Evidence() *journal.Journal {
	w.deciding.Lock()
	defer w.deciding.Unlock()
	return w.Journal
}

// Scope names the parts of a world that a reset brings back.
type Scope struct{ State, Faults, Journal, Clock bool }

// Everything is the scope of a plain reset.
var Everything = Scope{State: true, Faults: true, Journal: true, Clock: true}

// Load puts the world on a scenario, all of it, and cancels what the world
// still held back.
func (w *World) Load(s *scenario.Scenario) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := w.swap(s, s, Everything, false)
	return err
}

// Home is the scenario that a reset goes back to.
func (w *World) Home() *scenario.Scenario {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.home
}

// MarkChanged notes that a client has changed the world.
func (w *World) MarkChanged() { w.changed.Store(true) }

// Renewal is what has become of a world when its scenario changed.
type Renewal string

// What Renew makes of a world.
const (
	Left   Renewal = ""       // it plays something else by now
	Loaded Renewal = "loaded" // it plays the new version
	Lost   Renewal = "lost"   // the same, and what clients had changed is gone
	Kept   Renewal = "kept"   // it stays as clients have changed it; a reset brings the new version
)

// Renew puts the world on the next version of the scenario that it was seen to
// play, as Load does. With keep one that clients have changed stays as it is.
func (w *World) Renew(seen, next *scenario.Scenario, keep bool) (Renewal, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.home != seen {
		return Left, nil
	}
	changed, err := w.swap(next, next, Everything, keep)
	switch {
	case err != nil || !changed:
		return Loaded, err
	case keep:
		return Kept, nil
	}
	return Lost, nil
}

// Replace puts the world into the state of a document, with its rules, its
// logins and its clock. The world's scenario stays what a reset goes back to,
// and the journal goes on.
func (w *World) Replace(s *scenario.Scenario) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := w.swap(s, w.home, Scope{State: true, Faults: true, Clock: true}, false)
	return err
}

// Reset brings parts of the world back to its scenario.
func (w *World) Reset(scope Scope) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := w.swap(w.home, w.home, scope, false)
	return err
}

// Cut ends the answers that the world holds back, and changes nothing else.
func (w *World) Cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	old := w.Current()
	next := *old
	next.ctx, next.cancel = context.WithCancel(context.Background())
	w.current.Store(&next)
	old.cancel()
}

// swap builds the next snapshot from a scenario, makes another the home, and
// puts the snapshot in place, with keep only if clients have changed nothing; it
// tells whether they had. Nothing changes when the scenario's rules are refused.
func (w *World) swap(s, home *scenario.Scenario, scope Scope, keep bool) (changed bool, err error) {
	old := w.Current()
	next := &Snapshot{World: w}
	if old != nil {
		*next = *old
	}
	next.Generation++
	frozen := w.choices.frozen(s)
	now := w.Clock.Now()
	if scope.Clock {
		now = NewClock(frozen, s.Clock.Start).Now()
	}
	if scope.State {
		next.State = s.Loaded(now, frozen).Fork()
		next.Scenario, next.Variant, next.Strict = s, s.Variant, w.choices.strict(s) // what is only listed stands there
		next.Limiter = newLimiter(s.RateLimit)
		if s.Progress != nil {
			next.Limiter.resume(s.Progress.RateLimit)
		}
	}
	if scope.Faults {
		next.Faults = fault.NewSet(s.Number, w.draws, w.bounds.Rules).WithRemoved(w.Journal.Reactions().EndRule).WithUsers(next.State.HasUser)
		if err := next.Faults.Put(now, s.Faults...); err != nil {
			return false, err
		}
		if s.Progress != nil {
			next.Faults.Resume(s.Progress.Progress)
		}
	}
	next.ctx, next.cancel = context.WithCancel(context.Background())
	w.home = home
	if changed = w.put(next, s, scope, keep); changed && keep {
		next.cancel()
		return changed, nil
	}
	if old != nil {
		old.cancel()
	}
	return changed, nil
}

// put makes a snapshot the current one, between two decisions, unless clients
// have changed the world, which it tells, and that is to be kept. Clock and logins
// are brought to the scenario's.
func (w *World) put(next *Snapshot, s *scenario.Scenario, scope Scope, keep bool) (changed bool) {
	w.deciding.Lock()
	defer w.deciding.Unlock()
	if changed = w.changed.Load(); changed && keep {
		return changed
	}
	w.Journal.Reactions().End() // what comes now is another story
	if scope.Journal {
		w.Journal.Clear()
	}
	if scope.Clock {
		w.Clock.Set(w.choices.frozen(s), s.Clock.Start)
	}
	if saved := s.Progress; scope.State && saved != nil {
		w.Sessions.resume(saved.Sessions)
	}
	w.current.Store(next)
	switch {
	case scope.Journal:
		w.begin()
	case scope.State || scope.Faults:
		w.noteState()
	}
	if scope == Everything {
		w.changed.Store(false)
	}
	return changed
}

// AtEnd calls f when the world ends, at once when it has ended already.
func (w *World) AtEnd(f func()) {
	w.ending.Lock()
	ended := w.ended
	if !ended {
		w.atEnd = append(w.atEnd, f)
	}
	w.ending.Unlock()
	if ended {
		f()
	}
}

// close ends the world: what it still holds back is cut, and who asked to be
// told is told.
func (w *World) close() {
	w.mu.Lock()
	w.Current().cancel()
	w.mu.Unlock()
	w.ending.Lock()
	told := w.atEnd
	w.atEnd, w.ended = nil, true
	w.ending.Unlock()
	for _, f := range told {
		f()
	}
}
