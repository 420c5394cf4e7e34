package contract

import (
	"fmt"
	"strings"
	"testing"
)

func operation(t *testing.T, id string) *Operation {
	t.Helper()
	o, ok := OperationByID(id)
	if !ok {
		t.Fatalf("no operation %s", id)
	}
	return o
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	const asJSON = "application/json"
	for _, c := range []struct {
		name, operation, contentType, query, body string
		variant                                   Variant
		want                                      string // "trap pointer", blank-separated
	}{
		{"a good PATCH", "updateProcess", asJSON, "", `{"command":"x","health_check":{"type":"http","data":{"endpoint":"/","timeout":5}},"metadata":{"labels":{"a":"b"}}}`, Default, ""},
		{"a GET ignores its body", "getProcess", "", "", `{`, Default, ""},
		{"§4 no Content-Type", "updateProcess", "", "", `{"command":"x"}`, Default, "body-ignored "},
		{"§4 no body, no Content-Type", "updateProcess", "", "", ``, Default, ""},
		{"§4 text/plain", "scaleProcess", "text/plain", "", `{"instances":null}`, Default, "body-ignored "},
		{"§4 form", "scaleProcess", "application/x-www-form-urlencoded", "", `instances=3`, Default, "form-body , digit-string /instances"},
		{"§4 framework keys", "updateProcess", asJSON, "", `{"utf8":1}`, Default, "dropped-key /utf8"},
		{"§4 body key", "updateProcess", asJSON, "", `{"body":{}}`, Default, "body-key /body"},
		{"§4 duplicate key, deep down", "updateProcess", asJSON, "", `{"metadata":{"labels":{"a":"1","a":"2"}}}`, Default, "duplicate-key "},
		{"§4 comments", "updateProcess", asJSON, "", `{/* x */}`, Default, "lenient-json "},
		{"§4 broken", "updateProcess", asJSON, "", `{`, Default, ""},
		{"§4 app_guid in the body", "updateProcess", asJSON, "", `{"app_guid":"x"}`, Default, "app-guid /app_guid"},
		{"§4 app_guid in the body of a nested path", "updateProcessForApp", asJSON, "", `{"app_guid":"x"}`, Default, ""},
		{"§4 app_guid in the query", "listProcesses", "", "app_guid=x", "", Default, "app-guid ?app_guid"},
		{"§5 digits in a string", "updateProcess", asJSON, "", `{"health_check":{"data":{"timeout":"5","interval":"x"}}}`, Default, "digit-string /health_check/data/timeout"},
		{"§5 whole decimals", "scaleProcess", asJSON, "", `{"instances":5.0,"memory_in_mb":1e3,"disk_in_mb":1.5}`, Default, "decimal-integer /instances, decimal-integer /memory_in_mb"},
		{"§4 unread keys", "updateProcess", asJSON, "", `{"health_check":{"x":1,"data":{"a/b":2}}}`, Default, "unread-key /health_check/x, unread-key /health_check/data/a~1b"},
		{"§17 readiness timeout", "updateProcess", asJSON, "", `{"readiness_health_check":{"data":{"timeout":1}}}`, Default, "unread-key /readiness_health_check/data/timeout"},
		{"§17 readiness timeout is the vendor's", "updateProcess", asJSON, "", `{"readiness_health_check":{"data":{"timeout":"1"}}}`, Vendor, "digit-string /readiness_health_check/data/timeout"},
		{"§5 null checks", "updateProcess", asJSON, "", `{"health_check":null,"readiness_health_check":{"data":null}}`, Default, "ignored-null /health_check, ignored-null /readiness_health_check/data"},
		{"§9 crash", "updateProcess", asJSON, "", `{"health_check":"port","readiness_health_check":{"data":[]}}`, Default, "health-check-crash /health_check, health-check-crash /readiness_health_check/data"},
		{"§10 endpoint with another type", "updateProcess", asJSON, "", `{"health_check":{"type":"port","data":{"endpoint":"/"}}}`, Default, "dropped-endpoint /health_check/data/endpoint"},
		{"§5 endpoint of several lines", "updateProcess", asJSON, "", `{"health_check":{"data":{"endpoint":"/\nx"}}}`, Default, "endpoint-lines /health_check/data/endpoint"},
		{"§6 nulls", "scaleProcess", asJSON, "", `{"instances":null,"memory_in_mb":null,"disk_in_mb":null,"log_rate_limit_in_bytes_per_second":null}`, Default,
			"scale-null-crash /instances, scale-null-crash /memory_in_mb, scale-null-disk /disk_in_mb"},
		{"§8 false", "updateProcess", asJSON, "", `{"metadata":{"labels":false,"annotations":false}}`, Default, "ignored-false /metadata/labels, ignored-false /metadata/annotations"},
		{"§8 labels that are not text", "updateProcess", asJSON, "", `{"metadata":{"labels":{"a.b/c":5,"d":null,"e":true}}}`, Default, "label-text /metadata/labels/a.b~1c, label-text /metadata/labels/e"},
		{"§9.1 what the storage layer trips over", "updateProcess", asJSON, "", `{"command":"\u0000","health_check":{"type":["http"],"data":{"endpoint":"/\u0000"}},"metadata":{"annotations":{"a":["b"],"c":["b",1],"d":"\u0000"}}}`, Default,
			"nul /command, type-array /health_check/type, nul /health_check/data/endpoint, annotation-array /metadata/annotations/a, annotation-crash /metadata/annotations/c, nul /metadata/annotations/d"},
		{"§9.1 filters", "listAppProcesses", "", "types=%00&space_guids", "", Default, "nul ?types, query-crash ?space_guids"},
		{"§8 annotations", "updateProcess", asJSON, "", `{"metadata":{"annotations":{"a":5,"b":true,"c":1.5,"d":{},"-":"","e":null}}}`, Default,
			"annotation-text /metadata/annotations/a, annotation-crash /metadata/annotations/b, annotation-crash /metadata/annotations/c, annotation-crash /metadata/annotations/d, unchecked-annotation /metadata/annotations/-"},
		{"§13.1 leading digits", "listProcesses", "", "page=1.5&per_page=2x", "", Default, "lenient-page ?page, lenient-page ?per_page"},
		{"§13.1 refused, not lenient", "listProcesses", "", "page=x", "", Default, ""},
		{"§13.1 crashes", "listProcesses", "", "page[]=1&order_by[a]=1&label_selector[]=a&created_ats&embed&types[a]=b", "", Default,
			"query-crash ?page, query-crash ?order_by, query-crash ?label_selector, query-crash ?created_ats, query-crash ?embed, query-crash ?types"},
		{"§13.1 array", "listAppProcesses", "", "guids[]=a", "", Default, "array-parameter ?guids"},
		{"§13.1 repeated", "listProcesses", "", "guids=a&guids=b&guids=c&types[]=a&types[]=b", "", Default, "repeated-parameter ?guids, array-parameter ?types"},
		{"§13.1 query nobody reads", "getProcessStats", "", "foo=1&bar=2", "", Default, "unread-query ?foo, unread-query ?bar"},
		{"§2 malformed query", "listProcesses", "", "a=%", "", Default, ""},
		{"supporting operations have their own parameters", "createToken", "", "login_hint=x", "", Default, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, w := range Warnings(operation(t, c.operation), c.contentType, c.query, []byte(c.body), c.variant) {
				got = append(got, w.Trap+" "+w.Pointer)
				if w.Message == "" || strings.Contains(w.Message, "%!") {
					t.Errorf("message of %s: %q", w.Trap, w.Message)
				}
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("got %s\nwant %s", strings.Join(got, ", "), c.want)
			}
		})
	}
}

