package admin

import (
	"mime"
	"strings"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/openapi"
	"example.com/capisim/sim/report"
)

// chapters names what the first parts of paths are about; the table has them in
// this order.
var chapters = map[string]string{
	"": "The server", "operations": "The server", "scenarios": "The server",
	"faults": "Faults",
	"state":  "State", "reset": "State", "load": "State", "processes": "State", "apps": "State", "features": "State", "platform": "State",
	"quotas": "State", "tokens": "State", "users": "State",
	"worlds":   "Worlds",
	"clock":    "The clock",
	"requests": "Evidence", "coverage": "Evidence", "reactions": "Evidence", "expectations": "Evidence", "export": "Evidence", "bundle": "Evidence", "events": "Evidence",
	"docs": "Reference", "openapi.json": "Reference", "schemas": "Reference",
}

func (r *route) chapter() string { return chapters[strings.Split(r.path+"/", "/")[2]] }

// parameterWords say what the query parameters mean.
var parameterWords = map[string]openapi.Query{
	"page":      {Words: "Which page, from 1", Whole: true},
	"per_page":  {Words: "How many on a page, at most 5000", Whole: true},
	"worlds":    {Words: "Sums up all worlds", Values: []string{"all"}},
	"operation": {Words: "Id of an operation"},
	"status":    {Words: "Status of the answer", Whole: true},
	"injected":  {Words: "Whether a rule answered", Values: []string{"true", "false"}},
	"rule":      {Words: "Id of the rule that answered"},
	"user":      {Words: "Name of the caller"},
	"since":     {Words: "Time on the world's clock, such as 2026-01-01T00:00:00Z"},
	"after":     {Words: "Id of a request; only later ones", Whole: true},
	"q":         {Words: "A text that is somewhere in it"},
	"state":     {Words: "State of an instance", Values: instanceStates},
	"consumer":  {Words: "Name of the client in a Pact"},
	"provider":  {Words: "Name of the server in a Pact"},
}

// formats are the values of the parameter format; it means another thing for
// each of these, and else the form of a report.
var formats = map[string][]string{"/admin/state": {"json", "yaml"}, "/admin/export": {"har", "pact"}}

func (r *route) described() openapi.Route {
	out := openapi.Route{
		Method: r.method, Path: r.path, Summary: r.summary, Tag: r.chapter(), Takes: r.takes, Example: r.body,
		Answers: r.answers, Media: r.media, Statuses: r.statuses, Open: r.open,
	}
	if r.rootOnly {
		out.Summary += ", at the root of the server alone"
	}
	for _, name := range r.query {
		q := parameterWords[name]
		if name == "format" {
			q = openapi.Query{Words: "Form of the answer", Values: formats[r.path]}
			if q.Values == nil {
				for _, f := range report.Formats() {
					q.Values = append(q.Values, string(f))
				}
			}
		}
		q.Name = name
		out.Query = append(out.Query, q)
	}
	return out
}

// OpenAPI is the admin API as an OpenAPI 3.1 document. The address is where the
// paths begin; ask sends the example of a route.
func OpenAPI(base, version string, ask func(openapi.Route) (openapi.Exchange, error)) ([]byte, error) {
	list := make([]openapi.Route, len(routes))
	for i, r := range routes {
		list[i] = r.described()
	}
	return openapi.Admin(base, version, list, openapi.Of[client.Problems](), ask)
}

func (c *call) getOpenAPI() (reply, error) {
	raw, err := c.document(c.own(c.request, c.world.Prefix))
	return reply{status: 200, raw: raw, media: jsonType}, err
}

func mediaTypes(all []report.Format) (list []string) {
	for _, f := range all {
		media, _, _ := mime.ParseMediaType(f.ContentType()) // capisim's own
		list = append(list, media)
	}
	return list
}
