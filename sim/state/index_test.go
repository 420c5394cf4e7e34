package state

import (
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
)

// TestIDs compares sets with maps.
func TestIDs(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewSource(1))
	draw := func() (ids, map[uint64]bool) {
		var set ids
		model := map[uint64]bool{}
		for range chance.Intn(60) {
			id := uint64(chance.Intn(300)) * uint64(1+chance.Intn(5))
			before := slices.Clone(set)
			if chance.Intn(3) == 0 {
				old := set
				set = set.without(id)
				delete(model, id)
				if !slices.Equal(old, before) {
					t.Fatal("a set was changed")
				}
			} else {
				old := set
				set, model[id] = set.with(id), true
				if !slices.Equal(old, before) {
					t.Fatal("a set was changed")
				}
			}
		}
		return set, model
	}
	same := func(what string, set ids, want map[uint64]bool) {
		t.Helper()
		sorted := slices.Sorted(maps.Keys(want))
		skip := chance.Intn(len(sorted) + 1)
		if got := slices.Collect(set.from(skip, false)); !slices.Equal(got, sorted[skip:]) || set.count() != len(want) {
			t.Fatalf("%s: %v and %d, want %v and %d", what, got, set.count(), sorted[skip:], len(want))
		}
		slices.Reverse(sorted)
		if got := slices.Collect(set.from(skip, true)); !slices.Equal(got, sorted[skip:]) {
			t.Fatalf("%s, descending: %v, want %v", what, got, sorted[skip:])
		}
		whole := set.bitmap(1499)
		for id := range uint64(1500) {
			if whole.has(id) != want[id] {
				t.Fatalf("%s: has %d: %t", what, id, whole.has(id))
			}
		}
		if again := whole.ids(); !slices.Equal(again, set) {
			t.Fatalf("%s: %v by way of a bitmap, want %v", what, again, set)
		}
		for _, b := range set {
			if b.count() == 0 {
				t.Fatalf("%s: an empty block", what)
			}
		}
	}
	keep := func(one map[uint64]bool, which func(uint64) bool) map[uint64]bool {
		kept := map[uint64]bool{}
		for id := range one {
			if which(id) {
				kept[id] = true
			}
		}
		return kept
	}
	for range 300 {
		a, inA := draw()
		b, inB := draw()
		same("one", a, inA)
		both := maps.Clone(inA)
		maps.Copy(both, inB)
		same("or", a.or(b), both)
		same("and", a.and(b), keep(inA, func(id uint64) bool { return inB[id] }))
		same("minus", a.minus(b), keep(inA, func(id uint64) bool { return !inB[id] }))
		same("one, afterwards", a, inA)
	}
}

// looked is what a list finds by looking at everything.
func looked(s *Store, who Viewer, app string, q contract.ListQuery) (found []string, total int) {
	seed := s.Export()
	apps, spaces := map[string]*App{}, map[string]*Space{}
	for i := range seed.Apps {
		apps[seed.Apps[i].GUID] = &seed.Apps[i]
	}
	for i := range seed.Spaces {
		spaces[seed.Spaces[i].GUID] = &seed.Spaces[i]
	}
	all := slices.DeleteFunc(seed.Processes, func(p Process) bool {
		space := spaces[apps[p.AppGUID].SpaceGUID]
		return !(app == "" || p.AppGUID == app) || !q.GUIDs.Match(p.GUID) || !q.Types.Match(p.Type) || !q.AppGUIDs.Match(p.AppGUID) ||
			!q.SpaceGUIDs.Match(space.GUID) || !q.OrganizationGUIDs.Match(space.OrganizationGUID) || !q.CreatedAts.Match(p.CreatedAt) ||
			!q.UpdatedAts.Match(p.UpdatedAt) || q.Selector != nil && !q.Selector.Matches(p.Metadata.Labels) || !who.canRead(space)
	})
	if q.OrderBy != "" {
		slices.SortFunc(all, func(a, b Process) int {
			return (resource{guid: a.GUID, moments: a.moments()}).compareBy(q.OrderBy, resource{guid: b.GUID, moments: b.moments()})
		})
	}
	if q.Descending {
		slices.Reverse(all)
	}
	all, total = cut(q, all)
	for _, p := range all {
		found = append(found, p.GUID)
	}
	return found, total
}

