package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/report"
	"example.com/capisim/sim/sweep"
	"example.com/capisim/sim/world"
)

// sweepFlags are the flags of sweep (docs/DESIGN.md, "Sweep").
type sweepFlags struct {
	remoteFlags         // --url, --world, --admin-token
	scenario, scenarios string
	only, skip, modes   string
	budget              time.Duration
	list, supporting    bool
	setup               string
	parallel            int64
	out                 string
	accept, baseline    string
	failOn              string
	format              report.Format
	crashPatterns       []string
}

func (p *program) sweepCommand() *cobra.Command {
	f := &sweepFlags{failOn: string(sweep.Bug), format: report.Text}
	cmd := &cobra.Command{
		Use:   "sweep [flags] -- COMMAND [ARG...]",
		Short: "Run a client once for each way the API can fail, and tell what it got wrong",
		Long: "Run a client once for each way the API can fail, each time in a world of its own, and judge each run by what the\n" +
			"client did, what it said and what state it left behind. {URL}, {WORLD} and {TOKEN} in the arguments are replaced;\n" +
			"the environment is as capisim env prints it.\n\n" +
			"Exit codes: 0 no bug that is not accepted, 1 findings, 2 bad usage, or the command fails without a fault.",
		Example: "  capisim sweep -- ./scale-my-app 3\n" +
			"  capisim sweep --setup 'cf api $CF_API && cf auth && cf target -o demo-org -s dev' -- cf restart-app-instance demo 0\n" +
			"  capisim sweep --only 'updateProcess,*:reset' --modes once,after -- ./client",
		Args: commandArguments,
		RunE: func(cmd *cobra.Command, args []string) error { return p.sweep(cmd.Context(), f, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.scenario, "scenario", "", "`name` of a scenario, or a file, that each world plays (default: default)")
	flags.StringVar(&f.scenarios, "scenarios", "", "`folder` with more scenarios")
	flags.StringVar(&f.setup, "setup", "", "`line` that the shell runs first in each world, without a fault (a login)")
	flags.StringVar(&f.only, "only", "", "`cells` to run: OPERATION, OPERATION:ANSWER or *:ANSWER, with commas between")
	flags.StringVar(&f.skip, "skip", "", "`cells` to leave out")
	flags.StringVar(&f.modes, "modes", "", "`modes` to run: "+joined(modeNames()))
	flags.Var(span(&f.budget), "budget", "begin no cell after this time")
	flags.BoolVar(&f.list, "list", false, "run the reference alone and print the cells")
	flags.BoolVar(&f.supporting, "supporting", false, "sweep the supporting operations too")
	flags.Var(number(&f.parallel, 1, 1000), "parallel", "runs at the same time (default: the machine's cores)")
	flags.StringVar(&f.out, "out", "", "`folder` for sweep.json, sweep.html, junit.xml and a bundle for each finding")
	flags.StringVar(&f.accept, "accept", "", "`file` with the findings that are known, each with a reason")
	flags.StringVar(&f.baseline, "baseline", "", "`file` of an earlier sweep, sweep.json: only what is new fails")
	flags.Var(oneOf(&f.failOn, string(sweep.Bug), string(sweep.Warning), string(sweep.Note)), "fail-on", "least grade that fails")
	flags.StringArrayVar(&f.crashPatterns, "crash-pattern", nil, "regular `expression` of a line that shows a crash")
	reportFlag(cmd, &f.format)
	f.register(flags, "")
	return cmd
}

func modeNames() []string {
	var names []string
	for _, m := range sweep.Modes() {
		names = append(names, string(m))
	}
	return names
}

// options reads what the flags name: selectors, files, patterns.
func (f *sweepFlags) options(p *program) (o sweep.Options, err error) {
	if o.Only, err = sweep.ParseSelectors(f.only); err != nil {
		return o, misused("--only: %w", err)
	}
	if o.Skip, err = sweep.ParseSelectors(f.skip); err != nil {
		return o, misused("--skip: %w", err)
	}
	if o.Modes, err = sweep.ParseModes(f.modes); err != nil {
		return o, misused("--modes: %w", err)
	}
	if f.accept != "" {
		data, err := p.readAtMost(f.accept, sweep.MaxAccept)
		if err != nil {
			return o, misused("--accept: %w", err)
		}
		if o.Accept, err = sweep.ParseAccept(f.accept, data); err != nil {
			return o, misused("%w", err)
		}
	}
	if f.baseline != "" {
		data, err := p.read(f.baseline)
		if err != nil {
			return o, misused("--baseline: %w", err)
		}
		if o.Baseline, err = sweep.ReadResult(f.baseline, data); err != nil {
			return o, misused("%w", err)
		}
	}
	o.Supporting, o.Budget, o.Parallel, o.Now = f.supporting, f.budget, cmp.Or(int(f.parallel), runtime.NumCPU()), world.Wall
	return o, nil
}

func (p *program) sweep(ctx context.Context, f *sweepFlags, argv []string) (err error) {
	o, err := f.options(p)
	if err != nil {
		return err
	}
	patterns := make([]*regexp.Regexp, len(f.crashPatterns))
	for i, pattern := range f.crashPatterns {
		if patterns[i], err = regexp.Compile(pattern); err != nil {
			return misused("--crash-pattern: %w", err)
		}
	}
	if f.out != "" {
		if err := os.MkdirAll(filepath.Join(f.out, bundleFolder), 0o777); err != nil {
			return misused("--out: %w", err)
		}
		o.Keep = f.keep
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	host, close, err := p.sweepHost(ctx, f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, close()) }()
	runs := &sweepRuns{argv: argv, setup: f.setup, patterns: patterns, host: host}
	o.Host, o.Run, o.Command = host, runs.run, argv
	if f.setup != "" {
		o.Setup = runs.prepare
	}
	defer runs.clean()

	ref, err := sweep.NewReference(ctx, o)
	if err != nil {
		return worded(err)
	}
	if f.list {
		return p.listCells(ref, o)
	}
	o.Done = p.progress(f)
	result, err := sweep.Sweep(ctx, o, ref)
	if result == nil {
		return worded(err)
	}
	if err := f.write(p, result); err != nil {
		return err
	}
	if err != nil {
		return found("interrupted after %d cells", len(result.Cells))
	}
	if n := result.Failing(sweep.Grade(f.failOn)); n > 0 {
		return reported
	}
	return nil
}

// sweepHost is a server of the command's own, or with --url or --world the one
// that runs there.
func (p *program) sweepHost(ctx context.Context, f *sweepFlags) (sweep.Server, func() error, error) {
	if f.url == "" && f.world == "" {
		play := f.scenario
		if play == "" {
			play = "default"
		}
		own, err := p.startOwn(play, f.scenarios)
		if err != nil {
			return sweep.Server{}, nil, err
		}
		return sweep.Server{Client: own.client("")}, func() error { return own.close(ctx) }, nil
	}
	c, err := f.client()
	if err != nil {
		return sweep.Server{}, nil, err
	}
	wish := client.NewWorld{}
	if f.scenario != "" {
		if wish.Scenario, err = p.played(f.scenario); err != nil {
			return sweep.Server{}, nil, err
		}
	}
	if c.World != "" {
		if f.scenario != "" {
			return sweep.Server{}, nil, misused("capisim sweep: --scenario beside --world, expected one of them")
		}
		wish.From = c.World
		c.World = ""
	}
	return sweep.Server{Client: c, New: wish}, func() error { c.HTTP.CloseIdleConnections(); return nil }, nil
}

// sweepRuns runs the client's command: each world has an environment and a
// folder of its own.
type sweepRuns struct {
	argv     []string
	setup    string
	patterns []*regexp.Regexp
	host     sweep.Server
	homes    homes
}

func (s *sweepRuns) run(ctx context.Context, w sweep.World, limit time.Duration) sweep.Ending {
	out := s.start(ctx, w, s.argv, limit)
	out.Crashed = sweep.Crashed(out.Output, s.patterns...)
	return out
}

func (s *sweepRuns) prepare(ctx context.Context, w sweep.World, limit time.Duration) sweep.Ending {
	return s.start(ctx, w, shellCommand(s.setup), limit)
}

func (s *sweepRuns) start(ctx context.Context, w sweep.World, argv []string, limit time.Duration) sweep.Ending {
	c := *s.host.Client
	c.World = w.Name()
	environment, err := clientVariables(ctx, &c, "")
	if err != nil {
		return unstarted(err)
	}
	home, err := s.homes.of(w.Name())
	if err != nil {
		return unstarted(err)
	}
	environment = append(environment, clientVariable{"CF_HOME", home})
	return child{fill(argv, environment), with(os.Environ(), environment)}.run(ctx, limit)
}

func (s *sweepRuns) clean() { s.homes.remove() }

// listCells prints what would be run.
func (p *program) listCells(ref *sweep.Reference, o sweep.Options) error {
	cells := sweep.Cells(ref, o)
	for _, c := range cells {
		if _, err := fmt.Fprintln(p.stdout, c); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(p.stdout, "%s; a run without a fault takes %.2f s\n", document.Count(len(cells), "cell"), ref.Seconds)
	return err
}

// progress keeps a line on a terminal up to date: cells done, findings, time
// left. Elsewhere it says nothing.
func (p *program) progress(*sweepFlags) func(done, all int, c *sweep.CellResult) {
	if !isTerminal(p.stderr) {
		return nil
	}
	began, findings := world.Wall(), 0
	return func(done, all int, c *sweep.CellResult) {
		if c.Grade == sweep.Bug || c.Grade == sweep.Warning {
			findings++
		}
		left := time.Duration(float64(world.Wall().Sub(began)) / float64(done) * float64(all-done)).Round(time.Second)
		fmt.Fprintf(p.stderr, "\r\x1b[K%d of %d cells, %s, %s left", done, all, document.Count(findings, "finding"), left)
		if done == all {
			fmt.Fprint(p.stderr, "\r\x1b[K")
		}
	}
}

// bundleFolder holds the bundles of findings, in the folder of a sweep.
const bundleFolder = "bundles"

// keep writes the bundle of a finding, and returns its place in the folder.
func (f *sweepFlags) keep(c sweep.Cell, raw []byte) (string, error) {
	name := bundleFolder + "/" + strings.Join([]string{c.Operation.ID, c.Answer, strings.ReplaceAll(c.ModeName(), " ", "-")}, "-") + ".json.gz"
	return name, saveBundle(filepath.Join(f.out, filepath.FromSlash(name)), raw)
}

// write prints the report and fills the folder.
func (f *sweepFlags) write(p *program, result *sweep.Result) error {
	if err := report.Sweep(p.stdout, f.format, result); err != nil {
		return err
	}
	if f.out == "" {
		return nil
	}
	for name, format := range map[string]report.Format{"sweep.json": report.JSON, "sweep.html": report.HTML, "junit.xml": report.JUnit} {
		if err := writeFile(filepath.Join(f.out, name), func(w io.Writer) error { return report.Sweep(w, format, result) }); err != nil {
			return misused("--out: %w", err)
		}
	}
	return nil
}
