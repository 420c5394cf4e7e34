package sweep

import (
	"strconv"
	"time"

	"example.com/capisim/sim/document"
)

// Request is one entry of the journal as the judges see it.
type Request struct {
	ID        uint64
	Operation string // "" when it met none
	Method    string
	Path      string
	Query     string
	Body      string
	Status    int // 0 when the connection died without an answer
	Injected  bool
	Applied   bool // it changed state
	Held      bool // not answered yet
	Meanwhile bool // a stranger's, sent by a rule
	Fault     string
	Begin     time.Time // counted from the server's start: only the difference to another one is true
	End       time.Time
	// RetryAfter is the time that the answer told the client to wait; negative
	// when it told none.
	RetryAfter time.Duration
	Answer     string // body
}

// same says that two requests ask for the same: method, path, query and body,
// bodies compared as values.
func (r *Request) same(other *Request) bool {
	if r.Method != other.Method || r.Path != other.Path || r.Query != other.Query {
		return false
	}
	one, err := document.Decode([]byte(r.Body))
	another, errOther := document.Decode([]byte(other.Body))
	return r.Body == other.Body || err == nil && errOther == nil && one.Same(another)
}

func (r *Request) write() bool { return r.Method != "GET" && r.Method != "HEAD" }

// succeeded says that the client was told so.
func (r *Request) succeeded() bool { return r.Status >= 200 && r.Status < 400 && r.Fault == "" }

// gap is the pause from the answer of one request to the next.
func gap(before, after *Request) time.Duration { return max(0, after.Begin.Sub(before.End)) }

// attempts are the requests of one pursuit: the first that was injected, and
// all that ask for the same after it.
func attempts(requests []Request) (list []*Request) {
	for i := range requests {
		r := &requests[i]
		if r.Meanwhile {
			continue
		}
		if len(list) == 0 && r.Injected || len(list) > 0 && list[0].same(r) {
			list = append(list, r)
		}
	}
	return list
}

// restarts counts how often each instance and each app was restarted, by what
// took effect.
func restarts(requests []Request) map[string]int {
	counts := map[string]int{}
	for i := range requests {
		r := &requests[i]
		if !r.Applied || r.Meanwhile {
			continue
		}
		switch r.Operation {
		case "terminateProcessInstance", "terminateProcessInstanceForApp", "startApp", "restartApp", "createDeployment":
			counts[r.Method+" "+r.Path]++
		}
	}
	return counts
}

// parseRetryAfter reads the seconds of the header; a date is rare here and
// counts as none told.
func parseRetryAfter(value string) time.Duration {
	seconds, err := strconv.Atoi(value)
	if err != nil || seconds < 0 {
		return -1
	}
	return time.Duration(seconds) * time.Second
}
