package contract

import (
	"slices"
	"strings"
)

// maxRequirements bounds a label selector (§13.4).
const maxRequirements = 50

// The texts of a refused label selector (§13.4); what is wrong with a key or a
// value is said as §8 does, without a prefix.
const (
	missingSelector     = "Missing label_selector value"
	tooManyRequirements = "Too many label_selector requirements (maximum is 50)"
	invalidSelector     = "Invalid label_selector value"
)

type selectorOperator uint8

const (
	keyExists selectorOperator = iota
	keyMissing
	valueIn
	valueNotIn
)

// requirement is one part of a selector; all parts must hold.
type requirement struct {
	key      string // as written, for messages
	stored   string // as labels carry it
	operator selectorOperator
	values   []string
}

// Selector is a parsed label_selector. The zero value has no requirement and
// matches everything. Source: CONTRACT.md §13.4.
type Selector struct {
	requirements []requirement
}

// ParseSelector reads a label_selector. The error is a BadQueryParameter with
// all that is wrong, in the server's words (§13.4).
func ParseSelector(raw string) (Selector, error) {
	selector, problems := parseSelector(raw)
	if len(problems) > 0 {
		return Selector{}, BadQueryParameter.With(strings.Join(problems, ", "))
	}
	return selector, nil
}

// parseSelector reads a label_selector; problems are bare messages, which a
// list joins with those of its other parameters.
func parseSelector(raw string) (selector Selector, problems []string) {
	parts := splitRequirements(raw)
	switch {
	case len(parts) == 0:
		return Selector{}, []string{missingSelector}
	case len(parts) > maxRequirements:
		return Selector{}, []string{tooManyRequirements}
	}
	selector = Selector{requirements: make([]requirement, 0, len(parts))}
	for _, part := range parts {
		r, ok := parseRequirement(part)
		if !ok {
			problems = append(problems, invalidSelector)
			continue
		}
		if problem := r.problem(); problem != "" {
			problems = append(problems, problem)
			continue
		}
		selector.requirements = append(selector.requirements, r)
	}
	return selector, problems
}

// splitRequirements cuts at commas outside parentheses. A parenthesis that is
// never closed (on its line) is a character like any other; runs of commas
// leave nothing.
func splitRequirements(raw string) (parts []string) {
	start := -1
	for i := 0; i < len(raw); i++ {
		if raw[i] == ',' {
			if start >= 0 {
				parts, start = append(parts, raw[start:i]), -1
			}
			continue
		}
		if start < 0 {
			start = i
		}
		if raw[i] == '(' {
			if end := strings.IndexAny(raw[i:], ")\n"); end > 0 && raw[i+end] == ')' {
				i += end
			}
		}
	}
	if start >= 0 {
		parts = append(parts, raw[start:])
	}
	return parts
}

// parseRequirement tries the forms in the server's order: a set operator wins
// over an equals sign to the left of it. No form spans two lines.
func parseRequirement(part string) (requirement, bool) {
	if strings.Contains(part, "\n") {
		return requirement{}, false
	}
	for _, set := range [...]struct {
		word     string
		operator selectorOperator
	}{{" in (", valueIn}, {" notin (", valueNotIn}} {
		if key, values, found := strings.Cut(part, set.word); found && strings.HasSuffix(values, ")") {
			return newRequirement(key, set.operator, splitValues(values[:len(values)-1])), true
		}
	}
	key, rest := leadingKey(part)
	switch {
	case key == "":
		name, after := leadingKey(strings.TrimPrefix(part, "!"))
		if part[0] != '!' || name == "" || after != "" {
			return requirement{}, false
		}
		return newRequirement(name, keyMissing, nil), true
	case rest == "":
		return newRequirement(key, keyExists, nil), true
	case strings.HasPrefix(rest, "!="):
		return newRequirement(key, valueNotIn, splitValues(rest[2:])), true
	case strings.HasPrefix(rest, "=="):
		return newRequirement(key, valueIn, splitValues(rest[2:])), true
	case rest[0] == '=':
		return newRequirement(key, valueIn, splitValues(rest[1:])), true
	}
	return requirement{}, false
}

func newRequirement(key string, operator selectorOperator, values []string) requirement {
	return requirement{key: key, stored: storedKey(key), operator: operator, values: values}
}

// leadingKey takes the characters a key can have off the front.
func leadingKey(part string) (key, rest string) {
	i := 0
	for i < len(part) && (alphanumeric(part[i]) || strings.IndexByte("-._/", part[i]) >= 0) {
		i++
	}
	return part[:i], part[i:]
}

// splitValues cuts at commas. Empty values at the end do not count, so that
// "key=" and "key in ()" name no value at all and match nothing.
func splitValues(list string) []string {
	list = strings.TrimRight(list, ",")
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

func (r requirement) problem() string {
	if problem := keyProblem(r.key); problem != "" {
		return problem
	}
	for _, value := range r.values {
		if problem := valueProblem(value); problem != "" {
			return problem
		}
	}
	return ""
}

func (r requirement) matches(labels Pairs) bool {
	value, found := labels.Get(r.stored)
	switch r.operator {
	case keyExists:
		return found
	case keyMissing:
		return !found
	case valueIn:
		return found && slices.Contains(r.values, value)
	default: // valueNotIn holds for resources without the key as well
		return !found || !slices.Contains(r.values, value)
	}
}

// LabelTest asks one thing of labels: that a key is there, or has one of some
// values, or, with Not, that this is not so.
type LabelTest struct {
	Key    string
	Any    bool // whatever the value is
	Values []string
	Not    bool
}

// Tests are what a selector asks, all of it. The keys are those of labels.
func (s Selector) Tests() []LabelTest {
	tests := make([]LabelTest, len(s.requirements))
	for i, r := range s.requirements {
		tests[i] = LabelTest{
			Key: r.stored, Values: r.values, Any: r.operator == keyExists || r.operator == keyMissing,
			Not: r.operator == keyMissing || r.operator == valueNotIn,
		}
	}
	return tests
}

// Matches says whether labels meet every requirement (§13.4).
func (s Selector) Matches(labels Pairs) bool {
	for _, r := range s.requirements {
		if !r.matches(labels) {
			return false
		}
	}
	return true
}
