package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/document"
)

// explainCommand asks which rule decides a request, and why the others do not.
func (p *program) explainCommand() *cobra.Command {
	var asked client.Question
	var headers []string
	var data, format string
	var id int64
	var cmd *cobra.Command
	cmd = remote(&cobra.Command{
		Use:   "explain [METHOD] PATH",
		Short: "Say which rule decides a request, and why the others do not",
		Long: "Say which rule decides a request, why the others do not, and what would be answered without any.\n" +
			"The request is described, or is one of the journal, judged by the rules as they stand now. Nothing is carried out, counted or journaled.",
		Example: "  capisim explain PATCH /v3/processes/c1000000-0000-4000-8000-000000000001 --header 'Authorization: bearer developer' --data '{\"command\":\"x\"}'\n" +
			"  capisim explain --request 12",
		Args: arguments(0, 2),
	}, func(ctx context.Context, c *client.Client, args []string) error {
		given := cmd.Flags().Changed
		switch {
		case given("request") && (len(args) > 0 || given("header") || given("data")):
			return misused("explain: --request beside the description of another, expected one of the two")
		case given("request"):
			asked.Request = uint64(id)
		case len(args) == 0:
			return misused("explain: no request, expected [METHOD] PATH or --request ID")
		default:
			if asked.Path = args[len(args)-1]; len(args) == 2 {
				asked.Method = strings.ToUpper(args[0])
			}
			if err := p.describe(&asked, headers, data); err != nil {
				return err
			}
		}
		told, err := c.Explain(ctx, asked)
		switch {
		case err != nil:
			return err
		case format == formatJSON:
			return p.printJSON(told)
		}
		return p.printExplanation(ctx, c, asked.Request, told)
	})
	flags := cmd.Flags()
	flags.StringArrayVar(&headers, "header", nil, "a `'NAME: VALUE'` of the request; may be repeated")
	flags.StringVar(&data, "data", "", "its `body`; @FILE reads it, @- from standard input")
	flags.Var(numberFrom(&id, 1), "request", "the id of a request of the journal, instead")
	formatFlag(cmd, &format)
	return cmd
}

// describe adds headers and body to a question.
func (p *program) describe(asked *client.Question, headers []string, data string) error {
	for _, header := range headers {
		name, value, found := strings.Cut(header, ":")
		if !found {
			return misused("--header: %q, expected 'NAME: VALUE'", header)
		}
		if asked.Headers == nil {
			asked.Headers = map[string]string{}
		}
		asked.Headers[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	text, err := p.content(data)
	switch {
	case err != nil:
		return misused("--data: %w", err)
	case json.Valid([]byte(text)):
		asked.Body = json.RawMessage(text)
	case text != "":
		asked.Body = text
	}
	return nil
}

// content is the value of a flag; one that begins with @ names a file.
func (p *program) content(value string) (string, error) {
	file, named := strings.CutPrefix(value, "@")
	if !named {
		return value, nil
	}
	const most = 16 << 20 // of a body; the server bounds it again
	text, err := p.readAtMost(file, most)
	return string(text), err
}

// printExplanation tells what happened, of a request that was sent, and what
// the rules would make of it now.
func (p *program) printExplanation(ctx context.Context, c *client.Client, id uint64, told client.Explanation) error {
	var out strings.Builder
	if id > 0 {
		view, err := c.Request(ctx, id)
		if err != nil {
			return err
		}
		cells := printables(requestRow(&view))
		fmt.Fprintf(&out, "request %s, %s %s: it was answered %s", cells[0], cells[3], cells[4], cells[5])
		if notes := cells[6]; notes != "" {
			fmt.Fprintf(&out, " (%s)", notes)
		}
		out.WriteString("\n")
	}
	switch {
	case told.Operation == "":
		fmt.Fprintf(&out, "it meets no operation: %s\n", document.Printable(told.Nearest.Message))
	case told.Decides != "":
		fmt.Fprintf(&out, "it is %s, and rule %s decides\n", told.Operation, told.Decides)
	default:
		fmt.Fprintf(&out, "it is %s, and no rule decides\n", told.Operation)
	}
	fmt.Fprintf(&out, "without rules the answer is %d\n", told.Answer.Status)
	if _, err := io.WriteString(p.stdout, out.String()); err != nil || len(told.Rules) == 0 {
		return err
	}
	return p.table(func(row func(...any)) {
		row("RULE", "FIRES", "WHERE", "WHY")
		for _, rule := range told.Rules {
			fires, where := "no", "-"
			if rule.Fires {
				fires = "yes"
			}
			if rule.Pointer != "" {
				where = strings.TrimPrefix(rule.Pointer, "/")
			}
			row(rule.RuleID, fires, where, rule.Reason)
		}
	})
}
