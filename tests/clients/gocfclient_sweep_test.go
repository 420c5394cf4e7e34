package clients_test

import (
	"context"
	"testing"

	"github.com/cloudfoundry/go-cfclient/v3/client"
	"github.com/cloudfoundry/go-cfclient/v3/config"
	"github.com/cloudfoundry/go-cfclient/v3/resource"

	"example.com/capisim/sim"
	"example.com/capisim/tests/harness"
)

// TestSweepOfGoCFClient sweeps the three writes of the library. What it does not
// do, and why that stays, stands in the accept file.
func TestSweepOfGoCFClient(t *testing.T) {
	three, command := 3, "rackup -q"
	for name, act := range map[string]func(context.Context, *client.Client) error{
		"scale": func(ctx context.Context, cf *client.Client) error {
			_, err := cf.Processes.Scale(ctx, harness.DemoWeb, &resource.ProcessScale{Instances: &three})
			return err
		},
		"update": func(ctx context.Context, cf *client.Client) error {
			_, err := cf.Processes.Update(ctx, harness.DemoWeb, &resource.ProcessUpdate{Command: &command})
			return err
		},
		"restart": func(ctx context.Context, cf *client.Client) error {
			return cf.Processes.Terminate(ctx, harness.DemoWeb, 0)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim.Sweep(t, func(t sim.TB, srv *sim.Server) error {
				c, err := config.New(srv.URL, config.UserPassword("developer", "developer"))
				if err != nil {
					return err
				}
				cf, err := client.New(c)
				if err != nil {
					return err
				}
				return act(context.Background(), cf)
			}, sim.AcceptFile("testdata/gocfclient-accept.yaml"), sim.FailOn("warning"), sim.Skip("*:hang"))
		})
	}
}
