package admin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/capisim/sim/document"
)

// member is one key of a JSON object with its value as it was written.
type member struct {
	key string
	raw json.RawMessage
}

// members reads a JSON object in order of appearance, duplicates included;
// false when the text is not an object. The text must be valid JSON.
func members(raw []byte) ([]member, bool) {
	tokens := json.NewDecoder(bytes.NewReader(raw))
	if start, err := tokens.Token(); err != nil || start != json.Delim('{') {
		return nil, false
	}
	list := []member{}
	for tokens.More() {
		key, err := tokens.Token()
		name, isText := key.(string)
		var value json.RawMessage
		if err != nil || !isText || tokens.Decode(&value) != nil {
			return nil, false
		}
		list = append(list, member{name, value})
	}
	return list, true
}

// checkJSON refuses what is not one JSON document in UTF-8.
func checkJSON(raw []byte) error {
	if !utf8.Valid(raw) {
		return invalid("", "not readable as JSON: not UTF-8")
	}
	if err := json.Unmarshal(raw, new(json.RawMessage)); err != nil {
		return invalid("", "not readable as JSON: %s", err)
	}
	return nil
}

// object reads the keys of a body one by one and notes everything that is wrong
// on the way, so that one answer tells all of it.
type object struct {
	at       string // pointer of the object
	members  []member
	read     map[string]bool
	known    []string
	problems *document.Violations
}

// parseObject reads a body that has to be an object.
func parseObject(raw []byte) (*object, error) {
	if err := checkJSON(raw); err != nil {
		return nil, err
	}
	list, isObject := members(raw)
	if !isObject {
		return nil, invalid("", "%s, expected an object", brief(raw))
	}
	o := &object{members: list, read: map[string]bool{}, problems: &document.Violations{}}
	o.duplicates()
	return o, nil
}

func (o *object) duplicates() {
	seen := map[string]bool{}
	for _, m := range o.members {
		if seen[m.key] {
			o.add(m.key, "the key appears twice, expected it once")
		}
		seen[m.key] = true
	}
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

func (o *object) pointer(key string) string { return o.at + "/" + pointerEscape.Replace(key) }

// add notes what is wrong with the value of a key.
func (o *object) add(key, format string, args ...any) {
	*o.problems = append(*o.problems, document.Violation{Pointer: o.pointer(key), Message: fmt.Sprintf(format, args...)})
}

// addAt notes what is wrong with an element of the list under a key.
func (o *object) addAt(key string, index int, format string, args ...any) {
	at := o.pointer(key) + "/" + strconv.Itoa(index)
	*o.problems = append(*o.problems, document.Violation{Pointer: at, Message: fmt.Sprintf(format, args...)})
}

// err ends the reading: keys that nobody asked for are unknown. It is nil when
// nothing was wrong.
func (o *object) err() error {
	o.unknown()
	if len(*o.problems) == 0 {
		return nil
	}
	return *o.problems
}

func (o *object) unknown() {
	for _, m := range o.members {
		if !o.read[m.key] {
			o.add(m.key, "unknown key %q, expected one of %s", m.key, strings.Join(o.known, ", "))
		}
	}
}

// raw returns the value of a key; of a key given twice, the last.
func (o *object) raw(key string) (json.RawMessage, bool) {
	if !o.read[key] {
		o.read[key] = true
		o.known = append(o.known, key)
	}
	for i := len(o.members) - 1; i >= 0; i-- {
		if o.members[i].key == key {
			return o.members[i].raw, true
		}
	}
	return nil, false
}

// value decodes a key; false when it was left out, or is of another type, which
// is noted.
func value[T any](o *object, key, expected string) (T, bool) {
	var into T
	raw, given := o.raw(key)
	if !given {
		return into, false
	}
	if string(raw) == "null" || json.Unmarshal(raw, &into) != nil {
		o.add(key, "%s, expected %s", brief(raw), expected)
		return into, false
	}
	return into, true
}

func (o *object) text(key string) (string, bool) { return value[string](o, key, "a string") }

func (o *object) boolean(key string) (bool, bool) { return value[bool](o, key, "true or false") }

func (o *object) whole(key string) (int, bool) { return value[int](o, key, "a whole number") }

// oneOf reads a text that has to be one of these.
func (o *object) oneOf(key string, allowed ...string) (string, bool) {
	text, given := o.text(key)
	if !given {
		return "", false
	}
	for _, one := range allowed {
		if text == one {
			return text, true
		}
	}
	o.add(key, "%q, expected one of %s", text, strings.Join(allowed, ", "))
	return "", false
}

// duration reads a span of time such as "30s" that is not negative.
func (o *object) duration(key string) (time.Duration, bool) {
	text, given := value[string](o, key, `a duration such as "30s"`)
	if !given {
		return 0, false
	}
	span, err := time.ParseDuration(text)
	switch {
	case err != nil:
		o.add(key, `%q, expected a duration such as "30s"`, text)
	case span < 0:
		o.add(key, "%s, expected a duration that is not negative", text)
	default:
		return span, true
	}
	return 0, false
}

// moment reads a time in RFC 3339.
func (o *object) moment(key string) (time.Time, bool) {
	text, given := o.text(key)
	if !given {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		o.add(key, "%q, expected a time such as 2026-01-01T00:00:00Z", text)
		return time.Time{}, false
	}
	return at.UTC(), true
}

// inner reads an object under a key; it shares the list of problems.
func (o *object) inner(key string) (*object, bool) {
	raw, given := o.raw(key)
	if !given {
		return nil, false
	}
	return o.nested(key, raw)
}

func (o *object) nested(key string, raw json.RawMessage) (*object, bool) {
	list, isObject := members(raw)
	if !isObject {
		o.add(key, "%s, expected an object", brief(raw))
		return nil, false
	}
	in := &object{at: o.pointer(key), members: list, read: map[string]bool{}, problems: o.problems}
	in.duplicates()
	return in, true
}

// list reads a list under a key, its elements as they were written.
func (o *object) list(key string) ([]json.RawMessage, bool) {
	return value[[]json.RawMessage](o, key, "a list")
}

// under moves violations of an inner document to their place in this one.
func (o *object) under(key string, found document.Violations) {
	for _, v := range found {
		*o.problems = append(*o.problems, document.Violation{Pointer: o.pointer(key) + v.Pointer, Message: v.Message})
	}
}

// brief shows a value in a message, its beginning when it is long.
func brief(raw []byte) string {
	const most = 60
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil {
		compact.Reset()
		compact.Write(raw)
	}
	text := compact.String()
	if len(text) <= most {
		return text
	}
	cut := most
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "..." + " (" + strconv.Itoa(len(text)) + " bytes)"
}
