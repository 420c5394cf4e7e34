package api

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// defaultPort is where an app listens that names no port.
const defaultPort = 8080

// route is a route as the API shows it. A scenario need say no more of one than
// its host and the app that it leads to: it is then in the app's space and of the
// first domain.
func (c *call) route(guid string, at time.Time, given document.Value) document.Value {
	member := func(key string) document.Value { value, _ := given.Get(key); return value }
	domain := c.domainOf(item{value: given})
	first, _ := domain.value.Find("/supported_protocols/0")
	protocol := cmp.Or(first.Text, "http")
	route := item{value: given.With("destinations", document.List(c.destinations(guid, protocol, at, member("destinations"))...))}
	space := ""
	if spaces := c.reached(route, "space"); len(spaces) > 0 {
		space = spaces[0]
	}
	host, path, port := member("host").Text, member("path").Text, member("port")
	url := domain.value.TextOf("name")
	switch {
	case port.Text != "" && port.Text != "0":
		url += ":" + port.Text
	case host == "":
		url += path
	default:
		url = host + "." + url + path
	}
	destinations, _ := route.value.Get("destinations")
	return c.document("route", values{"guid": guid, "protocol": protocol, "host": host, "path": path, "port": port, "url": url,
		"destinations": destinations, "options": member("options"), "metadata": either(member("metadata"), metadataOf(contract.Metadata{})),
		"space": space, "domain": domain.guid})
}

// either is a value, or else what stands for none.
func either(value document.Value, otherwise any) any {
	if value.Kind == document.Null {
		return otherwise
	}
	return value
}

// destinations are those of a route, in the order of their guids.
func (c *call) destinations(route, protocol string, at time.Time, given document.Value) (shown []document.Value) {
	if protocol == "http" {
		protocol = "http1"
	}
	for i, one := range given.Members {
		text := func(path, otherwise string) string {
			found, _ := one.Value.Find(path)
			return cmp.Or(found.Text, otherwise)
		}
		weight, _ := one.Value.Get("weight")
		port, _ := one.Value.Get("port")
		shown = append(shown, c.document("destination", values{"guid": text("/guid", guidFor(c.snap.Scenario.Number, "destination", route, i)),
			"app": text("/app/guid", ""), "type": text("/app/process/type", "web"), "weight": weight, "port": either(port, defaultPort),
			"protocol": text("/protocol", protocol), "created_at": at}))
	}
	slices.SortFunc(shown, func(a, b document.Value) int { return strings.Compare(a.TextOf("guid"), b.TextOf("guid")) })
	return shown
}

// domainOf is the domain that a route names, or else the first that is not
// internal.
func (c *call) domainOf(route item) item {
	if named := route.relations("domain"); named != nil {
		found, _ := c.resource("domain", named[0])
		found.guid = named[0]
		return found
	}
	found, _ := c.firstDomain()
	return found
}

// firstDomain is the first domain that is not internal.
func (c *call) firstDomain() (item, bool) {
	for _, domain := range c.items(contract.CollectionNamed("domains")) {
		if internal, _ := domain.value.Get("internal"); internal.Text != "true" {
			return domain, true
		}
	}
	return item{}, false
}

// routesByApp are the routes of each app, in the order of their addresses.
func (c *call) routesByApp() map[string][]item {
	routes, byApp := slices.Values(c.items(contract.CollectionNamed("routes"))), map[string][]item{}
	for _, route := range slices.SortedStableFunc(routes, func(a, b item) int { return strings.Compare(a.value.TextOf("url"), b.value.TextOf("url")) }) {
		apps := route.relations("app")
		slices.Sort(apps)
		for _, app := range slices.Compact(apps) {
			byApp[app] = append(byApp[app], route)
		}
	}
	return byApp
}

// urlsOf are the addresses of routes.
func urlsOf(routes []item) []string {
	return shown(routes, func(route item) string { return route.value.TextOf("url") })
}

// getReservations says whether a domain has a route of a host, a path or a port;
// what is not asked for must not be there.
func getReservations(c *call) (reply, error) {
	domain, err := c.item()
	if err != nil {
		return reply{}, err
	}
	asked := c.req.URL.Query()
	matches := slices.ContainsFunc(c.items(contract.CollectionNamed("routes")), func(route item) bool {
		port, _ := route.value.Get("port")
		return slices.Contains(route.relations("domain"), domain.guid) && strings.EqualFold(route.value.TextOf("host"), asked.Get("host")) &&
			strings.EqualFold(route.value.TextOf("path"), asked.Get("path")) && cmp.Or(port.Text, "0") == cmp.Or(asked.Get("port"), "0")
	})
	return jsonReply(http.StatusOK, c.document("route_reservations", values{"matches": matches})), nil
}

// listDestinations shows the destinations of a route.
func listDestinations(c *call) (reply, error) {
	return one(http.StatusOK, func(route item) document.Value {
		destinations, _ := route.value.Get("destinations")
		return c.document("destinations", values{"guid": route.guid, "destinations": destinations})
	})(c.item())
}
