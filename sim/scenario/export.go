package scenario

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// FromState writes a world down as a document that makes the same world again:
// every guid, time, version and forced instance stands in it, nothing is left
// to be drawn. Name, clock, auth mode, rate limit, rules, expectations and
// progress are taken from s, and of its Document the resources that are only
// listed.
func FromState(from *state.Store, s *Scenario) *Document {
	e := newExporter(from, s)
	e.doc.Apps = slices.Collect(e.apps)
	return e.doc
}

// Write writes what Dump makes of FromState, app by app: it holds no more of a
// large world than it has to. The state must not change meanwhile. Change, unless it
// is nil, changes what is written: the document, in which one without contents stands
// for all apps, then for each app one that has nothing else.
func Write(to io.Writer, format string, from *state.Store, s *Scenario, change func(document.Value)) error {
	e := newExporter(from, s)
	e.passing = true
	empty := from.Counts().Apps == 0
	if !empty {
		e.doc.Apps = []App{{}}
	}
	form, root, err := notated(e.doc, format)
	if err != nil {
		return err
	}
	if change == nil {
		change = func(document.Value) {}
	}
	change(root)
	head, tail := form.whole(root), []byte(nil)
	if !empty { // no text holds a line break or such quotes, and nothing in front of the apps is empty
		head, tail, _ = bytes.Cut(head, []byte(form.lead+form.emptyApp))
	}
	out := bufio.NewWriterSize(to, 1<<16)
	out.Write(head) //nolint:errcheck // Flush tells
	if !empty {
		out.WriteString(form.lead) //nolint:errcheck // likewise
	}
	var maker document.Maker
	var text []byte
	separator := ""
	for app := range e.apps {
		value, err := maker.From(&app)
		if err != nil {
			return fmt.Errorf("write scenario %s: %w", s.Name, err)
		}
		alone := document.Value{Kind: document.Object, Members: []document.Field{{Key: "apps", Value: document.List(value)}}}
		change(alone)
		text = form.app(append(text[:0], separator...), alone.Members[0].Value.Members[0].Value)
		if _, err := out.Write(text); err != nil {
			return err
		}
		separator = form.separator
	}
	out.Write(tail) //nolint:errcheck // likewise
	return out.Flush()
}

// newExporter writes down all but the apps.
func newExporter(from *state.Store, s *Scenario) *exporter {
	seed := from.Outline()
	variables := false
	e := &exporter{from: from, seed: seed, doc: &Document{
		Name:            s.Name,
		Description:     s.Description,
		Variables:       &variables,
		Seed:            &seed.Number,
		Variant:         cmp.Or(seed.Variant, contract.Default),
		Clock:           exportClock(s.Clock),
		Auth:            &Auth{Mode: cmp.Or(s.Auth, Permissive), Users: []User{}, Tokens: map[string]string{}},
		Lifecycle:       exportLifecycle(seed.Lifecycle),
		Features:        &Features{AppScaling: &seed.Features.AppScaling, AppScalingMessage: seed.Features.AppScalingMessage},
		StatsAvailable:  &seed.StatsAvailable,
		Platform:        seed.Platform,
		NetworkPolicies: seed.NetworkPolicies,
		Faults:          s.Faults,
		Expectations:    s.Expectations,
		AuditEvents:     exportAudit(seed.Audit),
	}}
	if s.Progress != nil {
		progress := *s.Progress
		progress.AuditEvents = seed.Audit.Count
		e.doc.Progress = &progress
	}
	maps.Copy(e.doc.Auth.Tokens, seed.Tokens)
	if s.Tokens != (TokenLife{}) && s.Tokens != defaultTokenLife {
		access, refresh := document.Duration(s.Tokens.Access), document.Duration(s.Tokens.Refresh)
		e.doc.Auth.TokenLife, e.doc.Auth.RefreshTokenLife = &access, &refresh
	}
	if r := s.RateLimit; r != nil {
		e.doc.RateLimit = &RateLimitDocument{Limit: r.Limit, Window: document.Duration(r.Window), Per: r.Per}
	}
	if s.Document != nil {
		e.doc.Resources = s.Document.Resources
	}
	e.organizations()
	e.spaces()
	e.users()
	return e
}

type exporter struct {
	from *state.Store
	seed state.Seed // its outline
	doc  *Document
	orgs map[string]string // guid -> how the document calls it
	rest map[string]string // the same for spaces

	passing   bool // nobody keeps an app when the next one comes
	processes []Process
}

