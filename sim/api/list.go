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
	b := slices.Grow(c.room(), 512+2048*len(page.Views))
	b = appendPagination(b, c.base()+path, query, page.Total)
	b = append(b, `,"resources":[`...)
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
	var instances []byte
	if embed {
		c.instances = appendInstances(c.instances[:0], view, c.now)
		instances = c.instances
	}
	return renderingOf(view, c.snap.Variant, c.base()).appendRead(b, hiddenInList, instances)
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
