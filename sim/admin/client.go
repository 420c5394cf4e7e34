package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/scenario"
)

// Client talks to the admin API of a running server. Its methods may be called
// from everywhere at once. Their errors are *UnreachableError when no answer
// came, *AnswerError when the server refused, and else about an answer that is
// none of capisim's.
type Client struct {
	URL   string       // of the server, with or without a slash at the end
	World string       // "" or "default" for the default one
	Token string       // "" for none
	HTTP  *http.Client // nil for http.DefaultClient
}

// UnreachableError says that the server gave no answer.
type UnreachableError struct {
	URL   string
	Cause error
}

// Error names the server and the cause in one line.
func (e *UnreachableError) Error() string {
	return fmt.Sprintf("capisim was not reached at %s: %s", e.URL, oneLine(e.Cause.Error()))
}

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Cause }

// AnswerError is a refusal of the server.
type AnswerError struct {
	Status   int
	Problems []Problem
}

// Error gives all problems in one line.
func (e *AnswerError) Error() string {
	if len(e.Problems) == 0 {
		return fmt.Sprintf("capisim answered %d %s", e.Status, http.StatusText(e.Status))
	}
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = oneLine(p.Detail)
		if p.Pointer != "" {
			texts[i] = p.Pointer + ": " + texts[i]
		}
	}
	return strings.Join(texts, "; ")
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// path is an admin path with its variable parts escaped.
func path(segments ...string) string {
	var out strings.Builder
	out.WriteString("/admin")
	for _, segment := range segments {
		out.WriteString("/" + url.PathEscape(segment))
	}
	return out.String()
}

// atRoot marks the calls about worlds, which only the default one answers.
func (c *Client) atRoot() *Client {
	root := *c
	root.World = ""
	return &root
}

func (c *Client) address(path string, query url.Values) string {
	address := strings.TrimRight(c.URL, "/")
	if c.World != "" && c.World != "default" {
		address += "/worlds/" + url.PathEscape(c.World)
	}
	address += path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return address
}

// send makes one request and returns an answer of the 200s, its body open, or
// that of a verdict.
func (c *Client) send(ctx context.Context, method, address string, body []byte) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, &UnreachableError{URL: c.URL, Cause: err}
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.Token != "" {
		request.Header.Set("Authorization", "Bearer "+c.Token)
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		var about *url.Error
		if errors.As(err, &about) {
			err = about.Err // the rest repeats method and address
		}
		return nil, &UnreachableError{URL: c.URL, Cause: err}
	}
	if response.StatusCode < 300 {
		return response, nil
	}
	defer response.Body.Close()
	return nil, refusedBy(response)
}

func refusedBy(response *http.Response) error {
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	var body problemsJSON
	if err == nil && json.Unmarshal(raw, &body) == nil && len(body.Errors) > 0 {
		return &AnswerError{Status: response.StatusCode, Problems: body.Errors}
	}
	return &AnswerError{Status: response.StatusCode}
}

// call makes one request and reads its JSON answer into a value; nil for none.
func (c *Client) call(ctx context.Context, method, address string, body []byte, into any) error {
	raw, err := c.bytes(ctx, method, address, body)
	if err != nil || into == nil {
		return err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s is no admin API of capisim: %w", c.URL, err)
	}
	return nil
}

func (c *Client) bytes(ctx context.Context, method, address string, body []byte) ([]byte, error) {
	response, err := c.send(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, &UnreachableError{URL: c.URL, Cause: err}
	}
	return raw, nil
}

// all reads a list page by page.
func all[T any](ctx context.Context, c *Client, path string) ([]T, error) {
	list := []T{}
	for number := 1; ; number++ {
		var page List[T]
		query := url.Values{"page": {strconv.Itoa(number)}, "per_page": {strconv.Itoa(maxPerPage)}}
		if err := c.call(ctx, get, c.address(path, query), nil, &page); err != nil {
			return nil, err
		}
		list = append(list, page.Resources...)
		if page.Pagination.Next == nil || len(page.Resources) == 0 {
			return list, nil
		}
	}
}

// Overview shows the world at a glance.
func (c *Client) Overview(ctx context.Context) (Overview, error) {
	var out Overview
	err := c.call(ctx, get, c.address(path(), nil), nil, &out)
	return out, err
}

