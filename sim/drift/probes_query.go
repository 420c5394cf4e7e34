package drift

import (
	"net/url"
	"strings"
)

// badListQueries are refused by a list (§13.1).
var badListQueries = []string{
	"page=0", "page=-1", "page=x", "page=",
	"per_page=0", "per_page=-1", "per_page=x", "per_page=", "per_page=5001",
	"page=9223372036854775807&per_page=5000",
	"order_by=name", "order_by=+created_at", "order_by=--created_at",
	"created_ats=yesterday", "created_ats=", "created_ats=2020-01-01T00:00:00%2B00:00", "created_ats=2020-01-01T00:00:00Z,x",
	"created_ats[foo]=2020-01-01T00:00:00Z", "created_ats[foo]=x", "created_ats[lt]=x",
	"created_ats[lt]=2020-01-01T00:00:00Z,2021-01-01T00:00:00Z",
	"updated_ats=yesterday", "updated_ats[foo]=2020-01-01T00:00:00Z",
	"updated_ats[gt]=2020-01-01T00:00:00Z,2021-01-01T00:00:00Z",
	"guids[x]=y", "space_guids[x]=y", "organization_guids[x]=y", "app_guids[x]=y",
	"embed=x", "embed=", "embed=process_instances,process_instances", "embed=process_instances,x",
	"foo=1", "foo=1&bar=2", "include=space", "names=web",
	"page=0&per_page=0&order_by=x&created_ats=x&updated_ats=x&guids[x]=y&label_selector=&foo=1&embed=x&app_guids[x]=y",
}

// badSelectors are refused as a label_selector (§13.4).
var badSelectors = []string{
	"", ",", ",,", "a = b", "a in b", " a=b", "a=b, c=d", "!a=b", "$a=b", "a in (a, b)", "a  in (b)", "a notin b",
	"-a", "-a=b", "a=-b", "a=b=c", "a b", "a=b c", "a/b/c", "nodns/a=b", "/a=b", "example.com/=b", "cloudfoundry.org/a=b",
	strings.Repeat("a", 64), "a=" + strings.Repeat("b", 64), "a in (b,-c)", "a==-b", "a!=-b", "!-a",
	strings.TrimSuffix(strings.Repeat("a,", 51), ","),
}

// queries ask with parameters that are refused. All of them reach the check of
// the query before anything is looked up, or after nothing was found.
func (b *book) queries() {
	const list, nested = "/v3/processes", "/v3/apps/" + missing + "/processes"
	for _, query := range badListQueries {
		b.get("13.1", "listProcesses "+query, list+"?"+query)
	}
	for _, selector := range badSelectors {
		b.get("13.4", "listProcesses label_selector="+clip(selector), list+"?label_selector="+url.QueryEscape(selector))
	}
	b.get("2", "listProcesses a=1&a[b]=2", list+"?a=1&a[b]=2")
	b.get("2", "listProcesses bad %-encoding", list+"?guids=%zz")
	b.get("2", "listProcesses no UTF-8", list+"?guids=%ff")
	// A bad query is reported before a missing app.
	for _, query := range []string{
		"page=0", "order_by=name", "created_ats=x", "embed=x", "foo=1", "label_selector=", "app_guids=x", "organization_guids=x",
		"space_guids=x", "space_guids=x&app_guids=y&organization_guids=z", "foo=1&space_guids=x",
	} {
		b.get("13.1", "listAppProcesses "+query, nested+"?"+query)
	}
	if b.seen.process == nil {
		return
	}
	shows := []struct{ id, path string }{{"getProcess", "/v3/processes/" + b.seen.guid()}}
	if b.seen.twins {
		shows = append(shows, struct{ id, path string }{"getProcessForApp", b.seen.nested()})
	}
	for _, one := range shows {
		for _, query := range []string{
			"foo=1", "foo=1&bar=2", "embed=x", "embed=", "embed=process_instances,process_instances", "embed=x&page=1", "include=app", "a=1&a[b]=2",
		} {
			b.get("13.1", one.id+" "+query, one.path+"?"+query)
		}
	}
}

// pages ask lists for the processes that the mirror knows (§13).
func (b *book) pages() {
	guid := b.seen.guid()
	created := url.QueryEscape(b.seen.process.get("created_at").string())
	app, typ := b.seen.appGUID(), url.QueryEscape(b.seen.typ())
	queries := []struct{ section, query string }{
		{"13.3", ""}, {"13.3", "per_page=1"}, {"13.3", "per_page=5000"}, {"13.3", "page=1"},
		{"13.3", "page=2"}, {"13.3", "page=3&per_page=1"}, {"13.1", "page=1.5"}, {"13.1", "per_page=2x"},
		{"13.3", "order_by=created_at"}, {"13.3", "order_by=-created_at"}, {"13.3", "order_by=%2Bupdated_at"}, {"13.1", "order_by="},
		{"14.2", "embed=process_instances"},
		{"13.1", "types=" + typ}, {"13.1", "types=" + typ + ",%20" + missingType}, {"13.1", "types=" + missingType}, {"13.1", "types="},
		{"13.1", "app_guids=" + app}, {"13.1", "app_guids=" + missing}, {"13.1", "space_guids=" + missing}, {"13.1", "organization_guids=" + missing},
		{"13.1", "app_guids="}, {"13.1", "space_guids="},
		{"13.1", "created_ats=" + created}, {"13.1", "created_ats[gte]=" + created}, {"13.1", "created_ats[lt]=" + created},
		{"13.1", "created_ats[lte]=" + created + "&created_ats[gte]=" + created}, {"13.1", "updated_ats[lt]=2000-01-01T00:00:00Z"},
		{"13.4", "label_selector=capisim-drift"}, {"13.4", "label_selector=%21capisim-drift"}, {"13.4", "label_selector=capisim-drift%21%3Dx"},
		{"13.4", "label_selector=capisim-drift+in+(a,b)"}, {"13.4", "label_selector=capisim-drift+notin+(a,b)"},
		{"13.4", "label_selector=capisim-drift%3D"}, {"13.4", "label_selector=capisim-drift%21%3D"}, {"13.4", "label_selector=,%21capisim-drift,,"},
	}
	for _, one := range queries {
		query := "guids=" + guid
		if one.query != "" {
			query += "&" + one.query
		}
		b.get(one.section, "listProcesses "+strings.ReplaceAll(query, guid, "{guid}"), "/v3/processes?"+query)
		if !strings.Contains(one.query, "app_guids") && !strings.Contains(one.query, "space_guids") && !strings.Contains(one.query, "organization_guids") {
			b.get(one.section, "listAppProcesses "+strings.ReplaceAll(query, guid, "{guid}"), "/v3/apps/"+app+"/processes?"+query)
		}
	}
	b.get("13.1", "listProcesses guids of nothing", "/v3/processes?guids="+missing)
	b.get("13.1", "listProcesses guids=", "/v3/processes?guids=")
	b.get("4", "listProcesses app_guid", "/v3/processes?app_guid="+app+"&guids="+guid)
	if b.seen.companion == nil {
		return
	}
	both := "guids=" + guid + "," + b.seen.companion.get("guid").string()
	turns := []string{"", "&per_page=1", "&per_page=1&page=2", "&embed=process_instances"}
	if b.seen.ordered() {
		turns = append(turns, "&order_by=created_at", "&order_by=-created_at&per_page=1", "&order_by=updated_at", "&order_by=-updated_at")
	}
	for _, turn := range turns {
		b.get("13.2", "listProcesses of two"+turn, "/v3/processes?"+both+turn)
	}
}
