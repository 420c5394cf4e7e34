package journal

import (
	"fmt"
	"slices"
	"strings"
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
	Policy         string `json:"policy,omitempty"`          // a name for several demands: polite
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
	parts := []string{"on any fault:"}
	if x.On != nil {
		parts[0] = "on " + x.On.String() + ":"
	}
	if c := x.Client; c != nil {
		for _, d := range c.demands() {
			if !d.ofPolicy {
				parts = append(parts, d.text)
			}
		}
		if c.Policy != "" {
			parts = append(parts, "policy "+c.Policy)
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
	Parts       []Part      `json:"parts"`    // what is demanded of the client, each judged by itself
}

// Part is one of the demands of an expectation with what was found.
type Part struct {
	Name    string   `json:"name"` // such as retry_after
	Text    string   `json:"text"` // the demand in words
	Result  string   `json:"result"`
	Reasons []string `json:"reasons"`
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
		result := ExpectationResult{Expectation: x, Text: x.String(), Reasons: []string{}, Requests: []uint64{}, Parts: []Part{}}
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

// judgeClient judges each part of the demand over all reactions that are meant.
// It is met when no part is unmet and each part that was asked for by itself is
// met by some reaction: those of a policy are judged where they can be.
func (r *ExpectationResult) judgeClient(report ReactionReport) {
	var meant []*Reaction
	for i := range report.Reactions {
		if on := r.Expectation.On; on == nil || on.meets(&report.Reactions[i]) {
			meant = append(meant, &report.Reactions[i])
		}
	}
	r.Result = NotExercised
	if len(meant) == 0 {
		return
	}
	r.Result = Met
	for _, d := range r.Expectation.Client.demands() {
		part := d.judge(meant, report.Reactions)
		r.Parts = append(r.Parts, part)
		switch {
		case part.Result == Unmet:
			r.Result = Unmet
		case part.Result == NotExercised && !d.ofPolicy && r.Result == Met:
			r.Result = NotExercised
		}
	}
	for _, part := range r.Parts {
		if part.Result != Met && (part.Result == r.Result) {
			r.Reasons = append(r.Reasons, part.Reasons...)
		}
	}
	for _, reaction := range meant {
		if slices.ContainsFunc(r.Reasons, func(why string) bool { return strings.HasPrefix(why, reasonPrefix(reaction)) }) {
			r.Requests = append(r.Requests, reaction.Requests...)
		}
	}
}
