package fault_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, match string
		want        bool
	}{
		{"everything", `{}`, true},
		{"empty texts match everything", `{"process":{"guid":"","type":"","labels":""},"app":"","user":"","remote":"","headers":{},"query":{},"body":{}}`, true},
		{"user", `{"user":"developer"}`, true},
		{"other user", `{"user":"auditor"}`, false},
		{"address", `{"remote":"10.1.2.3"}`, true},
		{"other address", `{"remote":"10.1.2.4"}`, false},
		{"network", `{"remote":"10.1.0.0/16"}`, true},
		{"network by one of its addresses", `{"remote":"10.1.9.9/16"}`, true},
		{"other network", `{"remote":"10.2.0.0/16"}`, false},
		{"address in the notation of IPv6", `{"remote":"::ffff:10.1.2.3"}`, true},
		{"network of IPv6", `{"remote":"2001:db8::/32"}`, false},
		{"guid", `{"process":{"guid":"p-1"}}`, true},
		{"other guid", `{"process":{"guid":"p-2"}}`, false},
		{"type", `{"process":{"type":"web"}}`, true},
		{"other type", `{"process":{"type":"worker"}}`, false},
		{"labels", `{"process":{"labels":"env in (prod,test),!tier"}}`, true},
		{"other labels", `{"process":{"labels":"env!=prod"}}`, false},
		{"app by name", `{"app":"demo"}`, true},
		{"app by guid", `{"app":"a-1"}`, true},
		{"other app", `{"app":"legacy"}`, false},
		{"all must hold", `{"user":"developer","app":"legacy"}`, false},

		{"header", `{"headers":{"User-Agent":{"contains":"cf/"}}}`, true},
		{"header in another case", `{"headers":{"user-agent":{"contains":"cf/"}}}`, true},
		{"any value of a header", `{"headers":{"X-Many":"two"}}`, true},
		{"header is absent", `{"headers":{"X-Other":{"exists":false}}}`, true},
		{"header should be absent", `{"headers":{"X-Many":{"exists":false}}}`, false},
		{"header should be there", `{"headers":{"X-Other":{"exists":true}}}`, false},
		{"an absent header equals nothing", `{"headers":{"X-Other":""}}`, false},
		{"pattern", `{"headers":{"User-Agent":{"matches":"^cf/\\d+\\."}}}`, true},
		{"other pattern", `{"headers":{"User-Agent":{"matches":"^curl"}}}`, false},

		{"parameter", `{"query":{"page":"2"}}`, true},
		{"parameter as a number", `{"query":{"page":2}}`, true},
		{"parameter greater", `{"query":{"page":{"gt":1,"lt":3}}}`, true},
		{"parameter not greater", `{"query":{"page":{"gt":2}}}`, false},
		{"parameter is not a number", `{"query":{"order_by":{"gt":0}}}`, false},
		{"infinity is not a number", `{"query":{"limit":{"gt":0}}}`, false},
		{"parameter in a list", `{"query":{"page":{"in":[1,2]}}}`, true},
		{"parameter not in a list", `{"query":{"page":{"in":["1","3"]}}}`, false},
		{"names of parameters keep their case", `{"query":{"Page":{"exists":true}}}`, false},

		{"body equals a number", `{"body":{"/instances":20}}`, true},
		{"body equals it in another form", `{"body":{"/instances":2e1}}`, true},
		{"a number is not text", `{"body":{"/instances":"20"}}`, false},
		{"body greater", `{"body":{"/instances":{"gt":10}}}`, true},
		{"body not greater", `{"body":{"/instances":{"gt":20}}}`, false},
		{"a text of digits counts as a number", `{"body":{"/text":{"lt":4}}}`, true},
		{"body contains", `{"body":{"/command":{"contains":"rack"}}}`, true},
		{"list contains", `{"body":{"/list":{"contains":"b"}}}`, true},
		{"list contains no part", `{"body":{"/long":{"contains":"rack"}}}`, false},
		{"an object contains nothing", `{"body":{"/health_check":{"contains":"type"}}}`, false},
		{"body matches", `{"body":{"/command":{"matches":"up$"}}}`, true},
		{"numbers match by their digits", `{"body":{"/instances":{"matches":"^20$"}}}`, true},
		{"null matches no pattern", `{"body":{"/user":{"matches":""}}}`, false},
		{"null", `{"body":{"/user":null}}`, true},
		{"null is not absent", `{"body":{"/user":{"exists":true}}}`, true},
		{"absent is not null", `{"body":{"/other":null}}`, false},
		{"absent", `{"body":{"/other":{"exists":false}}}`, true},
		{"deep", `{"body":{"/health_check/data/timeout":60}}`, true},
		{"element", `{"body":{"/list/1":"b"}}`, true},
		{"element beyond", `{"body":{"/list/2":{"exists":true}}}`, false},
		{"no index with a zero", `{"body":{"/list/01":{"exists":true}}}`, false},
		{"no index", `{"body":{"/list/-":{"exists":true}}}`, false},
		{"into a text", `{"body":{"/command/x":{"exists":true}}}`, false},
		{"escapes", `{"body":{"/a~1b/c~0d":true}}`, true},
		{"whole object", `{"body":{"/health_check":{"equals":{"data":{"timeout":60.0},"type":"http"}}}}`, true},
		{"other object", `{"body":{"/health_check":{"equals":{"type":"http"}}}}`, false},
		{"object with another key", `{"body":{"/health_check":{"equals":{"type":"http","date":{"timeout":60}}}}}`, false},
		{"whole list", `{"body":{"/list":["a","b"]}}`, true},
		{"list in another order", `{"body":{"/list":["b","a"]}}`, false},
		{"true", `{"body":{"/flag":true}}`, true},
		{"true is not text", `{"body":{"/flag":"true"}}`, false},
		{"large numbers by their digits", `{"body":{"/large":9223372036854775807}}`, true},
		{"large numbers are not rounded", `{"body":{"/large":9223372036854775806}}`, false},
		{"in", `{"body":{"/command":{"in":["x","bundle exec rackup"]}}}`, true},
		{"two comparisons", `{"body":{"/instances":{"gt":10,"lt":15}}}`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			subject := to(t, "updateProcess")
			subject.header = http.Header{"User-Agent": {"cf/8.18.4"}, "X-Many": {"one", "two"}}
			subject.query = url.Values{"page": {"2"}, "order_by": {"created_at"}, "limit": {"inf"}}
			subject.body = `{"instances":20,"text":"3","command":"bundle exec rackup","user":null,"list":["a","b"],"long":["rackup"],
				"health_check":{"type":"http","data":{"timeout":60}},"a/b":{"c~d":true},"flag":true,"large":9223372036854775807}`
			set := setOf(t, `{"id":"a","match":`+test.match+`,"respond":{"status":503}}`)
			if got := set.Plan(start, subject).RuleID == "a"; got != test.want {
				t.Errorf("%s matches: %t, want %t", test.match, got, test.want)
			}
		})
	}
}

