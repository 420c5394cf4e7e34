package journal

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"sync"
	"testing"

	"example.com/capisim/sim/contract"
)

// documented is the table of DESIGN.md §2, written once more by hand.
const documented = `
listProcesses 200 400 401 403 409 422 500 502 503
getProcess 200 401 403 404
updateProcess 200 400 401 403 404 409 422 500 503
getProcessStats 200 401 403 404 503
listProcessInstances 200 401 403 404
scaleProcess 202 400 401 403 404 409 422 500 503
terminateProcessInstance 204 401 403 404 422 500
listAppProcesses 200 401 403 404
getProcessForApp 200 401 403 404
updateProcessForApp 200 400 401 403 404 422
getProcessStatsForApp 200 401 403 404 503
scaleProcessForApp 202 401 403 404 422
terminateProcessInstanceForApp 204 401 403 404 422
`

func TestMatrixHasTheDocumentedCells(t *testing.T) {
	t.Parallel()
	m := NewCoverage().Snapshot()
	var lines []string
	total := 0
	for _, row := range m.Operations {
		line := row.ID
		for _, c := range row.Cells {
			line += fmt.Sprint(" ", c.Status)
			total++
		}
		lines = append(lines, line)
	}
	if got, want := strings.Join(lines, "\n"), strings.TrimSpace(documented); got != want {
		t.Errorf("cells\n%s\nwant\n%s", got, want)
	}
	if m.Total != total || m.Covered != 0 || m.Percent != 0 {
		t.Errorf("%d of %d, %g %%; want 0 of %d", m.Covered, m.Total, m.Percent, total)
	}
	if cell, _ := m.Cell("updateProcess", 409); cell.Kind != contract.DocumentedOnly {
		t.Errorf("kind of 409 is %q, want documented-only", cell.Kind)
	}
}

func TestWhatCounts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		entry Entry
		want  string // "" when no cell is met
	}{
		{"a real success", Entry{Status: 200}, "real"},
		{"a real refusal", Entry{Status: 404}, "real"},
		{"an injected one", Entry{Status: 409, Injected: true}, "injected"},
		{"an injected success", Entry{Status: 200, Injected: true}, "injected"},
		{"injected over a real answer", Entry{Status: 503, Injected: true, Real: 200, Applied: true}, "injected"},
		{"a real answer that drips", Entry{Status: 200, Injected: true, Real: 200, ConnectionFault: "drip"}, "real"},
		{"an injected answer that drips", Entry{Status: 503, Injected: true, ConnectionFault: "drip"}, "injected"},
		{"an answer cut off", Entry{Status: 200, Injected: true, Real: 200, ConnectionFault: "truncate"}, ""},
		{"no answer", Entry{Injected: true, ConnectionFault: "reset"}, ""},
		{"a known status is not a cell", Entry{Status: 429, Injected: true}, ""},
		{"a status that nobody knows", Entry{Status: 418, Injected: true}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			j := New(10, 1<<20)
			test.entry.Operation = operation(t, "updateProcess")
			j.Append(test.entry)
			m := snapshot(j)
			cell, _ := m.Cell("updateProcess", test.entry.Status)
			got := cell.How()
			if m.Covered == 0 {
				got = ""
			}
			if got != test.want {
				t.Errorf("met %q, want %q", got, test.want)
			}
		})
	}
	t.Run("supporting operations have no cells", func(t *testing.T) {
		t.Parallel()
		j := New(10, 1<<20)
		j.Append(Entry{Operation: operation(t, "getRoot"), Status: 200})
		j.Append(Entry{Status: 200})
		if m := snapshot(j); m.Covered != 0 {
			t.Errorf("%d cells covered, want none", m.Covered)
		}
	})
}

