package contract

import (
	"errors"
	"strings"
	"testing"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/rails"
)

// show writes fields in one line: kinds, order and text.
func show(members []document.Field) string {
	return written(document.Value{Kind: document.Object, Members: members})
}

func written(v document.Value) string {
	var parts []string
	for _, member := range v.Members {
		if v.Kind == document.Object {
			parts = append(parts, member.Key+": "+written(member.Value))
		} else {
			parts = append(parts, written(member.Value))
		}
	}
	switch v.Kind {
	case document.Object:
		return "{" + strings.Join(parts, ", ") + "}"
	case document.Array:
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return rails.Inspect(v)
}

func TestParseBody(t *testing.T) {
	t.Parallel()
	const (
		asJSON = "application/json"
		asForm = "application/x-www-form-urlencoded"
	)
	deep := strings.Repeat("[", 99) + strings.Repeat("]", 99)
	for _, c := range []struct {
		name, contentType, raw, want string
		err                          *Error
	}{
		{"§4 empty with JSON type", asJSON, ``, `{}`, nil},
		{"§4 empty without type", "", ``, `{}`, nil},
		{"§4 object", asJSON, `{"b":1,"a":{"c":[1,"x",true]}}`, `{b: 1, a: {c: [1, "x", true]}}`, nil},
		{"§4 type with parameters", "Application/JSON ; charset=utf-8", `{"a":1}`, `{a: 1}`, nil},
		{"§4 other names of JSON", "application/problem+json", `{"a":1}`, `{a: 1}`, nil},
		{"§4 no name of JSON", "application/vnd.api+json", `{"a":1}`, `{}`, nil},
		{"§4 broken", asJSON, `{"a":`, ``, MessageParseError},
		{"§4 blanks alone", asJSON, "  \n", ``, MessageParseError},
		{"§4 two documents", asJSON, `{} {}`, ``, MessageParseError},
		{"§4 array as document", asJSON, `[1]`, `{_json: [1]}`, nil},
		{"§4 null as document", asJSON, ` null `, `{_json: nil}`, nil},
		{"§4 framework keys", asJSON, `{"utf8":1,"a":1,"_method":2,"authenticity_token":3}`, `{a: 1}`, nil},
		{"§4 framework keys below stay", asJSON, `{"a":{"utf8":1}}`, `{a: {utf8: 1}}`, nil},
		{"§4 duplicates", asJSON, `{"a":1,"b":2,"a":3,"c":{"d":1,"d":2}}`, `{a: 3, b: 2, c: {d: 2}}`, nil},
		{"§5 numbers as written", asJSON, `{"a":5.0,"b":5,"c":123456789012345678901234567890,"d":-0,"e":0}`,
			`{a: 5.0, b: 5, c: 123456789012345678901234567890, d: 0, e: 0}`, nil},
		{"nulls in arrays are dropped", asJSON, `{"a":[null,1,[null]]}`, `{a: [1, []]}`, nil},
		{"escapes", asJSON, `{"\u0061":"\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t"}`, `{a: "é😀\"\\/\b\f\n\r\t"}`, nil},
		{"leniency: comments", asJSON, "/* x */ {\"a\": // y\n 1}", `{a: 1}`, nil},
		{"leniency: comment ends with the line", asJSON, "// x\r{\"a\":1}", `{a: 1}`, nil},
		{"leniency: form feed", asJSON, "\f{\f}\f", `{}`, nil},
		{"leniency: NUL at the end", asJSON, "{}\x00 whatever", `{}`, nil},
		{"leniency: NUL behind a backslash", asJSON, "{\"a\":\"\\\x00\"}", `{a: "\u0000"}`, nil},
		{"leniency: zeros", asJSON, `{"a":-,"b":-00,"c":00,"d":00.5}`, `{a: 0, b: 0, c: 0, d: 0.5}`, nil},
		{"leniency: two halves in any order", asJSON, `{"a":"\udc00\ud800"}`, "{a: \"\U00010000\"}", nil},
		{"leniency: half and an ordinary escape", asJSON, `{"a":"\ud800\u0041"}`, "{a: \"\U00010041\"}", nil},
		{"refused: comment at the end", asJSON, `{} // x`, ``, MessageParseError},
		{"refused: NUL in a string", asJSON, "{\"a\":\"\x00\"}", ``, MessageParseError},
		{"refused: NUL inside", asJSON, "{\"a\":\x001}", ``, MessageParseError},
		{"refused: vertical tab", asJSON, "\v{}", ``, MessageParseError},
		{"leniency: raw newline in a string", asJSON, "{\"a\":\"x\ny\"}", `{a: "x\ny"}`, nil},
		{"leniency: unknown escape", asJSON, `{"a":"\q"}`, `{a: "q"}`, nil},
		{"refused: open comment", asJSON, `{} /* x`, ``, MessageParseError},
		{"refused: NaN", asJSON, `{"a":NaN}`, ``, MessageParseError},
		{"refused: leading zero", asJSON, `{"a":01}`, ``, MessageParseError},
		{"refused: bare point", asJSON, `{"a":.5}`, ``, MessageParseError},
		{"refused: point without digits", asJSON, `{"a":5.}`, ``, MessageParseError},
		{"refused: exponent without digits", asJSON, `{"a":5e+}`, ``, MessageParseError},
		{"refused: minus and point", asJSON, `{"a":-.5}`, ``, MessageParseError},
		{"refused: minus and exponent", asJSON, `{"a":-e5}`, ``, MessageParseError},
		{"refused: trailing comma in an object", asJSON, `{"a":1,}`, ``, MessageParseError},
		{"refused: trailing comma in an array", asJSON, `{"a":[1,]}`, ``, MessageParseError},
		{"refused: byte order mark", asJSON, "\uFEFF{}", ``, MessageParseError},
		{"refused: single quotes", asJSON, `{'a':1}`, ``, MessageParseError},
		{"refused: key without quotes", asJSON, `{a:1}`, ``, MessageParseError},
		{"refused: open string", asJSON, `{"a`, ``, MessageParseError},
		{"refused: open escape", asJSON, `{"a\`, ``, MessageParseError},
		{"refused: open unicode escape", asJSON, `{"\u00`, ``, MessageParseError},
		{"refused: no hexadecimal", asJSON, `{"\u00zz":1}`, ``, MessageParseError},
		{"depth 100", asJSON, `{"a":` + deep + `}`, `{a: ` + deep + `}`, nil},
		{"depth 499", asJSON, strings.Repeat("[", 499) + strings.Repeat("]", 499), `{_json: ` + strings.Repeat("[", 499) + strings.Repeat("]", 499) + `}`, nil},
		{"§4 depth 500", asJSON, strings.Repeat("[", 500) + strings.Repeat("]", 500), ``, Malformed},
		{"depth beyond all", asJSON, strings.Repeat("[", 1<<19), ``, Malformed},
		{"§9.2 no UTF-8", asJSON, "{\"a\":\"\xff\"}", ``, Malformed},
		{"§9.2 lone surrogate", asJSON, `{"a":"\ud800"}`, ``, Malformed},
		{"§9.2 lone surrogate before a letter", asJSON, `{"a":["\udc00x"]}`, ``, Malformed},
		{"keys may be anything", asJSON, "{\"\xff\":1}", "{\xff: 1}", nil},
		{"broken and no UTF-8", asJSON, "{\"a\":\xff", ``, MessageParseError},

		{"§4 no type: ignored", "", `{"command":"x"}`, `{}`, nil},
		{"§4 text/plain: ignored", "text/plain", `{"command":"x"}`, `{}`, nil},
		{"§4 type without parser: broken does not matter", "application/octet-stream", `{`, `{}`, nil},
		{"§4 form", asForm, `command=x+y&health_check[type]=http&health_check[data][timeout]=5`, `{command: "x y", health_check: {type: "http", data: {timeout: "5"}}}`, nil},
		{"§4 JSON sent as a form", asForm, `{"command":"x"}`, `{{"command":"x"}: nil}`, nil},
		{"§4 form without value", asForm, `command`, `{command: nil}`, nil},
		{"§4 form framework keys", asForm, `utf8=x&command=y`, `{command: "y"}`, nil},
		{"§4 form malformed", asForm, `a=%`, ``, Malformed},
		{"§4 multipart", "multipart/form-data; boundary=B",
			"--B\r\nContent-Disposition: form-data; name=\"command\"\r\n\r\nx\r\n--B\r\nContent-Disposition: form-data; name=\"user\"; filename=\"f\"\r\n\r\ny\r\n--B--\r\n",
			`{command: "x", user: ["y"]}`, nil},
		{"§4 multipart without boundary", "multipart/form-data; charset=x", `x=y`, `{x: "y"}`, nil},
		{"§4 multipart without name", "multipart/form-data; boundary=B", "--B\r\n\r\nx\r\n--B--\r\n", `{text/plain: ["x"]}`, nil},
		{"§4 multipart with another boundary", "multipart/form-data; boundary=C", "--B\r\n\r\nx\r\n--B--\r\n", ``, Malformed},
		{"§4 multipart with a long boundary", "multipart/form-data; boundary=" + strings.Repeat("b", 71), `x`, ``, Malformed},
		{"§4 multipart cut off", "multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx", ``, Malformed},
		{"§4 multipart with two shapes", "multipart/form-data; boundary=B",
			"--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--B\r\nContent-Disposition: form-data; name=\"a[b]\"\r\n\r\ny\r\n--B--\r\n", ``, Malformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			body, err := ParseBody(c.contentType, []byte(c.raw))
			if c.err != nil {
				if !errors.Is(err, c.err) {
					t.Fatalf("got %v, %v, want %v", body, err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := show(body.Fields); got != c.want {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestBodyValue(t *testing.T) {
	t.Parallel()
	body := parsed(t, `{"a":1.50,"b":[null,true,"x"],"c":{"d":null}}`)
	const want = `{"a":1.50,"b":[true,"x"],"c":{"d":null}}`
	if got := body.Value().String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestBodyAppGUID(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{`{}`: "", `{"app_guid":"G"}`: "G", `{"app_guid":5}`: "5", `{"app_guid":null}`: "", `{"app_guid":" "}`: ""} {
		if got := parsed(t, body).AppGUID(); got != want {
			t.Errorf("§4 %s: got %q, want %q", body, got, want)
		}
	}
}

func TestInstanceIndex(t *testing.T) {
	t.Parallel()
	for segment, want := range map[string]int{
		"0": 0, "7": 7, "abc": 0, "1x": 1, "-1": -1, "+2": 2, " 3": 3, "1_0": 10, "1__0": 1, "": 0, "007": 7,
		"99999999999999999999": 1<<63 - 1, "-99999999999999999999": -1 << 63,
	} {
		if got := InstanceIndex(segment); got != want {
			t.Errorf("§14.3 InstanceIndex(%q) = %d, want %d", segment, got, want)
		}
	}
}

func TestCutFormat(t *testing.T) {
	t.Parallel()
	for segment, want := range map[string]string{"a": "a", "a.json": "a", "1.5": "1", "a.b.c": "a.b.c", ".a": ".a", "a.": "a.", ".": ".", "": ""} {
		if got := CutFormat(segment); got != want {
			t.Errorf("§14.3 CutFormat(%q) = %q, want %q", segment, got, want)
		}
	}
}
