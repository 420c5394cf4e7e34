package api

import (
	"net/http"
	"slices"
	"strconv"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

func listProcesses(c *call) (reply, error) {
	query, err := contract.ParseListQuery(c.req.URL.RawQuery, c.op.Nested)
	if err != nil {
		return reply{}, err
	}
	app, path := c.ref.AppGUID, "/v3/processes"
	if !c.op.Nested {
		app = c.strayApp() // the trap of §4
	}
	if app != "" {
		path = "/v3/apps/" + app + "/processes"
	}
	page, err := c.snap.State.List(c.who, app, query, c.views)
	if err != nil {
		return reply{}, err
	}
	c.views = page.Views
	if query.Embed && len(page.Views) > 0 && !page.Views[0].StatsAvailable() {
		return reply{}, contract.UnknownError // §9
	}
	b := slices.Grow(c.room(), 512+2048*min(longList, len(page.Views)))
	b = appendPagination(b, c.base()+path, query, page.Total)
	b = append(b, `,"resources":[`...)
	if len(page.Views) > longList && c.dry == nil && c.early.Connection == nil {
		return c.longReply(b, page.Views, query.Embed), nil
	}
	for i, view := range page.Views {
		if i > 0 {
			b = append(b, ',')
		}
		b = c.appendListed(b, view, query.Embed)
	}
	b = append(b, "]}"...)
	c.keep(b)
	return reply{status: http.StatusOK, body: b}, nil
}

// longList is how many processes a page may have that is made before it is sent.
// Of a longer one, which nobody cuts or drips, the parts are written one by one.
const (
	longList = 100
	partSize = 128 << 10
)

// longReply begins a long list behind what opens it. Its length is told by the
// versions of the processes, which are all at hand.
func (c *call) longReply(b []byte, views []state.View, embed bool) reply {
	size := len(b) + len(views) - 1 + len("]}")
	for _, view := range views {
		size += renderingOf(view, c.snap.Variant, c.base()).readSize(hiddenInList, c.embedded(view, embed))
	}
	next, ended := 0, false
	more := func(b []byte) []byte {
		for next < len(views) && len(b) < partSize {
			if next > 0 {
				b = append(b, ',')
			}
			b = c.appendListed(b, views[next], embed)
			next++
		}
		if next == len(views) && !ended {
			ended = true
			b = append(b, "]}"...)
		}
		c.keep(b)
		return b
	}
	return reply{status: http.StatusOK, body: more(b), size: size, more: func(last []byte) []byte { return more(last[:0]) }}
}

// room is memory for a list, which keep hands on to the next call; none for an
// answer that outlives its call.
func (c *call) room() []byte {
	if c.dry != nil {
		return nil
	}
	return c.page[:0]
}

func (c *call) keep(page []byte) {
	if c.dry == nil {
		c.page = page
	}
}

// appendListed writes a process as lists show it: the command hidden from
// everyone, administrators included (§12).
func (c *call) appendListed(b []byte, view state.View, embed bool) []byte {
	return renderingOf(view, c.snap.Variant, c.base()).appendRead(b, hiddenInList, c.embedded(view, embed))
}

// embedded are the instances of a process when they are to be embedded, good
// until the next ones.
func (c *call) embedded(view state.View, embed bool) []byte {
	if !embed {
		return nil
	}
	c.instances = appendInstances(c.instances[:0], view, c.now)
	return c.instances
}

// appendPagination opens a list with the object of §13.3; its links carry all
// recognised parameters.
func appendPagination(b []byte, address string, query contract.ListQuery, total int) []byte {
	last := query.LastPage(total)
	link := func(b []byte, page int) []byte {
		b = append(document.AppendEscaped(append(b, `{"href":"`...), address), '?')
		return append(document.AppendEscaped(b, query.Link(page)), `"}`...)
	}
	b = strconv.AppendInt(append(b, `{"pagination":{"total_results":`...), int64(total), 10)
	b = strconv.AppendInt(append(b, `,"total_pages":`...), int64(last), 10)
	b = link(append(b, `,"first":`...), 1)
	b = link(append(b, `,"last":`...), last)
	b = append(b, `,"next":`...)
	if query.Page < last {
		b = link(b, query.Page+1)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"previous":`...)
	if query.Page > 1 {
		b = link(b, query.Page-1)
	} else {
		b = append(b, "null"...)
	}
	return append(b, '}')
}
