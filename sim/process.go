package sim

import (
	"fmt"
	"net/http"
	"net/url"

	"example.com/capisim/sim/client"
)

// The states of an instance.
const (
	Running  = "RUNNING"
	Starting = "STARTING"
	Crashed  = "CRASHED"
	Stopping = "STOPPING"
	Down     = "DOWN"
	Unknown  = "UNKNOWN"
)

// Process is a process as the world has it, whatever faults would answer.
type Process struct {
	GUID         string
	App          string // guid
	AppName      string
	Type         string
	Version      string // of the app's settings, moves with each change that needs a restart
	Command      string // "" for the detected one
	MemoryInMB   int
	DiskInMB     int
	LogRateLimit int64 // bytes per second, -1 without a limit
	Labels       map[string]string
	Annotations  map[string]string
	Instances    []Instance // by index, at most 5,000
}

// Instance is an instance of a process.
type Instance struct {
	State   string // Running, Starting, Crashed, Stopping, Down or Unknown
	Details string // why it is not placed, or has crashed
	// Routable says that requests reach it; nil when the platform does not tell.
	Routable *bool
	Forced   bool // held by Crash or ForceInstance, else the platform's
}

// Process returns a process, which nobody journals and no fault answers.
func (s *Server) Process(t TB, guid string) Process {
	t.Helper()
	var p struct {
		GUID, App, Type, Version, Command string

		Memory   int   `json:"memory_in_mb"`
		Disk     int   `json:"disk_in_mb"`
		LogRate  int64 `json:"log_rate_limit_in_bytes_per_second"`
		Metadata struct{ Labels, Annotations map[string]string }
	}
	what, at := "read process "+guid, "/admin/processes/"+url.PathEscape(guid)
	s.must(t, what, http.MethodGet, at, nil, &p)
	out := Process{
		GUID: p.GUID, App: p.App, Type: p.Type, Version: p.Version, Command: p.Command,
		MemoryInMB: p.Memory, DiskInMB: p.Disk, LogRateLimit: p.LogRate, Labels: p.Metadata.Labels, Annotations: p.Metadata.Annotations,
	}
	if app, found := s.world.Current().State.App(p.App); found {
		out.AppName = app.Name
	}
	var page client.List[Instance]
	s.must(t, what, http.MethodGet, fmt.Sprintf("%s/instances?per_page=%d", at, client.MaxPerPage), nil, &page)
	out.Instances = page.Resources
	return out
}

// Processes lists the processes of the world in the order of their creation:
// where to learn guids that the scenario leaves to its seed.
func (s *Server) Processes(t TB) (all []Process) {
	t.Helper()
	for number := 1; ; number++ {
		var page client.List[struct{ GUID string }]
		path := fmt.Sprintf("/admin/processes?page=%d&per_page=%d", number, client.MaxPerPage)
		s.must(t, "list the processes", http.MethodGet, path, nil, &page)
		for _, one := range page.Resources {
			all = append(all, s.Process(t, one.GUID))
		}
		if page.Pagination.Next == nil {
			return all
		}
	}
}

// ForceInstance holds an instance in a state until ReleaseInstance, or until a
// client has it replaced. What is left zero is as the platform has it.
func (s *Server) ForceInstance(t TB, guid string, index int, as Instance) {
	t.Helper()
	body := object{}
	if as.State != "" {
		body["state"] = as.State
	}
	if as.Details != "" {
		body["details"] = as.Details
	}
	if as.Routable != nil {
		body["routable"] = *as.Routable
	}
	s.must(t, fmt.Sprintf("force instance %d", index), http.MethodPut, instancePath(guid, index), body, nil)
}

// Crash ends an instance with these details, and it stays CRASHED: until
// ReleaseInstance, or until a client has it replaced, as DELETE does. The crash
// is in the audit events.
func (s *Server) Crash(t TB, guid string, index int, details string) {
	t.Helper()
	s.ForceInstance(t, guid, index, Instance{State: Crashed, Details: details})
}

// ReleaseInstance gives an instance back to the platform.
func (s *Server) ReleaseInstance(t TB, guid string, index int) {
	t.Helper()
	s.must(t, fmt.Sprintf("release instance %d", index), http.MethodDelete, instancePath(guid, index), nil, nil)
}

// RestartInstance has the platform replace an instance, as a client's DELETE
// does, without a trace in the journal.
func (s *Server) RestartInstance(t TB, guid string, index int) {
	t.Helper()
	s.must(t, fmt.Sprintf("restart instance %d", index), http.MethodPost, instancePath(guid, index)+"/restart", nil, nil)
}

func instancePath(guid string, index int) string {
	return fmt.Sprintf("/admin/processes/%s/instances/%d", url.PathEscape(guid), index)
}

// SetDeploying begins a deployment of an app, named by its guid, that stands
// still until it is ended in the same way. The real API refuses some changes while an app is being
// deployed.
func (s *Server) SetDeploying(t TB, app string, deploying bool) {
	t.Helper()
	s.must(t, "set deploying of app "+app, http.MethodPatch, "/admin/apps/"+url.PathEscape(app), object{"deploying": deploying}, nil)
}
