package sweep

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/socket"
)

// Mode says which of the matching requests a cell's answer is injected on.
type Mode string

// The modes, in the order in which they most often find something. Call is
// written with its number, "call 2".
const (
	After  Mode = "after"  // writes: the change is made, then the fault, once
	Lost   Mode = "lost"   // the same, and a stranger changes the field meanwhile
	Once   Mode = "once"   // the first matching request
	Always Mode = "always" // every one
	Call   Mode = "call"   // the N-th matching request
)

// Modes lists them in that order.
func Modes() []Mode { return []Mode{After, Lost, Once, Always, Call} }

// The answers of what stands in front of an API, beside statuses and socket
// faults.
const (
	HTML  = "html"  // 502 with a router's page
	Blank = "blank" // 503 without a body
)

// socketFaults are the ones that a sweep injects.
var socketFaults = []string{
	string(socket.Reset), string(socket.Empty), string(socket.Truncate), string(socket.Garbage), string(socket.Hang),
}

// Cell is one way to fail: an operation, an answer and a mode.
type Cell struct {
	Operation *contract.Operation
	Answer    string // "503", HTML, Blank, or the name of a socket fault
	Mode      Mode
	Number    int // of Call: which matching request, from 2
	// Stranger is what another client does meanwhile, in mode Lost.
	Stranger *Stranger
}

// ModeName is the mode as it is shown: "once", "call 2".
func (c Cell) ModeName() string {
	if c.Mode == Call {
		return fmt.Sprintf("call %d", c.Number)
	}
	return string(c.Mode)
}

// String names the cell as --only takes it, with its mode.
func (c Cell) String() string { return c.Operation.ID + ":" + c.Answer + " " + c.ModeName() }

// Status is the cell's HTTP status, 0 for a socket fault.
func (c Cell) Status() int {
	switch c.Answer {
	case HTML:
		return 502
	case Blank:
		return 503
	}
	status, err := strconv.Atoi(c.Answer)
	if err != nil {
		return 0
	}
	return status
}

// socket says that the answer is a fault of the connection.
func (c Cell) socket() bool { return c.Status() == 0 }

// Title is that of the catalogue error that the answer carries, "" when it
// carries none.
func (c Cell) Title() string {
	if c.Answer == HTML || c.Answer == Blank || c.socket() {
		return ""
	}
	if e, ok := c.Operation.DefaultError(c.Status()); ok {
		return e.Title
	}
	return ""
}

// answers lists what an operation can be answered in the modes once and always.
func answers(op *contract.Operation) (list []string) {
	for _, s := range op.Statuses {
		if s.Code != op.Success() {
			list = append(list, strconv.Itoa(s.Code))
		}
	}
	slices.Sort(list)
	return slices.Concat(list, []string{HTML, Blank}, socketFaults)
}

// Of the answers, these follow a change that was made, and these meet a later
// call.
var (
	lostAnswers = []string{"503", "502", "reset", "empty"}
	callAnswers = []string{"503", "reset"}
)

// Cells makes the cells of what a reference reached, in the order in which they
// are run.
func Cells(ref *Reference, o Options) []Cell {
	var cells []Cell
	for _, mode := range Modes() {
		if len(o.Modes) > 0 && !slices.Contains(o.Modes, mode) {
			continue
		}
		for _, reached := range ref.Operations {
			op, known := contract.OperationByID(reached.ID)
			if !known || op.Supporting && !o.Supporting {
				continue
			}
			for _, cell := range cellsOf(op, mode, reached.Count, ref) {
				if o.wants(cell) {
					cells = append(cells, cell)
				}
			}
		}
	}
	return cells
}

func cellsOf(op *contract.Operation, mode Mode, count int, ref *Reference) (cells []Cell) {
	switch mode {
	case After, Lost:
		if op.Access != contract.Write {
			return nil
		}
		var stranger *Stranger
		if mode == Lost {
			if stranger = ref.stranger(op); stranger == nil {
				return nil
			}
		}
		for _, answer := range lostAnswers {
			cells = append(cells, Cell{Operation: op, Answer: answer, Mode: mode, Stranger: stranger})
		}
	case Call:
		for n := 2; n <= count; n++ {
			for _, answer := range callAnswers {
				cells = append(cells, Cell{Operation: op, Answer: answer, Mode: Call, Number: n})
			}
		}
	default:
		for _, answer := range answers(op) {
			cells = append(cells, Cell{Operation: op, Answer: answer, Mode: mode})
		}
	}
	return cells
}

// ParseModes reads a comma list of modes; none given is all.
func ParseModes(text string) (list []Mode, err error) {
	for part := range strings.SplitSeq(text, ",") {
		mode := Mode(strings.TrimSpace(part))
		if mode == "" {
			continue
		}
		if !slices.Contains(Modes(), mode) {
			return nil, fmt.Errorf("%q, expected some of %s", mode, joined(Modes()))
		}
		list = append(list, mode)
	}
	return list, nil
}

// joined lists words for a message.
func joined[T ~string](list []T) string {
	texts := make([]string, len(list))
	for i, one := range list {
		texts[i] = string(one)
	}
	return strings.Join(texts, ", ")
}

// Selector picks cells: an operation, an answer, or both; "*" is any.
type Selector struct{ Operation, Answer string }

// ParseSelectors reads a comma list such as "updateProcess,scaleProcess:503,*:reset".
func ParseSelectors(text string) (list []Selector, err error) {
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		operation, answer, both := strings.Cut(part, ":")
		if !both {
			answer = "*"
		}
		if _, known := contract.OperationByID(operation); !known && operation != "*" {
			return nil, errors.New(contract.UnknownOperation(operation))
		}
		if !knownAnswer(answer) {
			return nil, errors.New(document.UnknownWord(answer, answerNames()))
		}
		list = append(list, Selector{operation, answer})
	}
	return list, nil
}

// answerNames are the answers beside statuses, with what stands for statuses.
func answerNames() []string {
	return slices.Concat([]string{"*", "a status", HTML, Blank}, socketFaults)
}

func knownAnswer(answer string) bool {
	status, err := strconv.Atoi(answer)
	return err == nil && status >= 400 && status < 600 || answer == "*" || answer == HTML || answer == Blank ||
		slices.Contains(socketFaults, answer)
}

func (s Selector) takes(operation, answer string) bool {
	return (s.Operation == "*" || s.Operation == operation) && (s.Answer == "*" || s.Answer == answer)
}

// wants says whether the options leave a cell in.
func (o Options) wants(c Cell) bool {
	picks := func(s Selector) bool { return s.takes(c.Operation.ID, c.Answer) }
	return (len(o.Only) == 0 || slices.ContainsFunc(o.Only, picks)) && !slices.ContainsFunc(o.Skip, picks)
}
