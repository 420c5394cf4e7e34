package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
)

// Request is one request that a world has met, and what became of it. Secrets
// are masked.
type Request struct {
	ID        uint64    // rises with each request of the world
	Time      time.Time // on the world's clock
	Operation string    // id, "" when the request met none
	Nearest   string    // then: what was probably meant
	User      string    // who the caller was, "" for nobody

	Method string
	Path   string // without the world's prefix
	Query  string
	Header http.Header
	Body   string

	Status       int    // that the client saw, 0 when there was no answer
	Error        string // title of the error that was answered
	AnswerHeader http.Header
	Answer       string // its body

	Rule       string   // id of the fault rule that decided
	Injected   bool     // a fault stands in the place of the real answer
	Applied    bool     // the request changed the state, whatever the answer said
	Held       bool     // the answer is held back, there is none yet
	Connection string   // what a fault did to the connection
	Meanwhile  bool     // sent by a rule in the name of another client
	Violations []string // what in it the published schema does not allow

	cut string // what of the body was not kept, in words
}

func requestOf(v *journal.View) Request {
	r := Request{
		ID: v.ID, Time: v.Time, Operation: v.Operation, User: v.Client.User,
		Method: v.Request.Method, Path: v.Request.Path, Query: v.Request.Query, Header: v.Request.Headers, Body: v.Request.Body,
		Status: v.Response.Status, Error: v.Response.Error, AnswerHeader: v.Response.Headers, Answer: v.Response.Body,
		Rule: v.Rule, Injected: v.Injected, Applied: v.Applied, Held: v.Held, Connection: v.ConnectionFault, Meanwhile: v.Meanwhile,
	}
	if v.Nearest != nil {
		r.Nearest = v.Nearest.Message
	}
	for _, one := range v.Violations.List {
		r.Violations = append(r.Violations, document.Violations{one}.Error())
	}
	if v.Request.Cut {
		r.cut = fmt.Sprintf("its first %d of %d bytes were kept", len(v.Request.Body), v.Request.Size)
	}
	return r
}

// JSON decodes the body of the request.
func (r Request) JSON(t TB, into any) {
	t.Helper()
	if r.cut != "" {
		t.Fatalf("decode the body of %s: %s", r, r.cut)
	}
	if err := json.Unmarshal([]byte(r.Body), into); err != nil {
		t.Fatalf("decode the body of %s: %v: %s", r, err, r.Body)
	}
}

// String is the request in one line, with what became of it.
func (r Request) String() string {
	return strings.Join(strings.Fields(strings.Join(r.columns(), " ")), " ")
}

// columns are the parts of the line.
func (r Request) columns() []string {
	target := r.Path
	if r.Query != "" {
		target += "?" + r.Query
	}
	return []string{"#" + strconv.FormatUint(r.ID, 10), r.Method, target, strings.Join(r.answered(), ", ")}
}

// answered tells what came of the request.
func (r Request) answered() []string {
	var parts []string
	switch {
	case r.Held:
		parts = append(parts, "no answer yet")
	case r.Status == 0:
		parts = append(parts, "no answer")
	default:
		parts = append(parts, strings.TrimSpace(strconv.Itoa(r.Status)+" "+r.Error))
	}
	if r.Connection != "" {
		parts = append(parts, "connection "+r.Connection)
	}
	if r.Injected {
		parts = append(parts, strings.TrimSpace("injected by "+r.Rule))
	}
	if r.Injected && r.Applied {
		parts = append(parts, "took effect")
	}
	if r.Meanwhile {
		parts = append(parts, "sent by another client")
	}
	if r.Nearest != "" {
		parts = append(parts, r.Nearest)
	}
	return parts
}

// Requests returns what the journal of the world holds, oldest first.
func (s *Server) Requests(t TB) []Request {
	t.Helper()
	page := s.world.Evidence().Entries(journal.Filter{}, 1, s.Simulator.config.worlds.Bounds.JournalEntries)
	list := make([]Request, 0, len(page.Entries))
	for _, entry := range slices.Backward(page.Entries) {
		view := entry.View()
		list = append(list, requestOf(&view))
	}
	return list
}

