package state

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
)

// with is a person who holds grants.
func with(grants ...Grant) Viewer {
	return NewViewer(&User{GUID: "u", Name: "someone", Grants: grants}, []string{ScopeRead, ScopeWrite})
}

// parsed reads the query of a list.
func parsed(t testing.TB, list *contract.ResourceList, raw string) contract.ResourceQuery {
	t.Helper()
	q, err := list.Parse(raw)
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return q
}

func appNames(p Page) (names []string) {
	for _, v := range p.Views {
		names = append(names, v.App.GUID)
	}
	return names
}

// TestStartApp is §10: a start gives new versions and places instances anew, a
// start of what runs does nothing.
func TestStartApp(t *testing.T) {
	t.Parallel()
	type act func(*Store, time.Time, Viewer, string) (View, error)
	for _, test := range []struct {
		name, app string
		act       act
		state     AppState
		anew      bool // processes are placed anew
		touched   bool // the app's own updated_at moves
	}{
		{"start of a stopped app", "back", (*Store).StartApp, Started, true, true},
		{"start of a started app", "front", (*Store).StartApp, Started, false, false},
		{"restart of a started app", "front", (*Store).RestartApp, Started, true, false},
		{"restart of a stopped app", "back", (*Store).RestartApp, Started, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, again := storeOf(), storeOf()
			before := stored(t, s, test.app)
			now := later(time.Hour)
			v, err := test.act(s, now, root, test.app)
			if err != nil || v.App.State != test.state || v.Process != nil {
				t.Fatalf("%v, %+v", err, v)
			}
			after := stored(t, s, test.app)
			if anew := after.Version != before.Version; anew != test.anew {
				t.Errorf("version %s, was %s", after.Version, before.Version)
			}
			if moved := after.UpdatedAt.Equal(now); moved != test.anew {
				t.Errorf("updated at %v", after.UpdatedAt)
			}
			if touched := v.App.UpdatedAt.Equal(now); touched != test.touched {
				t.Errorf("the app was updated at %v", v.App.UpdatedAt)
			}
			inst := s.Peek(Ref{GUID: test.app}).Instance(now, 0)
			if anew := inst.For == 0; inst.State != Running || anew != test.anew {
				t.Errorf("instance %+v", inst)
			}
			if _, err := test.act(again, now, root, test.app); err != nil || stored(t, again, test.app).Version != after.Version {
				t.Errorf("two runs draw two versions (%v)", err)
			}
		})
	}
}

// TestStopApp is §14: a stopped app has an entry for each desired instance,
// and all are down, whatever they were forced into.
func TestStopApp(t *testing.T) {
	t.Parallel()
	s := storeOf(func(seed *Seed) {
		seed.Processes[front].History.Forced = map[int]Forced{1: {State: Crashed, Since: start}}
	})
	before := stored(t, s, "front")
	v, err := s.StopApp(later(time.Minute), root, "front")
	if err != nil || v.App.State != Stopped || !v.App.UpdatedAt.Equal(later(time.Minute)) {
		t.Fatalf("%v, %+v", err, v.App)
	}
	after := s.Peek(Ref{GUID: "front"})
	for _, inst := range after.Instances(later(time.Hour)) {
		if inst.State != Down || inst.Reported {
			t.Errorf("%+v", inst)
		}
	}
	if after.Process.Instances != 2 || after.Process.Version != before.Version {
		t.Errorf("%+v", after.Process)
	}
	if v, err := s.StopApp(later(time.Hour), root, "front"); err != nil || !v.App.UpdatedAt.Equal(later(time.Minute)) {
		t.Errorf("stopped twice: %v, %+v", err, v.App)
	}
	if _, err := s.StartApp(later(2*time.Hour), root, "front"); err != nil {
		t.Fatal(err)
	}
	if inst := s.Peek(Ref{GUID: "front"}).Instance(later(2*time.Hour), 1); inst.State != Running {
		t.Errorf("started again: %+v", inst)
	}
}

// TestStartUnderQuota is §7: processes are started one after the other, and
// when one does not fit, nothing has changed.
func TestStartUnderQuota(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		quota Quota
		want  string
	}{
		{"all fit", Quota{TotalMemoryInMB: ptr[int64](768 + 256)}, ""},
		{"one does not", Quota{TotalMemoryInMB: ptr[int64](768 + 255)}, "memory quota_exceeded"},
		{"instances", Quota{TotalInstances: ptr[int64](3)}, "app_instance_limit app_instance_limit_exceeded"},
		{"log rate is asked because the state changes", Quota{LogRateLimit: ptr[int64](10)}, "log_rate_limit exceeds organization log rate quota"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := storeOf(func(seed *Seed) { seed.Organizations[0].Quota = &test.quota })
			before := stored(t, s, "back")
			_, err := s.StartApp(later(time.Minute), root, "back")
			if test.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var refused *contract.Error
			if !errors.As(err, &refused) || refused.Detail != test.want || refused.Status != 422 {
				t.Errorf("%v, want %s", err, test.want)
			}
			if app, _ := s.App("back"); app.State != Stopped || stored(t, s, "back") != before {
				t.Errorf("something has changed: %+v", app)
			}
		})
	}
}

