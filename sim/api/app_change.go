package api

import (
	"net/http"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/state"
)

// updateApp looks at the body before it looks for the app, other than PATCH of
// a process.
func updateApp(c *call) (reply, error) {
	update, err := contract.CheckAppUpdate(c.body)
	if err != nil {
		return reply{}, err
	}
	if _, err := c.snap.State.EditableApp(c.who, c.ref.AppGUID); err != nil {
		return reply{}, err
	}
	view, err := c.snap.State.UpdateApp(c.now, c.ref.AppGUID, update)
	if err != nil {
		return reply{}, err
	}
	return c.changedApp(view, state.AppUpdated)
}

func startApp(c *call) (reply, error) { return c.turnApp((*state.Store).StartApp, state.AppStarted) }

func stopApp(c *call) (reply, error) { return c.turnApp((*state.Store).StopApp, state.AppStopped) }

func restartApp(c *call) (reply, error) {
	return c.turnApp((*state.Store).RestartApp, state.AppRestarted)
}

// turnApp brings an app into another state. A body is not looked at. The event
// is written even when the app was in that state already.
func (c *call) turnApp(turn func(*state.Store, time.Time, string) (state.View, error), event string) (reply, error) {
	if _, err := c.snap.State.ManageableApp(c.who, c.ref.AppGUID); err != nil {
		return reply{}, err
	}
	view, err := turn(c.snap.State, c.now, c.ref.AppGUID)
	if err != nil {
		return reply{}, err
	}
	return c.changedApp(view, event)
}

func (c *call) changedApp(view state.View, event string) (reply, error) {
	c.audit(view, event, 0)
	return jsonReply(http.StatusOK, c.appJSON(view))
}
