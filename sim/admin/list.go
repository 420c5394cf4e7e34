package admin

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
)

// Pagination tells where a page stands, in the form of the simulated API.
type Pagination struct {
	TotalResults int   `json:"total_results"`
	TotalPages   int   `json:"total_pages"` // at least 1
	First        Link  `json:"first"`
	Last         Link  `json:"last"`
	Next         *Link `json:"next"`     // null on the last page
	Previous     *Link `json:"previous"` // null on the first
}

// Link leads to a page.
type Link struct {
	Href string `json:"href"`
}

// List is a page of resources.
type List[T any] struct {
	Pagination Pagination `json:"pagination"`
	Resources  []T        `json:"resources"`
}

// How many resources a page has when the caller does not say, and at most.
const (
	defaultPerPage = 50
	maxPerPage     = 5000
)

// pageParameters are known to every list.
var pageParameters = []string{"page", "per_page"}

func withPages(more ...string) []string { return append(more, pageParameters...) }

// page reads which page is wanted.
func (p *parameters) page(perPage int) (number, size int) {
	return p.whole("page", 1, 1, math.MaxInt32), p.whole("per_page", perPage, 1, maxPerPage)
}

// pagination makes the links of a page; filters stay in them.
func (c *call) pagination(total, number, size int) Pagination {
	pages := max(1, (total+size-1)/size)
	link := func(n int) Link {
		values := url.Values{}
		for name, value := range c.query {
			values.Set(name, value)
		}
		values.Set("page", strconv.Itoa(n))
		values.Set("per_page", strconv.Itoa(size))
		return Link{Href: fmt.Sprintf("%s%s?%s", c.base(c.request, c.world.Prefix), c.request.URL.EscapedPath(), values.Encode())}
	}
	p := Pagination{TotalResults: total, TotalPages: pages, First: link(1), Last: link(pages)}
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
	p := c.parameters()
	number, size := p.page(perPage)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	first := min((number-1)*size, len(all))
	last := min(first+size, len(all))
	return ok(List[T]{Pagination: c.pagination(len(all), number, size), Resources: append([]T{}, all[first:last]...)}), nil
}
