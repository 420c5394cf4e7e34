package fault

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/schema"
)

// ruleSchema decides the form of a rule: its keys, their types and ranges. What
// a rule means by the contract is judged in Go.
const ruleSchema = "fault-rule"

// ParseRules reads one rule or a list of rules, in JSON or YAML, and checks
// them. Pointers are relative to the text: "/when/times" in one rule,
// "/0/when/times" in a list. All problems are told at once, and with any of
// them there are no rules.
func ParseRules(raw []byte) ([]Rule, document.Violations) {
	doc, err := document.Read("", raw)
	if err != nil {
		return nil, unreadable(err)
	}
	if doc.Root.Kind != document.Array {
		rule, problems := Parse(doc.Root)
		if len(problems) > 0 {
			return nil, problems
		}
		return []Rule{rule}, nil
	}
	var problems document.Violations
	rules := make([]Rule, len(doc.Root.Members))
	for i, member := range doc.Root.Members {
		rule, found := Parse(member.Value)
		rules[i] = rule
		if problems = append(problems, found.Under(document.Pointer(i))...); len(problems) > document.Told {
			rest := document.Violation{Message: "and more problems from here on, or behind"}
			return nil, append(problems[:document.Told], rest)
		}
	}
	if problems = append(problems, sameIDs(rules)...); len(problems) > 0 {
		return nil, problems.Told()
	}
	return rules, nil
}

// unreadable is what is wrong with a text that is not a document.
func unreadable(err error) document.Violations { return err.(document.Problems).Violations() }

// Parse makes a rule of a value. What is left of one that does not fit is
// judged too, so that one answer tells all.
func Parse(v document.Value) (Rule, document.Violations) {
	v, err := schema.Fit(ruleSchema, v)
	if err != nil {
		panic("fault: " + err.Error())
	}
	problems := form(ruleSchema, v)
	var rule Rule
	if err := v.Decode(&rule); err != nil {
		rule = Rule{}
		if err := v.Blank(problems).Decode(&rule); err != nil {
			if len(problems) == 0 {
				problems = document.Violations{document.Misfit(err)}
			}
			return Rule{}, problems
		}
	}
	for _, one := range rule.Judge() {
		follows := func(known document.Violation) bool { return document.Within(known.Pointer, one.Pointer) }
		if !slices.ContainsFunc(problems, follows) {
			problems = append(problems, one)
		}
	}
	if len(problems) > 0 {
		return Rule{}, problems
	}
	return rule, nil
}

// form holds a value against a schema that is embedded.
func form(name string, v document.Value) document.Violations {
	found, err := schema.Validate(name, v)
	if err != nil {
		panic("fault: " + err.Error())
	}
	return found
}

// ParseNamed reads the one rule that is to have an id, which its text may leave
// out.
func ParseNamed(id string, raw []byte) (Rule, document.Violations) {
	doc, err := document.Read("", raw)
	if err != nil {
		return Rule{}, unreadable(err)
	}
	own, given := doc.Root.Get("id")
	if given && own.Kind == document.String && own.Text != "" && own.Text != id {
		return Rule{}, document.Violations{{Pointer: "/id",
			Message: fmt.Sprintf("%s, expected %s as in the path, or no such key", document.Quote(own.Text), document.Quote(id))}}
	}
	if !given || own.Text == "" {
		doc.Root = doc.Root.With("id", document.Text(id))
	}
	return Parse(doc.Root)
}

// ParseMatch reads a match as it stands in a rule, by itself; pointers are
// relative to it.
func ParseMatch(v document.Value) (Match, document.Violations) {
	rule, problems := Parse(document.Value{}.With("match", v).With("delay", nothing))
	for i, one := range problems {
		problems[i].Pointer = strings.TrimPrefix(one.Pointer, "/match")
	}
	return rule.Match, problems
}

// nothing is the delay that makes a rule of a match.
var nothing = document.Value{}.With("fixed", document.Text("0s"))

// ParseToggle makes the rule that PUT /admin/faults/{operation}/{status} sets:
// its id is "{operation}-{status}", it is about that operation alone and answers
// that status. The rest is taken from the body, which may be empty; one with a
// sequence and no answer of its own keeps to its steps.
func ParseToggle(op *contract.Operation, status int, raw []byte) (Rule, document.Violations) {
	body := document.Value{Kind: document.Object}
	if len(bytes.TrimSpace(raw)) > 0 {
		doc, err := document.Read("", raw)
		if err != nil {
			return Rule{}, unreadable(err)
		}
		body = doc.Root
	}
	if body.Kind == document.Object {
		match, _ := body.Get("match")
		body = body.With("id", document.Text(ToggleID(op, status))).
			With("match", match.With("operations", document.List(document.Text(op.ID))))
		respond, answers := body.Get("respond")
		if _, steps := body.Get("sequence"); answers || !steps {
			body = body.With("respond", respond.With("status", document.Int(status)))
		}
	}
	rule, problems := Parse(body)
	for i := range problems {
		if problems[i].Pointer == "/respond/status" {
			problems[i].Pointer = "" // it stands in the path
		}
	}
	return rule, problems
}

// ToggleID is the id of the rule that a toggle sets.
func ToggleID(op *contract.Operation, status int) string { return op.ID + "-" + strconv.Itoa(status) }

// patched is the rule after a merge patch (RFC 7396). Matchers and socket
// faults that were written short are replaced as a whole. The id stays.
func (r Rule) patched(raw []byte) (Rule, document.Violations) {
	doc, err := document.Read("", raw)
	if err != nil {
		return Rule{}, unreadable(err)
	}
	if doc.Root.Kind != document.Object {
		return Rule{}, document.Violations{{Message: document.Found(doc.Root) + ", expected an object"}}
	}
	if id, given := doc.Root.Get("id"); given && id.Text != r.ID {
		return Rule{}, document.Violations{{Pointer: "/id", Message: document.Found(id) + ", expected " + document.Quote(r.ID) + ": a rule keeps its id"}}
	}
	old, err := document.From(r)
	if err != nil {
		panic("fault: write a rule: " + err.Error()) // it was read before
	}
	return Parse(document.Merge(old, doc.Root))
}

// sameIDs finds ids that stand twice in one list.
func sameIDs(rules []Rule) (problems document.Violations) {
	first := make(map[string]int, len(rules))
	for i, rule := range rules {
		if rule.ID == "" {
			continue
		}
		if other, seen := first[rule.ID]; seen {
			problems = append(problems, document.Violation{Pointer: document.Pointer(i, "id"),
				Message: fmt.Sprintf("%s, expected an id that no other rule of the list has: rule %d has it", document.Quote(rule.ID), other)})
			continue
		}
		first[rule.ID] = i
	}
	return problems
}
