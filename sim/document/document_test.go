package document_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/capisim/sim/document"
)

func read(t *testing.T, file, text string) *document.Document {
	t.Helper()
	d, err := document.Read(file, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestRead: both notations give one value, keys in their order and numbers as
// they were written.
func TestRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, text, want string }{
		{"a.json", ` {"b": 1.0, "a": [null, true, "é\n\u00e9"]} `, `{"b":1.0,"a":[null,true,"é\né"]}`},
		{"", `[-0, 1e3, {}, []]`, `[-0,1e3,{},[]]`},
		{"a.yaml", "b: 1.0\na: [null, yes, .5, '1', 0x10, 1.]\n", `{"b":1.0,"a":[null,"yes",0.5,"1",16,1.0]}`},
		{"", "a: &x {k: 1}\nb:\n  <<: *x\n  l: |\n    t\n", `{"a":{"k":1},"b":{"l":"t\n","k":1}}`},
		{"a.yaml", "{\"a\": 1}", `{"a":1}`},
		{"a.yaml", "- a\n- b: c\r\n", `["a",{"b":"c"}]`},
		{"", "\ufeffa: 1\n", `{"a":1}`},
		{"", "{a: [1, b]}", `{"a":[1,"b"]}`},
		{"", "[ {'a': 1,\n b: 2} ]", `[{"a":1,"b":2}]`},
	} {
		if got := read(t, c.file, c.text).Root.String(); got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

// TestPlace: a violation stands at the value, at the key when that is wrong,
// and else at what is around it.
func TestPlace(t *testing.T) {
	t.Parallel()
	yaml := read(t, "f.yaml", "é: [x, {b: 1}]\nc:\n  d: 2\n")
	json := read(t, "f.json", "{\"é\": [\"x\", {\"b\": 1}],\n\"c\": {\"d\": 2}}")
	for _, c := range []struct{ pointer, message, yaml, json string }{
		{"", "m", "1:1: m", "1:1: m"},
		{"/é/1/b", "m", "1:12: é[1].b: m", "1:19: é[1].b: m"},
		{"/é/1/b", `unknown key "b"`, `1:9: é[1].b: unknown key "b"`, `1:14: é[1].b: unknown key "b"`},
		{"/c/d", "m", "3:6: c.d: m", "2:12: c.d: m"},
		{"/c/e", "missing", "3:3: c.e: missing", "2:6: c.e: missing"},
		{"/é/7", "m", "1:4: é[7]: m", "1:7: é[7]: m"},
	} {
		found := document.Violations{{Pointer: c.pointer, Message: c.message}}
		if got := yaml.Place(found).Error(); got != "f.yaml:"+c.yaml {
			t.Errorf("got f.yaml, %s, want %s", got, c.yaml)
		}
		if got := json.Place(found).Error(); got != "f.json:"+c.json {
			t.Errorf("got f.json, %s, want %s", got, c.json)
		}
	}
}

// TestOver: what was laid over something else is told in its own file.
func TestOver(t *testing.T) {
	t.Parallel()
	below, above := read(t, "b.yaml", "list: [1, 2]\n"), read(t, "a.yaml", "list: [3]\n")
	merged := above.Over(below, func(below, above document.Value) document.Value {
		lower, _ := below.Get("list")
		upper, _ := above.Get("list")
		upper.Members = append(lower.Members, upper.Members...)
		above.Members = document.Put(nil, "list", upper)
		return above
	})
	got := merged.Place(document.Violations{{Pointer: "/list/1", Message: "m"}, {Pointer: "/list/2", Message: "m"}})
	if want := "b.yaml:1:11: list[1]: m\na.yaml:1:8: list[0]: m"; got.Error() != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ target, patch, want string }{ // RFC 7396, appendix A, in part
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`["a","b"]`, `["c"]`, `["c"]`},
		{`{"a":"b"}`, `null`, `null`},
		{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
	} {
		target, patch := read(t, "", c.target).Root, read(t, "a.json", c.patch).Root
		if got := document.Merge(target, patch).String(); got != c.want {
			t.Errorf("%s + %s\n got %s\nwant %s", c.target, c.patch, got, c.want)
		}
	}
}

// TestMergeWithNulls: for some keys of the first level null is a value.
func TestMergeWithNulls(t *testing.T) {
	t.Parallel()
	target, patch := read(t, "", `{"b":1,"a":2,"kept":3}`).Root, read(t, "", `{"b":null,"kept":null,"o":{"kept":null}}`).Root
	if got, want := document.Merge(target, patch, "kept").String(), `{"a":2,"kept":null,"o":{}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	v, err := document.Decode([]byte(`{"a":1,"a":1e999}`))
	if err != nil || v.String() != `{"a":1,"a":1e999}` {
		t.Errorf("%s, %v", v, err)
	}
	for _, bad := range []string{"", "{", "1 2", strings.Repeat("[", 200) + strings.Repeat("]", 200)} {
		if v, err := document.Decode([]byte(bad)); err == nil {
			t.Errorf("%q is %s", bad, v)
		}
	}
}

// TestTold: a hundred problems are told, the rest is counted.
func TestTold(t *testing.T) {
	t.Parallel()
	_, err := document.Read("f.json", []byte("{"+strings.Repeat("\"a\": 1,\n", 500)+"\"a\": 1}"))
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != document.Told+1 || lines[0] != `f.json:2:1: a: key "a" appears twice, first at 1:2` || !strings.Contains(lines[document.Told], ": and 1 more problem") {
		t.Errorf("%d lines, the first %s, the last %s", len(lines), lines[0], lines[len(lines)-1])
	}
}

func TestUnknownKey(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		key   string
		known []string
		want  string
	}{
		{"instnaces", []string{"guid", "instances"}, `unknown key "instnaces", did you mean "instances"?`},
		{"GUID", []string{"guid", "instances"}, `unknown key "GUID", did you mean "guid"?`},
		{"x", []string{"id", "on"}, `unknown key "x", expected one of "id", "on"`},
		{"other", []string{"guid"}, `unknown key "other", expected "guid"`},
		{"x", nil, `unknown key "x", expected no keys at all`},
		{strings.Repeat("x", 1<<20), []string{"guid"}, `unknown key "` + strings.Repeat("x", 40) + `...", expected "guid"`},
	} {
		if got := document.UnknownKey(c.key, c.known); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// costly are texts of which a little might cost much: of those that are read to
// their end as many bytes as part, of the others size.
func costly(part, size int) map[string]string {
	distinct := func(form string) string {
		var b strings.Builder
		for i := 0; b.Len() < part; i++ {
			fmt.Fprintf(&b, form, i)
		}
		return b.String()
	}
	fill := func(unit string) string { return strings.Repeat(unit, size/len(unit)) }
	some := func(unit string) string { return strings.Repeat(unit, part/len(unit)) }
	return map[string]string{
		"keys":             distinct("k%d: 1\n"),
		"keys in blocks":   "-\n" + strings.ReplaceAll(distinct("  a key%07d: true\n"), "999: true\n", "999: true\n-\n"),
		"one key":          fill("k: 1\n"),
		"JSON keys":        "{" + distinct(`"k%d":1,`) + `"z":1}`,
		"JSON one key":     "{" + fill(`"k":1,`) + `"z":1}`,
		"JSON numbers":     "[" + some("1,") + "1]",
		"JSON lists":       "[" + some("[],") + "1]",
		"JSON deep":        some("["),
		"JSON text":        `["` + fill("x") + `"]`,
		"flow":             "a: [" + fill("1,") + "1]",
		"flow keys":        "a: {" + distinct("k%d: 1,") + "}",
		"fewer flow keys":  "a: {" + distinct("a longer key%07d: 1, ") + "}",
		"dashes":           fill("-"),
		"dash lines":       fill("-\n"),
		"entries":          fill("- a\n"),
		"nested entries":   fill("- - a\n"),
		"objects":          "a:\n" + fill("- n: x\n  b: 1\n"),
		"quotes":           fill(`"`),
		"colons":           fill(": "),
		"questions":        fill("? "),
		"tags":             fill("!a "),
		"anchors":          fill("- &a 1\n"),
		"aliases":          "- &a {b: c}\n" + fill("- *a\n"),
		"literals":         fill("- |\n"),
		"blank lines":      fill("\n"),
		"text lines":       "a:\n" + fill("  x\n"),
		"comments":         "a: 1\n" + fill("#\n"),
		"documents":        fill("---\n"),
		"carriage returns": fill("a\r"),
		"merges":           "a: &a {b: 1}\nc:\n" + fill("  <<: *a\n"),
	}
}

