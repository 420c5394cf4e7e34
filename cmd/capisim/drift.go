package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"example.com/capisim/sim/drift"
)

// driftFlags say what is compared and how.
type driftFlags struct {
	target, token, process string
	write, skipTLS         bool
	timeout                time.Duration
	format                 string
}

// The bounds of what a target may send before its body.
const maxAnswerHeader = 256 << 10

// driftCommand compares a Cloud Controller with capisim (DESIGN.md §3).
func (p *program) driftCommand() *cobra.Command {
	f := &driftFlags{timeout: 30 * time.Second, format: "text"}
	cmd := &cobra.Command{
		Use:   "drift --target URL --token TOKEN [--write --process GUID]",
		Short: "Compare a Cloud Controller with capisim; exit 1 when they differ",
		Long: "Put the same questions to a Cloud Controller and to a capisim that holds the same process, and print each\n" +
			"difference in status, code, text, header or shape. Values that must differ are ignored.\n" +
			"A difference begins with the section (§) of `capisim docs contract` that it is about.\n\n" +
			"Without --write requests only read, or cannot pass authentication or routing. With --write the process that\n" +
			"--process names is changed and put back, also when the command is interrupted. Take one that nobody needs.\n" +
			"Exit codes: 0 no difference, 1 differences or not put back, 2 bad usage or an unusable target, 3 not reached.",
		Example: "  capisim drift --target https://api.example.com --token \"$(cf oauth-token | cut -d' ' -f2)\"",
		Args:    arguments(0, 0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.drift(cmd.Context(), f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.target, "target", "", "`address` of the Cloud Controller")
	flags.StringVar(&f.token, "token", "", "bearer `token`, without the word bearer")
	flags.BoolVar(&f.write, "write", false, "change the process that --process names, and put it back")
	flags.StringVar(&f.process, "process", "", "`guid` of the process to look at (default: one that the token sees)")
	flags.BoolVar(&f.skipTLS, "skip-ssl-validation", false, "accept any certificate of the target")
	flags.Var(span(&f.timeout), "timeout", "how long the target may take for one answer")
	flags.Var(oneOf(&f.format, "text", "json"), "format", "how differences are written")
	return cmd
}

func (p *program) drift(ctx context.Context, f *driftFlags) error {
	target, err := f.check()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	// A second signal ends the command while it puts the process back.
	defer context.AfterFunc(ctx, stop)()
	defer target.HTTP.CloseIdleConnections()

	report, failed := drift.Run(ctx, target, drift.Options{Write: f.write, Timeout: f.timeout})
	if report.Probes > 0 || failed == nil {
		write := report.WriteText
		if f.format == formatJSON {
			write = report.WriteJSON
		}
		if err := write(p.stdout); err != nil {
			return errors.Join(err, failed)
		}
		fmt.Fprintln(p.stderr, "capisim drift: "+report.Summary())
		if len(report.Notes) > 0 && failed == nil {
			fmt.Fprintln(p.stderr, "capisim drift: note: "+strings.Join(report.Notes, "; "))
		}
	}
	return drifted(report, failed)
}

// check refuses what cannot be asked.
func (f *driftFlags) check() (drift.Target, error) {
	switch {
	case f.target == "":
		return drift.Target{}, misused("drift: --target is missing, expected the address of a Cloud Controller")
	case f.token == "":
		return drift.Target{}, misused("drift: --token is missing, expected a bearer token of the target")
	case f.write && f.process == "":
		return drift.Target{}, misused("drift: --write without --process, expected the guid of a process that may be changed")
	case f.timeout == 0:
		return drift.Target{}, misused("--timeout: 0, expected a duration such as 30s")
	}
	at, err := url.Parse(f.target)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" {
		return drift.Target{}, misused("--target: %q, expected http://HOST:PORT or https://HOST:PORT", f.target)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = clientTLS(at.Hostname())
	transport.TLSClientConfig.InsecureSkipVerify = transport.TLSClientConfig.InsecureSkipVerify || f.skipTLS
	transport.MaxResponseHeaderBytes = maxAnswerHeader
	token := strings.TrimSpace(f.token)
	if len(token) > 7 && strings.EqualFold(token[:7], "bearer ") { // as cf oauth-token prints it
		token = strings.TrimSpace(token[7:])
	}
	return drift.Target{URL: f.target, Token: token, Process: f.process, HTTP: &http.Client{Transport: transport}}, nil
}

// drifted gives the result of a run its exit code.
func drifted(report drift.Report, err error) error {
	var silent *drift.UnreachableError
	var changed *drift.RestoreError
	switch {
	case errors.As(err, &changed):
		return found("drift: %w", changed)
	case errors.As(err, &silent):
		return unreached(fmt.Errorf("drift: %w", silent))
	case errors.Is(err, context.Canceled):
		return unreached(errors.New("drift: interrupted, not every question was asked"))
	case err != nil:
		return misused("drift: %w", err)
	case len(report.Differences) > 0:
		return reported
	}
	return nil
}
