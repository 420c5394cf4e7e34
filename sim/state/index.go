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

// attribute is what processes can be found by.
type attribute struct {
	kind        attributeKind
	name, value string
}

type attributeKind byte

const (
	anyProcess attributeKind = '*'
	ofType     attributeKind = 't'
	ofSpace    attributeKind = 's'
	ofOrg      attributeKind = 'o'
	ofKey      attributeKind = 'k' // of a label
	ofLabel    attributeKind = 'l'
	withForced attributeKind = 'f'
	ofRegistry attributeKind = 'r' // guid of a registry credential
)

// String names the attribute in the index.
func (a attribute) String() string {
	return string(a.kind) + strconv.Itoa(len(a.name)) + a.name + a.value
}

// attributes appends those of a process.
func (s *Store) attributes(own []attribute, p *Process) []attribute {
	own = append(own, attribute{kind: anyProcess}, attribute{ofType, p.Type, ""})
	if space := s.spaces.table.get(s.apps.table.get(p.AppGUID).SpaceGUID); space != nil {
		own = append(own, attribute{ofSpace, space.GUID, ""}, attribute{ofOrg, space.OrganizationGUID, ""})
	}
	for _, label := range p.Metadata.Labels {
		own = append(own, attribute{ofKey, label.Key, ""}, attribute{ofLabel, label.Key, label.Value})
	}
	if len(p.History.Forced) > 0 {
		own = append(own, attribute{kind: withForced})
	}
	if p.RegistryCredential != nil {
		own = append(own, attribute{ofRegistry, p.RegistryCredential.GUID, ""})
	}
	return own
}

// foundAlike says, for most changes of a process, that its attributes stay.
func foundAlike(old, next *Process) bool {
	return old.Type == next.Type && old.AppGUID == next.AppGUID && slices.Equal(old.Metadata.Labels, next.Metadata.Labels) &&
		(len(old.History.Forced) > 0) == (len(next.History.Forced) > 0) && old.RegistryCredential == next.RegistryCredential
}

// having are the processes that have an attribute.
func (s *Store) having(a attribute) ids { return s.index.get(a.String()) }

// reindex brings the index from one version of a process to the next; nil is
// none.
func (s *Store) reindex(old, next *Process) {
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
	for _, a := range was {
		if slices.Contains(is, a) {
			continue
		}
		if left := s.having(a).without(old.serial); len(left) > 0 {
			s.index.set(a.String(), left)
		} else {
			s.index.delete(a.String())
		}
	}
	for _, a := range is {
		if !slices.Contains(was, a) {
			s.index.set(a.String(), s.having(a).with(next.serial))
		}
	}
}

// indexAll fills the index of a store that has none.
func (s *Store) indexAll(processes []Process) {
	found := map[attribute]*ids{}
	var own []attribute
	for i := range processes {
		own = s.attributes(own[:0], &processes[i])
		for _, a := range own {
			set := found[a]
			if set == nil {
				set = &ids{}
				found[a] = set
			}
			set.add(processes[i].serial)
		}
	}
	for a, set := range found {
		s.index.set(a.String(), *set)
	}
}

// each yields processes by their internal ids.
func (s *Store) each(of iter.Seq[uint64]) iter.Seq[string] {
	return func(yield func(string) bool) {
		for id := range of {
			if k, ok := s.inOrder.Get(key{serial: uint32(id)}); !ok || !yield(k.guid) {
				return
			}
		}
	}
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

// toAny narrows to what has one of some values of an attribute, when a filter
// asks for that.
func (n *narrowing) toAny(s *Store, kind attributeKind, f contract.Filter) {
	if !f.Set {
		return
	}
	var any ids
	for _, value := range f.Values {
		any = any.or(s.having(attribute{kind, value, ""}))
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
	n.toAny(s, ofType, q.Types)
	n.toAny(s, ofSpace, q.SpaceGUIDs)
	n.toAny(s, ofOrg, q.OrganizationGUIDs)
	s.labeled(&n, q.Selector)
	if !who.ReadsAll() {
		n.to(s.readable(who))
	}
	if q.CreatedAts.Set {
		n.to(s.within(s.byCreated, q.CreatedAts.Spans()))
	}
	if q.UpdatedAts.Set {
		n.to(s.within(s.byUpdated, q.UpdatedAts.Spans()))
	}
	return n
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

func (s *Store) labeled(n *narrowing, selector *contract.Selector) {
	if selector == nil {
		return
	}
	for _, test := range selector.Tests() {
		var has ids
		if test.Any {
			has = s.having(attribute{ofKey, test.Key, ""})
		}
		for _, value := range test.Values {
			has = has.or(s.having(attribute{ofLabel, test.Key, value}))
		}
		if test.Not {
			has = s.having(attribute{kind: anyProcess}).minus(has)
		}
		n.to(has)
	}
}

// readable are the processes that a viewer sees by its roles (§15).
func (s *Store) readable(who Viewer) ids {
	var found ids
	for _, g := range who.User.Grants {
		switch g.Role {
		case SpaceDeveloper, SpaceManager, SpaceAuditor, SpaceSupporter:
			found = found.or(s.having(attribute{ofSpace, g.SpaceGUID, ""}))
		case OrgManager:
			found = found.or(s.having(attribute{ofOrg, g.OrganizationGUID, ""}))
		}
	}
	return found
}

// within are the processes whose key in an index by time lies in one of some
// spans, which are in order. Where these are more than half of all, it looks at
// the others.
func (s *Store) within(tree *btree.BTreeG[key], spans []contract.Span) ids {
	number := 0
	for _, span := range spans {
		number += max(0, s.rank(tree, span.To, tree.Len())-s.rank(tree, span.From, 0))
	}
	if number <= tree.Len()/2 {
		return s.inSpans(tree, spans)
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
	return s.having(attribute{kind: anyProcess}).minus(s.inSpans(tree, others))
}

// rank is how many keys come before a time; the zero one is none.
func (s *Store) rank(tree *btree.BTreeG[key], at time.Time, none int) int {
	if at.IsZero() {
		return none
	}
	return sort.Search(tree.Len(), func(i int) bool {
		k, _ := tree.GetAt(i)
		return !s.timeOf(k).Before(at)
	})
}

func (s *Store) inSpans(tree *btree.BTreeG[key], spans []contract.Span) ids {
	found := make(bitmap, s.serial/blockSize+1)
	for _, span := range spans {
		first := span.From
		if s.openKeys == allOpen && !first.After(s.load.created) {
			first = time.Time{} // open keys stand before all others
		}
		tree.Ascend(keyAt(first, 0, ""), func(k key) bool {
			if !span.To.IsZero() && !s.timeOf(k).Before(span.To) {
				return false
			}
			found.add(uint64(k.serial))
			return true
		})
	}
	return found.ids()
}
