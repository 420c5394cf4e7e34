package state

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
)

// deploymentCrowd has a past deployment for two of three apps, some of which say
// when it was.
func deploymentCrowd(draw *rand.Rand, many int, open func(i int) bool) func(*Seed) {
	return func(seed *Seed) {
		for i := range many {
			app := App{GUID: fmt.Sprint("app-", i), Name: fmt.Sprint("app-", i), SpaceGUID: seed.Spaces[i%3].GUID, State: Started, DropletGUID: "d",
				Droplets: []Droplet{{GUID: "d"}}}
			if !open(i) {
				app.CreatedAt = later(time.Duration(draw.IntN(9)-4) * time.Second)
				app.UpdatedAt = app.CreatedAt
			}
			seed.Apps = append(seed.Apps, app)
			seed.Processes = append(seed.Processes, Process{GUID: app.GUID, AppGUID: app.GUID, Type: "web", Instances: 2, MemoryInMB: 1, DiskInMB: ptr(1),
				CreatedAt: app.CreatedAt, UpdatedAt: app.UpdatedAt, HealthCheck: HealthCheck{Type: "process"}, Readiness: HealthCheck{Type: "process"}})
			if i%3 == 0 {
				continue
			}
			d := Deployment{GUID: fmt.Sprint("past-", draw.IntN(1000)*1000+i), AppGUID: app.GUID, State: []DeploymentState{Deployed, Canceled}[draw.IntN(2)],
				DeploymentOptions: contract.DeploymentOptions{Strategy: contract.Rolling, MaxInFlight: 1}}
			d.Reason = []string{string(d.State), superseded}[draw.IntN(2)]
			d.Metadata.Labels = contract.Pairs{{Key: "n", Value: fmt.Sprint(draw.IntN(5))}}
			if !open(i) && draw.IntN(2) == 0 {
				d.UpdatedAt = later(time.Duration(draw.IntN(9)) * time.Second)
			}
			seed.Deployments = append(seed.Deployments, d)
		}
	}
}

// lookedDeployments is the page of a query when every deployment that the store
// exports is looked at.
func lookedDeployments(s *Store, exported []Deployment, who Viewer, q contract.ResourceQuery) (guids []string, total int) {
	list, total := paged(q, func(yield func(DeploymentView) bool) {
		for _, d := range exported {
			v := s.deploymentView(&d)
			if q.Match("app_guids", d.AppGUID) && q.Match("states", string(d.State)) && q.Match("status_reasons", d.Reason) &&
				q.Match("status_values", d.Value()) && who.canRead(v.Space) && !yield(v) {
				return
			}
		}
	}, func(v DeploymentView) resource {
		return resource{guid: v.GUID, moments: moments{v.CreatedAt, v.UpdatedAt}, labels: v.Deployment.Metadata.Labels}
	})
	for _, v := range list {
		guids = append(guids, v.GUID)
	}
	return guids, total
}

// deploy does something with the deployments of a store, before its load at times.
func deploy(t *testing.T, draw *rand.Rand, s *Store, step int) {
	t.Helper()
	now := later(time.Duration(step) * time.Second)
	if step > 50 {
		now = later(-time.Hour)
	}
	app := s.appOrder[3+draw.IntN(len(s.appOrder)-3)]
	guid := s.deploymentOrder[draw.IntN(len(s.deploymentOrder))]
	switch draw.IntN(5) {
	case 0, 1:
		if _, err := s.CreateDeployment(now, root, bodyOf(t, deploymentOf(app, `,"metadata":{"labels":{"n":"7"}}`))); err != nil {
			t.Fatal(err)
		}
	case 2:
		if _, err := s.UpdateDeployment(now, root, guid, bodyOf(t, fmt.Sprintf(`{"metadata":{"labels":{"n":"%d"}}}`, draw.IntN(9)))); err != nil {
			t.Fatal(err)
		}
	case 3:
		s.CancelDeployment(now, root, guid) //nolint:errcheck // most have ended
	default:
		s.Advance(now)
	}
}

