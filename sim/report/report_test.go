package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/journal"
)

// hostile is what a stranger puts wherever a string can stand.
const hostile = "<img src=x onerror=alert(1)>\x1b[2J\x00|`*_\n\"'&]]>\u202e\xff"

func operation(tb testing.TB, id string) *contract.Operation {
	tb.Helper()
	o, ok := contract.OperationByID(id)
	if !ok {
		tb.Fatalf("no operation %s", id)
	}
	return o
}

func coverage(tb testing.TB, cells ...string) journal.Matrix {
	tb.Helper()
	names, err := journal.ParseCells(strings.Join(cells, ","))
	if err != nil {
		tb.Fatal(err)
	}
	c := journal.NewCoverage()
	for _, name := range names {
		e := journal.Entry{Operation: operation(tb, name.Operation), Status: name.Status, Injected: name.Status >= 400, ConnectionFault: name.Connection}
		if known, ok := e.Operation.DefaultError(name.Status); ok {
			e.Error = known.Title
		}
		if name.Phase == journal.After {
			e.Real, e.Applied = 200, true
		}
		c.Add(&e)
	}
	return c.Snapshot()
}

func hostileMatrix(tb testing.TB) journal.Matrix {
	m := coverage(tb, "updateProcess:409")
	m.ArmedNeverFired = []string{hostile}
	m.Operations[0].ID = hostile
	return m
}

func reactions() journal.ReactionReport {
	after := 302.5
	return journal.ReactionReport{
		Reactions: []journal.Reaction{
			{Operation: "updateProcess", Target: "/v3/processes/p", Status: 503, Client: journal.ReactionClient{User: "developer", UserAgent: "team/1"},
				Outcome: journal.Recovered, Final: true, Attempts: 3, GapsMS: []float64{100, 12200}, Backoff: journal.BackoffGrowing, RetryAfter: journal.RetryEarly,
				RecoveredAfterMS: &after, RepeatedApplied: true, Requests: []uint64{1, 2, 3}},
			{Operation: "getProcess", Target: "/v3/processes/p", Connection: "reset", Outcome: journal.GaveUp, Attempts: 2, TransportRetries: 1, TransportRetry: true, Hammered: true,
				GapsMS: []float64{0.2}, Backoff: journal.BackoffNone, RetryAfter: journal.RetryAbsent, Requests: []uint64{4, 5}},
		},
		Summary:   []journal.ReactionSummary{{Operation: "updateProcess", Status: 503, Faults: 1, Recovered: 1, Retried: 1}},
		Forgotten: 2,
	}
}

func hostileReactions() journal.ReactionReport {
	r := reactions()
	r.Reactions[0].Operation, r.Reactions[0].Target, r.Reactions[0].Connection, r.Reactions[0].Rule = hostile, hostile, hostile, hostile
	r.Reactions[0].Client = journal.ReactionClient{User: hostile, UserAgent: hostile}
	r.Summary[0].Operation = hostile
	return r
}

func judgement() journal.Judgement {
	return journal.Judgement{
		Expectations: []journal.ExpectationResult{
			{Text: "covers updateProcess:409", Result: journal.Met},
			{Text: "on updateProcess:503: backoff growing", Result: journal.Unmet, Reasons: []string{"request 7: backoff none, expected growing"}, Requests: []uint64{7, 8}},
			{Text: "covers scaleProcess:422", Result: journal.NotExercised},
		},
		Met: 1, Unmet: 1, NotExercised: 1, ArmedNeverFired: []string{"lonely"},
	}
}

func hostileJudgement() journal.Judgement {
	j := judgement()
	j.Expectations[1].Text, j.Expectations[1].Reasons, j.ArmedNeverFired = hostile, []string{hostile}, []string{hostile}
	return j
}

