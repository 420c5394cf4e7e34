package world

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/scenario"
)

// Registry holds the worlds of one server: the default one at the root and any
// number of others under /worlds/NAME.
type Registry struct {
	bounds    Bounds
	maxWorlds int
	choices   Choices
	root      *World

	mu     sync.RWMutex
	worlds map[string]*World
	made   int          // names made so far
	swept  atomic.Int64 // wall time of the last Sweep, in nanoseconds
	closed bool
	// past sums up the coverage and the reactions of worlds that are gone; it
	// keeps no requests.
	past *journal.Journal
}

// Options are the bounds and choices of a registry.
type Options struct {
	Bounds    Bounds
	MaxWorlds int // beside the default one
	Choices   Choices
}

// NewRegistry makes a registry whose default world plays a scenario.
func NewRegistry(s *scenario.Scenario, o Options) (*Registry, error) {
	r := &Registry{
		bounds: o.Bounds, maxWorlds: o.MaxWorlds, choices: o.Choices,
		worlds: map[string]*World{}, past: journal.New(0, 0),
	}
	root := r.empty(Spec{Name: Default}, "")
	if err := root.Load(s); err != nil {
		return nil, err
	}
	r.root = root
	return r, nil
}

// empty is a world without contents.
func (r *Registry) empty(spec Spec, prefix string) *World {
	w := &World{
		Name: spec.Name, Prefix: prefix, Clock: NewClock(true, time.Time{}), Sessions: newSessions(),
		Journal: journal.New(r.bounds.JournalEntries, r.bounds.JournalBytes),
		bounds:  r.bounds, choices: spec.Choices.over(r.choices), draws: spec.Name, ttl: spec.TTL, asked: spec.Choices,
	}
	w.touch(Wall())
	return w
}

// Root is the default world.
func (r *Registry) Root() *World { return r.root }

// Prefix is where worlds other than the default one live.
const Prefix = "/worlds/"

// Resolve finds the world of a request path and what is left of the path. A
// path outside of /worlds/ belongs to the default world. ok is false for a
// world that does not exist; w is then nil.
func (r *Registry) Resolve(path string) (w *World, rest string, ok bool) {
	if !strings.HasPrefix(path, "/w") && !strings.HasPrefix(path, "//") {
		return r.root, path, true
	}
	trimmed := "/" + strings.TrimLeft(path, "/")
	if !strings.HasPrefix(trimmed, Prefix) {
		return r.root, path, true
	}
	name, rest, _ := strings.Cut(strings.TrimLeft(trimmed[len(Prefix):], "/"), "/")
	rest = "/" + strings.TrimLeft(rest, "/")
	w, ok = r.World(name)
	if !ok {
		return nil, rest, false
	}
	w.touch(Wall())
	return w, rest, true
}

// Use notes a request to a world that was found otherwise; false when it has
// ended, be it now because its time to live has passed.
func (r *Registry) Use(w *World) bool {
	there, ok := r.World(w.Name)
	if !ok || there != w {
		return false
	}
	w.touch(Wall())
	return true
}

// World finds a world by name; one whose time to live has passed is gone.
func (r *Registry) World(name string) (*World, bool) {
	if name == Default {
		return r.root, true
	}
	r.mu.RLock()
	w, ok := r.worlds[name]
	r.mu.RUnlock()
	if ok && w.expired(Wall()) {
		r.end(w)
		return nil, false
	}
	return w, ok
}

// touch notes a request. Times to live go by what has passed and not by what the
// machine's clock was set to meanwhile.
func (w *World) touch(now time.Time) { w.touched.Store(int64(sinceStart(now))) }

// Begin and End stand around a request to the simulated API: a world that holds an
// answer back for longer than its time to live is in use all the while.
func (w *World) Begin() { w.underWay.Add(1) }

// End ends what Begin began.
func (w *World) End() {
	w.touch(Wall())
	w.underWay.Add(-1)
}

func (w *World) expired(now time.Time) bool {
	return w.ttl > 0 && w.underWay.Load() == 0 && sinceStart(now)-time.Duration(w.touched.Load()) > w.ttl
}

// From names the world that this one is a fork of, "" for none.
func (w *World) From() string { return w.from }

// Differs names the parts of a spec in which the world was made otherwise, as
// the admin API calls them. A scenario is compared with what a reset goes back
// to.
func (w *World) Differs(spec Spec) (parts []string) {
	note := func(part string, same bool) {
		if !same {
			parts = append(parts, part)
		}
	}
	if spec.From != nil {
		note("from", w.from == spec.From.Name)
	} else {
		note("scenario", w.from == "" && w.Home().Same(spec.Scenario))
	}
	note("ttl", w.ttl == spec.TTL)
	note("clock", w.asked.Clock == spec.Choices.Clock)
	note("auth", w.asked.Auth == spec.Choices.Auth)
	return parts
}

