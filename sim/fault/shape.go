package fault

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/capisim/sim/document"
)

// shape is the form of a JSON value: which keys, which types. What the values
// mean is Check's business.
type shape struct {
	expected string            // in words
	scalar   func(any) bool    // a value that is neither object nor list
	keys     map[string]*shape // an object with these keys
	values   *shape            // an object with any keys
	items    *shape            // a list
	required []string          // of the keys
	bare     *shape            // what may stand instead of the object
}

var (
	anyShape = &shape{expected: "a JSON value"}

	textShape     = &shape{expected: "a string", scalar: func(v any) bool { _, ok := v.(string); return ok }}
	boolShape     = &shape{expected: "true or false", scalar: func(v any) bool { _, ok := v.(bool); return ok }}
	wholeShape    = &shape{expected: "a whole number", scalar: isWhole}
	numberShape   = &shape{expected: "a number", scalar: isNumber}
	durationShape = &shape{expected: `a duration such as "200ms"`, scalar: isDuration}

	matcherShape = &shape{expected: "a value or an object of comparisons", bare: anyShape, keys: map[string]*shape{
		"equals": anyShape, "contains": textShape, "matches": textShape, "exists": boolShape,
		"gt": numberShape, "lt": numberShape, "in": {expected: "a list", items: anyShape},
	}}
	matchersShape = &shape{expected: "an object of matchers", values: matcherShape}

	matchShape = &shape{expected: "an object", keys: map[string]*shape{
		"operations": {expected: "a list of operation ids", items: textShape},
		"process": {expected: "an object", keys: map[string]*shape{
			"guid": textShape, "type": textShape, "labels": textShape,
		}},
		"app": textShape, "user": textShape,
		"headers": matchersShape, "query": matchersShape, "body": matchersShape,
	}}

	whenShape = &shape{expected: "an object", keys: map[string]*shape{
		"skip": wholeShape, "times": wholeShape, "probability": numberShape,
		"from": durationShape, "until": durationShape,
	}}

	connectionShape = &shape{expected: "the name of a socket fault or an object", bare: textShape, required: []string{"kind"}, keys: map[string]*shape{
		"kind": textShape, "bytes_per_second": wholeShape, "after_bytes": wholeShape, "for": durationShape,
	}}

	delayShape = &shape{expected: "an object", keys: map[string]*shape{
		"fixed": durationShape,
		"uniform": {expected: "an object", required: []string{"min", "max"},
			keys: map[string]*shape{"min": durationShape, "max": durationShape}},
		"lognormal": {expected: "an object", required: []string{"median", "sigma"},
			keys: map[string]*shape{"median": durationShape, "sigma": numberShape, "max": durationShape}},
		"percentiles": {expected: "an object", required: []string{"p50", "p90", "p99"},
			keys: map[string]*shape{"p50": durationShape, "p90": durationShape, "p99": durationShape}},
	}}

	meanwhileShape = &shape{expected: "an operation", required: []string{"operation"}, keys: map[string]*shape{
		"user": textShape, "operation": textShape, "target": textShape, "index": wholeShape, "body": anyShape,
	}}

	lineShape  = &shape{expected: "a text without control characters or a number", scalar: isLine}
	linesShape = &shape{expected: "a text without control characters, a number, a list of them or null", items: lineShape,
		scalar: func(v any) bool { return v == nil || isLine(v) }}

	respondKeys = map[string]*shape{
		"status": wholeShape, "error": textShape, "detail": textShape, "body": anyShape,
		"headers": {expected: "an object of strings", values: linesShape},
	}

	ruleShape = &shape{expected: "a rule", keys: map[string]*shape{
		"id": textShape, "description": textShape,
		"match": matchShape, "when": whenShape,
		"respond":  {expected: "an object", keys: respondKeys},
		"sequence": {expected: "a list of steps", items: &shape{expected: "a step", keys: stepKeys()}},
		"repeat":   textShape, "delay": delayShape, "connection": connectionShape, "apply": textShape,
		"meanwhile":    {expected: "a list of operations", items: meanwhileShape},
		"undocumented": boolShape, "enabled": boolShape, "optional": boolShape,
	}}
)

func stepKeys() map[string]*shape {
	keys := maps.Clone(respondKeys)
	keys["pass"], keys["connection"] = boolShape, connectionShape
	return keys
}

// walk checks a value. It returns what of it has the right shape (nil when
// nothing has) beside the violations.
func (s *shape) walk(pointer string, value any, problems document.Violations) (any, document.Violations) {
	switch v := value.(type) {
	case map[string]any:
		if s.keys != nil || s.values != nil {
			return s.walkObject(pointer, v, problems)
		}
	case []any:
		if s.items != nil {
			return s.walkList(pointer, v, problems)
		}
	}
	switch {
	case s == anyShape:
		return value, problems
	case s.bare != nil:
		if kept, found := s.bare.walk(pointer, value, nil); len(found) == 0 {
			return kept, problems
		}
	case s.scalar != nil && s.scalar(value):
		return value, problems
	}
	return nil, append(problems, mistyped(pointer, value, s.expected))
}

func (s *shape) walkObject(pointer string, object map[string]any, problems document.Violations) (any, document.Violations) {
	kept := make(map[string]any, len(object))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		at, member := pointer+"/"+escape(key), s.values
		if s.keys != nil {
			member = s.keys[key]
		}
		if member == nil {
			problems = append(problems, document.Violation{Pointer: at,
				Message: "unknown key, expected one of " + strings.Join(slices.Sorted(maps.Keys(s.keys)), ", ")})
			continue
		}
		before := len(problems)
		var value any
		value, problems = member.walk(at, object[key], problems)
		if value != nil || len(problems) == before { // null may be a right value
			kept[key] = value
		}
	}
	for _, key := range s.required {
		if _, given := object[key]; !given {
			problems = append(problems, document.Violation{Pointer: pointer + "/" + key, Message: "missing, expected " + s.keys[key].expected})
		}
	}
	return kept, problems
}

func (s *shape) walkList(pointer string, list []any, problems document.Violations) (any, document.Violations) {
	kept := make([]any, len(list))
	before := len(problems)
	for i, item := range list {
		kept[i], problems = s.items.walk(pointer+"/"+strconv.Itoa(i), item, problems)
	}
	if len(problems) > before {
		return nil, problems // without an item the others would change places
	}
	return kept, problems
}

func isLine(value any) bool {
	_, isText := value.(string)
	return isText || isNumber(value)
}

func isWhole(value any) bool {
	number, ok := value.(json.Number)
	if !ok {
		return false
	}
	_, err := strconv.Atoi(number.String())
	return err == nil
}

func isNumber(value any) bool {
	number, ok := value.(json.Number)
	if !ok {
		return false
	}
	_, err := number.Float64()
	return err == nil
}

func isDuration(value any) bool {
	text, ok := value.(string)
	if !ok {
		return false
	}
	_, err := time.ParseDuration(text)
	return err == nil
}

func mistyped(pointer string, found any, expected string) document.Violation {
	return document.Violation{Pointer: pointer, Message: fmt.Sprintf("%s, expected %s", spell(found), expected)}
}

// spell tells what was found: scalars as they are, the rest by kind.
func spell(value any) string {
	switch v := value.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case string:
		return quote(v)
	default:
		return shorten(jsonText(v))
	}
}

// quote and shorten keep a message readable whatever was sent.
func quote(text string) string { return strconv.Quote(shorten(text)) }

func shorten(text string) string {
	const longest = 80
	if len(text) <= longest {
		return text
	}
	cut := longest
	for cut > longest-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "..."
}