// Operations lists the operation table.
func (c *Client) Operations(ctx context.Context) ([]OperationView, error) {
	return all[OperationView](ctx, c, path("operations"))
}

// Scenarios lists what can be loaded.
func (c *Client) Scenarios(ctx context.Context) ([]scenario.Info, error) {
	return all[scenario.Info](ctx, c, path("scenarios"))
}

// SetFault makes an operation answer a status; the part is the rest of the
// rule, its zero value nothing more.
func (c *Client) SetFault(ctx context.Context, operation string, status int, part fault.Rule) (fault.Status, error) {
	var out fault.Status
	err := c.call(ctx, put, c.address(path("faults", operation, strconv.Itoa(status)), nil), compact(part), &out)
	return out, err
}

// Faults lists the rules with their counters, the newest first.
func (c *Client) Faults(ctx context.Context) ([]fault.Status, error) {
	return all[fault.Status](ctx, c, path("faults"))
}

// ClearFault takes one rule away.
func (c *Client) ClearFault(ctx context.Context, id string) error {
	return c.call(ctx, remove, c.address(path("faults", id), nil), nil, nil)
}

// ClearFaults takes all rules away.
func (c *Client) ClearFaults(ctx context.Context) error {
	return c.call(ctx, remove, c.address(path("faults"), nil), nil, nil)
}

// Load puts the world on a scenario of the server, by name.
func (c *Client) Load(ctx context.Context, name string) (Overview, error) {
	return c.LoadDocument(ctx, compact(map[string]string{"scenario": name}))
}

// LoadDocument puts the world on a scenario document, in YAML or JSON.
func (c *Client) LoadDocument(ctx context.Context, document []byte) (Overview, error) {
	var out Overview
	err := c.call(ctx, post, c.address(path("load"), nil), document, &out)
	return out, err
}

// Reset brings the world back to its scenario, or only these parts of it:
// state, faults, journal, clock.
func (c *Client) Reset(ctx context.Context, only ...string) (Overview, error) {
	body := map[string][]string{}
	if len(only) > 0 {
		body["only"] = only
	}
	var out Overview
	err := c.call(ctx, post, c.address(path("reset"), nil), compact(body), &out)
	return out, err
}

// State returns the world as a scenario document, in "yaml" or "json".
func (c *Client) State(ctx context.Context, format string) ([]byte, error) {
	return c.bytes(ctx, get, c.address(path("state"), url.Values{"format": {format}}), nil)
}

// Worlds lists all worlds, the default one first.
func (c *Client) Worlds(ctx context.Context) ([]WorldView, error) {
	return all[WorldView](ctx, c.atRoot(), path("worlds"))
}

// CreateWorld makes a world.
func (c *Client) CreateWorld(ctx context.Context, wanted NewWorld) (WorldView, error) {
	root := c.atRoot()
	body, err := json.Marshal(wanted)
	if err != nil {
		return WorldView{}, fmt.Errorf("create world: %w", err)
	}
	var out WorldView
	return out, root.call(ctx, post, root.address(path("worlds"), nil), body, &out)
}

// DeleteWorld ends a world.
func (c *Client) DeleteWorld(ctx context.Context, name string) error {
	root := c.atRoot()
	return root.call(ctx, remove, root.address(path("worlds", name), nil), nil, nil)
}

// Clock shows the world's clock.
func (c *Client) Clock(ctx context.Context) (ClockState, error) { return c.clock(ctx, get, nil) }

// FreezeClock stops the clock where it is.
func (c *Client) FreezeClock(ctx context.Context) (ClockState, error) {
	return c.clock(ctx, put, compact(map[string]string{"mode": "frozen"}))
}

// ResumeClock lets the clock run on from where it is.
func (c *Client) ResumeClock(ctx context.Context) (ClockState, error) {
	return c.clock(ctx, put, compact(map[string]string{"mode": "real"}))
}

func (c *Client) clock(ctx context.Context, method string, body []byte) (ClockState, error) {
	var out ClockState
	err := c.call(ctx, method, c.address(path("clock"), nil), body, &out)
	return out, err
}

// AdvanceClock moves the clock forwards.
func (c *Client) AdvanceClock(ctx context.Context, by time.Duration) (ClockState, error) {
	var out ClockState
	body := compact(map[string]string{"by": by.String()})
	err := c.call(ctx, post, c.address(path("clock", "advance"), nil), body, &out)
	return out, err
}