// TestListIsAsIfLooked: what the indexes find is what looking at everything
// finds, whatever was done before.
func TestListIsAsIfLooked(t *testing.T) {
	t.Parallel()
	for n := range int64(24) {
		chance := rand.New(rand.NewSource(n))
		of := func(choices ...string) string { return choices[chance.Intn(len(choices))] }
		s := storeOf(func(seed *Seed) {
			for i := range 40 + 300*int(n%2) {
				p := Process{GUID: fmt.Sprint("p-", i*7919%1000), AppGUID: of("front", "back", "away"), Type: of("web", "worker", "clock"), Instances: 1, MemoryInMB: 1, DiskInMB: ptr(1)}
				if n%3 > 0 && chance.Intn(3) > 0 || n%3 == 2 {
					p.CreatedAt = start.Add(time.Duration(chance.Intn(9000)-2000) * time.Millisecond)
					p.UpdatedAt = p.CreatedAt.Add(time.Duration(chance.Intn(4)) * time.Second)
				}
				for _, label := range []string{"env", "tier"} {
					if chance.Intn(2) == 0 {
						p.Metadata.Labels = append(p.Metadata.Labels, contract.Pair{Key: label, Value: of("a", "b", "")})
					}
				}
				seed.Processes = append(seed.Processes, p)
			}
		}).Load(start.Add(1500 * time.Millisecond))
		for step := range 25 {
			operation(t, s, byte(chance.Intn(256)), byte(chance.Intn(256)), start.Add(time.Duration(chance.Intn(8)-2)*time.Second))
			if chance.Intn(8) == 0 {
				s = s.Fork()
			}
			var parts []string
			maybe := func(part string) {
				if chance.Intn(4) == 0 {
					parts = append(parts, part)
				}
			}
			stamp := func() string {
				return start.Add(time.Duration(chance.Intn(10)-2) * time.Second).Format("2006-01-02T15:04:05Z")
			}
			maybe("types=" + of("web", "worker,clock", "web,web", "", "nix"))
			maybe("guids=" + of("p-0,front,p-919,p-919,nix", "new-0", ""))
			maybe("app_guids=" + of("front", "back,away,nix"))
			maybe("space_guids=" + of("dev", "far,dev", "nix"))
			maybe("organization_guids=" + of("one", "two", ""))
			maybe("label_selector=" + of("env", "!env", "env=a", "env!=a", "tier in (a,b),env", "env notin (b),!tier", "l3=x", "env=", "!nix"))
			maybe("created_ats" + of("=", "[gt]=", "[lt]=", "[gte]=", "[lte]=") + stamp())
			maybe("updated_ats" + of("=", "[gt]=", "[lte]=") + stamp())
			maybe("updated_ats=" + stamp() + "," + stamp())
			maybe("created_ats[gte]=" + stamp() + "&created_ats[lt]=" + stamp())
			maybe("order_by=" + of("created_at", "-created_at", "updated_at", "-updated_at"))
			parts = append(parts, of("", "per_page=3", "per_page=7&page=2", "page=2", "per_page=5000"))
			raw := strings.Join(parts, "&")
			q, err := contract.ParseListQuery(raw, false)
			if err != nil {
				continue // two of one key
			}
			who := []Viewer{root, holder(SpaceDeveloper, "dev", ""), holder(OrgManager, "", "two"), holder(OrgAuditor, "", "one")}[chance.Intn(4)]
			want, total := looked(s, who, "", q)
			got, err := s.List(who, "", q, nil)
			if err != nil || names(got) != strings.Join(want, " ") || got.Total != total {
				t.Fatalf("store %d, step %d, %s of %s:\n%s of %d, %v, want\n%s of %d", n, step, raw, who.User.Name, names(got), got.Total, err, strings.Join(want, " "), total)
			}
		}
		checkIndexes(t, s)
	}
}

// TestAttributesDiffer: no two attributes are one in the index, whatever their names
// begin and end with.
func TestAttributesDiffer(t *testing.T) {
	t.Parallel()
	value := "v2345678901234567890123456789"
	for _, pair := range [][2]attribute{
		{{ofLabel, "1ab", value + "x"}, {ofLabel, "ab" + value, "x"}},
		{{ofLabel, "a", "b"}, {ofLabel, "ab", ""}},
		{{ofKey, "a", ""}, {ofLabel, "a", ""}},
	} {
		if pair[0].String() == pair[1].String() {
			t.Errorf("%q are %q", pair, pair[0])
		}
	}
}
