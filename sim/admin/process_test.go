package admin

import (
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/state"
)

func TestPatchProcess(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, patch string
		check       func(p *state.Process) bool
	}{
		{"command", `{"command":"./x"}`, func(p *state.Process) bool { return *p.Command == "./x" && p.MemoryInMB == 256 }},
		{"command taken back", `{"command":null}`, func(p *state.Process) bool { return p.Command == nil }},
		{"null disk", `{"disk_in_mb":null}`, func(p *state.Process) bool { return p.DiskInMB == nil }},
		{"more than the contract allows", `{"disk_in_mb":99999,"user":"root"}`, func(p *state.Process) bool { return *p.DiskInMB == 99999 && *p.User == "root" }},
		{"leaf of a check", `{"health_check":{"data":{"timeout":7}}}`, func(p *state.Process) bool { return *p.HealthCheck.Timeout == 7 && p.HealthCheck.Type == "port" }},
		{"version", `{"version":"e0000000-0000-4000-8000-000000000001"}`, func(p *state.Process) bool { return p.Version == "e0000000-0000-4000-8000-000000000001" }},
		{"times", `{"created_at":"2020-01-01T00:00:00Z","updated_at":"2021-01-01T00:00:00Z"}`, func(p *state.Process) bool {
			return p.CreatedAt.Year() == 2020 && p.UpdatedAt.Year() == 2021
		}},
		{"revision in the API's form", `{"relationships":{"revision":{"data":{"guid":"r"}}}}`, func(p *state.Process) bool { return p.RevisionGUID == "r" }},
		{"revision replaced and taken away", `{"revision":{"guid":"s"},"relationships":{"revision":null}}`, func(p *state.Process) bool { return p.RevisionGUID == "s" }},
		{"credential in the API's form", `{"registry_credential_last_synced_at":"2022-01-01T00:00:00Z","relationships":{"registry_credential":{"data":{"guid":"k"}}}}`, func(p *state.Process) bool {
			return p.RegistryCredential.GUID == "k" && p.RegistryCredential.LastSyncedAt.Year() == 2022
		}},
		{"forced", `{"forced":[{"index":0,"state":"STARTING"}]}`, func(p *state.Process) bool { return p.History.Forced[0].State == state.Starting }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			srv := start(t)
			srv.want(t, 200, "POST", "/admin/clock/advance", `{"by":"1h"}`)
			srv.want(t, 200, "PATCH", "/admin/processes/"+demo, test.patch)
			p := srv.view(t, demo).Process
			if !test.check(p) {
				t.Errorf("%+v", p)
			}
			if now := srv.worlds.Root().Clock.Now(); !strings.Contains(test.patch, "updated_at") && !p.UpdatedAt.Equal(now) {
				t.Errorf("updated at %s, expected %s", p.UpdatedAt, now)
			}
		})
	}
}

// A patch in one form of a field is not undone by the other form.
func TestPatchProcessKeepsBothForms(t *testing.T) {
	t.Parallel()
	srv := start(t)
	at := "/admin/processes/" + demo
	srv.want(t, 200, "PATCH", at, `{"registry_credential":{"guid":"k","last_synced_at":"2022-01-01T00:00:00Z"},"revision":{"guid":"r"}}`)
	srv.want(t, 200, "PATCH", at, `{"registry_credential_last_synced_at":"2023-01-01T00:00:00Z"}`)
	if c := srv.view(t, demo).Process.RegistryCredential; c.GUID != "k" || c.LastSyncedAt.Year() != 2023 {
		t.Errorf("%+v", c)
	}
	srv.want(t, 200, "PATCH", at, `{"registry_credential":{"last_synced_at":"2024-01-01T00:00:00Z"}}`)
	if c := srv.view(t, demo).Process.RegistryCredential; c.GUID != "k" || c.LastSyncedAt.Year() != 2024 {
		t.Errorf("%+v", c)
	}
	srv.want(t, 200, "PATCH", at, `{"relationships":{"revision":null,"registry_credential":null}}`)
	if p := srv.view(t, demo).Process; p.RevisionGUID != "" || p.RegistryCredential == nil || p.RegistryCredential.GUID != "" {
		t.Errorf("%+v %+v", p.RevisionGUID, p.RegistryCredential)
	}
	srv.want(t, 200, "PATCH", at, `{"registry_credential_last_synced_at":null}`)
	if p := srv.view(t, demo).Process; p.RegistryCredential != nil {
		t.Errorf("%+v", p.RegistryCredential)
	}
}

