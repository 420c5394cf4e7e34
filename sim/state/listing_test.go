package state

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
)

// shelved are items with what they tell, and how often they were asked.
type shelved struct {
	items    []Item
	texts    []map[string][]string
	audience []Audience
	asked    int
}

func (s *shelved) Texts(place int, key string) []string {
	s.asked++
	return s.texts[place][key]
}

func (s *shelved) Audience(place int) Audience {
	s.asked++
	return s.audience[place]
}

// shelvedOf draws so many items.
func shelvedOf(draw *rand.Rand, many int) *shelved {
	of := func(choices ...string) string { return choices[draw.IntN(len(choices))] }
	var all shelved
	for i := range many {
		at := start.Add(time.Duration(draw.IntN(9)) * time.Second)
		one := Item{GUID: fmt.Sprint("item-", draw.IntN(1000)*1000+i), CreatedAt: at, UpdatedAt: at.Add(time.Duration(draw.IntN(3)) * time.Second),
			Columns: contract.Pairs{{Key: "name", Value: of("a", "b", "c") + fmt.Sprint(i)}}}
		if draw.IntN(2) == 0 {
			one.Labels = contract.Pairs{{Key: "n", Value: of("1", "2")}}
		}
		all.items = append(all.items, one)
		all.texts = append(all.texts, map[string][]string{"kinds": {of("x", "X", "y")}, "app_guids": {of("front", "back"), of("front", "away")}, "blank": {""}})
		all.audience = append(all.audience, []Audience{
			{}, {Everybody: true}, {Spaces: []string{of("dev", "far", "nix"), "prod"}}, {Spaces: []string{of("dev", "far")}, Auditors: true},
			{Organizations: []string{of("one", "two")}}, {User: "guid-of-somebody"},
		}[draw.IntN(6)])
	}
	return &all
}

// sees says whether an audience holds a viewer.
func (s *Store) sees(who Viewer, a Audience) bool {
	sees := who.ReadsAll() || a.Everybody || a.User != "" && a.User == who.User.GUID
	for _, guid := range a.Spaces {
		space := s.spaces.get(guid)
		sees = sees || space != nil && (who.canRead(space) || a.Auditors && slices.ContainsFunc(who.User.Grants, func(g Grant) bool {
			return g.Role == OrgAuditor && g.OrganizationGUID == space.OrganizationGUID
		}))
	}
	for _, guid := range a.Organizations {
		sees = sees || who.canReadOrganization(s.orgs.get(guid), &s.spaces)
	}
	return sees
}

// TestListingIsAsIfLooked: what a listing finds is what looking at all items finds,
// by several at once.
func TestListingIsAsIfLooked(t *testing.T) {
	t.Parallel()
	draw := rand.New(rand.NewPCG(7, 8))
	s, all := storeOf(), shelvedOf(draw, 500)
	listing := NewListing(all.items, "name")
	somebody := holder(SpaceAuditor, "far", "")
	somebody.User.GUID = "guid-of-somebody"
	viewers := []Viewer{root, holder(SpaceDeveloper, "dev", ""), holder(OrgManager, "", "two"), holder(OrgAuditor, "", "one"), somebody}
	of := func(choices ...string) string { return choices[draw.IntN(len(choices))] }
	var wait sync.WaitGroup
	for range 600 {
		second := start.Add(time.Duration(draw.IntN(11)-1) * time.Second).Format(time.RFC3339)
		parts := []string{"order_by=" + of("", "name", "-name", "created_at", "-updated_at"), "per_page=" + of("3", "50", "5000"), "page=" + of("1", "2", "9")}
		if draw.IntN(2) == 0 {
			parts = append(parts, of("label_selector=n=1", "label_selector=!n", "created_ats[gt]="+second, "updated_ats[lte]="+second, "guids="+all.items[7].GUID+",nix,"+all.items[3].GUID))
		}
		search := Search{Who: viewers[draw.IntN(len(viewers))], Query: parsed(t, contract.CollectionNamed("service_brokers").List, strings.Join(parts, "&"))}
		for range draw.IntN(3) {
			search.Having = append(search.Having, []Having{
				{"kinds", contract.Filter{Set: true, Values: []string{"x", "nix"}}}, {"kinds", contract.Filter{Set: true, Values: []string{"x"}, Folded: true}},
				{"kinds", contract.Filter{Set: true, Values: []string{"Y", "q"}, Partial: true}}, {"app_guids", contract.Filter{Set: true, Values: []string{"back", "away"}}},
				{"blank", contract.Filter{Set: true}}, {"blank", contract.Filter{Set: true, Values: []string{""}}},
				{"", contract.Filter{Set: true, Values: []string{all.items[3].GUID, "nix", all.items[4].GUID}}},
			}[draw.IntN(7)])
		}
		wait.Go(func() {
			got, total := s.Search(listing, &shelved{texts: all.texts, audience: all.audience}, search)
			if want, count := s.lookedAt(all, search); !slices.Equal(got, want) || total != count {
				t.Errorf("%v %+v for %s: %v of %d, want %v of %d", parts, search.Having, search.Who.User.Name, got, total, want, count)
			}
		})
	}
	wait.Wait()
}

