package fault_test

import (
	"runtime"
	"strings"
	"testing"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
)

// dear are rules of a size that are wrong, or right, everywhere.
func dear(size int) map[string]string {
	list := func(unit string) string { return "[" + strings.Repeat(unit+",", size/len(unit)) + unit + "]" }
	key := strings.Repeat("k", size)
	return map[string]string{
		"empty": list(`{}`), "numbers": list(`1`), "statuses": list(`{"respond":{"status":299}}`), "no such key": list(`{"respond":{"status":503},"x":1}`),
		"patterns": list(`{"match":{"query":{"a":{"matches":"(a{30}){30}|("}}},"respond":{"status":503}}`),
		"same id":  list(`{"id":"a","respond":{"status":503}}`), "good": list(`{"respond":{"status":503}}`),
		"long key": `{"` + key + `":1}`, "long place": `{"match":{"body":{"/` + key + `":{"matches":"("}}},"respond":{"status":503}}`,
		"YAML": strings.Repeat("- respond: {status: 503}\n", size/25), "deep": strings.Repeat("[", size),
	}
}

// TestCostOfRules: a megabyte of rules is read, or refused, at a bounded cost
// with a bounded answer.
func TestCostOfRules(t *testing.T) {
	for name, text := range dear(1 << 20) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		_, problems := fault.ParseRules([]byte(text))
		runtime.ReadMemStats(&after)
		told := 0
		for _, one := range problems {
			told += len(document.Shown(one.Pointer)) + len(one.Message)
		}
		if grown := (after.TotalAlloc - before.TotalAlloc) >> 20; grown > 400 || len(problems) > document.Told+1 || told > 1<<17 { // in sum, not at one time
			t.Errorf("%s: %d MB, %d problems in %d bytes", name, grown, len(problems), told)
		}
	}
}

func BenchmarkParseRules(b *testing.B) {
	for _, name := range []string{"good", "statuses", "YAML"} {
		b.Run(name, func(b *testing.B) {
			text := []byte(dear(1 << 17)[name])
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				fault.ParseRules(text)
			}
		})
	}
}
