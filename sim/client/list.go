package client

import "example.com/capisim/sim/journal"

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

// Problem is one entry of an admin error (DESIGN.md §7).
type Problem struct {
	Code    int    `json:"code"` // the HTTP status
	Title   string `json:"title"`
	Detail  string `json:"detail"`  // what was found and what was expected
	Pointer string `json:"pointer"` // JSON pointer into the body, "" when it is not about one place of it
}

// Problems is the body of an admin error: all of them at once.
type Problems struct {
	Errors []Problem `json:"errors"`
}

// Requests is a page of the journal.
type Requests struct {
	List[journal.View]
	Dropped uint64 `json:"dropped"` // how many the bounds had forgotten
}

// MaxPerPage is how many resources a page has at most.
const MaxPerPage = 5000
