package state

import (
	"iter"
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/tidwall/btree"

	"example.com/capisim/sim/contract"
)

// index finds things of one kind by what they have and by their times, cheap
// for what it finds, whatever there is.
type index struct {
	load      load       // zero: open times stay open
	serial    uint64     // of the newest thing
	sets      table[ids] // by attribute
	byCreated *btree.BTreeG[key]
	byUpdated *btree.BTreeG[key]
	openKeys  openKeys // of the two before
}

func (x *index) fork() index {
	next := index{x.load, x.serial, x.sets.fork(), nil, nil, x.openKeys}
	if x.byCreated != nil {
		next.byCreated, next.byUpdated = x.byCreated.Copy(), x.byUpdated.Copy()
	}
	return next
}

// attribute is what things can be found by.
type attribute struct {
	kind        attributeKind
	name, value string
}

type attributeKind byte

const (
	anyOne     attributeKind = '*'
	ofType     attributeKind = 't'
	ofSpace    attributeKind = 's'
	ofOrg      attributeKind = 'o'
	ofKey      attributeKind = 'k' // of a label
	ofLabel    attributeKind = 'l'
	withForced attributeKind = 'f'
	ofRegistry attributeKind = 'r' // guid of a registry credential
	ofName     attributeKind = 'n' // folded
	ofStack    attributeKind = 'b'
	ofState    attributeKind = 'd' // of a deployment, and so the next two
	ofReason   attributeKind = 'e'
	ofStatus   attributeKind = 'v'

	ofText      attributeKind = 'x' // under a key of a listing
	ofEverybody attributeKind = 'p' // who sees an item, and so the next three
	ofUser      attributeKind = 'i' // guid
	ofMembers   attributeKind = 'm' // of an organization
	ofAuditors  attributeKind = 'u' // of an organization
)

// String names the attribute in the index.
func (a attribute) String() string { return string(a.append(nil)) }

func (a attribute) append(to []byte) []byte {
	to = strconv.AppendInt(append(to, byte(a.kind)), int64(len(a.name)), 10)
	return append(append(append(to, ':'), a.name...), a.value...) // names may begin with digits
}

// attributes appends those of a process.
func (s *Store) attributes(own []attribute, p *Process) []attribute {
	own = append(own, attribute{kind: anyOne}, attribute{ofType, p.Type, ""})
	if space := s.spaces.table.get(s.apps.table.get(p.AppGUID).SpaceGUID); space != nil {
		own = append(own, attribute{ofSpace, space.GUID, ""}, attribute{ofOrg, space.OrganizationGUID, ""})
	}
	own = labels(own, p.Metadata.Labels)
	if len(p.History.Forced) > 0 {
		own = append(own, attribute{kind: withForced})
	}
	if p.RegistryCredential != nil {
		own = append(own, attribute{ofRegistry, p.RegistryCredential.GUID, ""})
	}
	return own
}

// labels appends the attributes that labels are.
func labels(own []attribute, of contract.Pairs) []attribute {
	for _, label := range of {
		own = append(own, attribute{ofKey, label.Key, ""}, attribute{ofLabel, label.Key, label.Value})
	}
	return own
}

// foundAlike says, for most changes of a process, that its attributes stay.
func foundAlike(old, next *Process) bool {
	return old.Type == next.Type && old.AppGUID == next.AppGUID && slices.Equal(old.Metadata.Labels, next.Metadata.Labels) &&
		(len(old.History.Forced) > 0) == (len(next.History.Forced) > 0) && old.RegistryCredential == next.RegistryCredential
}

// having are the things that have an attribute.
func (x *index) having(a attribute) ids {
	var room [64]byte
	return x.sets.named(a.append(room[:0]))
}

// reindex brings the index from one version of a process to the next; nil is
// none.
func (s *Store) reindex(old, next *Process) {
	s.resettle(old, next)
	if old != nil && next != nil && foundAlike(old, next) {
		return
	}
	var was, is []attribute
	if old != nil {
		was = s.attributes(nil, old)
	}
	if next != nil {
		is = s.attributes(nil, next)
	}
	if old != nil {
		s.lose(old.serial, was, is)
	}
	if next != nil {
		s.gain(next.serial, was, is)
	}
}

// lose takes a thing out of the sets of what it was and no longer is.
func (x *index) lose(id uint64, was, is []attribute) {
	for _, a := range was {
		if slices.Contains(is, a) {
			continue
		}
		if left := x.having(a).without(id); len(left) > 0 {
			x.sets.set(a.String(), left)
		} else {
			x.sets.delete(a.String())
		}
	}
}

// gain puts a thing into the sets of what it is and was not.
func (x *index) gain(id uint64, was, is []attribute) {
	for _, a := range is {
		if !slices.Contains(was, a) {
			x.sets.set(a.String(), x.having(a).with(id))
		}
	}
}

// indexAll fills the index of a store that has none.
func (s *Store) indexAll(processes []Process) {
	s.fill(func(yield func(uint64, []attribute) bool) {
		var own []attribute
		for i := range processes {
			own = s.attributes(own[:0], &processes[i])
			yield(processes[i].serial, own)
		}
	})
}

// fill makes the sets of an index that has none.
func (x *index) fill(all iter.Seq2[uint64, []attribute]) {
	var name []byte
	for id, own := range all {
		for _, a := range own {
			name = a.append(name[:0])
			set := x.sets.named(name)
			before := len(set)
			if set.add(id); len(set) > before {
				x.sets.set(string(name), set)
			}
		}
	}
}

