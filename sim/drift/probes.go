package drift

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"example.com/capisim/sim/contract"
)

// probe is a question and how its answers are compared.
type probe struct {
	name string // section of CONTRACT.md, then what is asked
	request
	// crowd says that others than the mirrored processes are in the answer:
	// only its form is compared.
	crowd bool
	// counts says that only the pagination is compared: what is listed are
	// things that the mirror does not have as the target has them.
	counts bool
	// after is the body of a PATCH that takes back what a change has left and
	// no answer shows.
	after string
}

// Guids and names that nothing has.
const (
	missing     = "00000000-0000-4000-8000-000000000d1f"
	missingType = "capisim-drift-no-such-type"
)

// badToken is a bearer token that nobody issued.
var badToken = authorization{header: "bearer capisim-drift-no-such-token"}

const jsonMedia = "application/json"

// book collects probes.
type book struct {
	seen   *subject
	probes []probe
}

// add notes a question. The section begins its name.
func (b *book) add(section, name string, r request) *probe {
	b.probes = append(b.probes, probe{name: "§" + section + " " + name, request: r})
	return &b.probes[len(b.probes)-1]
}

// get notes a question that reads with the caller's token.
func (b *book) get(section, name, path string) *probe { return b.add(section, name, get(path)) }

// readProbes are the questions that change nothing: they only read, or cannot
// pass authentication or routing. What the latter name does not exist either.
func readProbes(s *subject) []probe {
	b := &book{seen: s}
	b.routes()
	b.tokens()
	b.lookups()
	b.queries()
	if s.process != nil {
		b.shapes()
		b.pages()
		b.paths()
		b.lists()
	}
	return b.probes
}

// fill puts guids into a path of the operation table.
func fill(op *contract.Operation, guid, typ, index string) string {
	return strings.NewReplacer("{guid}", guid, "{type}", typ, "{index}", index).Replace(op.Path)
}

// routes are requests that no route takes (§1, §2).
func (b *book) routes() {
	unknown := []struct{ name, method, path string }{
		{"unknown collection", "GET", "/v3/capisim_drift"},
		{"unknown path below a process", "GET", "/v3/processes/" + missing + "/capisim_drift"},
		{"process_instances of an app's process", "GET", "/v3/apps/" + missing + "/processes/web/process_instances"},
		{"wrong method on the list", "POST", "/v3/processes"},
		{"wrong method on the list", "PATCH", "/v3/processes"},
		{"wrong method on a process", "PUT", "/v3/processes/" + missing},
		{"wrong method on a process", "DELETE", "/v3/processes/" + missing},
		{"wrong method on stats", "POST", "/v3/processes/" + missing + "/stats"},
		{"wrong method on an instance", "GET", "/v3/processes/" + missing + "/instances/0"},
		{"wrong method on scale", "GET", "/v3/processes/" + missing + "/actions/scale"},
		{"wrong method on an app's process", "PUT", "/v3/apps/" + missing + "/processes/web"},
	}
	for _, one := range unknown {
		b.add("1", one.method+" "+one.name, request{method: one.method, path: one.path, auth: ownToken})
	}
	b.add("2", "GET unknown collection without a token", request{method: http.MethodGet, path: "/v3/capisim_drift"})
	if b.seen.rooted {
		b.get("3", "GET //v3/processes", "//v3/processes").crowd = true
	}
}

// tokens ask each operation without a token that is worth anything (§2). They
// name what does not exist: a target that takes them loses nothing.
func (b *book) tokens() {
	kinds := []struct {
		name string
		auth authorization
	}{
		{"no token", noToken},
		{"token of another kind", authorization{header: "Basic Y2FwaXNpbTpkcmlmdA=="}},
		{"bearer without a token", authorization{header: "bearer"}},
		{"malformed token", authorization{header: "bearer capisim drift"}},
		{"invalid token", badToken},
	}
	for _, op := range contract.ProcessOperations() {
		for _, kind := range kinds {
			b.add("2", op.ID+" "+kind.name, request{method: op.Method, path: nowhere(op), auth: kind.auth})
		}
		if op.Request != "" {
			b.add("3", op.ID+" no token and a broken body",
				request{method: op.Method, path: nowhere(op), media: jsonMedia, body: "{"})
		}
	}
}

// nowhere is a path of the operation that leads to nothing.
func nowhere(op *contract.Operation) string {
	path := fill(op, missing, "web", "0")
	if path == op.Path {
		path += "?guids=" + missing
	}
	return path
}

