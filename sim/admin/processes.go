package admin

import (
	"strings"
	"time"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// ProcessSummary is a process in a list: what it is called, what it may take,
// and how its instances are.
type ProcessSummary struct {
	GUID         string    `json:"guid"`
	Type         string    `json:"type"`
	App          AppView   `json:"app"`
	Space        string    `json:"space"`        // name
	Organization string    `json:"organization"` // name
	Command      string    `json:"command"`
	Instances    int       `json:"instances"` // desired
	MemoryInMB   int       `json:"memory_in_mb"`
	DiskInMB     *int      `json:"disk_in_mb"`
	UpdatedAt    time.Time `json:"updated_at"`
	// States are those of the first instances by index, at most maxStates.
	States []state.InstanceState `json:"states"`
}

const (
	// maxStates bounds how many instances a line of the list shows.
	maxStates = 50
	// maxSearched bounds how many instances of each process a search for a
	// state looks at.
	maxSearched = 100
)

// everyone is who may see all processes.
var everyone = state.NewViewer(&state.User{}, []string{state.ScopeAdmin})

// listProcesses pages through the processes in the order of their creation. q
// narrows the list to those that have the text in app, space, organization,
// type, guid or command; state to those with an instance in that state.
func (c *call) listProcesses() (reply, error) {
	p := c.parameters()
	text := strings.ToLower(p.text("q"))
	var wanted state.InstanceState
	if _, given := p.query["state"]; given {
		wanted = state.InstanceState(p.oneOf("state", instanceStates...))
	}
	number, size := p.page(defaultPerPage)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	now := c.now
	var shown []state.View
	total := 0
	if text == "" && wanted == "" {
		found, err := c.snap.State.List(everyone, "", contract.ListQuery{Page: number, PerPage: size}, nil)
		if err != nil {
			return reply{}, err
		}
		shown, total = found.Views, c.snap.State.Counts().Processes
	} else {
		found, err := c.snap.State.List(everyone, "", contract.ListQuery{Page: 1, PerPage: max(1, c.snap.State.Counts().Processes)}, nil)
		if err != nil {
			return reply{}, err
		}
		for _, v := range found.Views {
			if !mentions(v, text) || !hasInstance(v, wanted, now) {
				continue
			}
			if at := total / size; at == number-1 {
				shown = append(shown, v)
			}
			total++
		}
	}
	out := client.List[ProcessSummary]{Pagination: c.pagination(total, number, size), Resources: make([]ProcessSummary, len(shown))}
	for i, v := range shown {
		out.Resources[i] = summary(v, now)
	}
	return ok(out), nil
}

func commandOf(p *state.Process) string {
	return document.Or(p.Command, p.DetectedCommand)
}

// mentions says that a process has a text, in lower case, in what it is called.
func mentions(v state.View, text string) bool {
	for _, name := range []string{v.App.Name, v.Process.Type, v.Process.GUID, v.App.GUID, v.Space.Name, v.Organization.Name, commandOf(v.Process)} {
		if strings.Contains(strings.ToLower(name), text) {
			return true
		}
	}
	return false
}

func hasInstance(v state.View, wanted state.InstanceState, now time.Time) bool {
	if wanted == "" {
		return true
	}
	for i := range min(v.Process.Instances, maxSearched) {
		if v.Instance(now, i).State == wanted {
			return true
		}
	}
	return false
}

func summary(v state.View, now time.Time) ProcessSummary {
	s := ProcessSummary{
		GUID: v.Process.GUID, Type: v.Process.Type,
		App:   AppView{v.App.GUID, v.App.Name, v.App.State, v.App.Deploying},
		Space: v.Space.Name, Organization: v.Organization.Name, Command: commandOf(v.Process),
		Instances: v.Process.Instances, MemoryInMB: v.Process.MemoryInMB, DiskInMB: v.Process.DiskInMB, UpdatedAt: v.Process.UpdatedAt,
		States: make([]state.InstanceState, min(v.Process.Instances, maxStates)),
	}
	for i := range s.States {
		s.States[i] = v.Instance(now, i).State
	}
	return s
}
