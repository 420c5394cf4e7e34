package admin

import (
	"net/http"
	"net/url"
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/world"
)

// Sender carries out a request to a world as if a client had sent it, with the
// token of a user unless that is "", and returns its id in the journal when it
// is answered. The path has no world prefix. The error names a user that the world
// does not have.
type Sender func(of *world.World, user string, r *http.Request) (id uint64, err error)

// sentAgent is the User-Agent of a request that names none.
const sentAgent = "capisim-admin"

// ownToken says that the headers bring a token. One that was copied from the journal,
// where it is masked, is none.
func ownToken(asked *http.Request) bool {
	token := asked.Header.Get("Authorization")
	return token != "" && !strings.Contains(token, journal.Masked)
}

func (c *call) sendRequest() (reply, error) {
	o := c.object(maxBody)
	asked := c.asked(o)
	user, _ := o.text("user")
	if user != "" && !c.snap.State.HasUser(user) {
		var names []string
		for _, known := range c.snap.State.Users() {
			names = append(names, known.Name)
		}
		o.add("user", "%q, expected a user of the world, as GET /admin/users lists them%s", user, document.DidYouMean(user, names))
	}
	if user != "" && asked != nil && ownToken(asked) {
		o.add("user", "given beside the header Authorization, expected one of the two")
	}
	if err := o.err(); err != nil {
		return reply{}, err
	}
	if c.send == nil {
		return reply{}, failure(http.StatusNotImplemented, "this server cannot send requests")
	}
	if asked.Header.Get("User-Agent") == "" {
		asked.Header.Set("User-Agent", sentAgent)
	}
	if api, err := url.Parse(c.base(c.request, c.world.Prefix)); err == nil {
		asked.Host, asked.TLS = api.Host, c.request.TLS
	}
	id, err := c.send(c.world, user, asked)
	if err != nil {
		return reply{}, failure(http.StatusConflict, err.Error())
	}
	entry, found := c.world.Journal.Get(id)
	if !found {
		return reply{}, failure(http.StatusConflict, "it was answered, but the journal has forgotten it already; --journal-size and --journal-bytes give it room")
	}
	return created(entry.View()), nil
}
