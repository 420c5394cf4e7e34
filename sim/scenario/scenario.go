// Package scenario turns files into the parts a world is made of: state, fault
// rules, expectations, clock, auth and rate limit. It hides two notations (YAML
// and JSON), the traps of their parsers, the overlaying of scenarios and the
// drawing of what was left out; whoever loads a scenario gets checked values,
// or everything that is wrong with the file, each problem with its line and
// column. It refuses to know worlds, HTTP and the time: `now` is handed in. The
// section marks (§) are those of docs/CONTRACT.md.
package scenario

import (
	"bytes"
	"cmp"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/state"
)

// Scenario is a checked scenario. It is never changed after it was made and
// may be shared by any number of worlds.
type Scenario struct {
	Name        string
	Description string // what it lets a client test

	// Document is the wire form it was made of, with what it extends laid
	// under it. Read only.
	Document *Document

	Number       int64 // the seed of all draws
	Variant      contract.Variant
	Clock        ClockSpec
	Auth         AuthMode
	Tokens       TokenLife
	RateLimit    *RateLimit // nil: none
	Faults       []fault.Rule
	Expectations []journal.Expectation
	Progress     *Progress // of a world that was saved, else nil

	listing listing // in the library that it came from

	drawing sync.Mutex // guards store
	store   *state.Store
	loading sync.Mutex // guards loaded
	loaded  loaded
	varied  atomic.Pointer[Scenario] // the last that was made

	base *Scenario // that this is a variation of, nil for none
	by   Variation // and how
}

// ClockSpec is the clock a world begins with (DESIGN.md §1.3).
type ClockSpec struct {
	Frozen bool
	Start  time.Time // of a frozen clock; zero for a real one
}

// Epoch is where a frozen clock without a start stands (DESIGN.md §1.3).
var Epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// AuthMode says what happens to a bearer token that neither the scenario nor
// the simulator has issued.
type AuthMode string

// Permissive takes an unknown token for an admin's, strict refuses it
// (DESIGN.md §4).
const (
	Permissive AuthMode = "permissive"
	Strict     AuthMode = "strict"
)

// TokenLife is how long tokens are good for, on the wall's clock: clients
// compare the expiry with their own.
type TokenLife struct{ Access, Refresh time.Duration }

// UAA's own settings.
var defaultTokenLife = TokenLife{Access: 10 * time.Minute, Refresh: 30 * 24 * time.Hour}

// RateLimit is the rate limiter of a world (DESIGN.md §6).
type RateLimit struct {
	Limit  int           // requests in a window
	Window time.Duration // the real server's is an hour
	Per    string        // who shares a count: PerUser or PerWorld
}

// Who shares one count of a rate limit.
const (
	PerUser  = "user"
	PerWorld = "world"
)

// defaultNumber is the seed of a scenario that names none.
const defaultNumber = 1

// defaultWindow is the real server's reset interval (§18).
const defaultWindow = time.Hour

// Variation is what may be chosen of a scenario beside its files; the zero
// value changes nothing.
type Variation struct {
	Seed    *int64 // from which what the files left out is drawn anew
	Variant contract.Variant
}

func (v Variation) same(as Variation) bool {
	return v.Variant == as.Variant && (v.Seed == nil) == (as.Seed == nil) && (v.Seed == nil || *v.Seed == *as.Seed)
}

// Varied returns the scenario with another seed or variant. The last one is
// kept, so that the worlds of parallel tests, which choose alike, share one.
func (s *Scenario) Varied(by Variation) *Scenario {
	if by.same(Variation{}) {
		return s
	}
	seed, variant := document.Or(by.Seed, s.Number), cmp.Or(by.Variant, s.Variant)
	by = Variation{Seed: cmp.Or(by.Seed, s.by.Seed), Variant: cmp.Or(by.Variant, s.by.Variant)}
	if last := s.varied.Load(); last != nil && last.by.same(by) {
		return last
	}
	document := *s.Document
	document.Seed, document.Variant = &seed, variant
	made := assemble(&document)
	made.base, made.by = s.plain(), by
	s.varied.Store(made)
	return made
}

// plain is the scenario as its document has it.
func (s *Scenario) plain() *Scenario { return cmp.Or(s.base, s) }

// Same says that two scenarios come from the same document, with all that it
// extends.
func (s *Scenario) Same(as *Scenario) bool {
	if s == as {
		return true
	}
	one, err := json.Marshal(s.Document)
	if err != nil {
		return false
	}
	other, err := json.Marshal(as.Document)
	return err == nil && bytes.Equal(one, other)
}

// State is what a world holds whose clock shows now at its load: times that
// were left out derive from it. It belongs to the caller, the values it points
// to are shared and never changed.
func (s *Scenario) State(now time.Time) state.Seed { return s.Store().Load(now).Export() }

// Store is the scenario's state, drawn once, times that were left out open:
// worlds are made of it by state.Store.Load, and nobody changes it.
func (s *Scenario) Store() *state.Store {
	store, _ := s.drawn(nil) // nothing stops it
	return store
}

// loaded is a store with its times.
type loaded struct {
	now   time.Time
	store *state.Store
}

// Loaded is the state of a world whose clock shows now at its load. Nobody changes
// it: a world is a fork of it, and not a load. The last one is kept; for a running
// clock one of the same second serves as well, which is as fine as the API shows
// times: its worlds share what they have encoded.
func (s *Scenario) Loaded(now time.Time, frozen bool) *state.Store {
	s.loading.Lock()
	defer s.loading.Unlock()
	same := s.loaded.now.Equal(now) || !frozen && s.loaded.now.Truncate(time.Second).Equal(now.Truncate(time.Second))
	if s.loaded.store == nil || !same {
		s.loaded = loaded{now, s.Store().Load(now)}
	}
	return s.loaded.store
}

// Prepare makes Store's state for somebody who may leave. The error is that of
// stop.
func (s *Scenario) Prepare(stop *document.Stop) error {
	_, err := s.drawn(stop)
	return err
}

func (s *Scenario) drawn(stop *document.Stop) (*state.Store, error) {
	s.drawing.Lock()
	defer s.drawing.Unlock()
	if s.store == nil {
		drawn, err := newDraft(stop, s.Document)
		if err != nil {
			return nil, err
		}
		s.store = state.New(drawn.seed)
	}
	return s.store, nil
}

// assemble makes the scenario of a document that is checked and completed.
func assemble(doc *Document) *Scenario {
	s := &Scenario{
		Name:         doc.Name,
		Description:  doc.Description,
		Document:     doc,
		Number:       doc.number(),
		Variant:      doc.Variant,
		Auth:         doc.Auth.Mode,
		Tokens:       defaultTokenLife,
		Faults:       doc.Faults,
		Expectations: doc.Expectations,
		Progress:     doc.Progress,
	}
	if c := doc.Clock; c != nil && (c.Mode == "frozen" || c.Mode == "" && !c.Start.IsZero()) {
		s.Clock = ClockSpec{Frozen: true, Start: cmp.Or(c.Start.UTC(), Epoch)}
	}
	if life := doc.Auth.TokenLife; life != nil {
		s.Tokens.Access = time.Duration(*life)
	}
	if life := doc.Auth.RefreshTokenLife; life != nil {
		s.Tokens.Refresh = time.Duration(*life)
	}
	if r := doc.RateLimit; r != nil {
		s.RateLimit = &RateLimit{Limit: r.Limit, Window: time.Duration(r.Window), Per: r.Per}
		if r.Window == 0 {
			s.RateLimit.Window = defaultWindow
		}
		if r.Per == "" {
			s.RateLimit.Per = PerUser
		}
	}
	return s
}