func TestPatchProcessInstances(t *testing.T) {
	t.Parallel()
	srv := start(t)
	at := "/admin/processes/" + demo
	srv.want(t, 200, "PUT", at+"/instances/1", `{"state":"DOWN"}`)
	srv.want(t, 200, "POST", "/admin/clock/advance", `{"by":"1h"}`)
	srv.want(t, 200, "PATCH", at, `{"instances":3}`)
	now := srv.worlds.Root().Clock.Now()
	v := srv.view(t, demo)
	if old, added, forced := v.Instance(now, 0), v.Instance(now, 2), v.Instance(now, 1); old.For <= added.For || forced.State != state.Down {
		t.Errorf("%+v, %+v, %+v: expected the third to be new and the second to stay forced", old, added, forced)
	}
	srv.want(t, 200, "PATCH", at, `{"instances":1}`)
	if p := srv.view(t, demo).Process; p.Instances != 1 || len(p.History.Forced) != 0 {
		t.Errorf("%+v", p)
	}
}

func TestProcessLabelsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	srv := start(t)
	srv.want(t, 200, "PATCH", "/admin/processes/"+demo, `{"metadata":{"labels":{"z":"1","m":"2","a":"3"}}}`)
	got := srv.want(t, 200, "PATCH", "/admin/processes/"+demo, `{"metadata":{"labels":{"m":null,"z":"9","b":"4"}}}`)
	if !strings.Contains(got.body, `"labels":{"z":"9","a":"3","b":"4"}`) {
		t.Error(got.body)
	}
}

func TestPutProcess(t *testing.T) {
	t.Parallel()
	srv := start(t)
	const guid = "e0000000-0000-4000-8000-000000000009"
	made := into[ProcessView](t, srv.want(t, 200, "PUT", "/admin/processes/"+guid, `{"app":"demo","type":"clock","command":"tick"}`))
	if made.GUID != guid || made.App != demo || made.Type != "clock" || *made.MemoryInMB != 1024 || *made.Instances != 0 || made.Version == "" {
		t.Errorf("%+v", made)
	}
	// What was answered can be put again and changes nothing.
	before := srv.want(t, 200, "GET", "/admin/processes/"+demo, "").body
	if after := srv.want(t, 200, "PUT", "/admin/processes/"+demo, before).body; after != before {
		t.Errorf("%s\nbecame\n%s", before, after)
	}
	srv.want(t, 200, "PUT", "/admin/processes/"+worker, `{"type":"worker"}`)
	if p := srv.view(t, worker).Process; p.AppGUID != demo || p.MemoryInMB != 1024 || p.Command != nil {
		t.Errorf("%+v, expected what was left out to be as in a scenario", p)
	}
	moved := into[ProcessView](t, srv.want(t, 200, "PATCH", "/admin/processes/"+guid, `{"relationships":{"app":{"data":{"guid":"`+legacy+`"}}}}`))
	if moved.App != legacy {
		t.Errorf("%+v", moved)
	}
	srv.want(t, 200, "GET", "/admin/state", "")

	srv.wantRefusal(t, 422, "PUT", "/admin/processes/x", `{"type":"worker"}`, "/app: left out, expected the name or the guid of an app")
	srv.wantRefusal(t, 422, "PUT", "/admin/processes/x", `{"app":"nope"}`, `/app: "nope", no such app`)
	srv.wantRefusal(t, 422, "PUT", "/admin/processes/x", `{"app":7}`, `/app: 7, expected the name or the guid of an app`)
	srv.wantRefusal(t, 422, "PUT", "/admin/processes/x", `{"app":"demo","guid":"y"}`, `/guid: "y", expected "x" as in the path, or no such key`)
	srv.wantRefusal(t, 422, "PUT", "/admin/processes/x", `{"relationships":{"app":{"data":{"guid":"y"}}}}`, `/relationships/app/data/guid: "y", no such app`)
	srv.wantRefusal(t, 404, "PATCH", "/admin/processes/x", `{}`, `no process "x"`)
	srv.wantRefusal(t, 404, "GET", "/admin/processes/x", "", `no process "x"`)
	srv.wantRefusal(t, 404, "DELETE", "/admin/processes/x", "", `no process "x"`)
}

func TestBadProcess(t *testing.T) {
	t.Parallel()
	srv := start(t)
	before := srv.want(t, 200, "GET", "/admin/processes/"+demo, "").body
	got := refusals(t, srv.want(t, 422, "PATCH", "/admin/processes/"+demo,
		`{"instances":-1,"memory_in_mb":"x","colour":"red","forced":[{"index":9,"state":"CRASHED"}],"health_check":{"type":"tcp"}}`))
	for _, text := range got {
		pointer, rest, _ := strings.Cut(text, ": ")
		if strings.Contains(text, "apps") || !strings.HasPrefix(pointer, "/") || rest == "" {
			t.Error(text)
		}
	}
	if len(got) < 4 {
		t.Error(got)
	}
	srv.wantRefusal(t, 422, "PATCH", "/admin/processes/"+demo, `{"guid":"`+worker+`"}`, `/guid: "`+worker+`", expected a guid that no other process has`)
	srv.wantRefusal(t, 422, "PATCH", "/admin/processes/"+demo, `{"type":"a","type":"b"}`, `/type: key "type" appears twice, first at 1:2`)
	if after := srv.want(t, 200, "GET", "/admin/processes/"+demo, "").body; after != before {
		t.Error("a refused patch was applied: " + after)
	}
}

