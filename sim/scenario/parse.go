package scenario

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/schema"
)

// maxBytes bounds a scenario: 10,000 apps written out take a fifth of it.
const maxBytes = 32 << 20

// Parse reads a scenario. The file's name stands in the messages and tells the
// notation: .json is JSON, .yaml and .yml are YAML; for other names, and for
// none, a text that begins with { is JSON. What the scenario extends is looked
// up in lib, which may be nil. The error is Problems.
func Parse(file string, data []byte, lib *Library) (*Scenario, error) {
	root, err := read(file, data)
	if err != nil {
		return nil, err
	}
	p := &reading{lib: lib}
	s := p.scenario(root, nil)
	if len(p.problems) > 0 {
		return nil, p.problems.sorted()
	}
	return s, nil
}

// FromBody reads a scenario, JSON or YAML, out of a request body. The error is
// document.Violations.
func FromBody(body []byte, lib *Library) (*Scenario, error) {
	s, err := Parse("", body, lib)
	if problems, ok := err.(Problems); ok {
		return nil, problems.Violations()
	}
	return s, err
}

// read turns a file into nodes.
func read(file string, data []byte) (*node, error) {
	if len(data) > maxBytes {
		return nil, Problems{refusal(file, position{1, 1}, "%d bytes, expected at most %d", len(data), maxBytes)}
	}
	// Editors on Windows put a mark before the first byte; YAML would take it
	// for a part of the first key.
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		at, bad := badByte(data)
		return nil, Problems{refusal(file, at, "byte %#02x, expected UTF-8", bad)}
	}
	text := bytes.TrimLeft(data, " \t\r\n")
	if len(text) == 0 {
		return nil, Problems{refusal(file, position{1, 1}, "the file is empty, expected a scenario")}
	}
	if isJSON(file, text) {
		return readJSON(file, data)
	}
	return readYAML(file, data)
}

func isJSON(file string, text []byte) bool {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".json":
		return true
	case ".yaml", ".yml":
		// JSON under YAML's name is read by the stricter reader.
		return text[0] == '{' && json.Valid(text)
	default:
		return text[0] == '{'
	}
}

// badByte finds the first byte that is not UTF-8.
func badByte(data []byte) (position, byte) {
	at := position{1, 1}
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && size == 1:
			return at, data[0]
		case r == '\n':
			at = position{at.line + 1, 1}
		default:
			at.column++
		}
		data = data[size:]
	}
	return at, 0
}

// reading collects what is wrong on the way from nodes to a scenario.
type reading struct {
	lib      *Library
	trusted  bool // an embedded file: a test has proven it valid
	problems Problems
}

// report places violations of a tree.
func (p *reading) report(root *node, found document.Violations) {
	for _, v := range found {
		p.problems = append(p.problems, problemAt(root, v, strings.HasPrefix(v.Message, unknownKeyWords)))
	}
}

// scenario checks the tree of one file, lays it over what it extends, and
// checks the whole. It returns nil when there is nothing to go on with.
func (p *reading) scenario(root *node, chain []*entry) *Scenario {
	root = p.overlaid(root, chain)
	if root == nil {
		return nil
	}
	doc := p.document(root)
	p.report(root, check(doc, root))
	if len(p.problems) > 0 {
		return nil
	}
	doc.complete()
	return assemble(doc)
}

// overlaid checks the form of a file and lays it over what it extends. The
// chain holds the library's entries that led here.
func (p *reading) overlaid(root *node, chain []*entry) *node {
	if !p.trusted {
		p.report(root, validate(root))
	}
	if root.kind != objectKind {
		return nil
	}
	base := root.get("extends")
	if base == nil || base.kind != textKind || len(p.within(base)) > 0 {
		return root
	}
	found, message := p.lib.lookup(base.scalar, chain)
	if found == nil {
		p.report(root, document.Violations{{Pointer: "/extends", Message: message}})
		return nil
	}
	parent, err := found.tree()
	if err != nil {
		p.fail(err)
		return nil
	}
	trusted := p.trusted
	p.trusted = found.trusted
	parent = p.overlaid(parent, append(chain[:len(chain):len(chain)], found))
	p.trusted = trusted
	if parent == nil {
		return nil
	}
	return overlay(parent, root)
}

func (p *reading) fail(err error) {
	problems, ok := err.(Problems)
	if !ok {
		problems = Problems{{Message: err.Error()}}
	}
	p.problems = append(p.problems, problems...)
}

// validate checks a tree against the published schema.
func validate(root *node) document.Violations {
	found, err := schema.Validate("scenario", root.value())
	if err != nil { // the schema is embedded: this is not a fault of the file
		panic(err)
	}
	for i := range found {
		found[i].Message = inWords(found[i].Message)
	}
	return found
}

// document decodes a tree. Rules and expectations are decoded one by one, so
// that one misfit does not hide what is wrong with the rest; what the schema
// has complained about is left out without another word.
func (p *reading) document(root *node) *Document {
	own := &node{kind: objectKind}
	var rules, expectations []*node
	for _, item := range root.items {
		switch item.key {
		case "faults":
			rules = item.items
		case "expectations":
			expectations = item.items
		case "extends":
		default:
			own.items = append(own.items, item)
		}
	}
	doc := &Document{}
	if err := json.Unmarshal(own.appendJSON(nil), doc); err != nil && len(p.problems) == 0 {
		p.report(root, document.Violations{{Message: err.Error()}})
	}
	doc.Faults = decodeAll(p, rules, fault.Rule.Check)
	doc.Expectations = decodeAll(p, expectations, checkExpectation)
	return doc
}

// checkExpectation checks one expectation, with pointers into it.
func checkExpectation(x journal.Expectation) document.Violations {
	found := journal.CheckExpectations([]journal.Expectation{x})
	for i := range found {
		found[i].Pointer = strings.TrimPrefix(found[i].Pointer, "/expectations/0")
	}
	return found
}

// decodeAll decodes and checks the items of a list. A rule that the schema has
// complained about is still looked at as far as it can be decoded; where both
// find fault with one place, the rule's own check knows better what it wants.
func decodeAll[T any](p *reading, items []*node, check func(T) document.Violations) []T {
	var decoded []T
	for _, item := range items {
		var one T
		err := json.Unmarshal(item.appendJSON(nil), &one)
		switch {
		case err != nil && len(p.within(item)) == 0:
			p.report(item, document.Violations{{Message: err.Error()}})
		case err == nil && !p.trusted:
			found := check(one)
			p.problems = slices.DeleteFunc(p.problems, func(known Problem) bool {
				return known.File == item.file && slices.ContainsFunc(found, func(v document.Violation) bool {
					return known.Pointer == item.pointer()+v.Pointer
				})
			})
			p.report(item, found)
		}
		decoded = append(decoded, one)
	}
	return decoded
}

// within lists the pointers of the problems found inside a node so far.
func (p *reading) within(n *node) (pointers []string) {
	inside := n.pointer()
	for _, one := range p.problems {
		if one.File == n.file && (one.Pointer == inside || strings.HasPrefix(one.Pointer, inside+"/")) {
			pointers = append(pointers, one.Pointer)
		}
	}
	return pointers
}