// writers are all reports, of ordinary and of hostile evidence.
func writers(tb testing.TB) map[string]func(io.Writer, Format) error {
	gate := journal.Gate{Min: 80, Require: []journal.CellName{{Operation: "getProcess", Status: 404}}}
	return map[string]func(io.Writer, Format) error{
		"coverage":             func(w io.Writer, f Format) error { return Coverage(w, f, coverage(tb, "updateProcess:409"), gate) },
		"no coverage":          func(w io.Writer, f Format) error { return Coverage(w, f, journal.Matrix{}, journal.Gate{}) },
		"hostile coverage":     func(w io.Writer, f Format) error { return Coverage(w, f, hostileMatrix(tb), gate) },
		"reactions":            func(w io.Writer, f Format) error { return Reactions(w, f, reactions()) },
		"no reactions":         func(w io.Writer, f Format) error { return Reactions(w, f, journal.ReactionReport{}) },
		"hostile reactions":    func(w io.Writer, f Format) error { return Reactions(w, f, hostileReactions()) },
		"expectations":         func(w io.Writer, f Format) error { return Expectations(w, f, judgement()) },
		"no expectations":      func(w io.Writer, f Format) error { return Expectations(w, f, journal.Judgement{}) },
		"hostile expectations": func(w io.Writer, f Format) error { return Expectations(w, f, hostileJudgement()) },
	}
}

func written(tb testing.TB, write func(io.Writer) error) string {
	tb.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		tb.Fatal(err)
	}
	return out.String()
}

var (
	control  = regexp.MustCompile("[\x00-\x08\x0b-\x1f\x7f\u202e]")
	external = regexp.MustCompile(`(?i)https?://|//[a-z]|url\(|@import`)
)

// Each format is well formed, holds no control character, and lets nothing of a
// hostile string act.
func TestEveryReportIsHarmless(t *testing.T) {
	t.Parallel()
	for name, write := range writers(t) {
		for _, format := range Formats() {
			t.Run(fmt.Sprint(name, " as ", format), func(t *testing.T) {
				t.Parallel()
				got := written(t, func(w io.Writer) error { return write(w, format) })
				if got == "" || !strings.HasSuffix(got, "\n") {
					t.Errorf("%q does not end in a line", got)
				}
				// JSON is for programs: it escapes what it has to, and no more.
				if found := control.FindString(got); found != "" && format != JSON {
					t.Errorf("holds the control character %q:\n%s", found, got)
				}
				checkForm(t, format, got)
			})
		}
	}
}

func checkForm(t *testing.T, format Format, got string) {
	t.Helper()
	switch format {
	case JSON:
		if !json.Valid([]byte(got)) {
			t.Errorf("no JSON: %s", got)
		}
	case JUnit:
		checkXML(t, got)
	case HTML:
		checkElements(t, got)
		if found := external.FindString(got); found != "" {
			t.Errorf("reaches out by %q:\n%s", found, got)
		}
	case Markdown:
		if strings.Contains(got, "<img") {
			t.Errorf("lets HTML through:\n%s", got)
		}
	}
}

func checkXML(t *testing.T, got string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(got))
	for {
		if _, err := decoder.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("not well formed: %v\n%s", err, got)
		}
	}
}

// checkElements finds in a page only elements and attributes that the template
// has: what a stranger sent has become none.
func checkElements(t *testing.T, got string) {
	t.Helper()
	elements := strings.Fields("html head meta title style body h1 h2 p div table caption thead tbody tr th td ul li")
	attributes := strings.Fields("lang charset name content http-equiv class hidden scope title")
	decoder := xml.NewDecoder(strings.NewReader(got))
	decoder.Strict, decoder.AutoClose, decoder.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("not readable: %v\n%s", err, got)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !slices.Contains(elements, start.Name.Local) {
			t.Errorf("holds the element %s", start.Name.Local)
		}
		for _, a := range start.Attr {
			if !slices.Contains(attributes, a.Name.Local) {
				t.Errorf("%s has the attribute %s", start.Name.Local, a.Name.Local)
			}
		}
	}
}