// TTL is how long the world lives without a request; 0 is for ever.
func (w *World) TTL() time.Duration { return w.ttl }

var worldName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`) })

// Spec says what a new world shall be.
type Spec struct {
	Name     string             // "": one that is free
	Scenario *scenario.Scenario // what it plays, when it is not a fork
	From     *World             // the world it is a fork of
	TTL      time.Duration      // how long it lives without a request; 0 is for ever
	Choices  Choices
}

// ErrGone says that the world to be forked has ended.
var ErrGone = errors.New("the world has ended")

// Create makes a world, all of it or nothing. The error is a NameError, ErrGone,
// or says which of number of worlds or rules was refused.
func (r *Registry) Create(spec Spec) (*World, error) {
	r.makeRoom()
	r.mu.Lock()
	defer r.mu.Unlock()
	for spec.Name == "" {
		r.made++
		if made := fmt.Sprintf("world-%d", r.made); r.worlds[made] == nil {
			spec.Name = made
		}
	}
	switch {
	case !worldName().MatchString(spec.Name) || strings.Contains(spec.Name, ".."):
		return nil, &NameError{Name: spec.Name, Expected: "letters, digits, dots, dashes and underscores, at most 63, beginning with a letter or digit"}
	case spec.Name == Default || r.worlds[spec.Name] != nil:
		return nil, &NameError{Name: spec.Name, Expected: "a name that no other world has", Taken: true}
	case spec.From != nil && spec.From != r.root && r.worlds[spec.From.Name] != spec.From:
		return nil, ErrGone
	case len(r.worlds) >= r.maxWorlds:
		return nil, fmt.Errorf("%d worlds exist, at most %d are allowed (--max-worlds)", len(r.worlds), r.maxWorlds)
	case r.closed:
		return nil, fmt.Errorf("the server is shutting down")
	}
	w := r.empty(spec, Prefix+spec.Name)
	if spec.From != nil {
		w.from = spec.From.Name
		w.fork(spec.From, spec.Choices)
	} else if err := w.Load(spec.Scenario); err != nil {
		return nil, err
	}
	r.worlds[spec.Name] = w
	return w, nil
}

// NameError says that a world cannot be called that.
type NameError struct {
	Name, Expected string
	Taken          bool // by another world
}

// Error names what was found and what was expected.
func (e *NameError) Error() string { return fmt.Sprintf("%q, expected %s", e.Name, e.Expected) }

// Delete ends a world: what it holds back is cut, its coverage goes to the sum.
// False when there is no such world, or it is the default one.
func (r *Registry) Delete(name string) bool {
	r.mu.RLock()
	w, ok := r.worlds[name]
	r.mu.RUnlock()
	return ok && r.end(w)
}

// end takes one world away; false when somebody else has done so already.
func (r *Registry) end(w *World) bool {
	r.mu.Lock()
	ok := r.worlds[w.Name] == w
	if ok {
		delete(r.worlds, w.Name)
	}
	r.mu.Unlock()
	if ok {
		w.close()
		r.past.Coverage().Absorb(w.Journal.Coverage())
		r.past.Reactions().Absorb(w.Journal.Reactions())
	}
	return ok
}

// Worlds lists all worlds, the default one first, then by name.
func (r *Registry) Worlds() []*World {
	r.Sweep()
	r.mu.RLock()
	defer r.mu.RUnlock()
	list := make([]*World, 0, len(r.worlds)+1)
	for _, w := range r.worlds {
		list = append(list, w)
	}
	slices.SortFunc(list, func(a, b *World) int { return strings.Compare(a.Name, b.Name) })
	return append([]*World{r.root}, list...)
}

// sweepEvery is how long worlds that have ended may take up memory, as long as
// there is room and nobody asks for them.
const sweepEvery = time.Second

// makeRoom sweeps when that is worth its while.
func (r *Registry) makeRoom() {
	r.mu.RLock()
	full := len(r.worlds) >= r.maxWorlds
	r.mu.RUnlock()
	if full || Wall().UnixNano()-r.swept.Load() > int64(sweepEvery) {
		r.Sweep()
	}
}

// Sweep ends the worlds whose time to live has passed.
func (r *Registry) Sweep() {
	now := Wall()
	r.swept.Store(now.UnixNano())
	var gone []*World
	r.mu.RLock()
	for _, w := range r.worlds {
		if w.expired(now) {
			gone = append(gone, w)
		}
	}
	r.mu.RUnlock()
	for _, w := range gone {
		r.end(w)
	}
}

// Close cuts what all worlds still hold back and refuses new worlds.
func (r *Registry) Close() {
	r.mu.Lock()
	r.closed = true
	list := []*World{r.root}
	for _, w := range r.worlds {
		list = append(list, w)
	}
	r.mu.Unlock()
	for _, w := range list {
		w.close()
	}
}
