package scenario_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
)

// Each row is a file and all lines that must be said about it.
func TestProblems(t *testing.T) {
	t.Parallel()
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for _, letter := range []string{"b", "c", "d", "e", "f", "g"} {
		before := string(letter[0] - 1)
		bomb += letter + ": &" + letter + " [" + strings.Repeat("*"+before+",", 9) + "]\n"
	}
	tests := []struct{ name, file, input, want string }{
		// How the file is written: YAML.
		{"empty", "f.yaml", "", "f.yaml:1:1: empty, expected a document"},
		{"only blanks", "f.yaml", " \n\n", "f.yaml:1:1: empty, expected a document"},
		{"only a comment", "f.yaml", "# soon\n", "f.yaml:1:1: empty, expected a document"},
		{"only a marker", "f.yaml", "---\n", "f.yaml:1:1: empty, expected a document"},
		{"a list", "f.yaml", "- a\n", "f.yaml:1:1: an array of 1 item, expected an object"},
		{"a text", "f.yaml", "x\n", `f.yaml:1:1: "x", expected an object`},
		{"second document", "f.yaml", "name: x\n---\nname: y\n", "f.yaml:2:1: a second document, expected one"},
		{"not UTF-8", "f.yaml", "name: x\ndescription: caf\xe9\n", "f.yaml:2:17: byte 0xe9, expected UTF-8"},
		{"UTF-16", "f.yaml", "\xff\xfen\x00", "f.yaml:1:1: byte 0xff, expected UTF-8"},
		{"byte order mark", "f.yaml", "\ufeffnmae: x\n", "f.yaml:1:1: name: missing, expected a name of letters, digits, dots, dashes and underscores\nf.yaml:1:1: nmae: unknown key \"nmae\", did you mean \"name\"?"},
		{"CRLF", "f.yaml", "name: x\r\nseed: y\r\n", `f.yaml:2:7: seed: "y", expected an integer from -9223372036854775808 to 9223372036854775807`},
		{"tab", "f.yaml", "name: x\n\tseed: 1\n", "f.yaml:2:1: not YAML: found character '\t' that cannot start any token"},
		{"unterminated text", "f.yaml", "name: \"x\n", "f.yaml:1:7: not YAML: could not find end character of double-quoted text"},
		{"unterminated list", "f.yaml", "name: x\napps: [1,\n", "f.yaml:2:7: not YAML: sequence end token ']' not found"},
		{"key stands twice", "f.yaml", "name: x\nname: y\n", `f.yaml:2:1: not YAML: mapping key "name" already defined at [1:1]`},
		{"key that is null", "f.yaml", "name: x\nnull: y\n", "f.yaml:2:1: a key that is not text"},
		{"key that is a list", "f.yaml", "name: x\n? [a]\n: b\n", "f.yaml:3:1: not YAML: found an invalid key for this map"},
		{"not a number", "f.yaml", "name: x\nseed: .nan\n", "f.yaml:2:7: seed: .nan, expected a finite number"},
		{"infinite", "f.yaml", "name: x\nseed: -.inf\n", "f.yaml:2:7: seed: -.inf, expected a finite number"},
		{"binary", "f.yaml", "name: !!binary aGk=\n", "f.yaml:1:7: name: tag !!binary, expected none: a document holds plain values"},
		{"own tag", "f.yaml", "name: !foo bar\n", "f.yaml:1:7: name: tag !foo, expected none: a document holds plain values"},
		{"octal or not", "f.yaml", "name: x\nseed: 010\n", "f.yaml:2:7: seed: 010, write a decimal number without leading zeros or underscores, or quote it if it is text"},
		{"underscores", "f.yaml", "name: x\nseed: 1_000\n", "f.yaml:2:7: seed: 1_000, write a decimal number without leading zeros or underscores, or quote it if it is text"},
		{"endless exponent", "f.yaml", "name: x\nseed: 1e999999999\n", "f.yaml:2:7: seed: 1e999999999, a number out of range"},
		{"endless negative exponent", "f.yaml", "name: x\nseed: 1e-999999999\n", "f.yaml:2:7: seed: 1e-999999999, a number out of range"},
		{"integer beyond 64 bits", "f.yaml", "name: x\nseed: 99999999999999999999\n", "f.yaml:2:7: seed: 99999999999999999999, expected an integer from -9223372036854775808 to 9223372036854775807"},
		{"unknown alias", "f.yaml", "name: *x\n", "f.yaml:1:7: name: alias *x, no anchor of that name stands before it"},
		{"alias of itself", "f.yaml", "name: x\napps: &a [*a]\n", "f.yaml:2:11: apps[0]: alias *a stands inside the value that it names"},
		{"alias bomb", "f.yaml", bomb, "f.yaml:5:20: more than 50030 values, too many for a document of 242 bytes"},
		{"merge of a number", "f.yaml", "name: x\nclock: {<<: 3}\n", "f.yaml:2:13: clock: << with 3, expected keys to merge"},
		{"deep flow", "f.yaml", "name: " + strings.Repeat("[", 20000), "f.yaml:1:107: nested deeper than 100"},
		{"deep block", "f.yaml", strings.Repeat("- ", 20000), "f.yaml:1:201: nested deeper than 100"},
		{"blank lines", "f.yaml", "name: |\n" + strings.Repeat(" \n", 100000), "f.yaml:2:1: more than 500 blank lines in a row"},
		{"problem below an alias is where the anchor is", "f.yaml", "name: x\nfeatures: &a {app_scalin: true}\nclock: *a\n",
			"f.yaml:2:15: features.app_scalin: unknown key \"app_scalin\", did you mean \"app_scaling\"?\nf.yaml:2:15: clock.app_scalin: unknown key \"app_scalin\", expected one of \"mode\", \"start\""},

		// How the file is written: JSON.
		{"JSON trailing comma", "f.json", "{\"name\": \"x\",}", "f.json:1:14: not JSON: invalid character '}' looking for beginning of object key string"},
		{"JSON cut short", "f.json", "{\"name\":\n{\"a\": {}", "f.json:2:9: not JSON: unexpected end of JSON input"},
		{"JSON twice", "f.json", "{\"name\": \"x\"}\n{}", "f.json:2:1: not JSON: invalid character '{' after top-level value"},
		{"JSON key appears twice", "f.json", "{\"name\": \"x\",\n\t\"name\": \"y\"}", `f.json:2:2: name: key "name" appears twice, first at 1:2`},
		{"JSON number out of range", "f.json", `{"name": "é", "seed": 1e400}`, "f.json:1:23: seed: 1e400, a number out of range"},
		{"JSON fraction", "f.json", "{\"name\": \"x\",\r\n \"seed\" : 1.5}", "f.json:2:11: seed: 1.5, expected an integer from -9223372036854775808 to 9223372036854775807"},
		{"JSON too deep", "f.json", strings.Repeat("[", 200) + strings.Repeat("]", 200), "f.json:1:102: nested deeper than 100"},
		{"YAML in a JSON file", "f.json", "name: x\n", "f.json:1:2: not JSON: invalid character 'a' in literal null (expecting 'u')"},
		{"JSON in a YAML file", "f.yaml", `{"name": "x", "name": "y"}`, `f.yaml:1:15: name: key "name" appears twice, first at 1:2`},
		{"no file name", "", `{"name": []}`, "1:10: name: an empty array, expected a name of letters, digits, dots, dashes and underscores"},

		// What is written.
		{"no name", "f.yaml", "seed: 1\n", `f.yaml:1:1: name: missing, expected a name of letters, digits, dots, dashes and underscores`},
		{"slash in the name", "f.yaml", "name: a/b\n", `f.yaml:1:7: name: "a/b", expected a name of letters, digits, dots, dashes and underscores`},
		{"unknown keys", "f.yaml", "name: x\napps:\n  - name: a\n    spac: dev\n    processes:\n      - tpye: web\nclock: {speed: 2}\n",
			"f.yaml:4:5: apps[0].spac: unknown key \"spac\", did you mean \"space\"?\n" +
				"f.yaml:6:9: apps[0].processes[0].tpye: unknown key \"tpye\", did you mean \"type\"?\n" +
				"f.yaml:7:9: clock.speed: unknown key \"speed\", expected one of \"mode\", \"start\""},
		{"wrong values", "f.yaml", "name: x\nclock: {mode: frozn, start: yesterday}\nlifecycle: {start_delay: 5}\nrate_limit: {limit: 0, window: 1 minute, per: ip}\nstats_available: yes\n",
			"f.yaml:2:15: clock.mode: \"frozn\", did you mean \"frozen\"?\n" +
				"f.yaml:2:29: clock.start: \"yesterday\", expected a time such as 2026-01-01T00:00:00Z\n" +
				"f.yaml:3:26: lifecycle.start_delay: 5, expected a duration such as 200ms, 30s or 1h30m\n" +
				"f.yaml:4:21: rate_limit.limit: 0, expected an integer from 1 to 2147483647\n" +
				"f.yaml:4:32: rate_limit.window: \"1 minute\", expected a duration such as 200ms, 30s or 1h30m\n" +
				"f.yaml:4:47: rate_limit.per: \"ip\", expected one of \"user\", \"world\"\n" +
				"f.yaml:5:18: stats_available: \"yes\", expected true or false"},
		{"endpoint", "f.yaml", "name: x\napps: [{processes: [{health_check: {type: http, data: {endpoint: health}}}]}]\n",
			`f.yaml:2:66: apps[0].processes[0].health_check.data.endpoint: "health", expected a path such as /health or null`},
		{"clock that runs from a start", "f.yaml", "name: x\nclock: {mode: real, start: \"2026-01-01T00:00:00Z\"}\n", "f.yaml:2:28: clock.start: only a frozen clock has a start"},
		{"minimum above maximum", "f.yaml", "name: x\ngenerate: {apps: 2, instances: {min: 3, max: 1}}\n", "f.yaml:2:46: generate.instances.max: 1, expected at least min, 3"},

		// What refers to something.
		{"dangling organization", "f.yaml", "name: x\norganizations: [{name: a}]\nspaces: [{name: s, organization: b}]\n", `f.yaml:3:34: spaces[0].organization: "b", no such organization; there is a`},
		{"dangling space", "f.yaml", "name: x\napps: [{name: p, space: b}]\n", `f.yaml:2:25: apps[0].space: "b", no such space; there is dev`},
		{"space left out", "f.yaml", "name: x\nspaces: [{name: a}, {name: b}]\napps: [{name: p}]\n", "f.yaml:3:8: apps[0].space: left out, expected a name; there are a, b"},
		{"space of two organizations", "f.yaml", "name: x\norganizations: [{name: a}, {name: b}]\nspaces: [{name: s, organization: a}, {name: s, organization: b}]\napps: [{space: s}]\n",
			`f.yaml:4:16: apps[0].space: "s", the name of 2; say which one by its guid`},
		{"roles", "f.yaml", "name: x\nspaces: [{name: dev}]\nauth:\n  users:\n    - name: u\n      roles:\n        - {role: space_developer, space: prod}\n        - {role: organization_manager, space: dev}\n        - {role: space_auditor, organization: demo-org}\n        - {role: boss}\n",
			"f.yaml:7:42: auth.users[0].roles[0].space: \"prod\", no such space; there is dev\n" +
				"f.yaml:8:47: auth.users[0].roles[1].space: organization_manager is a role in an organization, expected the key organization\n" +
				"f.yaml:9:47: auth.users[0].roles[2].organization: space_auditor is a role in a space, expected the key space\n" +
				"f.yaml:10:18: auth.users[0].roles[3].role: \"boss\", expected one of \"space_developer\", \"space_manager\", \"space_auditor\", \"space_supporter\", \"organization_manager\", \"organization_auditor\", \"organization_billing_manager\", \"organization_user\", \"org_manager\", \"org_auditor\", \"org_billing_manager\", \"org_user\""},
		{"tokens", "f.yaml", "name: x\nauth: {users: [{name: u}], tokens: {t: nobody, \"a b\": u}}\n",
			"f.yaml:2:40: auth.tokens.t: \"nobody\", no such user; there is u\n" +
				"f.yaml:2:55: auth.tokens[\"a b\"]: key \"a b\", expected a text without blanks"},
		{"quotas", "f.yaml", "name: x\nspaces: [{name: dev}]\nquotas: {spaces: {prod: {}}, organizations: {nope: {total_memory_in_mb: -1}}}\n",
			"f.yaml:3:25: quotas.spaces.prod: \"prod\", no such space; there is dev\n" +
				"f.yaml:3:52: quotas.organizations.nope: \"nope\", no such organization; there is demo-org\n" +
				"f.yaml:3:73: quotas.organizations.nope.total_memory_in_mb: -1, expected an integer from 0 to 9223372036854775807 or null"},
		{"crash loop", "f.yaml", "name: x\napps: [{processes: [{type: web}, {type: worker}]}]\nlifecycle: {crash_loop: {process: wroker}}\n",
			`f.yaml:3:35: lifecycle.crash_loop.process: "wroker", no such process type, did you mean "worker"?`},
		{"crash loops", "f.yaml", "name: x\nlifecycle: {crash_loop: [{process: web}]}\n",
			`f.yaml:2:36: lifecycle.crash_loop[0].process: "web", no such process type; there is none`},
		{"forced", "f.yaml", "name: x\napps:\n  - processes:\n      - {instances: 2, forced: [{index: 2, state: CRASHED}, {index: 1, state: BROKEN}, {index: 1, state: DOWN}]}\n",
			"f.yaml:4:41: apps[0].processes[0].forced[0].index: 2, expected an index below the 2 instances\n" +
				"f.yaml:4:79: apps[0].processes[0].forced[1].state: \"BROKEN\", expected one of \"RUNNING\", \"STARTING\", \"CRASHED\", \"STOPPING\", \"DOWN\", \"UNKNOWN\"\n" +
				"f.yaml:4:96: apps[0].processes[0].forced[2].index: 1, forced already"},
		{"app of a pasted process", "f.yaml", "name: x\napps: [{guid: a, processes: [{relationships: {app: {data: {guid: b}}}}]}]\n",
			`f.yaml:2:66: apps[0].processes[0].relationships.app.data.guid: "b", expected the guid of the app it stands under, "a"`},

		// What stands twice.
		{"organizations", "f.yaml", "name: x\norganizations: [{name: a, guid: g}, {name: b, guid: g}, {name: a}]\n",
			"f.yaml:2:53: organizations[1].guid: \"g\", the guid of organizations[0] already\nf.yaml:2:64: organizations[2].name: \"a\", the name of organizations[0] already"},
		{"spaces", "f.yaml", "name: x\norganizations: [{name: a}]\nspaces: [{name: s, guid: g}, {name: s, guid: g}]\n",
			"f.yaml:3:37: spaces[1].name: \"s\", the name of spaces[0] already\nf.yaml:3:46: spaces[1].guid: \"g\", the guid of spaces[0] already"},
		{"apps", "f.yaml", "name: x\napps: [{name: a, guid: g}, {name: a, guid: g, processes: []}]\n",
			"f.yaml:2:35: apps[1].name: \"a\", the name of apps[0] already\nf.yaml:2:44: apps[1].guid: \"g\", the guid of apps[0] already"},
		{"processes", "f.yaml", "name: x\napps: [{guid: g, processes: [{type: web}, {type: web}, {type: w, guid: g}]}]\n",
			"f.yaml:2:43: apps[0].processes[1].guid: \"g\", the guid of apps[0].processes[0] already\n" +
				"f.yaml:2:50: apps[0].processes[1].type: \"web\", the type of apps[0].processes[0] already\n" +
				"f.yaml:2:72: apps[0].processes[2].guid: \"g\", the guid of apps[0].processes[0] already"},
		{"users", "f.yaml", "name: x\nauth: {users: [{name: u}, {name: u}]}\n", `f.yaml:2:34: auth.users[1].name: "u", the name of auth.users[0] already`},
		{"rules", "f.yaml", "name: x\nfaults: [{id: a, respond: {status: 503}}, {id: a, respond: {status: 503}}]\n", `f.yaml:2:48: faults[1].id: "a", the id of faults[0] already`},

		{"audit events", "f.yaml", "name: x\napps: [{name: shop}]\naudit_events:\n  - {type: a, created_at: 2026-01-01T00:00:00Z, app: shpo}\n  - {type: a, created_at: now, app: shop, actor: {guid: g}}\nprogress: {draws: x, audit_events: 1}\n",
			"f.yaml:4:54: audit_events[0].app: \"shpo\", no such app, did you mean \"shop\"?\n" +
				"f.yaml:5:27: audit_events[1].created_at: \"now\", expected a time such as 2026-01-01T00:00:00Z\n" +
				"f.yaml:5:50: audit_events[1].actor.name: missing, expected a string\n" +
				"f.yaml:5:50: audit_events[1].actor.type: missing, expected a string\n" +
				"f.yaml:6:36: progress.audit_events: 1, expected at least the 2 that are there"},
		{"progress", "f.yaml", "name: x\nfaults: [{id: a, respond: {status: 503}}]\nprogress:\n  draws: x\n  rules:\n    - {rule: b, set: 2026-01-01T00:00:00Z, next: -1}\n    - {rule: a, set: 2026-01-01T00:00:00Z, matched: 2, eligible: 3, injected: 4, next: 1, returned: [0, 0, 1]}\n",
			"f.yaml:6:14: progress.rules[0].rule: \"b\", expected the id of a rule under faults\n" +
				"f.yaml:6:50: progress.rules[0].next: -1, expected an integer from 0 to 2147483647\n" +
				"f.yaml:7:66: progress.rules[1].eligible: 3, expected at most matched, 2\n" +
				"f.yaml:7:79: progress.rules[1].injected: 4, expected at most eligible, 3\n" +
				"f.yaml:7:105: progress.rules[1].returned[1]: 0, expected ascending positions below next, 1\n" +
				"f.yaml:7:108: progress.rules[1].returned[2]: 1, expected ascending positions below next, 1"},

		// Rules, expectations, extends.
		{"probability", "quota.yaml", "name: quota\nfaults:\n  - when: {probability: 1.5}\n    respond: {status: 503}\n", "quota.yaml:3:25: faults[0].when.probability: 1.5, expected a number from 0 to 1"},
		{"delay too long", "f.yaml", "name: x\nfaults:\n  - delay: {fixed: 999999999h}\n", `f.yaml:3:20: faults[0].delay.fixed: "999999999h", expected a duration of at most 2562047h`},
		{"delay", "f.yaml", "name: x\nfaults:\n  - delay: {fixed: soon}\n", `f.yaml:3:20: faults[0].delay.fixed: "soon", expected a duration that is not negative, such as 200ms or 1m30s`},
		{"expectations", "f.yaml", "name: x\nexpectations:\n  - on: {operation: getProcess, status: 503}\n    client: {retries: {min: 3, max: 1}}\n  - covers: {operation: getProcess, status: 409}\n",
			"f.yaml:4:23: expectations[0].client.retries: min 3 is above max 1\n" +
				"f.yaml:5:45: expectations[1].covers.status: 409 is not a documented status of getProcess, expected one of 200, 401, 403, 404"},
		{"extends nothing", "f.yaml", "name: x\nextends: defualt\n", "f.yaml:2:10: extends: \"defualt\", no such scenario, did you mean \"default\"?"},
		{"extends a path", "f.yaml", "name: x\nextends: ../default\n", `f.yaml:2:10: extends: "../default", expected a name of letters, digits, dots, dashes and underscores`},
		{"indexes are those of the file", "f.yaml", "name: x\nextends: default\napps:\n  - {name: new, space: prod}\n", `f.yaml:4:24: apps[0].space: "prod", no such space; there is dev`},
	}
	lib := shipped(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, err := scenario.Parse(test.file, []byte(test.input), lib)
			if err == nil {
				t.Fatalf("accepted as %+v", s)
			}
			if got := err.Error(); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

func TestAccepted(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, input string }{
		{"YAML", "f.yaml", "name: x\nseed: 1000\n"},
		{"JSON", "f.json", `{"name": "x", "seed": 1000}`},
		{"JSON without a file name", "", ` {"name": "x", "seed": 1e3}`},
		{"YAML without a file name", "", "name: x\nseed: 1e3\n"},
		{"byte order mark", "f.yaml", "\ufeffname: x\nseed: 1000\n"},
		{"byte order mark in JSON", "f.json", "\ufeff{\"name\": \"x\", \"seed\": 1000.0}"},
		{"CRLF", "f.yml", "name: x\r\nseed: +1000\r\n"},
		{"markers", "f.yaml", "%YAML 1.2\n---\nname: x\nseed: 0x3e8\n...\n"},
		{"empty second document", "f.yaml", "name: x\nseed: 0o1750\n---\n"},
		{"quoted", "f.yaml", "\"name\": 'x'\nseed: 1000.\n"},
		{"alias and merge", "f.yaml", "name: &n x\ndescription: *n\n<<: {seed: 1000, name: y}\n"},
		{"list of merges", "f.yaml", "<<: [{seed: 1000}, {name: x, seed: 5}]\n"},
		{"text by tag", "f.yaml", "name: !!str x\nseed: !!int 1000\n"},
		{"explicit key", "f.yaml", "? name\n: x\n? seed\n: 1000\n"},
		{"folded text", "f.yaml", "name: x\nseed: 1000\ndescription: >-\n  two\n  lines\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, err := scenario.Parse(test.file, []byte(test.input), nil)
			if err != nil {
				t.Fatal(err)
			}
			if s.Name != "x" || s.Number != 1000 {
				t.Errorf("name %q, seed %d", s.Name, s.Number)
			}
		})
	}
}

