package drift_test

import (
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/drift"
)

const (
	one   = "/v3/processes/" + web
	twin  = "/v3/apps/" + web + "/processes/web"
	scale = one + "/actions/scale"
	only  = "/v3/processes?guids=" + web
	none  = "/v3/processes/00000000-0000-4000-8000-000000000d1f"
)

// deep is JSON that no reader should follow to its end.
var deep = strings.Repeat("[", 100_000)

// deviations are planted in one run, in the order of its report.
var deviations = []planted{
	{"status of a wrong method", plant{"PUT", none, "", status(405)},
		`§1 PUT wrong method on a process: status: target has 405 CF-NotFound "Unknown request", capisim has 404 CF-NotFound "Unknown request"`},
	{"key order of an error", plant{"DELETE", none, "", text(`"title":"CF-NotFound","code":10000`, `"code":10000,"title":"CF-NotFound"`)},
		`§1 DELETE wrong method on a process: /errors/0: target has the keys in the order detail, code, title, capisim has detail, title, code`},
	{"text of a write that cannot pass", plant{"PATCH", none, "{", text(`Authentication error`, `Unauthorized`)},
		`§3 updateProcess no token and a broken body: /errors/0/detail: target has "Unauthorized", capisim has "Authentication error"`},
	{"title", plant{"GET", "/v3/processes/capisim-drift", "", text(`CF-ResourceNotFound`, `CF-ProcessNotFound`)},
		`§3 getProcess guid that is not a uuid: /errors/0/title: target has "CF-ProcessNotFound", capisim has "CF-ResourceNotFound"`},
	{"status", plant{"GET", "/v3/processes?page=0", "", status(422)},
		`§13.1 listProcesses page=0: status: target has 422 CF-BadQueryParameter "The query parameter is invalid: Page must be a positive integer", ` +
			`capisim has 400 CF-BadQueryParameter "The query parameter is invalid: Page must be a positive integer"`},
	{"one more error", plant{"GET", "/v3/processes?page=x", "", text(`]}`, `,{"detail":"x"}]}`)},
		`§13.1 listProcesses page=x: /errors: target has 2 elements, capisim has 1 element`},
	{"no JSON", plant{"GET", "/v3/processes?per_page=0", "", func(got *http.Response) { setBody(got, "<h1>\x1b[31mno\x07</h1>") }},
		`§13.1 listProcesses per_page=0: body: target has no JSON: "<h1>\x1b[31mno\a</h1>", capisim has JSON`},
	{"nested without end", plant{"GET", "/v3/processes?per_page=x", "", func(got *http.Response) { setBody(got, deep) }},
		`§13.1 listProcesses per_page=x: body: target has no JSON: "` + deep[:199] + `..., capisim has JSON`},
	{"code", plant{"GET", "/v3/processes?order_by=name", "", text(`10005`, `10006`)},
		`§13.1 listProcesses order_by=name: /errors/0/code: target has 10006, capisim has 10005`},
	{"text", plant{"GET", "/v3/processes?label_selector=a+in+b", "", text(`Invalid label_selector value`, `Invalid label_selector`)},
		`§13.4 listProcesses label_selector=a in b: /errors/0/detail: target has "The query parameter is invalid: Invalid label_selector", ` +
			`capisim has "The query parameter is invalid: Invalid label_selector value"`},
	{"value of a header", plant{"GET", one, "", with("Content-Type", "application/json")},
		`§11 getProcess: header Content-Type: target has "application/json", capisim has "application/json; charset=utf-8"`},
	{"header twice", plant{"GET", one, "", with("X-Content-Type-Options", "nosniff", "nosniff")},
		`§11 getProcess: header X-Content-Type-Options: target has "nosniff" and "nosniff", capisim has "nosniff"`},
	{"rate limit that is not a number", plant{"GET", one, "", with("X-Ratelimit-Remaining", "many")},
		`§11 getProcess: header X-Ratelimit-Remaining: target has "many", capisim has a number`},
	{"header that is never sent", plant{"GET", one, "", with("Etag", `W/"1"`)},
		`§11 getProcess: header Etag: target has "W/\"1\"", capisim has nothing`},
	{"control characters in keys", plant{"GET", one, "", text(`"type":"web"`, `"\u001b[2J\u202e":1,"type":"web"`)},
		`§11 getProcess: /\x1b[2J\u202e: target has a number, capisim has no such key`},
	{"key twice", plant{"GET", one, "", text(`"type":"web"`, `"type":"web","type":"web"`)},
		`§11 getProcess: /type: target has the key twice, capisim has it once`},
	{"extra key", plant{"GET", one, "", text(`"type":"web"`, `"type":"web","color":"red"`)},
		`§11 getProcess: /color: target has a string, capisim has no such key`},
	{"key missing", plant{"GET", one, "", text(`"user":"ContainerUser",`, ``)},
		`§11 getProcess: /user: target has no such key, capisim has a string`},
	{"form of a time", plant{"GET", one, "", text(`"2030-01-01T00:00:00Z"`, `"2030-01-01T00:00:00.000Z"`)},
		`§11 getProcess: /updated_at: target has "2030-01-01T00:00:00.000Z", capisim has the form of "0000-00-00T00:00:00Z"`},
	{"type of a field", plant{"GET", one, "", text(`"instances":3`, `"instances":"3"`)},
		`§11 getProcess: /instances: target has a string, capisim has a number`},
	{"decimal for a whole number", plant{"GET", one, "", text(`"memory_in_mb":300`, `"memory_in_mb":300.0`)},
		`§11 getProcess: /memory_in_mb: target has 300.0, capisim has 300`},
	{"key order", plant{"GET", one, "", text(`"timeout":90,"invocation_timeout":null`, `"invocation_timeout":null,"timeout":90`)},
		`§11 getProcess: /health_check/data: target has the keys in the order invocation_timeout, timeout, interval, endpoint, ` +
			`capisim has timeout, invocation_timeout, interval, endpoint`},
	{"type of a field, an object", plant{"GET", one, "", text(`"relationships":{"app":{"data":{"guid":"`+web+`"}}`, `"relationships":{"app":["`+web+`"]`)},
		`§11 getProcess: /relationships/app: target has a list, capisim has an object`},
	{"null that is not null", plant{"GET", one, "", text(`"registry_credential":null`, `"registry_credential":{"data":null}`)},
		`§11 getProcess: /relationships/registry_credential: target has an object, capisim has null`},
	{"link of the process itself", plant{"GET", one, "", text(one+`"}`, one+`/"}`)},
		`§11 getProcess: /links/self/href: target has "` + one + `/", capisim has "` + one + `"`},
	{"method of a link", plant{"GET", one, "", text(`"method":"POST"`, `"method":"PUT"`)},
		`§11 getProcess: /links/scale/method: target has "PUT", capisim has "POST"`},
	{"link to the space", plant{"GET", one, "", text(`/v3/spaces/`, `/v3/areas/`)}, `§11 getProcess: /links/space/href: target has "/v3/areas/ffffffff-1111-4000-8000-000000000001", capisim has "/v3/spaces/ffffffff-1111-4000-8000-000000000001"`},
	{"link path", plant{"GET", one, "", text(one+`/stats"`, one+`/statistics"`)},
		`§11 getProcess: /links/stats/href: target has "` + one + `/statistics", capisim has "` + one + `/stats"`},
	{"since as a time", plant{"GET", one + "?embed=process_instances", "", text(`"since":0`, `"since":"2031-07-09T23:59:58Z"`)},
		`§14.2 getProcess?embed=process_instances: /process_instances/1/since: target has a string, capisim has a number`},
	{"user's guid missing", plant{"GET", one + "/stats", "", without("X-User-Guid")},
		`§14.1 getProcessStats: header X-User-Guid: target has nothing, capisim has a guid`},
	{"form of a header", plant{"GET", one + "/stats", "", with("X-Runtime", "12ms")},
		`§14.1 getProcessStats: header X-Runtime: target has "12ms", capisim has seconds with 6 decimals`},
	{"header missing", plant{"GET", one + "/stats", "", without("X-Frame-Options")},
		`§14.1 getProcessStats: header X-Frame-Options: target has nothing, capisim has "SAMEORIGIN"`},
	{"Vary missing", plant{"GET", one + "/stats", "", without("Vary")},
		`§14.1 getProcessStats: header Vary: target has nothing, capisim has "Accept"`},
	{"form of the request's id", plant{"GET", one + "/stats", "", with("X-Vcap-Request-Id", "17")},
		`§14.1 getProcessStats: header X-Vcap-Request-Id: target has "17", capisim has a uuid`},
	{"form of the usage's time", plant{"GET", one + "/stats", "", text(`+00:00"`, `Z"`)},
		`§14.1 getProcessStats: /resources/0/usage/time: target has "2031-07-09T23:59:58Z", capisim has the form of "0000-00-00T00:00:00+00:00"`},
	{"name of a state", plant{"GET", one + "/stats", "", text(`"CRASHED"`, `"BROKEN"`)},
		`§14.1 getProcessStats: /resources/1/state: target has "BROKEN", capisim has "CRASHED"`},
	{"key of a DOWN instance", plant{"GET", one + "/stats", "", text(`"state":"DOWN",`, `"state":"DOWN","host":"",`)},
		`§14.1 getProcessStats: /resources/2/host: target has a string, capisim has no such key`},
	{"an instance missing", plant{"GET", one + "/process_instances", "", text(`,{"index":2,"state":"DOWN","since":0}`, ``)},
		`§14.2 listProcessInstances: /resources: target has 2 elements, capisim has 3 elements`},
	{"the app's twin", plant{"GET", twin + "/stats", "", text(`"fds_quota":16384`, `"fds_quota":"16384"`)},
		`§14.1 getProcessStatsForApp: /resources/0/fds_quota: target has a string, capisim has a number`},
	{"redaction missing", plant{"GET", "/v3/processes", "", text(`[PRIVATE DATA HIDDEN IN LISTS]`, `serve --all`)},
		`§12 listProcesses: /resources/0/command: target has "a command", capisim has "[PRIVATE DATA HIDDEN IN LISTS]"`},
	{"extra key in a list", plant{"GET", only, "", text(`"pagination":{`, `"pagination":{"size":1,`)},
		`§13.3 listProcesses guids={guid}: /pagination/size: target has a number, capisim has no such key`},
	{"redaction in other words", plant{"GET", only, "", text(`[PRIVATE DATA HIDDEN IN LISTS]`, `[PRIVATE DATA HIDDEN]`)},
		`§13.3 listProcesses guids={guid}: /resources/0/command: target has "[PRIVATE DATA HIDDEN]", capisim has "[PRIVATE DATA HIDDEN IN LISTS]"`},
	{"order of labels", plant{"GET", only, "", text(`"zone":"1","example.com/a":"b"`, `"example.com/a":"b","zone":"1"`)},
		`§13.3 listProcesses guids={guid}: /resources/0/metadata/labels: target has the keys in the order example.com/a, zone, capisim has zone, example.com/a`},
	{"total beyond the end", plant{"GET", only + "&page=2", "", text(`"total_results":0`, `"total_results":1`)},
		`§13.3 listProcesses guids={guid}&page=2: /pagination/total_results: target has 1, capisim has 0`},
	{"form of a page's link", plant{"GET", only + "&order_by=created_at", "", text(`order_by=%2Bcreated_at`, `order_by=created_at`)},
		`§13.3 listProcesses guids={guid}&order_by=created_at: /pagination/first/href: target has "` + only + `&order_by=created_at&page=1&per_page=50", ` +
			`capisim has "` + only + `&order_by=%2Bcreated_at&page=1&per_page=50"`},
	{"status of a slash at the end", plant{"GET", one + "/", "", status(404)},
		`§1 getProcess slash at the end: status: target has 404, capisim has 200`},
	{"status of a HEAD", plant{"HEAD", one, "", status(405)}, `§1 HEAD /v3/processes/{guid}: status: target has 405, capisim has 200`},
	{"trace that does not come back", plant{"GET", one, "", without("X-B3-Traceid")},
		`§16 getProcess with a trace: header X-B3-Traceid: target has nothing, capisim has "463ac35c9f6413ad48485a3953bb6124"`},
	{"names with regard to case", plant{"GET", "/v3/apps?guids=" + web + "&names=SHOP", "", text(`"total_results":1`, `"total_results":0`)},
		`§13.1 listApps name in other letters: /pagination/total_results: target has 0, capisim has 1`},
	{"links of events", plant{"GET", "/v3/audit_events?types=capisim.drift&target_guids[not]=" + web, "", text(`%5Bnot%5D%5B%5D`, `%5Bnot%5D`)},
		`§19 listAuditEvents target_guids[not]=` + web + `: /pagination/first/href: target has "/v3/audit_events?page=1&per_page=50&target_guids%5Bnot%5D=` + web +
			`&types=capisim.drift", capisim has "/v3/audit_events?page=1&per_page=50&target_guids%5Bnot%5D%5B%5D=` + web + `&types=capisim.drift"`},
}

var _ = Describe("a planted deviation", func() {
	It("is found behind a proxy", func() {
		url := behind(start().URL, plant{"GET", one, "", text(`"type":"web"`, `"type":"web","color":"red"`)})
		report := run(drift.Target{URL: url, Token: "root-token", Process: web}, drift.Options{})
		Expect(lines(report)).To(Equal([]string{`§11 getProcess: /color: target has a string, capisim has no such key`}))
	})

	It("is found among all the others, and nothing else", func() {
		report := run(drift.Target{URL: start().URL, Token: "root-token", Process: web, HTTP: through(trips(deviations))}, drift.Options{})
		expectFound(report, deviations)
	})

	It("is found once when it is everywhere", func() {
		p := plant{"", "", "", without("Referrer-Policy")}
		report := run(drift.Target{URL: start().URL, Token: "root-token", Process: web, HTTP: through(p.trip)}, drift.Options{})
		Expect(lines(report)).To(Equal([]string{
			`§1 GET unknown collection: header Referrer-Policy: target has nothing, capisim has "strict-origin-when-cross-origin"`,
		}))
	})
})
