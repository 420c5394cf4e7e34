package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/capisim/sim/document"
)

// program is one run of the command: what it was given and where it writes.
type program struct {
	environ map[string]string
	stdin   io.Reader
	stdout  *outlet
	stderr  io.Writer
}

// run carries out one command line and returns its exit code (DESIGN.md §3).
// Reports go to stdout, messages to stderr.
func run(args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return execute(context.Background(), args, environ, stdin, stdout, stderr)
}

// execute is run with a context whose end has the effect of SIGTERM.
func execute(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out := &outlet{Writer: stdout}
	p := &program{environ: variables(environ), stdin: stdin, stdout: out, stderr: stderr}
	root := p.root()
	versionFlag(root)
	// A nil list would make cobra read the arguments of the process.
	root.SetArgs(append([]string{}, args...))
	err := root.ExecuteContext(ctx)
	if out.err != nil && (err == nil || err.Error() == "") { // what the report was to say has not been said
		err = misused("%w", out.err)
	}
	if err == nil {
		return exitDone
	}
	if text := message(err); text != "" {
		fmt.Fprint(stderr, text)
	}
	return exitCode(err)
}

// outlet is a stream that remembers why it could not be written to: not everybody
// who writes looks.
type outlet struct {
	io.Writer
	err error
}

func (o *outlet) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	o.err = cmp.Or(o.err, err)
	return n, err
}

// root is the command table.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "capisim",
		Short: "capisim simulates the processes of the Cloud Foundry v3 API",
		Long: "capisim simulates the processes of the Cloud Foundry v3 API, to test clients against.\n\n" +
			"Every flag can be set in the environment as well: --listen is CAPISIM_LISTEN.\n" +
			"A flag that is given beats the environment; an empty variable counts as not set.\n\n" +
			"Exit codes: 0 done, 1 problems found or gate unmet, 2 bad usage or input, 3 server not reached.",
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return p.merge(cmd) },
	}
	group(root)
	root.SetHelpCommand(helpCommand())
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(p.serveCommand(), p.runCommand(), p.sweepCommand(), p.envCommand(), p.healthcheckCommand(), p.driftCommand())
	root.AddCommand(p.localCommands()...)
	root.AddCommand(p.remoteCommands()...)
	root.AddCommand(p.evidenceCommands()...)
	keepOrder(root)
	return root
}

// versionFlag adds, as late as cobra adds --help, what cobra would make of a
// Version. Its own prints by a template, and for the sake of a template the
// linker keeps each method of each type.
func versionFlag(root *cobra.Command) {
	root.InitDefaultHelpFlag()
	asked := root.Flags().BoolP("version", "v", false, "version for capisim")
	unknown := root.RunE
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if !*asked {
			return unknown(cmd, args)
		}
		_, err := fmt.Fprintln(cmd.OutOrStdout(), versionLine())
		return err
	}
}

// keepOrder lets help and messages list flags in the order they were added in,
// which is that of their importance.
func keepOrder(cmd *cobra.Command) {
	cmd.Flags().SortFlags = false
	for _, sub := range cmd.Commands() {
		keepOrder(sub)
	}
}

// helpCommand stands in for cobra's, which takes an unknown command for a wish
// to see everything.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(about, rest)
			}
			return about.Help()
		},
	}
}

// group makes a command one that only holds others: alone, or with a word that
// is none of them, it is bad usage.
func group(cmd *cobra.Command) {
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = unknownCommand
}

// noWord takes no arguments for a command that does something by itself and
// holds others too: a word is one of those, spelt wrongly.
func noWord(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return unknownCommand(cmd, args)
}

// unknownCommand says which commands there are instead of the first argument.
func unknownCommand(cmd *cobra.Command, args []string) error {
	var names []string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	found := "no command"
	if len(args) > 0 {
		found = fmt.Sprintf("unknown command %q", args[0])
	}
	if len(args) > 0 {
		if near := nearestCommands(cmd, args[0], names); near != "" {
			return misused("%s: %s, did you mean %s?", cmd.CommandPath(), found, near)
		}
	}
	if names == nil {
		return misused("%s: %s\nusage: %s", cmd.CommandPath(), found, cmd.UseLine())
	}
	return misused("%s: %s\nexpected one of %s", cmd.CommandPath(), found, joined(names))
}

// nearestCommands are the commands that a word probably meant, those one group
// further down too.
func nearestCommands(cmd *cobra.Command, word string, names []string) string {
	if near := document.Nearest(word, names); near != "" {
		return near
	}
	var below []string
	for _, group := range cmd.Commands() {
		for _, sub := range group.Commands() {
			if sub.Name() == word {
				below = append(below, group.Name()+" "+word)
			}
		}
	}
	return strings.Join(below, " or ")
}

// arguments accepts a number of arguments between least and most (-1: any
// number), and says what the command takes when it gets another.
func arguments(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && (most < 0 || len(args) <= most) {
			return nil
		}
		got := "no argument"
		switch len(args) {
		case 0:
		case 1:
			got = "1 argument (" + args[0] + ")"
		default:
			got = fmt.Sprintf("%d arguments (%s)", len(args), strings.Join(args, " "))
		}
		return misused("%s: %s\nusage: %s", cmd.CommandPath(), got, cmd.UseLine())
	}
}

