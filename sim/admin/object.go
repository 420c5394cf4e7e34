package admin

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"example.com/capisim/sim/document"
)

// object reads the keys of a body one by one and notes everything that is wrong
// on the way, so that one answer tells all of it.
type object struct {
	at       string         // pointer of the object
	value    document.Value // an object
	known    []string       // keys that were asked for
	problems *document.Violations
	broken   error // what kept it from being read: err tells it, and nothing else
}

func objectOf(v document.Value) *object {
	o := &object{value: v, problems: &document.Violations{}}
	if v.Kind != document.Object {
		o.broken = invalid("", "%s, expected an object", document.Found(v))
	}
	return o
}

// read is the object for who takes it as it is; the error is what keeps it from
// being read.
func (o *object) read() (*object, error) { return o, o.broken }

func (o *object) pointer(key string) string { return o.at + document.Pointer(key) }

// add notes what is wrong with the value of a key.
func (o *object) add(key, format string, args ...any) {
	*o.problems = append(*o.problems, document.Violation{Pointer: o.pointer(key), Message: fmt.Sprintf(format, args...)})
}

// addAt notes what is wrong with an element of the list under a key.
func (o *object) addAt(key string, index int, format string, args ...any) {
	at := o.pointer(key) + document.Pointer(index)
	*o.problems = append(*o.problems, document.Violation{Pointer: at, Message: fmt.Sprintf(format, args...)})
}

// err ends the reading: keys that nobody asked for are unknown. It is nil when
// nothing was wrong.
func (o *object) err() error {
	if o.broken != nil {
		return o.broken
	}
	o.unknown()
	if len(*o.problems) == 0 {
		return nil
	}
	return o.problems.Told()
}

func (o *object) unknown() {
	for _, m := range o.value.Members {
		if !slices.Contains(o.known, m.Key) {
			o.add(m.Key, "%s", document.UnknownKey(m.Key, o.known))
		}
	}
}

// get returns the value of a key.
func (o *object) get(key string) (document.Value, bool) {
	if !slices.Contains(o.known, key) {
		o.known = append(o.known, key)
	}
	return o.value.Get(key)
}

// read decodes a key; false when it was left out, or is of another type, which
// is noted.
func read[T any](o *object, key, expected string) (T, bool) {
	var into T
	v, given := o.get(key)
	if !given {
		return into, false
	}
	if err := v.Decode(&into); v.Kind == document.Null || err != nil {
		if errors.As(err, new(document.TooLong)) {
			expected = document.LongestDuration
		}
		o.add(key, "%s, expected %s", document.Found(v), expected)
		return into, false
	}
	return into, true
}

func (o *object) text(key string) (string, bool) { return read[string](o, key, "a string") }

func (o *object) boolean(key string) (bool, bool) { return read[bool](o, key, "true or false") }

func (o *object) whole(key string) (int, bool) { return read[int](o, key, "an integer") }

// oneOf reads a text that has to be one of these.
func (o *object) oneOf(key string, allowed ...string) (string, bool) {
	text, given := o.text(key)
	if !given {
		return "", false
	}
	if slices.Contains(allowed, text) {
		return text, true
	}
	if meant := document.DidYouMean(text, allowed); meant != "" {
		o.add(key, "%s%s", document.Quote(text), meant)
	} else {
		o.add(key, "%s, expected %s", document.Quote(text), document.OneOf(document.QuoteAll(allowed)))
	}
	return "", false
}

// duration reads a span of time such as "30s" that is not negative.
func (o *object) duration(key string) (time.Duration, bool) {
	span, given := read[document.Duration](o, key, "a duration that is not negative, such as 200ms or 1m30s")
	if given && span < 0 {
		o.add(key, "%s, expected a duration that is not negative, such as 200ms or 1m30s", span)
	}
	return time.Duration(max(0, span)), given && span >= 0
}

// moment reads a time in RFC 3339.
func (o *object) moment(key string) (time.Time, bool) {
	at, given := read[time.Time](o, key, "a time such as 2026-01-01T00:00:00Z")
	return at.UTC(), given
}

// inner reads an object under a key; it shares the list of problems.
func (o *object) inner(key string) (*object, bool) {
	v, given := o.get(key)
	if !given {
		return nil, false
	}
	if v.Kind != document.Object {
		o.add(key, "%s, expected an object", document.Found(v))
		return nil, false
	}
	return &object{at: o.pointer(key), value: v, problems: o.problems}, true
}

// list reads a list under a key.
func (o *object) list(key string) ([]document.Field, bool) {
	v, given := o.get(key)
	if given && v.Kind != document.Array {
		o.add(key, "%s, expected an array", document.Found(v))
		return nil, false
	}
	return v.Members, given
}

// under moves violations of an inner document to their place in this one.
func (o *object) under(key string, found document.Violations) {
	*o.problems = append(*o.problems, found.Under(o.pointer(key))...)
}
