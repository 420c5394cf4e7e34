package fault

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"example.com/capisim/sim/socket"
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
	row, known := socket.Find(connection.Kind)
	if !known {
		at := pointer
		if connection.For != nil || connection.AfterBytes != nil || connection.BytesPerSecond != nil {
			at += "/kind"
		}
		c.expect(at, quote(string(connection.Kind)), "one of "+strings.Join(socket.Names(), ", "))
		return
	}
	c.amount(pointer, row, socket.BytesPerSecond, connection.BytesPerSecond, 1)
	c.amount(pointer, row, socket.AfterBytes, connection.AfterBytes, 0)
	if connection.For != nil {
		if *connection.For <= 0 {
			c.expect(pointer+"/for", connection.For.String(), "a duration above 0")
		}
		c.belongs(pointer, row, socket.For)
	}
}

func (c *checker) amount(pointer string, row socket.Fault, name socket.Parameter, value *int, least int) {
	if value == nil {
		return
	}
	if *value < least {
		c.expect(pointer+"/"+string(name), strconv.Itoa(*value), fmt.Sprintf("a whole number of at least %d", least))
	}
	c.belongs(pointer, row, name)
}

// belongs: a parameter goes with the faults whose rows name it.
func (c *checker) belongs(pointer string, row socket.Fault, name socket.Parameter) {
	if row.Parameter == name {
		return
	}
	var owners []string
	for _, other := range socket.Faults() {
		if other.Parameter == name {
			owners = append(owners, string(other.Kind))
		}
	}
	c.expect(pointer+"/"+string(name), "a parameter of "+strings.Join(owners, ", "), "none of that for "+string(row.Kind))
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