// TestUpdateApp merges, strips and refuses names as the storage layer does.
func TestUpdateApp(t *testing.T) {
	t.Parallel()
	many := ""
	for i := range contract.MaxLabels + 1 {
		many += fmt.Sprintf(`,"l%d":"x"`, i)
	}
	for _, test := range []struct {
		name, body string
		want       string // the refusal
		expect     func(*App)
	}{
		{"nothing but the time", `{}`, "", func(*App) {}},
		{"a name with a slash", `{"name":"a/b"}`, "", func(a *App) { a.Name = "a/b" }},
		{"blanks around a name", `{"name":"  a b \n"}`, "", func(a *App) { a.Name = "a b" }},
		{"its own name", `{"name":"shop"}`, "", func(*App) {}},
		{"the name of an app elsewhere", `{"name":"ledger"}`, "", func(a *App) { a.Name = "ledger" }},
		{"the name of an app beside it", `{"name":"taken"}`, "App with the name 'taken' already exists.", nil},
		{"a blank name", `{"name":" "}`, "name presence, name format", nil},
		{"null", `{"name":null}`, "name presence, name format", nil},
		{"a control character", `{"name":"a\tb"}`, "name format", nil},
		{"labels before the name", `{"name":" ","metadata":{"labels":{` + many[1:] + `}}}`, "Failed to add 51 labels because it would exceed maximum of 50", nil},
		{"another lifecycle", `{"lifecycle":{"type":"docker","data":{}}}`, "Lifecycle type cannot be changed from buildpack to docker", nil},
		{"buildpacks and stack", `{"lifecycle":{"type":"buildpack","data":{"buildpacks":["go_buildpack","http://x/y.git","git@x:y.git","mine"],"stack":"own"}}}`,
			"", func(a *App) {
				a.Buildpacks, a.Stack = []string{"go_buildpack", "http://x/y.git", "git@x:y.git", "mine"}, "own"
			}},
		{"a stack that is not there", `{"lifecycle":{"data":{"stack":"nope"}}}`, "Stack must be an existing stack", nil},
		{"a buildpack that is not there", `{"lifecycle":{"data":{"buildpacks":["nope"],"stack":"own"}}}`,
			`Buildpack "nope" for stack "own" must be an existing admin buildpack or a valid git URI`, nil},
		{"neither is there", `{"lifecycle":{"data":{"buildpacks":["nope"],"stack":"nope"}}}`,
			`Buildpack "nope" must be an existing admin buildpack or a valid git URI, Stack must be an existing stack`, nil},
		{"a name that another app has in capitals", `{"name":"Taken"}`, "App with the name 'Taken' already exists.", nil},
		{"a label", `{"metadata":{"labels":{"env":"prod"}}}`, "", func(a *App) { a.Metadata.Labels = contract.Pairs{{Key: "env", Value: "prod"}} }},
		{"a body that is refused before the app is looked for", `{"no":1}`, "Unknown field(s): 'no'", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := storeOf(func(seed *Seed) {
				seed.Apps = append(seed.Apps, App{GUID: "beside", Name: "taken", SpaceGUID: "dev", State: Stopped, Stack: "own", Buildpacks: []string{"mine"}})
			})
			before, _ := s.App("front")
			v, err := s.UpdateApp(later(time.Minute), root, "front", bodyOf(t, test.body))
			after, _ := s.App("front")
			if test.expect == nil {
				var refused *contract.Error
				if !errors.As(err, &refused) || refused.Detail != test.want || after != before {
					t.Errorf("%v, %+v", err, after)
				}
				return
			}
			want := *before
			want.UpdatedAt = later(time.Minute)
			test.expect(&want)
			if err != nil || v.App != after || after.Name != want.Name || after.Stack != want.Stack || !after.UpdatedAt.Equal(want.UpdatedAt) ||
				!slices.Equal(after.Buildpacks, want.Buildpacks) || !slices.Equal(after.Metadata.Labels, want.Metadata.Labels) {
				t.Errorf("%v: got %+v, want %+v", err, after, want)
			}
		})
	}
}

