package schema

import (
	"encoding/json"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"example.com/capisim/schemas"
	"example.com/capisim/sim/document"
)

func decoded(t *testing.T, text string) document.Value {
	t.Helper()
	value, err := document.Decode([]byte(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return value
}

func validated(t *testing.T, schema string, value document.Value) string {
	t.Helper()
	found, err := Validate(schema, value)
	if err != nil {
		t.Fatal(err)
	}
	return found.Error()
}

// schemaOf makes a schema of a test known, as outlined and as the library has it.
func schemaOf(t *testing.T, name, text string) (of, exact *jsonschema.Schema) {
	t.Helper()
	file := name + ending
	schema := decoded(t, text)
	resolve(&schema, schemaBase+file)
	written.Store(file, schema)
	library.Lock()
	err := library.AddResource(schemaBase+file, strings.NewReader(text))
	library.Unlock()
	if err == nil {
		of, err = outline(name)
	}
	if err == nil {
		exact, err = compiled(of)
	}
	if err != nil {
		t.Fatal(err)
	}
	return of, exact
}

const wholeProcess = `{"guid":"g","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","version":"v","type":"web",
"command":"[PRIVATE DATA HIDDEN]","user":"vcap","instances":2,"memory_in_mb":256,"disk_in_mb":1024,"log_rate_limit_in_bytes_per_second":-1,
"health_check":{"type":"port","data":{"timeout":null,"invocation_timeout":null,"interval":null}},
"readiness_health_check":{"type":"process","data":{"invocation_timeout":null,"interval":null}},
"relationships":{"app":{"data":{"guid":"a"}},"revision":null},"metadata":{"labels":{},"annotations":{}},
"links":{"self":{"href":"http://h/v3/processes/g"},"scale":{"href":"http://h/s","method":"POST"},"app":{"href":"http://h/a"},"space":{"href":"http://h/s"},"stats":{"href":"http://h/t"},"process_instances":{"href":"http://h/i"}}}`

// TestResponseSchemas holds answers that are right, and the same with one thing
// wrong.
func TestResponseSchemas(t *testing.T) {
	t.Parallel()
	list := `{"pagination":{"total_results":0,"total_pages":1,"first":{"href":"h"},"last":{"href":"h"},"next":null,"previous":{"href":"h"}},"resources":[` + wholeProcess + `]}`
	running := `{"type":"web","index":0,"instance_guid":"g","state":"RUNNING","routable":true,"host":"10.0.0.1","instance_internal_ip":"10.255.0.1","uptime":5,"mem_quota":268435456,"disk_quota":null,"log_rate_limit":null,"fds_quota":16384,"isolation_segment":null,"details":null,"instance_ports":[{"external":61001,"internal":8080,"external_tls_proxy_port":null,"internal_tls_proxy_port":61443}],"usage":{"time":"2016-03-23T23:17:30+00:00","cpu":0.0003,"cpu_entitlement":null,"mem":1,"disk":2,"log_rate":3}}`
	down := `{"type":"web","index":1,"state":"DOWN","routable":null,"uptime":0,"isolation_segment":null,"details":null}`
	stats := `{"resources":[` + running + `,` + down + `]}`
	instances := `{"resources":[{"index":0,"state":"RUNNING","since":3},{"index":1,"state":"DOWN","since":null}],"links":{"self":{"href":"h"},"process":{"href":"h"}}}`
	refusal := `{"errors":[{"detail":"Process not found","title":"CF-ResourceNotFound","code":10010}]}`
	for _, c := range []struct{ name, schema, text, from, to, want string }{
		{"§11 process", "process", wholeProcess, "", "", ""},
		{"§6 disk null", "process", wholeProcess, `"disk_in_mb":1024`, `"disk_in_mb":null`, ""},
		{"§11 vendor fields", "process", wholeProcess, `"health_check":{"type":"port"`, `"registry_credential_last_synced_at":null,"health_check":{"type":"port"`, ""},
		{"§11 vendor relationship", "process", wholeProcess, `"revision":null`, `"revision":{"data":{"guid":"r"}},"registry_credential":null`, ""},
		{"§11 vendor method on links", "process", wholeProcess, `"http://h/a"`, `"http://h/a","method":"GET"`, ""},
		{"§11 vendor readiness timeout", "process", wholeProcess, `"readiness_health_check":{"type":"process","data":{`, `"readiness_health_check":{"type":"process","data":{"timeout":5,`, ""},
		{"§11 vendor without process_instances link", "process", wholeProcess, `,"process_instances":{"href":"http://h/i"}`, ``, ""},
		{"§11 embedded instances", "process", wholeProcess, `"relationships"`, `"process_instances":[{"index":0,"state":"DOWN","since":null}],"relationships"`, ""},
		{"§11 http has an endpoint", "process", wholeProcess, `"process","data":{`, `"http","data":{"endpoint":"/x",`, ""},
		{"§11 command is never null", "process", wholeProcess, `"[PRIVATE DATA HIDDEN]"`, `null`, "/command: null, expected a string"},
		{"§11 revision is plain null", "process", wholeProcess, `"revision":null`, `"revision":{"data":null}`, "/relationships/revision/data: null, expected an object"},
		{"§11 time without fraction", "process", wholeProcess, `"2026-01-01T00:00:00Z"`, `"2026-01-01T00:00:00.5Z"`, `/created_at: "2026-01-01T00:00:00.5Z", expected a string like ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$`},
		{"§11 missing field", "process", wholeProcess, `"version":"v",`, ``, `/version: missing, expected a string of at least 1 character`},
		{"unknown field", "process", wholeProcess, `"links":{"self"`, `"links":{"it's/~%41":1,"self"`,
			`/links/it's~1~0%41: unknown key "it's/~%41", expected one of "self", "scale", "app", "space", "stats", "process_instances", "registry_credential"`},
		{"§6 the largest log rate", "process", wholeProcess, `_second":-1`, `_second":-2`, "/log_rate_limit_in_bytes_per_second: -2, expected an integer from -1 to 9223372036854775807"},
		{"§13.3 list", "process-list", list, "", "", ""},
		{"§13.3 at least one page", "process-list", list, `"total_pages":1`, `"total_pages":0`, "/pagination/total_pages: 0, expected an integer from 1 to 2147483647"},
		{"§13.3 next is there, if null", "process-list", list, `"next":null,`, ``, `/pagination/next: missing, expected an object or null`},
		{"§13.3 process in a list", "process-list", list, `"type":"web"`, `"type":5`, `/resources/0/type: 5, expected a string of at least 1 character`},
		{"§14.1 stats", "process-stats", stats, "", "", ""},
		{"§14.1 usage may be empty", "process-stats", stats, running[strings.Index(running, `{"time"`) : len(running)-1], `{}`, ""},
		{"§14.1 DOWN omits most", "process-stats", stats, `"state":"DOWN"`, `"state":"DOWN","host":""`,
			`/resources/1/host: unknown key "host", expected one of "type", "index", "state", "routable", "uptime", "isolation_segment", "details"`},
		{"§14.1 usage.time has an offset", "process-stats", stats, `+00:00`, `Z`, `/resources/0/usage/time: "2016-03-23T23:17:30Z", expected a string like ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}$`},
		{"§14.1 ports are never null", "process-stats", stats, running[strings.Index(running, `[{"external"`):strings.Index(running, `,"usage"`)], `null`, `/resources/0/instance_ports: null, expected an array`},
		{"§14.2 instances", "process-instances", instances, "", "", ""},
		{"§14.2 since is there, if null", "process-instances", instances, `,"since":null`, ``, `/resources/1/since: missing, expected an integer of at least 0 or null`},
		{"§14.2 states", "process-instances", instances, `"DOWN"`, `"GONE"`, `/resources/1/state: "GONE", expected one of "RUNNING", "STARTING", "CRASHED", "STOPPING", "DOWN", "UNKNOWN"`},
		{"§2 errors", "errors", refusal, "", "", ""},
		{"§2 unknown error has no prefix", "errors", refusal, "CF-ResourceNotFound", "UnknownError", ""},
		{"§2 title", "errors", refusal, "CF-ResourceNotFound", "ResourceNotFound", `/errors/0/title: "ResourceNotFound", expected a string like ^(CF-[A-Za-z0-9]+|UnknownError)$`},
		{"§2 not empty", "errors", refusal, refusal[11 : len(refusal)-2], ``, `/errors: an empty array, expected an array of at least 1 item`},
		{"§2 code", "errors", refusal, `10010`, `1.5`, `/errors/0/code: 1.5, expected an integer of at least 1`},
		{"no object", "errors", refusal, refusal, `[]`, `an empty array, expected an object`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(c.text, c.from, c.to, 1)
			if c.from != "" && text == c.text {
				t.Fatalf("nothing to replace: %s", c.from)
			}
			if got := validated(t, c.schema, decoded(t, text)); got != c.want {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestRequestSchemas(t *testing.T) {
	t.Parallel()
	const scaleNames = `"instances", "memory_in_mb", "disk_in_mb", "log_rate_limit_in_bytes_per_second"`
	for _, c := range []struct{ name, schema, text, want string }{
		{"§5 everything", "process-update", `{"command":"x","user":null,"health_check":{"type":"http","data":{"timeout":1,"invocation_timeout":null,"interval":2,"endpoint":"/x"}},"readiness_health_check":null,"metadata":{"labels":{"a.b/c":"d","e":null},"annotations":null}}`, ""},
		{"§5 several, sorted by pointer", "process-update", `{"user":"","command":5,"x":1}`,
			"/command: 5, expected a string of 1 to 4096 characters or null\n/user: \"\", expected a string of 1 to 255 characters or null\n/x: unknown key \"x\", expected one of \"command\", \"user\", \"health_check\", \"readiness_health_check\", \"metadata\""},
		{"§6 always in the same order", "process-scale", `{"log_rate_limit_in_bytes_per_second":"x","disk_in_mb":"x","memory_in_mb":"x","instances":"x","b":1,"a":1}`,
			"/a: unknown key \"a\", expected one of " + scaleNames + "\n/b: unknown key \"b\", expected one of " + scaleNames +
				"\n/disk_in_mb: \"x\", expected an integer from 1 to 2147483647 or null\n/instances: \"x\", expected an integer from 0 to 2147483647" +
				"\n/log_rate_limit_in_bytes_per_second: \"x\", expected an integer from -1 to 9223372036854775807 or null\n/memory_in_mb: \"x\", expected an integer from 1 to 2147483647"},
		{"§5 overlong", "process-update", `{"command":"` + strings.Repeat("a", 5000) + `"}`, "/command: a string of 5000 characters, expected a string of 1 to 4096 characters or null"},
		{"§5 type", "process-update", `{"health_check":{"type":null}}`, `/health_check/type: null, expected one of "port", "process", "http"`},
		{"§8 label key", "process-update", `{"metadata":{"labels":{"-a":"x"}}}`, `/metadata/labels/-a: key "-a", expected a string like ^(([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$`},
		{"§8 reserved prefix", "process-update", `{"metadata":{"labels":{"CloudFoundry.org/a":"x"}}}`, `/metadata/labels/CloudFoundry.org~1a: key "CloudFoundry.org/a" is not allowed`},
		{"§6 everything", "process-scale", `{"instances":0,"memory_in_mb":1,"disk_in_mb":null,"log_rate_limit_in_bytes_per_second":-1}`, ""},
		{"§6 null crashes", "process-scale", `{"instances":null}`, "/instances: null, expected an integer from 0 to 2147483647"},
		{"§6 fraction", "process-scale", `{"instances":1.5}`, "/instances: 1.5, expected an integer from 0 to 2147483647"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := validated(t, c.schema, decoded(t, c.text)); got != c.want {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestUnusableValues holds what the schema library must not be given: it would
// panic, or write out a billion digits.
func TestUnusableValues(t *testing.T) {
	t.Parallel()
	var deep document.Value
	for range maxValueDepth + 2 {
		deep = document.Value{Kind: document.Array, Members: []document.Field{{Value: deep}}}
	}
	for _, c := range []struct{ name, text, want string }{
		{"exponent", "1e999999999", "1e999999999, expected a number of reasonable size"},
		{"negative exponent", `{"a/b":1e-999999999}`, "/a~1b: 1e-999999999, expected a number of reasonable size"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := validated(t, "process-scale", decoded(t, c.text)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if got := validated(t, "process-scale", deep); !strings.HasSuffix(got, "nested too deeply, expected at most 1000 levels") {
		t.Errorf("depth: %s", got[max(0, len(got)-80):])
	}
}

func TestValidateErrors(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"nope", "", "../schemas/process"} {
		if _, err := Validate(name, document.Value{}); err == nil || !strings.Contains(err.Error(), "does not exist") {
			t.Errorf("schema %q: %v", name, err)
		}
	}
}

func TestValidateTogether(t *testing.T) {
	t.Parallel()
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if found, err := Validate("process-list", decoded(t, "{}")); err != nil || len(found) != 2 {
				t.Errorf("%v, %v", found, err)
			}
		})
	}
	wait.Wait()
}

// TestSchemasCompile holds every embedded schema to its name, its address and
// the 2020-12 draft.
func TestSchemasCompile(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(schemas.FS, "*.schema.json")
	if err != nil || len(files) < 7 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			if _, err := Validate(strings.TrimSuffix(file, ".schema.json"), document.Value{}); err != nil {
				t.Error(err)
			}
			text, err := schemas.FS.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var head struct {
				ID          string `json:"$id"`
				Schema      string `json:"$schema"`
				Description string `json:"description"`
			}
			if err := json.Unmarshal(text, &head); err != nil {
				t.Fatal(err)
			}
			if head.ID != schemaBase+file || head.Schema != "https://json-schema.org/draft/2020-12/schema" || head.Description == "" {
				t.Errorf("%+v", head)
			}
		})
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	for schema, want := range map[string]string{
		`{"const":5}`:        "5",
		`{"enum":["a","b"]}`: `one of "a", "b"`,
		`{"enum":["a"]}`:     `"a"`,
		`{"type":"null"}`:    "null",
		`{"type":"boolean"}`: "true or false",
		`{"type":"number"}`:  "a number",
		`{"type":"object"}`:  "an object",
		`{"minimum":1}`:      "a value of at least 1",
		`{"$ref":"https://capisim.example.com/schemas/process.schema.json#/$defs/href"}`:             "a string of at least 1 character",
		`{"type":["number","null"],"minimum":0,"maximum":1}`:                                         "a number from 0 to 1 or null",
		`{"type":"number","maximum":1}`:                                                              "a number of at most 1",
		`{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1}`:                                "a number above 0 below 1",
		`{"type":"string","format":"date-time"}`:                                                     "a time such as 2026-01-01T00:00:00Z",
		`{"type":["string","null"],"pattern":"^x$","x-expected":"an x"}`:                             "an x or null",
		`{"type":["string","array","null"],"x-expected":"an x or a list"}`:                           "an x or a list or null",
		`{"type":"string","maxLength":1}`:                                                            "a string of at most 1 character",
		`{"type":"array","minItems":2}`:                                                              "an array of at least 2 items",
		`{"type":"object","minProperties":1,"maxProperties":2}`:                                      "an object of 1 to 2 keys",
		`{"anyOf":[{"type":"string"},{"type":"integer","minimum":0}]}`:                               "a string or an integer of at least 0",
		`{"oneOf":[{"type":"string"},{"$ref":"https://capisim.example.com/schemas/nope#/$defs/y"}]}`: "a string or a value",
	} {
		if got := describe(decoded(t, schema)); got != want {
			t.Errorf("describe(%s) = %q, want %q", schema, got, want)
		}
	}
}

// TestAlternatives proves that of several branches the one is reported that the
// value's type points at. None of the schemas for answers has any.
func TestAlternatives(t *testing.T) {
	t.Parallel()
	const text = `{"$defs":{"ratio":{"type":"number","minimum":0,"maximum":1}},
		"properties":{"one":{"anyOf":[{"$ref":"#/$defs/ratio"},{"type":"object","properties":{"in":{"type":"array"}},"additionalProperties":false}]},
		"other":{"oneOf":[{"const":"a"},{"enum":["b","c"]}]}, "items":{"type":"array","contains":{"type":"string"}},
		"never":false, "even":{"multipleOf":2}, "both":{"allOf":[{"minimum":1},{"maximum":2},{"maximum":2}]}}}`
	of, _ := schemaOf(t, "alternatives", text)
	for text, want := range map[string]string{
		`{"one":0.5,"other":"b"}`: "",
		`{"one":1.5}`:             "/one: 1.5, expected a number from 0 to 1",
		`{"one":{"in":5,"x":1}}`:  "/one/in: 5, expected an array\n/one/x: unknown key \"x\", expected \"in\"",
		`{"one":"x"}`:             `/one: "x", expected a number from 0 to 1 or an object`,
		`{"other":"x"}`:           `/other: "x", expected "a" or one of "b", "c"`,
		`{"items":[1]}`:           `/items: an array of 1 item, expected an array`,
		`{"never":1}`:             `/never: 1: not allowed`,
		`{"even":3}`:              `/even: 3: 3 not multipleOf 2`,
		`{"both":3}`:              `/both: 3, expected a value of at most 2`,
	} {
		value := decoded(t, text)
		c := checking{}
		if err := c.check(of, value, ""); err != nil {
			t.Fatal(err)
		}
		got := told(c.faults, value).Error()
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}