// Renaming and deleting leave nothing that leads nowhere.
func TestReferencesStayValid(t *testing.T) {
	t.Parallel()
	srv := start(t)
	srv.want(t, 200, "POST", "/admin/load", `{"name":"loop","extends":"default","lifecycle":{"crash_loop":{"process":"worker","after":"10s"}}}`)
	srv.want(t, 200, "PATCH", "/admin/processes/"+demo, `{"guid":"renamed","type":"www"}`)
	srv.wantRefusal(t, 404, "GET", "/admin/processes/"+demo, "", `no process "`+demo+`"`)
	snap := srv.worlds.Root().Current()
	if v := snap.State.Peek(state.Ref{AppGUID: demo, Type: "www"}); v.Process == nil || v.Process.GUID != "renamed" {
		t.Errorf("%+v", v)
	}
	srv.want(t, 204, "DELETE", "/admin/processes/"+worker, "")
	doc := srv.want(t, 200, "GET", "/admin/state", "")
	srv.want(t, 200, "PUT", "/admin/state", doc.body)
	if v := srv.view(t, "renamed"); v.App == nil || v.App.GUID != demo {
		t.Errorf("%+v", v)
	}
}

func TestInstances(t *testing.T) {
	t.Parallel()
	srv := start(t)
	at := "/admin/processes/" + demo + "/instances/"
	now := srv.worlds.Root().Clock.Now()
	for _, name := range instanceStates {
		got := into[InstanceView](t, srv.want(t, 200, "PUT", at+"1", `{"state":"`+name+`","details":"why"}`))
		if string(got.State) != name || got.Details != "why" || !got.Forced || got.Index != 1 || got.Process != demo {
			t.Errorf("%+v", got)
		}
		if inst := srv.view(t, demo).Instance(now, 1); string(inst.State) != name {
			t.Errorf("%+v", inst)
		}
	}
	srv.want(t, 200, "PUT", at+"1", `{"state":"CRASHED","since":"2025-12-31T23:00:00Z"}`)
	if inst := srv.view(t, demo).Instance(now, 1); inst.For != time.Hour {
		t.Errorf("%+v", inst)
	}
	if got := into[InstanceView](t, srv.want(t, 200, "PUT", at+"1", `{"state":null}`)); got.Forced || got.State != state.Running {
		t.Errorf("%+v", got)
	}
	srv.want(t, 200, "PUT", at+"0", `{"state":"DOWN"}`)
	srv.want(t, 204, "DELETE", at+"0", "")
	if inst := srv.view(t, demo).Instance(now, 0); inst.State != state.Running {
		t.Errorf("%+v", inst)
	}
	got := into[InstanceView](t, srv.want(t, 200, "PUT", at+"0", `{"routable":false,"instance_ports":[{"internal":8080}],"usage":null,"mem_quota":null}`))
	if inst := srv.view(t, demo).Instance(now, 0); got.State != state.Running || *got.Routable || inst.Facts.Ports[0] != (state.Port{Internal: 8080}) ||
		!inst.Facts.Usage.Null || !inst.Facts.MemoryQuota.Null || inst.Facts.DiskQuota.Set {
		t.Errorf("%+v, %+v", got, inst)
	}
	srv.wantRefusal(t, 422, "PUT", at+"0", ``, "/state: left out, expected null, one of RUNNING, STARTING, CRASHED, STOPPING, DOWN, UNKNOWN, or something else to set")
	srv.wantRefusal(t, 422, "PUT", at+"0", `{"state":"down","details":{}}`,
		`/state: "down", did you mean "DOWN"?`, "/details: an empty object, expected a string")
	srv.wantRefusal(t, 422, "PUT", at+"0", `{"state":null,"details":"x"}`, "/state: null beside something else, expected it alone: the instance is given back")
	srv.wantRefusal(t, 422, "PUT", at+"0", `{"routable":false,"since":"2026-01-01T00:00:00Z"}`, "/since: without a state, expected a state that began then")
	srv.wantRefusal(t, 422, "PUT", at+"0", `{"index":0,"routable":false}`, "/index: the index stands in the path")
	srv.wantRefusal(t, 422, "PUT", at+"0", `{"instance_ports":[{"external":70000}]}`,
		"/instance_ports/0/external: 70000, expected an integer from 0 to 65535", "/instance_ports/0/internal: missing, expected an integer from 0 to 65535")
	srv.wantRefusal(t, 404, "PUT", at+"2", `{"state":"DOWN"}`, "no instance 2, process \""+demo+"\" has 2")
	srv.wantRefusal(t, 404, "PUT", at+"x", `{"state":"DOWN"}`, `no instance "x", expected an index from 0`)
	srv.wantRefusal(t, 404, "DELETE", "/admin/processes/nope/instances/0", ``, `no process "nope"`)
}
