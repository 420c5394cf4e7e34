package contract

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestMetadataMessages(t *testing.T) {
	t.Parallel()
	long := "a" + strings.Repeat("b", 63)
	bigPrefix := strings.Repeat("abcdefgh.", 28) + "ab" // 254 characters
	for _, c := range []bodyCase{
		{"§8 null", `null`, "Metadata must be an object"},
		{"§8 number", `3`, "Metadata must be an object"},
		{"§8 array", `[]`, "Metadata must be an object"},
		{"§8 empty", `{}`, ""},
		{"§8 other keys, blank between", `{"foo":1,"labels":{},"bar":2}`, "Metadata has unexpected field(s): 'foo' 'bar'"},
		{"§8 labels null changes nothing", `{"labels":null}`, ""},
		{"§8 labels false changes nothing", `{"labels":false,"annotations":false}`, ""},
		{"§8 labels text", `{"labels":"x"}`, "Metadata 'labels' is not an object"},
		{"§8 labels empty text", `{"labels":""}`, "Metadata 'labels' is not an object"},
		{"§8 labels array", `{"labels":[]}`, "Metadata 'labels' is not an object"},
		{"§8 annotations number", `{"annotations":0}`, "Metadata 'annotations' is not an object"},
		{"§8 all three", `{"annotations":1,"labels":2,"x":3}`, "Metadata has unexpected field(s): 'x', Metadata 'labels' is not an object, Metadata 'annotations' is not an object"},

		{"§8 key/empty", `{"labels":{"":"v"}}`, "Metadata label key error: key cannot be empty string"},
		{"§8 key/blank", `{"labels":{" ":"v"}}`, "Metadata label key error: key cannot be empty string"},
		{"§8 key/slash alone", `{"labels":{"/":"v"}}`, "Metadata label key error: key cannot be empty string"},
		{"§8 key/prefix without name", `{"labels":{"example.com/":"v"}}`, "Metadata label key error: key cannot be empty string"},
		{"§8 key/two slashes", `{"labels":{"a.b/c/d":"v"}}`, "Metadata label key error: key has more than one '/'"},
		{"§8 key/prefix without dot", `{"labels":{"nodns/a":"v"}}`, "Metadata label key error: prefix 'nodns' must be in valid dns format"},
		{"§8 key/prefix empty", `{"labels":{"/a":"v"}}`, "Metadata label key error: prefix '' must be in valid dns format"},
		{"§8 key/prefix with underscore", `{"labels":{"a_b.c/a":"v"}}`, "Metadata label key error: prefix 'a_b.c' must be in valid dns format"},
		{"§8 key/prefix with long label", `{"labels":{"` + a(64) + `.c/a":"v"}}`, "Metadata label key error: prefix '" + a(64) + ".c' must be in valid dns format"},
		{"§8 key/prefix of 253", `{"labels":{"` + bigPrefix[1:] + `/a":"v"}}`, ""},
		{"§8 key/prefix of 254", `{"labels":{"` + bigPrefix + `/a":"v"}}`, "Metadata label key error: prefix 'abcdefgh...' is greater than 253 characters"},
		{"§8 key/DNS is checked before size", `{"labels":{"` + a(300) + `/a":"v"}}`, "Metadata label key error: prefix '" + a(300) + "' must be in valid dns format"},
		{"§8 key/reserved, any case", `{"labels":{"CloudFoundry.org/a":"v"}}`, "Metadata label key error: prefix 'cloudfoundry.org' is reserved"},
		{"§8 key/subdomain of reserved is fine", `{"labels":{"korifi.cloudfoundry.org/a":"v"}}`, ""},
		{"§8 key/reserved comes before empty name", `{"labels":{"cloudfoundry.org/":"v"}}`, "Metadata label key error: prefix 'cloudfoundry.org' is reserved"},
		{"§8 key/characters", `{"labels":{"a b":"v"}}`, "Metadata label key error: 'a b' contains invalid characters"},
		{"§8 key/characters of the name only", `{"labels":{"a.b/c$":"v"}}`, "Metadata label key error: 'c$' contains invalid characters"},
		{"§8 key/letters beyond ASCII", `{"labels":{"é":"v"}}`, "Metadata label key error: 'é' contains invalid characters"},
		{"§8 key/begins wrong", `{"labels":{"-a":"v"}}`, "Metadata label key error: '-a' starts or ends with invalid characters"},
		{"§8 key/ends wrong", `{"labels":{"a.":"v"}}`, "Metadata label key error: 'a.' starts or ends with invalid characters"},
		{"§8 key/63", `{"labels":{"` + a(63) + `":"v"}}`, ""},
		{"§8 key/64", `{"labels":{"` + a(64) + `":"v"}}`, "Metadata label key error: 'aaaaaaaa...' is greater than 63 characters"},
		{"§8 key/checked though the value deletes", `{"labels":{"-a":null}}`, "Metadata label key error: '-a' starts or ends with invalid characters"},

		{"§8 value/empty and null", `{"labels":{"a":"","b":null}}`, ""},
		{"§8 value/characters", `{"labels":{"a":"b c"}}`, "Metadata label value error: 'b c' contains invalid characters"},
		{"§8 value/blank", `{"labels":{"a":" "}}`, "Metadata label value error: ' ' contains invalid characters"},
		{"§8 value/begins wrong", `{"labels":{"a":"-b"}}`, "Metadata label value error: '-b' starts or ends with invalid characters"},
		{"§8 value/63", `{"labels":{"a":"` + long[1:] + `"}}`, ""},
		{"§8 value/64", `{"labels":{"a":"` + long + `"}}`, "Metadata label value error: 'abbbbbbb...' is greater than 63 characters"},
		{"§8 value/numbers and booleans become text", `{"labels":{"a":5,"b":true,"c":1.5,"d":false}}`, ""},
		{"§8 value/negative number", `{"labels":{"a":-5}}`, "Metadata label value error: '-5' starts or ends with invalid characters"},
		{"§8 value/empty object", `{"labels":{"a":{}}}`, "Metadata label value error: '{}' contains invalid characters"},
		{"§8 value/array in Ruby's words", `{"labels":{"a":["x",1,true]}}`, `Metadata label value error: '["x", 1, true]' contains invalid characters`},
		{"§8 bad key and bad value give two messages, label by label", `{"labels":{"-a":"b c","d":"-"}}`,
			"Metadata label key error: '-a' starts or ends with invalid characters, Metadata label value error: 'b c' contains invalid characters, " +
				"Metadata label value error: '-' starts or ends with invalid characters"},

		{"§8 annotation/key", `{"annotations":{"-a":"v"}}`, "Metadata annotation key error: '-a' starts or ends with invalid characters"},
		{"§8 annotation/reserved", `{"annotations":{"cloudfoundry.org/a":"v"}}`, "Metadata annotation key error: prefix 'cloudfoundry.org' is reserved"},
		{"§8 annotation/key unchecked for null", `{"annotations":{"-a":null}}`, ""},
		{"§8 annotation/key unchecked for blank", `{"annotations":{"-a":"","$":"  "}}`, ""},
		{"§8 annotation/key checked for an integer", `{"annotations":{"-a":5}}`, "Metadata annotation key error: '-a' starts or ends with invalid characters"},
		{"§8 annotation/any characters", `{"annotations":{"a":"b c, ü $"}}`, ""},
		{"§8 annotation/5000", `{"annotations":{"a":"` + strings.Repeat("ü", 5000) + `"}}`, ""},
		{"§8 annotation/5001", `{"annotations":{"a":"` + strings.Repeat("ü", 5001) + `"}}`, "Metadata annotation value error: 'üüüüüüüü...' is greater than 5000 characters"},
		{"§8 annotation/key before value", `{"annotations":{"-":"` + a(5001) + `"}}`,
			"Metadata annotation key error: '-' starts or ends with invalid characters, Metadata annotation value error: 'aaaaaaaa...' is greater than 5000 characters"},
		{"§8 annotation/labels come first", `{"annotations":{"-":"x"},"labels":{"-":"x"}}`,
			"Metadata label key error: '-' starts or ends with invalid characters, Metadata annotation key error: '-' starts or ends with invalid characters"},
		{"§9 annotation/true crashes", `{"annotations":{"a":true}}`, crash},
		{"§9 annotation/false crashes", `{"annotations":{"a":false}}`, crash},
		{"§9 annotation/decimal crashes", `{"annotations":{"a":1.0}}`, crash},
		{"§9 annotation/crash comes before messages", `{"labels":{"-":1},"annotations":{"a":1.5}}`, crash},
		{"§9 annotation/messages come before saving", `{"labels":{"-":"x"},"annotations":{"a":[]}}`, "Metadata label key error: '-' starts or ends with invalid characters"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.body = `{"metadata":` + c.body + `}`
			_, err := CheckUpdate(parsed(t, c.body), Default)
			c.check(t, err)
		})
	}
}

func TestMetadataValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, metadata string
		want           string // key=value of labels, then of annotations; "-key" deletes
	}{
		{"§8 integers and booleans", `{"labels":{"a":5,"b":true,"c":false,"d":-0},"annotations":{"e":12345678901234567890}}`, "a=5 b=true c=false d=0 | e=12345678901234567890"},
		{"§8 decimals without exponent", `{"labels":{"a":1.50,"b":1e2,"c":0.5e-2,"d":12.5E1}}`, "a=1.5 b=100.0 c=0.005 d=125.0 |"},
		{"§8 null deletes", `{"labels":{"x.y/a":null},"annotations":{"b":null}}`, "-x.y/a | -b"},
		{"§8 unchecked keys are stored as the server splits them", `{"annotations":{"a/b/c":"","/d":"","e/":"","":""}}`, "| a/b= d= e/= ="},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			u, err := CheckUpdate(parsed(t, `{"metadata":`+c.metadata+`}`), Default)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.TrimSpace(changes(u.Metadata.Labels) + "| " + changes(u.Metadata.Annotations))
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func changes(list []PairChange) string {
	var text strings.Builder
	for _, c := range list {
		if c.Value == nil {
			text.WriteString("-" + c.Key + " ")
		} else {
			text.WriteString(c.Key + "=" + *c.Value + " ")
		}
	}
	return text.String()
}

// TestStoredAnnotations is what the database makes of values that are not text:
// an array of one element is that element, an empty one null, and the rest it
// refuses (§8, §9.1; app/actions/annotations_update.rb).
func TestStoredAnnotations(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`"a"`: "a", `5`: "5", `["a"]`: "a", `[5]`: "5", `[true]`: "true", `[["a"]]`: "a", `[]`: "null", `[null]`: "null", `[[]]`: "null", `null`: "deleted",
		`["a","b"]`: "refused", `{"a":1}`: "refused", `{}`: "refused", `[{"a":1}]`: "refused", `"a\u0000"`: "refused", `["\u0000"]`: "refused",
	} {
		u, err := CheckUpdate(parsed(t, `{"metadata":{"annotations":{"k":`+value+`}}}`), Default)
		if err != nil {
			t.Errorf("%s: %v", value, err)
			continue
		}
		got := "deleted"
		switch c := u.Metadata.Annotations[0]; {
		case u.Metadata.Unstorable:
			got = "refused"
		case c.Null:
			got = "null"
		case c.Value != nil:
			got = *c.Value
		}
		if got != want {
			t.Errorf("%s: %s, want %s", value, got, want)
		}
	}
}

