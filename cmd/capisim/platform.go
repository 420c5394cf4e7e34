package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"example.com/capisim/sim/client"
)

// well is what the command calls a part without trouble, null in the admin API.
const well = "well"

func (p *program) platformCommand() *cobra.Command {
	var format string
	cmd := remote(&cobra.Command{
		Use:   "platform [PART=STATE...]",
		Short: "Show what the Cloud Controller leans on, or break and mend parts of it",
		Long: `Show what the Cloud Controller leans on, or break and mend parts of it:
database=down, uaa=keys_down, uaa=issuer_down, diego=down, diego=erring,
log_cache=down, and well for each.`,
	}, func(ctx context.Context, c *client.Client, args []string) error {
		parts := map[string]*string{}
		for _, arg := range args {
			part, into, found := strings.Cut(arg, "=")
			if !found {
				return misused("platform: %q, expected PART=STATE, such as diego=down", arg)
			}
			parts[part] = nil
			if into != well {
				parts[part] = &into
			}
		}
		ask := c.Platform
		if len(parts) > 0 {
			ask = func(ctx context.Context) (client.Platform, error) { return c.ChangePlatform(ctx, parts) }
		}
		platform, err := ask(ctx)
		switch {
		case err != nil:
			return err
		case format == formatJSON:
			return p.printJSON(platform)
		}
		shown := func(h *string) string {
			if h == nil {
				return well
			}
			return *h
		}
		_, err = fmt.Fprintf(p.stdout, "database: %s\nuaa: %s\ndiego: %s\nlog_cache: %s\n",
			shown(platform.Database), shown(platform.UAA), shown(platform.Diego), shown(platform.LogCache))
		return err
	})
	formatFlag(cmd, &format)
	return cmd
}
