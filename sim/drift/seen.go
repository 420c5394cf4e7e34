package drift

import (
	"strconv"

	"example.com/capisim/sim/contract"
)

// known counts the answers of the contract: the statuses of the process
// operations.
func known() (n int) {
	for _, op := range contract.ProcessOperations() {
		n += len(op.Statuses)
	}
	return n
}

// saw notes that the target gave an answer of the contract.
func (r *Report) saw(p *probe, status int) {
	op := operationOf(p.method, p.path)
	if op == nil {
		return
	}
	if _, documented := op.Status(status); !documented {
		return
	}
	if key := op.ID + " " + strconv.Itoa(status); !r.given[key] {
		r.given[key] = true
		r.Seen++
	}
}

// operationOf finds the process operation that a request meets, nil for none.
func operationOf(method, path string) *contract.Operation {
	for _, op := range contract.ProcessOperations() {
		if _, fits := op.Parameters(path); fits && op.Method == method {
			return op
		}
	}
	return nil
}
