package state

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
)

// dropletCrowd has up to three droplets for each of so many apps, and a revision.
func dropletCrowd(draw *rand.Rand, many int) func(*Seed) {
	return func(seed *Seed) {
		for i := range many {
			app := App{GUID: fmt.Sprint("app-", i), SpaceGUID: seed.Spaces[i%3].GUID, RevisionsEnabled: true, Revisions: []Revision{{GUID: fmt.Sprint("revision-", i)}}}
			if i%2 == 0 {
				app.CreatedAt = later(time.Duration(draw.IntN(9)-4) * time.Second)
			}
			for k := range draw.IntN(4) {
				d := Droplet{GUID: fmt.Sprintf("droplet-%d-%d", draw.IntN(1000)*10000+i, k)}
				if draw.IntN(2) == 0 {
					d.CreatedAt = later(time.Duration(draw.IntN(9)-4) * time.Second)
				}
				app.Droplets = append(app.Droplets, d)
			}
			seed.Apps = append(seed.Apps, app)
		}
	}
}

// TestDropletsAreAsIfLooked: what the index finds is what looking at all of them
// finds.
func TestDropletsAreAsIfLooked(t *testing.T) {
	t.Parallel()
	draw := rand.New(rand.NewPCG(5, 6))
	s := storeOf(dropletCrowd(draw, 300)).Load(start).Fork()
	exported := s.Export().Apps
	viewers := []Viewer{root, holder(SpaceDeveloper, s.spaceOrd[1], ""), holder(OrgManager, "", s.orgOrder[0]), holder(OrgAuditor, "", s.orgOrder[0])}
	of := func(choices ...string) string { return choices[draw.IntN(len(choices))] }
	for range 2000 {
		who, app := viewers[draw.IntN(len(viewers))], of("", "", "app-3")
		second := start.Add(time.Duration(draw.IntN(9)-4) * time.Second).Format(time.RFC3339)
		parts := []string{"order_by=" + of("", "created_at", "-created_at", "updated_at", "-updated_at"), "per_page=" + of("3", "7", "5000"), "page=" + of("1", "2", "3")}
		for range draw.IntN(3) {
			parts = append(parts, of("states=STAGED,nix", "states=FAILED", "app_guids=app-1,app-1,app-2,nix", "app_guids=", "label_selector=n", "label_selector=!n",
				"space_guids="+s.spaceOrd[1], "organization_guids="+s.orgOrder[0]+",nix", "guids=nix,"+s.apps.get("app-7").Droplets[0].GUID,
				"created_ats[gt]="+second, "created_ats[lte]="+second, "updated_ats="+second))
		}
		raw := strings.Join(parts, "&")
		q, err := contract.DropletList.Parse(raw)
		if err != nil {
			continue // two of one key
		}
		list, total, err := s.Droplets(who, app, q)
		want, all, missing := lookedDroplets(s, exported, who, app, q)
		got := []string{}
		for _, v := range list {
			got = append(got, v.GUID)
		}
		if !slices.Equal(got, want) || total != all || err != missing {
			t.Errorf("%s of %q for %s: %v of %d, %v, want %v of %d, %v", raw, app, who.User.Name, got, total, err, want, all, missing)
		}
	}
}

// lookedDroplets is the page of a query when every droplet of the apps, which the
// store exports, is looked at.
func lookedDroplets(s *Store, apps []App, who Viewer, app string, q contract.ResourceQuery) (guids []string, total int, err error) {
	if _, err := s.VisibleApp(who, app); app != "" && err != nil {
		return nil, 0, err
	}
	list, total := paged(q, func(yield func(resource) bool) {
		for _, a := range apps {
			space := s.spaces.get(a.SpaceGUID)
			for _, d := range a.Droplets {
				if (app == "" || a.GUID == app) && q.Match("app_guids", a.GUID) && q.Match("states", Staged) && q.Match("space_guids", space.GUID) &&
					q.Match("organization_guids", space.OrganizationGUID) && who.canRead(space) && !yield(resourceOfDroplet(&a, &d)) {
					return
				}
			}
		}
	}, func(r resource) resource { return r })
	for _, r := range list {
		guids = append(guids, r.guid)
	}
	return guids, total, nil
}

// TestDropletsAllocate: a page takes what it shows; all there are take some bits
// each.
func TestDropletsAllocate(t *testing.T) {
	const few, many = 600, 9_000
	store := func(n int) *Store { return storeOf(dropletCrowd(rand.New(rand.NewPCG(5, 6)), n)).Load(start) }
	small, large := store(few), store(many)
	for _, query := range []string{"", "deep", "space_guids=dev&deep", "order_by=-updated_at&deep", "app_guids=app-7", "created_ats[lt]=2020-01-01T00:00:00Z"} {
		cost := func(s *Store, n int) int {
			q := parsed(t, contract.DropletList, strings.ReplaceAll(query, "deep", fmt.Sprint("page=", n/300)))
			return allocated(func() { s.Droplets(root, "", q) }) //nolint:errcheck // there is no app to be missed
		}
		if a, b := cost(small, few), cost(large, many); b-a > (many-few)*4 {
			t.Errorf("%s: %d bytes of %d apps, %d of %d", query, a, few, b, many)
		}
	}
}

// TestFoundByGUID: a revision and a droplet are found by their guids alone, in
// forks too, and by those who see their app.
func TestFoundByGUID(t *testing.T) {
	t.Parallel()
	s := storeOf(dropletCrowd(rand.New(rand.NewPCG(5, 6)), 30)).Load(start)
	fork := s.Fork()
	if v, err := s.Revision(root, "revision-7"); err != nil || v.App.GUID != "app-7" {
		t.Errorf("%+v, %v", v, err)
	}
	if _, err := s.Revision(holder(SpaceDeveloper, "dev", ""), "revision-1"); err != contract.RevisionNotFound {
		t.Errorf("out of sight: %v", err)
	}
	started, err := s.StartApp(start, root, "back")
	if err != nil {
		t.Fatal(err)
	}
	added := started.App.Latest().GUID
	for _, after := range []*Store{s, s.Fork()} {
		if v, err := after.Revision(root, added); err != nil || v.App.GUID != "back" {
			t.Errorf("%+v, %v", v, err)
		}
	}
	for _, guid := range []string{added, "nix"} {
		if _, err := fork.Revision(root, guid); err != contract.RevisionNotFound {
			t.Errorf("%s in a fork from before: %v", guid, err)
		}
	}
	for _, guid := range []string{"nix", "app-7"} {
		if _, err := s.Droplet(root, guid); err != contract.DropletNotFound {
			t.Errorf("%s: %v", guid, err)
		}
	}
	droplet := s.apps.get("app-7").Droplets[0]
	if v, err := fork.Droplet(root, droplet.GUID); err != nil || v.App.GUID != "app-7" {
		t.Errorf("%+v, %v", v, err)
	}
}
