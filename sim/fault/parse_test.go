package fault_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"example.com/capisim/schemas"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/socket"
)

// sample is the rule of DESIGN.md §6, with every key of the language.
const sample = `{"id": "conflict-twice", "description": "optional",
 "match": {"operations": ["updateProcess"], "process": {"guid": "", "type": "web", "labels": "env=prod"}, "app": "demo", "user": "developer",
           "headers": {"User-Agent": {"contains": "cf/"}}, "query": {}, "body": {"/instances": {"gt": 10}}},
 "when": {"skip": 1, "times": 2, "probability": 0.3, "from": "10s", "until": "40s"},
 "respond": {"status": 409, "error": "CF-Conflict", "detail": "", "headers": {"Retry-After": "3"}},
 "sequence": [{"status": 503}, {"status": 503}, {"pass": true}], "repeat": "last",
 "delay": {"fixed": "200ms"},
 "connection": {"kind": "drip", "bytes_per_second": 512},
 "apply": "before", "undocumented": false, "enabled": true}`

func TestParseRulesTakesTheSample(t *testing.T) {
	t.Parallel()
	if _, problems := fault.ParseRules([]byte(sample)); len(problems) > 0 {
		t.Fatal(problems)
	}
}

// comparisonsOf lists the comparisons of a matcher as the schema has them.
func comparisonsOf(t *testing.T) (names []string) {
	t.Helper()
	text, _ := schemas.Text("fault-rule")
	root, err := document.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	inside, _ := root.At([]string{"$defs", "matcher", "then", "properties"})
	for _, member := range inside.Members {
		names = append(names, member.Key)
	}
	return names
}

