package fault

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"example.com/capisim/sim/document"
)

// ParseRules reads one rule or a list of rules and checks them. It is strict:
// a key that is unknown or given twice and a value of another type are
// violations. Pointers are relative to the body: "/when/times" in one rule,
// "/0/when/times" in a list. All problems are reported at once, and with any of
// them there are no rules.
func ParseRules(raw []byte) ([]Rule, document.Violations) {
	tree, problems := readTree(raw)
	switch {
	case tree == nil && len(problems) > 0:
		return nil, problems
	case tree == nil:
		return nil, document.Violations{mistyped("", nil, "a rule or a list of rules")}
	}
	list, isList := tree.([]any)
	if !isList {
		rule, found := parseRule(raw, tree, problems)
		if len(found) > 0 {
			return nil, found
		}
		return []Rule{rule}, nil
	}
	var elements []json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		return nil, document.Violations{{Message: notJSON(err)}}
	}
	rules := make([]Rule, len(list))
	for i, element := range list {
		rule, found := parseRule(elements[i], element, nil)
		rules[i] = rule
		problems = append(problems, below("/"+strconv.Itoa(i), found)...)
	}
	if problems = append(problems, sameIDs(rules)...); len(problems) > 0 {
		return nil, problems
	}
	return rules, nil
}

// ParsePart reads the part of a rule that a toggle takes as its body; an empty
// one is an empty part. It is as strict as ParseRules about keys and types, and
// leaves the rest to Check.
func ParsePart(raw []byte) (Rule, document.Violations) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return Rule{}, nil
	}
	tree, problems := readTree(raw)
	if len(problems) == 0 {
		_, problems = ruleShape.walk("", tree, nil)
	}
	if len(problems) > 0 {
		return Rule{}, problems
	}
	return decodeRule(raw)
}

// parseRule makes a rule of one element. When something has the wrong shape,
// what is left is checked too, so that one answer tells all; problems that only
// follow from what was left out are not told.
func parseRule(raw []byte, tree any, problems document.Violations) (Rule, document.Violations) {
	kept, misshapen := ruleShape.walk("", tree, nil)
	problems = append(problems, misshapen...)
	if len(problems) == 0 {
		rule, found := decodeRule(raw)
		if len(found) > 0 {
			return Rule{}, found
		}
		return rule, rule.Check()
	}
	if kept == nil {
		return Rule{}, problems
	}
	rest, found := decodeRule([]byte(jsonText(kept)))
	if len(found) > 0 {
		return Rule{}, problems
	}
	for _, one := range rest.Check() {
		if !slices.ContainsFunc(problems, func(p document.Violation) bool { return related(p.Pointer, one.Pointer) }) {
			problems = append(problems, one)
		}
	}
	return Rule{}, problems
}

// related says that one pointer leads to the other or below it.
func related(a, b string) bool {
	return strings.HasPrefix(a+"/", b+"/") || strings.HasPrefix(b+"/", a+"/")
}

// decodeRule reads a rule of the right shape. Compacting and escaping give
// values that are kept as JSON the one form in which they are written again.
func decodeRule(raw []byte) (Rule, document.Violations) {
	var compact, canonical bytes.Buffer
	err := json.Compact(&compact, raw)
	json.HTMLEscape(&canonical, compact.Bytes())
	var rule Rule
	if err == nil {
		err = json.Unmarshal(canonical.Bytes(), &rule)
	}
	if err != nil {
		return Rule{}, document.Violations{{Message: notJSON(err)}}
	}
	return rule, nil
}

// sameIDs finds ids that appear twice in one list.
func sameIDs(rules []Rule) (problems document.Violations) {
	first := make(map[string]int, len(rules))
	for i, rule := range rules {
		if rule.ID == "" {
			continue
		}
		if other, seen := first[rule.ID]; seen {
			problems = append(problems, document.Violation{Pointer: fmt.Sprintf("/%d/id", i),
				Message: fmt.Sprintf("%s, expected an id that no other rule of the list has: rule %d has it", quote(rule.ID), other)})
			continue
		}
		first[rule.ID] = i
	}
	return problems
}

func below(prefix string, found document.Violations) document.Violations {
	moved := make(document.Violations, len(found))
	for i, one := range found {
		moved[i] = document.Violation{Pointer: prefix + one.Pointer, Message: one.Message}
	}
	return moved
}

func notJSON(err error) string { return "not readable as JSON: " + err.Error() }

// readTree decodes a document into JSON's types, numbers with their digits, and
// finds the keys that appear twice. The tree is nil when there is nothing to go
// on with, or the document is null.
func readTree(raw []byte) (tree any, problems document.Violations) {
	if !utf8.Valid(raw) {
		return nil, document.Violations{{Message: "not readable as JSON: not UTF-8"}}
	}
	// Refuses bad syntax, a second value and bottomless nesting, so that the
	// walk over the tokens below cannot fail.
	if err := json.Unmarshal(raw, new(json.RawMessage)); err != nil {
		return nil, document.Violations{{Message: notJSON(err)}}
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	tree = readValue(decoder, "", &problems)
	return tree, problems
}

func readValue(decoder *json.Decoder, pointer string, problems *document.Violations) any {
	token, err := decoder.Token()
	if err != nil {
		panic("fault: valid JSON does not read: " + err.Error())
	}
	switch token {
	case json.Delim('['):
		list := []any{}
		for decoder.More() {
			list = append(list, readValue(decoder, pointer+"/"+strconv.Itoa(len(list)), problems))
		}
		_, _ = decoder.Token() // the closing bracket, known to be there
		return list
	case json.Delim('{'):
		object := map[string]any{}
		for decoder.More() {
			name, _ := decoder.Token()
			key := name.(string)
			at := pointer + "/" + escape(key)
			if _, twice := object[key]; twice {
				*problems = append(*problems, document.Violation{Pointer: at, Message: "the key appears twice, expected it once"})
			}
			object[key] = readValue(decoder, at, problems)
		}
		_, _ = decoder.Token() // the closing brace
		return object
	}
	return token
}
