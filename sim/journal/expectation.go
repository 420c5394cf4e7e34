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

// Expectation is a demand on the client under test, as it stands in a scenario
// file (DESIGN.md §9): either how it reacts to a fault, or that a cell is
// covered.
type Expectation struct {
	On     *FaultKind         `json:"on,omitempty"`
	Client *ClientExpectation `json:"client,omitempty"`
	Covers *CellName          `json:"covers,omitempty"`
}

// FaultKind says which injected faults are meant: those of a status, those of
// a connection fault, or those that are both.
type FaultKind struct {
	Operation  string `json:"operation"`
	Status     int    `json:"status,omitempty"`
	Connection string `json:"connection,omitempty"`
}

// ClientExpectation is how the client has to react; what is left out does not
// matter.
type ClientExpectation struct {
	Retries        *Range `json:"retries,omitempty"`         // the client's own
	Backoff        string `json:"backoff,omitempty"`         // none, fixed, growing, jittered
	RetryAfter     string `json:"retry_after,omitempty"`     // honoured, early, absent
	RecoversWithin string `json:"recovers_within,omitempty"` // a duration such as 30s, wall time
	DoneTwice      *bool  `json:"done_twice,omitempty"`      // whether it made a change twice that counts
	LostUpdate     *bool  `json:"lost_update,omitempty"`     // whether it took another client's change away
}

// Range bounds a number on one side or both.
type Range struct {
	Min *int `json:"min,omitempty"`
	Max *int `json:"max,omitempty"`
}

func (r *Range) contains(n int) bool {
	return (r.Min == nil || n >= *r.Min) && (r.Max == nil || n <= *r.Max)
}

func (r *Range) String() string {
	switch {
	case r.Min == nil:
		return fmt.Sprintf("at most %d", *r.Max)
	case r.Max == nil:
		return fmt.Sprintf("at least %d", *r.Min)
	case *r.Min == *r.Max:
		return fmt.Sprintf("%d", *r.Min)
	}
	return fmt.Sprintf("%d to %d", *r.Min, *r.Max)
}

// String says the demand in one line.
func (x *Expectation) String() string {
	if x.Covers != nil {
		return "covers " + x.Covers.String()
	}
	parts := []string{"on " + x.On.String() + ":"}
	if c := x.Client; c != nil {
		if c.Retries != nil {
			parts = append(parts, "retries "+c.Retries.String())
		}
		for _, p := range [][2]string{{"backoff ", c.Backoff}, {"Retry-After ", c.RetryAfter}, {"recovers within ", c.RecoversWithin}} {
			if p[1] != "" {
				parts = append(parts, p[0]+p[1])
			}
		}
		for _, p := range c.deeds() {
			if p.wanted != nil {
				parts = append(parts, fmt.Sprintf("%s %t", p.name, *p.wanted))
			}
		}
	}
	return parts[0] + " " + strings.Join(parts[1:], ", ")
}

// deed is something that a client did or did not do.
type deed struct {
	name   string
	wanted *bool // nil: it does not matter
	done   func(*Reaction) bool
}

func (c *ClientExpectation) deeds() []deed {
	return []deed{
		{"done_twice", c.DoneTwice, func(r *Reaction) bool { return r.DoneTwice }},
		{"lost_update", c.LostUpdate, func(r *Reaction) bool { return r.LostUpdate }},
	}
}

// String gives the operation with what is meant of it.
func (k *FaultKind) String() string {
	s := k.Operation
	if k.Status != 0 {
		s = CellName{Operation: k.Operation, Status: k.Status}.String()
	}
	if k.Connection != "" {
		s += " " + k.Connection
	}
	return s
}

func (k *FaultKind) meets(r *Reaction) bool {
	return r.Operation == k.Operation && (k.Status == 0 || r.Status == k.Status) &&
		(k.Connection == "" || r.Connection == k.Connection)
}

// How an expectation fared.
const (
	Met          = "met"
	Unmet        = "unmet"
	NotExercised = "not_exercised"
)

// ExpectationResult is one expectation with what was found.
type ExpectationResult struct {
	Expectation Expectation `json:"expectation"`
	Text        string      `json:"text"` // the expectation in one line
	Result      string      `json:"result"`
	Reasons     []string    `json:"reasons"`  // why it is unmet, or what was not exercised
	Requests    []uint64    `json:"requests"` // the entries that prove it
}

// Judgement is what GET /admin/expectations answers.
type Judgement struct {
	Expectations    []ExpectationResult `json:"expectations"`
	Met             int                 `json:"met"`
	Unmet           int                 `json:"unmet"`
	NotExercised    int                 `json:"not_exercised"`
	ArmedNeverFired []string            `json:"armed_never_fired"`
}

// AllMet says that the gate is open.
func (j *Judgement) AllMet() bool { return j.Met == len(j.Expectations) }

// Judge holds checked expectations against what the clients did and met.
func Judge(expectations []Expectation, reactions ReactionReport, matrix Matrix) Judgement {
	out := Judgement{Expectations: []ExpectationResult{}, ArmedNeverFired: append([]string{}, matrix.ArmedNeverFired...)}
	for _, x := range expectations {
		result := ExpectationResult{Expectation: x, Text: x.String(), Reasons: []string{}, Requests: []uint64{}}
		if x.Covers != nil {
			result.judgeCover(matrix)
		} else {
			result.judgeClient(reactions)
		}
		switch result.Result {
		case Met:
			out.Met++
		case Unmet:
			out.Unmet++
		default:
			out.NotExercised++
		}
		out.Expectations = append(out.Expectations, result)
	}
	return out
}

