package admin

// TokensView says which of the tokens that were issued have ended.
type TokensView struct {
	Access  bool `json:"access"`
	Refresh bool `json:"refresh"`
}

// expireTokens ends the access tokens that logins were given, as if their time
// had passed, and with {"refresh": true} the logins themselves. Static tokens of
// the scenario stay.
func (c *call) expireTokens() (reply, error) {
	o := c.object(maxBody)
	refresh, _ := o.boolean("refresh")
	if err := o.err(); err != nil {
		return reply{}, err
	}
	c.world.Sessions.Expire(refresh)
	return ok(TokensView{Access: true, Refresh: refresh}), nil
}
