// Package sweep finds what a client's error handling misses: it runs the client
// once for each way in which the API can fail, each run in a world of its own,
// and judges each run by what the client did, what it said and what state it
// left behind. It is mutation testing with the API's answers as the mutants.
//
// It hides how a run becomes a verdict. It knows no process and no socket: a
// Host gives it worlds, a Runner runs the client.
package sweep

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"example.com/capisim/sim/fault"
)

// Host gives worlds, each fresh and like every other.
type Host interface {
	World(ctx context.Context) (World, error)
}

// World is a world for the length of one run.
type World interface {
	// URL is the base that the client is given, without a slash at the end.
	URL() string
	Name() string
	// Forget drops what the journal holds, so that a set-up is not judged.
	Forget(ctx context.Context) error
	// Arm puts the rule of a cell in force.
	Arm(ctx context.Context, rule fault.Rule) error
	// Requests are the journal's, the oldest first.
	Requests(ctx context.Context) ([]Request, error)
	// State is the world as a scenario document in JSON.
	State(ctx context.Context) ([]byte, error)
	// Bundle is the world with what has happened to it, as one file.
	Bundle(ctx context.Context) ([]byte, error)
	// End deletes the world, which ends every answer that it holds back.
	End(ctx context.Context) error
}

// Runner runs the client once against a world and kills it at the limit.
type Runner func(ctx context.Context, w World, limit time.Duration) Ending

// Ending is what a run of the client came to.
type Ending struct {
	Exit    Exit
	Output  string // what it printed, standard output and error as they came; the end of it when it was long
	Seconds float64
	// Crashed is the line of the output that shows a crash, "" for none.
	Crashed string
}

// Exit is how a client ended: by a code, at the limit, or by a signal.
type Exit struct {
	Code    int
	Timeout bool
	Signal  string // such as "segmentation fault"
}

// String says it in words: "exit 1", "killed at the limit".
func (e Exit) String() string {
	switch {
	case e.Timeout:
		return "killed at the limit"
	case e.Signal != "":
		return "ended by the signal " + e.Signal
	}
	return "exit " + strconv.Itoa(e.Code)
}

// OK says that the client itself took the run for a success.
func (e Exit) OK() bool { return e.Code == 0 && !e.Timeout && e.Signal == "" }

// MarshalJSON writes the code, "timeout", or "signal: ...".
func (e Exit) MarshalJSON() ([]byte, error) {
	switch {
	case e.Timeout:
		return json.Marshal("timeout")
	case e.Signal != "":
		return json.Marshal("signal: " + e.Signal)
	}
	return json.Marshal(e.Code)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (e *Exit) UnmarshalJSON(raw []byte) error {
	*e = Exit{}
	if len(raw) == 0 || raw[0] != '"' {
		return json.Unmarshal(raw, &e.Code)
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return err
	}
	if e.Timeout = text == "timeout"; !e.Timeout {
		e.Signal = text[min(len("signal: "), len(text)):]
	}
	return nil
}

// Version is that of the form of a Result.
const Version = 1

// Result is what a sweep found, in the form of sweep.json.
type Result struct {
	Version   int             `json:"version"`
	Command   []string        `json:"command"`
	Reference ReferenceResult `json:"reference"`
	Cells     []CellResult    `json:"cells"`
	Summary   Summary         `json:"summary"`
	// NotRun counts the cells that a budget or an interruption left out.
	NotRun int `json:"not_run,omitempty"`
	// Unused are the entries of the accept file that no verdict matched.
	Unused []Acceptance `json:"unused,omitempty"`
}

// ReferenceResult is what the client does when nothing goes wrong.
type ReferenceResult struct {
	Seconds    float64          `json:"seconds"`
	Operations []OperationCount `json:"operations"`
}

// OperationCount says how often an operation was reached; the smaller of the
// two reference runs counts.
type OperationCount struct {
	ID    string `json:"id"`
	Count int    `json:"count"`
}

// CellResult is one cell with what its run came to.
type CellResult struct {
	Operation string    `json:"operation"`
	Answer    string    `json:"answer"`
	Error     string    `json:"error,omitempty"`
	Mode      string    `json:"mode"`
	Verdicts  []Verdict `json:"verdicts"`
	Grade     Grade     `json:"grade"`
	Exit      Exit      `json:"exit"`
	Attempts  int       `json:"attempts"`
	Fired     int       `json:"fired"`
	Seconds   float64   `json:"seconds"`
	Sentence  string    `json:"sentence"`
	Requests  []Sent    `json:"requests"`
	Output    string    `json:"output"`
	Accepted  *string   `json:"accepted"`
	Bundle    *string   `json:"bundle"`
}

// Sent is a request of a run, in short.
type Sent struct {
	Operation string `json:"operation"`
	Status    int    `json:"status"` // 0 when the connection died without an answer
	Injected  bool   `json:"injected"`
	Applied   bool   `json:"applied"`
}

// Summary counts the cells by grade; an accepted one counts as accepted alone.
type Summary struct {
	Bug        int `json:"bug"`
	Warning    int `json:"warning"`
	Note       int `json:"note"`
	Good       int `json:"good"`
	NotReached int `json:"not_reached"`
	Accepted   int `json:"accepted"`
}

// Fails says that a cell is of at least this grade and not accepted.
func (c *CellResult) Fails(least Grade) bool {
	if c.Accepted != nil {
		return false
	}
	return c.Grade == Bug || c.Grade == Warning && least != Bug || c.Grade == Note && least == Note
}

// Failing counts the cells of at least this grade that are not accepted.
func (r *Result) Failing(least Grade) int {
	n := 0
	for i := range r.Cells {
		if r.Cells[i].Fails(least) {
			n++
		}
	}
	return n
}

// ReadResult reads a sweep.json.
func ReadResult(name string, data []byte) (*Result, error) {
	var r Result
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("%s: not a sweep.json: %w", name, err)
	}
	if r.Version != Version {
		return nil, fmt.Errorf("%s: version %d, expected %d", name, r.Version, Version)
	}
	return &r, nil
}

// Count sums up the cells.
func Count(cells []CellResult) (s Summary) {
	for i := range cells {
		if cells[i].Accepted != nil {
			s.Accepted++
			continue
		}
		switch cells[i].Grade {
		case Bug:
			s.Bug++
		case Warning:
			s.Warning++
		case Note:
			s.Note++
		case NotReachedGrade:
			s.NotReached++
		default:
			s.Good++
		}
	}
	return s
}