func TestPairsMerge(t *testing.T) {
	t.Parallel()
	one, two := "1", "2"
	before := Pairs{{Key: "a", Value: "0"}, {Key: "b", Value: "0"}, {Key: "c", Value: "0"}}
	for _, c := range []struct {
		name    string
		changes []PairChange
		want    Pairs
	}{
		{"§8 nothing changes nothing", nil, Pairs{{Key: "a", Value: "0"}, {Key: "b", Value: "0"}, {Key: "c", Value: "0"}}},
		{"§8 an existing key keeps its place", []PairChange{{Key: "b", Value: &one}}, Pairs{{Key: "a", Value: "0"}, {Key: "b", Value: "1"}, {Key: "c", Value: "0"}}},
		{"§8 new keys go to the end in their order", []PairChange{{Key: "z", Value: &one}, {Key: "d", Value: &two}}, Pairs{{Key: "a", Value: "0"}, {Key: "b", Value: "0"}, {Key: "c", Value: "0"}, {Key: "z", Value: "1"}, {Key: "d", Value: "2"}}},
		{"§8 nil deletes", []PairChange{{Key: "a", Value: nil}, {Key: "c", Value: nil}}, Pairs{{Key: "b", Value: "0"}}},
		{"§8 deleting a missing key is fine", []PairChange{{Key: "x", Value: nil}}, Pairs{{Key: "a", Value: "0"}, {Key: "b", Value: "0"}, {Key: "c", Value: "0"}}},
		{"§8 deleted and set anew goes to the end", []PairChange{{Key: "a", Value: nil}, {Key: "a", Value: &two}}, Pairs{{Key: "b", Value: "0"}, {Key: "c", Value: "0"}, {Key: "a", Value: "2"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := before.Merge(c.changes); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if want := (Pairs{{Key: "a", Value: "0"}, {Key: "b", Value: "0"}, {Key: "c", Value: "0"}}); !reflect.DeepEqual(before, want) {
				t.Errorf("the receiver changed: %v", before)
			}
		})
	}
}

func TestCheckLimits(t *testing.T) {
	t.Parallel()
	pairs := func(n int) (p Pairs) {
		for i := range n {
			p = append(p, Pair{Key: fmt.Sprint("k", i), Value: "v"})
		}
		return p
	}
	setting := func(keys ...string) (u []PairChange) {
		for _, key := range keys {
			u = append(u, PairChange{Key: key, Value: &key})
		}
		return u
	}
	for _, c := range []struct {
		name   string
		before Metadata
		update MetadataUpdate
		want   string
	}{
		{"§8 the 50th label", Metadata{Labels: pairs(49)}, MetadataUpdate{Labels: setting("x")}, ""},
		{"§8 the 51st label", Metadata{Labels: pairs(50)}, MetadataUpdate{Labels: setting("x")},
			"CF-LabelLimitExceeded: Failed to add 1 labels because it would exceed maximum of 50"},
		{"§8 N is the size of the request, known keys and deletions too", Metadata{Labels: pairs(50)},
			MetadataUpdate{Labels: append(setting("k1", "x", "y"), PairChange{Key: "k0", Value: nil})},
			"CF-LabelLimitExceeded: Failed to add 4 labels because it would exceed maximum of 50"},
		{"§8 one in, one out", Metadata{Labels: pairs(50)}, MetadataUpdate{Labels: append(setting("x"), PairChange{Key: "k0", Value: nil})}, ""},
		{"§8 above the limit, not raised", Metadata{Labels: pairs(60)}, MetadataUpdate{Labels: setting("k0")}, ""},
		{"§8 above the limit, raised", Metadata{Labels: pairs(60)}, MetadataUpdate{Labels: setting("x")},
			"CF-LabelLimitExceeded: Failed to add 1 labels because it would exceed maximum of 50"},
		{"§8 the 200th annotation", Metadata{Annotations: pairs(199)}, MetadataUpdate{Annotations: setting("x")}, ""},
		{"§8 the 201st annotation", Metadata{Annotations: pairs(199)}, MetadataUpdate{Annotations: setting("x", "y")},
			"CF-AnnotationLimitExceeded: Failed to add 2 annotations because it would exceed maximum of 200"},
		{"§8 labels are counted first", Metadata{Labels: pairs(50), Annotations: pairs(200)}, MetadataUpdate{Labels: setting("x"), Annotations: setting("y")},
			"CF-LabelLimitExceeded: Failed to add 1 labels because it would exceed maximum of 50"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if err := CheckLimits(c.before, c.before.Merge(c.update), c.update); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
