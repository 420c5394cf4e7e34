package fault_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"example.com/capisim/schemas"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/schema"
	"example.com/capisim/sim/socket"
)

// The form of a rule is decided by its schema. What is refused although it has
// the form (by the contract, the order of numbers, regular expressions) is
// marked.
func TestFormAndMeaning(t *testing.T) {
	t.Parallel()
	const form, meaning = true, false
	for _, test := range []struct {
		rule  string
		valid bool
		form  bool
	}{
		{sample, true, form},
		{`{"delay":{"fixed":"1s"}}`, true, form},
		{`{"delay":{"fixed":"1m30.5s"}}`, true, form},
		{`{"delay":{"fixed":"0"}}`, true, form},
		{`{"delay":{"fixed":"10"}}`, false, form},
		{`{"delay":{"fixed":"-1s"}}`, false, form},
		{`{"delay":{"fixed":1}}`, false, form},
		{`{"delay":{"uniform":{"min":"1s","max":"2s"}}}`, true, form},
		{`{"delay":{"uniform":{"min":"1s"}}}`, false, form},
		{`{"delay":{"uniform":{"min":"2s","max":"1s"}}}`, false, meaning},
		{`{"delay":{"lognormal":{"median":"1s","sigma":0.5}}}`, true, form},
		{`{"delay":{"lognormal":{"median":"0s","sigma":0.5}}}`, false, form},
		{`{"delay":{"lognormal":{"median":"1s","sigma":11}}}`, false, form},
		{`{"delay":{"lognormal":{"median":"1s"}}}`, false, form},
		{`{"delay":{"percentiles":{"p50":"1s","p90":"2s","p99":"3s"}}}`, true, form},
		{`{"delay":{"percentiles":{"p50":"1s","p90":"2s"}}}`, false, form},
		{`{"delay":{"fixed":"1s","uniform":{"min":"1s","max":"2s"}}}`, false, form},
		{`{"delay":{}}`, false, form},
		{`{"delay":"1s"}`, false, form},
		{`{}`, false, form},
		{`null`, false, form},
		{`7`, false, form},
		{`{"connection":"reset"}`, true, form},
		{`{"connection":"rest"}`, false, form},
		{`{"connection":7}`, false, form},
		{`{"connection":{"kind":"hang","for":"1s"}}`, true, form},
		{`{"connection":{"kind":"hang","for":"0s"}}`, false, form},
		{`{"connection":{"kind":"drip","bytes_per_second":1}}`, true, form},
		{`{"connection":{"kind":"drip","bytes_per_second":0}}`, false, form},
		{`{"connection":{"kind":"drip","after_bytes":1}}`, false, form},
		{`{"connection":{"kind":"truncate","after_bytes":0}}`, true, form},
		{`{"connection":{"kind":"truncate","for":"1s"}}`, false, form},
		{`{"connection":{"kind":"truncate","bytes_per_second":1}}`, false, form},
		{`{"connection":{"for":"1s"}}`, false, form},
		{`{"connection":{"kind":"reset","speed":1}}`, false, form},
		{`{"respond":{"status":503,"headers":{"Retry-After":"1"}}}`, true, form},
		{`{"respond":{"status":503,"headers":{"Retry After":"1"}}}`, false, form},
		{`{"respond":{"status":503,"headers":{"A":"\u0001"}}}`, false, form},
		{`{"respond":{"status":503,"headers":{"A":1}}}`, true, form},
		{`{"respond":{"status":503,"headers":{"A":["1",2]}}}`, true, form},
		{`{"respond":{"status":503,"headers":{"A":null}}}`, true, form},
		{`{"respond":{"status":503,"headers":{"A":[]}}}`, false, form},
		{`{"respond":{"status":503,"headers":{"A":[null]}}}`, false, form},
		{`{"respond":{"status":503,"headers":{"A":["\u0001"]}}}`, false, form},
		{`{"respond":{"status":503,"headers":{"A":{}}}}`, false, form},
		{`{"respond":{}}`, false, form},
		{`{"respond":{"status":199}}`, false, form},
		{`{"respond":{"status":600}}`, false, form},
		{`{"respond":{"status":"503"}}`, false, form},
		{`{"respond":{"status":418}}`, false, meaning},
		{`{"respond":{"status":418},"undocumented":true}`, true, form},
		{`{"respond":{"status":503,"error":"CF-Conflict"}}`, false, meaning},
		{`{"respond":{"status":503,"body":{}}}`, false, meaning},
		{`{"respond":{"status":503,"body":null},"undocumented":true}`, true, form},
		{`{"respond":{"status":503},"id":"a/b"}`, false, form},
		{`{"respond":{"status":503},"id":"checkout: flaky 1"}`, true, form},
		{`{"respond":{"status":503},"id":""}`, true, form},
		{`{"respond":{"status":503},"description":{}}`, false, form},
		{`{"respond":{"status":503},"enabled":"yes"}`, false, form},
		{`{"respond":{"status":503},"optional":true,"enabled":false}`, true, form},
		{`{"respond":{"status":503},"apply":"after"}`, true, form},
		{`{"respond":{"status":503},"apply":"during"}`, false, form},
		{`{"respond":{"status":503},"whne":{}}`, false, form},
		{`{"respond":{"status":503},"when":{"skip":0,"times":1,"probability":1,"from":"0s","until":"1s"}}`, true, form},
		{`{"respond":{"status":503},"when":{"skip":-1}}`, false, form},
		{`{"respond":{"status":503},"when":{"times":0}}`, false, form},
		{`{"respond":{"status":503},"when":{"probability":1.5}}`, false, form},
		{`{"respond":{"status":503},"when":{"until":"0s"}}`, false, form},
		{`{"respond":{"status":503},"when":{"from":"2s","until":"1s"}}`, false, meaning},
		{`{"respond":{"status":503},"when":{"often":1}}`, false, form},
		{`{"respond":{"status":503},"when":null}`, false, form},
		{`{"sequence":[{"status":503},{"pass":true},{"connection":"reset"}],"repeat":"cycle"}`, true, form},
		{`{"sequence":[]}`, false, form},
		{`{"sequence":[{}]}`, false, meaning},
		{`{"sequence":[{}],"respond":{"status":503}}`, true, form},
		{`{"sequence":[{"pass":true,"status":503}]}`, false, form},
		{`{"sequence":[{"pass":false,"status":503}]}`, true, form},
		{`{"sequence":[{"detail":"d"}]}`, false, form},
		{`{"sequence":[{"status":503,"delay":{"fixed":"1s"}}]}`, false, form},
		{`{"sequence":[{"status":503}],"repeat":"twice"}`, false, form},
		{`{"match":{"operations":["*"]},"respond":{"status":503}}`, true, form},
		{`{"match":{"operations":["getRoot","getProcess"]},"respond":{"status":503}}`, true, form},
		{`{"match":{"operations":["getProces"]},"respond":{"status":503}}`, false, meaning},
		{`{"match":{"operations":["get process"]},"respond":{"status":503}}`, false, form},
		{`{"match":{"operations":[]},"respond":{"status":503}}`, false, form},
		{`{"match":{"operations":"getProcess"},"respond":{"status":503}}`, false, form},
		{`{"match":{"process":{"name":"x"}},"respond":{"status":503}}`, false, form},
		{`{"match":{"process":{"labels":"a = b"}},"respond":{"status":503}}`, false, meaning},
		{`{"match":{"headers":{"A B":"x"}},"respond":{"status":503}}`, false, form},
		{`{"match":{"query":{"":"x"}},"respond":{"status":503}}`, false, form},
		{`{"match":{"body":{"a":"x"}},"respond":{"status":503}}`, false, form},
		{`{"match":{"body":{"/a~2":"x"}},"respond":{"status":503}}`, false, form},
		{`{"match":{"body":{"/a~1b~0":[1,null]}},"respond":{"status":503}}`, true, form},
		{`{"match":{"body":{"/a":{}}},"respond":{"status":503}}`, false, form},
		{`{"match":{"body":{"/a":{"like":1}}},"respond":{"status":503}}`, false, form},
		{`{"match":{"body":{"/a":{"exists":false}}},"respond":{"status":503}}`, true, form},
		{`{"match":{"body":{"/a":{"exists":false,"gt":1}}},"respond":{"status":503}}`, false, form},
		{`{"match":{"body":{"/a":{"exists":true,"gt":1,"lt":2,"in":[1],"contains":"a","matches":"a","equals":{}}}},"respond":{"status":503}}`, true, form},
		{`{"match":{"body":{"/a":{"in":[]}}},"respond":{"status":503}}`, false, form},
		{`{"match":{"body":{"/a":{"gt":"1"}}},"respond":{"status":503}}`, false, form},
		{`{"match":{"body":{"/a":{"matches":"("}}},"respond":{"status":503}}`, false, meaning},
	} {
		t.Run(test.rule, func(t *testing.T) {
			t.Parallel()
			_, problems := fault.ParseRules([]byte(test.rule))
			if got := len(problems) == 0; got != test.valid {
				t.Errorf("taken is %t: %v", got, problems)
			}
			if got := conforms(t, test.rule); got != (test.valid || !test.form) {
				t.Errorf("the schema says %t", got)
			}
		})
	}
}

