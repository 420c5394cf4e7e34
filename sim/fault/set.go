package fault

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// ErrUnknown says that no rule of the set has the id.
var ErrUnknown = errors.New("no such rule")

// Set holds the rules of a world, and their counters. Its methods may be
// called from everywhere at once. The newest rule comes first: of several put
// together, the last.
type Set struct {
	seed  int64
	world string
	limit int
	users func(name string) bool // whether the world has such a user; nil knows all

	// watchers counts the active rules for each operation by its place in the
	// table; buckets are those rules, nil until they are next needed. Both are
	// read without the lock.
	watchers []atomic.Int32
	buckets  []atomic.Pointer[bucket]

	removed func(id string) // is told of each rule that was removed or replaced; may be nil

	strangers atomic.Int32 // active rules with a Meanwhile
	turn      sync.Mutex   // held over a whole decision while there are such rules

	mutex sync.Mutex // guards all below, and the counters of the rules
	rules map[string]*armed
	order []*armed // oldest first
	age   uint64   // of the newest
	named int      // the last number given to a rule without an id
}

// WithUsers lets the set refuse rules about users that the world does not have.
// Call it before the set is used.
func (s *Set) WithUsers(known func(name string) bool) *Set {
	s.users = known
	return s
}

// WithRemoved lets somebody know of each rule that was removed or replaced, once
// it decides about no request any more. Call it before the set is used.
func (s *Set) WithRemoved(told func(id string)) *Set {
	s.removed = told
	return s
}

// tell tells of removed rules; the mutex is not held.
func (s *Set) tell(ids ...string) {
	if s.removed != nil {
		for _, id := range ids {
			s.removed(id)
		}
	}
}

// unknownUsers finds the users of a rule that the world does not have.
func (s *Set) unknownUsers(rule Rule) (problems document.Violations) {
	for i, m := range rule.Meanwhile {
		if m.User != "" && s.users != nil && !s.users(m.User) {
			problems = append(problems, document.Violation{Pointer: "/meanwhile/" + strconv.Itoa(i) + "/user",
				Message: document.Quote(m.User) + ", expected the name of a user of the world, or no such key for an administrator"})
		}
	}
	return problems
}

// NewSet makes an empty set. Draws come from the seed and the world's name. It
// takes up to limit rules; 0 means no limit.
func NewSet(seed int64, world string, limit int) *Set {
	table := contract.Operations()
	return &Set{
		seed: seed, world: world, limit: limit,
		watchers: make([]atomic.Int32, len(table)),
		buckets:  make([]atomic.Pointer[bucket], len(table)),
		rules:    map[string]*armed{},
	}
}

// Put adds rules that were parsed, all or none; what they mean is judged again,
// since here it must hold. A rule whose id is taken replaces that rule, and starts
// anew as the newest, with fresh counters and a window that begins now. A rule
// without an id gets one: "rule-1", "rule-2" and so on. The error is always
// document.Violations, its pointers beginning with "/0", "/1", ... when there are
// several rules.
func (s *Set) Put(now time.Time, rules ...Rule) error {
	if problems := s.Judge(rules...); len(problems) > 0 {
		return problems
	}
	ready := make([]*armed, len(rules))
	for i, rule := range rules {
		ready[i] = newArmed(rule, now)
	}
	replaced, err := s.put(rules, ready)
	s.tell(replaced...)
	return err
}

// Judge finds what is wrong with rules that are to be put into the set, as far
// as it is not a matter of their number.
func (s *Set) Judge(rules ...Rule) (problems document.Violations) {
	for i, rule := range rules {
		found := append(rule.Judge(), s.unknownUsers(rule)...)
		if len(rules) > 1 {
			found = found.Under(document.Pointer(i))
		}
		problems = append(problems, found...)
	}
	return append(problems, sameIDs(rules)...)
}

// put adds rules that are ready and returns the ids of those that they replace.
func (s *Set) put(rules []Rule, ready []*armed) (replaced []string, err error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if total := s.sizeWith(rules); s.limit > 0 && total > s.limit {
		return nil, document.Violations{{Message: fmt.Sprintf("%d rules, expected at most %d in a world", total, s.limit)}}
	}
	taken := idsOf(rules)
	for _, a := range ready {
		if a.rule.ID == "" {
			a.rule.ID = s.freeID(taken)
		}
		if s.remove(a.rule.ID) {
			replaced = append(replaced, a.rule.ID)
		}
		s.age++
		a.age, a.draws = s.age, newDraws(s.seed, s.world, a.rule.ID)
		s.add(a)
	}
	return replaced, nil
}

