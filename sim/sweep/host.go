package sweep

import (
	"context"
	"fmt"
	"slices"
	"time"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
)

// Server is a Host that makes the worlds of a running server.
type Server struct {
	Client *client.Client // of the server's default world
	New    client.NewWorld
}

// World makes a world under a name that the server chooses.
func (s Server) World(ctx context.Context) (World, error) {
	made, err := s.Client.CreateWorld(ctx, s.New)
	if err != nil {
		return nil, fmt.Errorf("make a world: %w", err)
	}
	c := *s.Client
	c.World = made.Name
	return &served{client: &c, name: made.Name, url: made.URL}, nil
}

// served is a world of a running server.
type served struct {
	client    *client.Client
	name, url string
}

func (w *served) Name() string { return w.name }
func (w *served) URL() string  { return w.url }

func (w *served) Forget(ctx context.Context) error { return w.client.ClearRequests(ctx) }

func (w *served) Arm(ctx context.Context, rule fault.Rule) error {
	_, err := w.client.AddFault(ctx, rule)
	return err
}

func (w *served) State(ctx context.Context) ([]byte, error)  { return w.client.State(ctx, "json") }
func (w *served) Bundle(ctx context.Context) ([]byte, error) { return w.client.Bundle(ctx) }
func (w *served) End(ctx context.Context) error              { return w.client.DeleteWorld(ctx, w.name) }

// requestsKept is how many requests of one run are judged: more than any client
// sends that has a limit.
const requestsKept = 5000

func (w *served) Requests(ctx context.Context) ([]Request, error) {
	views, _, err := w.client.Requests(ctx, client.RequestFilter{}, requestsKept)
	if err != nil {
		return nil, err
	}
	slices.Reverse(views)
	out := make([]Request, len(views))
	for i := range views {
		out[i] = requestOf(&views[i])
	}
	return out, nil
}

func requestOf(v *journal.View) Request {
	r := Request{
		ID: v.ID, Operation: v.Operation, Method: v.Request.Method, Path: v.Request.Path, Query: v.Request.Query, Body: v.Request.Body,
		Status: v.Response.Status, Injected: v.Injected, Applied: v.Applied, Held: v.Held, Meanwhile: v.Meanwhile, Fault: v.ConnectionFault,
		Begin: journal.At(v.BegunMS), RetryAfter: -1, Answer: v.Response.Body,
	}
	if !r.Held {
		r.End = r.Begin.Add(time.Duration(v.LatencyMS * float64(time.Millisecond)))
	}
	if told := v.Response.Headers.Get("Retry-After"); told != "" {
		r.RetryAfter = parseRetryAfter(told)
	}
	return r
}