func TestParseRulesNamesEveryProblem(t *testing.T) {
	t.Parallel()
	kinds := `"` + strings.Join(socket.Names(), `", "`) + `"`
	const update = `"match":{"operations":["updateProcess"]}`
	comparisons := comparisonsOf(t)
	for _, test := range []struct{ name, rule, want string }{
		{"no JSON", `{"id":`, `1:7: not JSON: unexpected end of JSON input`},
		{"two documents", `{} {}`, `1:4: not JSON: invalid character '{' after top-level value`},
		{"not UTF-8", "{\"id\":\"\xff\"}", `1:8: byte 0xff, expected UTF-8`},
		{"null", `null`, `null, expected a rule with at least one of respond, sequence, delay, connection`},
		{"a text", `"x"`, `"x", expected a rule with at least one of respond, sequence, delay, connection`},
		{"a long text", `{"apply":"` + strings.Repeat("é", 50) + `x","delay":{"fixed":"1s"}}`, `/apply: a string of 51 characters, expected one of "before", "after"`},
		{"cut between letters", `{"apply":"x` + strings.Repeat("é", 50) + `","delay":{"fixed":"1s"}}`, `/apply: a string of 51 characters, expected one of "before", "after"`},
		{"a list in a list", `[[]]`, `/0: an empty array, expected a rule with at least one of respond, sequence, delay, connection`},
		{"nothing to do", `{}`, `an empty object, expected a rule with at least one of respond, sequence, delay, connection`},
		{"unknown key", `{"delay":{"fixed":"1s"},"whne":{}}`, `/whne: unknown key "whne", did you mean "when"?`},
		{"key in another case", `{"delay":{"fixed":"1s"},"ID":"x"}`, `/ID: unknown key "ID", did you mean "id"?`},
		{"key twice", `{"delay":{"fixed":"1s"},"id":"a","id":"b"}`, `/id: key "id" appears twice, first at 1:25`},
		{"typo of the effect tells one thing", `{"respnd":{"status":503}}`, `/respnd: unknown key "respnd", did you mean "respond"?`},
		{"types", `{"id":{},"enabled":"yes","respond":{"status":"409"},"when":{"times":1.5,"probability":"x"}}`,
			"/enabled: \"yes\", expected true or false\n/id: an empty object, expected a name of letters, digits, blanks and _ . : @ ~ -\n/respond/status: \"409\", expected an integer from 200 to 599\n/when/probability: \"x\", expected a number from 0 to 1\n/when/times: 1.5, expected an integer from 1 to 2147483647"},
		{"types and meaning at once", `{"id":[],"respond":{"status":503},"when":{"times":0}}`, "/id: an empty array, expected a name of letters, digits, blanks and _ . : @ ~ -\n/when/times: 0, expected an integer from 1 to 2147483647"},
		{"null is not an object", `{"respond":{"status":503},"when":null}`, `/when: null, expected an object`},
		{"id", `{"id":"a/b","delay":{"fixed":"1s"}}`, `/id: "a/b", expected a name of letters, digits, blanks and _ . : @ ~ -`},
		{"list", `[{"delay":{"fixed":"1s"}},{"respond":{"status":503},"when":{"times":0}}]`, `/1/when/times: 0, expected an integer from 1 to 2147483647`},
		{"same id", `[{"id":"a","delay":{"fixed":"1s"}},{"id":"a","delay":{"fixed":"1s"}}]`, `/1/id: "a", expected an id that no other rule of the list has: rule 0 has it`},

		{"operation", `{"match":{"operations":["updateProces"]},"respond":{"status":503}}`, `/match/operations/0: "updateProces", did you mean "updateProcess"?`},
		{"remote", `{"match":{"remote":"localhost"},"respond":{"status":503}}`, `/match/remote: "localhost", expected an address or a network such as 10.0.0.0/8`},
		{"remote network", `{"match":{"remote":"10.0.0.0/33"},"respond":{"status":503}}`, `/match/remote: "10.0.0.0/33", expected an address or a network such as 10.0.0.0/8`},
		{"no operation", `{"match":{"operations":[]},"respond":{"status":503}}`, "/match/operations: an empty array, expected an array of at least 1 item"},
		{"labels", `{"match":{"process":{"labels":"a = b"}},"respond":{"status":503}}`, `/match/process/labels: "a = b", expected a label selector: CF-BadQueryParameter: The query parameter is invalid: Invalid label_selector value`},
		{"header name", `{"match":{"headers":{"User Agent":"x"}},"respond":{"status":503}}`, `/match/headers/User Agent: key "User Agent", expected the name of a header`},
		{"parameter name", `{"match":{"query":{"":"x"}},"respond":{"status":503}}`, `/match/query/: key "", expected the name of a parameter`},
		{"pointer", `{"match":{"body":{"instances":1}},"respond":{"status":503}}`, `/match/body/instances: key "instances", expected a JSON pointer such as /health_check/data/timeout`},
		{"pointer escape", `{"match":{"body":{"/a~2":1}},"respond":{"status":503}}`, `/match/body/~1a~02: key "/a~2", expected a JSON pointer such as /health_check/data/timeout`},
		{"body that is not taken", `{"match":{"operations":["getProcess"],"body":{"/command":"x"}},"respond":{"status":503}}`, `/match/body/~1command: "/command", expected a place that a body can have: getProcess takes no body`},
		{"bodies that are not taken", `{"match":{"operations":["getProcess","startApp","createToken"],"body":{"/a/b":"x"}},"respond":{"status":503}}`, `/match/body/~1a~1b: "/a/b", expected a place that a body can have: getProcess takes no body, startApp takes no body, createToken takes a form, whose fields have no parts`},
		{"key that is dropped", `{"match":{"operations":["updateProcess"],"body":{"/_method":"x"}},"respond":{"status":503}}`, `/match/body/~1_method: "/_method", expected a place that a body can have: "_method" is dropped before updateProcess sees it`},
		{"pattern", `{"match":{"query":{"a":{"matches":"("}}},"respond":{"status":503}}`, "/match/query/a/matches: \"(\", expected a regular expression (RE2): error parsing regexp: missing closing ): `(`"},
		{"long pattern", `{"match":{"body":{"/command":{"matches":"` + strings.Repeat("a", 1001) + `"}}},"respond":{"status":503}}`, "/match/body/~1command/matches: \"" + strings.Repeat("a", 40) + "...\", expected a regular expression (RE2) of at most 1000 bytes, found 1001"},
		{"costly pattern", `{"match":{"body":{"/command":{"matches":"(x{50}){20}|(y{50}){20}"}}},"respond":{"status":503}}`, "/match/body/~1command/matches: \"(x{50}){20}|(y{50}){20}\", expected a regular expression (RE2) of at most 1024 steps, found 2083: repeat less in {}"},
		{"unknown comparison", `{"match":{"query":{"a":{"ge":1}}},"respond":{"status":503}}`, `/match/query/a/ge: unknown key "ge", expected one of ` + strings.Join(document.QuoteAll(comparisons), ", ")},
		{"no comparison", `{"match":{"query":{"a":{}}},"respond":{"status":503}}`, `/match/query/a: an empty object, expected at least one of ` + strings.Join(comparisons, ", ")},
		{"in nothing", `{"match":{"query":{"a":{"in":[]}}},"respond":{"status":503}}`, `/match/query/a/in: an empty array, expected an array of at least 1 item`},
		{"absent and equal", `{"match":{"query":{"a":{"exists":false,"equals":1}}},"respond":{"status":503}}`, `/match/query/a: an object, expected no other comparison beside exists: false, a value that is not there has none`},

		{"skip", `{"respond":{"status":503},"when":{"skip":-1}}`, `/when/skip: -1, expected an integer from 0 to 2147483647`},
		{"probability", `{"respond":{"status":503},"when":{"probability":1.5}}`, `/when/probability: 1.5, expected a number from 0 to 1`},
		{"from", `{"respond":{"status":503},"when":{"from":"-1s"}}`, `/when/from: "-1s", expected a duration that is not negative, such as 200ms or 1m30s`},
		{"until", `{"respond":{"status":503},"when":{"from":"10s","until":"10s"}}`, `/when/until: 10s, expected a moment after from (10s)`},
		{"until zero", `{"respond":{"status":503},"when":{"until":"0s"}}`, `/when/until: "0s", expected a duration above zero, such as 200ms or 1m30s`},
		{"duration too long", `{"respond":{"status":503},"when":{"from":"999999999h"}}`, `/when/from: "999999999h", expected a duration of at most 2562047h`},
		{"duration", `{"respond":{"status":503},"when":{"from":10}}`, `/when/from: 10, expected a duration that is not negative, such as 200ms or 1m30s`},

		{"status missing", `{` + update + `,"respond":{}}`, `/respond/status: missing, expected an integer from 200 to 599`},
		{"status out of range", `{"respond":{"status":99}}`, `/respond/status: 99, expected an integer from 200 to 599`},
		{"status unknown", `{"match":{"operations":["getProcess"]},"respond":{"status":409}}`, `/respond/status: 409, expected a status that getProcess can answer (200, 400, 401, 403, 404, 429, 500, 502, 503), or "undocumented": true; getProcess cannot answer 409`},
		{"status not common", `{"match":{"operations":["getProcess","updateProcess"]},"respond":{"status":422}}`, `/respond/status: 422, expected a status that every operation of the rule can answer (200, 400, 401, 403, 404, 429, 500, 502, 503), or "undocumented": true; getProcess cannot answer 422`},
		{"error", `{` + update + `,"respond":{"status":409,"error":"CF-Nope"}}`, `/respond/error: "CF-Nope", expected one of CF-Conflict (the errors of 409), or "undocumented": true`},
		{"error of another status", `{` + update + `,"respond":{"status":401,"error":"CF-Conflict"}}`, `/respond/error: "CF-Conflict", expected one of CF-NotAuthenticated, CF-InvalidAuthToken (the errors of 401), or "undocumented": true`},
		{"error not common", `{"match":{"operations":["getProcess","getProcessForApp"]},"respond":{"status":404,"error":"CF-Conflict"}}`, `/respond/error: "CF-Conflict", expected one of CF-ResourceNotFound, CF-NotFound (the errors of 404), or "undocumented": true`},
		{"error of a success", `{` + update + `,"respond":{"status":200,"error":"CF-Conflict"}}`, `/respond/error: "CF-Conflict", expected no error: 200 is a success`},
		{"error and body", `{` + update + `,"respond":{"status":409,"error":"CF-Conflict","body":{"errors":[{"detail":"d","title":"CF-X","code":1}]}}}`, `/respond/error: "CF-Conflict", expected an error or a body, not both`},
		{"detail without error", `{` + update + `,"respond":{"status":200,"detail":"d"}}`, `/respond/detail: "d", expected an answer with an error to carry it`},
		{"body of a 204", `{"match":{"operations":["terminateProcessInstance"]},"respond":{"status":204,"body":{}}}`, `/respond/body: an empty object, expected no body: the 204 of terminateProcessInstance has none, or "undocumented": true`},
		{"retry after", `{"respond":{"status":503,"headers":{"retry-after":"soon"}}}`, `/respond/headers/retry-after: "soon", expected whole seconds or an HTTP date, or "undocumented": true`},
		{"header twice", `{"respond":{"status":503,"headers":{"A-B":"1","a-b":"2"}}}`, `/respond/headers/a-b: "a-b", expected each header once: "A-B" is the same`},
		{"header value", `{"respond":{"status":503,"headers":{"A":"1\n2"}}}`, `/respond/headers/A: "1\n2", expected a text without control characters, a number, a list of them or null`},
		{"response header name", `{"respond":{"status":503,"headers":{"A:":"1"}}}`, `/respond/headers/A:: key "A:", expected the name of a header`},
		{"header without values", `{"respond":{"status":503,"headers":{"A":[]}}}`, `/respond/headers/A: an empty array, expected a text without control characters, a number, a list of them or null`},
		{"one of several values", `{"respond":{"status":503,"headers":{"A":["1","2\n"]}}}`, `/respond/headers/A/1: "2\n", expected a text without control characters or a number`},
		{"header that is an object", `{"respond":{"status":503,"headers":{"A":{}}}}`, `/respond/headers/A: an empty object, expected a text without control characters, a number, a list of them or null`},
		{"null among values", `{"respond":{"status":503,"headers":{"A":["1",null]}}}`, `/respond/headers/A/1: null, expected a text without control characters or a number`},
		{"no framing", `{"respond":{"status":503,"headers":{"Transfer-Encoding":null}}}`, `/respond/headers/Transfer-Encoding: "Transfer-Encoding", expected no framing header: a connection fault (truncate, drip) breaks an answer off`},
		{"framing", `{"respond":{"status":503,"headers":{"Content-Length":"1"}}}`, `/respond/headers/Content-Length: "Content-Length", expected no framing header: a connection fault (truncate, drip) breaks an answer off`},
		{"undocumented error must exist", `{"undocumented":true,"respond":{"status":418,"error":"CF-Teapot"}}`, `/respond/error: "CF-Teapot", expected one of ` + allTitles()},

		{"sequence", `{"sequence":[]}`, `/sequence: an empty array, expected an array of at least 1 item`},
		{"repeat", `{"sequence":[{"status":503}],"repeat":"twice"}`, `/repeat: "twice", expected one of "last", "cycle", "none"`},
		{"step", `{"sequence":[{}]}`, `/sequence/0: nothing to do, expected a status, a connection or pass, or a respond of the rule for the step to use`},
		{"pass and status", `{"sequence":[{"pass":true,"status":503}]}`, `/sequence/0/status: key "status", expected nothing beside pass: true, which leaves the request to the next rule`},
		{"step status", `{` + update + `,"sequence":[{"status":503},{"status":418}]}`, `/sequence/1/status: 418, expected a status that updateProcess can answer (200, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503), or "undocumented": true; updateProcess cannot answer 418`},
		{"step delay", `{"sequence":[{"delay":{"fixed":"1s"}}]}`, `/sequence/0/delay: unknown key "delay", expected one of "status", "error", "detail", "headers", "body", "file", "connection", "pass"`},

		{"kind", `{"connection":"slow"}`, `/connection: "slow", expected one of ` + kinds},
		{"nearly a kind", `{"connection":"rest"}`, `/connection: "rest", did you mean "reset"?`},
		{"key of an inner object", `{"times":2,"status":503,"user":"x","from":"1s"}`, `/from: unknown key "from", did you mean "when.from"?` + "\n" +
			`/status: unknown key "status", did you mean "respond.status" or "sequence[].status"?` + "\n" +
			`/times: unknown key "times", did you mean "when.times"?` + "\n" + `/user: unknown key "user", did you mean "match.user" or "meanwhile[].user"?`},
		{"guesses", `{"match":{"op":["getProcess"]},"when":{"for":"1s","after":"2s","count":1},"respond":{"status_code":503}}`,
			`/match/op: unknown key "op", did you mean "operations"?` + "\n" + `/respond/status: missing, expected an integer from 200 to 599` + "\n" +
				`/respond/status_code: unknown key "status_code", did you mean "status"?` + "\n" + `/when/after: unknown key "after", did you mean "from"?` + "\n" +
				`/when/count: unknown key "count", did you mean "times"?` + "\n" + `/when/for: unknown key "for", did you mean "until"?`},
		{"kind missing", `{"connection":{"for":"1s"}}`, `/connection/kind: missing, expected one of ` + kinds},
		{"rate", `{"connection":{"kind":"drip","bytes_per_second":0}}`, `/connection/bytes_per_second: 0, expected an integer from 1 to 2147483647`},
		{"rate of a reset", `{"connection":{"kind":"reset","bytes_per_second":1}}`, `/connection/kind: "reset", expected drip, the only one that takes bytes_per_second`},
		{"after bytes", `{"connection":{"kind":"truncate","after_bytes":-1}}`, `/connection/after_bytes: -1, expected an integer from 0 to 2147483647`},
		{"for", `{"connection":{"kind":"hang","for":"0s"}}`, `/connection/for: "0s", expected a duration above zero, such as 200ms or 1m30s`},
		{"apply", `{"respond":{"status":503},"apply":"during"}`, `/apply: "during", expected one of "before", "after"`},

		{"delay forms", `{"delay":{}}`, `/delay: an empty object, expected exactly one of fixed, uniform, lognormal, percentiles`},
		{"negative delay", `{"delay":{"fixed":"-1s"}}`, `/delay/fixed: "-1s", expected a duration that is not negative, such as 200ms or 1m30s`},
		{"uniform", `{"delay":{"uniform":{"min":"2s","max":"1s"}}}`, `/delay/uniform/max: 1s, expected at least min (2s)`},
		{"uniform misses max", `{"delay":{"uniform":{"min":"2s"}}}`, `/delay/uniform/max: missing, expected a duration that is not negative, such as 200ms or 1m30s`},
		{"lognormal", `{"delay":{"lognormal":{"median":"0s","sigma":-1}}}`, "/delay/lognormal/median: \"0s\", expected a duration above zero, such as 200ms or 1m30s\n/delay/lognormal/sigma: -1, expected a number from 0 to 10"},
		{"lognormal max", `{"delay":{"lognormal":{"median":"2s","sigma":1,"max":"1s"}}}`, `/delay/lognormal/max: 1s, expected at least the median (2s)`},
		{"percentiles", `{"delay":{"percentiles":{"p50":"3s","p90":"2s","p99":"1s"}}}`, "/delay/percentiles/p90: 2s, expected at least p50 (3s)\n/delay/percentiles/p99: 1s, expected at least p90 (2s)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rules, problems := fault.ParseRules([]byte(test.rule))
			if got := problems.Error(); got != test.want {
				t.Errorf("%s\n got %s\nwant %s", test.rule, got, test.want)
			}
			if rules != nil {
				t.Errorf("rules beside problems: %+v", rules)
			}
		})
	}
}

