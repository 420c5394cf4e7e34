package admin

import (
	"errors"
	"fmt"
	"net/http"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/world"
)

func (c *call) view(w *world.World) client.WorldView {
	snap := w.Current()
	return client.WorldView{
		Name: w.Name, URL: c.address(w), Scenario: snap.Scenario.Name, From: w.From(), TTL: document.Duration(w.TTL()),
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

// wish is what a body asks of a new world.
type wish struct {
	world.Spec
	listen  string
	ownPort bool // listen was given
}

// wish reads the body of POST and PUT. The name is that of the path, if the path
// has one.
func (c *call) wish(name string) (w wish, err error) {
	o := c.object(maxDocument)
	w.Name = name
	switch given, named := o.text("name"); {
	case named && name != "" && given != name:
		o.add("name", "%q, expected %q as in the path, or no such key", given, name)
	case named && given == "":
		o.add("name", `"", expected a name, or no such key to have one made up`)
	case named:
		w.Name = given
	}
	c.content(o, &w.Spec)
	w.Choices.Clock, _ = o.oneOf("clock", "frozen", "real")
	auth, _ := o.oneOf("auth", string(scenario.Permissive), string(scenario.Strict))
	w.Choices.Auth = scenario.AuthMode(auth)
	w.TTL, _ = o.duration("ttl")
	if w.listen, w.ownPort = o.text("listen"); w.ownPort && c.listen == nil {
		o.add("listen", "a port of its own is not available on this server, expected no such key")
	}
	return w, o.err()
}

// content reads what the world begins with: a scenario, as it is or varied, or
// another world. What a fork cannot honour is refused.
func (c *call) content(o *object, spec *world.Spec) {
	from, forked := o.text("from")
	plays := c.snap.Scenario
	if chosen, given := o.get("scenario"); given && forked {
		o.add("scenario", "given beside from, expected one of the two")
	} else if given {
		plays = c.pick(o, "scenario", chosen)
	}
	var by scenario.Variation
	if seed, given := read[int64](o, "seed", "an integer"); given {
		by.Seed = &seed
	}
	variant, _ := o.oneOf("variant", string(contract.Default), string(contract.OpenSource), string(contract.Vendor))
	by.Variant = contract.Variant(variant)
	if !forked {
		if plays != nil {
			spec.Scenario = plays.Varied(by)
		}
		return
	}
	for _, key := range []string{"seed", "variant"} {
		if v, given := o.get(key); given {
			o.add(key, "%s, expected no such key beside from: a fork keeps what its origin has drawn", document.Found(v))
		}
	}
	found, known := c.worlds.World(from)
	if !known {
		o.add("from", "%q, expected the name of a world that exists", from)
	}
	spec.From = found
}

func (c *call) createWorld() (reply, error) {
	w, err := c.wish("")
	if err != nil {
		return reply{}, err
	}
	made, err := c.makeWorld(w)
	if err != nil {
		return reply{}, err
	}
	return created(c.view(made)), nil
}

// putWorld makes the world of the path. One that is there already is left as it
// is when it was made in the same way, which lets a test call this twice.
func (c *call) putWorld() (reply, error) {
	w, err := c.wish(c.params["name"])
	if err != nil {
		return reply{}, err
	}
	for {
		if there, found := c.worlds.World(w.Name); found {
			if err := c.agree(there, w); err != nil {
				return reply{}, err
			}
			return ok(c.view(there)), nil
		}
		made, err := c.makeWorld(w)
		var name *world.NameError
		if errors.As(err, &name) && name.Taken {
			continue // somebody was faster
		}
		if err != nil {
			return reply{}, err
		}
		return created(c.view(made)), nil
	}
}

// agree says where a world differs from what is asked for; 409.
func (c *call) agree(there *world.World, w wish) error {
	differing := there.Differs(w.Spec)
	if _, has := c.portOf(there); w.ownPort && !has {
		differing = append(differing, "listen")
	}
	if len(differing) == 0 {
		return nil
	}
	conflict := &refusal{status: http.StatusConflict}
	for _, key := range differing {
		conflict.problems = append(conflict.problems, client.Problem{Code: http.StatusConflict, Title: titles[http.StatusConflict], Pointer: "/" + key,
			Detail: fmt.Sprintf("world %q is there and was made otherwise; expected the same %s, or a DELETE before", there.Name, key)})
	}
	return conflict
}

// pick reads a scenario by its name or as a document under a key of a body.
func (c *call) pick(o *object, key string, chosen document.Value) *scenario.Scenario {
	var found *scenario.Scenario
	var err error
	switch chosen.Kind {
	case document.String:
		found, err = c.library.Load().Load(chosen.Text)
	case document.Object:
		found, err = scenario.FromValue(c.stop, chosen, c.library.Load())
	default:
		o.add(key, "%s, expected the name of a scenario or a document", document.Found(chosen))
		return nil
	}
	var violations document.Violations
	switch {
	case err == nil:
		return found
	case errors.As(err, &violations):
		o.under(key, violations)
	case errors.Is(err, document.ErrLeft):
		o.broken = err
	default:
		o.add(key, "%s", err)
	}
	return nil
}

// makeWorld makes a world as wished, or nothing. An error of the registry is
// about the name, unless it says otherwise.
func (c *call) makeWorld(w wish) (*world.World, error) {
	if w.Scenario != nil {
		if err := w.Scenario.Prepare(c.stop); err != nil {
			return nil, err
		}
	}
	made, err := c.worlds.Create(w.Spec)
	switch {
	case errors.Is(err, world.ErrGone):
		return nil, invalid("/from", "%q has ended meanwhile, expected the name of a world that exists", w.From.Name)
	case err != nil && refusalOf(err) != nil:
		return nil, err
	case err != nil:
		return nil, errors.Join(invalid("/name", "%s", err), err)
	case w.ownPort:
		return made, c.open(made, w.listen)
	}
	return made, nil
}

// open gives a world a port of its own; a world that cannot have it is not
// made.
func (c *call) open(w *world.World, addr string) error {
	at, err := c.listen(w, addr)
	if err != nil {
		c.worlds.Delete(w.Name)
		return invalid("/listen", "%q: %s; expected a HOST:PORT that is free, such as 127.0.0.1:0", addr, err)
	}
	c.addresses.Lock()
	c.ports[w] = at
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
		var names []string
		for _, one := range c.worlds.Worlds() {
			names = append(names, one.Name)
		}
		return nil, notFound("no world %q%s", c.params["name"], document.DidYouMean(c.params["name"], names))
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