// sizeWith is how many rules there will be: those that replace one add none.
func (s *Set) sizeWith(rules []Rule) int {
	total := len(s.rules)
	for _, rule := range rules {
		if _, replaces := s.rules[rule.ID]; !replaces {
			total++
		}
	}
	return total
}

func idsOf(rules []Rule) map[string]bool {
	ids := make(map[string]bool, len(rules))
	for _, rule := range rules {
		ids[rule.ID] = true
	}
	return ids
}

// freeID never gives the same id twice, so that old journal entries stay
// unambiguous.
func (s *Set) freeID(taken map[string]bool) string {
	for {
		s.named++
		id := "rule-" + strconv.Itoa(s.named)
		if _, exists := s.rules[id]; !exists && !taken[id] {
			return id
		}
	}
}

// Delete removes a rule; false when there was none. Of what it has planned only
// waiting ends.
func (s *Set) Delete(id string) bool {
	s.mutex.Lock()
	there := s.remove(id)
	s.mutex.Unlock()
	if there {
		s.tell(id)
	}
	return there
}

// Clear removes all rules.
func (s *Set) Clear() {
	s.mutex.Lock()
	ids := slices.Collect(maps.Keys(s.rules))
	for _, a := range s.order {
		s.watch(a, -1)
		a.release()
	}
	clear(s.rules)
	s.order = nil
	s.mutex.Unlock()
	s.tell(ids...)
}

// Patch changes a rule by a JSON merge patch (RFC 7396). The rule keeps its
// place in the order, and its counters and its window too unless the patch
// changes what they count: when, sequence or repeat. What it holds back it goes on
// to hold unless it is switched off. The error is ErrUnknown or
// document.Violations.
func (s *Set) Patch(now time.Time, id string, raw []byte) error {
	for {
		old, ok := s.find(id)
		if !ok {
			return fmt.Errorf("%w: %q", ErrUnknown, id)
		}
		rule, problems := old.rule.patched(raw)
		if problems = append(problems, s.unknownUsers(rule)...); len(problems) > 0 {
			return problems
		}
		if fresh := newArmed(rule, now); s.swap(old, fresh) {
			return nil
		}
	}
}

func (s *Set) find(id string) (*armed, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	a, ok := s.rules[id]
	return a, ok
}

// swap puts a patched rule in the place of the old one; false when that is no
// longer there.
func (s *Set) swap(old, fresh *armed) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.rules[old.rule.ID] != old {
		return false
	}
	fresh.age, fresh.draws = old.age, old.draws
	if old.countsLike(fresh) {
		fresh.since, fresh.counters = old.since, old.counters
		old.heir = fresh
	}
	if fresh.rule.Active() {
		fresh.over, old.over = old.over, nil
	} else {
		old.release()
	}
	s.watch(old, -1)
	s.watch(fresh, +1)
	s.rules[old.rule.ID] = fresh
	s.order[s.place(old)] = fresh
	return true
}

func (s *Set) add(a *armed) {
	s.rules[a.rule.ID] = a
	s.order = append(s.order, a)
	s.watch(a, +1)
}

func (s *Set) remove(id string) bool {
	a, ok := s.rules[id]
	if !ok {
		return false
	}
	delete(s.rules, id)
	at := s.place(a)
	s.order = slices.Delete(s.order, at, at+1)
	s.watch(a, -1)
	a.release()
	return true
}

// place finds a rule in the order, which is by age.
func (s *Set) place(a *armed) int {
	at, _ := slices.BinarySearchFunc(s.order, a.age, func(b *armed, age uint64) int { return cmp.Compare(b.age, age) })
	return at
}

// watch counts a rule in or out of its operations, and drops their buckets.
func (s *Set) watch(a *armed, change int32) {
	if !a.rule.Active() {
		return
	}
	for _, op := range a.operations {
		s.watchers[op.Index].Add(change)
		s.buckets[op.Index].Store(nil)
	}
	if len(a.rule.Meanwhile) > 0 {
		s.strangers.Add(change)
	}
}

// Strangers says that some active rule lets another client in between. Requests
// of the world are then decided one at a time, each in its Turn.
func (s *Set) Strangers() bool { return s.strangers.Load() > 0 }

// Turn waits until it is the caller's turn to be decided, and returns what ends
// it.
func (s *Set) Turn() (done func()) {
	s.turn.Lock()
	return s.turn.Unlock
}

// Watches says whether some active rule is about the operation. It takes no
// lock: most requests need no more than this.
func (s *Set) Watches(op *contract.Operation) bool {
	return s.watchers[op.Index].Load() > 0
}
