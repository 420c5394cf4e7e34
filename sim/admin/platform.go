package admin

import (
	"time"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
)

func platformView(p state.Platform) client.Platform {
	shown := func(h state.Health) *string {
		if h == "" {
			return nil
		}
		text := string(h)
		return &text
	}
	return client.Platform{Database: shown(p.Database), UAA: shown(p.UAA), Diego: shown(p.Diego), LogCache: shown(p.LogCache)}
}

func (c *call) getPlatform() (reply, error) { return ok(platformView(c.snap.State.Platform())), nil }

// patchPlatform breaks parts of the platform, or with null mends them. The
// reader of scenario files does the checking.
func (c *call) patchPlatform() (reply, error) {
	o, err := c.object(maxBody).read()
	if err != nil {
		return reply{}, err
	}
	s, err := scenario.FromValue(nil, valueOf(c.places()).With("platform", o.value), nil)
	if err != nil {
		return reply{}, moved(err, "/platform")
	}
	asked := s.State(time.Time{}).Platform
	next := c.snap.State.ChangePlatform(func(p *state.Platform) {
		set := func(key string, part *state.Health, to state.Health) {
			if _, given := o.get(key); given {
				*part = to
			}
		}
		set("database", &p.Database, asked.Database)
		set("uaa", &p.UAA, asked.UAA)
		set("diego", &p.Diego, asked.Diego)
		set("log_cache", &p.LogCache, asked.LogCache)
	})
	c.changed(stateEvent)
	return ok(platformView(next)), nil
}
