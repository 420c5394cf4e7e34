package admin

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/scenario"
)

// scenarioOf reads what POST /admin/load takes, in JSON or YAML:
// {"scenario": NAME | document}, or a bare document, such as a scenario file
// sent as it is.
func (c *call) scenarioOf(raw []byte) (*scenario.Scenario, error) {
	doc, err := document.ReadUntil(c.stop, "", raw)
	if err != nil {
		return nil, err
	}
	inner, wrapped := doc.Root.Get("scenario")
	if !wrapped && (doc.Root.Kind != document.Object || len(doc.Root.Members) > 0) {
		return scenario.FromValue(c.stop, doc.Root, c.library.Load())
	}
	o := objectOf(doc.Root)
	if _, wrapped = o.get("scenario"); !wrapped {
		return nil, cmp.Or(o.broken, invalid("/scenario", "left out, expected the name of a scenario or a document"))
	}
	found := c.pick(o, "scenario", inner)
	return found, o.err()
}

// expectationsOf reads what POST /admin/expectations takes: a scenario, in JSON
// or YAML, whose name may be left out. To expect nothing is a mistake.
func (c *call) expectationsOf(raw []byte) ([]journal.Expectation, error) {
	doc, err := document.ReadUntil(c.stop, "", raw)
	if err != nil {
		return nil, err
	}
	if _, named := doc.Root.Get("name"); !named {
		doc.Root = doc.Root.With("name", document.Text("posted"))
	}
	s, err := scenario.FromValue(c.stop, doc.Root, c.library.Load())
	if err != nil {
		return nil, err
	}
	if len(s.Expectations) == 0 {
		return nil, invalid("/expectations", "none, expected at least one expectation")
	}
	return s.Expectations, nil
}

// compact writes a value that always has a JSON form.
func compact(value any) []byte {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("admin: write %T: %s", value, err))
	}
	return raw
}

// valueOf is such a value as a part of a document.
func valueOf(from any) document.Value {
	v, err := document.Decode(compact(from))
	if err != nil {
		panic(fmt.Sprintf("admin: read %T: %s", from, err))
	}
	return v
}

// moved takes what stands under a pointer of a larger document out of it: its
// violations read as those of the part. Those elsewhere keep their place, and so
// does any other error.
func moved(err error, pointer string) error {
	var found document.Violations
	if !errors.As(err, &found) {
		return err
	}
	out := slices.Clone(found)
	for i, v := range out {
		if document.Within(v.Pointer, pointer) {
			out[i].Pointer = v.Pointer[len(pointer):]
		}
	}
	return out
}
