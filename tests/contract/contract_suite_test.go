// Package contract_test proves over HTTP, against the built command, that the
// thirteen operations behave as docs/CONTRACT.md says. The
// section marks (§) are those of docs/CONTRACT.md. It reads the operation
// table: what is said of all operations is tested for a new one as well.
package contract_test

import (
	"fmt"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/contract"
	"example.com/capisim/tests/harness"
)

func TestContract(t *testing.T) {
	RegisterFailHandler(Fail)
	suite, reporter := GinkgoConfiguration()
	suite.RandomizeAllSpecs = true
	RunSpecs(t, "Contract", suite, reporter)
}

// root is the address of the server that all specs share; each takes a world of
// its own.
var root string

var _ = BeforeSuite(func() { root = harness.Serve("--clock", "frozen").URL })

// operations makes an entry for each of the thirteen that a filter keeps.
func operations(keep func(*contract.Operation) bool) []TableEntry {
	var entries []TableEntry
	for _, op := range contract.ProcessOperations() {
		if keep(op) {
			entries = append(entries, Entry(fmt.Sprintf("%s %s", op.ID, op.Path), op))
		}
	}
	return entries
}

func all(*contract.Operation) bool          { return true }
func writes(op *contract.Operation) bool    { return op.Access == contract.Write }
func single(op *contract.Operation) bool    { return op.Action != contract.ListProcesses }
func takesBody(op *contract.Operation) bool { return op.Request != "" }

func does(actions ...contract.Action) func(*contract.Operation) bool {
	return func(op *contract.Operation) bool {
		for _, a := range actions {
			if op.Action == a {
				return true
			}
		}
		return false
	}
}
