package fault

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

func (c *checker) sequence() {
	r := c.rule
	if r.Sequence != nil && len(r.Sequence) == 0 {
		c.expect("/sequence", "an empty list", "at least one step")
	}
	if r.Repeat != "" && r.Repeat != Last && r.Repeat != Cycle && r.Repeat != NoRepeat {
		c.expect("/repeat", quote(string(r.Repeat)), "last, cycle or none")
	}
	for i, step := range r.Sequence {
		c.step("/sequence/"+strconv.Itoa(i), step)
	}
}

func (c *checker) step(pointer string, step Step) {
	answers := step.answers()
	if step.Connection != nil {
		c.connection(pointer+"/connection", *step.Connection)
	}
	switch {
	case step.Pass && (answers || step.Connection != nil):
		c.expect(pointer+"/pass", "true", "no answer and no connection beside it: the step leaves the request to the next rule")
	case step.Pass:
	case answers:
		c.respond(pointer, step.Respond)
	case step.Connection == nil && c.rule.Respond == nil && c.rule.Connection == nil:
		c.expect(pointer, "nothing to do", "a status, a connection or pass, or a respond of the rule for the step to use")
	}
}

// answers says that the step has an answer of its own.
func (s Step) answers() bool {
	return s.Status != 0 || s.Error != "" || s.Detail != "" || s.Headers != nil || s.Body != nil
}

func (c *checker) connection(pointer string, connection Connection) {
	if !slices.Contains(kinds, connection.Kind) {
		names := make([]string, len(kinds))
		for i, kind := range kinds {
			names[i] = string(kind)
		}
		at := pointer
		if connection.For != nil || connection.AfterBytes != nil || connection.BytesPerSecond != nil {
			at += "/kind"
		}
		c.expect(at, quote(string(connection.Kind)), "one of "+strings.Join(names, ", "))
		return
	}
	c.parameter(pointer+"/bytes_per_second", connection.BytesPerSecond, 1, connection.Kind, Drip)
	c.parameter(pointer+"/after_bytes", connection.AfterBytes, 0, connection.Kind, Truncate)
	if connection.For != nil {
		if *connection.For <= 0 {
			c.expect(pointer+"/for", connection.For.String(), "a duration above 0")
		}
		c.belongs(pointer+"/for", connection.Kind, Hang)
	}
}

func (c *checker) parameter(pointer string, value *int, least int, kind, owner Kind) {
	if value == nil {
		return
	}
	if *value < least {
		c.expect(pointer, strconv.Itoa(*value), fmt.Sprintf("a whole number of at least %d", least))
	}
	c.belongs(pointer, kind, owner)
}

func (c *checker) belongs(pointer string, kind, owner Kind) {
	if kind != owner {
		c.expect(pointer, "a parameter of "+string(owner), "none of that for "+string(kind))
	}
}

func (c *checker) delay() {
	d := c.rule.Delay
	if d == nil {
		return
	}
	forms := 0
	for _, given := range []bool{d.Fixed != nil, d.Uniform != nil, d.Lognormal != nil, d.Percentiles != nil} {
		if given {
			forms++
		}
	}
	if forms != 1 {
		c.expect("/delay", strconv.Itoa(forms)+" forms", "exactly one of fixed, uniform, lognormal, percentiles")
	}
	if d.Fixed != nil {
		c.notNegative("/delay/fixed", *d.Fixed)
	}
	if u := d.Uniform; u != nil {
		c.ascending("/delay/uniform", []string{"min", "max"}, u.Min, u.Max)
	}
	if l := d.Lognormal; l != nil {
		c.lognormal(l)
	}
	if p := d.Percentiles; p != nil {
		c.ascending("/delay/percentiles", []string{"p50", "p90", "p99"}, p.P50, p.P90, p.P99)
	}
}

func (c *checker) lognormal(l *Lognormal) {
	if l.Median <= 0 {
		c.expect("/delay/lognormal/median", l.Median.String(), "a duration above 0")
	}
	if math.IsNaN(l.Sigma) || l.Sigma < 0 || l.Sigma > 10 {
		c.expect("/delay/lognormal/sigma", strconv.FormatFloat(l.Sigma, 'g', -1, 64), "a number from 0 to 10")
	}
	if l.Max != nil && *l.Max < max(l.Median, 0) {
		c.expect("/delay/lognormal/max", l.Max.String(), fmt.Sprintf("at least the median (%s)", l.Median))
	}
}

// ascending checks durations of which none may be below the one before.
func (c *checker) ascending(pointer string, names []string, values ...Duration) {
	c.notNegative(pointer+"/"+names[0], values[0])
	for i := 1; i < len(values); i++ {
		if values[i] < max(values[i-1], 0) {
			c.expect(pointer+"/"+names[i], values[i].String(), fmt.Sprintf("at least %s (%s)", names[i-1], values[i-1]))
		}
	}
}