// A table in Markdown keeps its columns, whatever stands in its cells.
func TestMarkdownTablesKeepTheirShape(t *testing.T) {
	t.Parallel()
	bar := regexp.MustCompile(`(^|[^\\])\|`)
	for name, write := range writers(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			columns := 0
			for line := range strings.Lines(written(t, func(w io.Writer) error { return write(w, Markdown) })) {
				bars := len(bar.FindAllString(line, -1))
				switch {
				case !strings.HasPrefix(line, "|"):
					columns = 0
				case columns == 0:
					columns = bars
				case bars != columns:
					t.Errorf("%d bars, the table has %d: %s", bars, columns, line)
				}
			}
		})
	}
}

func TestCoverageText(t *testing.T) {
	t.Parallel()
	m := coverage(t, "getProcess:200", "getProcess:404", "getProcessStats:503")
	m.Operations = []journal.Row{m.Operations[1], m.Operations[3]}
	m.Operations[0].Cells[0].Injected = 1
	m.ArmedNeverFired = []string{"lonely"}
	gate := journal.Gate{Min: 80, Require: []journal.CellName{{Operation: "getProcess", Status: 403}}}
	got := written(t, func(w io.Writer) error { return Coverage(w, Text, m, gate) })
	want := `operation        200  401  403  404  503
getProcess       B    -    -    I
getProcessStats  -    -    -    -    I

R real, I injected, B both, - missed
3 of 75 documented cells covered (4 %)
getProcess:404: met CF-ResourceNotFound (injected 1, real 0); missed CF-NotFound
getProcessStats:503: met CF-StatsUnavailable (injected 1, real 0); missed CF-ServiceUnavailable
armed, never fired: lonely
unmet: 3 of 75 cells are covered (4 %), expected at least 80 %
unmet: getProcess:403 was not met
`
	if got != want {
		t.Errorf("text\n%s\nwant\n%s", got, want)
	}
}

func TestReactionsText(t *testing.T) {
	t.Parallel()
	got := written(t, func(w io.Writer) error { return Reactions(w, Text, reactions()) })
	want := `updateProcess 503 on /v3/processes/p
  client   team/1, user developer
  outcome  recovered after 302 ms; 2 retries, backoff growing, Retry-After early
  gaps     100 ms, 12.2 s
  note     came back before Retry-After
  note     repeated a change that had taken effect
  requests 1 2 3
getProcess reset on /v3/processes/p
  client   -, user -
  outcome  gave up so far; no retry
  gaps     0.2 ms
  note     hammered
  note     the transport repeated it on its own
  requests 4 5
2 older reactions are only counted
total updateProcess 503: 1 faults, 1 recovered, 0 gave up, 1 retried
`
	if got != want {
		t.Errorf("text\n%s\nwant\n%s", got, want)
	}
}

func TestExpectationsText(t *testing.T) {
	t.Parallel()
	got := written(t, func(w io.Writer) error { return Expectations(w, Text, judgement()) })
	want := `met            covers updateProcess:409
unmet          on updateProcess:503: backoff growing
               request 7: backoff none, expected growing
               requests 7 8
not_exercised  covers scaleProcess:422
armed, never fired: lonely
1 met, 1 unmet, 1 not exercised
`
	if got != want {
		t.Errorf("text\n%s\nwant\n%s", got, want)
	}
}

