package drift

import (
	"encoding/json"
	"strings"
	"testing"
)

func tree(t *testing.T, text string) *node {
	t.Helper()
	n, err := parse([]byte(text))
	if err != nil {
		t.Fatalf("parse %s: %v", text, err)
	}
	return n
}

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, input, want string }{
		{"order and numbers stay", ` {"b":1.50, "a":[1e3,-0,{}],"c":null} `, `{"b":1.50,"a":[1e3,-0,{}],"c":null}`},
		{"doubled keys stay", `{"a":1,"a":2}`, `{"a":1,"a":2}`},
		{"texts", `"\u00fc<\u001b"`, `"ü\u003c\u001b"`},
		{"booleans", `[true,false]`, `[true,false]`},
		{"as deep as allowed", strings.Repeat("[", 100) + strings.Repeat("]", 100), strings.Repeat("[", 100) + strings.Repeat("]", 100)},
		{"too deep", strings.Repeat("[", 102) + strings.Repeat("]", 102), ""},
		{"nothing", ``, ""},
		{"two documents", `{} {}`, ""},
		{"cut off", `{"a":`, ""},
		{"no JSON", `<html>`, ""},
		{"key that is not text", `{1:2}`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n, err := parse([]byte(test.input))
			switch {
			case test.want == "" && err == nil:
				t.Errorf("read %s, want an error", n.encode())
			case test.want != "" && (err != nil || n.encode() != test.want):
				t.Errorf("read %s (%v), want %s", n.encode(), err, test.want)
			}
		})
	}
}

func TestAbsentValues(t *testing.T) {
	t.Parallel()
	n := tree(t, `{"a":{"b":"x","n":3},"l":["y"],"a":{"b":"z"}}`)
	if got := n.get("a", "b").string(); got != "z" {
		t.Errorf("of doubled keys %q counts, want the last", got)
	}
	for name, absent := range map[string]*node{
		"key": n.get("c"), "below a text": n.get("a", "b", "c"), "index": n.get("e").first(), "item of an object": n.get("a").first(), "below nothing": n.get("c", "d"),
	} {
		if absent != nil || absent.string() != "" || len(absent.list()) != 0 || absent.encode() != "null" {
			t.Errorf("%s: %v is there", name, absent)
		}
		if _, ok := absent.whole(0, 9); ok {
			t.Errorf("%s: is a number", name)
		}
	}
}

func TestMended(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, a, b, want string }{
		{"the same", `{"x":1}`, `{"x":1}`, `{"x":1}`},
		{"another value stays", `{"x":"a"}`, `{"x":"b"}`, `{"x":"a"}`},
		{"missing key", `{"x":1}`, `{"y":2,"x":1}`, `{"x":1,"y":2}`},
		{"extra key stays", `{"x":1,"z":3}`, `{"x":1}`, `{"x":1,"z":3}`},
		{"another kind", `{"x":"1"}`, `{"x":1}`, `{"x":1}`},
		{"null stays", `{"x":null}`, `{"x":1}`, `{"x":null}`},
		{"fraction", `{"x":1.0}`, `{"x":1}`, `{"x":1}`},
		{"below", `{"x":{"y":"1","z":2}}`, `{"x":{"y":1}}`, `{"x":{"y":1,"z":2}}`},
		{"nothing to mend with", `{"x":1}`, `[]`, `{"x":1}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := tree(t, test.a)
			if got := mended(a, tree(t, test.b)).encode(); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if a.encode() != test.a {
				t.Errorf("the first reading became %s", a.encode())
			}
		})
	}
}

// What a target sends is read without a crash, and a value is written as it
// was read.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"errors":[{"detail":"x","title":"CF-X","code":1}]}`, `{"a":1,"a":[null,true,-1.5e3]}`, `[[[]]]`, `"\ud800"`, `{"a":`, `1 2`, "\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := parse(data)
		if err != nil {
			return
		}
		again, err := parse([]byte(n.encode()))
		if err != nil || again.encode() != n.encode() || !same(n, again) && len(n.keys()) == 0 {
			t.Errorf("%s became %s (%v)", n.encode(), again.encode(), err)
		}
		if !json.Valid([]byte(n.encode())) {
			t.Errorf("%s is no JSON", n.encode())
		}
	})
}
