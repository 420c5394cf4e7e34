package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/socket"
	"github.com/spf13/cobra"
)

func (p *program) faultCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "fault", Short: "Faults of the world"}
	group(cmd)
	cmd.AddCommand(p.faultSetCommand(), p.faultListCommand(), p.faultClearCommand())
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
