package api

import (
	"net/http"
)

// registryCredentialJSON is what the link registry_credential of a process leads
// to. The vendor's document shows the link alone, so this has what every
// resource of the API has.
type registryCredentialJSON struct {
	GUID          string       `json:"guid"`
	CreatedAt     timeJSON     `json:"created_at"`
	UpdatedAt     timeJSON     `json:"updated_at"`
	Relationships toApp        `json:"relationships"`
	Metadata      metadataJSON `json:"metadata"`
	Links         links        `json:"links"`
}

// getRegistryCredential finds the credential of a process that the caller may
// see.
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
	return jsonReply(http.StatusOK, registryCredentialJSON{
		GUID: c.guid, CreatedAt: timeJSON(p.CreatedAt), UpdatedAt: timeJSON(synced), Relationships: toApp{relationJSON{guidOf(p.AppGUID)}},
		Links: links{{"self", c.base() + "/v3/registry_credentials/" + c.guid, ""}, {"app", c.base() + "/v3/apps/" + p.AppGUID, ""}},
	})
}
