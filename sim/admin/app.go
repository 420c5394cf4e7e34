package admin

import (
	"time"

	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
)

// AppView is what can be forced of an app, and what it is called.
type AppView struct {
	GUID      string         `json:"guid"`
	Name      string         `json:"name"`
	State     state.AppState `json:"state"`
	Deploying bool           `json:"deploying"`
}

func (c *call) getApp() (reply, error) {
	app, found := c.snap.State.App(c.params["guid"])
	if !found {
		return reply{}, noApp(c.params["guid"])
	}
	return ok(AppView{app.GUID, app.Name, app.State, app.Deploying}), nil
}

func noApp(guid string) error { return notFound("no app %q", guid) }

func (c *call) patchApp() (reply, error) {
	o := c.object(maxBody)
	var change state.AppChange
	if text, given := o.oneOf("state", string(state.Started), string(state.Stopped)); given {
		wanted := state.AppState(text)
		change.State = &wanted
	}
	if deploying, given := o.boolean("deploying"); given {
		change.Deploying = &deploying
	}
	if err := o.err(); err != nil {
		return reply{}, err
	}
	if _, err := c.snap.State.ForceApp(c.now, c.params["guid"], change); err != nil {
		return reply{}, noApp(c.params["guid"])
	}
	c.changed(stateEvent)
	return c.getApp()
}

func (c *call) getFeatures() (reply, error) { return ok(c.snap.State.Features()), nil }

func (c *call) patchFeatures() (reply, error) {
	o := c.object(maxBody)
	scaling, scalingGiven := o.boolean("app_scaling")
	message, messageGiven := o.text("app_scaling_message")
	if err := o.err(); err != nil {
		return reply{}, err
	}
	next := c.snap.State.ChangeFeatures(func(f *state.Features) {
		if scalingGiven {
			f.AppScaling = scaling
		}
		if messageGiven {
			f.AppScalingMessage = message
		}
	})
	c.changed(stateEvent)
	return ok(next), nil
}

// places is a document of the organizations and spaces alone, with their
// quotas.
func (c *call) places() *scenario.Document {
	orgs, spaces := c.snap.State.Places()
	seed := state.Seed{Number: c.snap.State.Number(), Organizations: orgs, Spaces: spaces}
	return scenario.FromState(state.New(seed), &scenario.Scenario{Name: "quotas"})
}

func (c *call) getQuotas() (reply, error) {
	quotas := scenario.Quotas{}
	if set := c.places().Quotas; set != nil {
		quotas = *set
	}
	if quotas.Organizations == nil {
		quotas.Organizations = map[string]state.Quota{}
	}
	if quotas.Spaces == nil {
		quotas.Spaces = map[string]state.Quota{}
	}
	return ok(quotasJSON{quotas.Organizations, quotas.Spaces}), nil
}

// quotasJSON shows both keys, empty ones too.
type quotasJSON struct {
	Organizations map[string]state.Quota `json:"organizations"`
	Spaces        map[string]state.Quota `json:"spaces"`
}

// putQuotas replaces all quotas. Names, guids and numbers are checked by the
// reader of scenario files.
func (c *call) putQuotas() (reply, error) {
	o, err := c.object(maxBody).read()
	if err != nil {
		return reply{}, err
	}
	doc := c.places()
	doc.Quotas = nil
	s, err := scenario.FromValue(nil, valueOf(doc).With("quotas", o.value), nil)
	if err != nil {
		return reply{}, moved(err, "/quotas")
	}
	seed := s.State(time.Time{})
	orgs, spaces := map[string]*state.Quota{}, map[string]*state.Quota{}
	for _, org := range seed.Organizations {
		orgs[org.GUID] = org.Quota
	}
	for _, space := range seed.Spaces {
		spaces[space.GUID] = space.Quota
	}
	c.snap.State.SetQuotas(orgs, spaces)
	c.changed(stateEvent)
	return c.getQuotas()
}
