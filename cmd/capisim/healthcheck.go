package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// patience is how long healthcheck waits for an answer: less than the image's
// HEALTHCHECK gives it, so that it can say why.
const patience = 2 * time.Second

// healthcheckCommand asks a server whether it is ready. It takes address and
// scheme from the flags and variables that serve takes them from, so that a
// container's health check needs no arguments.
func (p *program) healthcheckCommand() *cobra.Command {
	f := &endpointFlags{}
	cmd := &cobra.Command{
		Use:   "healthcheck",
		Short: "Exit 0 when the server on this machine is ready",
		Long: "Exit 0 when the server on this machine is ready, 1 when it is not, 3 when there is none.\n" +
			"Address and scheme come from the same flags and variables as those of serve. In a container, what is not\n" +
			"given is taken from the command line of the server itself.",
		Args: arguments(0, 0),
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			likeFirst(cmd.Flags())
			return p.merge(cmd)
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return f.healthcheck(cmd.Context()) },
	}
	f.register(cmd.Flags())
	return cmd
}

func (f *endpointFlags) healthcheck(ctx context.Context) error {
	at, err := f.localURL()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.JoinPath("readyz").String(), nil)
	if err != nil {
		return misused("--listen: %w", err)
	}
	config := clientTLS(at.Hostname())
	if f.selfSigned {
		config.InsecureSkipVerify = true // nobody could vouch for it
	}
	// No proxy: the server is on this machine.
	transport := &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}
	if path, unix := socketPath(f.listenAt); unix {
		throughSocket(transport, path)
	}
	client := &http.Client{Transport: transport}
	answer, err := client.Do(request)
	if err != nil {
		return unreached(err)
	}
	defer answer.Body.Close() //nolint:errcheck // its body is not read
	if answer.StatusCode != http.StatusOK {
		return found("%s answered %s, expected 200", request.URL, answer.Status)
	}
	return nil
}

// likeFirst sets the flags that were not given as the process number 1 was given
// them, if that is this program: in a container it is the server, and the
// engine's health check cannot be told what the server was.
func likeFirst(flags *pflag.FlagSet) {
	line, err := os.ReadFile("/proc/1/cmdline")
	words := strings.Split(string(line), "\x00")
	self, unknown := os.Executable()
	if err != nil || unknown != nil || len(words) < 2 || filepath.Base(words[0]) != filepath.Base(self) {
		return
	}
	first := pflag.NewFlagSet("", pflag.ContinueOnError)
	first.ParseErrorsAllowlist.UnknownFlags = true
	(&endpointFlags{}).register(first)
	if first.Parse(words[1:]) != nil {
		return
	}
	first.Visit(func(given *pflag.Flag) {
		if !flags.Changed(given.Name) {
			flags.Set(given.Name, given.Value.String()) //nolint:errcheck // it was valid there
		}
	})
}
