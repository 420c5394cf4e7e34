package admin

// UserView is a user, or a client of UAA.
type UserView struct {
	Name   string   `json:"name"`
	Client bool     `json:"client"`
	Scopes []string `json:"scopes"`
}

func (c *call) listUsers() (reply, error) {
	users := c.snap.State.Users()
	all := make([]UserView, len(users))
	for i, user := range users {
		all[i] = UserView{Name: user.Name, Client: user.Client, Scopes: append([]string{}, user.Scopes...)}
	}
	return listed(c, maxPerPage, all)
}

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