func conforms(t *testing.T, rule string) bool {
	t.Helper()
	return len(misfits(t, rule)) == 0
}

func misfits(t *testing.T, rule string) document.Violations {
	t.Helper()
	value, err := document.Decode([]byte(rule))
	if err != nil {
		t.Fatal(err)
	}
	problems, err := schema.Validate("fault-rule", value)
	if err != nil {
		t.Fatal(err)
	}
	return problems
}

// An unknown key is reported where it stands, in the same place by both.
func TestSchemaPointsAtUnknownKeys(t *testing.T) {
	t.Parallel()
	problems := misfits(t, `{"delay":{"fixed":"1s"},"when":{"tiems":1}}`)
	if len(problems) != 1 || problems[0].Pointer != "/when/tiems" {
		t.Errorf("got %v", problems)
	}
}

var write = flag.Bool("write", false, "write into the schema what it lists of the table of socket faults")

// listed is what the schema lists of the table of socket faults.
var listed = regexp.MustCompile(`(?s)\n    "kind": \{.*?\n    \}`)

// The schema lists the table of the connection's faults, each with its
// parameter.
func TestSchemaKnowsEveryConnection(t *testing.T) {
	t.Parallel()
	const file = "../../schemas/fault-rule.schema.json"
	var words []string
	for _, row := range socket.Faults() {
		words = append(words, string(row.Kind)+": "+row.Words)
	}
	kind, err := json.MarshalIndent(struct {
		Description string   `json:"description"`
		Enum        []string `json:"enum"`
	}{strings.Join(words, "; ") + ".", socket.Names()}, "    ", "  ")
	if err != nil {
		t.Fatal(err)
	}
	was, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	is := listed.ReplaceAllLiteral(was, append([]byte("\n    \"kind\": "), kind...))
	if *write {
		if err := os.WriteFile(file, is, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(was, is) {
		t.Errorf("%s does not list what sim/socket does: run go generate ./docs", file)
	}
	for _, row := range socket.Faults() {
		conforming := func(connection string) bool { return conforms(t, `{"connection":`+connection+`}`) }
		if name := strconv.Quote(string(row.Kind)); !conforming(name) {
			t.Errorf("%s is not allowed", name)
		}
		for name, value := range map[socket.Parameter]string{socket.AfterBytes: "3", socket.BytesPerSecond: "3", socket.For: `"3s"`} {
			object := fmt.Sprintf(`{"kind":%q,%q:%s}`, row.Kind, name, value)
			if conforming(object) != (row.Parameter == name) {
				t.Errorf("%s: allowed %v", object, row.Parameter != name)
			}
		}
	}
}

// Every key of every object is described, and no object takes others.
func TestSchemaIsCompleteAndClosed(t *testing.T) {
	t.Parallel()
	raw, err := schemas.FS.ReadFile("fault-rule.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	if schema["$id"] != "https://capisim.example.com/schemas/fault-rule.schema.json" {
		t.Errorf("$id is %v", schema["$id"])
	}
	closed := 0
	var look func(at string, node any)
	look = func(at string, node any) {
		object, ok := node.(map[string]any)
		if !ok {
			if list, ok := node.([]any); ok {
				for _, one := range list {
					look(at, one)
				}
			}
			return
		}
		for key, member := range object {
			look(at+"/"+key, member)
		}
		properties, ok := object["properties"].(map[string]any)
		if !ok || strings.HasSuffix(at, "/if") || (strings.HasSuffix(at, "/then") && object["type"] == nil) {
			return // a condition, not an object of the language
		}
		closed++
		for key, one := range properties {
			if text, _ := one.(map[string]any)["description"].(string); text == "" {
				t.Errorf("%s/properties/%s has no description", at, key)
			}
		}
		if others, _ := object["additionalProperties"].(bool); others || object["additionalProperties"] == nil {
			t.Errorf("%s takes keys that it does not describe", at)
		}
	}
	look("", schema)
	if closed != 13 {
		t.Errorf("%d objects seen, want 13", closed)
	}
}
