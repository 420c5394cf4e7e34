package fault

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// comparison is a Matcher made ready: patterns compiled, values decoded.
type comparison struct {
	matcher Matcher
	pattern *regexp.Regexp
	// What Equals and In want: the values for a body, and their texts for
	// headers and parameters. Nil means nothing is asked.
	equals, in         []any
	equalText, inTexts []string
}

// ready compiles a matcher that Check has passed.
func (m Matcher) ready() comparison {
	c := comparison{matcher: m}
	if m.Matches != nil {
		c.pattern = regexp.MustCompile(*m.Matches)
	}
	if len(m.Equals) > 0 {
		c.equals, c.equalText = decoded(m.Equals)
	}
	if m.In != nil {
		c.in, c.inTexts = decoded(m.In...)
	}
	return c
}

func decoded(values ...json.RawMessage) (wanted []any, texts []string) {
	for _, raw := range values {
		value, err := decode(raw)
		if err != nil {
			panic("fault: matcher: " + err.Error()) // Check read it before
		}
		wanted = append(wanted, value)
		if text, ok := scalarText(value); ok {
			texts = append(texts, text)
		}
	}
	return wanted, texts
}

// decode reads one JSON value, its numbers with all their digits.
func decode(raw []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	return value, err
}

// values holds of the values of one header or parameter: any of them will do.
func (c *comparison) values(values []string) bool {
	if c.matcher.Exists != nil && *c.matcher.Exists != (len(values) > 0) {
		return false
	}
	if len(values) == 0 {
		return c.absent()
	}
	return slices.ContainsFunc(values, c.text)
}

// absent says whether a value that is not there matches: only where nothing
// but its absence is asked for.
func (c *comparison) absent() bool {
	return c.matcher.Exists != nil && !*c.matcher.Exists
}

func (c *comparison) text(text string) bool {
	m := &c.matcher
	return (c.equals == nil || slices.Contains(c.equalText, text)) &&
		(c.in == nil || slices.Contains(c.inTexts, text)) &&
		(m.Contains == nil || strings.Contains(text, *m.Contains)) &&
		(c.pattern == nil || c.pattern.MatchString(text)) &&
		c.inRange(text)
}

// value holds of one place of a JSON body.
func (c *comparison) value(value any, present bool) bool {
	m := &c.matcher
	if m.Exists != nil && *m.Exists != present {
		return false
	}
	if !present {
		return c.absent()
	}
	return (c.equals == nil || isOneOf(value, c.equals)) &&
		(c.in == nil || isOneOf(value, c.in)) &&
		(m.Contains == nil || contains(value, *m.Contains)) &&
		(c.pattern == nil || c.matchesPattern(value)) &&
		c.inRange(value)
}

func (c *comparison) matchesPattern(value any) bool {
	text, ok := scalarText(value)
	return ok && c.pattern.MatchString(text)
}

func (c *comparison) inRange(value any) bool {
	if c.matcher.Gt == nil && c.matcher.Lt == nil {
		return true
	}
	if text, isText := value.(string); isText {
		if strings.Trim(text, "0123456789+-.eE") != "" {
			return false // Go would read "inf" and "0x10" too
		}
		value = json.Number(text)
	}
	number, ok := numberOf(value)
	return ok && (c.matcher.Gt == nil || number > *c.matcher.Gt) &&
		(c.matcher.Lt == nil || number < *c.matcher.Lt)
}

func contains(value any, part string) bool {
	if list, ok := value.([]any); ok {
		return slices.ContainsFunc(list, func(element any) bool { return element == part })
	}
	text, ok := scalarText(value)
	return ok && strings.Contains(text, part)
}

// scalarText spells a text, a number or a boolean; null, lists and objects have
// no text.
func scalarText(value any) (text string, ok bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		return v.String(), true
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), true
	}
	return "", false
}

func isOneOf(value any, wanted []any) bool {
	return slices.ContainsFunc(wanted, func(one any) bool { return same(value, one) })
}

// same compares two decoded JSON values by meaning.
func same(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for key, one := range x {
			if other, ok := y[key]; !ok || !same(one, other) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, same)
	case json.Number, float64:
		return sameNumber(x, b)
	case string:
		y, ok := b.(string)
		return ok && x == y
	case bool:
		y, ok := b.(bool)
		return ok && x == y
	}
	return a == nil && b == nil
}

// sameNumber compares whole numbers by their digits, since a float cannot tell
// 2^63 from 2^63-1 and both are met in log rates.
func sameNumber(a, b any) bool {
	x, isText := a.(json.Number)
	y, alsoText := b.(json.Number)
	if isText && alsoText {
		first, err1 := x.Int64()
		second, err2 := y.Int64()
		if err1 == nil && err2 == nil {
			return first == second
		}
		if x == y {
			return true
		}
	}
	first, ok1 := numberOf(a)
	second, ok2 := numberOf(b)
	return ok1 && ok2 && first == second
}

func numberOf(value any) (number float64, ok bool) {
	switch v := value.(type) {
	case float64:
		return v, true
	case json.Number:
		number, err := v.Float64()
		return number, err == nil
	}
	return 0, false
}
