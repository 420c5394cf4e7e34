package main

import (
	"context"
	"encoding/json"
	"io"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
)

func (p *program) requestsCommand() *cobra.Command {
	var filter client.RequestFilter
	var status int64
	var limit int64 = 50
	var format string
	var follow bool
	cmd := remote(&cobra.Command{
		Use:   "requests",
		Short: "Show what clients sent and what was answered, the newest last",
		Long: "Show what clients sent and what was answered, the newest last. A request whose answer a delay or a hang\n" +
			"holds back is \"held\"; with --follow it is shown again when its answer has left.",
		Args: arguments(0, 0),
	}, func(ctx context.Context, c *client.Client, _ []string) error {
		filter.Status = int(status)
		if follow {
			return p.follow(ctx, c, filter, format)
		}
		list, _, err := c.Requests(ctx, filter, int(limit))
		if err != nil {
			return err
		}
		slices.Reverse(list)
		if format == formatJSON {
			return p.printJSON(list)
		}
		return p.table(func(row func(...any)) {
			row(requestColumns...)
			for i := range list {
				row(requestRow(&list[i])...)
			}
		})
	})
	flags := cmd.Flags()
	flags.StringVar(&filter.Operation, "operation", "", "only this `operation`")
	flags.Var(number(&status, 100, 999), "status", "only this answer")
	flags.Var(number(&limit, 1, 5000), "limit", "how many at most")
	flags.BoolVar(&filter.Unmatched, "unmatched", false, "only those that met no operation, with what they missed")
	flags.BoolVar(&follow, "follow", false, "show requests as they come, until SIGINT or SIGTERM")
	formatFlag(cmd, &format)
	return cmd
}

// follow prints each request as it comes: in columns of a fixed width, since
// nobody knows what will follow, or as one line of JSON.
func (p *program) follow(ctx context.Context, c *client.Client, filter client.RequestFilter, format string) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	show := func(v journal.View) error {
		row := printables(requestRow(&v))
		last := len(row) - 1
		var out strings.Builder
		writeRow(&out, row[:last], followWidths)
		if row[last] != "" {
			out.WriteString("       " + row[last] + "\n")
		}
		_, err := io.WriteString(p.stdout, out.String())
		return err
	}
	if format == formatJSON {
		out := json.NewEncoder(p.stdout)
		show = func(v journal.View) error { return out.Encode(v) }
	}
	if err := c.Follow(ctx, filter, show); ctx.Err() == nil {
		return err
	}
	return nil // the end that was asked for may fall into the middle of an event
}

// followWidths are those of the columns but the last, which has a line of its
// own.
var followWidths = []int{6, 12, 20, 6, 40, 6}

var requestColumns = []any{"ID", "TIME", "OPERATION", "METHOD", "PATH", "STATUS", "NOTES"}

func requestRow(v *journal.View) []any {
	operation, status, target := v.Operation, strconv.Itoa(v.Response.Status), v.Request.Path
	if operation == "" {
		operation = "-"
	}
	switch {
	case v.Held:
		status = "held"
	case v.Response.Status == 0:
		status = "-"
	}
	if v.Request.Query != "" {
		target += "?" + v.Request.Query
	}
	return []any{strconv.FormatUint(v.ID, 10), v.WallTime.Format("15:04:05.000"), operation, v.Request.Method, target, status, notes(v)}
}

// notes are what a reader of a request should not overlook.
func notes(v *journal.View) string {
	var list []string
	if v.Rule != "" {
		list = append(list, "rule "+v.Rule)
	} else if v.Injected {
		list = append(list, "injected")
	}
	if v.ConnectionFault != "" {
		list = append(list, v.ConnectionFault)
	}
	if v.Injected && v.Applied {
		list = append(list, "applied")
	}
	if n := len(v.Violations.List); n > 0 {
		list = append(list, document.Count(n, "violation"))
	}
	if n := len(v.Warnings); n > 0 {
		list = append(list, document.Count(n, "warning"))
	}
	if near := v.Nearest; near != nil && near.Real {
		list = append(list, near.Message)
	} else if near != nil {
		list = append(list, "nearest "+near.Operation+": "+near.Message)
	}
	return strings.Join(list, ", ")
}