// What a request does not have matches nothing but the wish that it be absent.
func TestMatchOfABareRequest(t *testing.T) {
	t.Parallel()
	for match, want := range map[string]bool{
		`{"process":{"guid":"p-1"}}`:          false,
		`{"process":{"type":"web"}}`:          false,
		`{"process":{"labels":"env!=prod"}}`:  false,
		`{"app":"demo"}`:                      false,
		`{"user":"developer"}`:                false,
		`{"body":{"/a":{"exists":false}}}`:    true,
		`{"body":{"/a":{"exists":true}}}`:     false,
		`{"query":{"page":{"exists":false}}}`: true,
	} {
		set := setOf(t, `{"match":`+match+`,"respond":{"status":503}}`)
		subject := &request{op: operation(t, "listProcesses"), labels: contract.Pairs{}}
		if got := set.Plan(start, subject).RuleID != ""; got != want {
			t.Errorf("%s matches: %t, want %t", match, got, want)
		}
	}
}

// TestMatchOfEveryBody: a rule sees what the operation sees, whatever way the
// body was written, and nothing of a body that it ignores.
func TestMatchOfEveryBody(t *testing.T) {
	t.Parallel()
	const form, multi = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
	part := "--b\r\nContent-Disposition: form-data; name=\"instances\"\r\n\r\n3\r\n--b--\r\n"
	for _, test := range []struct {
		name, operation, media, body, match string
		want                                bool
	}{
		{"form", "scaleProcess", form, "instances=3", `{"/instances":3}`, true},
		{"form, as a text", "scaleProcess", form, "instances=3", `{"/instances":"3"}`, true},
		{"form, in another notation", "scaleProcess", form, "instances=3", `{"/instances":{"in":[3e0]}}`, true},
		{"form, another number", "scaleProcess", form, "instances=30", `{"/instances":3}`, false},
		{"form, a word", "scaleProcess", form, "instances=true", `{"/instances":true}`, true},
		{"form, nested", "updateProcess", form, "metadata[labels][a]=b&metadata[labels][c]=d", `{"/metadata/labels":{"equals":{"c":"d","a":"b"}}}`, true},
		{"form, a list", "updateProcess", form, "a[]=x&a[]=y", `{"/a/1":"y","/a":{"contains":"x"}}`, true},
		{"form, the last counts", "updateProcess", form, "command=a&command=b", `{"/command":"b"}`, true},
		{"form that cannot be read", "updateProcess", form, "command=%zz", `{"/command":{"exists":true}}`, false},
		{"multipart", "scaleProcess", multi, part, `{"/instances":{"gt":2}}`, true},
		{"JSON with a comment", "updateProcess", "", `{"command":"x"/*c*/}`, `{"/command":"x"}`, true},
		{"JSON, the last counts", "updateProcess", "", `{"command":"x","command":"y"}`, `{"/command":"y"}`, true},
		{"JSON, no object", "updateProcess", "", `["x"]`, `{"/_json/0":"x"}`, true},
		{"a text of digits is not a number in JSON", "scaleProcess", "", `{"instances":"3"}`, `{"/instances":3}`, false},
		{"ignored", "updateProcess", "text/plain", `{"command":"x"}`, `{"/command":{"exists":true}}`, false},
		{"ignored is absent", "updateProcess", "text/plain", `{"command":"x"}`, `{"/command":{"exists":false}}`, true},
		{"JSON that is called a form", "updateProcess", form, `{"command":"x"}`, `{"/command":{"exists":true}}`, false},
		{"a grant", "createToken", form, "grant_type=refresh_token&refresh_token=x", `{"/grant_type":"refresh_token"}`, true},
		{"a grant of any name, the first counts", "createToken", "text/plain", "grant_type=a&grant_type=b", `{"/grant_type":"a"}`, true},
		{"the number above", "scaleProcess", "", `{"log":9223372036854775807}`, `{"/log":9223372036854775806}`, false},
		{"the number itself", "scaleProcess", "", `{"log":9223372036854775807}`, `{"/log":{"equals":9223372036854775807.0}}`, true},
		{"above the number below", "scaleProcess", "", `{"log":9223372036854775807}`, `{"/log":{"gt":9223372036854775806}}`, true},
		{"not above itself", "scaleProcess", "", `{"log":9223372036854775807}`, `{"/log":{"gt":9223372036854775807}}`, false},
		{"a fraction no float has", "scaleProcess", "", `{"log":0.10000000000000000001}`, `{"/log":0.1}`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			set := setOf(t, `{"match":{"operations":["`+test.operation+`"],"body":`+test.match+`},"respond":{"status":503}}`)
			subject := to(t, test.operation)
			subject.media, subject.body = test.media, test.body
			if got := set.Plan(start, subject).RuleID != ""; got != test.want {
				t.Errorf("%s on %s: %t, want %t", test.match, test.body, got, test.want)
			}
		})
	}
}

