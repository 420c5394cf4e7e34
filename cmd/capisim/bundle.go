package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"example.com/capisim/sim"
	"example.com/capisim/sim/bundle"
	"example.com/capisim/sim/client"
)

func (p *program) bundleCommand() *cobra.Command {
	var out string
	cmd := remote(&cobra.Command{
		Use:   "bundle -o FILE",
		Short: "Write the world and what has happened to it into one file, to be replayed elsewhere",
		Long: "Write the world as it was when its journal began, the requests since and the changes in between into one file.\n" +
			"capisim replay plays it again, capisim serve --bundle starts from its beginning. Secrets are masked.",
		Example: "  capisim bundle -o failure.bundle.json.gz",
		Args:    arguments(0, 0),
	}, func(ctx context.Context, c *client.Client, _ []string) error {
		if out == "" {
			return misused("capisim bundle: no --output, expected -o FILE; - is standard output")
		}
		raw, err := c.Bundle(ctx)
		if err != nil {
			return err
		}
		if out == "-" {
			_, err = p.stdout.Write(raw)
			return err
		}
		return saveBundle(out, raw)
	})
	cmd.Flags().StringVarP(&out, "output", "o", "", "`file` to write, - for standard output")
	return cmd
}

func saveBundle(name string, raw []byte) error {
	if err := writeFile(name, func(to io.Writer) error { _, err := to.Write(raw); return err }); err != nil {
		return misused("%w", err)
	}
	return nil
}

// keepBundles writes the bundle of the client's world, or of each, into a folder,
// and says where on stderr.
func (p *program) keepBundles(ctx context.Context, c *client.Client, folder string, allWorlds bool) error {
	if folder == "" {
		return nil
	}
	names := []string{cmp.Or(c.World, "default")}
	if allWorlds {
		list, err := c.Worlds(ctx)
		if err != nil {
			return err
		}
		names = nil
		for _, w := range list {
			names = append(names, w.Name)
		}
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return misused("--bundle: %w", err)
	}
	for _, name := range names {
		of := *c
		of.World = name
		raw, err := of.Bundle(ctx)
		if err != nil {
			return err
		}
		file := filepath.Join(folder, name+".bundle.json.gz")
		if err := saveBundle(file, raw); err != nil {
			return err
		}
		fmt.Fprintf(p.stderr, "bundle: %s\n", file)
	}
	return nil
}

func (p *program) replayCommand() *cobra.Command {
	format := formatText
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Play a bundle again and tell what is answered in another way; exit 1 if anything is",
		Long: "Build the world of a bundle, make the changes and send the requests again in their order, at the times that its\n" +
			"clock showed, and compare status, body and headers. Nothing is waited for, and no server is needed. What differs\n" +
			"from one time to the next is not compared: Date, X-Runtime, ids of requests, issued tokens.\n\n" +
			"Exit codes: 0 all as recorded, 1 differences, 2 not a bundle.",
		Example: "  capisim replay failure.bundle.json.gz",
		Args:    arguments(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			b, err := p.readBundle(args[0])
			if err != nil {
				return err
			}
			report, err := sim.Replay(b)
			if err != nil {
				return misused("%s: %w", args[0], err)
			}
			write := report.WriteText
			if format == formatJSON {
				write = report.WriteJSON
			}
			if err := write(p.stdout); err != nil {
				return err
			}
			if !report.Same() {
				return reported
			}
			return nil
		},
	}
	cmd.Flags().Var(oneOf(&format, formatText, formatJSON), "format", "how the report is written")
	return cmd
}

// readBundle reads a file; - is standard input.
func (p *program) readBundle(name string) (*bundle.Bundle, error) {
	raw, err := p.read(name)
	if err != nil {
		return nil, misused("%w", err)
	}
	b, err := bundle.Read(bytes.NewReader(raw))
	if err != nil {
		return nil, misused("%s: %w", name, err)
	}
	return b, nil
}