// ClearRequests empties the journal of the world: what comes now is another
// story. Coverage and reactions stay.
func (s *Server) ClearRequests(t TB) {
	t.Helper()
	s.must(t, "clear the requests", http.MethodDelete, "/admin/requests", nil, nil)
}

// WantRequests ends the test unless as many requests as expected match:
// WantRequests(t, Match{Operation: "updateProcess"}, AtMost(3)). The failure
// shows what was seen, and the requests that differ least.
func (s *Server) WantRequests(t TB, match Match, count Count) {
	t.Helper()
	wanted, err := match.object()
	if err != nil {
		t.Fatalf("want requests: %v", err)
	}
	if count.bounds == nil {
		t.Fatalf("want requests: no count, expected Exactly, AtLeast, AtMost, Between or Never")
	}
	s.verify(t, object{"match": wanted, "count": count.bounds, "within": count.within.String()}, func(v *journal.Verified) string {
		raw, _ := json.Marshal(wanted) // it was just read
		return fmt.Sprintf("requests that match %s: %d found, expected %s", raw, v.Found, v.Expected)
	})
}

// WantInOrder ends the test unless requests that match these came one after the
// other; others may stand between them.
func (s *Server) WantInOrder(t TB, matches ...Match) {
	t.Helper()
	steps := make([]object, len(matches))
	for i, match := range matches {
		var err error
		if steps[i], err = match.object(); err != nil {
			t.Fatalf("want requests in order: %v", err)
		}
	}
	s.verify(t, object{"in_order": steps}, func(v *journal.Verified) string {
		raw, _ := json.Marshal(steps[v.Found]) // it was just read
		return fmt.Sprintf("requests in order: %d of %d found, expected next one that matches %s", v.Found, len(steps), raw)
	})
}

// verify asks the journal, and ends the test with words for what was found.
func (s *Server) verify(t TB, question object, told func(*journal.Verified) string) {
	t.Helper()
	var verified journal.Verified
	s.must(t, "want requests", http.MethodPost, "/admin/requests/verify", question, &verified)
	if verified.Result == journal.Met {
		return
	}
	text := told(&verified)
	if verified.Result == journal.Unknown {
		text += fmt.Sprintf("; forgotten: %s, which could decide (the option Journal keeps more)", document.Count(int(verified.Dropped), "request"))
	}
	t.Fatalf("%s", strings.TrimRight(text+"\n"+s.seen(verified.Nearest), "\n"))
}

// maxSeen is how many requests a failure shows.
const maxSeen = 10

// seen tells a failed test which requests came, and why the one that is nearest
// to what was wanted is not.
func (s *Server) seen(nearest []journal.Near) string {
	evidence := s.world.Evidence()
	page := evidence.Entries(journal.Filter{}, 1, maxSeen)
	total := evidence.Stats().Entries
	var out bytes.Buffer
	if len(nearest) > 0 {
		near := nearest[0]
		fmt.Fprintf(&out, "  nearest: #%d %s %s: %s\n", near.ID, near.Method, near.Path, strings.Join(near.Differences, "; "))
	}
	switch {
	case total == 0:
		out.WriteString("  no request was seen\n")
	case total > len(page.Entries):
		fmt.Fprintf(&out, "  seen: %d requests, the last %d:\n", total, len(page.Entries))
	default:
		fmt.Fprintf(&out, "  seen: %s\n", document.Count(total, "request"))
	}
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	for _, entry := range slices.Backward(page.Entries) {
		view := entry.View()
		fmt.Fprintf(table, "    %s\n", strings.Join(requestOf(&view).columns(), "\t"))
	}
	table.Flush() //nolint:errcheck // into memory
	return out.String()
}