// each yields processes by their internal ids, with these and their guids alone.
func (s *Store) each(of iter.Seq[uint64]) iter.Seq[key] {
	return func(yield func(key) bool) {
		for id := range of {
			k, later := s.later.Get(key{serial: uint32(id)})
			if !later {
				k = s.shared.seed.Processes[id-1].orderKey()
			}
			if !yield(k) {
				return
			}
		}
	}
}

// inOrder yields all processes in the order of creation.
func (s *Store) inOrder() iter.Seq[key] {
	return s.each(s.having(attribute{kind: anyOne}).from(0, false))
}

// narrowing collects what a list is narrowed to; nothing is all.
type narrowing struct {
	found  ids
	narrow bool
}

func (n *narrowing) to(set ids) {
	if n.narrow {
		set = n.found.and(set)
	}
	n.found, n.narrow = set, true
}

// count is how many are left of that many.
func (n *narrowing) count(all int) int {
	if n.narrow {
		return n.found.count()
	}
	return all
}

// toAny narrows to what has one of some values of an attribute, when a filter
// asks for that.
func (n *narrowing) toAny(x *index, kind attributeKind, f contract.Filter) {
	if !f.Set {
		return
	}
	var any ids
	for _, value := range f.Values {
		any = any.or(x.having(attribute{kind, value, ""}))
	}
	n.to(any)
}

// matching combines the filters with AND (§13.1) and hides what the viewer may
// not see.
func (s *Store) matching(who Viewer, app string, q contract.ListQuery) narrowing {
	var n narrowing
	if app != "" {
		n.to(s.idsOf(s.byApp.get(app)))
	}
	if q.GUIDs.Set {
		n.to(s.idsOf(q.GUIDs.Values))
	}
	if q.AppGUIDs.Set {
		var guids []string
		for _, of := range q.AppGUIDs.Values {
			guids = append(guids, s.byApp.get(of)...)
		}
		n.to(s.idsOf(guids))
	}
	n.toAny(&s.index, ofType, q.Types)
	n.toAny(&s.index, ofSpace, q.SpaceGUIDs)
	n.toAny(&s.index, ofOrg, q.OrganizationGUIDs)
	n.common(&s.index, q)
	if !who.ReadsAll() {
		n.to(s.readable(who))
	}
	return n
}

// common narrows to what passes the filters of every list but guids.
func (n *narrowing) common(x *index, q contract.ListQuery) {
	x.labeled(n, q.Selector)
	if q.CreatedAts.Set {
		n.to(x.within(x.byCreated, q.CreatedAts.Spans()))
	}
	if q.UpdatedAts.Set {
		n.to(x.within(x.byUpdated, q.UpdatedAts.Spans()))
	}
}

// idsOf are those of the processes with these guids.
func (s *Store) idsOf(guids []string) ids {
	var found ids
	for _, guid := range guids {
		if p, ok := s.processes.table.find(guid); ok {
			found.add(p.serial)
		}
	}
	return found
}

func (x *index) labeled(n *narrowing, selector *contract.Selector) {
	if selector == nil {
		return
	}
	for _, test := range selector.Tests() {
		var has ids
		if test.Any {
			has = x.having(attribute{ofKey, test.Key, ""})
		}
		for _, value := range test.Values {
			has = has.or(x.having(attribute{ofLabel, test.Key, value}))
		}
		if test.Not {
			has = x.having(attribute{kind: anyOne}).minus(has)
		}
		n.to(has)
	}
}

// readable are those of the processes, apps or spaces that a viewer sees by its
// roles (§15).
func (x *index) readable(who Viewer) ids {
	var found ids
	for _, g := range who.User.Grants {
		switch g.Role {
		case SpaceDeveloper, SpaceManager, SpaceAuditor, SpaceSupporter:
			found = found.or(x.having(attribute{ofSpace, g.SpaceGUID, ""}))
		case OrgManager:
			found = found.or(x.having(attribute{ofOrg, g.OrganizationGUID, ""}))
		}
	}
	return found
}

// within are the things whose key in an index by time lies in one of some
// spans, which are in order. Where these are more than half of all, it looks at
// the others.
func (x *index) within(tree *btree.BTreeG[key], spans []contract.Span) ids {
	number := 0
	for _, span := range spans {
		number += max(0, x.rank(tree, span.To, tree.Len())-x.rank(tree, span.From, 0))
	}
	if number <= tree.Len()/2 {
		return x.inSpans(tree, spans)
	}
	var others []contract.Span
	last := time.Time{}
	for i, span := range spans {
		if i > 0 || !span.From.IsZero() {
			others = append(others, contract.Span{From: last, To: span.From})
		}
		last = span.To
	}
	if !last.IsZero() {
		others = append(others, contract.Span{From: last})
	}
	return x.having(attribute{kind: anyOne}).minus(x.inSpans(tree, others))
}

// rank is how many keys come before a time; the zero one is none.
func (x *index) rank(tree *btree.BTreeG[key], at time.Time, none int) int {
	if at.IsZero() {
		return none
	}
	return sort.Search(tree.Len(), func(i int) bool {
		k, _ := tree.GetAt(i)
		return !x.timeOf(k).Before(at)
	})
}

func (x *index) inSpans(tree *btree.BTreeG[key], spans []contract.Span) ids {
	found := make(bitmap, x.serial/blockSize+1)
	for _, span := range spans {
		first := span.From
		if x.openKeys == allOpen && !first.After(x.load.created) {
			first = time.Time{} // open keys stand before all others
		}
		tree.Ascend(keyAt(first, 0, ""), func(k key) bool {
			if !span.To.IsZero() && !x.timeOf(k).Before(span.To) {
				return false
			}
			found.add(uint64(k.serial))
			return true
		})
	}
	return found.ids()
}