// The prefix of the environment's variables.
const prefix = "CAPISIM_"

// variable is the environment's name of a flag.
func variable(flag string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// variables picks capisim's own out of an environment. An empty one counts as
// not set: a compose file that passes ${SEED:-} on means that. The last of two
// with one name counts. Those that are not flags of the command at hand are left
// alone, since an orchestrator makes some of its own accord (CAPISIM_PORT for
// a service called capisim).
func variables(environ []string) map[string]string {
	set := map[string]string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, prefix) {
			set[name] = value
		}
	}
	return set
}

// These commands start a server of their own. The address and the world in
// their environment are what another such command told its client: they say
// nothing about where to work.
var (
	ownServers      = map[string]bool{"run": true, "sweep": true}
	describesServer = map[string]bool{"url": true, "world": true}
)

// merge gives each flag that was not given its value from the environment.
// From here on Changed says that a flag was set in either way, whatever its
// value, so that a flag given with its default's value still counts as given.
func (p *program) merge(cmd *cobra.Command) error {
	var wrong error
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		name := variable(flag.Name)
		value := p.environ[name]
		if wrong != nil || flag.Changed || value == "" || flag.Name == "help" || flag.Name == "version" || overruled(cmd, flag) {
			return
		}
		if err := cmd.Flags().Set(flag.Name, value); err != nil {
			wrong = valueError(name, flag, value, err)
		}
	})
	return cmp.Or(wrong, noneEmpty(cmd.Flags()))
}

// mayBeEmpty are flags whose values are texts that may be empty.
var mayBeEmpty = []string{"answer-body", "data"}

// noneEmpty refuses a flag with an empty value, such as an empty variable of a script
// makes: it must mean neither the default nor everything.
func noneEmpty(flags *pflag.FlagSet) (wrong error) {
	flags.Visit(func(flag *pflag.Flag) {
		empty := flag.Value.String() == ""
		if list, several := flag.Value.(pflag.SliceValue); several {
			values := list.GetSlice()
			empty = len(values) == 0 || slices.Contains(values, "")
		}
		if empty && wrong == nil && !slices.Contains(mayBeEmpty, flag.Name) {
			kind, _ := pflag.UnquoteUsage(flag)
			wrong = misused("--%s: empty, expected --%[1]s %s, or no such flag", flag.Name, kind)
		}
	})
	return wrong
}

// notBeside annotates a flag with the one beside which the environment does not
// count: what is set there for a server is not meant for every command.
const notBeside = "not beside"

// overruled says that the environment's value of a flag is meant for others.
func overruled(cmd *cobra.Command, flag *pflag.Flag) bool {
	others := flag.Annotations[notBeside]
	return ownServers[cmd.Name()] && describesServer[flag.Name] || len(others) > 0 && cmd.Flags().Changed(others[0])
}

// flagError words what is wrong with a flag: what was found, what is allowed.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		if rest := cmd.Flags().Args(); cmd.HasSubCommands() && len(rest) > 0 {
			return unknownCommand(cmd, rest) // the word before it is what is wrong
		}
		name := "--" + unknown.GetSpecifiedName()
		if short := unknown.GetSpecifiedShortnames(); short != "" {
			if name = "-" + unknown.GetSpecifiedName(); strings.ContainsAny(short[:1], "0123456789.") {
				return misused("%s: \"-%s\", expected nothing below zero\nusage: %s", cmd.CommandPath(), short, cmd.UseLine())
			}
		}
		if near := document.Nearest(unknown.GetSpecifiedName(), flagNames(cmd)); near != "" {
			return misused("%s: unknown flag %s, did you mean --%s?", cmd.CommandPath(), name, near)
		}
		return misused("%s: unknown flag %s\nexpected %s", cmd.CommandPath(), name, flagWords(cmd))
	case errors.As(err, &bare):
		kind, usage := pflag.UnquoteUsage(bare.GetFlag())
		return misused("%s: --%s has no value, expected --%[2]s %s: %s", cmd.CommandPath(), bare.GetFlag().Name, kind, usage)
	case errors.As(err, &invalid):
		return valueError("--"+invalid.GetFlag().Name, invalid.GetFlag(), invalid.GetValue(), err)
	}
	return misused("%s: %w", cmd.CommandPath(), err)
}

// valueError says which value was refused, and where it came from.
func valueError(source string, flag *pflag.Flag, value string, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		err = invalid.Unwrap()
	}
	var expected *expectation
	if !errors.As(err, &expected) {
		expected = &expectation{what: "a " + flag.Value.Type()}
	}
	if flag.Value.Type() == "bool" {
		expected = &expectation{what: "true or false"}
	}
	return misused("%s: %q, %w", source, value, expected)
}

func flagNames(cmd *cobra.Command) (names []string) {
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if !flag.Hidden {
			names = append(names, flag.Name)
		}
	})
	return names
}

func flagWords(cmd *cobra.Command) string {
	names := flagNames(cmd)
	if len(names) == 1 {
		return "--" + names[0] + " or nothing"
	}
	return "one of --" + strings.Join(names, ", --")
}