// TestAppRights: who may see, run and change an app (§15).
func TestAppRights(t *testing.T) {
	t.Parallel()
	in := func(role Role) Viewer { return with(Grant{Role: role, SpaceGUID: "dev"}) }
	none, app := error(nil), error(contract.AppNotFound)
	forbidden, suspended := error(contract.NotAuthorized), error(contract.SpaceSuspended)
	for _, test := range []struct {
		name               string
		who                Viewer
		see, manage, edit  error
		whenSpaceSuspended error
	}{
		{"admin", root, none, none, none, none},
		{"developer", in(SpaceDeveloper), none, none, none, suspended},
		{"supporter", in(SpaceSupporter), none, none, forbidden, suspended},
		{"auditor", in(SpaceAuditor), none, forbidden, forbidden, forbidden},
		{"manager of the organization", with(Grant{Role: OrgManager, OrganizationGUID: "one"}), none, forbidden, forbidden, forbidden},
		{"developer elsewhere", with(Grant{Role: SpaceDeveloper, SpaceGUID: "far"}), app, app, app, app},
	} {
		s := storeOf()
		for what, got := range map[string]struct {
			find func(Viewer, string) (View, error)
			want error
		}{
			"see":    {s.VisibleApp, test.see},
			"manage": {func(who Viewer, guid string) (View, error) { return s.StartApp(start, who, guid) }, test.manage},
			"edit":   {func(who Viewer, guid string) (View, error) { return s.UpdateApp(start, who, guid, contract.Body{}) }, test.edit},
		} {
			if _, err := got.find(test.who, "front"); err != got.want {
				t.Errorf("%s, %s: %v", test.name, what, err)
			}
			if _, err := got.find(test.who, "missing"); err != app {
				t.Errorf("%s, %s what is missing: %v", test.name, what, err)
			}
		}
		s = storeOf(func(seed *Seed) { seed.Spaces[0].Suspended = true })
		if _, err := s.StopApp(start, test.who, "front"); err != test.whenSpaceSuspended {
			t.Errorf("%s in a suspended space: %v", test.name, err)
		}
	}
}

// TestApps filters, orders and cuts.
func TestApps(t *testing.T) {
	t.Parallel()
	s := storeOf(func(seed *Seed) {
		seed.Apps[1].CreatedAt = later(time.Hour)
		seed.Apps[2].Metadata.Labels = contract.Pairs{{Key: "env", Value: "prod"}}
		seed.Apps[0].Stack = "cflinuxfs4"
	})
	for query, want := range map[string][]string{
		"":                                     {"front", "back", "away"},
		"names=shop":                           {"front", "away"},
		"names=shop&space_guids=far":           {"away"},
		"names=":                               nil,
		"guids=back,front":                     {"front", "back"},
		"organization_guids=one":               {"front", "back"},
		"stacks=cflinuxfs4":                    {"front"},
		"lifecycle_type=docker":                nil,
		"lifecycle_type=buildpack":             {"front", "back", "away"},
		"label_selector=env":                   {"away"},
		"label_selector=!env":                  {"front", "back"},
		"created_ats[gt]=2026-01-01T00:30:00Z": {"back"},
		"order_by=name":                        {"back", "away", "front"},
		"order_by=-name":                       {"front", "away", "back"},
		"order_by=state":                       {"away", "front", "back"},
		"order_by=-created_at":                 {"back", "front", "away"},
		"order_by=name&per_page=1&page=2":      {"away"},
		"per_page=2&page=2":                    {"away"},
		"page=9223372036854775807&per_page=1":  nil,
		"page=2":                               nil,
	} {
		page := s.Apps(root, parsed(t, contract.AppList, query))
		if !slices.Equal(appNames(page), want) {
			t.Errorf("%q: %v, want %v", query, appNames(page), want)
		}
	}
	if page := s.Apps(root, parsed(t, contract.AppList, "per_page=2&page=2")); page.Total != 3 {
		t.Errorf("total %d", page.Total)
	}
	if page := s.Apps(root, parsed(t, contract.AppList, "page=2")); page.Total != 0 {
		t.Errorf("§13.3: beyond the end the total is %d", page.Total)
	}
	if page := s.Apps(with(Grant{Role: SpaceAuditor, SpaceGUID: "prod"}), parsed(t, contract.AppList, "")); !slices.Equal(appNames(page), []string{"back"}) {
		t.Errorf("an auditor of prod sees %v", appNames(page))
	}
}

func TestSidecars(t *testing.T) {
	t.Parallel()
	s := storeOf(func(seed *Seed) { seed.Processes[front].Sidecars = []Sidecar{{"log", 10}, {"proxy", 20}} })
	v := s.Peek(Ref{GUID: "front"})
	list, total := s.Sidecars(v, parsed(t, contract.SidecarList, "per_page=1&page=2"))
	if total != 2 || len(list) != 1 || list[0].Name != "proxy" {
		t.Fatalf("%d, %+v", total, list)
	}
	if found, _ := s.Sidecars(v, parsed(t, contract.SidecarList, "guids="+list[0].GUID)); len(found) != 1 || found[0] != list[0] {
		t.Errorf("by guid: %+v", found)
	}
}

