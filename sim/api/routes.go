package api

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// defaultPort is where an app listens that names no port.
const defaultPort = 8080

// relateRoute puts a route where it is: a scenario need say no more of one than its
// host and the app that it leads to. It is then in the app's space and of the first
// domain that is not internal.
func relateRoute(c *call, given document.Value) document.Value {
	route := item{kind: "route", value: given}
	first := func(kind string, guids []string) document.Field {
		guid := ""
		if len(guids) > 0 {
			guid = guids[0]
		}
		return document.Field{Key: kind, Value: objectOf(document.Field{Key: "data", Value: objectOf(document.Field{Key: "guid", Value: document.Text(guid)})})}
	}
	domains := route.relations("domain")
	if domains == nil {
		domains = []string{c.firstDomain()}
	}
	return given.With("relationships", objectOf(first("space", c.reached(route, "space")), first("domain", domains)))
}

// ofRoute are those of a route, which auditors of its organization read.
func ofRoute(_ *call, route item) state.Audience {
	return state.Audience{Spaces: route.relations("space"), Auditors: true}
}

// routesBoundTo are the routes that are bound to service instances.
func routesBoundTo(c *call, f contract.Filter) state.Having {
	var routes []string
	bindings := c.shelf("service_route_bindings")
	places, _ := c.find(bindings, overseer, everything, state.Having{Key: "service_instance_guids", Filter: f})
	for _, place := range places {
		routes = append(routes, c.written(bindings, place).relations("route")...)
	}
	return wants("", routes...)
}

// route is a route as the API shows it.
func (c *call) route(given item) document.Value {
	member := func(key string) document.Value { value, _ := given.value.Get(key); return value }
	domain, _ := c.resource("domain", given.relation("domain"))
	first, _ := domain.value.Find("/supported_protocols/0")
	protocol := cmp.Or(first.Text, "http")
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
	return c.document("route", values{"guid": given.guid, "protocol": protocol, "host": host, "path": path, "port": port, "url": url,
		"destinations": document.List(c.destinations(given, protocol)...), "options": member("options"), "metadata": either(member("metadata"), metadataOf(contract.Metadata{})),
		"space": given.relation("space"), "domain": given.relation("domain")})
}

// either is a value, or else what stands for none.
func either(value document.Value, otherwise any) any {
	if value.Kind == document.Null {
		return otherwise
	}
	return value
}

// destinations are those of a route, in the order of their guids.
func (c *call) destinations(route item, protocol string) (shown []document.Value) {
	if protocol == "http" {
		protocol = "http1"
	}
	given, _ := route.value.Get("destinations")
	for i, one := range given.Members {
		text := func(path, otherwise string) string {
			found, _ := one.Value.Find(path)
			return cmp.Or(found.Text, otherwise)
		}
		weight, _ := one.Value.Get("weight")
		port, _ := one.Value.Get("port")
		shown = append(shown, c.document("destination", values{"guid": text("/guid", guidFor(c.snap.Scenario.Number, "destination", route.guid, i)),
			"app": text("/app/guid", ""), "type": text("/app/process/type", "web"), "weight": weight, "port": either(port, defaultPort),
			"protocol": text("/protocol", protocol), "created_at": route.created}))
	}
	slices.SortFunc(shown, func(a, b document.Value) int { return strings.Compare(a.TextOf("guid"), b.TextOf("guid")) })
	return shown
}

// firstDomain is the guid of the first domain that is not internal, "" when there is
// none.
func (c *call) firstDomain() string {
	return c.snap.State.Memo("first domain", func() any {
		s := c.shelf("domains")
		for place := range s.listing.Len() {
			if internal, _ := s.value(c, place).Get("internal"); internal.Text != "true" {
				return s.listing.Item(place).GUID
			}
		}
		return ""
	}).(string)
}

// routesOf are the routes of an app, in the order of their addresses.
func (c *call) routesOf(app string) []item {
	s := c.shelf("routes")
	places, _ := c.find(s, overseer, everything, wants("app_guids", app))
	routes := c.items(s, places)
	slices.SortStableFunc(routes, func(a, b item) int { return strings.Compare(a.value.TextOf("url"), b.value.TextOf("url")) })
	return routes
}

// urlsOf are the addresses of routes.
func urlsOf(routes []item) []string {
	return shown(routes, func(route item) string { return route.value.TextOf("url") })
}

// getReservations says whether a domain has a route of a host, a path or a port;
// what is not asked for must not be there.
func getReservations(c *call) (reply, error) {
	domain, err := c.named()
	if err != nil {
		return reply{}, err
	}
	asked, routes := c.req.URL.Query(), c.shelf("routes")
	host := contract.Filter{Set: true, Values: []string{asked.Get("host")}, Folded: true}
	places, _ := c.find(routes, overseer, everything, wants("domain_guids", domain.guid), state.Having{Key: "hosts", Filter: host})
	matches := slices.ContainsFunc(places, func(place int) bool {
		route := routes.value(c, place)
		port, _ := route.Get("port")
		return strings.EqualFold(route.TextOf("path"), asked.Get("path")) && cmp.Or(port.Text, "0") == cmp.Or(asked.Get("port"), "0")
	})
	return jsonReply(http.StatusOK, c.document("route_reservations", values{"matches": matches})), nil
}

// listDestinations shows the destinations of a route.
func listDestinations(c *call) (reply, error) {
	return one(http.StatusOK, func(route item) document.Value {
		destinations, _ := route.value.Get("destinations")
		return c.document("destinations", values{"guid": route.guid, "destinations": destinations})
	})(c.named())
}
