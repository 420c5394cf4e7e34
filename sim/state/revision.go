package state

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// Revision is what an app was started with: a droplet and the commands of its
// processes. A start makes one when something of that has changed.
type Revision struct {
	GUID        string    `json:"guid,omitempty"`
	Version     int       `json:"version,omitempty"` // counts the revisions of an app, from 1
	DropletGUID string    `json:"droplet,omitempty"`
	Description string    `json:"description,omitempty"`
	CreatedAt   time.Time `json:"created_at,omitzero"` // the zero time: when its app was
	Commands    Commands  `json:"commands,omitzero"`
}

// Commands are those of processes by type, in order of the processes.
type Commands []Command

// DocumentValue is an object with its keys in their order; null is the command
// that was detected.
func (c Commands) DocumentValue(m *document.Maker) (document.Value, error) {
	object := document.Value{Kind: document.Object, Members: m.Members(len(c))}
	for _, one := range c {
		value := document.Value{}
		if one.Command != nil {
			value = document.Text(*one.Command)
		}
		object.Members = append(object.Members, document.Field{Key: one.Type, Value: value})
	}
	return object, nil
}

// MarshalJSON writes the object.
func (c Commands) MarshalJSON() ([]byte, error) { return document.MarshalJSON(c) }

// TakeValue reads an object of texts and nulls.
func (c *Commands) TakeValue(v document.Value) error {
	*c = make(Commands, len(v.Members))
	for i, member := range v.Members {
		(*c)[i].Type = strings.Clone(member.Key)
		if member.Value.Kind == document.String {
			command := strings.Clone(member.Value.Text)
			(*c)[i].Command = &command
		}
	}
	return nil
}

// UnmarshalJSON reads the object.
func (c *Commands) UnmarshalJSON(raw []byte) error { return document.UnmarshalJSON(raw, c) }

// Command is the command that a process type was given, nil when it runs what
// was detected.
type Command struct {
	Type    string
	Command *string
}

// InitialRevision is the description of the first revision of an app.
const InitialRevision = "Initial revision."

// Latest is the newest revision of the app, nil when it has none.
func (a *App) Latest() *Revision {
	if !a.RevisionsEnabled || len(a.Revisions) == 0 {
		return nil
	}
	return &a.Revisions[len(a.Revisions)-1]
}

// commands are those of an app's processes as they stand; of several web
// processes the newest counts.
func (s *Store) commands(app string) (list []Command) {
	for _, guid := range s.byApp.get(app) {
		if p := s.processes.get(guid); p.Type != "web" || p == s.newest(app, "web") {
			list = append(list, Command{p.Type, p.Command})
		}
	}
	return list
}

// revise gives an app that is about to be started the revision that stands for
// what it has become. It returns a new one, nil when the latest one still holds
// or revisions are off. The app must be the store's to change.
func (s *Store) revise(now time.Time, app *App) *Revision {
	if !app.RevisionsEnabled || app.DropletGUID == "" {
		return nil
	}
	next := Revision{Version: 1, DropletGUID: app.DropletGUID, Description: InitialRevision, CreatedAt: now, Commands: s.commands(app.GUID)}
	if latest := app.Latest(); latest != nil {
		reasons := latest.differs(next)
		if len(reasons) == 0 {
			return nil
		}
		next.Version, next.Description = latest.Version+1, strings.Join(reasons, " ")
	}
	return s.addRevision(app, next)
}

func (s *Store) addRevision(app *App, next Revision) *Revision {
	next.GUID = newStream(s.settings.Number, app.GUID, revisionDraw, next.Version).uuid()
	app.Revisions = append(slices.Clip(app.Revisions), next)
	s.revised.set(next.GUID, app.GUID)
	return app.Latest()
}