func allTitles() string {
	var titles []string
	for _, one := range contract.Errors() {
		titles = append(titles, one.Title)
	}
	return strings.Join(titles, ", ")
}

// The words of a schema's violations are contract's; here it counts where they
// point to, and that "undocumented" takes them away.
func TestCustomBodies(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, operation, respond, want string }{
		{"envelope", "updateProcess", `{"status":409,"body":{"errors":[{"detail":"d","title":"CF-X","code":1}]}}`, ""},
		{"no list", "updateProcess", `{"status":409,"body":{"errors":"x"}}`, "/respond/body/errors"},
		{"bare text", "updateProcess", `{"status":502,"body":"502 Bad Gateway"}`, "/respond/body"},
		{"null", "updateProcess", `{"status":502,"body":null}`, "/respond/body"},
		{"UAA's own form", "createToken", `{"status":401,"body":{"error":"invalid_token","error_description":"expired"}}`, ""},
		{"UAA has no envelope", "createToken", `{"status":401,"body":{"errors":[{"detail":"d","title":"CF-X","code":1}]}}`, "/respond/body"},
		{"both forms", `createToken","getProcess`, `{"status":401,"body":{"error":"invalid_token"}}`, "/respond/body"},
		{"what UAA answers", "createToken", `{"status":200,"body":{"access_token":"x"}}`, ""},
		{"an answer without a body", "terminateProcessInstance", `{"status":204,"body":{"a":1}}`, "/respond/body"},
		{"a success is what the operation answers", "getProcess", `{"status":200,"body":{"guid":7}}`, "/respond/body"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rule := `{"match":{"operations":["` + test.operation + `"]},"respond":` + test.respond
			_, problems := fault.ParseRules([]byte(rule + `}`))
			if test.want == "" && len(problems) > 0 {
				t.Errorf("refused: %v", problems)
			}
			if test.want != "" && (len(problems) == 0 || !strings.HasPrefix(problems[0].Pointer, test.want)) {
				t.Errorf("got %v, want a violation at %s", problems, test.want)
			}
			if _, problems = fault.ParseRules([]byte(rule + `,"undocumented":true}`)); len(problems) > 0 {
				t.Errorf("undocumented refused: %v", problems)
			}
		})
	}
}

