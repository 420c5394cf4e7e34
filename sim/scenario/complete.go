package scenario

import (
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// imply adds the space and the organization that apps and spaces need and that
// were left out, under the names by which the rest may refer to them.
func (d *Document) imply() {
	if (d.Generate != nil || len(d.Apps) > 0) && len(d.Spaces) == 0 {
		d.Spaces = []Space{{Name: "dev"}}
	}
	if len(d.Spaces) > 0 && len(d.Organizations) == 0 {
		d.Organizations = []state.Organization{{Name: "demo-org"}}
	}
}

// complete adds the things without which the rest of a document would hang in
// the air. Values that are merely left out stay so: they are drawn when state
// is made, for which a document stays as short as it was written.
func (d *Document) complete() {
	if d.Variant == "" {
		d.Variant = contract.Default
	}
	if d.Clock != nil && d.Clock.Mode == "real" {
		d.Clock = &Clock{Mode: "real"} // a start may have been inherited
	}
	auth := document.Or(d.Auth, Auth{})
	if auth.Mode == "" {
		auth.Mode = Permissive
	}
	if auth.Users == nil {
		// Somebody must be able to log in.
		auth.Users = []User{{Name: "admin", Scopes: []string{state.ScopeAdmin}}}
	}
	if auth.Tokens == nil {
		auth.Tokens = make(map[string]string, len(auth.Users))
		for _, user := range auth.Users {
			auth.Tokens[user.Name] = user.Name
		}
	}
	d.Auth = &auth
}

func (d *Document) number() int64 {
	return document.Or(d.Seed, defaultNumber)
}

// processTypes lists the types of all processes, each once, those that are
// generated too.
func (d *Document) processTypes() []string {
	var types []string
	noted := map[string]bool{}
	note := func(typ string) {
		if !noted[typ] {
			noted[typ] = true
			types = append(types, typ)
		}
	}
	for _, app := range d.Apps {
		if app.Processes == nil {
			note(webType)
		}
		for _, process := range app.Processes {
			note(process.typeName())
		}
	}
	if d.Generate != nil {
		for _, typ := range d.Generate.types() {
			note(typ)
		}
	}
	return types
}