// TestSharedSidecars: they belong to app and type, in lists and when memory is
// compared with theirs (app/models/runtime/process_model.rb).
func TestSharedSidecars(t *testing.T) {
	t.Parallel()
	s := storeOf(func(seed *Seed) {
		seed.Processes[front].Sidecars = []Sidecar{{"log", 100}}
		twin := seed.Processes[front]
		twin.GUID, twin.Sidecars = "twin", nil
		seed.Processes = append(seed.Processes, twin)
	})
	for guid, want := range map[string]int{"front": 1, "twin": 1, "worker": 0} {
		if _, total := s.Sidecars(s.Peek(Ref{GUID: guid}), parsed(t, contract.SidecarList, "")); total != want {
			t.Errorf("%s has %d sidecars, want %d", guid, total, want)
		}
	}
	if _, err := s.ScaleProcess(later(1), root, Ref{GUID: "twin"}, bodyOf(t, `{"memory_in_mb":100}`)); err == nil || err.(*contract.Error).Detail != contract.SidecarsTooLarge {
		t.Errorf("the twin may be as small as the sidecars: %v", err)
	}
}

// TestRenameTouchesProcesses (app/actions/app_update.rb).
func TestRenameTouchesProcesses(t *testing.T) {
	t.Parallel()
	s := storeOf()
	for body, want := range map[string]bool{`{"metadata":{"labels":{"a":"b"}}}`: false, `{"name":"other"}`: true} {
		at := later(time.Duration(len(body)) * time.Minute)
		if _, err := s.UpdateApp(at, root, "front", bodyOf(t, body)); err != nil {
			t.Fatal(err)
		}
		for _, guid := range []string{"front", "worker"} {
			if p := stored(t, s, guid); p.UpdatedAt.Equal(at) != want {
				t.Errorf("%s: %s was updated at %v", body, guid, p.UpdatedAt)
			}
		}
	}
}

// TestForceApp: starting places the instances anew and gives new versions
// (§10), stopping does not, and nothing happens when nothing changes.
func TestForceApp(t *testing.T) {
	t.Parallel()
	s := storeOf()
	_, err := s.ForceApp(later(1), "nix", AppChange{Deploying: ptr(true)})
	expect(t, err, contract.AppNotFound)

	was, _ := s.App("back")
	for _, same := range []AppChange{{}, {State: ptr(Stopped)}, {Deploying: ptr(false), State: ptr(Stopped)}} {
		if app, err := s.ForceApp(later(1), "back", same); err != nil || app != was {
			t.Errorf("%+v made %+v, %v", same, app, err)
		}
	}
	before := stored(t, s, "back")
	app, err := s.ForceApp(later(time.Minute), "back", AppChange{State: ptr(Started)})
	if err != nil || app.State != Started || !app.UpdatedAt.Equal(later(time.Minute)) || was.State != Stopped {
		t.Fatalf("got %+v, %v", app, err)
	}
	started := stored(t, s, "back")
	if started.Version == before.Version || !started.UpdatedAt.Equal(later(time.Minute)) {
		t.Errorf("started as %+v", started)
	}
	if got, want := report(s, "back", later(time.Minute+time.Second)), "0 RUNNING 1s;"; got != want {
		t.Errorf("started: %s", got)
	}
	container := s.Peek(Ref{GUID: "back"}).Instance(later(time.Hour), 0).GUID
	for _, state := range []AppState{Stopped, Started} {
		if _, err = s.ForceApp(later(2*time.Minute), "back", AppChange{State: &state, Deploying: ptr(true)}); err != nil {
			t.Fatal(err)
		}
	}
	again := s.Peek(Ref{GUID: "back"})
	if again.Process.Version == started.Version || again.Instance(later(time.Hour), 0).GUID == container {
		t.Error("a second start is the first one")
	}
	if !again.App.Deploying {
		t.Error("no deployment is in flight")
	}
}

// TestAppsNamed: a guid wins over names, names may be shared.
func TestAppsNamed(t *testing.T) {
	t.Parallel()
	s := storeOf(func(seed *Seed) { seed.Apps[backApp].Name = "front" })
	for name, want := range map[string][]string{"shop": {"front", "away"}, "front": {"front"}, "back": {"back"}, "": nil, "nix": nil} {
		var got []string
		for _, app := range s.AppsNamed(name) {
			got = append(got, app.GUID)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q names %v, want %v", name, got, want)
		}
	}
}