func TestIndexWarnings(t *testing.T) {
	t.Parallel()
	for index, want := range map[string]string{"0": "[]", "12": "[]", "-1": "[]",
		"abc": "[{lenient-index {index} the index abc is not a number; its leading digits were read, and no digits mean 0: another instance may have been stopped}]"} {
		if got := fmt.Sprint(IndexWarnings(index)); got != want {
			t.Errorf("§14.3 %s: got %s, want %s", index, got, want)
		}
	}
}

// TestTrapsTable holds the table to what its readers need of it.
func TestTrapsTable(t *testing.T) {
	t.Parallel()
	for id, words := range traps {
		if strings.Count(words, "%s") != 1 {
			t.Errorf("%s needs one %%s in its warning", id)
		}
	}
}

func TestRequestViolations(t *testing.T) {
	t.Parallel()
	const asJSON = "application/json"
	for _, c := range []struct{ name, operation, contentType, query, index, body, want string }{
		{"a good PATCH", "updateProcess", asJSON, "", "", `{"command":"x"}`, ""},
		{"an empty PATCH", "updateProcess", "", "", "", ``, ""},
		{"§4 unknown field", "updateProcess", asJSON, "", "", `{"x":1}`, `/x: unknown key "x", expected one of "command", "user", "health_check", "readiness_health_check", "metadata"`},
		{"§5 wrong type", "updateProcessForApp", asJSON, "", "", `{"command":5}`, `/command: 5, expected a string of 1 to 4096 characters or null`},
		{"§4 no Content-Type", "updateProcess", "", "", "", `{"command":"x"}`, `Content-Type none, expected application/json`},
		{"§4 form, its fields count", "scaleProcess", "application/x-www-form-urlencoded", "", "", `instances=x`,
			"Content-Type \"application/x-www-form-urlencoded\", expected application/json\n/instances: \"x\", expected an integer from 0 to 2147483647"},
		{"§4 broken", "scaleProcess", asJSON, "", "", `{`, `not readable, expected process-scale as JSON`},
		{"§4 array", "scaleProcess", asJSON, "", "", `[1]`, `an array of 1 item, expected an object`},
		{"§6 null that crashes", "scaleProcess", asJSON, "", "", `{"instances":null}`, `/instances: null, expected an integer from 0 to 2147483647`},
		{"§13.1 unknown parameter", "getProcess", "", "page=1", "", ``, `?page: unknown query parameter, expected embed`},
		{"§13.1 no parameters", "getProcessStats", "", "page=1", "", ``, `?page: unknown query parameter, expected no parameters at all`},
		{"§13.1 list", "listProcesses", "", "app_guids=a&page=1&app_guid=x", "", ``,
			`?app_guid: unknown query parameter, expected one of page, per_page, order_by, created_ats, updated_ats, guids, types, space_guids, organization_guids, app_guids, embed, label_selector`},
		{"§13.1 nested list", "listAppProcesses", "", "app_guids=a&page=1", "", ``,
			`?app_guids: unknown query parameter, expected one of page, per_page, order_by, created_ats, updated_ats, guids, types, embed, label_selector`},
		{"§2 malformed query", "listProcesses", "", "a=%", "", ``, `?: malformed query, expected name=value pairs in %-encoding`},
		{"§14.3 index", "terminateProcessInstance", "", "", "abc", ``, `{index}: "abc", expected an integer of at least 0`},
		{"§14.3 negative index", "terminateProcessInstance", "", "", "-1", ``, `{index}: "-1", expected an integer of at least 0`},
		{"§14.3 a good index", "terminateProcessInstanceForApp", "", "", "10", ``, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := RequestViolations(operation(t, c.operation), c.contentType, c.query, c.index, []byte(c.body)).Error(); got != c.want {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
}
