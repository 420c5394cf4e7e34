package main

import (
	"context"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

// patience is how long healthcheck waits for an answer.
const patience = 5 * time.Second

// healthcheckCommand asks a server whether it is ready. It takes address and
// scheme from the flags and variables that serve takes them from, so that a
// container's health check needs no arguments.
func (p *program) healthcheckCommand() *cobra.Command {
	f := &endpointFlags{}
	cmd := &cobra.Command{
		Use:   "healthcheck",
		Short: "Exit 0 when the server on this machine is ready",
		Long: "Exit 0 when the server on this machine is ready, 1 when it is not, 3 when there is none.\n" +
			"Address and scheme come from the same flags and variables as those of serve.",
		Args: arguments(0, 0),
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
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}}
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
