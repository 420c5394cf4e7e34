package admin

import (
	"encoding/json"
	"errors"
	"time"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/world"
)

func (c *call) view(w *world.World) client.WorldView {
	snap := w.Current()
	return client.WorldView{
		Name: w.Name, URL: c.address(w), Scenario: snap.Scenario.Name, TTL: fault.Duration(w.TTL()),
		Clock: clockOf(w.Clock), Counts: snap.State.Counts(), Rules: len(snap.Faults.List()), Requests: w.Journal.Stats().Total,
	}
}

func (c *call) listWorlds() (reply, error) {
	worlds := c.worlds.Worlds()
	views := make([]client.WorldView, len(worlds))
	for i, w := range worlds {
		views[i] = c.view(w)
	}
	return listed(c, maxPerPage, views)
}

func (c *call) createWorld() (reply, error) {
	raw, err := c.body(maxDocument)
	if err != nil {
		return reply{}, err
	}
	o, err := parseObject(raw)
	if err != nil {
		return reply{}, err
	}
	name, named := o.text("name")
	if named && name == "" {
		o.add("name", `"", expected a name, or no such key to have one made up`)
	}
	ttl, _ := o.duration("ttl")
	listen, ownPort := o.text("listen")
	if ownPort && c.listen == nil {
		o.add("listen", "a port of its own is not available on this server, expected no such key")
	}
	plays := c.snap.Scenario
	if raw, given := o.raw("scenario"); given {
		plays = c.pick(o, "scenario", raw)
	}
	if err := o.err(); err != nil {
		return reply{}, err
	}
	w, err := c.makeWorld(name, plays, ttl)
	if err != nil {
		return reply{}, err
	}
	if ownPort {
		if err := c.open(w, listen); err != nil {
			return reply{}, err
		}
	}
	return created(c.view(w)), nil
}

// pick reads a scenario by its name or as a document under a key of a body.
func (c *call) pick(o *object, key string, raw json.RawMessage) *scenario.Scenario {
	var name string
	var found *scenario.Scenario
	var err error
	if json.Unmarshal(raw, &name) == nil && string(raw) != "null" {
		if found, err = c.library.Load().Load(name); err != nil {
			o.add(key, "%s", err)
		}
		return found
	}
	if _, isObject := members(raw); !isObject {
		o.add(key, "%s, expected the name of a scenario or a document", brief(raw))
		return nil
	}
	if found, err = scenario.FromBody(raw, c.library.Load()); err != nil {
		var violations document.Violations
		if errors.As(err, &violations) {
			o.under(key, violations)
		} else {
			o.add(key, "%s", err)
		}
		return nil
	}
	return found
}

func (c *call) makeWorld(name string, plays *scenario.Scenario, ttl time.Duration) (*world.World, error) {
	w, err := c.worlds.Create(name, plays, ttl)
	if err == nil {
		return w, nil
	}
	if refusalOf(err) != nil {
		return nil, err
	}
	// What is left are the bounds of the registry: name, number, shutting down.
	return nil, invalid("/name", "%s", err)
}

// open gives a world a port of its own; a world that cannot have it is not
// made.
func (c *call) open(w *world.World, addr string) error {
	url, err := c.listen(w, addr)
	if err != nil {
		c.worlds.Delete(w.Name)
		return invalid("/listen", "%q: %s", addr, err)
	}
	c.addresses.Lock()
	c.ports[w] = url
	c.addresses.Unlock()
	h := c.Handler // the call ends before the world
	w.AtEnd(func() {
		h.addresses.Lock()
		defer h.addresses.Unlock()
		delete(h.ports, w)
	})
	return nil
}

// named finds the world of the path.
func (c *call) named() (*world.World, error) {
	w, found := c.worlds.World(c.params["name"])
	if !found {
		return nil, notFound("no world %q", c.params["name"])
	}
	return w, nil
}

func (c *call) getWorld() (reply, error) {
	w, err := c.named()
	if err != nil {
		return reply{}, err
	}
	return ok(c.view(w)), nil
}

func (c *call) deleteWorld() (reply, error) {
	w, err := c.named()
	if err != nil {
		return reply{}, err
	}
	if w == c.worlds.Root() {
		return reply{}, invalid("", "the default world cannot be deleted; POST /admin/reset brings it back to its scenario")
	}
	c.worlds.Delete(w.Name)
	return deleted(), nil
}
