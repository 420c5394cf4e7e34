package fault

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// Judge says what a rule that has the form of one gets wrong by its meaning:
// what the real API cannot answer is refused, unless the rule is Undocumented
// (DESIGN.md §1.5), and so is what can never hold. Pointers are relative to the
// rule. What its schema says of a rule is not repeated here.
func (r Rule) Judge() document.Violations {
	c := &checker{rule: r, operations: r.Match.operations()}
	c.match()
	if w := r.When; w.Until != nil && *w.Until <= w.From {
		c.expect("/when/until", w.Until.String(), fmt.Sprintf("a moment after from (%s)", w.From))
	}
	if r.Respond != nil {
		c.respond("/respond", *r.Respond)
	}
	for i, step := range r.Sequence {
		c.step(document.Pointer("sequence", i), step)
	}
	if r.Delay != nil {
		c.delay(r.Delay)
	}
	c.meanwhile()
	return c.problems
}

// operations are the rows that a match is about; ids that do not exist are
// left out.
func (m Match) operations() []*contract.Operation {
	if m.Operations == nil {
		return contract.ProcessOperations()
	}
	if slices.Contains(m.Operations, AnyOperation) {
		return contract.Operations()
	}
	var rows []*contract.Operation
	for _, id := range m.Operations {
		if op, ok := contract.OperationByID(id); ok && !slices.Contains(rows, op) {
			rows = append(rows, op)
		}
	}
	return rows
}

// checker collects what is wrong with one rule.
type checker struct {
	rule       Rule
	operations []*contract.Operation // that the rule is about
	problems   document.Violations
}

func (c *checker) expect(pointer, found, expected string) {
	c.problems = append(c.problems, document.Violation{Pointer: pointer, Message: found + ", expected " + expected})
}

func (c *checker) match() {
	m := c.rule.Match
	for i, id := range m.Operations {
		if _, ok := contract.OperationByID(id); !ok && id != AnyOperation {
			c.problems = append(c.problems, document.Violation{Pointer: document.Pointer("match", "operations", i), Message: contract.UnknownOperation(id)})
		}
	}
	if m.Process.Labels != "" {
		if _, err := contract.ParseSelector(m.Process.Labels); err != nil {
			c.expect("/match/process/labels", document.Quote(m.Process.Labels), "a label selector: "+err.Error())
		}
	}
	if m.Remote != "" {
		if _, err := networkOf(m.Remote); err != nil {
			c.expect("/match/remote", document.Quote(m.Remote), "an address or a network such as 10.0.0.0/8")
		}
	}
	c.patterns("/match/headers", m.Headers)
	c.patterns("/match/query", m.Query)
	c.patterns("/match/body", m.Body)
	c.places(m.Body)
}

func (c *checker) patterns(pointer string, matchers map[string]Matcher) {
	for _, key := range slices.Sorted(maps.Keys(matchers)) {
		pattern := matchers[key].Matches
		if pattern == nil {
			continue
		}
		if expected := patternFault(*pattern); expected != "" {
			c.expect(pointer+document.Pointer(key, "matches"), document.Quote(*pattern), expected)
		}
	}
}

// places: a body matcher that no request of the rule's operations can meet is a
// mistake.
func (c *checker) places(body map[string]Matcher) {
	for _, pointer := range slices.Sorted(maps.Keys(body)) {
		if matcher := body[pointer]; !document.IsPointer(pointer) || matcher.wantsAbsence() {
			continue
		}
		var whyNot []string
		for _, op := range c.operations {
			if why := op.NeverInBody(document.Tokens(pointer)); why != "" && !slices.Contains(whyNot, why) {
				whyNot = append(whyNot, why)
			} else if why == "" {
				whyNot = nil
				break
			}
		}
		if len(whyNot) > 0 {
			c.expect(document.Pointer("match", "body", pointer), document.Quote(pointer), "a place that a body can have: "+strings.Join(whyNot, ", "))
		}
	}
}

func (c *checker) step(pointer string, step Step) {
	switch {
	case step.Pass:
	case step.Status != 0:
		c.respond(pointer, step.Respond)
	case step.Connection == nil && c.rule.Respond == nil && c.rule.Connection == nil:
		c.expect(pointer, "nothing to do", "a status, a connection or pass, or a respond of the rule for the step to use")
	}
}

func (c *checker) delay(d *Delay) {
	if u := d.Uniform; u != nil {
		c.ascending("/delay/uniform", []string{"min", "max"}, u.Min, u.Max)
	}
	if p := d.Percentiles; p != nil {
		c.ascending("/delay/percentiles", []string{"p50", "p90", "p99"}, p.P50, p.P90, p.P99)
	}
	if l := d.Lognormal; l != nil && l.Max != nil && *l.Max < l.Median {
		c.expect("/delay/lognormal/max", l.Max.String(), fmt.Sprintf("at least the median (%s)", l.Median))
	}
}

// ascending checks durations of which none may be below the one before.
func (c *checker) ascending(pointer string, names []string, values ...document.Duration) {
	for i := 1; i < len(values); i++ {
		if values[i] < values[i-1] {
			c.expect(pointer+"/"+names[i], values[i].String(), fmt.Sprintf("at least %s (%s)", names[i-1], values[i-1]))
		}
	}
}