// differs says in the real server's words what has changed from one revision to
// the next, sorted as there.
func (r *Revision) differs(next Revision) (reasons []string) {
	if r.DropletGUID != next.DropletGUID {
		reasons = append(reasons, "New droplet deployed.")
	}
	for _, was := range r.Commands {
		if !slices.ContainsFunc(next.Commands, func(is Command) bool { return is.Type == was.Type }) {
			reasons = append(reasons, "Process type '"+was.Type+"' removed.")
		}
	}
	for _, is := range next.Commands {
		at := slices.IndexFunc(r.Commands, func(was Command) bool { return is.Type == was.Type })
		switch {
		case at < 0:
			reasons = append(reasons, "New process type '"+is.Type+"' added.")
		case r.Commands[at].Command == nil && is.Command != nil:
			reasons = append(reasons, "Custom start command added for '"+is.Type+"' process.")
		case r.Commands[at].Command != nil && is.Command == nil:
			reasons = append(reasons, "Custom start command removed for '"+is.Type+"' process.")
		case is.Command != nil && *r.Commands[at].Command != *is.Command:
			reasons = append(reasons, "Custom start command updated for '"+is.Type+"' process.")
		}
	}
	slices.Sort(reasons)
	return reasons
}

// RevisionView is a revision as an answer shows it.
type RevisionView struct {
	Revision
	View
	Sidecars []RevisionSidecar
}

// RevisionSidecar is a sidecar that a revision was started with.
type RevisionSidecar struct {
	Sidecar
	ProcessType string
}

func (s *Store) revisionView(v View, r Revision) RevisionView {
	r.CreatedAt = cmp.Or(r.CreatedAt, v.App.CreatedAt)
	view := RevisionView{Revision: r, View: v}
	for _, guid := range s.byApp.get(v.App.GUID) {
		p := s.processes.get(guid)
		for _, sidecar := range p.Sidecars {
			view.Sidecars = append(view.Sidecars, RevisionSidecar{sidecar, p.Type})
		}
	}
	return view
}

// Revision finds a revision by its guid. The error is
// contract.RevisionNotFound.
func (s *Store) Revision(who Viewer, guid string) (RevisionView, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if v, err := s.visibleApp(who, s.revisedApp(guid)); err == nil {
		if at := slices.IndexFunc(v.App.Revisions, func(r Revision) bool { return r.GUID == guid }); at >= 0 {
			return s.revisionView(v, v.App.Revisions[at]), nil
		}
	}
	return RevisionView{}, contract.RevisionNotFound
}

// revisedApp is the guid of the app that a revision may be one of.
func (s *Store) revisedApp(revision string) string {
	if app, added := s.revised.find(revision); added {
		return app
	}
	return s.Memo("revisions", func() any {
		apps := make(map[string]string, s.apps.size)
		for guid, app := range s.apps.table.all() {
			for _, r := range app.Revisions {
				apps[r.GUID] = guid
			}
		}
		return apps
	}).(map[string]string)[revision]
}

// Revisions lists the revisions of an app, or those that its started processes
// run. The error is contract.AppNotFound.
func (s *Store) Revisions(who Viewer, app string, deployed bool, q contract.ResourceQuery) (list []RevisionView, total int, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	v, err := s.visibleApp(who, app)
	if err != nil {
		return nil, 0, err
	}
	runs := func(r Revision) bool {
		return v.App.State == Started && slices.ContainsFunc(s.byApp.get(app), func(guid string) bool { return s.processes.get(guid).RevisionGUID == r.GUID })
	}
	all := slices.DeleteFunc(slices.Clone(v.App.Revisions), func(r Revision) bool {
		return deployed && !runs(r) || !q.Match("versions", strconv.Itoa(r.Version))
	})
	shown, total := paged(q, slices.Values(all), func(r Revision) resource {
		created := cmp.Or(r.CreatedAt, v.App.CreatedAt)
		return resource{guid: r.GUID, moments: moments{created, created}}
	})
	for _, r := range shown {
		list = append(list, s.revisionView(v, r))
	}
	return list, total, nil
}
