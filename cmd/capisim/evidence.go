package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/report"
)

// evidenceCommands show what clients did, and judge it.
func (p *program) evidenceCommands() []*cobra.Command {
	return []*cobra.Command{
		p.requestsCommand(), p.coverageCommand(), p.reactionsCommand(), p.verifyCommand(), p.exportCommand(), p.bundleCommand(), p.replayCommand(),
	}
}

// allWorldsUsage explains --all-worlds.
const allWorldsUsage = "of all worlds together, ended ones too"

// requireUsage explains --require.
const requireUsage = "`cells` that must have been met, such as updateProcess:409, and variants of them: " +
	"updateProcess:422/CF-LabelLimitExceeded by error, scaleProcess:503@after by phase, scaleProcess:reset by connection fault"

// reportFlag adds --format to a command that prints a report.
func reportFlag(cmd *cobra.Command, format *report.Format) {
	*format = report.Text
	var names []string
	for _, one := range report.Formats() {
		names = append(names, string(one))
	}
	cmd.Flags().Var(oneOf((*string)(format), names...), "format", "how the report is written")
}

func (p *program) coverageCommand() *cobra.Command {
	var gate journal.Gate
	var format report.Format
	var require string
	var allWorlds, merge bool
	cmd := remotes(&cobra.Command{
		Use:   "coverage [--merge FILE...]",
		Short: "Show which documented answers clients have met; exit 1 when too few",
		Example: "  capisim coverage --min 80 --require updateProcess:409,scaleProcess:422\n" +
			"  capisim coverage --merge shard-1.json shard-2.json --format html > coverage.html",
		Args: cobra.ArbitraryArgs,
	}, func(ctx context.Context, all servers, files []string) error {
		var err error
		if gate.Require, err = journal.ParseCells(require); err != nil {
			return misused("--require: %w", err)
		}
		var matrix journal.Matrix
		switch {
		case merge:
			matrix, err = p.merged(files)
		case len(files) > 0:
			return misused("capisim coverage: %s, expected files only with --merge", strings.Join(files, " "))
		default:
			matrix, err = all.coverage(ctx, allWorlds)
		}
		if err != nil {
			return err
		}
		if err := report.Coverage(p.stdout, format, matrix, gate); err != nil {
			return err
		}
		if unmet := gate.Unmet(matrix); len(unmet) > 0 {
			return found("%s", strings.Join(unmet, "\n"))
		}
		return nil
	})
	flags := cmd.Flags()
	flags.Var(share(&gate.Min, 100), "min", "percent of the cells that must have been met")
	flags.StringVar(&require, "require", "", requireUsage)
	flags.BoolVar(&allWorlds, "all-worlds", false, allWorldsUsage)
	flags.BoolVar(&merge, "merge", false, "sum up saved reports (--format json) instead of asking a server")
	reportFlag(cmd, &format)
	return cmd
}

// coverage is the matrix of the world that each address names, or of all worlds,
// summed up.
func (all servers) coverage(ctx context.Context, allWorlds bool) (journal.Matrix, error) {
	matrices, err := askAll(ctx, all, func(ctx context.Context, c *client.Client) (journal.Matrix, error) { return c.Coverage(ctx, allWorlds) })
	if err != nil || len(matrices) == 1 {
		return firstOf(matrices), err
	}
	return summedUp(all.addresses(), matrices)
}

func (all servers) reactions(ctx context.Context, allWorlds bool) (journal.ReactionReport, error) {
	reports, err := askAll(ctx, all, func(ctx context.Context, c *client.Client) (journal.ReactionReport, error) {
		return c.Reactions(ctx, allWorlds)
	})
	if err != nil || len(reports) == 1 {
		return firstOf(reports), err
	}
	return journal.MergeReactions(reports...), nil
}

// verify holds the document against what all servers saw together: what one
// replica's clients have not exercised, another's may have.
func (all servers) verify(ctx context.Context, text []byte, allWorlds bool) (journal.Judgement, error) {
	judgement, err := all[0].Verify(ctx, text, allWorlds)
	if err != nil || len(all) == 1 {
		return judgement, err
	}
	reactions, err := all.reactions(ctx, allWorlds)
	if err != nil {
		return judgement, err
	}
	matrix, err := all.coverage(ctx, allWorlds)
	if err != nil {
		return judgement, err
	}
	expectations := make([]journal.Expectation, len(judgement.Expectations))
	for i, one := range judgement.Expectations {
		expectations[i] = one.Expectation
	}
	return journal.Judge(expectations, reactions, matrix), nil
}

