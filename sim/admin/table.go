package admin

import (
	"net/http"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/openapi"
	"example.com/capisim/sim/report"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/state"
)

const (
	get    = http.MethodGet
	put    = http.MethodPut
	post   = http.MethodPost
	patch  = http.MethodPatch
	remove = http.MethodDelete
)

// Query parameters that several routes know.
var (
	reportKind = []string{"format", "worlds"}
	filters    = []string{"operation", "status", "injected", "rule", "user", "since", "after", "q"}
)

// What routes answer in, beside JSON alone.
var (
	jsonOnly  = []string{"application/json"}
	documents = []string{"application/json", "application/yaml"}
	pages     = []string{"text/html"}
	reports   = mediaTypes(report.Formats())
)

// routes is the admin API (DESIGN.md §7). A new resource is a row here and a
// function.
var routes []*route

// The rows are set when the program starts and not where routes is declared:
// handlers lead back to the table.
func init() {
	routes = []*route{
		{method: get, path: "/admin", summary: "The world at a glance",
			answers: openapi.Of[client.Overview](), handle: (*call).overview},
		{method: get, path: "/admin/operations", summary: "The operation table, with the errors of each status", query: pageParameters,
			answers: openapi.Of[OperationList](), handle: (*call).operations},
		{method: get, path: "/admin/scenarios", summary: "The scenarios that can be loaded", query: pageParameters,
			answers: openapi.Of[client.List[scenario.Info]](), handle: (*call).scenarios},

		{method: get, path: "/admin/faults", summary: "The fault rules with their counters, the newest first", query: pageParameters,
			answers: openapi.Of[client.List[fault.Status]](), handle: (*call).listFaults},
		{method: post, path: "/admin/faults", summary: "Add one rule or a list of rules, all or none", body: `{"id":"conflict-twice","match":{"operations":["updateProcess"]},"when":{"times":2},"respond":{"status":409}}`,
			noted: true, takes: openapi.OneOf(openapi.File("fault-rule"), openapi.ListOf(openapi.File("fault-rule"))), answers: openapi.OneOf(openapi.Of[fault.Status](), openapi.Of[client.List[fault.Status]]()), statuses: []int{201}, handle: (*call).addFaults},
		{method: remove, path: "/admin/faults", summary: "Remove all rules", noted: true, handle: (*call).clearFaults},
		{method: post, path: "/admin/faults/check", summary: "Say what is wrong with rules, and which of the last 50 requests they would have been about, without setting them", body: `{"match":{"operations":["updateProcess"]},"respond":{"status":409}}`,
			takes: openapi.OneOf(openapi.File("fault-rule"), openapi.ListOf(openapi.File("fault-rule"))), answers: openapi.Of[client.RuleCheck](), handle: (*call).checkFaults},
		{method: post, path: "/admin/faults/explain", summary: "Say what each rule, and the contract, would do with a request", body: `{"method":"PATCH","path":"/v3/processes/c1000000-0000-4000-8000-000000000001","headers":{"Authorization":"bearer developer"},"body":{"command":"x"}}`,
			takes: openapi.Part("admin", "/$defs/explain"), answers: openapi.Of[client.Explanation](), handle: (*call).explainRequest},
		{method: post, path: "/admin/faults/order", summary: "Let rules decide in another order, the first named first; those named share out their places", body: `{"ids":[]}`,
			noted: true, takes: openapi.Part("admin", "/$defs/order"), answers: openapi.Of[client.List[fault.Status]](), handle: (*call).orderFaults},
		{method: get, path: "/admin/faults/{id}", summary: "One rule with its counters",
			answers: openapi.Of[fault.Status](), handle: (*call).getFault},
		{method: get, path: "/admin/faults/{id}/explain", summary: "Say why a rule has not fired, by the last 50 requests",
			answers: openapi.Of[client.RuleExplanation](), handle: (*call).explainRule},
		{method: put, path: "/admin/faults/{id}", summary: "Set or replace one rule; its counters start again", body: `{"match":{"operations":["scaleProcess"]},"respond":{"status":503}}`,
			noted: true, takes: openapi.File("fault-rule"), answers: openapi.Of[fault.Status](), handle: (*call).putFault},
		{method: patch, path: "/admin/faults/{id}", summary: "Change a rule by a JSON merge patch", body: `{"enabled":false}`,
			noted: true, takes: openapi.Part("admin", "/$defs/merge-patch"), answers: openapi.Of[fault.Status](), handle: (*call).patchFault},
		{method: remove, path: "/admin/faults/{id}", summary: "Remove one rule", noted: true, handle: (*call).deleteFault},
		{method: put, path: "/admin/faults/{operation}/{status}", summary: "Make an operation answer a status", body: `{"when":{"times":2}}`,
			noted: true, takes: openapi.Part("admin", "/$defs/toggle"), answers: openapi.Of[fault.Status](), handle: (*call).setToggle},
		{method: remove, path: "/admin/faults/{operation}/{status}", summary: "Let the operation answer normally again", noted: true, handle: (*call).clearToggle},

		{method: get, path: "/admin/state", summary: "The world as a scenario document", query: []string{"format"},
			answers: openapi.File("scenario"), media: documents, handle: (*call).getState},
		{method: put, path: "/admin/state", summary: "Replace the world by a scenario document", body: `{"name":"mine","apps":[{"name":"demo"}]}`,
			takes: openapi.File("scenario"), answers: openapi.File("scenario"), handle: (*call).putState},
		{method: post, path: "/admin/reset", summary: "Bring the world, or parts of it, back to its scenario", body: `{"only":["state","faults"]}`,
			takes: openapi.Part("admin", "/$defs/reset"), answers: openapi.Of[client.Overview](), handle: (*call).reset},
		{method: post, path: "/admin/load", summary: "Load another scenario into the world", body: `{"scenario":"outage"}`,
			takes: openapi.Part("admin", "/$defs/load"), answers: openapi.Of[client.Overview](), handle: (*call).load},
		{method: get, path: "/admin/processes", summary: "The processes with the states of their instances", query: withPages("q", "state"),
			answers: openapi.Of[client.List[ProcessSummary]](), handle: (*call).listProcesses},
		{method: get, path: "/admin/processes/{guid}", summary: "One process in the scenario form",
			answers: openapi.Of[ProcessView](), handle: (*call).getProcess},
		{method: put, path: "/admin/processes/{guid}", summary: "Create or replace a process", body: `{"type":"web","instances":3}`,
			noted: true, takes: openapi.Part("admin", "/$defs/process"), answers: openapi.Of[ProcessView](), handle: (*call).putProcess},
		{method: patch, path: "/admin/processes/{guid}", summary: "Force any field of a process", body: `{"instances":3,"metadata":{"labels":{"env":"prod"}}}`,
			noted: true, takes: openapi.Part("admin", "/$defs/process"), answers: openapi.Of[ProcessView](), handle: (*call).patchProcess},
		{method: remove, path: "/admin/processes/{guid}", summary: "Remove a process", noted: true, handle: (*call).deleteProcess},
		{method: get, path: "/admin/processes/{guid}/instances", summary: "The instances of a process", query: pageParameters,
			answers: openapi.Of[client.List[InstanceView]](), handle: (*call).listInstances},
		{method: put, path: "/admin/processes/{guid}/instances/{index}", summary: "Hold an instance in a state", body: `{"state":"CRASHED","details":"out of memory"}`,
			noted: true, takes: openapi.Part("admin", "/$defs/instance"), answers: openapi.Of[InstanceView](), handle: (*call).forceInstance},
		{method: remove, path: "/admin/processes/{guid}/instances/{index}", summary: "Give an instance back to the lifecycle", noted: true, handle: (*call).releaseInstance},
		{method: post, path: "/admin/processes/{guid}/instances/{index}/restart", summary: "End an instance, which the platform replaces", noted: true,
			answers: openapi.Of[InstanceView](), handle: (*call).restartInstance},
		{method: get, path: "/admin/apps/{guid}", summary: "State of an app",
			answers: openapi.Of[AppView](), handle: (*call).getApp},
		{method: patch, path: "/admin/apps/{guid}", summary: "Start or stop an app, begin or end a deployment", body: `{"state":"STOPPED"}`,
			noted: true, takes: openapi.Part("admin", "/$defs/app"), answers: openapi.Of[AppView](), handle: (*call).patchApp},
		{method: get, path: "/admin/features", summary: "The feature flags",
			answers: openapi.Of[state.Features](), handle: (*call).getFeatures},
		{method: patch, path: "/admin/features", summary: "Change feature flags", body: `{"app_scaling":false}`,
			noted: true, takes: openapi.Part("admin", "/$defs/features"), answers: openapi.Of[state.Features](), handle: (*call).patchFeatures},
		{method: get, path: "/admin/platform", summary: "How what the Cloud Controller leans on is doing",
			answers: openapi.Of[client.Platform](), handle: (*call).getPlatform},
		{method: patch, path: "/admin/platform", summary: "Break parts of the platform; null mends one", body: `{"diego":"down"}`,
			noted: true, takes: openapi.Part("scenario", "/properties/platform"), answers: openapi.Of[client.Platform](), handle: (*call).patchPlatform},
		{method: get, path: "/admin/quotas", summary: "The quotas in force",
			answers: openapi.Of[quotasJSON](), handle: (*call).getQuotas},
		{method: put, path: "/admin/quotas", summary: "Replace all quotas", body: `{"organizations":{"demo-org":{"total_memory_in_mb":1024}}}`,
			noted: true, takes: openapi.Part("scenario", "/properties/quotas"), answers: openapi.Of[quotasJSON](), handle: (*call).putQuotas},
		{method: get, path: "/admin/users", summary: "The users of the world, and its clients of UAA", query: pageParameters,
			answers: openapi.Of[client.List[UserView]](), handle: (*call).listUsers},
		{method: post, path: "/admin/tokens/expire", summary: "End the access tokens that were issued, on demand the refresh tokens too", body: `{"refresh": true}`, noted: true, takes: openapi.Part("admin", "/$defs/expire"), answers: openapi.Of[TokensView](), handle: (*call).expireTokens},

		{method: get, path: "/admin/worlds", summary: "All worlds, the default one first", query: pageParameters, rootOnly: true,
			answers: openapi.Of[client.List[client.WorldView]](), handle: (*call).listWorlds},
		{method: post, path: "/admin/worlds", summary: "Create a world", body: `{"name":"blue","scenario":"default","ttl":"10m"}`,
			rootOnly: true,
			takes:    openapi.Part("admin", "/$defs/world"), answers: openapi.Of[client.WorldView](), statuses: []int{201}, handle: (*call).createWorld},
		{method: get, path: "/admin/worlds/{name}", summary: "One world", rootOnly: true,
			answers: openapi.Of[client.WorldView](), handle: (*call).getWorld},
		{method: put, path: "/admin/worlds/{name}", summary: "Create a world under this name, unless it is there", rootOnly: true, body: `{"scenario":"default","ttl":"10m"}`,
			takes: openapi.Part("admin", "/$defs/world"), answers: openapi.Of[client.WorldView](), statuses: []int{201, 200}, handle: (*call).putWorld},
		{method: remove, path: "/admin/worlds/{name}", summary: "End a world", rootOnly: true, handle: (*call).deleteWorld},

		{method: get, path: "/admin/clock", summary: "The world's clock",
			answers: openapi.Of[client.ClockState](), handle: (*call).getClock},
		{method: put, path: "/admin/clock", summary: "Freeze, resume or set the clock", body: `{"mode":"frozen","now":"2026-01-01T00:00:00Z"}`,
			noted: true, takes: openapi.Part("admin", "/$defs/clock"), answers: openapi.Of[client.ClockState](), handle: (*call).putClock},
		{method: post, path: "/admin/clock/advance", summary: "Move the clock forward", body: `{"by":"30s"}`,
			noted: true, takes: openapi.Part("admin", "/$defs/advance"), answers: openapi.Of[client.ClockState](), handle: (*call).advanceClock},
		{method: get, path: "/admin/clock/windows", summary: "When each fault rule can fire, on the world's clock", query: pageParameters,
			answers: openapi.Of[client.List[fault.Window]](), handle: (*call).listWindows},

		{method: get, path: "/admin/requests", summary: "The journal, newest first", query: withPages(filters...),
			answers: openapi.Of[client.Requests](), handle: (*call).listRequests},
		{method: post, path: "/admin/requests", summary: "Send a request to the world with the token of a user; the answer comes when it is no longer held back", body: `{"method":"PATCH","path":"/v3/processes/c1000000-0000-4000-8000-000000000001","body":{"command":"x"},"user":"developer"}`,
			takes: openapi.Part("admin", "/$defs/send"), answers: openapi.Of[journal.View](), statuses: []int{201}, handle: (*call).sendRequest},
		{method: remove, path: "/admin/requests", summary: "Empty the journal; coverage and reactions stay", handle: (*call).clearRequests},
		{method: get, path: "/admin/requests/unmatched", summary: "Requests that met no operation, and why", query: withPages(filters...),
			answers: openapi.Of[client.Requests](), handle: (*call).listUnmatched},
		{method: post, path: "/admin/requests/verify", summary: "Ask whether requests were made: 200 if met, 417 if not", body: `{"match":{"operations":["updateProcess"]},"count":{"at_most":3}}`,
			takes: openapi.Part("admin", "/$defs/verify"), answers: openapi.Of[journal.Verified](), statuses: []int{200, 417}, handle: (*call).verify},
		{method: get, path: "/admin/requests/{id}", summary: "One request",
			answers: openapi.Of[journal.View](), handle: (*call).getRequest},
		{method: get, path: "/admin/coverage", summary: "Which documented answers clients have met", query: reportKind,
			answers: openapi.Of[journal.Matrix](), media: reports, handle: (*call).coverage},
		{method: remove, path: "/admin/coverage", summary: "Clear coverage and reactions", handle: (*call).clearCoverage},
		{method: get, path: "/admin/reactions", summary: "What clients did about injected faults", query: reportKind,
			answers: openapi.Of[journal.ReactionReport](), media: reports, handle: (*call).reactions},
		{method: get, path: "/admin/expectations", summary: "How the scenario's expectations fared", query: reportKind,
			answers: openapi.Of[journal.Judgement](), media: reports, handle: (*call).expectations},
		{method: post, path: "/admin/expectations", summary: "Judge a posted document without keeping it", body: `{"expectations":[{"covers":{"operation":"getProcess","status":200}}]}`,
			query: reportKind,
			takes: openapi.Part("admin", "/$defs/expectations"), answers: openapi.Of[journal.Judgement](), media: reports, handle: (*call).judge},
		{method: get, path: "/admin/export", summary: "The journal as HAR or Pact", query: []string{"format", "consumer", "provider"}, handle: (*call).export},
		{method: get, path: "/admin/bundle", summary: "The world as it was when its journal began, and all that happened since, as one file", media: []string{"application/gzip"}, handle: (*call).bundle},
		{method: get, path: "/admin/events", summary: "Server-sent events: request, fault, state, clock, scenario", media: []string{"text/event-stream"}, handle: (*call).events},

		{method: get, path: "/admin/docs", summary: "The reference as one page", open: true, media: pages, handle: (*call).getDocs},
		{method: get, path: "/admin/docs/{page}", summary: "One page of the documentation", open: true, media: pages, handle: (*call).getDocsPage},
		{method: get, path: "/admin/openapi.json", summary: "This API as OpenAPI 3.1", open: true,
			media: jsonOnly, handle: (*call).getOpenAPI},
		{method: get, path: "/admin/schemas/{name}", summary: "A JSON schema, such as scenario or fault-rule", open: true, media: []string{"application/schema+json"}, handle: (*call).getSchema},
	}
	for _, r := range routes {
		r.segments = split(r.path)
		if r.statuses == nil {
			r.statuses = []int{http.StatusOK}
			if r.method == remove {
				r.statuses = []int{http.StatusNoContent}
			}
		}
		if r.media == nil {
			r.media = jsonOnly
		}
	}
}
