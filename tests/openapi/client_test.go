package openapi_test

import (
	"context"
	"net/http"
	"testing"

	"example.com/capisim/sim"
	"example.com/capisim/sim/contract"
	"example.com/capisim/tests/openapi/client"
)

// TestGeneratedClient: a client that was generated from the document, and knows
// nothing else, carries out the thirteen operations and understands a refusal.
func TestGeneratedClient(t *testing.T) {
	t.Parallel()
	srv := sim.Start(t)
	c, err := client.NewClientWithResponses(srv.URL, client.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "bearer developer")
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	const app, web = "c1000000-0000-4000-8000-000000000001", "web"
	ctx, instances, command, size := t.Context(), 3, "bundle exec puma", 1
	embed := []client.GetProcessParamsEmbed{client.GetProcessParamsEmbedProcessInstances}
	order := client.ListProcessesParamsOrderByMinusCreatedAt

	list, err := c.ListProcessesWithResponse(ctx, &client.ListProcessesParams{PerPage: &size, OrderBy: &order})
	must(t, err, list.JSON200 != nil && len(list.JSON200.Resources) == 1 && list.JSON200.Pagination.TotalResults == 3)
	ofApp, err := c.ListAppProcessesWithResponse(ctx, app, nil)
	must(t, err, ofApp.JSON200 != nil && len(ofApp.JSON200.Resources) == 2)
	process, err := c.GetProcessWithResponse(ctx, app, &client.GetProcessParams{Embed: &embed})
	must(t, err, process.JSON200 != nil && process.JSON200.Type == web && len(*process.JSON200.ProcessInstances) == 2)
	twin, err := c.GetProcessForAppWithResponse(ctx, app, web, nil)
	must(t, err, twin.JSON200 != nil && twin.JSON200.Guid == app)
	updated, err := c.UpdateProcessWithResponse(ctx, app, client.ProcessUpdate{Command: &command})
	must(t, err, updated.JSON200 != nil && updated.JSON200.Command == command)
	updatedTwin, err := c.UpdateProcessForAppWithResponse(ctx, app, web, client.ProcessUpdate{Command: &command})
	must(t, err, updatedTwin.JSON200 != nil)
	scaled, err := c.ScaleProcessWithResponse(ctx, app, client.ProcessScale{Instances: &instances})
	must(t, err, scaled.JSON202 != nil && scaled.JSON202.Instances == instances)
	scaledTwin, err := c.ScaleProcessForAppWithResponse(ctx, app, web, client.ProcessScale{Instances: &instances})
	must(t, err, scaledTwin.JSON202 != nil)
	stats, err := c.GetProcessStatsWithResponse(ctx, app)
	must(t, err, stats.JSON200 != nil && len(stats.JSON200.Resources) == instances)
	statsTwin, err := c.GetProcessStatsForAppWithResponse(ctx, app, web)
	must(t, err, statsTwin.JSON200 != nil)
	listed, err := c.ListProcessInstancesWithResponse(ctx, app)
	must(t, err, listed.JSON200 != nil && len(listed.JSON200.Resources) == instances)
	ended, err := c.TerminateProcessInstanceWithResponse(ctx, app, 0)
	must(t, err, ended.StatusCode() == http.StatusNoContent)
	endedTwin, err := c.TerminateProcessInstanceForAppWithResponse(ctx, app, web, 1)
	must(t, err, endedTwin.StatusCode() == http.StatusNoContent)

	srv.Fault(t, sim.Fault{Operation: "updateProcess", Status: http.StatusConflict, Times: 1})
	refused, err := c.UpdateProcessWithResponse(ctx, app, client.ProcessUpdate{Command: &command})
	must(t, err, refused.JSON409 != nil && refused.JSON409.Errors[0].Title == "CF-Conflict")

	met := map[string]bool{}
	for _, r := range srv.Requests(t) {
		met[r.Operation] = true
	}
	if len(met) != len(contract.ProcessOperations()) {
		t.Errorf("%d operations were met: %v", len(met), met)
	}
}

func must(t *testing.T, err error, good bool) {
	t.Helper()
	if err != nil || !good {
		t.Fatalf("%v, as expected: %t", err, good)
	}
}
