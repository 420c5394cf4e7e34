package api

import (
	"net/http"
)

// getRegistryCredential finds the credential of a process that the caller may
// see: what the link registry_credential of the process leads to. The vendor's
// document shows the link alone, so this has what every resource of the API has.
func getRegistryCredential(c *call) (reply, error) {
	view, err := c.snap.State.RegistryCredential(c.who, c.guid)
	if err != nil {
		return reply{}, err
	}
	p := view.Process
	synced := p.CreatedAt
	if at := p.RegistryCredential.LastSyncedAt; at != nil {
		synced = *at
	}
	return jsonReply(http.StatusOK, c.document("registry_credential",
		values{"guid": c.guid, "created_at": p.CreatedAt, "synced_at": synced, "app": p.AppGUID})), nil
}