// TestCost: what a megabyte of anything takes is bounded. What is read to its end
// costs the same for each byte: a quarter of a megabyte shows that.
func TestCost(t *testing.T) {
	for name, text := range costly(1<<18, 1<<20) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		_, err := document.Read("", []byte(text))
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 130*max(1<<18, uint64(len(text))) {
			t.Errorf("%s, refused %v: %d MB for %d kB", name, err != nil, grown>>20, len(text)>>10)
		}
	}
}

// TestYAMLIsBounded: the parser takes a hundred times the memory of its text.
func TestYAMLIsBounded(t *testing.T) {
	text := bytes.Repeat([]byte("# a comment costs nothing\n"), 50<<20/26)
	if _, err := document.Read("f.yaml", text); err == nil || !strings.Contains(err.Error(), "49 MiB of YAML, expected at most 48; JSON may have 256") {
		t.Errorf("%v, want it refused with the way out", err)
	}
}

// FuzzRead: whatever is thrown at the reader, it neither panics nor hangs; what
// it takes has a form in JSON that it reads again, and what it refuses a place.
func FuzzRead(f *testing.F) {
	for _, text := range costly(64, 64) {
		f.Add(text)
	}
	for _, text := range []string{"", "---", "\ufeffa: b\r\n", "a: .nan", "a: !!binary aGk=", "a: &a [*a]", "<<: [*a]", "? [a]\n: b", "a: 0x1F", "a: |\n \n \n", "a: \"\\ud800\"", `{"a":"\ud800"}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, file := range []string{"", "f.yaml", "f.json"} {
			d, err := document.Read(file, []byte(text))
			if err != nil {
				for _, one := range err.(document.Problems) {
					if one.Line < 1 || one.Column < 1 || one.Message == "" || !utf8.ValidString(one.Message) {
						t.Errorf("%#v", one)
					}
				}
				continue
			}
			again, err := document.Read("f.json", d.Root.AppendJSON(nil))
			if err != nil || again.Root.String() != d.Root.String() {
				t.Fatalf("%q as %q: %s, written down it is %v, %v", text, file, d.Root, again, err)
			}
		}
	})
}

// FuzzMerge: laying a patch over something twice does what once does.
func FuzzMerge(f *testing.F) {
	f.Add(`{"a":1}`, `{"a":{"b":null}}`)
	f.Add(`{"a":{"b":1}}`, `{"a":{"b":null,"c":2}}`)
	f.Add(`[]`, `{"a":null}`)
	f.Fuzz(func(t *testing.T, target, patch string) {
		below, err := document.ReadJSON("", []byte(target))
		if err != nil {
			return
		}
		above, err := document.ReadJSON("", []byte(patch))
		if err != nil {
			return
		}
		once := document.Merge(below.Root, above.Root)
		if twice := document.Merge(once, above.Root); twice.String() != once.String() {
			t.Fatalf("%s + %s: %s, once more %s", target, patch, once, twice)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"JSON keys", "objects"} {
		b.Run(name, func(b *testing.B) {
			text := []byte(costly(1<<17, 1<<17)[name])
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := document.Read("", text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"memory_in_mb", "disk_in_mb", "status", "until", "from", "times", "DOWN", "app"}
	for word, want := range map[string]string{
		"memory": "memory_in_mb", "memoryInMB": "memory_in_mb", "memory-in-mb": "memory_in_mb", "Disk": "disk_in_mb",
		"status_code": "status", "statusCode": "status", "for": "until", "after": "from", "tiems": "times", "down": "DOWN",
		"op": "", "apq": "app", "ape": "app", "xy": "", "": "", "tomes-of-text": "",
	} {
		if got := document.Nearest(word, known); got != want {
			t.Errorf("%q: %q, expected %q", word, got, want)
		}
	}
}
