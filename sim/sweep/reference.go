package sweep

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
)

// Reference is what the client does when nothing goes wrong: two runs that were
// alike.
type Reference struct {
	Operations []OperationCount // in the order of the table
	Seconds    float64          // the longer of the two

	begin, end endState
	requests   []Request // of the first run
	outputs    [2]string
	known      map[string]bool // the guids that stood in the world before
	listed     []string        // guids and names of list answers that the output names
}

// NotGreenError says why the client cannot be swept: its reference failed, or
// was not the same twice, or reached nothing.
type NotGreenError struct {
	Reason string
	Output string // of the failed run
}

func (e *NotGreenError) Error() string {
	if e.Output == "" {
		return e.Reason
	}
	return e.Reason + "\n" + strings.TrimRight(e.Output, "\n")
}

// referenceLimit bounds a run of which nothing is known yet.
const referenceLimit = 10 * time.Minute

// NewReference runs the client twice without a fault.
func NewReference(ctx context.Context, o Options) (*Reference, error) {
	var runs [2]*run
	for i := range runs {
		r, err := o.run(ctx, nil, referenceLimit, nil)
		if err != nil {
			return nil, err
		}
		if !r.ending.Exit.OK() {
			return nil, &NotGreenError{fmt.Sprintf("reference run %d of 2: %s, expected exit 0", i+1, r.ending.Exit), r.ending.Output}
		}
		runs[i] = r
	}
	first, second := runs[0], runs[1]
	ref := &Reference{
		Seconds: max(first.ending.Seconds, second.ending.Seconds),
		begin:   first.begin, end: first.end, requests: first.requests,
		outputs: [2]string{first.ending.Output, second.ending.Output}, known: first.known,
	}
	a, b := reached(first.requests), reached(second.requests)
	if !slices.Equal(slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b))) {
		return nil, &NotGreenError{Reason: fmt.Sprintf("the two reference runs reached different operations: %s; then %s", named(a), named(b))}
	}
	if different := first.end.difference(second.end); len(different) > 0 {
		return nil, &NotGreenError{Reason: "the two reference runs left different states:\n  " + strings.Join(different, "\n  ")}
	}
	for _, op := range contract.Operations() {
		if n := min(a[op.ID], b[op.ID]); n > 0 {
			ref.Operations = append(ref.Operations, OperationCount{op.ID, n})
		}
	}
	if !slices.ContainsFunc(ref.Operations, func(c OperationCount) bool {
		op, _ := contract.OperationByID(c.ID)
		return o.Supporting || !op.Supporting
	}) {
		return nil, &NotGreenError{Reason: "the command reached no operation of the API: does it use CAPISIM_URL (or CF_API, or {URL} in its arguments)?", Output: ""}
	}
	ref.listed = listedIn(first.requests, first.ending.Output)
	return ref, nil
}

// reached counts the requests of each operation.
func reached(requests []Request) map[string]int {
	counts := map[string]int{}
	for i := range requests {
		if requests[i].Operation != "" && !requests[i].Meanwhile {
			counts[requests[i].Operation]++
		}
	}
	return counts
}

func named(counts map[string]int) string {
	if len(counts) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(maps.Keys(counts)), ", ")
}

// changed says that the client changes something when all goes well.
func (ref *Reference) changed() bool { return !ref.begin.equals(ref.end) }

// usualLimit is the least limit of a run.
const usualLimit = 10 * time.Second

// limit is how long a run of a cell may take: the larger of the least and five
// times the reference, and what the first five answers announced.
func (ref *Reference) limit(c Cell, least time.Duration) time.Duration {
	if least == 0 {
		least = usualLimit
	}
	limit := max(least, time.Duration(5*ref.Seconds*float64(time.Second)))
	if !c.announces() {
		return limit
	}
	if c.Mode == Always {
		return limit + 5*announced
	}
	return limit + announced
}

// polled says that the client sends the same request more than once when all
// goes well.
func (ref *Reference) polled(r *Request) bool {
	n := 0
	for i := range ref.requests {
		if ref.requests[i].same(r) {
			n++
		}
	}
	return n > 1
}
