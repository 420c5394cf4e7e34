package admin

import (
	"fmt"
	"math"
	"net/url"
	"strconv"

	"example.com/capisim/sim/client"
)

// How many resources a page has when the caller does not say, and at most.
const (
	defaultPerPage = 50
	maxPerPage     = client.MaxPerPage
)

// pageParameters are known to every list.
var pageParameters = []string{"page", "per_page"}

func withPages(more ...string) []string { return append(more, pageParameters...) }

// page reads which page is wanted.
func (p *parameters) page(perPage int) (number, size int) {
	return p.whole("page", 1, 1, math.MaxInt32), p.whole("per_page", perPage, 1, maxPerPage)
}

// pagination makes the links of a page; filters stay in them.
func (c *call) pagination(total, number, size int) client.Pagination {
	pages := max(1, (total+size-1)/size)
	link := func(n int) client.Link {
		values := url.Values{}
		for name, value := range c.query {
			values.Set(name, value)
		}
		values.Set("page", strconv.Itoa(n))
		values.Set("per_page", strconv.Itoa(size))
		return client.Link{Href: fmt.Sprintf("%s%s?%s", c.own(c.request, c.world.Prefix), c.request.URL.EscapedPath(), values.Encode())}
	}
	p := client.Pagination{TotalResults: total, TotalPages: pages, First: link(1), Last: link(pages)}
	if number < pages {
		next := link(number + 1)
		p.Next = &next
	}
	if number > 1 {
		previous := link(min(number-1, pages))
		p.Previous = &previous
	}
	return p
}

// listed answers one page of a list that is at hand in full.
func listed[T any](c *call, perPage int, all []T) (reply, error) {
	page, err := paged(c, perPage, all)
	if err != nil {
		return reply{}, err
	}
	return ok(page), nil
}

// paged cuts out the page that the query asks for.
func paged[T any](c *call, perPage int, all []T) (page client.List[T], err error) {
	p := c.parameters()
	number, size := p.page(perPage)
	if err := p.err(); err != nil {
		return page, err
	}
	first := min((number-1)*size, len(all))
	last := min(first+size, len(all))
	return client.List[T]{Pagination: c.pagination(len(all), number, size), Resources: append([]T{}, all[first:last]...)}, nil
}
