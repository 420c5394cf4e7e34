package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/socket"
)

func (p *program) faultCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "fault", Short: "Faults of the world"}
	group(cmd)
	cmd.AddCommand(p.faultSetCommand(), p.faultListCommand(), p.faultClearCommand())
	return cmd
}

// faultFlags are the parts of a rule that the command can say; for all else
// there are rules in scenario files and the admin API.
type faultFlags struct {
	times, skip         int64
	probability         float64
	lasting, delay      time.Duration
	retryAfter          int64
	connection          string
	after, undocumented bool
}

func (f *faultFlags) register(flags *pflag.FlagSet) {
	flags.Var(numberFrom(&f.times, 1), "times", "how many answers are injected (default: all)")
	flags.Var(numberFrom(&f.skip, 0), "skip", "how many requests pass first")
	flags.Var(&share{&f.probability, 1}, "probability", "chance that a matching request is answered so, 0 to 1")
	flags.Var(&span{&f.lasting}, "for", "when it ends, on the world's clock (default: never)")
	flags.Var(&span{&f.delay}, "delay", "how long the answer is held back")
	flags.Var(numberFrom(&f.retryAfter, 0), "retry-after", "seconds in the header Retry-After")
	flags.StringVar(&f.connection, "connection", "", "`fault` of the connection: "+strings.Join(socket.Names(), ", "))
	flags.BoolVar(&f.after, "after", false, "carry the request out, then answer so")
	flags.BoolVar(&f.undocumented, "undocumented", false, "allow what the real API cannot answer")
}

// rule is what the flags say beside operation and status; what was not given
// is left out, as the server's defaults.
func (f *faultFlags) rule(given *pflag.FlagSet) fault.Rule {
	rule := fault.Rule{When: fault.When{Skip: int(f.skip)}, Undocumented: f.undocumented}
	if given.Changed("times") {
		times := int(f.times)
		rule.When.Times = &times
	}
	if given.Changed("probability") {
		rule.When.Probability = &f.probability
	}
	if given.Changed("for") {
		until := document.Duration(f.lasting)
		rule.When.Until = &until
	}
	if given.Changed("delay") {
		fixed := document.Duration(f.delay)
		rule.Delay = &fault.Delay{Fixed: &fixed}
	}
	if given.Changed("retry-after") {
		rule.Respond = &fault.Respond{Headers: map[string]fault.Lines{"Retry-After": {strconv.FormatInt(f.retryAfter, 10)}}}
	}
	if f.connection != "" {
		rule.Connection = &fault.Connection{Kind: socket.Kind(f.connection)}
	}
	if f.after {
		rule.Apply = fault.After
	}
	return rule
}

func (p *program) faultSetCommand() *cobra.Command {
	f := &faultFlags{}
	var format string
	var cmd *cobra.Command
	cmd = remote(&cobra.Command{
		Use:               "set OPERATION STATUS",
		Short:             "Make an operation answer a status",
		Long:              "Make an operation answer a status, or have its connection fail.\n\nFaults of the connection:\n" + connectionHelp(),
		Example:           "  capisim fault set updateProcess 409 --times 2\n  capisim fault set scaleProcess 503 --after --retry-after 3",
		Args:              arguments(2, 2),
		ValidArgsFunction: completeCell,
	}, func(ctx context.Context, c *client.Client, args []string) error {
		status, err := strconv.Atoi(args[1])
		if err != nil {
			return misused("fault set: %q, expected a status such as 503", args[1])
		}
		set, err := c.SetFault(ctx, args[0], status, f.rule(cmd.Flags()))
		if err != nil {
			return err
		}
		return p.printRules(format, set, []fault.Status{set})
	})
	f.register(cmd.Flags())
	_ = cmd.RegisterFlagCompletionFunc("connection", completeConnection) // fails only for a flag that is not there
	formatFlag(cmd, &format)
	return cmd
}

// connectionHelp is a line for each fault of the connection.
func connectionHelp() string {
	var lines strings.Builder
	for _, row := range socket.Faults() {
		fmt.Fprintf(&lines, "  %-9s %s\n", row.Kind, row.Words)
	}
	return strings.TrimSuffix(lines.String(), "\n")
}

func completeConnection(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return socket.Names(), cobra.ShellCompDirectiveNoFileComp
}

// completeCell offers operations, then the statuses that one may answer.
func completeCell(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var words []string
	switch len(args) {
	case 0:
		words = contract.OperationIDs()
	case 1:
		if operation, known := contract.OperationByID(args[0]); known {
			for _, status := range operation.Allowed() {
				words = append(words, strconv.Itoa(status))
			}
		}
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}

func (p *program) faultListCommand() *cobra.Command {
	var format string
	cmd := remote(&cobra.Command{
		Use:   "list",
		Short: "List the rules, the newest first",
		Args:  arguments(0, 0),
	}, func(ctx context.Context, c *client.Client, _ []string) error {
		rules, err := c.Faults(ctx)
		if err != nil {
			return err
		}
		return p.printRules(format, rules, rules)
	})
	formatFlag(cmd, &format)
	return cmd
}

func (p *program) faultClearCommand() *cobra.Command {
	return remote(&cobra.Command{
		Use:   "clear [ID]",
		Short: "Remove one rule, or all of them",
		Args:  arguments(0, 1),
	}, func(ctx context.Context, c *client.Client, args []string) error {
		if len(args) == 0 {
			return c.ClearFaults(ctx)
		}
		return c.ClearFault(ctx, args[0])
	})
}

func (p *program) printRules(format string, whole any, rules []fault.Status) error {
	if format == formatJSON {
		return p.printJSON(whole)
	}
	return p.table(func(row func(...any)) {
		row("ID", "OPERATIONS", "DOES", "MATCHED", "INJECTED", "REMAINING")
		for _, rule := range rules {
			operations, remaining := "all process operations", "-"
			if rule.Match.Operations != nil {
				operations = strings.Join(rule.Match.Operations, ",")
			}
			if rule.Remaining != nil {
				remaining = strconv.Itoa(*rule.Remaining)
			}
			row(rule.ID, operations, effect(&rule.Rule), rule.Matched, rule.Injected, remaining)
		}
	})
}

// effect says in a few words what a rule does.
func effect(rule *fault.Rule) string {
	var words []string
	if !rule.Active() {
		words = append(words, "off:")
	}
	if rule.Delay != nil {
		words = append(words, delay(rule.Delay))
	}
	if rule.Connection != nil {
		words = append(words, string(rule.Connection.Kind))
	}
	if len(rule.Sequence) > 0 {
		words = append(words, fmt.Sprintf("%d steps", len(rule.Sequence)))
	}
	if rule.Respond != nil && rule.Respond.Status != 0 {
		words = append(words, strings.TrimSpace(strconv.Itoa(rule.Respond.Status)+" "+rule.Respond.Error))
	}
	if rule.Apply == fault.After {
		words = append(words, "after the change")
	}
	return strings.Join(words, " ")
}

func delay(d *fault.Delay) string {
	if d.Fixed != nil {
		return "delay " + d.Fixed.String()
	}
	return "random delay"
}