func TestUndocumentedAllowsWhatTheAPICannotAnswer(t *testing.T) {
	t.Parallel()
	for _, rule := range []string{
		`{"match":{"operations":["getProcess"]},"respond":{"status":409}}`,
		`{"match":{"operations":["getProcess"]},"respond":{"status":418}}`,
		`{"match":{"operations":["getProcess"]},"respond":{"status":404,"error":"CF-Conflict"}}`,
		`{"respond":{"status":503,"headers":{"Retry-After":"soon"}}}`,
	} {
		if _, problems := fault.ParseRules([]byte(rule)); len(problems) == 0 {
			t.Errorf("taken without the flag: %s", rule)
		}
		flagged := strings.TrimSuffix(rule, "}") + `,"undocumented":true}`
		if _, problems := fault.ParseRules([]byte(flagged)); len(problems) > 0 {
			t.Errorf("%s: %v", flagged, problems)
		}
	}
}

// Every documented and known status of every operation can be injected.
func TestEveryKnownStatusIsAllowed(t *testing.T) {
	t.Parallel()
	for _, op := range contract.Operations() {
		for _, s := range op.Statuses {
			rule, problems := fault.ParseToggle(op, s.Code, nil)
			if len(problems) > 0 {
				t.Errorf("%s %d: %v", op.ID, s.Code, problems)
			}
			for _, e := range s.Errors {
				rule.Respond.Error = e.Title
				written, err := document.From(rule)
				if err != nil {
					t.Fatal(err)
				}
				if _, problems := fault.Parse(written); len(problems) > 0 {
					t.Errorf("%s %d %s: %v", op.ID, s.Code, e.Title, problems)
				}
			}
		}
	}
}

