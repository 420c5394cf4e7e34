package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"

	"github.com/spf13/cobra"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/report"
)

// runFlags are the flags of run: what is served, and the gates.
type runFlags struct {
	scenario, scenarios string
	require             string
	gate                journal.Gate
	verify              string
	report              reportFolder
}

// runCommand makes one line of a server, a client and the gates.
func (p *program) runCommand() *cobra.Command {
	f := &runFlags{scenario: "default"}
	cmd := &cobra.Command{
		Use:   "run [flags] -- COMMAND [ARG...]",
		Short: "Serve on a free port, run a command against it, then check the gates",
		Long: "Serve on a free port, run a command with the environment of capisim env, then check the gates.\n\n" +
			"{URL}, {WORLD} and {TOKEN} in the arguments are replaced. The exit code is the command's own when it is not 0,\n" +
			"else 1 when a gate is unmet.",
		Example: "  capisim run --min 80 --require updateProcess:409 -- go test ./...",
		Args:    commandArguments,
		RunE:    func(cmd *cobra.Command, args []string) error { return p.run(cmd.Context(), f, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.scenario, "scenario", f.scenario, "`name` of a scenario, or a file")
	flags.StringVar(&f.scenarios, "scenarios", "", "`folder` with more scenarios")
	flags.Var(share(&f.gate.Min, 100), "min", "percent of the cells that must have been met")
	flags.StringVar(&f.require, "require", "", requireUsage)
	f.report.register(flags)
	flags.StringVar(&f.verify, "verify", "", "`file` with expectations that must be met")
	return cmd
}

// commandArguments asks for the command behind "--".
func commandArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return misused("%s: no command\nusage: %s", cmd.CommandPath(), cmd.UseLine())
	}
	return nil
}

func (p *program) run(ctx context.Context, f *runFlags, argv []string) (err error) {
	if f.gate.Require, err = journal.ParseCells(f.require); err != nil {
		return misused("--require: %w", err)
	}
	var expectations []byte
	if f.verify != "" {
		if expectations, err = p.read(f.verify); err != nil {
			return misused("--verify: %w", err)
		}
	}
	if err := f.report.prepare(); err != nil {
		return err
	}
	own, err := p.startOwn(f.scenario, f.scenarios)
	if err != nil {
		return err
	}
	// The command's own output is nobody else's.
	defer func() { err = errors.Join(err, own.close(ctx), f.report.leave(p.stderr, own.simulator)) }()
	c := own.client("")
	environment, err := clientVariables(ctx, c, "")
	if err != nil {
		return err
	}
	code, err := p.foreground(ctx, fill(argv, environment), environment)
	if err != nil {
		return err
	}
	unmet, err := p.gates(ctx, c, f, expectations)
	switch {
	case err != nil:
		return err
	case code != 0:
		return &failure{code, errors.New("")}
	case len(unmet) > 0:
		return found("%s", strings.Join(unmet, "\n"))
	}
	return nil
}

// foreground runs a command with the streams of this one, and hands it the
// signals that this one gets.
func (p *program) foreground(ctx context.Context, argv []string, environment []clientVariable) (code int, err error) {
	command := exec.CommandContext(ctx, argv[0], argv[1:]...)
	command.Stdin, command.Stdout, command.Stderr = p.stdin, p.stdout.Writer, p.stderr // a file as it is, not by a pipe
	command.Env = with(os.Environ(), environment)
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, passedOn(isTerminal(p.stdin))...)
	defer signal.Stop(signals)
	if isTerminal(p.stdin) {
		signal.Ignore(os.Interrupt) // the terminal sends it to the command, too
		defer signal.Reset(os.Interrupt)
	}
	if err := command.Start(); err != nil {
		return 0, misused("%w", hinted(err))
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	for {
		select {
		case s := <-signals:
			command.Process.Signal(s) //nolint:errcheck // it has just ended
		case err := <-ended:
			exit := exitOf(err)
			if exit.Signal != "" {
				return 128 + signalNumber(command.ProcessState), nil
			}
			return exit.Code, nil
		}
	}
}

// isTerminal says that somebody sits at a stream.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && info.Mode()&os.ModeDevice != 0
}

// with is an environment in which the client's variables stand in the place of
// others of the same names.
func with(environ []string, list []clientVariable) []string {
	out := make([]string, 0, len(environ)+len(list))
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, prefix) && !named(list, name) {
			out = append(out, entry)
		}
	}
	for _, v := range list {
		out = append(out, v.name+"="+v.value)
	}
	return out
}

func named(list []clientVariable, name string) bool {
	for _, v := range list {
		if v.name == name {
			return true
		}
	}
	return false
}

// fill puts the world's address, name and token into arguments.
func fill(argv []string, list []clientVariable) []string {
	var pairs []string
	for _, v := range list {
		switch v.name {
		case "CAPISIM_URL":
			pairs = append(pairs, "{URL}", v.value)
		case "CAPISIM_WORLD":
			pairs = append(pairs, "{WORLD}", v.value)
		case "CAPISIM_TOKEN":
			pairs = append(pairs, "{TOKEN}", v.value)
		}
	}
	replacer := strings.NewReplacer(pairs...)
	out := make([]string, len(argv))
	for i, arg := range argv {
		out[i] = replacer.Replace(arg)
	}
	return out
}

// gates lists what is unmet.
func (p *program) gates(ctx context.Context, c *client.Client, f *runFlags, expectations []byte) (unmet []string, err error) {
	matrix, err := c.Coverage(ctx, true)
	if err != nil {
		return nil, err
	}
	if f.gate.Set() {
		unmet = f.gate.Unmet(matrix)
	}
	if expectations != nil {
		judgement, err := c.Verify(ctx, expectations, true)
		if err != nil {
			return nil, err
		}
		if err := report.Expectations(p.stderr, report.Text, judgement); err != nil {
			return nil, err
		}
		if !judgement.AllMet() {
			unmet = append(unmet, fmt.Sprintf("%d of %d expectations are met, %d unmet, %d not exercised",
				judgement.Met, len(judgement.Expectations), judgement.Unmet, judgement.NotExercised))
		}
	}
	return unmet, nil
}
