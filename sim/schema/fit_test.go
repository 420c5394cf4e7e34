package schema

import "testing"

func TestFit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, schema, text, want string }{
		{"texts of labels, names, headers and users", "scenario",
			`{"name":1.10,"auth":{"users":[{"name":7,"password":1234,"scopes":[]}],"tokens":{"t":7}},"apps":[{"name":true,"metadata":{"labels":{"v":2,"on":true},"annotations":{"n":1e3}},"processes":[{"type":"web","instances":2,"memory_in_mb":256,"command":5}]}]}`,
			`{"name":"1.10","auth":{"users":[{"name":"7","password":"1234","scopes":[]}],"tokens":{"t":"7"}},"apps":[{"name":"true","metadata":{"labels":{"v":"2","on":"true"},"annotations":{"n":"1e3"}},"processes":[{"type":"web","instances":2,"memory_in_mb":256,"command":"5"}]}]}`},
		{"what is not a text stays", "scenario", `{"name":"x","seed":7,"clock":{"mode":1},"lifecycle":{"start_delay":5},"rate_limit":{"limit":"5"},"stats_available":1}`,
			`{"name":"x","seed":7,"clock":{"mode":1},"lifecycle":{"start_delay":5},"rate_limit":{"limit":"5"},"stats_available":1}`},
		{"a rule", "fault-rule", `{"id":7,"match":{"user":1,"headers":{"A":{"contains":2,"equals":3}},"query":{"q":4}},"respond":{"status":503,"detail":5,"headers":{"Retry-After":3},"body":{"n":1}}}`,
			`{"id":"7","match":{"user":"1","headers":{"A":{"contains":"2","equals":3}},"query":{"q":4}},"respond":{"status":503,"detail":"5","headers":{"Retry-After":3},"body":{"n":1}}}`},
		{"keys of the writer's own", "scenario",
			`{"x-a":{"b":1},"name":"x","apps":[{"x-b":1,"name":"a","metadata":{"labels":{"x-c":"kept"}}}],"faults":[{"x-d":1,"delay":{"x-e":1,"fixed":"1s"},"match":{"headers":{"x-f":"kept"}}}],"auth":{"tokens":{"x-g":"kept"}}}`,
			`{"name":"x","apps":[{"name":"a","metadata":{"labels":{"x-c":"kept"}}}],"faults":[{"delay":{"fixed":"1s"},"match":{"headers":{"x-f":"kept"}}}],"auth":{"tokens":{"x-g":"kept"}}}`},
		{"an unusable number", "fault-rule", `{"id":1e999999999}`, `{"id":1e999999999}`},
		{"no object", "scenario", `7`, `7`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := Fit(c.schema, decoded(t, c.text))
			if err != nil || got.String() != c.want {
				t.Errorf("%v\n got %s\nwant %s", err, got, c.want)
			}
		})
	}
}
