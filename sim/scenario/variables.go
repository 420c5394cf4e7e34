package scenario

import (
	"strconv"
	"strings"

	"example.com/capisim/sim/document"
)

// variables is the key of a file whose ${VAR} stand for themselves.
const variables = "variables"

// environment finds ${NAME} or ${NAME:-default}; $${ writes ${ itself, and anything
// else behind ${ is a mistake.
var environment = document.Pattern(`\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}|\$\{`)

// expand puts the environment into the values of a file. A value that is one
// reference and nothing else may become a number or a truth, as YAML reads it; in
// the midst of a text it is text.
func expand(root document.Value, lookup func(string) (string, bool)) (document.Value, document.Violations) {
	if wish, _ := root.Get(variables); wish.Kind == document.Bool && wish.Text == "false" {
		return root, nil
	}
	e := &expansion{lookup: lookup}
	return e.value(root.Whole(), ""), e.found
}

type expansion struct {
	lookup func(string) (string, bool)
	found  document.Violations
}

func (e *expansion) value(v document.Value, at string) document.Value {
	switch v.Kind {
	case document.String:
		if strings.Contains(v.Text, "${") {
			return e.text(v, at)
		}
	case document.Array, document.Object:
		members := make([]document.Field, len(v.Members))
		for i, member := range v.Members {
			step := strconv.Itoa(i)
			if v.Kind == document.Object {
				step = document.Escape(member.Key)
			}
			member.Value = e.value(member.Value, at+"/"+step)
			members[i] = member
		}
		v.Members = members
	}
	return v
}

func (e *expansion) text(v document.Value, at string) document.Value {
	whole := environment().FindString(v.Text) == v.Text && !strings.HasPrefix(v.Text, "$$")
	v.Text = environment().ReplaceAllStringFunc(v.Text, func(one string) string {
		if one == "$${" {
			return "${"
		}
		parts := environment().FindStringSubmatch(one)
		name, hasDefault, fallback := parts[1], parts[2] != "", parts[3]
		if name == "" || strings.Contains(fallback, "${") {
			e.refuse(at, document.Quote(v.Text)+", expected ${NAME} or ${NAME:-default}; $${ writes ${ itself")
			return one
		}
		text, set := e.lookup(name)
		switch {
		case hasDefault && text == "":
			return fallback
		case !set:
			e.refuse(at, name+" is not set in the environment; ${"+name+":-default} does without, $${"+name+"} writes ${"+name+"} itself")
		}
		return text
	})
	if kind, ok := scalarKind(v.Text); whole && ok {
		v.Kind = kind
	}
	return v
}

func (e *expansion) refuse(at, message string) {
	e.found = append(e.found, document.Violation{Pointer: at, Message: message})
}

var plainNumber = document.Pattern(`^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?$`)

// scalarKind is what a word stands for that is not meant as a text.
func scalarKind(text string) (document.Kind, bool) {
	switch {
	case text == "true" || text == "false":
		return document.Bool, true
	case plainNumber().MatchString(text):
		return document.Number, true
	}
	return document.String, false
}
