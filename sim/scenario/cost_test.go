package scenario_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"weak"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
)

// TestCost: a megabyte of what is wrong everywhere is refused at a bounded
// cost, with a bounded answer. What costs the same for each byte is shown by a
// quarter of one; the lists of a whole one are folded.
func TestCost(t *testing.T) {
	distinct := func(form string, size int) string {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			fmt.Fprintf(&b, form, i)
		}
		return b.String()
	}
	const size, whole = 1 << 18, 1 << 20
	lib := shipped(t)
	for name, text := range map[string]string{
		"unknown keys":      distinct("k%d: 1\n", whole/30),
		"unknown JSON keys": "{" + distinct(`"k%d":1,`, size) + `"z":1}`,
		"misfit apps":       `{"name":"x","apps":[` + strings.Repeat("1234567,", whole/8) + `1]}`,
		"misfit names":      `{"name":"x","apps":[` + strings.Repeat(`{"name": "", "spaec": 1},`, whole/25) + `{}]}`,
		"same names":        `{"name":"x","apps":[` + strings.Repeat(`{"name": "a"},`, size/14) + `{}]}`,
		"misfit rules":      `{"name":"x","faults":[` + strings.Repeat(`{"respond":{"status":1}},`, whole/25) + `{}]}`,
		"misjudged rules":   `{"name":"x","faults":[` + strings.Repeat(`{"respond":{"status":299}},`, size/27) + `{}]}`,
		"deep":              `{"name":` + strings.Repeat("[", whole),
		"dashes":            strings.Repeat("-", whole),
		"long key":          `{"` + strings.Repeat("k", whole) + `":1}`,
		"deep long keys":    strings.Repeat(`{"`+strings.Repeat("k", whole/90)+`":`, 80) + "{" + strings.Repeat(`"a":1,`, whole/90) + `"a":1` + strings.Repeat("}", 81),
		"unknown spaces":    `{"name":"x","spaces":` + listed(size/40, `{"name":"space-%d"}`) + `,"apps":` + listed(size/60, `{"space":"spoce-%dx"}`) + `}`,
		"unknown users":     `{"name":"x","auth":{"users":` + listed(size/40, `{"name":"user-%d"}`) + `,"tokens":{` + distinct(`"t%[1]d":"usor-%[1]dx",`, size/2) + `"z":"z"}}}`,
		"same spaces":       `{"name":"x","spaces":` + listed(size/16, `{"name":"s"}`) + `}`,
		"many types":        `{"name":"x","lifecycle":{"crash_loop":{"process":"web","after":"1s"}},"apps":[{"processes":` + listed(size/20, `{"type":"t%d"}`) + `}]}`,
		"nothing to drop":   `{"name":"x","extends":"large","drop":{"apps":` + listed(size/15, `"app-%d"`) + `}}`,
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		_, err := scenario.Parse("", []byte(text), lib)
		runtime.ReadMemStats(&after)
		problems, _ := err.(document.Problems)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 200*max(size, uint64(len(text))) { // in sum, not at one time
			t.Errorf("%s: %d MB for %d kB, %d problems", name, grown>>20, len(text)>>10, len(problems))
		}
		if n := len(problems); n > document.Told && !strings.HasPrefix(problems[n-1].Message, "and ") {
			t.Errorf("%s: the last problem is %s", name, problems[n-1])
		}
		if err == nil || len(problems) > document.Told+1 || len(err.Error()) > 1<<17 {
			t.Errorf("%s: %d problems in %d bytes", name, len(problems), len(fmt.Sprint(err)))
		}
	}
}

// short are scenarios of a size that are right, in entries as short as they can be.
func short(size int) map[string]string {
	return map[string]string{
		"apps":  `{"name":"x","apps":` + listed(size/23, `{"name":"app-%d"}`) + `}`,
		"users": `{"name":"x","auth":{"users":` + listed(size/23, `{"name":"user-%d"}`) + `}}`,
	}
}

// TestCostOfShortEntries: a quarter of a megabyte of them is read, and made into
// state, at a bounded cost.
func TestCostOfShortEntries(t *testing.T) {
	for name, text := range short(1 << 18) {
		var before, after, kept runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		s := parsed(t, text)
		store := s.Store()
		runtime.ReadMemStats(&after)
		runtime.GC()
		runtime.ReadMemStats(&kept)
		runtime.KeepAlive(store)
		runtime.KeepAlive(s)
		grown, live := (after.TotalAlloc-before.TotalAlloc)>>20, int64(kept.HeapAlloc-before.HeapAlloc)>>20
		if grown > 220/4 || live > 100/4 {
			t.Errorf("%s: %d MB in sum, %d MB in the end", name, grown, live)
		}
	}
}

// TestCostOfLarge: a large world is read app by app, which costs a few times its text,
// and nothing keeps that.
func TestCostOfLarge(t *testing.T) {
	s := parsed(t, "name: x\ngenerate: {apps: 1500, processes: [web, worker]}\n")
	var out bytes.Buffer
	if err := scenario.Write(&out, "json", s.Store().Load(scenario.Epoch), s, nil); err != nil {
		t.Fatal(err)
	}
	text := out.Bytes()
	out, s = bytes.Buffer{}, nil
	size, kept := uint64(len(text)), weak.Make(&text[0])
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s, err := scenario.FromBody(nil, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	text = nil
	runtime.ReadMemStats(&after)
	runtime.GC()
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 5*size { // in sum, not at one time
		t.Errorf("%d bytes for a text of %d", grown, size)
	}
	if kept.Value() != nil {
		t.Error("the text is still there")
	}
	runtime.KeepAlive(s)
}

func BenchmarkParse(b *testing.B) {
	texts := short(1 << 18)
	texts["YAML"] = "name: x\nspaces: [{name: dev}]\napps:\n" + strings.ReplaceAll(strings.Trim(listed(4000, "- {name: a%d, space: dev}\n"), "[]"), "\n,", "\n")
	for name, text := range texts {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				s, err := scenario.Parse("", []byte(text), nil)
				if err != nil {
					b.Fatal(err)
				}
				s.Store()
			}
		})
	}
}

// TestCostOfWriting: a state is written in memory that does not grow with it. It
// is not parallel: others would be counted.
func TestCostOfWriting(t *testing.T) {
	for _, format := range []string{"json", "yaml"} {
		var costs [2]uint64
		for i, apps := range []int{1000, 5000} {
			s := parsed(t, fmt.Sprintf("name: x\ngenerate: {apps: %d, processes: [web, worker]}\n", apps))
			store := s.Store().Load(scenario.Epoch)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if err := scenario.Write(io.Discard, format, store, s, nil); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			costs[i] = after.TotalAlloc - before.TotalAlloc
		}
		if each := (costs[1] - costs[0]) / 8000; each > 1500 {
			t.Errorf("%s: %d bytes for each process more", format, each)
		}
	}
}

// TestCostOfGenerated: what a generated process keeps in memory, with its half of an
// app. It is not parallel: others would be counted.
func TestCostOfGenerated(t *testing.T) {
	const processes = 20_000
	live := func() (m runtime.MemStats) {
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m
	}
	before := live()
	store := parsed(t, fmt.Sprintf("name: x\ngenerate: {apps: %d, processes: [web, worker]}\n", processes/2)).Store()
	after := live()
	bytes, objects := (after.HeapAlloc-before.HeapAlloc)/processes, float64(after.HeapObjects-before.HeapObjects)/processes
	if bytes > 1150 || objects > 3 {
		t.Errorf("%d bytes and %.1f objects for each process", bytes, objects)
	}
	runtime.KeepAlive(store)
}
