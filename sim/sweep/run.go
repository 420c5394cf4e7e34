package sweep

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Options say what is swept and how.
type Options struct {
	Host       Host
	Run        Runner
	Setup      Runner // before each run, in its world; nil for none
	Command    []string
	Supporting bool // sweep the supporting operations too
	Only, Skip []Selector
	Modes      []Mode        // none given is all
	Budget     time.Duration // no cell begins later; 0 does not bound it
	Parallel   int           // at least 1
	Accept     []Acceptance
	Baseline   *Result
	// Limit is the least limit of a run; 0 is ten seconds.
	Limit time.Duration
	// Keep puts the bundle of a finding somewhere and says where; nil keeps none.
	Keep func(cell Cell, bundle []byte) (string, error)
	// Now asks the wall for the time.
	Now func() time.Time
	// Done is told of each judged cell, one at a time; nil for nobody.
	Done func(done, all int, cell *CellResult)
}

// run is one run of the client with all that it left behind.
type run struct {
	ending     Ending
	requests   []Request
	begin, end endState
	known      map[string]bool
	fired      int
	bundle     []byte // when there is something to keep
}

// run makes a world, runs the client in it and gathers the evidence. A nil cell
// is a run without a fault.
func (o Options) run(ctx context.Context, cell *Cell, limit time.Duration, ref *Reference) (*run, error) {
	w, err := o.Host.World(ctx)
	if err != nil {
		return nil, err
	}
	over := context.WithoutCancel(ctx)
	defer w.End(over) //nolint:errcheck // a world that is gone already is what is wanted
	if o.Setup != nil {
		if out := o.Setup(ctx, w, referenceLimit); !out.Exit.OK() {
			return nil, &NotGreenError{fmt.Sprintf("the set-up ended with %s, expected exit 0", out.Exit), out.Output}
		}
		if err := w.Forget(ctx); err != nil {
			return nil, err
		}
	}
	r := &run{}
	if ref != nil {
		r.begin, r.known = ref.begin, ref.known
	} else {
		document, err := w.State(ctx)
		if err != nil {
			return nil, err
		}
		tree, err := decodeState(document)
		if err != nil {
			return nil, err
		}
		r.known = guidsOf(tree, map[string]bool{})
		if r.begin, err = newEndState(document, nil, r.known); err != nil {
			return nil, err
		}
	}
	if cell != nil {
		if err := w.Arm(ctx, cell.rule()); err != nil {
			return nil, fmt.Errorf("arm the cell %s: %w", cell, err)
		}
	}
	r.ending = o.Run(ctx, w, limit)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err := r.gather(over, w); err != nil || o.Keep == nil || cell == nil || !slices.ContainsFunc(judge(ref, *cell, r), isFinding) {
		return r, err
	}
	r.bundle, err = w.Bundle(over)
	return r, err
}

func (r *run) gather(ctx context.Context, w World) (err error) {
	if r.requests, err = w.Requests(ctx); err != nil {
		return err
	}
	for i := range r.requests {
		if r.requests[i].Injected && !r.requests[i].Meanwhile {
			r.fired++
		}
	}
	document, err := w.State(ctx)
	if err != nil {
		return err
	}
	r.end, err = newEndState(document, r.requests, r.known)
	return err
}

// Sweep runs the cells of a reference and judges them. When the context ends,
// what is done is returned, with the context's error.
func Sweep(ctx context.Context, o Options, ref *Reference) (*Result, error) {
	cells := Cells(ref, o)
	results := make([]*CellResult, len(cells))
	began := o.Now()
	var (
		mutex sync.Mutex
		next  int
		done  int
		first error
		group sync.WaitGroup
	)
	take := func() (int, bool) {
		mutex.Lock()
		defer mutex.Unlock()
		if next == len(cells) || first != nil || ctx.Err() != nil || o.Budget > 0 && o.Now().Sub(began) >= o.Budget {
			return 0, false
		}
		next++
		return next - 1, true
	}
	for range max(1, o.Parallel) {
		group.Go(func() {
			for {
				i, more := take()
				if !more {
					return
				}
				result, err := o.Cell(ctx, ref, cells[i])
				mutex.Lock()
				switch {
				case err != nil && ctx.Err() == nil && first == nil:
					first = err
				case err == nil:
					results[i] = result
					if done++; o.Done != nil {
						o.Done(done, len(cells), result)
					}
				}
				mutex.Unlock()
			}
		})
	}
	group.Wait()
	if first != nil {
		return nil, first
	}
	out := &Result{Version: Version, Command: o.Command, Cells: []CellResult{},
		Reference: ReferenceResult{Seconds: ref.Seconds, Operations: ref.Operations}}
	for _, result := range results {
		if result != nil {
			out.Cells = append(out.Cells, *result)
		} else {
			out.NotRun++
		}
	}
	out.Unused = accept(out.Cells, o.Accept)
	baseline(out.Cells, o.Baseline)
	out.Summary = Count(out.Cells)
	return out, ctx.Err()
}

// repetitions is how many further runs may confirm a finding; the first that
// does is enough.
const repetitions = 2

// Cell runs one cell, and again when there is something to confirm, and accepts
// what the options accept.
func (o Options) Cell(ctx context.Context, ref *Reference, c Cell) (*CellResult, error) {
	r, err := o.run(ctx, &c, ref.limit(c, o.Limit), ref)
	if err != nil {
		return nil, err
	}
	verdicts := judge(ref, c, r)
	open := slices.DeleteFunc(slices.Clone(verdicts), func(v Verdict) bool { return !isFinding(v) })
	for n := 0; n < repetitions && len(open) > 0; n++ {
		again, err := o.run(ctx, &c, ref.limit(c, o.Limit), ref)
		if err != nil {
			return nil, err
		}
		confirmed := judge(ref, c, again)
		open = slices.DeleteFunc(open, func(v Verdict) bool { return slices.Contains(confirmed, v) })
	}
	for _, v := range open {
		verdicts[slices.Index(verdicts, v)] = Unstable
	}
	verdicts = slices.Compact(verdicts)
	out := []CellResult{result(ref, c, r, verdicts)}
	if r.bundle != nil {
		name, err := o.Keep(c, r.bundle)
		if err != nil {
			return nil, fmt.Errorf("keep a bundle: %w", err)
		}
		out[0].Bundle = &name
	}
	accept(out, o.Accept)
	return &out[0], nil
}

// kept of an output in a result.
const outputKept = 4 << 10

func result(ref *Reference, c Cell, r *run, verdicts []Verdict) CellResult {
	j := judgement{ref: ref, cell: c, run: r, attempts: attempts(r.requests)}
	out := CellResult{
		Operation: c.Operation.ID, Answer: c.Answer, Error: c.Title(), Mode: c.ModeName(), Verdicts: verdicts, Grade: worst(verdicts),
		Exit: r.ending.Exit, Attempts: len(j.attempts), Fired: r.fired, Seconds: r.ending.Seconds, Sentence: j.sentence(verdicts),
		Requests: []Sent{}, Output: lastBytes(r.ending.Output, outputKept),
	}
	for i := range r.requests {
		q := &r.requests[i]
		out.Requests = append(out.Requests, Sent{q.Operation, q.Status, q.Injected, q.Applied})
	}
	return out
}

// lastBytes is the end of a text, from the beginning of a character.
func lastBytes(text string, n int) string {
	if len(text) <= n {
		return text
	}
	cut := len(text) - n
	for cut < len(text) && text[cut]&0xC0 == 0x80 {
		cut++
	}
	return text[cut:]
}