func TestRulesRoundTrip(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, rule, want string }{
		{"sample", sample, ""},
		{"bare values stay bare", `{"match":{"body":{"/a":null,"/b":1.50,"/c":[1],"/d":"<x>"}},"delay":{"fixed":"1m0s"}}`,
			`{"match":{"body":{"/a":null,"/b":1.50,"/c":[1],"/d":"\u003cx\u003e"}},"delay":{"fixed":"1m"}}`},
		{"an object keeps the long form", `{"match":{"body":{"/a":{"equals":{"b":1}}}},"delay":{"fixed":"90m"}}`,
			`{"match":{"body":{"/a":{"equals":{"b":1}}}},"delay":{"fixed":"1h30m"}}`},
		{"long form of a bare value", `{"match":{"query":{"a":{"equals":"x"}}},"connection":{"kind":"reset"}}`,
			`{"match":{"query":{"a":"x"}},"connection":"reset"}`},
		{"parameters", `{"connection":{"kind":"hang","for":"1h"},"enabled":false,"optional":true}`, ``},
		{"values of headers", `{"respond":{"status":503,"headers":{"A":1.50,"B":["x",2],"C":null,"D":["y"]}}}`,
			`{"respond":{"status":503,"headers":{"A":"1.50","B":["x","2"],"C":null,"D":"y"}}}`},
		{"body keeps the order of its keys", `{"respond":{"status":503,"body":{"errors":[{"detail":"d","title":"CF-X","code":1}]}}}`,
			`{"respond":{"status":503,"body":{"errors":[{"detail":"d","title":"CF-X","code":1}]}}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			first := parse(t, test.rule)[0]
			text, err := json.Marshal(first)
			if err != nil {
				t.Fatal(err)
			}
			if test.want != "" && string(text) != test.want {
				t.Errorf(" got %s\nwant %s", text, test.want)
			}
			if second := parse(t, string(text))[0]; !reflect.DeepEqual(first, second) {
				t.Errorf("not the same again:\n%+v\n%+v", first, second)
			}
		})
	}
}

func TestParseToggle(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, body, want string }{
		{"nothing", " ", ""},
		{"empty", "{}", ""},
		{"a part", `{"when":{"times":2},"respond":{"headers":{"Retry-After":"3"}}}`, ""},
		{"list", `[]`, "an empty array, expected a rule with at least one of respond, sequence, delay, connection"},
		{"typo", `{"tiems":2}`, `/tiems: unknown key "tiems", did you mean "when.times"?`},
		{"broken", `{`, "1:2: not JSON: unexpected end of JSON input"},
		{"types", `{"match":7,"respond":"x"}`, "/match: 7, expected an object\n/respond: \"x\", expected an object"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rule, problems := fault.ParseToggle(operation(t, "updateProcess"), 409, []byte(test.body))
			if got := problems.Error(); got != test.want {
				t.Errorf("%s\n got %s\nwant %s", test.body, got, test.want)
			}
			if test.want == "" && (rule.ID != "updateProcess-409" || rule.Respond.Status != 409) {
				t.Errorf("got %+v", rule)
			}
		})
	}
	_, problems := fault.ParseToggle(operation(t, "getProcess"), 418, nil)
	if len(problems) != 1 || problems[0].Pointer != "" || !strings.HasPrefix(problems[0].Message, "418, expected a status that getProcess can answer (200, ") {
		t.Errorf("got %v", problems)
	}
}

func FuzzParseRules(f *testing.F) {
	for _, seed := range []string{sample, "[" + sample + "]", `{}`, `[]`, `null`, `[{"delay":{"fixed":"1s"}}]`,
		`{"sequence":[{"connection":"reset"},{"pass":true}],"repeat":"cycle"}`, `{"connection":{"kind":"truncate","after_bytes":3}}`,
		`{"match":{"body":{"/a":{"in":[1,"x",null]},"/b":null}},"respond":{"status":503}}`,
		`{"when":{"skip":"x"},"when":{}}`, `{"respond":{"status":200,"body":"x"},"undocumented":true}`,
		`{"delay":{"lognormal":{"median":"1ns","sigma":1e1}}}`, `{"delay":{"lognormal":{"median":".1ns","sigma":0}}}`, `{"delay":{"percentiles":{"p50":"1s","p90":"1s","p99":"1s"}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		rules, problems := fault.ParseRules(raw)
		if len(problems) > 0 {
			if rules != nil {
				t.Fatal("rules beside problems")
			}
			for _, p := range problems {
				if p.Message == "" || (p.Pointer != "" && p.Pointer[0] != '/') {
					t.Fatalf("bad violation %+v", p)
				}
			}
			return
		}
		text, err := json.Marshal(rules)
		if err != nil {
			t.Fatal(err)
		}
		again, problems := fault.ParseRules(text)
		if len(problems) > 0 || !reflect.DeepEqual(rules, again) {
			t.Fatalf("%s\nis read as %+v\nand again as %+v %v", text, rules, again, problems)
		}
		set := fault.NewSet(1, "", 0)
		if err := set.Put(start, rules...); err != nil {
			t.Fatalf("a parsed rule is refused: %v", err)
		}
		for _, op := range contract.Operations() {
			subject := &request{op: op, body: `{"a":[1,{"b":null}]}`, guid: "p", app: "a"}
			set.Plan(start, subject)
			set.Explain(start, subject)
		}
	})
}
