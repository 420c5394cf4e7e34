package drift

import (
	"fmt"
	"net/http"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestBodies(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, theirs, ours, want string }{
		{"equal", `{"a":[1,"x",null]}`, `{"a":[1,"x",null]}`, ""},
		{"value", `{"a":"x"}`, `{"a":"y"}`, `/a: "x", "y"`},
		{"kind", `{"a":null}`, `{"a":{}}`, `/a: null, an object`},
		{"extra and missing", `{"a":1}`, `{"b":[]}`, `/a: a number, no such key; /b: no such key, a list`},
		{"order", `{"a":1,"b":2}`, `{"b":2,"a":1}`, `: the keys in the order a, b, b, a`},
		{"order and a value", `{"a":1,"b":2}`, `{"b":3,"a":1}`, `: the keys in the order a, b, b, a; /b: 2, 3`},
		{"length", `[1,2]`, `[1]`, `: 2 elements, 1 element`},
		{"odd keys", `{"a/b":{"~":1}}`, `{"a/b":{"~":2}}`, `/a~1b/~0: 1, 2`},

		{"link within each base", `{"self":{"href":"https://t/cf/v3/x"}}`, `{"self":{"href":"http://capisim.invalid/v3/x"}}`, ""},
		{"link of another base", `{"href":"https://other/v3/x"}`, `{"href":"http://capisim.invalid/v3/x"}`, `/href: "https://other/v3/x", "/v3/x"`},

		{"times", `{"created_at":"2020-02-02T02:02:02Z"}`, `{"created_at":"2026-01-01T00:00:00Z"}`, ""},
		{"times of another form", `{"created_at":"2020-02-02 02:02:02Z"}`, `{"created_at":"2026-01-01T00:00:00Z"}`, `/created_at: "2020-02-02 02:02:02Z", the form of "0000-00-00T00:00:00Z"`},
		{"versions", `{"version":"0ae1f0c4-0000-4000-8000-0123456789ab"}`, `{"version":"00000000-0000-4000-8000-000000000000"}`, ""},
		{"version that is not a uuid", `{"version":"7"}`, `{"version":"00000000-0000-4000-8000-000000000000"}`, `/version: "7", the form of "a uuid"`},
		{"commands", `{"command":"a"}`, `{"command":"b"}`, ""},
		{"command hidden", `{"command":"[PRIVATE DATA HIDDEN]"}`, `{"command":"b"}`, `/command: "[PRIVATE DATA HIDDEN]", "a command"`},
		{"the same rules in a list", `{"resources":[{},{"command":"a"}]}`, `{"resources":[{},{"command":"[PRIVATE DATA HIDDEN IN LISTS]"}]}`,
			`/resources/1/command: "a", "[PRIVATE DATA HIDDEN IN LISTS]"`},
		{"labels have no rules", `{"metadata":{"labels":{"command":"a"}}}`, `{"metadata":{"labels":{"command":"b"}}}`, `/metadata/labels/command: "a", "b"`},

		{"numbers of an instance", `{"resources":[{"uptime":1,"mem_quota":null,"usage":{"cpu":0.5}}]}`, `{"resources":[{"uptime":2,"mem_quota":3,"usage":{"cpu":0}}]}`, ""},
		{"fraction", `{"resources":[{"uptime":1.5}]}`, `{"resources":[{"uptime":2}]}`, `/resources/0/uptime: 1.5, a whole number`},
		{"no usage", `{"usage":{}}`, `{"usage":{"cpu":1}}`, ""},
		{"less usage", `{"usage":{"mem":1}}`, `{"usage":{"mem":1,"cpu":1}}`, `/usage/cpu: no such key, a number`},
		{"ports", `{"instance_ports":[]}`, `{"instance_ports":[{"external":1}]}`, ""},
		{"kind of a port", `{"instance_ports":[{"external":"1"}]}`, `{"instance_ports":[{"external":1}]}`, `/instance_ports/0/external: a string, a number`},
		{"since", `{"process_instances":[{"since":null}]}`, `{"process_instances":[{"since":4}]}`, ""},
		{"since of both is null", `{"process_instances":[{"since":null}]}`, `{"process_instances":[{"since":null}]}`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := bodies{comparer: &comparer{targetBase: "https://t/cf", ownBase: mirrorBase}}
			b.values("", "", tree(t, test.theirs), tree(t, test.ours))
			if got := brief(b.found); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func brief(found []finding) string {
	var parts []string
	for _, f := range found {
		parts = append(parts, fmt.Sprintf("%s: %s, %s", f.pointer, f.target, f.capisim))
	}
	return strings.Join(parts, "; ")
}

func TestCrowds(t *testing.T) {
	t.Parallel()
	const ours = `{"pagination":{"total_results":2,"total_pages":1,"last":{"href":"x?page=1&per_page=1"},"next":null},"resources":[{"guid":"a","command":"[PRIVATE DATA HIDDEN IN LISTS]"}]}`
	tests := []struct{ name, theirs, want string }{
		{"more of them", `{"pagination":{"total_results":70,"total_pages":2,"last":{"href":"x?page=2&per_page=1"},"next":{"href":"x?page=2&per_page=1"}},"resources":[{"guid":"b","command":"[PRIVATE DATA HIDDEN IN LISTS]"},{"guid":"c","command":"[PRIVATE DATA HIDDEN IN LISTS]"}]}`, ""},
		{"one shown", `{"pagination":{"total_results":2,"total_pages":1,"last":{"href":"x?page=2"},"next":null},"resources":[{"guid":"b","command":"[PRIVATE DATA HIDDEN IN LISTS]"},{"guid":"c","command":"rm"}]}`,
			`/resources/1/command: "a command", "[PRIVATE DATA HIDDEN IN LISTS]"`},
		{"a key more", `{"pagination":{"total_results":2,"total_pages":1,"last":{"href":"x?page=2"},"next":null},"resources":[{"guid":"b","x":1,"command":"[PRIVATE DATA HIDDEN IN LISTS]"}]}`,
			`/resources/0/x: null, no such key`},
		{"none", `{"pagination":{"total_results":0,"total_pages":1,"last":{"href":"x?page=2"},"next":null},"resources":[]}`, `/resources: 0 elements, 1 element`},
		{"link without a page", `{"pagination":{"total_results":2,"total_pages":1,"last":{"href":"x"},"next":null},"resources":[{"guid":"a","command":"[PRIVATE DATA HIDDEN IN LISTS]"}]}`,
			`/pagination/last: an object, null`},
		{"count that is none", `{"pagination":{"total_results":"2","total_pages":-1,"last":{"href":"x?page=2"},"next":null},"resources":[{"guid":"a","command":"[PRIVATE DATA HIDDEN IN LISTS]"}]}`,
			`/pagination/total_results: a string, a number; /pagination/total_pages: -1, 1`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := comparer{}
			p := &probe{request: request{method: http.MethodGet}, crowd: true}
			header := http.Header{requestIDHeader: {"00000000-0000-4000-8000-000000000000"}}
			got := c.answers(p, &answer{status: 200, header: header, body: []byte(test.theirs)}, &answer{status: 200, header: header, body: []byte(ours)})
			if brief(got) != test.want {
				t.Errorf("got  %s\nwant %s", brief(got), test.want)
			}
		})
	}
}

// TestManyKeys: what a comparison takes grows as the answers do, however many keys
// or kinds of resources a target makes up.
func TestManyKeys(t *testing.T) {
	var text, kinds strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&text, `,"k%d":"v"`, i)
		fmt.Fprintf(&kinds, `,{"k%d":1}`, i)
	}
	object := "{" + text.String()[1:] + "}"
	n, list := tree(t, object), tree(t, "["+kinds.String()[1:]+"]")
	was := tree(t, `{"metadata":{"labels":`+object+`}}`)
	is := tree(t, `{"metadata":{"labels":`+strings.ReplaceAll(object, "v", "w")+`}}`)
	for name, work := range map[string]func(){
		"compared": func() { (&bodies{comparer: &comparer{}}).values("", "", n, n) },
		"mended":   func() { mended(n, n) },
		"labels":   func() { pairs(n) },
		"put back": func() { (&keeper{was: was}).undoMetadata(is) },
		"crowd":    func() { blurredResources(list) },
	} {
		before, after := runtime.MemStats{}, runtime.MemStats{}
		runtime.ReadMemStats(&before)
		work()
		runtime.ReadMemStats(&after)
		if grown := (after.TotalAlloc - before.TotalAlloc) >> 20; grown > 8 {
			t.Errorf("%s: %d MB for 3000 keys", name, grown)
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	const id = "00000000-0000-4000-8000-000000000000"
	ours := func() http.Header {
		return http.Header{"X-Runtime": {"0.000010"}, "X-User-Guid": {"g"}, "Content-Type": {"a"}, requestIDHeader: {id}}
	}
	tests := []struct {
		name    string
		change  func(http.Header)
		routed  bool
		traceID string
		want    string
	}{
		{"equal", func(http.Header) {}, false, "", ""},
		{"others do not count", func(h http.Header) { h.Set("Server", "x"); h.Set("Date", "now") }, false, "", ""},
		{"another user and time", func(h http.Header) { h.Set("X-User-Guid", "x"); h.Set("X-Runtime", "17.123456") }, false, "", ""},
		{"rate limit", func(h http.Header) { h.Set("X-RateLimit-Limit", "5") }, false, "", ""},
		{"rate limit of no number", func(h http.Header) { h.Set("X-RateLimit-Limit", "5.5") }, false, "", `header X-Ratelimit-Limit: "5.5", a number`},
		{"missing", func(h http.Header) { h.Del("X-Runtime") }, false, "", `header X-Runtime: nothing, seconds with 6 decimals`},
		{"twice", func(h http.Header) { h.Add("X-User-Guid", "x") }, false, "", `header X-User-Guid: "g" and "x", a guid`},
		{"never sent", func(h http.Header) { h.Set("Cache-Control", "no-store") }, false, "", `header Cache-Control: "no-store", nothing`},
		{"id of a router", func(h http.Header) { h.Set(requestIDHeader, "r-1::"+id) }, true, "mine", ""},
		{"id of a router where there is none", func(h http.Header) { h.Set(requestIDHeader, "r-1::"+id) }, false, "", `header X-Vcap-Request-Id: "r-1::` + id + `", a uuid`},
		{"id repeated", func(h http.Header) { h.Set(requestIDHeader, "mi-n_e::"+id) }, false, "mi-n_e !/ü", ""},
		{"id not repeated", func(http.Header) {}, false, "mine", `header X-Vcap-Request-Id: "` + id + `", mine::a uuid`},
		{"id missing", func(h http.Header) { h.Del(requestIDHeader) }, false, "", `header X-Vcap-Request-Id: nothing, a uuid`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			theirs := ours()
			test.change(theirs)
			c := comparer{routed: test.routed}
			if got := brief(c.headers(&probe{request: request{traceID: test.traceID}}, theirs, ours())); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	var r Report
	for _, name := range []string{"a", "b", "c"} {
		r.add(&probe{name: name}, []finding{{"/x", "1", "2"}})
	}
	r.add(&probe{name: "d"}, []finding{{"/x", "3", "2"}, {"", "x\x1b", "y\n"}})
	want := []string{"a: /x: target has 1, capisim has 2 (and in 2 more probes)", "d: /x: target has 3, capisim has 2", `d: body: target has x\x1b, capisim has y\n`}
	for i, d := range r.Differences {
		if d.String() != want[i] {
			t.Errorf("got %s, want %s", d, want[i])
		}
	}
	for i := range 2 * maxDifferences {
		r.add(&probe{name: "e"}, []finding{{fmt.Sprint("/", i), "1", "2"}})
	}
	if len(r.Differences) != maxDifferences {
		t.Errorf("%d differences are kept, want %d", len(r.Differences), maxDifferences)
	}
}

// The questions of a reader must change nothing: those that are no GET carry no
// token, a bad one, or meet no route; and they name nothing that exists.
func TestReadersQuestions(t *testing.T) {
	t.Parallel()
	s := &subject{process: tree(t, `{"guid":"g","type":"web","created_at":"2020-01-01T00:00:00Z","relationships":{"app":{"data":{"guid":"a"}}}}`), twins: true}
	section := regexp.MustCompile(`^§[0-9]+(\.[0-9])? [A-Za-z/]`)
	names := map[string]bool{}
	for _, p := range readProbes(s) {
		if !section.MatchString(p.name) {
			t.Errorf("%q does not begin with its section", p.name)
		}
		if names[p.name+p.method+p.path] {
			t.Errorf("%q is asked twice", p.name)
		}
		names[p.name+p.method+p.path] = true
		if p.method == http.MethodGet || p.method == http.MethodHead {
			continue
		}
		if slices.Contains(strings.Split(p.path, "/"), "g") || slices.Contains(strings.Split(p.path, "/"), "a") {
			t.Errorf("%s %s names what exists", p.method, p.path)
		}
		if p.auth.own && !strings.Contains(p.name, "wrong method") {
			t.Errorf("%s %s carries the token", p.method, p.path)
		}
	}
}

// Whatever a target sends is compared without a crash, and with itself it never
// differs unless it doubles keys or has a form of its own.
func FuzzBodies(f *testing.F) {
	f.Add([]byte(`{"resources":[{"guid":"x","command":"y","usage":{}}],"pagination":{"next":null,"total_results":1}}`))
	f.Add([]byte(`{"errors":[{"detail":"x","title":"CF-X","code":1}]}`))
	f.Add([]byte(`{"resources":{"0":1},"pagination":[1]}`))
	f.Add([]byte(`null`))
	f.Add([]byte(`{"a":1,"a":2}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c := comparer{}
		header := http.Header{requestIDHeader: {"00000000-0000-4000-8000-000000000000"}}
		ours := &answer{status: 200, header: header, body: []byte(`{"pagination":{"total_results":1,"last":{"href":"?page=1"},"next":null},"resources":[{"guid":"a"}]}`)}
		for _, crowd := range []bool{false, true} {
			p := &probe{request: request{method: http.MethodGet}, crowd: crowd}
			for _, d := range c.answers(p, &answer{status: 200, header: header, body: data}, ours) {
				if line := (Difference{Probe: "p", Pointer: d.pointer, Target: d.target, Capisim: d.capisim}).String(); len([]rune(line)) > 5000 {
					t.Errorf("a line of %d characters", len(line))
				}
			}
		}
		n, err := parse(data)
		if err != nil {
			return
		}
		s := &subject{process: n}
		s.accompany(n.list())
		mirrored(n)
		mended(n, n)
		blurred(n)
	})
}