// room is where the processes of the next app are put.
func (e *exporter) room(n int) []Process {
	if !e.passing || n > cap(e.processes) || e.processes == nil { // none at all is an empty list
		e.processes = make([]Process, n)
	}
	return e.processes[:n]
}

func exportClock(c ClockSpec) *Clock {
	if !c.Frozen {
		return &Clock{Mode: "real"}
	}
	return &Clock{Mode: "frozen", Start: c.Start.UTC()}
}

// reference is how a document calls a thing: by name when only one has it.
func reference(count map[string]int, name, guid string) string {
	if count[name] == 1 && name != "" {
		return name
	}
	return guid
}

func (e *exporter) organizations() {
	count := map[string]int{}
	for _, org := range e.seed.Organizations {
		count[org.Name]++
	}
	e.orgs = make(map[string]string, len(e.seed.Organizations))
	for _, org := range e.seed.Organizations {
		e.orgs[org.GUID] = reference(count, org.Name, org.GUID)
		e.doc.Organizations = append(e.doc.Organizations, org)
		if org.Quota != nil {
			q := e.quotas()
			if q.Organizations == nil {
				q.Organizations = map[string]state.Quota{}
			}
			q.Organizations[e.orgs[org.GUID]] = *org.Quota
		}
	}
}

func (e *exporter) spaces() {
	count := map[string]int{}
	for _, space := range e.seed.Spaces {
		count[space.Name]++
	}
	e.rest = make(map[string]string, len(e.seed.Spaces))
	for _, space := range e.seed.Spaces {
		e.rest[space.GUID] = reference(count, space.Name, space.GUID)
		e.doc.Spaces = append(e.doc.Spaces, Space{
			Name:             space.Name,
			Organization:     e.orgs[space.OrganizationGUID],
			GUID:             space.GUID,
			CreatedAt:        space.CreatedAt.UTC(),
			UpdatedAt:        space.UpdatedAt.UTC(),
			Suspended:        space.Suspended,
			Deleting:         space.Deleting,
			IsolationSegment: space.IsolationSegment,
			Metadata:         space.Metadata,
		})
		if space.Quota != nil {
			q := e.quotas()
			if q.Spaces == nil {
				q.Spaces = map[string]state.Quota{}
			}
			q.Spaces[e.rest[space.GUID]] = *space.Quota
		}
	}
}

func (e *exporter) quotas() *Quotas {
	if e.doc.Quotas == nil {
		e.doc.Quotas = &Quotas{}
	}
	return e.doc.Quotas
}

func (e *exporter) users() {
	e.doc.Auth.Users = slices.Grow(e.doc.Auth.Users, len(e.seed.Users))
	for _, user := range e.seed.Users {
		out := User{
			Name:     user.Name,
			GUID:     user.GUID,
			Password: &user.Password,
			Origin:   user.Origin,
			Client:   user.Client,
			Scopes:   append([]string{}, user.Scopes...),
		}
		for _, grant := range user.Grants {
			role := Role{Role: grant.Role}
			if grant.SpaceGUID != "" {
				role.Space = e.rest[grant.SpaceGUID]
			} else {
				role.Organization = e.orgs[grant.OrganizationGUID]
			}
			out.Roles = append(out.Roles, role)
		}
		e.doc.Auth.Users = append(e.doc.Auth.Users, out)
	}
}

// apps yields the apps of the document, each with its processes. The order of
// creation over all apps is written at each process where that loses it.
func (e *exporter) apps(yield func(App) bool) {
	for g := range e.from.Groups {
		app := g.App
		droplet, droplets := exportDroplets(app)
		out := App{
			Name:       app.Name,
			Space:      e.rest[app.SpaceGUID],
			GUID:       app.GUID,
			State:      app.State,
			CreatedAt:  app.CreatedAt.UTC(),
			UpdatedAt:  app.UpdatedAt.UTC(),
			Buildpacks: append([]string{}, app.Buildpacks...),
			Stack:      app.Stack,
			Metadata:   app.Metadata,
			Droplets:   droplets,
			Droplet:    droplet,
			Revisions:  exportRevisions(app),
			Processes:  e.room(len(g.Processes)),
		}
		for _, deployment := range g.Deployments {
			out.Deployments = append(out.Deployments, *deployment)
		}
		for i := range g.Processes {
			process := &g.Processes[i]
			if !e.passing { // what is exported points to it
				kept := *process
				process = &kept
			}
			out.Processes[i] = exportProcess(process, g.Settled[i])
			if len(g.Orders) > 0 {
				out.Processes[i].Order = g.Orders[i]
			}
		}
		if !yield(out) {
			return
		}
	}
}
