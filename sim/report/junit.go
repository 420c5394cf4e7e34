package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
)

// The JUnit form, as CI servers read it: suites, each of cases that passed,
// failed or were skipped.
type suitesXML struct {
	XMLName  xml.Name   `xml:"testsuites"`
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Skipped  int        `xml:"skipped,attr"`
	Suites   []suiteXML `xml:"testsuite"`
}

type suiteXML struct {
	Name     string    `xml:"name,attr"`
	Tests    int       `xml:"tests,attr"`
	Failures int       `xml:"failures,attr"`
	Skipped  int       `xml:"skipped,attr"`
	Cases    []caseXML `xml:"testcase"`
}

type caseXML struct {
	Class   string      `xml:"classname,attr"`
	Name    string      `xml:"name,attr"`
	Failure *verdictXML `xml:"failure"`
	Skipped *verdictXML `xml:"skipped"`
	Output  string      `xml:"system-out,omitempty"`
}

type verdictXML struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func (s *suiteXML) add(c caseXML) {
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
	if c.Skipped != nil {
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

func writeJUnit(out *bytes.Buffer, name string, suites []suiteXML) error {
	doc := suitesXML{Name: name, Suites: suites}
	for _, s := range suites {
		doc.Tests += s.Tests
		doc.Failures += s.Failures
		doc.Skipped += s.Skipped
	}
	text, err := xml.MarshalIndent(doc, "", "  ")
	out.WriteString(xml.Header + string(text) + "\n")
	return err
}

// coverageJUnit writes one case for each cell, and one for each variant that the
// gate requires. A gap is a failure, unless the gate is met without it.
func coverageJUnit(out *bytes.Buffer, m gated) error {
	gate := m.gate
	shut := !gate.Set() || len(gate.Unmet(m.Matrix)) > 0
	var suites []suiteXML
	for _, row := range m.Operations {
		suite := suiteXML{Name: document.Printable(row.ID)}
		for _, cell := range row.Cells {
			name := journal.CellName{Operation: row.ID, Status: cell.Status}
			c := caseXML{Class: "capisim." + document.Printable(row.ID), Name: strconv.Itoa(cell.Status)}
			c.cover(name, cell.Covered(), shut, gate)
			if cell.Covered() {
				c.Output = "met: " + tell(cell.Counts)
				if len(cell.Variants) > 1 {
					c.Output += "; " + open(row.ID, c.Name, cell.Variants).String()
				}
			}
			suite.add(c)
		}
		for _, name := range gate.Require {
			if name.Operation == row.ID && name.Variant() {
				_, short, _ := strings.Cut(name.String(), ":")
				c := caseXML{Class: "capisim." + document.Printable(row.ID), Name: document.Printable(short)}
				c.cover(name, m.Meets(name) > 0, shut, gate)
				suite.add(c)
			}
		}
		suites = append(suites, suite)
	}
	return writeJUnit(out, "capisim coverage", suites)
}

// cover judges a case by whether a client met what it is about.
func (c *caseXML) cover(name journal.CellName, met, shut bool, gate journal.Gate) {
	gap := &verdictXML{Message: document.Printable(name.String()) + " was never met by the client"}
	switch {
	case met:
	case !shut:
		c.Skipped = gap
	default:
		c.Failure = gap
		if gate.Requires(name) {
			gap.Message += ", and is required"
		}
	}
}

// reactionsJUnit writes one case for each reaction. Nothing fails: what a
// client ought to do is said by expectations.
func reactionsJUnit(out *bytes.Buffer, r journal.ReactionReport) error {
	suite := suiteXML{Name: "reactions"}
	for i := range r.Reactions {
		one := &r.Reactions[i]
		lines := append([]string{outcome(one), manner(one)}, remarks(one)...)
		suite.add(caseXML{
			Class:  "capisim." + document.Printable(one.Operation),
			Name:   document.Printable(fmt.Sprintf("%s on %s (request %d)", answer(one.Status, one.Connection), one.Target, one.Requests[0])),
			Output: document.Printable(strings.Join(lines, "; ")),
		})
	}
	return writeJUnit(out, "capisim reactions", []suiteXML{suite})
}

// expectationsJUnit writes one case for each expectation; what was not
// exercised fails as well, since the gate is shut by it.
func expectationsJUnit(out *bytes.Buffer, j journal.Judgement) error {
	suite := suiteXML{Name: "expectations"}
	for i, x := range j.Expectations {
		c := caseXML{Class: "capisim.expectations", Name: document.Printable(fmt.Sprintf("%d: %s", i+1, x.Text))}
		switch x.Result {
		case journal.Met:
		case journal.Unmet:
			reasons := strings.Join(parts(&x), "; ")
			c.Failure = &verdictXML{Message: reasons, Text: "requests " + ids(x.Requests)}
		default:
			c.Failure = &verdictXML{Message: "not exercised: no client met this"}
		}
		suite.add(c)
	}
	return writeJUnit(out, "capisim expectations", []suiteXML{suite})
}
