package admin

import (
	"strings"
	"testing"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/state"
)

func (s *server) processes(t testing.TB, query string) client.List[ProcessSummary] {
	t.Helper()
	return into[client.List[ProcessSummary]](t, s.want(t, 200, "GET", "/admin/processes"+query, ""))
}

func guids(list client.List[ProcessSummary]) string {
	var out []string
	for _, p := range list.Resources {
		out = append(out, p.GUID)
	}
	return strings.Join(out, " ")
}

func TestListProcesses(t *testing.T) {
	t.Parallel()
	srv := start(t)
	srv.want(t, 200, "PUT", "/admin/processes/"+worker+"/instances/0", `{"state":"CRASHED"}`)
	for _, c := range []struct {
		name, query, want string
		total             int
	}{
		{"all", "", demo + " " + worker + " " + legacy, 3},
		{"a page", "?page=2&per_page=2", legacy, 3},
		{"a page beyond the end", "?page=9&per_page=2", "", 3},
		{"by app", "?q=LEGACY", legacy, 1},
		{"by type", "?q=worker", worker, 1},
		{"by command", "?q=rackup", demo, 1},
		{"by space", "?q=dev", demo + " " + worker + " " + legacy, 3},
		{"by state", "?state=CRASHED", worker, 1},
		{"by both", "?state=CRASHED&q=legacy", "", 0},
		{"a page of those found", "?q=dev&page=2&per_page=1", worker, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			list := srv.processes(t, c.query)
			if got := guids(list); got != c.want || list.Pagination.TotalResults != c.total {
				t.Errorf("%s of %d, expected %s of %d", got, list.Pagination.TotalResults, c.want, c.total)
			}
		})
	}
	t.Run("a state that there is not", func(t *testing.T) {
		t.Parallel()
		srv.wantRefusal(t, 422, "GET", "/admin/processes?state=FINE", "",
			`query parameter state: "FINE", expected one of RUNNING, STARTING, CRASHED, STOPPING, DOWN, UNKNOWN`)
	})
}

func TestProcessSummary(t *testing.T) {
	t.Parallel()
	srv := start(t)
	srv.want(t, 200, "PUT", "/admin/processes/"+demo+"/instances/1", `{"state":"CRASHED"}`)
	first := srv.processes(t, "").Resources[0]
	if first.App.Name != "demo" || first.App.State != state.Started || first.Space != "dev" || first.Organization != "demo-org" ||
		first.Command != "bundle exec rackup" || first.Instances != 2 || first.MemoryInMB != 256 || *first.DiskInMB != 1024 {
		t.Errorf("%+v", first)
	}
	if len(first.States) != 2 || first.States[0] != state.Running || first.States[1] != state.Crashed {
		t.Error(first.States)
	}
	srv.want(t, 200, "PATCH", "/admin/processes/"+demo, `{"instances":200}`)
	if many := srv.processes(t, "").Resources[0]; many.Instances != 200 || len(many.States) != maxStates {
		t.Errorf("%d states of %d instances", len(many.States), many.Instances)
	}
}

func TestListedInstances(t *testing.T) {
	t.Parallel()
	srv := start(t)
	path := "/admin/processes/" + demo + "/instances"
	srv.want(t, 200, "PUT", path+"/1", `{"state":"CRASHED","details":"out of memory"}`)
	list := into[client.List[InstanceView]](t, srv.want(t, 200, "GET", path+"?page=2&per_page=1", ""))
	if list.Pagination.TotalResults != 2 || len(list.Resources) != 1 {
		t.Fatalf("%+v", list)
	}
	if got := list.Resources[0]; got.Process != demo || got.Index != 1 || got.State != state.Crashed || got.Details != "out of memory" || *got.Routable || !got.Forced {
		t.Errorf("%+v", got)
	}
	if beyond := into[client.List[InstanceView]](t, srv.want(t, 200, "GET", path+"?page=2147483647&per_page=5000", "")); len(beyond.Resources) != 0 {
		t.Errorf("%+v", beyond)
	}
	restarted := into[InstanceView](t, srv.want(t, 200, "POST", path+"/1/restart", ""))
	if restarted.State != state.Down || restarted.Forced || restarted.Details != "" {
		t.Errorf("%+v", restarted)
	}
	srv.wantRefusal(t, 404, "POST", path+"/2/restart", "", `no instance 2, process "`+demo+`" has 2`)
	srv.wantRefusal(t, 404, "POST", path+"/-1/restart", "", `no instance "-1", expected an index from 0`)
	srv.wantRefusal(t, 404, "POST", "/admin/processes/nobody/instances/0/restart", "", `no process "nobody"`)
	srv.wantRefusal(t, 404, "GET", "/admin/processes/nobody/instances", "", `no process "nobody"`)
}

func TestWindows(t *testing.T) {
	t.Parallel()
	srv := start(t)
	srv.want(t, 200, "PUT", "/admin/faults/updateProcess/503", `{"when":{"from":"10s","until":"40s"}}`)
	srv.want(t, 200, "POST", "/admin/clock/advance", `{"by":"1m"}`)
	list := into[client.List[fault.Window]](t, srv.want(t, 200, "GET", "/admin/clock/windows", ""))
	if len(list.Resources) != 1 {
		t.Fatalf("%+v", list)
	}
	w := list.Resources[0]
	if w.Rule != "updateProcess-503" || w.From.Sub(w.Set).String() != "10s" || w.Until == nil || w.Until.Sub(w.Set).String() != "40s" {
		t.Errorf("%+v", w)
	}
}