func firstOf[T any](all []T) (first T) {
	if len(all) > 0 {
		first = all[0]
	}
	return first
}

// merged sums up the reports in files.
func (p *program) merged(files []string) (journal.Matrix, error) {
	if len(files) == 0 {
		return journal.Matrix{}, misused("capisim coverage: --merge without a file, expected reports that --format json wrote")
	}
	reports := make([]journal.Matrix, len(files))
	for i, file := range files {
		data, err := p.read(file)
		if err != nil {
			return journal.Matrix{}, misused("%w", err)
		}
		if reports[i], err = journal.ReadMatrix(data); err != nil {
			return journal.Matrix{}, misused("%s: %w", file, err)
		}
	}
	return summedUp(files, reports)
}

// summedUp merges the reports of these files or addresses.
func summedUp(names []string, reports []journal.Matrix) (journal.Matrix, error) {
	sum, err := journal.Merge(reports...)
	var violations document.Violations
	if errors.As(err, &violations) {
		// A pointer begins with the position of the report.
		lines := make([]string, len(violations))
		for i, v := range violations {
			position, rest, _ := strings.Cut(strings.TrimPrefix(v.Pointer, "/"), "/")
			if n, atErr := strconv.Atoi(position); atErr == nil && n < len(names) {
				lines[i] = fmt.Sprintf("%s: /%s: %s", names[n], rest, v.Message)
			}
		}
		return sum, misused("%s", strings.Join(lines, "\n"))
	}
	return sum, err
}

func (p *program) reactionsCommand() *cobra.Command {
	var format report.Format
	var allWorlds bool
	cmd := remotes(&cobra.Command{
		Use:   "reactions",
		Short: "Show what clients did about injected faults",
		Args:  arguments(0, 0),
	}, func(ctx context.Context, all servers, _ []string) error {
		reactions, err := all.reactions(ctx, allWorlds)
		if err != nil {
			return err
		}
		return report.Reactions(p.stdout, format, reactions)
	})
	cmd.Flags().BoolVar(&allWorlds, "all-worlds", false, allWorldsUsage)
	reportFlag(cmd, &format)
	return cmd
}

func (p *program) verifyCommand() *cobra.Command {
	var format report.Format
	var allWorlds bool
	var bundles string
	cmd := remotes(&cobra.Command{
		Use:   "verify FILE",
		Short: "Judge the expectations of a file; exit 1 unless all are met",
		Long: "Judge the expectations of a file: a scenario, or a document with the key expectations; - is standard input.\n" +
			"Exit 1 unless all are met. Rules that were set and never fired are listed: they prove nothing.",
		Args: arguments(1, 1),
	}, func(ctx context.Context, all servers, args []string) error {
		read, err := p.readDocument(args[0])
		if err != nil {
			return err
		}
		text := read.Root.AppendJSON(nil)
		judgement, err := all.verify(ctx, text, allWorlds)
		if err != nil {
			return placed(err, read, "")
		}
		if err := report.Expectations(p.stdout, format, judgement); err != nil {
			return err
		}
		if !judgement.AllMet() {
			for i, c := range all {
				if err := p.keepBundles(ctx, c, all.folder(bundles, i), allWorlds); err != nil {
					return err
				}
			}
			return found("%d of %d expectations are met, %d unmet, %d not exercised",
				judgement.Met, len(judgement.Expectations), judgement.Unmet, judgement.NotExercised)
		}
		return nil
	})
	cmd.Flags().BoolVar(&allWorlds, "all-worlds", false, allWorldsUsage)
	cmd.Flags().StringVar(&bundles, "bundle", "", "`folder` for a bundle of the world, or of each, when an expectation is not met")
	reportFlag(cmd, &format)
	return cmd
}

func (p *program) exportCommand() *cobra.Command {
	formats := []string{"har", "pact"}
	return remote(&cobra.Command{
		Use:       "export har|pact",
		Short:     "Print the journal as HAR 1.2 or as a Pact",
		Args:      arguments(1, 1),
		ValidArgs: formats,
	}, func(ctx context.Context, c *client.Client, args []string) error {
		if !slices.Contains(formats, args[0]) {
			return misused("export: %q, expected one of %s", args[0], joined(formats))
		}
		return c.Export(ctx, args[0], p.stdout)
	})
}
