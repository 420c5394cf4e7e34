package bundle

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
)

// Stage is a world in which a bundle is played again. It begins as the bundle
// does.
type Stage interface {
	// Show makes the world's clock stand at a time.
	Show(now time.Time)
	// Change carries out a request to the admin API.
	Change(c *Change) error
	// Put puts the world into the state of a scenario document.
	Put(scenario []byte) error
	// Send sends a request to the world and returns what its journal has of it,
	// behind what rules made others send.
	Send(r *Request) ([]journal.View, error)
}

// Report says how a replay went.
type Report struct {
	World       string       `json:"world"`
	Requests    int          `json:"requests"` // that were sent again
	Changes     int          `json:"changes"`
	Forgotten   Forgotten    `json:"forgotten"`
	Left        []Left       `json:"left"` // that could not be sent again
	Differences []Difference `json:"differences"`
}

// Left is a request that could not be sent again.
type Left struct {
	Request uint64 `json:"request"`
	Reason  string `json:"reason"`
}

// Difference is a request that was answered in another way, or a change that was
// not taken.
type Difference struct {
	Request uint64 `json:"request,omitempty"` // its id, 0 for a change
	Title   string `json:"title"`             // method and path
	Parts   []Part `json:"parts"`
}

// Part is one thing that differs: where, what was recorded and what came now.
type Part struct {
	Where    string `json:"where"`
	Recorded string `json:"recorded"`
	Now      string `json:"now"`
}

// Same says that everything was answered as it was recorded.
func (r *Report) Same() bool { return len(r.Differences) == 0 }

// Replay plays a bundle on a stage and compares.
func Replay(b *Bundle, on Stage) *Report {
	r := &Report{World: b.World, Forgotten: b.Forgotten, Left: []Left{}, Differences: []Difference{}}
	var wake []journal.View // what others sent because of the request that comes
	for i := range b.Steps {
		step := &b.Steps[i]
		on.Show(step.Time)
		switch {
		case step.Change != nil:
			r.Changes++
			r.refused(step.Change.Method+" "+step.Change.Path, on.Change(step.Change))
		case step.State != nil:
			r.Changes++
			r.refused("PUT /admin/state", on.Put(step.State))
		case step.Request.Meanwhile:
			wake = append(wake, step.Request.View)
		default:
			r.send(step.Request, on, wake)
			wake = nil
		}
	}
	return r
}

func (r *Report) refused(title string, err error) {
	if err != nil {
		r.Differences = append(r.Differences, Difference{Title: title, Parts: []Part{{"change", "taken", err.Error()}}})
	}
}

func (r *Report) send(q *Request, on Stage, wake []journal.View) {
	if lacks := q.lacks(); lacks != "" {
		r.Left = append(r.Left, Left{q.ID, "the journal had not kept " + lacks})
		return
	}
	now, err := on.Send(q)
	if err != nil {
		r.Left = append(r.Left, Left{q.ID, err.Error()})
		return
	}
	r.Requests++
	then := append(wake, q.View)
	for i := range max(len(then), len(now)) {
		switch {
		case i >= len(now):
			r.differs(&then[i], Part{"request", "sent", "not sent"})
		case i >= len(then):
			r.differs(&now[i], Part{"request", "not sent", "sent"})
		default:
			r.differs(&then[i], compare(&then[i], &now[i])...)
		}
	}
}

func (r *Report) differs(v *journal.View, parts ...Part) {
	if len(parts) > 0 {
		r.Differences = append(r.Differences, Difference{Request: v.ID, Title: v.Request.Method + " " + v.Request.Path, Parts: parts})
	}
}

// WriteJSON writes the report as JSON.
func (r *Report) WriteJSON(to io.Writer) error {
	raw, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		_, err = fmt.Fprintf(to, "%s\n", raw)
	}
	return err
}

// WriteText writes the report for people.
func (r *Report) WriteText(to io.Writer) error {
	out := &printer{to: to}
	if n := r.Forgotten.Requests; n > 0 {
		out.line("%s before the first are not in the bundle: the journal had forgotten them, and what they changed is missing", document.Count(n, "request"))
	}
	if n := r.Forgotten.Changes; n > 0 {
		out.line("%s before the first are not in the bundle: there were too many", document.Count(n, "change"))
	}
	for _, left := range r.Left {
		out.line("request %d was not sent again: %s", left.Request, left.Reason)
	}
	for _, d := range r.Differences {
		if d.Request > 0 {
			out.line("request %d: %s", d.Request, d.Title)
		} else {
			out.line("%s", d.Title)
		}
		for _, part := range d.Parts {
			out.line("  %s: %s, now %s", part.Where, part.Recorded, part.Now)
		}
	}
	sum := "all as recorded"
	if !r.Same() {
		sum = fmt.Sprintf("%d not as recorded", len(r.Differences))
	}
	out.line("world %s: %s and %s played again, %s", r.World, document.Count(r.Requests, "request"), document.Count(r.Changes, "change"), sum)
	return out.err
}

// printer writes lines until one fails.
type printer struct {
	to  io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.to, format+"\n", args...)
	}
}
