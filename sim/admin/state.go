package admin

import (
	"io"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/world"
)

func (c *call) getState() (reply, error) {
	p := c.parameters()
	format := p.oneOf("format", "json", "yaml")
	if err := p.err(); err != nil {
		return reply{}, err
	}
	return c.state(format), nil
}

// state is the world as a document, written app by app.
func (c *call) state(format string) reply {
	media := jsonType
	if format == "yaml" {
		media = "application/yaml; charset=utf-8"
	}
	saved, s := c.world.Saved()
	return reply{status: 200, media: media, stream: func(w io.Writer) error { return scenario.Write(w, format, saved, s, nil) }}
}

// putState takes a document such as getState gives and puts the world into that
// state; a reset still goes back to the world's scenario.
func (c *call) putState() (reply, error) {
	raw, err := c.body(maxDocument)
	if err != nil {
		return reply{}, err
	}
	s, err := scenario.FromBody(c.stop, raw, c.library.Load())
	if err == nil {
		err = s.Prepare(c.stop)
	}
	if err != nil {
		return reply{}, err
	}
	if err := c.world.Replace(s); err != nil {
		return reply{}, err
	}
	c.changed(stateEvent | faultEvent | clockEvent)
	return c.state("json"), nil
}

// Play loads a scenario into a world and tells its listeners.
func (h *Handler) Play(of *world.World, s *scenario.Scenario) error {
	if err := of.Load(s); err != nil {
		return err
	}
	h.hub.publish(of, stateEvent|faultEvent|clockEvent)
	return nil
}

func (c *call) load() (reply, error) {
	raw, err := c.body(maxDocument)
	if err != nil {
		return reply{}, err
	}
	s, err := c.scenarioOf(raw)
	if err == nil {
		err = s.Prepare(c.stop)
	}
	if err != nil {
		return reply{}, err
	}
	if err := c.Play(c.world, s); err != nil {
		return reply{}, err
	}
	return c.overview()
}

func (c *call) reset() (reply, error) {
	o := c.object(maxBody)
	scope := world.Everything
	if _, narrowed := o.get("only"); narrowed {
		scope = scopeOf(o)
	}
	if err := o.err(); err != nil {
		return reply{}, err
	}
	if err := c.world.Reset(scope); err != nil {
		return reply{}, err
	}
	c.changed(stateEvent | faultEvent | clockEvent)
	return c.overview()
}

// scopeOf reads {"only": [...]}.
func scopeOf(o *object) world.Scope {
	var scope world.Scope
	parts, isList := o.list("only")
	if isList && len(parts) == 0 {
		o.add("only", "an empty list, expected at least one of state, faults, journal, clock")
	}
	for i, part := range parts {
		switch part.Value.Text {
		case "state":
			scope.State = true
		case "faults":
			scope.Faults = true
		case "journal":
			scope.Journal = true
		case "clock":
			scope.Clock = true
		default:
			o.addAt("only", i, "%s, expected one of state, faults, journal, clock", document.Found(part.Value))
		}
	}
	return scope
}
