package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"example.com/capisim/sim/fault"
)

// Matcher compares one value of a request: a header, a parameter of the query, a
// place of the body. It is made by Equals, Contains, Matches, OneOf, Gt, Lt,
// Exists and Absent; the zero Matcher takes every value that is there.
type Matcher struct {
	of  fault.Matcher
	err error
}

// Equals matches a value by its meaning, as JSON: 1.0 equals 1. Headers and
// parameters are texts, which equal a number that they spell.
func Equals(value any) Matcher {
	raw, err := json.Marshal(value)
	return Matcher{of: fault.Matcher{Equals: raw}, err: err}
}

// Contains matches a part of a text, or an element of a list of texts.
func Contains(part string) Matcher { return Matcher{of: fault.Matcher{Contains: &part}} }

// Matches matches a regular expression (RE2) of at most 1000 bytes, anywhere in
// the first 16 KiB of the text.
func Matches(pattern string) Matcher { return Matcher{of: fault.Matcher{Matches: &pattern}} }

// OneOf matches a value that equals one of these.
func OneOf(values ...any) Matcher {
	list := make([]json.RawMessage, len(values))
	var err error
	for i, value := range values {
		var wrong error
		list[i], wrong = json.Marshal(value)
		err = errors.Join(err, wrong)
	}
	return Matcher{of: fault.Matcher{In: list}, err: err}
}

// Gt matches numbers above a limit, and texts that are such numbers.
func Gt(limit float64) Matcher { return Matcher{of: fault.Matcher{Gt: number(limit)}} }

// Lt matches numbers below a limit, and texts that are such numbers.
func Lt(limit float64) Matcher { return Matcher{of: fault.Matcher{Lt: number(limit)}} }

func number(n float64) json.Number { return json.Number(strconv.FormatFloat(n, 'f', -1, 64)) }

// Exists matches whatever is there.
func Exists() Matcher { return exists(true) }

// Absent matches where there is nothing.
func Absent() Matcher { return exists(false) }

func exists(there bool) Matcher { return Matcher{of: fault.Matcher{Exists: &there}} }

// And matches what both matchers match: Gt(2).And(Lt(8)).
func (m Matcher) And(other Matcher) Matcher {
	object := map[string]json.RawMessage{}
	for _, one := range []Matcher{m, other} {
		if one.err != nil {
			return one
		}
		for key, value := range one.object() {
			if _, twice := object[key]; twice {
				return Matcher{err: fmt.Errorf("two matchers of the kind %s, expected one of each kind", key)}
			}
			object[key] = value
		}
	}
	raw, err := json.Marshal(object)
	var both Matcher
	if err == nil {
		err = json.Unmarshal(raw, &both.of)
	}
	both.err = err
	return both
}

// object is the long form of a matcher, a key for each comparison.
func (m Matcher) object() (object map[string]json.RawMessage) {
	raw, err := json.Marshal(m.of)
	if err != nil {
		return nil
	}
	if len(m.of.Equals) > 0 && (len(raw) == 0 || raw[0] != '{') {
		return map[string]json.RawMessage{"equals": raw}
	}
	_ = json.Unmarshal(raw, &object) // it was just written
	return object
}

// matchers are the matchers by their places, for the language of rules.
func matchers(kind string, of map[string]Matcher) (map[string]fault.Matcher, error) {
	var list map[string]fault.Matcher
	for place, m := range of {
		if m.err != nil {
			return nil, fmt.Errorf("%s %s: %w", kind, place, m.err)
		}
		if list == nil {
			list = map[string]fault.Matcher{}
		}
		list[place] = m.of
	}
	return list, nil
}

// Match says which requests are meant. All that is given must hold; the zero
// Match is every request.
type Match struct {
	Operation string // id, such as "updateProcess"
	Method    string
	Path      string // in full, without the world's prefix
	Status    int    // that was answered
	Injected  bool   // only answers that a fault put in the place of the real one
	Rule      string // id of the fault rule that decided
	User      string // name of the caller
	Remote    string // its address, or a network that it is in
	App       string // name or guid
	Process   string // guid
	// Header and Query go by name, Body by JSON pointer: "/instances".
	Header, Query, Body map[string]Matcher
}

// object is the match as the admin API takes it.
func (m Match) object() (object, error) {
	rule, err := criteria(m.Operation, m.User, m.Remote, m.App, m.Process, m.Header, m.Query, m.Body)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(rule)
	if err != nil {
		return nil, err
	}
	out := object{}
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, err
	}
	for key, text := range map[string]string{"method": m.Method, "path": m.Path, "rule": m.Rule} {
		if text != "" {
			out[key] = text
		}
	}
	if m.Status != 0 {
		out["status"] = m.Status
	}
	if m.Injected {
		out["injected"] = true
	}
	return out, nil
}

// criteria is what a fault and a question to the journal have in common.
func criteria(operation, user, remote, app, process string, header, query, body map[string]Matcher) (m fault.Match, err error) {
	var wrong [3]error
	m = fault.Match{User: user, Remote: remote, App: app, Process: fault.ProcessMatch{GUID: process}}
	if operation != "" {
		m.Operations = []string{operation}
	}
	m.Headers, wrong[0] = matchers("header", header)
	m.Query, wrong[1] = matchers("query", query)
	m.Body, wrong[2] = matchers("body", body)
	return m, errors.Join(wrong[:]...)
}

// Count says how many requests are expected: Exactly, AtLeast, AtMost, Between
// or Never.
type Count struct {
	bounds object
	within time.Duration
}

// Exactly is a count with one right answer.
func Exactly(n int) Count { return Count{bounds: object{"exactly": n}} }

// AtLeast is a count with a lower bound.
func AtLeast(n int) Count { return Count{bounds: object{"at_least": n}} }

// AtMost is a count with an upper bound.
func AtMost(n int) Count { return Count{bounds: object{"at_most": n}} }

// Between is a count with two bounds, both allowed.
func Between(least, most int) Count {
	return Count{bounds: object{"at_least": least, "at_most": most}}
}

// Never is the count of what must not happen.
func Never() Count { return Exactly(0) }

// Within waits for a count to come true, at most as long as it says, for a
// client that works in the background: AtLeast(3).Within(10 * time.Second). A
// count with an upper bound is waited for to the end.
func (c Count) Within(wait time.Duration) Count {
	c.within = wait
	return c
}
