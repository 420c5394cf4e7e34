package api

import (
	"net/http"
	"time"

	"example.com/capisim/sim/state"
)

func updateApp(c *call) (reply, error) {
	return changed(c, http.StatusOK, c.appJSON)(c.snap.State.UpdateApp(c.now, c.who, c.ref.AppGUID, c.body))
}

// A body of the three that follow is not looked at.

func startApp(c *call) (reply, error) { return c.turned(c.snap.State.StartApp) }

func stopApp(c *call) (reply, error) { return c.turned(c.snap.State.StopApp) }

// turned answers a start or a stop, of which Diego is told when it is made: what
// it has against it changes the answer alone (lib/cloud_controller/process_observer.rb).
func (c *call) turned(turn func(time.Time, state.Viewer, string) (state.View, error)) (reply, error) {
	before := c.snap.State.Peek(c.ref).App
	view, err := turn(c.now, c.who, c.ref.AppGUID)
	if err == nil && before != nil && before.State != view.App.State {
		c.changed = true
		err = c.snap.State.TellDiego(c.ref)
	}
	return changed(c, http.StatusOK, c.appJSON)(view, err)
}

func restartApp(c *call) (reply, error) {
	return changed(c, http.StatusOK, c.appJSON)(c.snap.State.RestartApp(c.now, c.who, c.ref.AppGUID))
}
