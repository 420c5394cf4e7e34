package state

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// audited writes events of these types about an app, all at one moment.
func audited(s *Store, app string, types ...string) {
	for _, typ := range types {
		s.mu.Lock()
		s.audit(root, s.peek(Ref{AppGUID: app}), Event{Type: typ, At: start})
		s.mu.Unlock()
	}
}

func dataOf(t testing.TB, e EventView) string {
	t.Helper()
	text, err := document.Value{Kind: document.Object, Members: e.Data}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func types(list []EventView) (found []string) {
	for _, e := range list {
		found = append(found, e.Type)
	}
	return found
}

// TestAuditEvents: who sees what, in the order in which it happened although
// the clock stands still.
func TestAuditEvents(t *testing.T) {
	t.Parallel()
	s := storeOf()
	audited(s, "front", "a", "b")
	audited(s, "away", "c")
	developer := with(Grant{Role: SpaceDeveloper, SpaceGUID: "dev"})
	for _, test := range []struct {
		name, query, want string
		who               Viewer
		total             int
	}{
		{"all", "", "[a b c]", root, 3},
		{"newest first", "order_by=-created_at", "[c b a]", root, 3},
		{"a page", "order_by=-created_at&per_page=1&page=2", "[b]", root, 3},
		{"beyond the end", "page=2", "[]", root, 3},
		{"of an app", "target_guids=front", "[a b]", root, 2},
		{"but of an app", "target_guids[not]=front", "[c]", root, 1},
		{"of a type", "types=b,c", "[b c]", root, 2},
		{"of a space", "space_guids=far", "[c]", root, 1},
		{"of an organization", "organization_guids=one", "[a b]", root, 2},
		{"later than all", "created_ats[gt]=2026-01-01T00:00:00Z", "[]", root, 0},
		{"developer", "", "[a b]", developer, 2},
		{"auditor of the organization", "", "[c]", with(Grant{Role: OrgAuditor, OrganizationGUID: "two"}), 1},
		{"manager", "", "[]", with(Grant{Role: SpaceManager, SpaceGUID: "dev"}, Grant{Role: OrgManager, OrganizationGUID: "one"}), 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			list, total := s.AuditEvents(later(time.Hour), test.who, parsed(t, contract.AuditEventList, test.query))
			if got := fmt.Sprint(types(list)); got != test.want || total != test.total {
				t.Errorf("%s, %d", got, total)
			}
		})
	}
}

// TestEventsAreBounded: the newest stay, under the names they had.
func TestEventsAreBounded(t *testing.T) {
	t.Parallel()
	s := storeOf()
	query := parsed(t, contract.AuditEventList, "per_page=5000")
	names := map[string]string{}
	for i := range MaxEvents + 10 {
		audited(s, "front", fmt.Sprint(i))
		if i%500 == 0 {
			list, _ := s.AuditEvents(later(time.Hour), root, parsed(t, contract.AuditEventList, "order_by=-created_at&per_page=1"))
			names[list[0].Type] = list[0].GUID
		}
	}
	list, total := s.AuditEvents(later(time.Hour), root, query)
	if total != MaxEvents || list[0].Type != "10" || list[MaxEvents-1].Type != fmt.Sprint(MaxEvents+9) {
		t.Fatalf("%d from %s to %s", total, list[0].Type, list[len(list)-1].Type)
	}
	for _, e := range list {
		if name, ok := names[e.Type]; ok && name != e.GUID {
			t.Errorf("event %s was %s and is %s", e.Type, name, e.GUID)
		}
	}
	fork := s.Fork()
	audited(fork, "front", "of the fork")
	if list, _ := fork.AuditEvents(later(time.Hour), root, query); list[0].Type != "11" || list[MaxEvents-1].Type != "of the fork" {
		t.Errorf("the fork goes from %s to %s", list[0].Type, list[MaxEvents-1].Type)
	}
	if list, _ := s.AuditEvents(later(time.Hour), root, query); list[0].Type != "10" {
		t.Errorf("the fork's event came back: from %s", list[0].Type)
	}
}

// TestEventKeepsItsMoment: a later name of the app, or of its process's type,
// is not that of the event.
func TestEventKeepsItsMoment(t *testing.T) {
	t.Parallel()
	s := storeOf()
	dora := holder(SpaceDeveloper, "dev", "")
	expect(t, errorOf(s.TerminateInstance(later(time.Minute), dora, Ref{GUID: "front"}, 1)), nil)
	expect(t, errorOf(s.UpdateApp(later(time.Hour), root, "front", bodyOf(t, `{"name":"new"}`))), nil)
	list, _ := s.AuditEvents(later(time.Hour), root, parsed(t, contract.AuditEventList, ""))
	e := list[0]
	if e.App.Name != "shop" || dataOf(t, e) != `{"process_guid":"front","process_type":"web","process_index":1}` ||
		e.Actor != (Party{dora.User.GUID, "user", dora.User.Name}) || !e.At.Equal(later(time.Minute)) || e.Space.OrganizationGUID != "one" {
		t.Errorf("%+v", e)
	}
}

// TestEventRepeatsTheRequest: keys in the client's order, the command hidden,
// nothing of what is very long; a client of UAA has no name.
func TestEventRepeatsTheRequest(t *testing.T) {
	t.Parallel()
	s := storeOf()
	robot := NewViewer(&User{Name: "robot", GUID: "user-robot", Client: true}, []string{ScopeAdmin})
	for body, want := range map[string]string{
		`{"user":"vcap","command":"secret","health_check":{"type":"process","data":{}}}`:       `{"user":"vcap","command":"[PRIVATE DATA HIDDEN]","health_check":{"type":"process","data":{}}}`,
		`{"metadata":{"annotations":{"b":"1","a":"` + strings.Repeat("x", maxRequest) + `"}}}`: `{}`,
	} {
		if _, err := s.UpdateProcess(start, robot, Ref{GUID: "front"}, bodyOf(t, body)); err != nil && !strings.Contains(body, "xx") {
			t.Fatal(err)
		}
		data := asked(bodyOf(t, body))
		if got := dataOf(t, EventView{Event: Event{Data: data}}); got != `{"request":`+want+`}` {
			t.Errorf("%.100s", got)
		}
	}
	list, _ := s.AuditEvents(start, root, parsed(t, contract.AuditEventList, ""))
	if list[0].Actor != (Party{"user-robot", "user", ""}) {
		t.Errorf("%+v", list[0].Actor)
	}
}

// TestEventsTogether is for the race detector.
func TestEventsTogether(t *testing.T) {
	t.Parallel()
	s := storeOf()
	query := parsed(t, contract.AuditEventList, "")
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 20 {
				audited(s, "front", "x")
				s.AuditEvents(later(time.Hour), root, query)
				s.Fork()
			}
		})
	}
	wait.Wait()
	if _, total := s.AuditEvents(later(time.Hour), root, query); total != 80 {
		t.Errorf("%d events", total)
	}
}

func BenchmarkAudit(b *testing.B) {
	s := storeOf()
	v := s.Peek(Ref{GUID: "front"})
	b.ReportAllocs()
	for b.Loop() {
		s.audit(root, v, Event{Type: ProcessUpdated, At: start})
	}
}
