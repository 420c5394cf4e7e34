package client

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"example.com/capisim/sim/journal"
)

// RequestFilter narrows the journal; what is left zero does not matter.
type RequestFilter struct {
	Operation string
	Status    int
	Text      string // found in path, query, headers or body
	Unmatched bool   // met no operation
}

func (f RequestFilter) values() url.Values {
	values := url.Values{}
	if f.Operation != "" {
		values.Set("operation", f.Operation)
	}
	if f.Status != 0 {
		values.Set("status", strconv.Itoa(f.Status))
	}
	if f.Text != "" {
		values.Set("q", f.Text)
	}
	return values
}

func (f RequestFilter) lets(v *journal.View) bool {
	return (f.Operation == "" || v.Operation == f.Operation) && (f.Status == 0 || v.Response.Status == f.Status) &&
		(!f.Unmatched || v.Operation == "")
}

// Requests returns the newest requests, the newest first, at most limit of
// them, and how many the journal has forgotten.
func (c *Client) Requests(ctx context.Context, filter RequestFilter, limit int) ([]journal.View, uint64, error) {
	values := filter.values()
	values.Set("per_page", strconv.Itoa(min(max(limit, 1), MaxPerPage)))
	at := path("requests")
	if filter.Unmatched {
		at = path("requests", "unmatched")
	}
	page, err := ask[Requests](ctx, c, http.MethodGet, c.address(at, values), nil)
	return page.Resources, page.Dropped, err
}

// ClearRequests forgets the journaled requests.
func (c *Client) ClearRequests(ctx context.Context) error { return c.remove(ctx, path("requests")) }

// Follow hands over requests as they come, until the context ends, the world
// does, or show returns an error, which it then returns. Filter.Text is not
// asked for here.
func (c *Client) Follow(ctx context.Context, filter RequestFilter, show func(journal.View) error) error {
	response, err := c.send(ctx, http.MethodGet, c.address(path("events"), nil), nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, maxAnswer)
	event := ""
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ": ")
		switch {
		case key == "event":
			event = value
		case key == "data" && event == "request":
			if err := follow(value, filter, show); err != nil {
				return err
			}
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	if err := lines.Err(); err != nil {
		return &UnreachableError{URL: c.URL, Cause: err}
	}
	return nil
}

func follow(data string, filter RequestFilter, show func(journal.View) error) error {
	var view journal.View
	if err := json.Unmarshal([]byte(data), &view); err != nil {
		return fmt.Errorf("read event: %w", err)
	}
	if view.ID == 0 || !filter.lets(&view) { // 0: about no single request
		return nil
	}
	return show(view)
}

func worldsQuery(allWorlds bool) url.Values {
	if allWorlds {
		return url.Values{"worlds": {"all"}}
	}
	return nil
}

// Coverage returns the matrix of the world, or the sum of all worlds.
func (c *Client) Coverage(ctx context.Context, allWorlds bool) (journal.Matrix, error) {
	return ask[journal.Matrix](ctx, c, http.MethodGet, c.address(path("coverage"), worldsQuery(allWorlds)), nil)
}

// Reactions returns what clients did about injected faults.
func (c *Client) Reactions(ctx context.Context, allWorlds bool) (journal.ReactionReport, error) {
	return ask[journal.ReactionReport](ctx, c, http.MethodGet, c.address(path("reactions"), worldsQuery(allWorlds)), nil)
}

// Verify judges the expectations of a document, in YAML or JSON.
func (c *Client) Verify(ctx context.Context, document []byte, allWorlds bool) (journal.Judgement, error) {
	return ask[journal.Judgement](ctx, c, http.MethodPost, c.address(path("expectations"), worldsQuery(allWorlds)), document)
}

// Export writes the journal, as "har" or "pact".
func (c *Client) Export(ctx context.Context, format string, to io.Writer) error {
	response, err := c.send(ctx, http.MethodGet, c.address(path("export"), url.Values{"format": {format}}), nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(to, response.Body); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// Bundle is the world as it was when its journal began, with all that happened
// since, as one file (capisim replay plays it).
func (c *Client) Bundle(ctx context.Context) ([]byte, error) {
	return c.bytes(ctx, http.MethodGet, c.address(path("bundle"), nil), nil)
}
