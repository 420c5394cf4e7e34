package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"example.com/capisim/sim/client"
)

func (p *program) clockCommand() *cobra.Command {
	cmd := p.clockStep("clock", "Show the world's clock; freeze it, resume it, move it forward", noWord,
		func(ctx context.Context, c *client.Client, _ []string) (client.ClockState, error) {
			return c.Clock(ctx)
		})
	cmd.AddCommand(
		p.clockStep("freeze", "Freeze the clock", arguments(0, 0),
			func(ctx context.Context, c *client.Client, _ []string) (client.ClockState, error) {
				return c.FreezeClock(ctx)
			}),
		p.clockStep("resume", "Let the clock run on from where it stands", arguments(0, 0),
			func(ctx context.Context, c *client.Client, _ []string) (client.ClockState, error) {
				return c.ResumeClock(ctx)
			}),
		p.clockStep("advance DURATION", "Move the clock forward", arguments(1, 1),
			func(ctx context.Context, c *client.Client, args []string) (client.ClockState, error) {
				var by time.Duration
				if err := span(&by).Set(args[0]); err != nil {
					return client.ClockState{}, misused("clock advance: %q, %w", args[0], err)
				}
				return c.AdvanceClock(ctx, by)
			}),
	)
	return cmd
}

// clockStep is a command that changes the clock and prints how it stands then.
func (p *program) clockStep(use, short string, args cobra.PositionalArgs,
	do func(context.Context, *client.Client, []string) (client.ClockState, error),
) *cobra.Command {
	var format string
	cmd := remote(&cobra.Command{Use: use, Short: short, Args: args},
		func(ctx context.Context, c *client.Client, args []string) error {
			clock, err := do(ctx, c, args)
			switch {
			case err != nil:
				return err
			case format == formatJSON:
				return p.printJSON(clock)
			}
			_, err = fmt.Fprintf(p.stdout, "%s at %s\n", clock.Mode, clock.Now.Format(time.RFC3339Nano))
			return err
		})
	formatFlag(cmd, &format)
	return cmd
}
