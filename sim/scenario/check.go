package scenario

import (
	"cmp"
	"fmt"
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// check finds what the schema cannot see: references that lead nowhere, names
// and guids used twice, values that contradict each other. The tree
// tells how the document was written where two forms mean the same. More counts
// what is found beyond what is told. The error is that of stop.
func check(stop *document.Stop, doc *Document, tree *document.Document) (found document.Violations, more int, err error) {
	c := &checker{stop: stop, doc: doc, tree: tree, root: tree.Root, names: newDirectory(doc)}
	c.clock()
	c.organizations()
	c.spaces()
	c.apps()
	c.processes()
	c.users()
	c.quotas()
	c.lifecycle()
	c.crowd()
	c.faults()
	c.progress()
	c.audit()
	c.networkPolicies()
	c.resources()
	return c.found, c.more, c.left
}

type checker struct {
	stop  *document.Stop
	left  error // of the stop
	doc   *Document
	tree  *document.Document
	root  document.Value
	names directory
	found document.Violations
	more  int // that are counted only

	targets map[string]*targets // of what is only listed, by their kinds
}

// leaves says that nobody waits for the rest.
func (c *checker) leaves() bool {
	c.left = c.stop.Step()
	return c.left != nil
}

// report notes a violation; steps are the keys and indexes that lead to it.
func (c *checker) report(message string, steps ...any) {
	c.found = append(c.found, document.Violation{Pointer: document.Pointer(steps...), Message: message})
}

// refers reports a name that find does not know and returns what it means.
func (c *checker) refers(find func(name string) (int, string), name string, steps ...any) int {
	index, message := find(name)
	if message != "" {
		c.report(message, steps...)
	}
	return index
}

// unique notes the names of one kind and reports those used twice. The
// map says where each was first.
func (c *checker) unique(seen map[string]string, value, what string, steps ...any) {
	c.uniqueIn(seen, value, value, what, steps...)
}

// uniqueIn is unique for names that need be unique among the things of one
// owner only: the key holds both.
func (c *checker) uniqueIn(seen map[string]string, key, value, what string, steps ...any) {
	if value == "" {
		return
	}
	first, again := seen[key]
	switch {
	case again && len(c.found) > document.Told:
		c.more++ // it is not told: naming the place would cost more than it is worth
		return
	case again:
		c.report(fmt.Sprintf("%q, the %s of %s already", value, what, c.written(first, steps)), steps...)
		return
	}
	owner := steps
	if what == steps[len(steps)-1] {
		owner = steps[:len(steps)-1]
	}
	seen[key] = document.Pointer(owner...)
}

// written names a thing as its author would: by its place in the file it was
// written in, which is told when it is another than that of the steps.
func (c *checker) written(pointer string, steps []any) string {
	file, own := c.tree.Written(pointer)
	if here, _ := c.tree.Written(document.Pointer(steps...)); here != file {
		return document.Dotted(own) + " of " + file
	}
	return document.Dotted(own)
}

func (c *checker) clock() {
	// A start that is inherited is none of this file's making.
	clock, _ := c.root.Get("clock")
	mode, _ := clock.Get("mode")
	start, given := clock.Get("start")
	if given && mode.Text == "real" && document.SameFile(mode, start) {
		c.report("only a frozen clock has a start", "clock", "start")
	}
}

func (c *checker) organizations() {
	names, guids := map[string]string{}, map[string]string{}
	for i, org := range c.doc.Organizations {
		c.unique(names, org.Name, "name", "organizations", i, "name")
		c.unique(guids, org.GUID, "guid", "organizations", i, "guid")
	}
}

func (c *checker) spaces() {
	names, guids := map[string]string{}, map[string]string{}
	for i, space := range c.doc.Spaces {
		org := c.refers(c.names.organization, space.Organization, "spaces", i, "organization")
		c.uniqueIn(names, fmt.Sprint(org, " ", space.Name), space.Name, "name", "spaces", i, "name")
		c.unique(guids, space.GUID, "guid", "spaces", i, "guid")
	}
}

func (c *checker) apps() {
	names, guids := map[string]string{}, map[string]string{}
	droplets, revisions, deployments := map[string]string{}, map[string]string{}, map[string]string{}
	for i, app := range c.doc.Apps {
		if c.leaves() {
			return
		}
		c.built(app, i, droplets, revisions)
		c.deployments(app, i, deployments)
		space := c.refers(c.names.space, app.Space, "apps", i, "space")
		c.uniqueIn(names, fmt.Sprint(space, " ", app.Name), app.Name, "name", "apps", i, "name")
		c.unique(guids, app.GUID, "guid", "apps", i, "guid")
	}
}

func (c *checker) processes() {
	guids := map[string]string{}
	for i, app := range c.doc.Apps {
		types := map[string]string{}
		for j, process := range app.Processes {
			if c.leaves() {
				return
			}
			typ := process.typeName()
			if process.GUID == "" {
				// Two of one type are real during a rolling deployment, but only one
				// of them can go by its type alone.
				c.unique(types, typ, "type", "apps", i, "processes", j, "type")
			}
			c.unique(guids, process.guid(app), "guid", "apps", i, "processes", j, "guid")
			c.process(app, process, i, j)
		}
	}
}

func (c *checker) process(app App, process Process, i, j int) {
	c.forced(process, i, j)
	if r := process.Relationships; r != nil && r.App.guid() != "" && app.GUID != "" && r.App.guid() != app.GUID {
		c.report(fmt.Sprintf("%q, expected the guid of the app it stands under, %q", r.App.guid(), app.GUID),
			"apps", i, "processes", j, "relationships", "app", "data", "guid")
	}
}

func (c *checker) users() {
	if c.doc.Auth == nil {
		return
	}
	names, guids := map[string]string{}, map[string]string{}
	for i, user := range c.doc.Auth.Users {
		if c.leaves() {
			return
		}
		c.unique(names, user.Name, "name", "auth", "users", i, "name")
		c.unique(guids, user.GUID, "guid", "auth", "users", i, "guid")
		for j, role := range user.Roles {
			c.role(role, i, j)
		}
	}
	known := newNames("user")
	for i, user := range c.doc.Auth.Users {
		known.add(i, user.Name)
	}
	for token, name := range c.doc.Auth.Tokens {
		c.refers(known.find, name, "auth", "tokens", token)
	}
}

func (c *checker) role(role Role, i, j int) {
	inSpace := role.inSpace()
	switch {
	case role.Role == "": // the schema has said so
	case inSpace && role.Organization != "":
		c.report(fmt.Sprintf("%s is a role in a space, expected the key space", role.Role), "auth", "users", i, "roles", j, "organization")
	case !inSpace && role.Space != "":
		c.report(fmt.Sprintf("%s is a role in an organization, expected the key organization", role.Role), "auth", "users", i, "roles", j, "space")
	case inSpace:
		c.refers(c.names.space, role.Space, "auth", "users", i, "roles", j, "space")
	default:
		c.refers(c.names.organization, role.Organization, "auth", "users", i, "roles", j, "organization")
	}
}

func (c *checker) quotas() {
	if c.doc.Quotas == nil {
		return
	}
	for name := range c.doc.Quotas.Organizations {
		c.refers(c.names.organization, name, "quotas", "organizations", name)
	}
	for name := range c.doc.Quotas.Spaces {
		c.refers(c.names.space, name, "quotas", "spaces", name)
	}
}

func (c *checker) networkPolicies() {
	for i, policy := range c.doc.NetworkPolicies {
		if err := policy.Check(); err != nil {
			c.report(err.Error(), "network_policies", i)
		}
	}
}

func (c *checker) crowd() {
	if g := c.doc.Generate; g != nil && g.Instances != nil && g.Instances.Max < g.Instances.Min {
		c.report(fmt.Sprintf("%d, expected at least min, %d", g.Instances.Max, g.Instances.Min), "generate", "instances", "max")
	}
}

func (c *checker) faults() {
	ids, users := map[string]string{}, map[string]bool{}
	if c.doc.Auth != nil {
		for _, user := range c.doc.Auth.Users {
			users[user.Name] = true
		}
	}
	for i, rule := range c.doc.Faults {
		c.unique(ids, rule.ID, "id", "faults", i, "id")
		for j, m := range rule.Meanwhile {
			if m.User != "" && !users[m.User] {
				c.report(fmt.Sprintf("user %q is not defined", m.User), "faults", i, "meanwhile", j, "user")
			}
		}
	}
}

// typeName is the type of a process; web when it was left out.
func (p *Process) typeName() string { return cmp.Or(p.Type, webType) }

// guid is the guid a process has for certain: its own, or its app's when it is
// the web process (§11). "" is one that will be drawn.
func (p *Process) guid(app App) string {
	if p.GUID == "" && p.typeName() == webType {
		return app.GUID
	}
	return p.GUID
}

// instances is how many a process has; the real server creates a web process
// with one and others with none (§11).
func (p *Process) instances() int {
	if p.typeName() == webType {
		return document.Or(p.Instances, 1)
	}
	return document.Or(p.Instances, 0)
}

func (r *Relationship) guid() string {
	if r == nil || r.Data == nil {
		return ""
	}
	return r.Data.GUID
}

// webType is the process type that takes an app's requests.
const webType = "web"

// inFull is the real server's name of an organization role that was written
// short, as CONTRACT.md §15 does.
func (r Role) inFull() state.Role {
	if short, ok := strings.CutPrefix(string(r.Role), "org_"); ok {
		return state.Role("organization_" + short)
	}
	return r.Role
}

// inSpace says which of the two kinds a role is.
func (r Role) inSpace() bool {
	switch r.Role {
	case state.SpaceDeveloper, state.SpaceManager, state.SpaceAuditor, state.SpaceSupporter:
		return true
	default:
		return false
	}
}
