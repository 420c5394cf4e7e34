package state

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
)

// crowdOf gives the seed processes that differ in what lists ask for. Creation
// order is by number; created_at and updated_at go other ways, with ties.
//
//	guid  app    type    created  updated  labels
//	p1    front  web     +2s      +5s      env=prod
//	p2    front  worker  +1s      +5s      env=dev
//	p3    back   web     +2s      +3s
//	p4    away   web     +1s      +4s      env=prod,tier=a
//	p5    away   clock   +9.5s    +9.5s    tier=a
func crowdOf(seed *Seed) {
	row := func(guid, app, typ string, created, updated time.Duration, labels ...string) Process {
		p := Process{GUID: guid, AppGUID: app, Type: typ, CreatedAt: later(created), UpdatedAt: later(updated), DiskInMB: ptr(1), MemoryInMB: 1, Instances: 1}
		for _, label := range labels {
			key, value, _ := strings.Cut(label, "=")
			p.Metadata.Labels = append(p.Metadata.Labels, contract.Pair{Key: key, Value: value})
		}
		return p
	}
	seed.Processes = []Process{
		row("p1", "front", "web", 2*time.Second, 5*time.Second, "env=prod"),
		row("p2", "front", "worker", time.Second, 5*time.Second, "env=dev"),
		row("p3", "back", "web", 2*time.Second, 3*time.Second),
		row("p4", "away", "web", time.Second, 4*time.Second, "env=prod", "tier=a"),
		row("p5", "away", "clock", 9500*time.Millisecond, 9500*time.Millisecond, "tier=a"),
	}
}

// names are the guids of a page, in order.
func names(page Page) string {
	guids := make([]string, len(page.Views))
	for i, view := range page.Views {
		guids[i] = view.Process.GUID
	}
	return strings.Join(guids, " ")
}

func queryOf(t testing.TB, raw string, nested bool) contract.ListQuery {
	t.Helper()
	query, err := contract.ParseListQuery(raw, nested)
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return query
}

// TestList is §13.1 to §13.3 and §13.5.
func TestList(t *testing.T) {
	t.Parallel()
	everything := NewViewer(&User{Grants: []Grant{{Role: OrgManager, OrganizationGUID: "one"}, {Role: SpaceAuditor, SpaceGUID: "far"}}}, nil)
	tests := []struct {
		name, app, query, want string
		total                  int
	}{
		{"all", "", "", "p1 p2 p3 p4 p5", 5},
		{"created", "", "order_by=created_at", "p2 p4 p1 p3 p5", 5},
		{"created, descending", "", "order_by=-created_at", "p5 p3 p1 p4 p2", 5},
		{"updated", "", "order_by=updated_at", "p3 p4 p1 p2 p5", 5},
		{"updated, descending", "", "order_by=-updated_at", "p5 p2 p1 p4 p3", 5},
		{"first page", "", "per_page=2", "p1 p2", 5},
		{"second page", "", "per_page=2&page=2", "p3 p4", 5},
		{"last page", "", "per_page=2&page=3", "p5", 5},
		{"beyond the end", "", "per_page=2&page=4", "", 0},
		{"far beyond the end", "", "per_page=1&page=9223372036854775807", "", 0},
		{"a page of the ordered", "", "order_by=-created_at&per_page=2&page=2", "p1 p4", 5},
		{"guids", "", "guids=p5,p1,nix,p1", "p1 p5", 2},
		{"guids, ordered", "", "guids=p1,p2,p4&order_by=-created_at", "p1 p4 p2", 3},
		{"guids, beyond the end", "", "guids=p1,p2&page=2", "", 0},
		{"no guids", "", "guids=", "", 0},
		{"types", "", "types=web", "p1 p3 p4", 3},
		{"types, one or the other", "", "types=clock,worker&order_by=-updated_at", "p5 p2", 2},
		{"types are matched as they are", "", "types=WEB", "", 0},
		{"app_guids", "", "app_guids=away,front", "p1 p2 p4 p5", 4},
		{"no app_guids", "", "app_guids=", "", 0},
		{"space_guids", "", "space_guids=dev,prod", "p1 p2 p3", 3},
		{"organization_guids", "", "organization_guids=two", "p4 p5", 2},
		{"created_ats", "", "created_ats=2026-01-01T00:00:01Z,2026-01-01T00:00:09Z", "p2 p4 p5", 3},
		{"created before", "", "created_ats[lt]=2026-01-01T00:00:02Z", "p2 p4", 2},
		{"created up to", "", "created_ats[lte]=2026-01-01T00:00:09Z", "p1 p2 p3 p4 p5", 5},
		{"created after", "", "created_ats[gt]=2026-01-01T00:00:09Z", "", 0},
		{"updated between", "", "updated_ats[gte]=2026-01-01T00:00:04Z&updated_ats[lt]=2026-01-01T00:00:09Z", "p1 p2 p4", 3},
		{"selector", "", "label_selector=env%3Dprod,tier", "p4", 1},
		{"selector, not", "", "label_selector=!env", "p3 p5", 2},
		{"everything at once", "", "guids=p1,p2,p4,p5&types=web,clock&app_guids=away&space_guids=far,dev&organization_guids=two" +
			"&created_ats[gt]=2026-01-01T00:00:00Z&updated_ats=2026-01-01T00:00:04Z&label_selector=env%20in%20(prod,dev)&order_by=-updated_at&per_page=1", "p4", 1},
		{"filtered pages", "", "types=web&per_page=2&page=2", "p4", 3},
		{"filtered, beyond the end", "", "types=web&per_page=2&page=3", "", 0},
		{"of an app", "front", "", "p1 p2", 2},
		{"of an app, descending", "away", "order_by=-created_at", "p5 p4", 2},
		{"of an app, filtered", "away", "types=clock&label_selector=tier%3Da", "p5", 1},
		{"of an app, guids elsewhere", "away", "guids=p1,p4", "p4", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := storeOf(crowdOf)
			for who, viewer := range map[string]Viewer{"admin": root, "user": everything} {
				page, err := s.List(viewer, test.app, queryOf(t, test.query, test.app != ""), nil)
				if err != nil || names(page) != test.want || page.Total != test.total {
					t.Errorf("%s gets [%s] of %d, %v; want [%s] of %d", who, names(page), page.Total, err, test.want, test.total)
				}
			}
		})
	}
}