func TestJUnitHasOneCaseForEachCell(t *testing.T) {
	t.Parallel()
	required := []journal.CellName{{Operation: "getProcess", Status: 404}}
	tests := []struct {
		name              string
		cells             []string
		gate              journal.Gate
		failures, skipped int
	}{
		{"without a gate each gap fails", []string{"getProcess:200"}, journal.Gate{}, 74, 0},
		{"a gate that is met skips the rest", []string{"getProcess:404"}, journal.Gate{Require: required}, 0, 74},
		{"one that is not fails", []string{"getProcess:200"}, journal.Gate{Require: required}, 74, 0},
		{"a share that is met", []string{"getProcess:404", "getProcess:200"}, journal.Gate{Min: 1}, 0, 73},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := coverage(t, test.cells...)
			got := written(t, func(w io.Writer) error { return Coverage(w, JUnit, m, test.gate) })
			var doc suitesXML
			if err := xml.Unmarshal([]byte(got), &doc); err != nil {
				t.Fatal(err)
			}
			cases, failures, skipped := 0, 0, 0
			for _, s := range doc.Suites {
				for _, c := range s.Cases {
					cases++
					if c.Failure != nil {
						failures++
					}
					if c.Skipped != nil {
						skipped++
					}
				}
			}
			if cases != m.Total || failures != test.failures || skipped != test.skipped {
				t.Errorf("%d cases, %d failures, %d skipped; want %d, %d, %d", cases, failures, skipped, m.Total, test.failures, test.skipped)
			}
			if doc.Tests != cases || doc.Failures != failures || doc.Skipped != skipped {
				t.Errorf("the sums say %d, %d, %d; counted %d, %d, %d", doc.Tests, doc.Failures, doc.Skipped, cases, failures, skipped)
			}
		})
	}
}

// What a gate requires of a cell's variants is a case of its own.
func TestJUnitOfVariants(t *testing.T) {
	t.Parallel()
	required, err := journal.ParseCells("updateProcess:422/CF-LabelLimitExceeded,updateProcess:503@after,updateProcess:reset")
	if err != nil {
		t.Fatal(err)
	}
	got := written(t, func(w io.Writer) error {
		return Coverage(w, JUnit, coverage(t, "updateProcess:422,updateProcess:503@after"), journal.Gate{Require: required})
	})
	for _, want := range []string{
		`name="422/CF-LabelLimitExceeded"`, `message="updateProcess:422/CF-LabelLimitExceeded was never met by the client, and is required"`,
		`name="503@after"></testcase>`, `message="updateProcess:reset was never met by the client, and is required"`,
		`met: injected 1, real 0; updateProcess:422: met CF-UnprocessableEntity (injected 1, real 0); missed CF-ResourceBeingDeleted`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

func TestJUnitOfExpectations(t *testing.T) {
	t.Parallel()
	got := written(t, func(w io.Writer) error { return Expectations(w, JUnit, judgement()) })
	var doc suitesXML
	if err := xml.Unmarshal([]byte(got), &doc); err != nil {
		t.Fatal(err)
	}
	cases := doc.Suites[0].Cases
	if doc.Tests != 3 || doc.Failures != 2 || cases[0].Failure != nil || cases[1].Failure.Text != "requests 7 8" || cases[2].Failure == nil {
		t.Errorf("%+v", doc)
	}
}

func TestHeatMap(t *testing.T) {
	t.Parallel()
	for hits, want := range map[uint64]int{0: 0, 1: 1, 2: 2, 7: 2, 8: 3, 31: 3, 32: 4, 127: 4, 128: 5, 1 << 63: 5} {
		if got := heat(hits); got != want {
			t.Errorf("heat of %d is %d, want %d", hits, got, want)
		}
	}
	got := written(t, func(w io.Writer) error { return Coverage(w, HTML, coverage(t, "updateProcess:409"), journal.Gate{}) })
	if cells := strings.Count(got, `class="cell heat-`); cells != 75 {
		t.Errorf("%d squares, want 75", cells)
	}
	for _, want := range []string{
		`<td class="cell heat-1" title="updateProcess 409: injected 1, real 0, documented-only">injected</td>`,
		`<td class="cell heat-0" title="getProcess 404: injected 0, real 0">missed</td>`,
		`prefers-color-scheme: dark`, `default-src 'none'`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s", want)
		}
	}
}
