package admin

import (
	"strconv"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
)

func (c *call) listRequests() (reply, error) { return c.requests(false) }

func (c *call) listUnmatched() (reply, error) { return c.requests(true) }

func (c *call) requests(unmatched bool) (reply, error) {
	p := c.parameters()
	filter := p.filter()
	filter.Unmatched = unmatched
	number, size := p.page(defaultPerPage)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	page := c.world.Evidence().Entries(filter, number, size)
	out := client.Requests{Dropped: page.Dropped, List: client.List[journal.View]{
		Pagination: c.pagination(page.Total, number, size), Resources: make([]journal.View, len(page.Entries)),
	}}
	for i := range page.Entries {
		out.Resources[i] = page.Entries[i].View()
	}
	return ok(out), nil
}

// filter reads the parameters that narrow the journal.
func (p *parameters) filter() journal.Filter {
	f := journal.Filter{
		Operation: p.text("operation"), Status: p.whole("status", 0, 0, 999), Injected: p.boolean("injected"),
		Rule: p.text("rule"), User: p.text("user"), Since: p.moment("since"), Text: p.text("q"),
	}
	if f.Operation != "" {
		if _, known := contract.OperationByID(f.Operation); !known {
			p.problems = append(p.problems, document.Violation{Message: "query parameter operation: " + contract.UnknownOperation(f.Operation)})
		}
	}
	if text, given := p.query["after"]; given {
		id, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			p.add("after", "the id of a request")
		}
		f.After = id
	}
	return f
}

func (c *call) clearRequests() (reply, error) {
	c.world.Forget()
	c.changed(requestEvent)
	return deleted(), nil
}

func (c *call) getRequest() (reply, error) {
	text := c.params["id"]
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return reply{}, notFound("no request %q, expected a number", text)
	}
	entry, found := c.world.Evidence().Get(id)
	if !found {
		return reply{}, notFound("no request %d: the journal does not have it, or no longer has it", id)
	}
	return ok(entry.View()), nil
}