// A cell opens to its errors, an operation to the faults of its connections,
// and each to the phase in which it was injected.
func TestVariants(t *testing.T) {
	t.Parallel()
	c := NewCoverage()
	scale, update := operation(t, "scaleProcess"), operation(t, "updateProcess")
	for _, e := range []Entry{
		{Operation: update, Status: 422, Error: "CF-UnprocessableEntity"},
		{Operation: update, Status: 422, Error: "CF-LabelLimitExceeded", Injected: true},
		{Operation: update, Status: 422, Injected: true}, // a body of the rule's own
		{Operation: scale, Status: 503, Error: "CF-RunnerUnavailable", Injected: true, Real: 202, Applied: true},
		{Operation: scale, Status: 202},
		{Operation: scale, Injected: true, ConnectionFault: "reset"},
		{Operation: scale, Injected: true, ConnectionFault: "empty", Real: 202, Applied: true},
		{Operation: scale, Status: 202, Injected: true, ConnectionFault: "truncate", Real: 202},
		{Operation: scale, Injected: true, ConnectionFault: CutOff},
		{Operation: scale, Injected: true, ConnectionFault: "reset", Meanwhile: true},
	} {
		c.Add(&e)
	}
	absorbed := NewCoverage()
	absorbed.Absorb(c)
	merged, err := Merge(c.Snapshot(), absorbed.Snapshot())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]uint64{
		"updateProcess:422":                              3,
		"updateProcess:422/CF-UnprocessableEntity":       1,
		"updateProcess:422/LabelLimitExceeded":           1,
		"updateProcess:422/CF-LabelLimitExceeded@before": 1,
		"updateProcess:422/CF-LabelLimitExceeded@after":  0,
		"updateProcess:422/CF-UniquenessError":           0,
		"updateProcess:422@before":                       2,
		"updateProcess:reset":                            0,
		"scaleProcess:503@after":                         1,
		"scaleProcess:503@before":                        0,
		"scaleProcess:503/CF-RunnerUnavailable@after":    1,
		"scaleProcess:202":                               1,
		"scaleProcess:202@before":                        0,
		"scaleProcess:reset":                             1,
		"scaleProcess:reset@after":                       0,
		"scaleProcess:empty@after":                       1,
		"scaleProcess:truncate":                          1,
		"scaleProcess:hang":                              0,
	} {
		names, err := ParseCells(name)
		if err != nil {
			t.Fatal(err)
		}
		m := c.Snapshot()
		if got := m.Meets(names[0]); got != want {
			t.Errorf("%s met %d times, want %d", name, got, want)
		}
		if got := merged.Meets(names[0]); got != 2*want {
			t.Errorf("%s met %d times in the sum of two, want %d", name, got, 2*want)
		}
		gate := Gate{Require: names}
		if got := len(gate.Unmet(m)) == 0; got != (want > 0) {
			t.Errorf("a gate that requires %s is open: %t", name, got)
		}
	}
	if m := c.Snapshot(); m.Total != 75 || m.Covered != 3 {
		t.Errorf("%d of %d cells, want 3 of 75: variants are not cells", m.Covered, m.Total)
	}
}

// Errors of one title are told apart by their words.
func TestVariantsOfOneTitle(t *testing.T) {
	t.Parallel()
	c := NewCoverage()
	o := operation(t, "getProcessForApp")
	for _, detail := range []string{"Process not found", "App not found", "App not found", "of a rule's own"} {
		c.Add(&Entry{Operation: o, Status: 404, Error: "CF-ResourceNotFound", Detail: detail})
	}
	m := c.Snapshot()
	cell, _ := m.Cell(o.ID, 404)
	got := map[string]uint64{}
	for _, v := range cell.Variants {
		got[v.Error+" "+v.Detail] = v.Real
	}
	known, _ := o.Status(404)
	want := map[string]uint64{"CF-ResourceNotFound App not found": 2, "CF-ResourceNotFound Process not found": 1, "CF-NotFound ": 0}
	want["CF-ResourceNotFound "+known.Errors[0].Detail]++ // the first stands for words that nothing has
	if !maps.Equal(got, want) || m.Meets(CellName{Operation: o.ID, Status: 404, Error: "ResourceNotFound"}) != 4 {
		t.Errorf("variants %v, want %v", got, want)
	}
}

func TestCoverageOutlivesTheRing(t *testing.T) {
	t.Parallel()
	j := New(1, 1<<20)
	j.Append(Entry{Operation: operation(t, "getProcess"), Status: 200})
	j.Append(Entry{Operation: operation(t, "getProcess"), Status: 404})
	j.Clear()
	if m := snapshot(j); m.Covered != 2 {
		t.Errorf("%d cells covered, want 2", m.Covered)
	}
	past := NewCoverage()
	past.Absorb(j.Coverage())
	past.Absorb(j.Coverage())
	j.Coverage().Clear()
	if m := snapshot(j); m.Covered != 0 {
		t.Errorf("%d cells covered after Clear, want none", m.Covered)
	}
	sum := past.Snapshot()
	if cell, _ := sum.Cell("getProcess", 404); cell.Real != 2 || sum.Covered != 2 {
		t.Errorf("%+v in %d cells, want 2 real in 2 cells", cell, sum.Covered)
	}
}

