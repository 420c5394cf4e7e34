package main

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/scenario"
)

func (p *program) worldCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "world", Short: "Worlds of the server"}
	group(cmd)
	cmd.AddCommand(p.worldCreateCommand(), p.worldListCommand(), p.worldDeleteCommand())
	return cmd
}

func (p *program) worldCreateCommand() *cobra.Command {
	var wish client.NewWorld
	var play, format string
	var ttl time.Duration
	var seed int64
	var cmd *cobra.Command
	cmd = remote(&cobra.Command{
		Use:   "create [NAME]",
		Short: "Create a world; without a name it is given one",
		Args:  arguments(0, 1),
	}, func(ctx context.Context, c *client.Client, args []string) error {
		if len(args) > 0 {
			wish.Name = args[0]
		}
		var err error
		if wish.Scenario, err = p.played(play); err != nil {
			return err
		}
		if cmd.Flags().Changed("seed") {
			wish.Seed = &seed
		}
		if ttl > 0 {
			wish.TTL = ttl.String()
		}
		made, err := c.CreateWorld(ctx, wish)
		if err != nil {
			return err
		}
		return p.printWorlds(format, made, []client.WorldView{made})
	})
	cmd.Flags().StringVar(&play, "scenario", "", "`name` of a scenario, or a file (default: what the default world plays)")
	cmd.Flags().StringVar(&wish.From, "from", "", "`world` to copy as it is now: state, logins, clock, rules with their progress")
	cmd.Flags().Var(oneOf(&wish.Clock, "real", "frozen"), "clock", "let its clock run or stand still (default: as the scenario or the origin has it)")
	cmd.Flags().Var(oneOf(&wish.Auth, "permissive", "strict"), "auth", "what unknown tokens are (default: likewise)")
	cmd.Flags().Var(anyNumber(&seed), "seed", "`number` that names and draws come from (default: the scenario's)")
	cmd.Flags().Var(oneOf((*string)(&wish.Variant), "default", "open-source", "vendor"), "variant", "edition of the API (default: the scenario's)")
	for _, name := range []string{"scenario", "seed", "variant"} {
		cmd.Flags().SetAnnotation(name, notBeside, []string{"from"}) //nolint:errcheck // the flag is there
	}
	cmd.Flags().Var(span(&ttl), "ttl", "how long it lives without a request (default: for ever)")
	// Not --listen: in a container the environment sets that for the server.
	cmd.Flags().StringVar(&wish.Listen, "at", "", "`address` of a port of its own, such as 127.0.0.1:0")
	formatFlag(cmd, &format)
	return cmd
}

// played is what a new world plays in the admin API's form: the name of a
// scenario, the document of a file, or nothing.
func (p *program) played(play string) (any, error) {
	switch {
	case play == "":
		return nil, nil
	case !isFile(play):
		return play, nil
	}
	data, err := p.read(play)
	if err != nil {
		return nil, misused("%w", err)
	}
	library, err := openLibrary("")
	if err != nil {
		return nil, err
	}
	parsed, err := scenario.Parse(play, data, library)
	if err != nil {
		return nil, misused("%w", err)
	}
	return parsed.Document, nil
}

func (p *program) worldListCommand() *cobra.Command {
	var format string
	cmd := remotes(&cobra.Command{
		Use:   "list",
		Short: "List the worlds",
		Args:  arguments(0, 0),
	}, func(ctx context.Context, all servers, _ []string) error {
		lists, err := askAll(ctx, all, func(ctx context.Context, c *client.Client) ([]client.WorldView, error) { return c.Worlds(ctx) })
		if err != nil {
			return err
		}
		worlds := slices.Concat(lists...)
		return p.printWorlds(format, worlds, worlds)
	})
	formatFlag(cmd, &format)
	return cmd
}

func (p *program) printWorlds(format string, whole any, worlds []client.WorldView) error {
	if format == formatJSON {
		return p.printJSON(whole)
	}
	return p.table(func(row func(...any)) {
		row("NAME", "URL", "SCENARIO", "PROCESSES", "RULES", "REQUESTS", "TTL")
		for _, w := range worlds {
			ttl := "-"
			if w.TTL > 0 {
				ttl = w.TTL.String()
			}
			row(w.Name, w.URL, w.Scenario, w.Counts.Processes, w.Rules, w.Requests, ttl)
		}
	})
}

func (p *program) worldDeleteCommand() *cobra.Command {
	return remote(&cobra.Command{
		Use:   "delete NAME...",
		Short: "End worlds; their coverage still counts in the total",
		Args:  arguments(1, -1),
	}, func(ctx context.Context, c *client.Client, names []string) error {
		for _, name := range names {
			if err := c.DeleteWorld(ctx, name); err != nil {
				return err
			}
		}
		return nil
	})
}