// A rule asks only for what it needs: a look-up or a decoded body costs.
func TestPlanAsksForWhatItNeeds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		rules []string
		want  map[string]int
	}{
		{"nothing", []string{`{"respond":{"status":503}}`}, nil},
		{"the cheap first", []string{`{"match":{"user":"nobody","app":"demo","body":{"/a":1},"process":{"type":"web"}},"respond":{"status":503}}`}, map[string]int{"user": 1}},
		{"only as far as a rule goes", []string{
			`{"match":{"body":{"/a":1},"headers":{"A":"1"},"query":{"a":1}},"respond":{"status":503}}`,
			`{"match":{"headers":{"B":{"exists":false}},"query":{"b":{"exists":false}},"body":{"/b":1}},"respond":{"status":503}}`,
			`{"match":{"body":{"/c":1}},"respond":{"status":503}}`},
			map[string]int{"body": 2, "header": 2, "query": 1}},
		{"not below one that always decides", []string{`{"match":{"body":{"/a":1}},"respond":{"status":503}}`, `{"respond":{"status":500}}`}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			subject := to(t, "updateProcess")
			setOf(t, test.rules...).Plan(start, subject)
			for _, what := range []string{"user", "header", "query", "body", "process", "app"} {
				if subject.asked[what] != test.want[what] {
					t.Errorf("asked %d times for %s, want %d", subject.asked[what], what, test.want[what])
				}
			}
		})
	}
}

// Rules for one guid and rules for all stand in one order.
func TestGuidsKeepTheOrder(t *testing.T) {
	t.Parallel()
	set := setOf(t,
		`{"id":"1","when":{"skip":1},"respond":{"status":503}}`,
		`{"id":"2","match":{"process":{"guid":"p-1"}},"when":{"times":1},"respond":{"status":503}}`,
		`{"id":"3","when":{"times":1},"respond":{"status":503}}`,
		`{"id":"4","match":{"process":{"guid":"p-2"}},"respond":{"status":503}}`,
		`{"id":"5","match":{"process":{"guid":"p-1"}},"when":{"times":1},"respond":{"status":503}}`)
	if got, want := play(t, set, 5), "5:503 3:503 2:503 - 1:503"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestMatchersInJSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal([]fault.Matcher{{Equals: json.RawMessage(`"x"`)}, {Equals: json.RawMessage(`{"a":1}`)}, {Contains: new("cf/")}})
	if want := `["x",{"equals":{"a":1}},{"contains":"cf/"}]`; err != nil || string(text) != want {
		t.Errorf("got %s %v, want %s", text, err, want)
	}
}
