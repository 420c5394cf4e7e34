// Package socket is the table of what can be done to a connection in the place
// of an answer, or while one is sent. It hides nothing but that the faults are
// data: rules are checked by it, the journal judges by it what a client saw, and
// help and console list it. How a fault is done is known to whoever writes answers.
package socket

import (
	"slices"
	"strconv"
	"time"
)

// Kind names a fault of the connection.
type Kind string

// The faults, in the order in which they are listed.
const (
	Reset    Kind = "reset"
	Close    Kind = "close"
	Empty    Kind = "empty"
	Truncate Kind = "truncate"
	Garbage  Kind = "garbage"
	Drip     Kind = "drip"
	Hang     Kind = "hang"
)

// Parameter names what a fault takes beside its name.
type Parameter string

// Each parameter belongs to the faults whose rows name it.
const (
	NoParameter    Parameter = ""
	AfterBytes     Parameter = "after_bytes"      // how much of the body is sent
	BytesPerSecond Parameter = "bytes_per_second" // how fast it is sent
	For            Parameter = "for"              // how long nothing is sent
)

// What a fault does when it is given by its name alone. A truncate sends half
// of the body then.
const (
	DefaultRate = 512              // bytes per second of a drip
	DefaultHold = 30 * time.Second // of a hang
)

// Fault is a row of the table.
type Fault struct {
	Kind  Kind
	Words string // what the client sees, for help
	// NeedsAnswer says that it is done to the bytes of an answer: to the real
	// one when none is injected.
	NeedsAnswer bool
	// LeavesAnswer says that the client gets a whole answer after all.
	LeavesAnswer bool
	// Repeatable says that HTTP libraries may take it for the death of an idle
	// connection, and send a request again by themselves.
	Repeatable bool
	Parameter  Parameter
}

var table = []Fault{
	{Kind: Reset, Words: "the connection is torn down (RST), without a byte", Repeatable: true},
	{Kind: Close, Words: "hung up (FIN) before the body is read", Repeatable: true},
	{Kind: Empty, Words: "the request is read in full, then hung up", Repeatable: true},
	{Kind: Truncate, Words: "the answer stops in the middle of its body", NeedsAnswer: true, Parameter: AfterBytes},
	{Kind: Garbage, Words: "bytes that are not HTTP"},
	{Kind: Drip, Words: "the body trickles, " + rateText + " unless told otherwise", NeedsAnswer: true, LeavesAnswer: true, Parameter: BytesPerSecond},
	{Kind: Hang, Words: "nothing is sent for a while, " + holdText + " unless told otherwise, then hung up", Parameter: For},
}

var (
	rateText = strconv.Itoa(DefaultRate) + " bytes a second"
	holdText = DefaultHold.String()
)

// Faults returns the table. It is shared: read only.
func Faults() []Fault { return table }

// Find returns a row; ok is false when there is none of that name.
func Find(kind Kind) (row Fault, ok bool) {
	at := slices.IndexFunc(table, func(f Fault) bool { return f.Kind == kind })
	if at < 0 {
		return Fault{}, false
	}
	return table[at], true
}

// Names lists the names, for messages.
func Names() []string {
	names := make([]string, len(table))
	for i, row := range table {
		names[i] = string(row.Kind)
	}
	return names
}

// NeedsAnswer is that of the kind's row; false for no kind at all.
func (k Kind) NeedsAnswer() bool { row, _ := Find(k); return row.NeedsAnswer }

// LeavesAnswer is that of the kind's row: true for no kind at all, since then
// nothing stands between a client and its answer.
func (k Kind) LeavesAnswer() bool {
	if k == "" {
		return true
	}
	row, _ := Find(k)
	return row.LeavesAnswer
}

// Repeatable is that of the kind's row; false for no kind at all.
func (k Kind) Repeatable() bool { row, _ := Find(k); return row.Repeatable }