func TestCoverageCountsInParallel(t *testing.T) {
	t.Parallel()
	c := NewCoverage()
	o := operation(t, "scaleProcess")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 1000 {
				c.Add(&Entry{Operation: o, Status: 202})
				c.Add(&Entry{Operation: o, Status: 422, Injected: true})
			}
		})
	}
	wg.Wait()
	m := c.Snapshot()
	for status, want := range map[int][2]uint64{202: {0, 4000}, 422: {4000, 0}} {
		if cell, _ := m.Cell("scaleProcess", status); cell.Injected != want[0] || cell.Real != want[1] {
			t.Errorf("%d: %+v, want %v", status, cell, want)
		}
	}
}

func matrix(tb testing.TB, cells ...string) Matrix {
	tb.Helper()
	c := NewCoverage()
	for _, text := range cells {
		names, err := ParseCells(text)
		if err != nil {
			tb.Fatal(err)
		}
		c.Add(&Entry{Operation: operation(tb, names[0].Operation), Status: names[0].Status, Injected: names[0].Status >= 400})
	}
	return c.Snapshot()
}

func TestMerge(t *testing.T) {
	t.Parallel()
	a, b := matrix(t, "getProcess:200", "updateProcess:409"), matrix(t, "updateProcess:409", "listProcesses:502")
	a.ArmedNeverFired, b.ArmedNeverFired = []string{"two", "one"}, []string{"two"}
	sum, err := Merge(a, b)
	if err != nil {
		t.Fatal(err)
	}
	cell, _ := sum.Cell("updateProcess", 409)
	if sum.Covered != 3 || cell.Injected != 2 || fmt.Sprint(sum.ArmedNeverFired) != "[one two]" {
		t.Errorf("%d covered, %+v, %v; want 3, two injected, [one two]", sum.Covered, cell, sum.ArmedNeverFired)
	}
	if before, _ := a.Cell("updateProcess", 409); before.Injected != 1 {
		t.Error("a merged report was changed")
	}
	old, foreign := a, a
	old.Version = "0"
	foreign.Operations = []Row{{ID: "getProcess", Cells: []Cell{{Status: 200}, {Status: 409}}}, {ID: "nothing", Cells: []Cell{{Status: 200}}}}
	_, err = Merge(a, old, foreign)
	got, want := fmt.Sprint(err), []string{
		`/1/version: a coverage report of version "0", expected "1"`,
		`/2/operations/0/cells/1: 409 is not a documented status of getProcess, expected one of 200, 401, 403, 404`,
		`/2/operations/1/cells/0: "nothing" is not an operation with coverage cells, expected one of listProcesses,`,
	}
	for _, line := range want {
		if !strings.Contains(got, line) {
			t.Errorf("error\n%s\nlacks %s", got, line)
		}
	}
}

func TestReadMatrix(t *testing.T) {
	t.Parallel()
	whole := matrix(t, "getProcess:200")
	saved, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := ReadMatrix(saved); err != nil || !reflect.DeepEqual(back, whole) {
		t.Errorf("read back %+v, %v", back, err)
	}
	for _, bad := range []string{``, `[]`, `{}`, `{"version":"1"}`, `{"version":"1","operations":[],"x":1}`, `{"version":"1","operations":[]} {}`, `{"version":1}`} {
		if m, err := ReadMatrix([]byte(bad)); err == nil {
			t.Errorf("%s was read as %+v", bad, m)
		}
	}
}

