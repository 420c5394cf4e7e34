package fault

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// idForm keeps ids fit for a path segment, a header and a log line.
var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 _.:@~-]{0,199}$`)

// Check says what is wrong with a rule by itself and by the contract: what the
// real API cannot answer is refused, unless the rule is Undocumented
// (DESIGN.md §1.5). Pointers are relative to the rule. An empty result means
// that Put takes it.
func (r Rule) Check() document.Violations {
	c := &checker{rule: r, operations: r.Match.operations()}
	c.identity()
	c.match()
	c.when()
	c.effect()
	if r.Respond != nil {
		c.respond("/respond", *r.Respond)
	}
	c.sequence()
	c.delay()
	if r.Connection != nil {
		c.connection("/connection", *r.Connection)
	}
	c.meanwhile()
	if r.Apply != "" && r.Apply != Before && r.Apply != After {
		c.expect("/apply", quote(string(r.Apply)), "before or after")
	}
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

func (c *checker) identity() {
	if id := c.rule.ID; id != "" && !idForm.MatchString(id) {
		c.expect("/id", quote(id), "at most 200 letters, digits, blanks and any of _ . : @ ~ - beginning with a letter or digit")
	}
}

// effect: a rule that does nothing is a mistake.
func (c *checker) effect() {
	r := c.rule
	if r.Respond == nil && r.Sequence == nil && r.Delay == nil && r.Connection == nil {
		c.expect("", "nothing to do", "at least one of respond, sequence, delay, connection")
	}
}

func (c *checker) match() {
	m := c.rule.Match
	if m.Operations != nil && len(m.Operations) == 0 {
		c.expect("/match/operations", "an empty list", "at least one operation, or no such key for the thirteen process operations")
	}
	for i, id := range m.Operations {
		if _, ok := contract.OperationByID(id); !ok && id != AnyOperation {
			c.expect("/match/operations/"+strconv.Itoa(i), quote(id), `"*" or one of `+strings.Join(contract.OperationIDs(), ", "))
		}
	}
	if m.Process.Labels != "" {
		if _, err := contract.ParseSelector(m.Process.Labels); err != nil {
			c.expect("/match/process/labels", quote(m.Process.Labels), "a label selector: "+err.Error())
		}
	}
	c.matchers("/match/headers", m.Headers, validToken, "the name of a header")
	c.matchers("/match/query", m.Query, func(name string) bool { return name != "" }, "the name of a parameter")
	c.matchers("/match/body", m.Body, validPointer, "a JSON pointer that begins with /")
	c.places(m.Body)
}

// places: a body matcher that no request of the rule's operations can meet is a
// mistake.
func (c *checker) places(body map[string]Matcher) {
	for _, pointer := range slices.Sorted(maps.Keys(body)) {
		if matcher := body[pointer]; !validPointer(pointer) || matcher.wantsAbsence() {
			continue
		}
		var whyNot []string
		for _, op := range c.operations {
			if why := op.NeverInBody(tokensOf(pointer)); why != "" && !slices.Contains(whyNot, why) {
				whyNot = append(whyNot, why)
			} else if why == "" {
				whyNot = nil
				break
			}
		}
		if len(whyNot) > 0 {
			c.expect("/match/body/"+escape(pointer), quote(pointer), "a place that a body can have: "+strings.Join(whyNot, ", "))
		}
	}
}

func (c *checker) matchers(pointer string, matchers map[string]Matcher, valid func(string) bool, expected string) {
	for _, key := range slices.Sorted(maps.Keys(matchers)) {
		at := pointer + "/" + escape(key)
		if !valid(key) {
			c.expect(at, quote(key), expected)
		}
		c.matcher(at, matchers[key])
	}
}

func (c *checker) matcher(pointer string, m Matcher) {
	if len(m.Equals) == 0 && m.Contains == nil && m.Matches == nil && m.Exists == nil && m.Gt == "" && m.Lt == "" && m.In == nil {
		c.expect(pointer, "an empty object", "at least one of contains, equals, exists, gt, in, lt, matches")
	}
	if m.Matches != nil {
		if _, err := regexp.Compile(*m.Matches); err != nil {
			c.expect(pointer+"/matches", quote(*m.Matches), "a regular expression (RE2): "+err.Error())
		}
	}
	if m.In != nil && len(m.In) == 0 {
		c.expect(pointer+"/in", "an empty list", "at least one value")
	}
	if m.Exists != nil && !*m.Exists {
		if len(m.Equals) > 0 || m.Contains != nil || m.Matches != nil || m.Gt != "" || m.Lt != "" || m.In != nil {
			c.expect(pointer+"/exists", "false", "no other comparison beside it: a value that is not there has none")
		}
	}
	c.json(pointer+"/equals", m.Equals)
	c.number(pointer+"/gt", m.Gt)
	c.number(pointer+"/lt", m.Lt)
	for i, one := range m.In {
		if len(one) == 0 {
			c.expect(pointer+"/in/"+strconv.Itoa(i), "nothing", "a JSON value")
		}
		c.json(pointer+"/in/"+strconv.Itoa(i), one)
	}
}

// number guards against rules built in Go with a text that is not a number.
func (c *checker) number(pointer string, n json.Number) {
	if n != "" && !isDecimal(n.String()) {
		c.expect(pointer, quote(n.String()), "a number")
	}
}

// json guards against rules built in Go with bytes that are not JSON.
func (c *checker) json(pointer string, raw []byte) {
	if len(raw) == 0 {
		return
	}
	if _, problems := readTree(raw); len(problems) > 0 {
		c.expect(pointer, problems[0].Message, "a JSON value")
	}
}

func (c *checker) when() {
	w := c.rule.When
	if w.Skip < 0 {
		c.expect("/when/skip", strconv.Itoa(w.Skip), "a whole number of at least 0")
	}
	if w.Times != nil && *w.Times < 1 {
		c.expect("/when/times", strconv.Itoa(*w.Times), "a whole number of at least 1")
	}
	if p := w.Probability; p != nil && (math.IsNaN(*p) || *p < 0 || *p > 1) {
		c.expect("/when/probability", strconv.FormatFloat(*p, 'g', -1, 64), "a number from 0 to 1")
	}
	c.notNegative("/when/from", w.From)
	if w.Until != nil && *w.Until <= max(w.From, 0) {
		c.expect("/when/until", w.Until.String(), fmt.Sprintf("a moment after from (%s)", w.From))
	}
}

func (c *checker) notNegative(pointer string, d Duration) bool {
	if d < 0 {
		c.expect(pointer, d.String(), "a duration that is not negative")
	}
	return d >= 0
}
