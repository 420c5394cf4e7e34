package journal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/socket"
)

// Phase says when an injected answer came.
type Phase string

// An injected answer comes before the request takes effect or after it did.
const (
	Before Phase = "before"
	After  Phase = "after"
)

var phases = []string{string(Before), string(After)}

// CellName names a cell, or a variant of it: updateProcess:422,
// updateProcess:422/CF-LabelLimitExceeded, scaleProcess:503@after; or a fault of
// the connection: scaleProcess:reset@after.
type CellName struct {
	Operation  string      `json:"operation"`
	Status     int         `json:"status,omitempty"`
	Error      string      `json:"error,omitempty"` // title or catalogue name
	Connection socket.Kind `json:"connection,omitempty"`
	Phase      Phase       `json:"phase,omitempty"`
}

// Variant says that it names less than a whole cell.
func (n CellName) Variant() bool { return n != CellName{Operation: n.Operation, Status: n.Status} }

// String gives the form that ParseCells reads.
func (n CellName) String() string {
	text := n.Operation + ":" + string(n.Connection)
	if n.Connection == "" {
		text += strconv.Itoa(n.Status)
	}
	if n.Error != "" {
		text += "/" + n.title()
	}
	if n.Phase != "" {
		text += "@" + string(n.Phase)
	}
	return text
}

// title is that of the error, which may be named without its prefix.
func (n CellName) title() string {
	if known, ok := contract.ErrorNamed(n.Error); ok {
		return known.Title
	}
	return n.Error
}

// problem says why there is nothing of that name, and which part of it is wrong;
// both are "" when there is.
func (n CellName) problem() (message, part string) {
	o, ok := contract.OperationByID(n.Operation)
	switch {
	case !ok || o.Supporting:
		return notKnown(n.Operation, "an operation with coverage cells", coveredIDs()), "operation"
	case n.Phase != "" && !slices.Contains(phases, string(n.Phase)):
		return notKnown(string(n.Phase), "a phase", phases), "phase"
	case n.Connection != "" && !slices.Contains(socket.Names(), string(n.Connection)):
		return notKnown(string(n.Connection), "a connection fault", socket.Names()), "connection"
	case n.Connection != "" && (n.Status != 0 || n.Error != ""):
		return `stands beside "status" or "error", expected one or the other`, "connection"
	case n.Connection != "":
		return "", ""
	case n.Status == 0:
		return `has neither "status" nor "connection"`, ""
	}
	s, ok := o.Status(n.Status)
	if !ok || !s.Cell() {
		return fmt.Sprintf("%d is not a documented status of %s, expected one of %s", n.Status, n.Operation, strings.Join(cellCodes(o), ", ")), "status"
	}
	if n.Error == "" {
		return "", ""
	}
	var titles []string
	for _, known := range s.Errors {
		if !slices.Contains(titles, known.Title) {
			titles = append(titles, known.Title)
		}
	}
	if slices.Contains(titles, n.title()) {
		return "", ""
	}
	if titles == nil {
		return fmt.Sprintf("%q, expected no error: %d is a success of %s", n.Error, n.Status, n.Operation), "error"
	}
	return notKnown(n.Error, fmt.Sprintf("an error of %s:%d", n.Operation, n.Status), titles), "error"
}

// notKnown words a name that is not known: what was probably meant, or all that
// there is.
func notKnown(found, what string, known []string) string {
	lower := make([]string, len(known))
	for i, name := range known {
		lower[i] = strings.ToLower(name)
	}
	if at := slices.Index(lower, document.Nearest(found, lower)); at >= 0 {
		return fmt.Sprintf("%q is not %s, did you mean %s?", found, what, known[at])
	}
	return fmt.Sprintf("%q is not %s, expected one of %s", found, what, strings.Join(known, ", "))
}

func coveredIDs() []string {
	var ids []string
	for _, o := range contract.ProcessOperations() {
		ids = append(ids, o.ID)
	}
	return ids
}

func cellCodes(o *contract.Operation) []string {
	var codes []int
	for _, s := range o.Statuses {
		if s.Cell() {
			codes = append(codes, s.Code)
		}
	}
	slices.Sort(codes)
	texts := make([]string, len(codes))
	for i, code := range codes {
		texts[i] = strconv.Itoa(code)
	}
	return texts
}

// cellForms is what a name looks like, for messages and help.
const cellForms = "OPERATION:STATUS[/ERROR][@PHASE] or OPERATION:CONNECTION[@PHASE], such as updateProcess:409"

// ParseCells reads names such as "updateProcess:409,scaleProcess:reset@after".
// The error is document.Violations, one for each name that nothing has.
func ParseCells(text string) ([]CellName, error) {
	var names []CellName
	var wrong document.Violations
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, problem := parseCell(part)
		if problem == "" {
			problem, _ = name.problem()
		}
		if problem != "" {
			wrong = append(wrong, document.Violation{Message: problem})
			continue
		}
		names = append(names, name)
	}
	if wrong != nil {
		return nil, wrong
	}
	return names, nil
}

func parseCell(text string) (name CellName, problem string) {
	operation, rest, found := strings.Cut(text, ":")
	rest, phase, phased := strings.Cut(rest, "@")
	rest, title, titled := strings.Cut(rest, "/")
	if !found || rest == "" || phased && phase == "" || titled && title == "" {
		return name, fmt.Sprintf("%q is not a cell, expected %s", text, cellForms)
	}
	name = CellName{Operation: operation, Error: title, Phase: Phase(phase)}
	if status, err := strconv.Atoi(rest); err == nil {
		name.Status = status
	} else if name.Connection = socket.Kind(rest); !slices.Contains(socket.Names(), rest) {
		return name, fmt.Sprintf("%q is not a cell, %s", text, notKnown(rest, "a status or a connection fault", socket.Names()))
	}
	if name.Connection != "" && titled {
		return name, fmt.Sprintf("%q is not a cell, a connection fault carries no error", text)
	}
	return name, ""
}
