package document

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"weak"
)

// large is a text that is folded: items of many forms, one of them larger than what
// is folded as one. What is odd stands somewhere in the middle of that.
func large(odd string) []byte {
	return []byte(beforeOdd() + odd + "]}]}")
}

// largeItems are enough to meet all that happens; more would only take longer.
const largeItems = 2000

var beforeOdd = sync.OnceValue(func() string {
	var b strings.Builder
	b.WriteString("{\"name\": \"x\", \"small\": [{\"a\": 1}, [2], 3],\n\"list\": [{}, [], 1, null, \"é\\n\",")
	pad := strings.Repeat("x", foldsFrom/largeItems)
	for i := range largeItems {
		fmt.Fprintf(&b, "\n  {\"n\": %d, \"é\": [{\"t\": \"\\u00e9\\\\\"}, [[%d]], -1.50], \"pad\": \"%s\"},", i, i, pad)
	}
	b.WriteString("\n  {\"inner\": [" + strings.Repeat(`{"a": ["b"]}, `, mostFold/10))
	return b.String()
})

// folded counts what is folded in a value.
func folded(v Value) (n int) {
	if v.Kind == Folded {
		n++
	}
	for _, member := range v.Members {
		n += folded(member.Value)
	}
	return n
}

// TestFolded: a text whose lists are folded is what it is as a whole, places
// included, wherever one looks into it.
func TestFolded(t *testing.T) {
	t.Parallel()
	text := large(`{"last": true}`)
	whole, err := ReadJSON("x.json", text)
	if err != nil || folded(whole.Root) > 0 {
		t.Fatalf("%v, %d folded", err, folded(whole.Root))
	}
	read, err := ReadJSONUntil(nil, "x.json", text)
	if err != nil || folded(read.Root) < largeItems+mostFold/10 || len(read.Root.Members) != 3 {
		t.Fatalf("%v, %d folded", err, folded(read.Root))
	}
	if unfolded := read.Root.Whole(); !sameWithPlaces(unfolded, whole.Root) || folded(unfolded) > 0 {
		t.Error("not the same values")
	}
	list := read.Root.Any().(map[string]any)["list"].([]any)
	if read.Root.String() != whole.Root.String() || !strings.HasPrefix(fmt.Sprint(list[:7]), "[map[] [] 1 <nil> é\n map[n:0") || len(list) != largeItems+6 {
		t.Error("not the same when written")
	}
	for _, pointer := range []string{"", "/small/1/0", "/list/5", "/list/9/é/0/t", "/list/9/é/1/0/0", "/list/9/none", "/list/" + Int(largeItems+5).Text + "/inner/7/a/0"} {
		one, found := read.Root.Find(pointer)
		other, _ := whole.Root.Find(pointer)
		if !sameWithPlaces(one.Whole(), other) || !found && !strings.HasSuffix(pointer, "none") || Found(one) != Found(other) {
			t.Errorf("%s: %s", pointer, one)
		}
		wrong := Violations{{Pointer: pointer, Message: "m"}}
		if got, want := read.Place(wrong).Error(), whole.Place(wrong).Error(); got != want {
			t.Errorf("%s is at %s, want %s", pointer, got, want)
		}
		if got, want := read.Blank(wrong).Root.String(), whole.Blank(wrong).Root.String(); got != want {
			t.Errorf("%s: not blank", pointer)
		}
	}
	if item, _ := read.Root.Find("/list"); item.Members[7].Value.TextOf("n") != "" || item.Members[7].Value.Kind != Folded {
		t.Error("not folded")
	}
}

// TestFoldedMistakes: what is wrong with a text is told as it is of one that is read
// as a whole.
func TestFoldedMistakes(t *testing.T) {
	t.Parallel()
	for _, odd := range []string{`{"a": 1, "a": 2}`, `[{"b": [1e999]}]`, `{"a": }`, strings.Repeat("[", 200) + strings.Repeat("]", 200), strings.Repeat("1,", foldsFrom) + "1", "7]} ,"} {
		_, err := ReadJSON("x.json", large(odd))
		_, again := ReadJSONUntil(nil, "x.json", large(odd))
		if err == nil || again == nil || again.Error() != err.Error() {
			t.Errorf("%.40s: %v\nwant %v", odd, again, err)
		}
	}
}

// TestUnfolder: values that are unfolded in the same memory are what they are in
// memory of their own. It is not parallel: it counts allocations.
func TestUnfolder(t *testing.T) {
	read, err := ReadUntil(nil, "", large("7"))
	if err != nil {
		t.Fatal(err)
	}
	list, _ := read.Root.Get("list")
	var u Unfolder
	for i, item := range list.Members {
		if open := u.Unfold(item.Value); !sameWithPlaces(open, item.Value.Unfolded()) {
			t.Fatalf("item %d: %s", i, open)
		}
	}
	plain := Value{Kind: Folded, Text: `{"a": [1, {"b": "c"}]}`}
	if each := testing.AllocsPerRun(100, func() { u.Unfold(plain) }); each > 0 {
		t.Errorf("%v allocations", each)
	}
}

// TestTextIsLeft: what was decoded of a large text does not keep it.
func TestTextIsLeft(t *testing.T) {
	text := large(`{"t": "some text"}`)
	kept := weak.Make(&text[0])
	var into struct {
		Name  string
		List  []map[string]Value `json:"list"`
		Small []Value            `json:"small"`
	}
	read, err := ReadUntil(nil, "", text)
	if err != nil || read.Root.Decode(&into) == nil {
		t.Fatalf("%v: a list of more than objects fits", err)
	}
	read, text = nil, nil
	runtime.GC()
	if kept.Value() != nil || len(into.List) < 1000 {
		t.Error("the text is still there")
	}
	runtime.KeepAlive(into)
}
