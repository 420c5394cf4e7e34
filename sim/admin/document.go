package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/scenario"
)

// Scenario documents are read by package scenario alone, which knows what YAML
// can do to a parser. Around them stands little, and here YAML is looked at as
// lines of text and not parsed.

// isJSON says in which notation a body is: an object or a list in JSON begins
// with its bracket.
func isJSON(raw []byte) bool {
	text := bytes.TrimSpace(raw)
	return len(text) > 0 && (text[0] == '{' || text[0] == '[')
}

// scenarioOf reads what POST /admin/load takes: {"scenario": NAME | document}
// in JSON or YAML, or a bare document, such as a scenario file sent as it is.
func (c *call) scenarioOf(raw []byte) (*scenario.Scenario, error) {
	if !isJSON(raw) {
		return c.yamlScenario(raw)
	}
	o, err := parseObject(raw)
	if err != nil {
		return nil, err
	}
	inner, wrapped := o.raw("scenario")
	switch {
	case wrapped:
		found := c.pick(o, "scenario", inner)
		return found, o.err()
	case len(o.members) == 0:
		return nil, invalid("/scenario", "left out, expected the name of a scenario or a document")
	}
	return scenario.FromBody(raw, c.library.Load())
}

// yamlScenario takes "scenario: NAME", a document below the line "scenario:",
// or a bare document.
func (c *call) yamlScenario(raw []byte) (*scenario.Scenario, error) {
	line, rest := firstLine(raw)
	value, wrapped := yamlValue(line, "scenario")
	if !wrapped {
		return scenario.FromBody(raw, c.library.Load())
	}
	if value == "" {
		s, err := scenario.FromBody(rest, c.library.Load())
		var violations document.Violations
		if errors.As(err, &violations) {
			o := &object{problems: &document.Violations{}}
			o.under("scenario", violations)
			return nil, *o.problems
		}
		return s, err
	}
	if extra, _ := firstLine(rest); extra != "" {
		return nil, invalid("", "%s, expected nothing beside the key scenario", brief([]byte(extra)))
	}
	s, err := c.library.Load().Load(strings.Trim(value, `"'`))
	if err != nil {
		return nil, invalid("/scenario", "%s", err)
	}
	return s, nil
}

// firstLine finds the first line of a YAML text that says something, and what
// comes after it.
func firstLine(raw []byte) (line string, rest []byte) {
	rest = bytes.TrimPrefix(raw, []byte("\ufeff"))
	for len(rest) > 0 {
		var one []byte
		one, rest, _ = bytes.Cut(rest, []byte("\n"))
		text := strings.TrimRight(string(one), " \t\r")
		if said := strings.TrimSpace(text); said != "" && said != "---" && said[0] != '#' {
			return text, rest
		}
	}
	return "", nil
}

// yamlValue reads the value that a line gives to a key of the document, "" when
// it follows on the next lines.
func yamlValue(line, key string) (value string, found bool) {
	rest, found := strings.CutPrefix(line, key)
	if !found {
		return "", false
	}
	rest, found = strings.CutPrefix(strings.TrimLeft(rest, " \t"), ":")
	if !found || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return "", false
	}
	rest = " " + rest
	if comment := strings.Index(rest, " #"); comment >= 0 {
		rest = rest[:comment]
	}
	return strings.TrimSpace(rest), true
}

// expectationsOf reads what POST /admin/expectations takes: a scenario, in JSON
// or YAML, whose name may be left out. To expect nothing is a mistake.
func (c *call) expectationsOf(raw []byte) ([]journal.Expectation, error) {
	full, err := named(raw)
	if err != nil {
		return nil, err
	}
	s, err := scenario.FromBody(full, c.library.Load())
	if err != nil {
		return nil, err
	}
	if len(s.Expectations) == 0 {
		return nil, invalid("/expectations", "none, expected at least one expectation")
	}
	return s.Expectations, nil
}

var (
	yamlName  = regexp.MustCompile(`(?m)^["']?name["']?[ \t]*:`)
	yamlStart = regexp.MustCompile(`\A(?:[ \t]*(?:#.*|%.*)?\r?\n)*---[ \t]*\r?\n`) // comments, directives, the mark of the beginning
)

// named is a scenario document with a name.
func named(raw []byte) ([]byte, error) {
	const line = "name: posted\n"
	if !isJSON(raw) {
		start := yamlStart.FindIndex(raw)
		switch {
		case yamlName.Match(raw):
			return raw, nil
		case start != nil:
			return slices.Concat(raw[:start[1]], []byte(line), raw[start[1]:]), nil
		default:
			return append([]byte(line), bytes.TrimPrefix(raw, []byte("\ufeff"))...), nil
		}
	}
	o, err := parseObject(raw)
	if err != nil {
		return nil, err
	}
	if _, given := o.raw("name"); given {
		return raw, nil
	}
	return objectJSON(append([]member{{"name", json.RawMessage(`"posted"`)}}, o.members...)), nil
}

// compact writes a value that always has a JSON form.
func compact(value any) json.RawMessage {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("admin: write %T: %s", value, err))
	}
	return raw
}

// moved takes what stands under a pointer of a larger document out of it: its
// violations read as those of the part. Those elsewhere keep their place.
func moved(found document.Violations, pointer string) document.Violations {
	out := make(document.Violations, len(found))
	for i, v := range found {
		if document.Within(v.Pointer, pointer) {
			v.Pointer = v.Pointer[len(pointer):]
		}
		out[i] = v
	}
	return out
}
