package admin

import (
	"io"
	"slices"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
	"example.com/capisim/sim/world"
)

// scenarioOf is the world as a scenario document, from which the same world is
// made again.
func scenarioOf(w *world.World) *scenario.Document { return scenario.FromState(saved(w)) }

// saved is the state of a world and, without it, its scenario as it is now.
func saved(w *world.World) (state.Seed, *scenario.Scenario) {
	snap, shown := w.Still()
	auth := scenario.Permissive
	if snap.Strict {
		auth = scenario.Strict
	}
	clock := scenario.ClockSpec{Frozen: shown.Frozen()}
	if clock.Frozen {
		clock.Start = shown.Now()
	}
	return export(snap.State), &scenario.Scenario{
		Name: snap.Scenario.Name, Description: snap.Scenario.Description, Document: snap.Scenario.Document,
		Clock: clock, Auth: auth, Tokens: snap.Scenario.Tokens, RateLimit: snap.Scenario.RateLimit,
		Faults: snap.Faults.Rules(), Expectations: snap.Scenario.Expectations, Progress: snap.Progress(),
	}
}

// export is the state of a store without crash loops of process types that
// nobody has any more: a document must not name what is not there.
func export(s *state.Store) state.Seed {
	seed := s.Export()
	types := map[string]bool{}
	for i := range seed.Processes {
		types[seed.Processes[i].Type] = true
	}
	seed.Lifecycle.CrashLoop = slices.DeleteFunc(slices.Clone(seed.Lifecycle.CrashLoop), func(loop state.CrashLoop) bool {
		return !types[loop.Process]
	})
	return seed
}

func (c *call) getState() (reply, error) {
	p := c.parameters()
	format := p.oneOf("format", "json", "yaml")
	if err := p.err(); err != nil {
		return reply{}, err
	}
	if format == "json" {
		seed, s := saved(c.world)
		return reply{status: 200, stream: func(w io.Writer) error { return scenario.Write(w, seed, s) }}, nil
	}
	raw, err := scenario.Dump(scenarioOf(c.world), format)
	if err != nil {
		return reply{}, err
	}
	return reply{status: 200, raw: raw, media: "application/yaml; charset=utf-8"}, nil
}

// putState takes a document such as getState gives and puts the world into that
// state; a reset still goes back to the world's scenario.
func (c *call) putState() (reply, error) {
	raw, err := c.body(maxDocument)
	if err != nil {
		return reply{}, err
	}
	s, err := scenario.FromBody(raw, c.library.Load())
	if err != nil {
		return reply{}, err
	}
	if err := c.world.Replace(s); err != nil {
		return reply{}, err
	}
	c.changed(stateEvent | faultEvent | clockEvent)
	return ok(scenarioOf(c.world)), nil
}

// play loads a scenario into the world.
func (c *call) play(s *scenario.Scenario) error {
	if err := c.world.Load(s); err != nil {
		return err
	}
	c.changed(stateEvent | faultEvent | clockEvent)
	return nil
}

func (c *call) load() (reply, error) {
	raw, err := c.body(maxDocument)
	if err != nil {
		return reply{}, err
	}
	s, err := c.scenarioOf(raw)
	if err != nil {
		return reply{}, err
	}
	if err := c.play(s); err != nil {
		return reply{}, err
	}
	return c.overview()
}

func (c *call) reset() (reply, error) {
	o, err := c.object()
	if err != nil {
		return reply{}, err
	}
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