func TestTextThatLooksLikeSomethingElse(t *testing.T) {
	t.Parallel()
	const input = `name: x
apps:
  - name: "010"
    metadata: {annotations: {a: "1e3", b: '1_000', c: !!str 5, d: "null", e: yes, f: "\u00e9\ud83d\ude00", g: 2026-01-01}}
`
	s, err := scenario.Parse("f.yaml", []byte(input), nil)
	if err != nil {
		t.Fatal(err)
	}
	app := s.Document.Apps[0]
	want := contract.Pairs{{Key: "a", Value: "1e3"}, {Key: "b", Value: "1_000"}, {Key: "c", Value: "5"}, {Key: "d", Value: "null"},
		{Key: "e", Value: "yes"}, {Key: "f", Value: "é😀"}, {Key: "g", Value: "2026-01-01"}}
	if app.Name != "010" || !slices.Equal(contract.Pairs(app.Metadata.Annotations), want) {
		t.Errorf("got %q and %v", app.Name, app.Metadata.Annotations)
	}
}

func TestBodyProblemsHavePointers(t *testing.T) {
	t.Parallel()
	_, err := scenario.FromBody(nil, []byte(`{"name": "x", "apps": [{"space": "nope", "a/b": 1}]}`), nil)
	var got document.Violations
	if !errors.As(err, &got) {
		t.Fatalf("%T: %v", err, err)
	}
	want := document.Violations{
		{Pointer: "/apps/0/space", Message: `"nope", no such space; there is dev`},
		{Pointer: "/apps/0/a~1b", Message: `unknown key "a/b", expected one of "name", "space", "guid", "state", "deploying", "created_at", "updated_at", "buildpacks", "stack", "metadata", "droplets", "droplet", "revisions", "deployments", "processes"`},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	_, err := scenario.Parse("f.yaml", make([]byte, document.MaxBytes+1), nil)
	if want := "f.yaml:1:1: 268435457 bytes, expected at most 268435456"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