// TestListVisibility is §13.5 and the nested 404.
func TestListVisibility(t *testing.T) {
	t.Parallel()
	s := storeOf(crowdOf)
	tests := []struct {
		name       string
		who        Viewer
		app, query string
		want       string
		err        error
	}{
		{"one space", holder(SpaceAuditor, "dev", ""), "", "", "p1 p2", nil},
		{"asking for another", holder(SpaceAuditor, "dev", ""), "", "space_guids=far", "", nil},
		{"asking by guid", holder(SpaceAuditor, "dev", ""), "", "guids=p1,p4", "p1", nil},
		{"an app out of sight", holder(SpaceAuditor, "dev", ""), "away", "", "", contract.AppNotFound},
		{"a missing app", root, "nix", "", "", contract.AppNotFound},
		{"no role", NewViewer(&User{}, []string{ScopeRead}), "", "", "", nil},
	}
	for _, test := range tests {
		page, err := s.List(test.who, test.app, queryOf(t, test.query, test.app != ""), nil)
		expect(t, err, test.err)
		if names(page) != test.want {
			t.Errorf("%s: got [%s], want [%s]", test.name, names(page), test.want)
		}
	}
}

// TestListFollowsChanges: the indexes move with every kind of change.
func TestListFollowsChanges(t *testing.T) {
	t.Parallel()
	s := storeOf(crowdOf)
	order := func(query string) string {
		page, err := s.List(root, "", queryOf(t, query, false), nil)
		if err != nil {
			t.Fatal(err)
		}
		return names(page)
	}
	if _, err := s.UpdateProcess(later(20*time.Second), root, Ref{GUID: "p3"}, contract.Body{}); err != nil {
		t.Fatal(err)
	}
	if got := order("order_by=updated_at"); got != "p4 p1 p2 p5 p3" {
		t.Errorf("after a PATCH: %s", got)
	}
	if _, err := s.ReplaceProcess(later(0), nil, Replacement{Process: Process{GUID: "p6", AppGUID: "front", Type: "web", CreatedAt: later(0), UpdatedAt: later(0)}}); err != nil {
		t.Fatal(err)
	}
	if got := order(""); got != "p1 p2 p3 p4 p5 p6" {
		t.Errorf("after a creation: %s", got)
	}
	if got := order("order_by=created_at&per_page=2"); got != "p6 p2" {
		t.Errorf("by time after a creation: %s", got)
	}
	s.DeleteProcess("p2")
	if got := order("order_by=-updated_at"); got != "p3 p5 p1 p4 p6" {
		t.Errorf("after a deletion: %s", got)
	}
	if got := s.Counts(); got != (Counts{Organizations: 2, Spaces: 3, Apps: 3, Processes: 5}) {
		t.Errorf("counts are %+v", got)
	}
}

