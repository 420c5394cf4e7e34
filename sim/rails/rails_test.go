package rails

import (
	"strings"
	"testing"

	"example.com/capisim/sim/document"
)

// TestParams holds what Rails makes of nested names.
func TestParams(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ raw, want string }{
		{"", `{}`}, {"&&", `{}`}, {"=1", `{}`},
		{"a=1&b=2", `{a: "1", b: "2"}`}, {"a=1& b=2", `{a: "1", b: "2"}`}, {"a=1&a=2", `{a: "2"}`}, {"a", `{a: nil}`}, {"a=", `{a: ""}`}, {"a=b=c", `{a: "b=c"}`},
		{"a[]=1&a[]=2", `{a: ["1", "2"]}`}, {"a[]", `{a: []}`}, {"a[]=1&a=2", `{a: "2"}`}, {"a&a[]=1", `{a: ["1"]}`},
		{"a[b]=1&a[c]=2", `{a: {b: "1", c: "2"}}`}, {"a[b][c]=1", `{a: {b: {c: "1"}}}`}, {"a[b][]=1&a[b][]=2", `{a: {b: ["1", "2"]}}`}, {"a&a[b]=1", `{a: {b: "1"}}`},
		{"a[][b]=1&a[][c]=2&a[][b]=3", `{a: [{b: "1", c: "2"}, {b: "3"}]}`}, {"a[][]=1", `{a: [["1"]]}`},
		{"a[][b][c]=1&a[][b][d]=2", `{a: [{b: {c: "1", d: "2"}}]}`}, {"a[][b][]=1&a[][b][]=2", `{a: [{b: ["1", "2"]}]}`},
		{"[a]=1", `{[a]: "1"}`}, {"[]=1", `{[]: "1"}`}, {"[=1", `{[: "1"}`}, {"a[=1", `{a[: "1"}`}, {"a[b=1", `{a: {[b: "1"}}`}, {"a[b]c=1", `{a: {b: {c: "1"}}}`},
		{"a%5Bb%5D=1", `{a: {b: "1"}}`},
		{"a=1&a[b]=2", ""}, {"a[]=1&a[b]=2", ""}, {"a[b]=1&a[]=2", ""}, {"a=1&a[]=2", ""}, {"a[b]=1&a[b][c]=2", ""}, {"a[][b]=1&a[][b][c]=2", ""},
		{"a=%", ""}, {"a=%4", ""}, {"a=%g0", ""}, {"a=%ff", ""}, {"%ff=1", ""},
		{"a" + strings.Repeat("[b]", 99) + "=1", `{a: ` + strings.Repeat("{b: ", 99) + `"1"` + strings.Repeat("}", 99) + `}`},
		{"a" + strings.Repeat("[b]", 100) + "=1", ""},
	} {
		t.Run(document.FirstRunes(c.raw, 30), func(t *testing.T) {
			t.Parallel()
			members, err := ParseParams(c.raw)
			got := ""
			if err == nil {
				got = inspected(document.Value{Kind: document.Object, Members: members}, func(name string) string { return name + ": " })
			}
			if got != c.want {
				t.Errorf("%q\n got %q\nwant %q", c.raw, got, c.want)
			}
		})
	}
}

func TestPlainNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0": "0", "-0": "0", "12": "12", "-12": "-12", "1.0": "1.0", "1.50": "1.5", "0.0": "0.0", "-0.0": "-0.0", "1e2": "100.0", "1E+2": "100.0",
		"1e-2": "0.01", "12.34e1": "123.4", "12.34e-3": "0.01234", "120e-1": "12.0", "0e5": "0.0", "-1.5e3": "-1500.0",
	} {
		if got := plainNumber(text); got != want {
			t.Errorf("plainNumber(%s) = %s, want %s", text, got, want)
		}
	}
	if n := len(plainNumber("1e999999999999")); n > 2*maxPlainDigits {
		t.Errorf("an exponent was written out in %d digits", n)
	}
}

func TestFloat(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"1": true, "1.5": true, "-1.5e-3": true, ".5": true, " 1\n": true, "1_000.5": true, " 0x1f": true, "+1": true,
		"": false, " ": false, "1.": false, "1e": false, "1__0": false, "_1": false, "1_": false, "0x1f": false, " 0x": false, "1 2": false, "x": false, "--1": false, "1e1.5": false, ".": false, "inf": false,
	} {
		if got := Float(text); got != want {
			t.Errorf("Float(%q) = %v", text, got)
		}
	}
}

func TestManyMembers(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 2 * fewMembers {
		text.WriteString(`,"k` + string(rune('a'+i%20)) + `":` + string(rune('0'+i%10)))
	}
	object, _, err := Parse("{" + text.String()[1:] + "}")
	if err != nil || len(object.Members) != 20 {
		t.Fatalf("got %d members, %v", len(object.Members), err)
	}
	if first := object.Members[0]; first.Key != "ka" || first.Value.Text != "0" {
		t.Errorf("the first member is %+v", first)
	}
	if v, _ := document.Get(object.Members, "kl"); v.Text != "1" {
		t.Errorf("kl = %+v, want the last of its values", v)
	}
}
