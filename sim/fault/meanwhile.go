package fault

import (
	"encoding/json"
	"strconv"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// Meanwhile is a change that another client makes when a rule has fired, before
// any later request of the world is decided: a stranger in between.
type Meanwhile struct {
	// User is the name of the other client's user; left out it is an
	// administrator.
	User string `json:"user,omitempty"`
	// Operation is the id of an operation that writes.
	Operation string `json:"operation"`
	// Target is the guid of a process, or of an app for the operations on apps;
	// left out it is what the request of the rule is about.
	Target string `json:"target,omitempty"`
	// Index is the instance that a termination is about; left out it is the
	// request's own, or 0.
	Index *int `json:"index,omitempty"`
	// Body is sent as JSON.
	Body json.RawMessage `json:"body,omitempty"`
}

// Path fills in the path of the operation. The type is that of the target's
// process, for operations that name it through its app.
func (m Meanwhile) Path(op *contract.Operation, target, app, processType, index string) string {
	if m.Target != "" {
		target, app = m.Target, m.Target
	}
	if m.Index != nil {
		index = strconv.Itoa(*m.Index)
	}
	guid := target
	if op.Nested {
		guid = app
	}
	return strings.NewReplacer("{guid}", guid, "{type}", processType, "{index}", index).Replace(op.Path)
}

// meanwhile checks what other clients do: each must be a change that the API
// has, with a body that it takes.
func (c *checker) meanwhile() {
	for i, m := range c.rule.Meanwhile {
		at := "/meanwhile/" + strconv.Itoa(i)
		op, known := contract.OperationByID(m.Operation)
		if !known || op.Access != contract.Write {
			c.expect(at+"/operation", document.Quote(m.Operation), "one of "+strings.Join(writes(), ", "))
			continue
		}
		if err := checkBody(op, m.Body); err != nil {
			c.expect(at+"/body", "a body that "+op.ID+" refuses ("+err.Error()+")", "one that it takes")
		}
	}
}

// writes lists the operations that change something.
func writes() (ids []string) {
	for _, op := range contract.Operations() {
		if op.Access == contract.Write {
			ids = append(ids, op.ID)
		}
	}
	return ids
}

// checkBody says whether an operation takes a body; the checks that need the
// state are made when it is carried out.
func checkBody(op *contract.Operation, raw []byte) error {
	body, err := contract.ParseBody("application/json", raw)
	if err != nil {
		return err
	}
	switch op.Action {
	case contract.UpdateProcess:
		_, err = contract.CheckUpdate(body, contract.Vendor)
	case contract.ScaleProcess:
		_, err = contract.CheckScale(body)
	case contract.UpdateApp:
		_, err = contract.CheckAppUpdate(body)
	}
	return err
}
