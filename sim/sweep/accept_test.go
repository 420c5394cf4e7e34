package sweep

import (
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/capisim/sim/document"
)

const acceptance = "- {operation: scaleProcess, answer: '503', mode: after, verdict: done_twice, reason: known}\n"

// TestCostOfAccept: a megabyte of an accept file costs what it is worth.
func TestCostOfAccept(t *testing.T) {
	const size = 1 << 20
	for name, text := range map[string]string{
		"entries": strings.Repeat(acceptance, size/4/len(acceptance)), "wrong": strings.Repeat(strings.ReplaceAll(acceptance, "503", "999"), size/len(acceptance)),
		"empty": "[" + strings.Repeat("{},", size/3) + "{}]", "dashes": strings.Repeat("-", size), "keys": `[{"` + strings.Repeat("k", size) + `":1}]`,
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		list, err := ParseAccept("a.yaml", []byte(text))
		runtime.ReadMemStats(&after)
		problems, _ := err.(document.Problems)
		if grown := (after.TotalAlloc - before.TotalAlloc) >> 20; grown > 600 || len(problems) > document.Told+1 || err != nil && len(err.Error()) > 1<<17 || (err == nil) != (name == "entries") {
			t.Errorf("%s: %d MB, %d entries, %d problems", name, grown, len(list), len(problems))
		}
	}
}

// FuzzParseAccept: what it refuses has a place.
func FuzzParseAccept(f *testing.F) {
	for _, seed := range []string{acceptance, "[]", "{}", "- {}", "- reason: ''", "- &a {operation: '*'}\n- *a", "\xff", "- - -"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := ParseAccept("a.yaml", data)
		if err == nil {
			return
		}
		problems, ok := err.(document.Problems)
		if !ok || len(problems) == 0 {
			t.Fatalf("%T: %v", err, err)
		}
		for _, one := range problems {
			if one.Line < 1 || one.Column < 1 || one.Message == "" || !utf8.ValidString(one.Message) {
				t.Errorf("%#v", one)
			}
		}
	})
}

func BenchmarkParseAccept(b *testing.B) {
	text := []byte(strings.Repeat(acceptance, 1000))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseAccept("a.yaml", text); err != nil {
			b.Fatal(err)
		}
	}
}
