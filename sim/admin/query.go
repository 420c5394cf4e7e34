package admin

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/capisim/sim/document"
)

// query is a checked query string.
type query map[string]string

// readQuery refuses parameters that the route does not know: a filter with a
// slip of the pen would otherwise let everything through.
func readQuery(raw string, known []string) (query, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, invalid("", "the query cannot be read: %s", err)
	}
	q := query{}
	var wrong document.Violations
	for name, all := range values {
		switch {
		case !slices.Contains(known, name):
			wrong = append(wrong, document.Violation{Message: unknownParameter(name, known)})
		case len(all) > 1:
			wrong = append(wrong, document.Violation{Message: fmt.Sprintf("query parameter %s: given %d times, expected it once", name, len(all))})
		default:
			q[name] = all[0]
		}
	}
	if wrong != nil {
		slices.SortFunc(wrong, func(a, b document.Violation) int { return strings.Compare(a.Message, b.Message) })
		return nil, wrong
	}
	return q, nil
}

func unknownParameter(name string, known []string) string {
	if len(known) == 0 {
		return fmt.Sprintf("unknown query parameter %q, expected none", name)
	}
	return "unknown query parameter " + document.UnknownWord(name, known)
}

// parameters reads typed query parameters and notes all that is wrong.
type parameters struct {
	query    query
	problems document.Violations
}

func (c *call) parameters() *parameters { return &parameters{query: c.query} }

func (p *parameters) add(name, expected string) {
	p.problems = append(p.problems, document.Violation{
		Message: fmt.Sprintf("query parameter %s: %q, expected %s", name, p.query[name], expected)})
}

func (p *parameters) text(name string) string { return p.query[name] }

// whole reads a number from least on; fallback when it was left out.
func (p *parameters) whole(name string, fallback, least, most int) int {
	text, given := p.query[name]
	if !given {
		return fallback
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		p.add(name, fmt.Sprintf("a whole number from %d to %d", least, most))
		return fallback
	}
	return n
}

// boolean reads true or false; nil when it was left out.
func (p *parameters) boolean(name string) *bool {
	text, given := p.query[name]
	if !given {
		return nil
	}
	yes := text == "true"
	if !yes && text != "false" {
		p.add(name, "true or false")
	}
	return &yes
}

func (p *parameters) moment(name string) time.Time {
	text, given := p.query[name]
	if !given {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		p.add(name, "a time such as 2026-01-01T00:00:00Z")
	}
	return at
}

// oneOf reads one of a few words; the first of them when it was left out.
func (p *parameters) oneOf(name string, allowed ...string) string {
	text, given := p.query[name]
	switch {
	case !given:
		return allowed[0]
	case !slices.Contains(allowed, text):
		p.problems = append(p.problems, document.Violation{
			Message: "query parameter " + name + ": " + document.UnknownWord(text, allowed)})
	}
	return text
}

// all says that ?worlds=all asks about every world.
func (p *parameters) all() bool {
	text, given := p.query["worlds"]
	if given && text != "all" {
		p.add("worlds", "all")
	}
	return given
}

func (p *parameters) err() error {
	if len(p.problems) == 0 {
		return nil
	}
	return p.problems
}
