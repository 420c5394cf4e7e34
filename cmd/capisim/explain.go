package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/fault"
)

// explainCommand asks which rule decides a request, and why the others do not.
func (p *program) explainCommand() *cobra.Command {
	var asked client.Question
	var headers []string
	var data, format, rule string
	var id int64
	var cmd *cobra.Command
	cmd = remote(&cobra.Command{
		Use:   "explain [METHOD] PATH",
		Short: "Say which rule decides a request, and why the others do not",
		Long: "Say which rule decides a request, why the others do not, which check of the contract refuses it, and what its header Prefer comes to.\n" +
			"The request is described, or is one of the journal: then it is told what each rule made of it when it was decided, too. " +
			"With --rule it is told why a rule has not fired, by the last 50 requests. Nothing is carried out, counted or journaled.",
		Example: "  capisim explain PATCH /v3/processes/c1000000-0000-4000-8000-000000000001 --header 'Authorization: bearer developer' --data '{\"command\":\"x\"}'\n" +
			"  capisim explain --request 12\n" +
			"  capisim explain --rule updateProcess-409",
		Args: arguments(0, 2),
	}, func(ctx context.Context, c *client.Client, args []string) error {
		given := cmd.Flags().Changed
		described := len(args) > 0 || given("header") || given("data")
		switch {
		case given("rule") && (described || given("request")):
			return misused("explain: --rule beside a request, expected one of the two")
		case given("rule"):
			return p.explainRule(ctx, c, rule, format)
		case given("request") && described:
			return misused("explain: --request beside the description of another, expected one of the two")
		case given("request"):
			asked.Request = uint64(id)
		case len(args) == 0:
			return misused("explain: no request, expected [METHOD] PATH, --request ID or --rule ID")
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
	flags.StringVar(&rule, "rule", "", "the `id` of a rule: why has it not fired?")
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
	var lines []string
	if id > 0 {
		view, err := c.Request(ctx, id)
		if err != nil {
			return err
		}
		cells := printables(requestRow(&view))
		line := fmt.Sprintf("request %s, %s %s: it was answered %s", cells[0], cells[3], cells[4], cells[5])
		if notes := cells[6]; notes != "" {
			line += " (" + notes + ")"
		}
		lines = append(lines, line)
	}
	if told.Operation != "" {
		lines = append(lines, "it is "+told.Operation)
	}
	lines = append(lines, told.Says)
	if told.Prefer != nil && told.Prefer.Ignored != "" {
		lines = append(lines, "its header Prefer is ignored: "+told.Prefer.Ignored)
	}
	if err := p.lines(append(lines, fmt.Sprintf("without rules the answer is %d", told.Answer.Status))...); err != nil || len(told.Rules) == 0 {
		return err
	}
	if len(told.Then) == 0 {
		return p.forecasts("FIRES", told.Rules)
	}
	same := func(then, now fault.Forecast) bool { return then.Fires == now.Fires }
	if err := p.forecasts("FIRED", told.Then); err != nil || slices.EqualFunc(told.Then, told.Rules, same) {
		return err
	}
	if err := p.lines("if it came now:"); err != nil {
		return err
	}
	return p.forecasts("FIRES", told.Rules)
}

// lines prints sentences, as wide as tables.
func (p *program) lines(texts ...string) error {
	return p.table(func(row func(...any)) {
		for _, text := range texts {
			row(text)
		}
	})
}

// forecasts prints what each rule makes of a request.
func (p *program) forecasts(heading string, rules []fault.Forecast) error {
	return p.table(func(row func(...any)) {
		row("RULE", heading, "WHERE", "WHY")
		for _, rule := range rules {
			fires := "no"
			if rule.Fires {
				fires = "yes"
			}
			row(rule.RuleID, fires, spot(rule.Pointer), rule.Reason)
		}
	})
}

func spot(pointer string) string { return cmp.Or(strings.TrimPrefix(pointer, "/"), "-") }

// explainRule tells why a rule has not fired.
func (p *program) explainRule(ctx context.Context, c *client.Client, id, format string) error {
	told, err := c.ExplainRule(ctx, id)
	switch {
	case err != nil:
		return err
	case format == formatJSON:
		return p.printJSON(told)
	}
	if err := p.lines(fmt.Sprintf("rule %s: %s", told.Rule, told.Says)); err != nil {
		return err
	}
	if err := p.table(func(row func(...any)) {
		row("WANTS", "EXPECTED", fmt.Sprintf("MET, OF %d", told.Looked))
		for _, one := range told.Criteria {
			row(spot(one.Pointer), one.Expected, one.Met)
		}
	}); err != nil || len(told.Passed) == 0 && told.Nearest == nil {
		return err
	}
	return p.table(func(row func(...any)) {
		row("REQUEST", "WHERE", "WHY IT DID NOT FIRE")
		for _, one := range told.Passed {
			row(one.Request, spot(one.Pointer), one.Reason)
		}
		if told.Nearest != nil {
			for _, one := range told.Nearest.Against {
				row(told.Nearest.Request, spot(one.Pointer), one.Reason)
			}
		}
	})
}
