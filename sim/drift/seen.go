package drift

import (
	"strconv"
	"strings"

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
	path, _, _ = strings.Cut(path, "?")
	segments := strings.FieldsFunc(path, func(c rune) bool { return c == '/' })
	for _, op := range contract.ProcessOperations() {
		if op.Method == method && fits(strings.Split(op.Path[1:], "/"), segments) {
			return op
		}
	}
	return nil
}

func fits(pattern, segments []string) bool {
	if len(pattern) != len(segments) {
		return false
	}
	for i, want := range pattern {
		if want != segments[i] && want[0] != '{' {
			return false
		}
	}
	return true
}
