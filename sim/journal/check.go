package journal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/socket"
)

// CheckExpectations finds what is wrong with expectations, with pointers into a
// document that has them under the key of that name. It returns nil when they
// can be judged. What the schema of scenarios says of them is not repeated here.
func CheckExpectations(expectations []Expectation) document.Violations {
	var c checker
	for i := range expectations {
		x := &expectations[i]
		c.at = fmt.Sprintf("/expectations/%d", i)
		switch {
		case x.Covers != nil && (x.On != nil || x.Client != nil):
			c.add("/covers", `stands beside "on" or "client", expected one or the other`)
		case x.Covers != nil:
			c.cell("/covers", *x.Covers)
		case x.On == nil && (x.Client == nil || x.Client.Policy == ""):
			c.add("", `has neither "covers" nor "on"`)
		case x.Client == nil:
			c.add("", `has "on" without "client"`)
		default:
			if x.On != nil {
				c.fault(x.On)
			}
			c.client(x.Client)
		}
	}
	return c.wrong
}

type checker struct {
	at    string
	wrong document.Violations
}

func (c *checker) add(pointer, format string, args ...any) {
	c.wrong = append(c.wrong, document.Violation{Pointer: c.at + pointer, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) cell(pointer string, name CellName) {
	if problem, part := name.problem(); problem != "" {
		if part != "" {
			pointer += "/" + part
		}
		c.add(pointer, "%s", problem)
	}
}

func (c *checker) fault(k *FaultKind) {
	o, ok := contract.OperationByID(k.Operation)
	if !ok {
		c.add("/on/operation", "%s", contract.UnknownOperation(k.Operation))
		return
	}
	switch {
	case k.Status == 0 && k.Connection == "":
		c.add("/on", `has neither "status" nor "connection"`)
	case k.Status != 0:
		if s, known := o.Status(k.Status); !known || len(s.Errors) == 0 {
			c.add("/on/status", "%d is not a refusal that %s is known to give, expected one of %s", k.Status, o.ID, strings.Join(refusals(o), ", "))
		}
	}
	if _, known := socket.Find(socket.Kind(k.Connection)); k.Connection != "" && !known {
		c.add("/on/connection", "%q is not a connection fault, expected one of %s", k.Connection, strings.Join(socket.Names(), ", "))
	}
}

func refusals(o *contract.Operation) []string {
	var codes []string
	for _, code := range slices.Sorted(slices.Values(o.Allowed())) {
		if code >= 400 {
			codes = append(codes, strconv.Itoa(code))
		}
	}
	return codes
}

func (c *checker) client(x *ClientExpectation) {
	if *x == (ClientExpectation{}) {
		c.add("/client", "demands nothing, expected retries, backoff, retry_after, recovers_within, done_twice, lost_update or policy")
	}
	if x.Retries != nil {
		c.bounds("/client/retries", x.Retries)
	}
	if d, err := time.ParseDuration(x.RecoversWithin); err == nil && d <= 0 {
		c.add("/client/recovers_within", "%q, expected a duration above zero such as 30s", x.RecoversWithin)
	}
}

func (c *checker) bounds(pointer string, r *Range) {
	if r.Min == nil && r.Max == nil {
		c.add(pointer, `has neither "min" nor "max"`)
	}
	if r.Min != nil && r.Max != nil && *r.Min > *r.Max {
		c.add(pointer, "min %d is above max %d", *r.Min, *r.Max)
	}
}