func (r *ExpectationResult) judgeCover(m Matrix) {
	r.Result = NotExercised
	if m.Meets(*r.Expectation.Covers) > 0 {
		r.Result = Met
	}
}

// judgeClient is met when no reaction misses the demand and at least one shows
// all that is demanded.
func (r *ExpectationResult) judgeClient(report ReactionReport) {
	met := false
	var undecided []uint64
	for i := range report.Reactions {
		reaction := &report.Reactions[i]
		if !r.Expectation.On.meets(reaction) {
			continue
		}
		if wrong := r.Expectation.Client.misses(reaction); len(wrong) > 0 {
			r.Result = Unmet
			for _, why := range wrong {
				r.Reasons = append(r.Reasons, fmt.Sprintf("request %d: %s", reaction.Requests[0], why))
			}
			r.Requests = append(r.Requests, reaction.Requests...)
		} else if r.Expectation.Client.Backoff != "" && reaction.Backoff == BackoffUndecided {
			undecided = append(undecided, reaction.Requests[0])
		} else {
			met = true
		}
	}
	switch {
	case r.Result == Unmet:
	case met:
		r.Result = Met
	default:
		r.Result = NotExercised
		for _, id := range undecided {
			r.Reasons = append(r.Reasons, fmt.Sprintf("request %d: a single pause does not tell backoff %s", id, r.Expectation.Client.Backoff))
		}
		r.Requests = append(r.Requests, undecided...)
	}
}

// misses says what of the demand a reaction falls short of.
func (c *ClientExpectation) misses(r *Reaction) []string {
	var wrong []string
	if c.Retries != nil && !c.Retries.contains(r.Retries()) {
		wrong = append(wrong, fmt.Sprintf("%d retries, expected %s", r.Retries(), c.Retries))
	}
	if c.Backoff != "" && c.Backoff != r.Backoff && r.Backoff != BackoffUndecided {
		wrong = append(wrong, fmt.Sprintf("backoff %s, expected %s", r.Backoff, c.Backoff))
	}
	if c.RetryAfter != "" && c.RetryAfter != r.RetryAfter {
		wrong = append(wrong, fmt.Sprintf("Retry-After %s, expected %s", r.RetryAfter, c.RetryAfter))
	}
	for _, d := range c.deeds() {
		if d.wanted != nil && d.done(r) != *d.wanted {
			wrong = append(wrong, fmt.Sprintf("%s %t, expected %t", d.name, d.done(r), *d.wanted))
		}
	}
	if within, err := time.ParseDuration(c.RecoversWithin); err == nil {
		switch {
		case r.RecoveredAfterMS == nil && r.Final:
			wrong = append(wrong, fmt.Sprintf("it gave up, expected it to recover within %s", within))
		case r.RecoveredAfterMS == nil:
			wrong = append(wrong, fmt.Sprintf("it has not recovered so far, expected within %s", within))
		case *r.RecoveredAfterMS > milliseconds(within):
			took := time.Duration(*r.RecoveredAfterMS * float64(time.Millisecond)).Round(time.Millisecond)
			wrong = append(wrong, fmt.Sprintf("it recovered after %s, expected within %s", took, within))
		}
	}
	return wrong
}

// CheckExpectations finds what is wrong with expectations, with pointers into a
// document that has them under the key of that name. It returns nil when they
// can be judged.
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
		case x.On == nil:
			c.add("", `has neither "covers" nor "on"`)
		case x.Client == nil:
			c.add("", `has "on" without "client"`)
		default:
			c.fault(x.On)
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
		c.add("/on/operation", "%q is not an operation, expected one of %s", k.Operation, strings.Join(contract.OperationIDs(), ", "))
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
		c.add("/client", "demands nothing, expected retries, backoff, retry_after, recovers_within, done_twice or lost_update")
	}
	if x.Retries != nil {
		c.bounds("/client/retries", x.Retries)
	}
	c.oneOf("/client/backoff", x.Backoff, BackoffNone, BackoffFixed, BackoffGrowing, BackoffJittered)
	c.oneOf("/client/retry_after", x.RetryAfter, RetryHonoured, RetryEarly, RetryAbsent)
	if x.RecoversWithin != "" {
		if d, err := time.ParseDuration(x.RecoversWithin); err != nil || d <= 0 {
			c.add("/client/recovers_within", "%q, expected a duration above zero such as 30s", x.RecoversWithin)
		}
	}
}

func (c *checker) bounds(pointer string, r *Range) {
	if r.Min == nil && r.Max == nil {
		c.add(pointer, `has neither "min" nor "max"`)
	}
	for _, bound := range []struct {
		name  string
		value *int
	}{{"/min", r.Min}, {"/max", r.Max}} {
		if bound.value != nil && *bound.value < 0 {
			c.add(pointer+bound.name, "%d, expected 0 or more", *bound.value)
		}
	}
	if r.Min != nil && r.Max != nil && *r.Min > *r.Max {
		c.add(pointer, "min %d is above max %d", *r.Min, *r.Max)
	}
}

func (c *checker) oneOf(pointer, value string, allowed ...string) {
	if value != "" && !slices.Contains(allowed, value) {
		c.add(pointer, "%q, expected one of %s", value, strings.Join(allowed, ", "))
	}
}
