package api

import (
	"net/http"

	"example.com/capisim/sim/state"
)

func updateApp(c *call) (reply, error) {
	view, err := c.snap.State.UpdateApp(c.now, c.who, c.ref.AppGUID, c.body)
	return c.changedApp(view, err)
}

// A body of the three that follow is not looked at.

func startApp(c *call) (reply, error) {
	view, err := c.snap.State.StartApp(c.now, c.who, c.ref.AppGUID)
	return c.changedApp(view, err)
}

func stopApp(c *call) (reply, error) {
	view, err := c.snap.State.StopApp(c.now, c.who, c.ref.AppGUID)
	return c.changedApp(view, err)
}

func restartApp(c *call) (reply, error) {
	view, err := c.snap.State.RestartApp(c.now, c.who, c.ref.AppGUID)
	return c.changedApp(view, err)
}

func (c *call) changedApp(view state.View, err error) (reply, error) {
	if err != nil {
		return reply{}, err
	}
	c.changed = true
	return jsonReply(http.StatusOK, c.appJSON(view))
}
