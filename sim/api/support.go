package api

import (
	"net/http"
	"time"
)

// What the real server is configured with while its limiter is off (§18).
const (
	usualLimit  = 2000
	usualWindow = time.Hour
)

func getInfo(c *call) (reply, error) {
	limits := values{"limited": false, "limit": usualLimit, "minutes": int(usualWindow / time.Minute)}
	if limit := c.snap.Scenario.RateLimit; limit != nil {
		limits = values{"limited": true, "limit": limit.Limit, "minutes": int(limit.Window / time.Minute)}
	}
	return jsonReply(http.StatusOK, c.document("info", limits)), nil
}

// getV2Info answers GET /v2/info, by which cf-java-client and Stratos find UAA
// (CLIENTS.md §6). It says that version 2 of the API is off.
func getV2Info(c *call) (reply, error) {
	var guid *string
	if c.who.User != nil {
		guid = &c.who.User.GUID
	}
	return jsonReply(http.StatusOK, c.document("v2_info", values{"user": guid})), nil
}
