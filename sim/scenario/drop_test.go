package scenario

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const dropBase = `name: base
auth:
  users: [{name: a, guid: u-a}, {name: b}, {name: c}]
  tokens: {ta: a, tb: b, tc: c}
organizations: [{name: o}, {name: p}]
spaces: [{name: s, organization: o}, {name: q, organization: p}]
apps:
  - {name: one, guid: g-1, space: s, processes: [{type: web}, {type: worker}]}
  - {name: two, space: s, processes: [{instances: 1}]}
quotas: {organizations: {o: {total_instances: 5}}, spaces: {s: {total_instances: 5}}}
faults:
  - {id: f, respond: {status: 503}}
  - {id: g, respond: {status: 503}}
`

func TestDrop(t *testing.T) {
	t.Parallel()
	library, err := NewLibrary(fstest.MapFS{
		"base.yaml": {Data: []byte(dropBase)},
		"less.yaml": {Data: []byte("name: less\nextends: base\ndrop: {apps: [two]}\n")},
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	load := func(text string) (*Document, string) {
		s, err := Parse("f.yaml", []byte(text), library)
		if err != nil {
			return nil, err.Error()
		}
		return s.Document, ""
	}
	doc, wrong := load("name: x\nextends: base\ndrop: {apps: [two], processes: [one/worker], users: [u-a, b], tokens: [tc], quotas: [o], faults: [f], spaces: [q], organizations: [p]}\n")
	if wrong != "" {
		t.Fatal(wrong)
	}
	users := ""
	for _, u := range doc.Auth.Users {
		users += u.Name
	}
	if len(doc.Apps) != 1 || len(doc.Apps[0].Processes) != 1 || users != "c" || len(doc.Auth.Tokens) != 0 || len(doc.Quotas.Organizations) != 0 ||
		len(doc.Quotas.Spaces) != 1 || len(doc.Faults) != 1 || doc.Faults[0].ID != "g" || len(doc.Organizations) != 1 || len(doc.Spaces) != 1 || doc.Drop != nil {
		t.Errorf("%+v, users %s", doc, users)
	}
	// What is dropped may be written anew, and what an ancestor has dropped is not
	// there.
	if doc, wrong = load("name: x\nextends: base\ndrop: {apps: [g-1]}\napps: [{name: one, space: s}]\n"); wrong != "" || len(doc.Apps) != 2 ||
		slices.ContainsFunc(doc.Apps, func(a App) bool { return a.GUID == "g-1" }) {
		t.Errorf("%+v %s", doc, wrong)
	}
	if doc, wrong = load("name: x\nextends: less\ndrop: {processes: [one/web]}\n"); wrong != "" || len(doc.Apps) != 1 || len(doc.Apps[0].Processes) != 1 {
		t.Errorf("%+v %s", doc, wrong)
	}
	for text, want := range map[string]string{
		"name: x\nextends: less\ndrop: {apps: [two]}\n":        `f.yaml:3:15: drop.apps[0]: "two", the scenario that this one extends has no such app`,
		"name: x\nextends: base\ndrop: {apps: [tow]}\n":        `no such app, did you mean "two"?`,
		"name: x\nextends: base\ndrop: {processes: [web]}\n":   `no such process`,
		"name: x\nextends: base\ndrop: {processes: [two/x]}\n": `no such process`,
		"name: x\nextends: base\ndrop: {spaces: [s]}\n":        `no such space`,
		"name: x\nextends: base\ndrop: {app: [two]}\n":         `drop.app: unknown key "app", did you mean "apps"?`,
		"name: x\ndrop: {apps: [two]}\n":                       `f.yaml:2:7: drop: without extends, expected a scenario to leave something out of`,
		"name: x\nextends: base\ndrop: {apps: []}\n":           `drop.apps: an empty array, expected`,
	} {
		if _, wrong := load(text); !strings.Contains(wrong, want) {
			t.Errorf("%s: %q, expected %q", text, wrong, want)
		}
	}
}

// TestImplied: the organization and the space that nobody has written down have
// names that the rest may use.
func TestImplied(t *testing.T) {
	t.Parallel()
	s, err := Parse("f.yaml", []byte("name: x\napps: [{name: a, space: dev}]\nquotas: {organizations: {demo-org: {total_instances: 5}}, spaces: {dev: {total_instances: 3}}}\n"+
		"auth: {users: [{name: u, roles: [{space: dev, role: space_developer}, {organization: demo-org, role: organization_manager}]}]}\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if *s.Document.Quotas.Organizations["demo-org"].TotalInstances != 5 {
		t.Errorf("%+v", s.Document.Quotas)
	}
	if _, err := Parse("f.yaml", []byte("name: x\nquotas: {organizations: {demo-org: {total_instances: 5}}}\n"), nil); err == nil {
		t.Error("a quota of an organization that there is no need of")
	}
}
