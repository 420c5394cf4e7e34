package state

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
)

// crowded is a seed of 300 apps whose times are open, set, or here and there.
func crowded(draw *rand.Rand, open func(i int) bool) func(*Seed) {
	return func(seed *Seed) {
		moment := func(i int) time.Time {
			if open(i) {
				return time.Time{}
			}
			return later(time.Duration(draw.IntN(9)-4) * time.Second)
		}
		for i := range 300 {
			app := App{GUID: fmt.Sprintf("app-%03d", draw.IntN(1000)*1000+i), Name: fmt.Sprintf("Name-%d", i), SpaceGUID: seed.Spaces[i%3].GUID,
				State: []AppState{Started, Stopped}[draw.IntN(2)], CreatedAt: moment(i), UpdatedAt: moment(i), Stack: []string{"a", "b"}[i%2]}
			app.Metadata.Labels = contract.Pairs{{Key: "n", Value: fmt.Sprint(draw.IntN(5))}, {Key: "rare", Value: fmt.Sprint(i)}}
			seed.Apps = append(seed.Apps, app)
		}
		for i := range seed.Spaces {
			seed.Spaces[i].CreatedAt, seed.Spaces[i].UpdatedAt = moment(i), moment(i)
		}
		for i := range seed.Organizations {
			seed.Organizations[i].CreatedAt, seed.Organizations[i].UpdatedAt = moment(i), moment(i)
		}
	}
}

// plainly is the page of a query when everything there is is looked at.
func plainly[T any](q contract.ResourceQuery, all iter.Seq[T], of func(T) resource, seen func(T) bool) (guids []string, total int) {
	shown, total := paged(q, func(yield func(T) bool) {
		for one := range all {
			if q.Match("names", of(one).name) && seen(one) && !yield(one) {
				return
			}
		}
	}, of)
	for _, one := range shown {
		guids = append(guids, of(one).guid)
	}
	return guids, total
}

var catalogued = []string{
	"", "page=3&per_page=7", "names=NAME-7,name-8,x", "guids=front,nix,back", "label_selector=n=3", "label_selector=n!=3,rare", "label_selector=rare in (7,8)",
	"space_guids=%s", "organization_guids=%s,nix", "stacks=a", "lifecycle_type=docker", "lifecycle_type=buildpack&stacks=a,b&per_page=9&page=4",
	"created_ats[gt]=%[3]s", "created_ats[lte]=%[3]s", "updated_ats[gt]=%[3]s&label_selector=n", "updated_ats=%[3]s",
}

// TestCatalogue: lists are what they are without indexes, whatever was changed,
// in forks too, and whether times are open or not.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(i int) bool{
		"open": func(int) bool { return true }, "set": func(int) bool { return false }, "mixed": func(i int) bool { return i%3 == 0 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			draw := rand.New(rand.NewPCG(1, 2))
			base := storeOf(crowded(draw, open))
			stores := []*Store{base.Load(start), base.Load(later(2 * time.Second))}
			for step := range 60 {
				s := stores[draw.IntN(len(stores))]
				change(t, draw, s, step)
				if step%20 == 19 {
					stores = append(stores, s.Fork())
				}
				if step%5 == 0 {
					compareLists(t, draw, stores[draw.IntN(len(stores))])
				}
			}
			for _, s := range stores {
				compareLists(t, draw, s)
			}
		})
	}
}

// change renames an app, labels it, or turns it on or off; late steps happen
// before the load.
func change(t *testing.T, draw *rand.Rand, s *Store, step int) {
	t.Helper()
	now := later(time.Duration(draw.IntN(5)) * time.Second)
	if step > 50 {
		now = later(-time.Hour)
	}
	guid := s.appOrder[draw.IntN(len(s.appOrder))]
	var err error
	switch draw.IntN(3) {
	case 0:
		_, err = s.UpdateApp(now, root, guid, bodyOf(t, fmt.Sprintf(`{"name":"nAmE-%d-%d"}`, draw.IntN(9), step)))
	case 1:
		_, err = s.UpdateApp(now, root, guid, bodyOf(t, fmt.Sprintf(`{"metadata":{"labels":{"n":"%d"}}}`, draw.IntN(9))))
	default:
		to := []AppState{Started, Stopped}[draw.IntN(2)]
		_, err = s.ForceApp(now, guid, AppChange{State: &to})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func compareLists(t *testing.T, draw *rand.Rand, s *Store) {
	t.Helper()
	viewers := []Viewer{root, holder(SpaceDeveloper, s.spaceOrd[1], ""), holder(OrgManager, "", s.orgOrder[0]), holder(OrgAuditor, "", s.orgOrder[0])}
	second := start.Add(time.Duration(draw.IntN(4)) * time.Second).Format(time.RFC3339)
	for _, query := range catalogued {
		for _, order := range []string{"", "name", "-name", "state", "-state", "created_at", "-created_at", "updated_at", "-updated_at"} {
			raw := query + "&order_by=" + order
			if slices.Contains([]byte(query), '%') {
				raw = fmt.Sprintf(query+"%.0[4]s&order_by="+order, s.spaceOrd[0], s.orgOrder[1], second, "")
			}
			who := viewers[draw.IntN(len(viewers))]
			compareApps(t, s, who, raw)
			if q, err := contract.SpaceList.Parse(raw); err == nil {
				comparePage(t, raw, s.Spaces(who, q), func(v View) string { return v.Space.GUID }, func() ([]string, int) {
					return plainly(q, values(s.spaceOrd, s.spaces.get), resourceOfSpace, func(space *Space) bool {
						return who.canRead(space) && q.Match("organization_guids", space.OrganizationGUID)
					})
				})
			}
			if q, err := contract.OrganizationList.Parse(raw); err == nil {
				comparePage(t, raw, s.Organizations(who, q), func(v View) string { return v.Organization.GUID }, func() ([]string, int) {
					return plainly(q, values(s.orgOrder, s.orgs.get), resourceOfOrganization, func(org *Organization) bool { return who.canReadOrganization(org, &s.spaces) })
				})
			}
		}
	}
}

func compareApps(t *testing.T, s *Store, who Viewer, raw string) {
	t.Helper()
	q := parsed(t, contract.AppList, raw)
	comparePage(t, raw, s.Apps(who, q), func(v View) string { return v.App.GUID }, func() ([]string, int) {
		return plainly(q, values(s.appOrder, s.apps.get), resourceOfApp, func(app *App) bool {
			space := s.spaces.get(app.SpaceGUID)
			return who.canRead(space) && q.Match("space_guids", space.GUID) && q.Match("organization_guids", space.OrganizationGUID) &&
				q.Match("stacks", app.Stack) && q.Match("lifecycle_type", buildpackLifecycle)
		})
	})
}

// values yields what is there under some guids.
func values[V any](guids []string, of func(string) V) iter.Seq[V] {
	return func(yield func(V) bool) {
		for _, guid := range guids {
			if !yield(of(guid)) {
				return
			}
		}
	}
}

func comparePage(t *testing.T, raw string, got Page, of func(View) string, wanted func() ([]string, int)) {
	t.Helper()
	guids := []string{}
	for _, v := range got.Views {
		guids = append(guids, of(v))
	}
	if want, total := wanted(); !reflect.DeepEqual(guids, append([]string{}, want...)) || got.Total != total {
		t.Errorf("%s: %d of %d: %v\nwant %d of %d: %v", raw, len(guids), got.Total, guids, len(want), total, want)
	}
}