func TestParseCells(t *testing.T) {
	t.Parallel()
	names, err := ParseCells(" updateProcess:409, scaleProcess:422,updateProcess:422/LabelLimitExceeded,scaleProcess:503/CF-RunnerUnavailable@after,scaleProcess:reset@before")
	if err != nil || fmt.Sprint(names) != "[updateProcess:409 scaleProcess:422 updateProcess:422/CF-LabelLimitExceeded scaleProcess:503/CF-RunnerUnavailable@after scaleProcess:reset@before]" {
		t.Errorf("%v, %v", names, err)
	}
	tests := []struct{ text, want string }{
		{"updateProcess", `"updateProcess" is not a cell, expected OPERATION:STATUS[/ERROR][@PHASE] or OPERATION:CONNECTION[@PHASE], such as updateProcess:409`},
		{"updateProcess:x", `"updateProcess:x" is not a cell`},
		{"updateProces:409", `"updateProces" is not an operation with coverage cells, did you mean updateProcess?`},
		{"nothing:409", `"nothing" is not an operation with coverage cells, expected one of listProcesses`},
		{"updateProcess:", `"updateProcess:" is not a cell`},
		{"updateProcess:409@", `"updateProcess:409@" is not a cell`},
		{"updateProcess:422/", `"updateProcess:422/" is not a cell`},
		{"updateProcess:rest", `"updateProcess:rest" is not a cell, "rest" is not a status or a connection fault, did you mean reset?`},
		{"updateProcess:reset/CF-Conflict", `"updateProcess:reset/CF-Conflict" is not a cell, a connection fault carries no error`},
		{"updateProcess:503@afer", `"afer" is not a phase, did you mean after?`},
		{"updateProcess:422/CF-LabelLimitExceded", `"CF-LabelLimitExceded" is not an error of updateProcess:422, did you mean CF-LabelLimitExceeded?`},
		{"updateProcess:422/CF-Conflict", `"CF-Conflict" is not an error of updateProcess:422, expected one of CF-UnprocessableEntity, `},
		{"updateProcess:200/CF-Conflict", `"CF-Conflict", expected no error: 200 is a success of updateProcess`},
		{"getRoot:200", `"getRoot" is not an operation with coverage cells`},
		{"getProcess:409", `409 is not a documented status of getProcess, expected one of 200, 401, 403, 404`},
		{"getProcess:429", `429 is not a documented status of getProcess`},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			t.Parallel()
			if names, err := ParseCells(test.text); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, %v; want the error %s", names, err, test.want)
			}
		})
	}
	if _, err := ParseCells("a:1,b:2,updateProcess:409"); err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("%v, want both problems at once", err)
	}
}

func TestGate(t *testing.T) {
	t.Parallel()
	var all []string
	for _, row := range NewCoverage().Snapshot().Operations {
		for _, c := range row.Cells {
			all = append(all, CellName{Operation: row.ID, Status: c.Status}.String())
		}
	}
	full, most := matrix(t, all...), matrix(t, all[1:]...)
	tests := []struct {
		name   string
		gate   Gate
		matrix Matrix
		want   int
	}{
		{"nothing demanded", Gate{}, matrix(t), 0},
		{"all", Gate{Min: 100}, full, 0},
		{"all but one is not all", Gate{Min: 100}, most, 1},
		{"not rounded up", Gate{Min: 98.8}, most, 1}, // 74 of 75 are 98.67 %
		{"just enough", Gate{Min: 98.6}, most, 0},
		{"required and met", Gate{Require: []CellName{{Operation: "updateProcess", Status: 409}}}, full, 0},
		{"required and missed", Gate{Require: []CellName{{Operation: "listProcesses", Status: 200}, {Operation: "updateProcess", Status: 409}}}, most, 1},
		{"both", Gate{Min: 100, Require: []CellName{{Operation: "listProcesses", Status: 200}}}, most, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := test.gate.Unmet(test.matrix); len(got) != test.want {
				t.Errorf("unmet %q of %d/%d, want %d", got, test.matrix.Covered, test.matrix.Total, test.want)
			}
		})
	}
	if full.Percent != 100 || most.Percent >= 100 {
		t.Errorf("%g %% and %g %%, want 100 and less", full.Percent, most.Percent)
	}
}

func FuzzReadMatrix(f *testing.F) {
	f.Add([]byte(`{"version":"1","operations":[{"id":"getProcess","cells":[{"status":200,"injected":1,"real":18446744073709551615}]}],"covered":9,"total":-1,"percent":1e300,"armed_never_fired":null}`))
	f.Add([]byte(`{"version":"1","operations":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ReadMatrix(data)
		if err != nil {
			return
		}
		sum, err := Merge(m)
		if err != nil {
			return
		}
		// What a file claims of its own sums is not believed.
		if sum.Total != NewCoverage().Snapshot().Total || sum.Covered > sum.Total || sum.Percent > 100 {
			t.Errorf("merged into %d of %d, %g %%", sum.Covered, sum.Total, sum.Percent)
		}
	})
}