// TestDeploymentsAreAsIfLooked: what the index finds is what looking at all of
// them finds, whatever was done, in forks too, and whether times are open or not.
func TestDeploymentsAreAsIfLooked(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(i int) bool{
		"open": func(int) bool { return true }, "set": func(int) bool { return false }, "mixed": func(i int) bool { return i%4 == 0 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			draw := rand.New(rand.NewPCG(3, 4))
			base := storeOf(deploymentCrowd(draw, 120, open))
			stores := []*Store{base.Load(start), base.Load(later(2 * time.Second))}
			for step := range 60 {
				s := stores[draw.IntN(len(stores))]
				deploy(t, draw, s, step)
				if step%20 == 19 {
					stores = append(stores, s.Fork())
				}
				if step%5 != 0 {
					continue
				}
				exported := map[*Store][]Deployment{}
				for _, s := range stores {
					exported[s] = s.Export().Deployments
				}
				for range 60 {
					s := stores[draw.IntN(len(stores))]
					compareDeployments(t, draw, s, exported[s])
				}
			}
		})
	}
}

func compareDeployments(t *testing.T, draw *rand.Rand, s *Store, exported []Deployment) {
	t.Helper()
	viewers := []Viewer{root, holder(SpaceDeveloper, s.spaceOrd[1], ""), holder(OrgManager, "", s.orgOrder[0]), holder(OrgAuditor, "", s.orgOrder[0])}
	of := func(choices ...string) string { return choices[draw.IntN(len(choices))] }
	second := start.Add(time.Duration(draw.IntN(40)-2) * time.Second).Format(time.RFC3339)
	parts := []string{"order_by=" + of("", "created_at", "-created_at", "updated_at", "-updated_at"), "per_page=" + of("3", "7", "5000"), "page=" + of("1", "2", "3")}
	for range draw.IntN(3) {
		parts = append(parts, of("states=DEPLOYED", "states=DEPLOYING,CANCELED,nix", "states=", "status_values=FINALIZED", "status_values=ACTIVE", "status_reasons=SUPERSEDED,DEPLOYED",
			"app_guids=app-1,app-1,app-2,nix", "label_selector=n=3", "label_selector=n!=7,n", "guids="+s.deploymentOrder[0]+",nix,"+s.deploymentOrder[7],
			"created_ats[gt]="+second, "created_ats[lte]="+second, "updated_ats[lt]="+second, "updated_ats[gte]="+second))
	}
	raw, who := strings.Join(parts, "&"), viewers[draw.IntN(len(viewers))]
	q, err := contract.DeploymentList.Parse(raw)
	if err != nil {
		return // two of one key
	}
	list, total := s.Deployments(who, q)
	var got []string
	for _, v := range list {
		got = append(got, v.GUID)
	}
	if want, all := lookedDeployments(s, exported, who, q); !slices.Equal(got, want) || total != all {
		t.Errorf("%s of %s: %v of %d, want %v of %d", raw, who.User.Name, got, total, want, all)
	}
}

// allocated is how many bytes a call takes, in the mean of some. Others must not run.
func allocated(call func()) int {
	const calls = 10
	var before, after runtime.MemStats
	call()
	runtime.ReadMemStats(&before)
	for range calls {
		call()
	}
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc-before.TotalAlloc) / calls
}

// TestDeploymentsAllocate: a page takes what it shows, whatever it is filtered and
// ordered by and wherever it is; all there are take some bits each.
func TestDeploymentsAllocate(t *testing.T) {
	const few, many = 600, 9_000
	store := func(n int) *Store {
		return storeOf(deploymentCrowd(rand.New(rand.NewPCG(3, 4)), n, func(int) bool { return true })).Load(start)
	}
	small, large := store(few), store(many)
	for _, query := range []string{
		"", "deep", "states=DEPLOYED&deep", "label_selector=n=3", "order_by=-updated_at&deep", "order_by=created_at&states=DEPLOYED", "created_ats[lt]=2020-01-01T00:00:00Z",
		"updated_ats[gt]=2020-01-01T00:00:00Z&deep", "app_guids=app-7",
	} {
		cost := func(s *Store, n int) int {
			deep := fmt.Sprint("page=", n/300)
			q := parsed(t, contract.DeploymentList, strings.ReplaceAll(query, "deep", deep)+"&per_page=50")
			return allocated(func() { s.Deployments(root, q) })
		}
		if a, b := cost(small, few), cost(large, many); b-a > (many-few)*4 {
			t.Errorf("%s: %d bytes of %d apps, %d of %d", query, a, few, b, many)
		}
	}
}
