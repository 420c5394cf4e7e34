package scenario

import (
	"errors"
	"slices"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/schema"
)

// Parse reads a scenario, JSON or YAML, as document.Read does. What the scenario
// extends is looked up in lib, which may be nil. In a file the environment and
// the bodies that stand in files beside it are put in; without a name it is a
// request body, which knows of neither. The error is document.Problems.
func Parse(file string, data []byte, lib *Library) (*Scenario, error) {
	if file != "" {
		return parseFile(withParts(file, data), lib)
	}
	doc, err := document.ReadUntil(nil, file, data)
	if err != nil {
		return nil, err
	}
	return parse(doc, lib)
}

func parseFile(file scenarioFile, lib *Library) (*Scenario, error) {
	doc, err := file.document()
	if err != nil {
		return nil, err
	}
	return parse(doc, lib)
}

// FromBody reads a scenario, JSON or YAML, out of a request body. The error is
// document.Violations, or that of stop.
func FromBody(stop *document.Stop, body []byte, lib *Library) (*Scenario, error) {
	doc, err := document.ReadUntil(stop, "", body)
	if err != nil {
		return nil, violations(err)
	}
	return FromValue(stop, doc.Root, lib)
}

// FromValue reads a scenario out of a part of a request body. The error is
// document.Violations, or that of stop.
func FromValue(stop *document.Stop, v document.Value, lib *Library) (*Scenario, error) {
	p := &reading{lib: lib, stop: stop}
	s, err := p.whole(document.New(v))
	return s, violations(err)
}

func violations(err error) error {
	if problems, ok := err.(document.Problems); ok {
		found := problems.Violations()
		for i := range found {
			if problems[i].File != "" { // what the body extends
				found[i].Pointer = "/extends"
			}
		}
		return found
	}
	return err
}

func parse(doc *document.Document, lib *Library) (*Scenario, error) {
	return (&reading{lib: lib}).whole(doc)
}

// whole makes the scenario of a document; the chain is as in scenario.
func (p *reading) whole(doc *document.Document, chain ...*entry) (*Scenario, error) {
	s := p.scenario(doc, chain)
	if p.left != nil {
		return nil, p.left
	}
	if len(p.problems) > 0 {
		return nil, p.told()
	}
	return s, nil
}

// reading collects what is wrong on the way from a file to a scenario.
type reading struct {
	lib      *Library
	stop     *document.Stop
	left     error // of the stop
	trusted  bool  // an embedded file: a test has proven it valid
	problems document.Problems
	more     int // problems that are counted only
}

// report places violations of a file; one place is told of once, and what goes
// beyond what is told is counted.
func (p *reading) report(root *document.Document, found document.Violations) {
	for _, v := range found {
		if n := v.Counted(); n > 0 {
			p.more += n
			continue
		}
		if len(p.problems) > document.Told {
			p.more++
			continue
		}
		if one := root.Place(document.Violations{v})[0]; !p.known(one) {
			p.problems = append(p.problems, one)
		}
	}
}

func (p *reading) known(one document.Problem) bool {
	return slices.ContainsFunc(p.problems, func(known document.Problem) bool {
		return known.File == one.File && known.Pointer == one.Pointer && known.Pointer != ""
	})
}

// follows says that a place, or one below it, was told of: what is found there
// now only follows from what was left out.
func (p *reading) follows(root *document.Document, pointer string) bool {
	place := root.Place(document.Violations{{Pointer: pointer}})[0]
	return slices.ContainsFunc(p.problems, func(known document.Problem) bool {
		return known.File == place.File && document.Within(known.Pointer, place.Pointer)
	})
}

// judge reports what a rule gets wrong by its meaning.
func (p *reading) judge(root *document.Document, pointer string, rule fault.Rule) {
	for _, v := range rule.Judge().Under(pointer) {
		if len(p.problems) > document.Told || !p.follows(root, v.Pointer) {
			p.report(root, document.Violations{v})
		}
	}
}

// told are the problems in the order of the files.
func (p *reading) told() document.Problems {
	sorted := p.problems.Sorted()
	if p.more > 0 {
		last := sorted[len(sorted)-1]
		last.Pointer, last.Message = "", document.More(p.more+1).Message
		sorted = append(sorted[:min(len(sorted), document.Told)], last)
	}
	return sorted
}

// scenario checks one file, lays it over what it extends, and checks the whole.
// It returns nil when there is nothing to go on with.
func (p *reading) scenario(root *document.Document, chain []*entry) *Scenario {
	root = p.overlaid(root, chain)
	if root == nil {
		return nil
	}
	doc := &Document{}
	if err := root.Root.DecodeUntil(p.stop, doc); p.leaves(err) {
		return nil
	} else if err != nil && len(p.problems) == 0 {
		p.report(root, document.Violations{document.Misfit(err)})
	}
	doc.Extends, doc.Drop, doc.Variables = "", nil, nil // they were for the reader
	if !p.trusted {
		for i, rule := range doc.Faults {
			if len(p.problems) > document.Told {
				break // enough is wrong
			}
			p.judge(root, document.Pointer("faults", i), rule)
		}
		p.report(root, journal.CheckExpectations(doc.Expectations))
	}
	doc.imply()
	found, more, err := check(p.stop, doc, root)
	if p.leaves(err) {
		return nil
	}
	p.report(root, found)
	p.more += more
	if len(p.problems) > 0 {
		return nil
	}
	doc.complete()
	return assemble(doc)
}

// overlaid checks the form of a file and lays it over what it extends. The
// chain holds the library's entries that led here.
func (p *reading) overlaid(root *document.Document, chain []*entry) *document.Document {
	if !p.trusted {
		if root = p.fitted(root); p.left != nil {
			return nil
		}
	}
	if root.Root.Kind != document.Object {
		return nil
	}
	base := root.Root.TextOf("extends")
	if _, drops := root.Root.Get("drop"); drops && base == "" {
		p.report(root, document.Violations{{Pointer: "/drop", Message: "without extends, expected a scenario to leave something out of"}})
	}
	if base == "" || p.known(document.Problem{File: root.File, Pointer: "/extends"}) {
		return root
	}
	found, message := p.lib.lookup(base, chain)
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
	above, kept := *root, *parent
	above.Root = root.Root.Whole()
	var missed document.Violations
	kept.Root, missed = without(parent.Root.Whole(), above.Root)
	p.report(root, missed)
	return above.Over(&kept, overlay)
}

func (p *reading) fail(err error) {
	problems, ok := err.(document.Problems)
	if !ok {
		problems = document.Problems{{Message: err.Error()}}
	}
	p.problems = append(p.problems, problems...)
}

// fitted is a file in the form that the published schema asks for, without what is
// wrong with it when the rest can be looked at further.
func (p *reading) fitted(root *document.Document) *document.Document {
	fitting, found, err := schema.FitAndValidate(p.stop, "scenario", root.Root)
	switch {
	case p.leaves(err):
		return root
	case err != nil: // the schema is embedded: it is not a fault of the file
		panic(err)
	}
	out := *root
	out.Root = fitting
	p.report(&out, found)
	if len(found) > 0 && fitting.DecodeUntil(p.stop, &Document{}) != nil {
		return out.Blank(found)
	}
	return &out
}

// leaves notes that nobody waits for the scenario any more.
func (p *reading) leaves(err error) bool {
	if errors.Is(err, document.ErrLeft) {
		p.left = err
	}
	return p.left != nil
}