func (s *Store) lookedAt(all *shelved, search Search) (places []int, total int) {
	return paged(search.Query, func(yield func(int) bool) {
		for place := range all.items {
			passes := s.sees(search.Who, all.audience[place])
			for _, h := range search.Having {
				texts := all.texts[place][h.Key]
				if h.Key == "" {
					texts = []string{all.items[place].GUID}
				}
				passes = passes && slices.ContainsFunc(texts, h.Match)
			}
			if passes && !yield(place) {
				return
			}
		}
	}, func(place int) resource {
		one := all.items[place]
		return resource{guid: one.GUID, moments: moments{one.CreatedAt, one.UpdatedAt}, labels: one.Labels, columns: one.Columns}
	})
}

// TestListingAsksOnce: items are asked once for each key that somebody filters by,
// and once who may see them; a page then takes what it shows, and some bits each.
func TestListingAsksOnce(t *testing.T) {
	const few, many = 500, 8_000
	search := Search{Who: holder(SpaceDeveloper, "dev", ""), Query: parsed(t, contract.CollectionNamed("service_brokers").List, "order_by=-created_at&page=2"),
		Having: []Having{{"kinds", contract.Filter{Set: true, Values: []string{"x"}}}}}
	var bytes []int
	for _, count := range []int{few, many} {
		s, all := storeOf(), shelvedOf(rand.New(rand.NewPCG(7, 8)), count)
		listing := NewListing(all.items)
		bytes = append(bytes, allocated(func() { s.Search(listing, all, search) }))
		if all.asked != 2*count {
			t.Errorf("%d items were asked %d times", count, all.asked)
		}
	}
	if grown := bytes[1] - bytes[0]; grown > (many-few)*2 {
		t.Errorf("%d bytes of %d items, %d of %d", bytes[0], few, bytes[1], many)
	}
}

// nested are items that are listed by another key while they are asked for one.
type nested struct {
	*shelved
	list func()
}

func (n nested) Texts(place int, key string) []string {
	if key == "kinds" {
		n.list()
	}
	return n.shelved.Texts(place, key)
}

// TestListingKeepsNobodyOut: while what finds by one key is made, others are answered.
func TestListingKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	s, all := storeOf(), shelvedOf(rand.New(rand.NewPCG(7, 8)), 50)
	listing, query := NewListing(all.items), parsed(t, contract.CollectionNamed("service_brokers").List, "")
	answered := 0
	by := func(key string, of Items) {
		s.Search(listing, of, Search{Who: root, Query: query, Having: []Having{{key, contract.Filter{Set: true, Values: []string{"x"}}}}})
		answered++
	}
	by("kinds", nested{all, func() { by("app_guids", all) }})
	if want := len(all.items) + 1; answered != want {
		t.Errorf("%d answers, want %d", answered, want)
	}
}

// TestMemo: what is made of a load is made once, for its forks too.
func TestMemo(t *testing.T) {
	t.Parallel()
	base, made := storeOf(), 0
	s := base.Load(start)
	for _, of := range []*Store{s, s.Fork(), s.Fork().Fork(), base.Load(start)} {
		of.Memo("x", func() any {
			made++
			return made
		})
	}
	if made != 2 {
		t.Errorf("made %d times for two loads", made)
	}
}