// TestPagesAgree: the short cut for a list without filters gives what looking
// at everything gives, for all orders, pages and sizes.
func TestPagesAgree(t *testing.T) {
	t.Parallel()
	s := storeOf(func(seed *Seed) {
		seed.Processes = nil
		for i := range 23 {
			at := later(time.Duration(i*7%5) * time.Second)
			seed.Processes = append(seed.Processes, Process{GUID: fmt.Sprintf("p%02d", i*11%23), AppGUID: "front", Type: "web", CreatedAt: at, UpdatedAt: at.Add(time.Duration(i % 3))})
		}
	})
	reader := holder(SpaceAuditor, "dev", "")
	for _, order := range []string{"", "created_at", "-created_at", "updated_at", "-updated_at"} {
		for size := 1; size <= 24; size++ {
			for page := 1; page <= 25; page++ {
				query := queryOf(t, fmt.Sprintf("order_by=%s&per_page=%d&page=%d", order, size, page), false)
				quick, err1 := s.List(root, "", query, nil)
				slow, err2 := s.List(reader, "", query, nil)
				if err1 != nil || err2 != nil || names(quick) != names(slow) || quick.Total != slow.Total {
					t.Fatalf("%s, page %d of %d: [%s] of %d and [%s] of %d", order, page, size, names(quick), quick.Total, names(slow), slow.Total)
				}
			}
		}
	}
	if page, err := s.List(root, "", contract.ListQuery{Page: math.MaxInt, PerPage: 5000}, nil); err != nil || page.Total != 0 || page.Views != nil {
		t.Errorf("a page beyond all numbers: %d, %v", page.Total, err)
	}
}

// TestWalkUnderTraffic: who walks the pages in the order of creation meets each
// process once, whatever is changed meanwhile.
func TestWalkUnderTraffic(t *testing.T) {
	t.Parallel()
	const many = 60
	s := storeOf(func(seed *Seed) {
		seed.Processes = nil
		for i := range many {
			seed.Processes = append(seed.Processes, Process{GUID: fmt.Sprintf("p%02d", i), AppGUID: "front", Type: "web", MemoryInMB: 1, DiskInMB: ptr(1),
				CreatedAt: start, UpdatedAt: start, HealthCheck: HealthCheck{Type: "process"}, Readiness: HealthCheck{Type: "process"}})
		}
	})
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for writer := range 2 {
		writers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				guid := fmt.Sprintf("p%02d", (i*17+writer)%many)
				if _, err := s.UpdateProcess(later(time.Duration(i)*time.Second), root, Ref{GUID: guid}, contract.Body{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, order := range []string{"", "order_by=created_at&", "order_by=-created_at&", "types=web&"} {
		for range 20 {
			var met []string
			for page := 1; page <= many/7+1; page++ {
				found, err := s.List(root, "", queryOf(t, fmt.Sprintf("%sper_page=7&page=%d", order, page), false), nil)
				if err != nil || found.Total != many {
					t.Errorf("page %d: total %d, %v", page, found.Total, err)
				}
				for _, view := range found.Views {
					met = append(met, view.Process.GUID)
				}
			}
			slices.Sort(met)
			if len(met) != many || len(slices.Compact(met)) != many {
				t.Errorf("%q: met %d processes", order, len(met))
			}
		}
	}
	close(stop)
	writers.Wait()
}

// TestTimesAreMadeWhenAsked: nobody pays for the orders by time who does not ask for
// them, and forks that have not changed share what is made.
func TestTimesAreMadeWhenAsked(t *testing.T) {
	base := storeOf(func(seed *Seed) {
		for i := range 5_000 {
			seed.Processes = append(seed.Processes, Process{GUID: fmt.Sprint("p-", i), AppGUID: "front", Type: "web", MemoryInMB: 1, DiskInMB: ptr(1),
				HealthCheck: HealthCheck{Type: "process"}, Readiness: HealthCheck{Type: "process"}})
		}
	}).Load(start)
	list := func(s *Store, query string) {
		if _, err := s.List(root, "", queryOf(t, query, false), nil); err != nil {
			t.Fatal(err)
		}
	}
	s := base.Fork()
	list(s, "types=web&page=3")
	if _, err := s.UpdateProcess(later(time.Minute), root, Ref{GUID: "p-7"}, contract.Body{}); err != nil {
		t.Fatal(err)
	}
	if s.byCreated != nil {
		t.Error("a list that asks for no time made the indexes by time")
	}
	for query, changed := range map[string]bool{"order_by=-updated_at": true, "created_ats[lt]=2026-01-01T00:00:00Z": false, "updated_ats[gt]=2026-01-01T00:00:00Z": false} {
		of := base.Fork()
		if changed {
			of = s.Fork()
		}
		if list(of, query); of.byCreated == nil || of.byCreated.Len() != of.processes.size {
			t.Errorf("%s made no index", query)
		}
	}
	first, second := base.Fork(), base.Fork()
	list(first, "order_by=created_at")
	if shared := allocated(func() { list(second.Fork(), "order_by=created_at") }); shared > 64<<10 {
		t.Errorf("a fork of 5,000 processes takes %d bytes to be ordered like another", shared)
	}
}