// lookups ask for what does not exist, or hold two faults of which the
// contract says which one is reported (§3).
func (b *book) lookups() {
	for _, op := range contract.ProcessOperations() {
		if op.Method != http.MethodGet || !strings.Contains(op.Path, "{guid}") {
			continue
		}
		b.get("3", op.ID+" missing guid", fill(op, missing, "web", "0"))
		b.get("3", op.ID+" missing guid and an unknown parameter", fill(op, missing, "web", "0")+"?capisim_drift=1")
		if b.seen.twins && strings.Contains(op.Path, "{type}") {
			b.get("3", op.ID+" missing type", fill(op, b.seen.appGUID(), missingType, "0"))
		}
	}
	b.get("3", "getProcess guid that is not a uuid", "/v3/processes/capisim-drift")
}

// shapes are the successes of the operations that read (§11 to §14).
func (b *book) shapes() {
	guid := b.seen.guid()
	embed := "?embed=process_instances"
	b.get("11", "getProcess", "/v3/processes/"+guid)
	b.get("14.2", "getProcess"+embed, "/v3/processes/"+guid+embed)
	b.get("14.1", "getProcessStats", "/v3/processes/"+guid+"/stats")
	b.get("13.1", "getProcessStats ignores its query", "/v3/processes/"+guid+"/stats?capisim_drift=1")
	b.get("14.2", "listProcessInstances", "/v3/processes/"+guid+"/process_instances")
	b.get("13.1", "listProcessInstances ignores its query", "/v3/processes/"+guid+"/process_instances?capisim_drift=1")
	if b.seen.twins {
		nested := b.seen.nested()
		b.get("11", "getProcessForApp", nested)
		b.get("14.2", "getProcessForApp"+embed, nested+embed)
		b.get("14.1", "getProcessStatsForApp", nested+"/stats")
	}
	b.get("12", "listProcesses", "/v3/processes").crowd = true
	b.get("13.3", "listProcesses per_page=1", "/v3/processes?per_page=1").crowd = true
	b.get("12", "listAppProcesses", "/v3/apps/"+b.seen.appGUID()+"/processes").crowd = true
}

// paths are ways to write a path that mean the same, or that do not (§1, §14.3).
func (b *book) paths() {
	one := "/v3/processes/" + b.seen.guid()
	only := "?guids=" + b.seen.guid()
	b.get("14.3", "getProcess .json", one+".json")
	b.get("14.3", "getProcessStats .json", one+"/stats.json")
	b.get("14.3", "listProcesses .json", "/v3/processes.json"+only)
	b.get("1", "getProcess slash at the end", one+"/")
	b.get("1", "listProcesses slash at the end", "/v3/processes/"+only)
	b.get("1", "getProcess double slash", "/v3//processes/"+b.seen.guid())
	b.get("1", "getProcessStats double slash", one+"//stats")
	for _, path := range []string{one, "/v3/processes" + only, one + "/stats", "/v3/processes/" + missing, "/v3/capisim_drift"} {
		name := strings.ReplaceAll(strings.ReplaceAll(path, b.seen.guid(), "{guid}"), missing, "{missing}")
		b.add("1", "HEAD "+name, request{method: http.MethodHead, path: path, auth: ownToken})
	}
	b.add("16", "getProcess with an id of the client's",
		request{method: http.MethodGet, path: one, auth: ownToken, traceID: "capisim_drift-1 !/"})
	b.add("16", "getProcess with a trace", request{method: http.MethodGet, path: one, auth: ownToken, traced: true})
}

// lists are those beside the processes whose counts and links are known (§13.1,
// §19): apps by their name in other letters, events and revisions.
func (b *book) lists() {
	app := b.seen.appGUID()
	if name := swapped(b.seen.appName); name != "" {
		b.get("13.1", "listApps name in other letters", "/v3/apps?guids="+app+"&names="+url.QueryEscape(name)).counts = true
	}
	for _, query := range []string{"target_guids=" + app, "target_guids[not]=" + app, "types"} {
		b.get("19", "listAuditEvents "+query, "/v3/audit_events?types=capisim.drift&"+query).counts = true
	}
	b.get("19", "listAppRevisions versions=0", "/v3/apps/"+app+"/revisions?versions=0").counts = true
}

// swapped is a name with its letters in the other case; a comma would part it.
func swapped(name string) string {
	if strings.Contains(name, ",") {
		return ""
	}
	return strings.Map(func(c rune) rune {
		if unicode.IsUpper(c) {
			return unicode.ToLower(c)
		}
		return unicode.ToUpper(c)
	}, name)
}
