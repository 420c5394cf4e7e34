package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
)

// remoteFlags say which server, and which of its worlds, a command is about.
type remoteFlags struct {
	url, world, token string
}

// localServer is where serve listens when it is not told.
const localServer = "http://127.0.0.1:8080"

func (f *remoteFlags) register(flags *pflag.FlagSet, url string) {
	flags.StringVar(&f.url, "url", url, "`address` of the server, or of one of its worlds; unix:PATH is a socket")
	f.registerRest(flags)
}

func (f *remoteFlags) registerRest(flags *pflag.FlagSet) {
	flags.StringVar(&f.world, "world", "", "`name` of a world (default: the default world)")
	flags.StringVar(&f.token, "admin-token", "", "bearer `token` that the server asks for")
}

// named takes the world's name off an address that names it, as CAPISIM_URL
// does.
func (f *remoteFlags) named() error {
	base, world, found := strings.Cut(strings.TrimRight(f.url, "/"), "/worlds/")
	world, more, _ := strings.Cut(world, "/")
	switch {
	case !found || world == "":
		return nil
	case more != "":
		return misused("--url: %q has %q behind the world, expected nothing more", f.url, "/"+more)
	}
	if f.world != "" && f.world != world {
		return misused("--world: %q beside a --url that names the world %q, expected the same or one of them", f.world, world)
	}
	f.url, f.world = base, world
	return nil
}

// insideServer are paths that users copy with an address.
var insideServer = document.Pattern(`/(v2|v3|admin|console|oauth)(/.*)?$`)

// answerTime is how long a server may think before it begins to answer.
const answerTime = 60 * time.Second

// client makes the client that the flags ask for.
func (f *remoteFlags) client() (*client.Client, error) {
	if err := f.named(); err != nil {
		return nil, err
	}
	if path, unix := socketPath(f.url); unix {
		transport := throughSocket(http.DefaultTransport.(*http.Transport).Clone(), path)
		transport.ResponseHeaderTimeout = answerTime
		return &client.Client{URL: f.url, Base: unixHost, World: f.world, Token: f.token, HTTP: &http.Client{Transport: transport}}, nil
	}
	at, err := url.Parse(f.url)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" {
		return nil, misused("--url: %q, expected http://HOST:PORT, https://HOST:PORT or unix:PATH", f.url)
	}
	if inside := insideServer().FindString(at.Path); inside != "" {
		return nil, misused("--url: %q leads into the server, expected its address without %s", f.url, inside)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = clientTLS(at.Hostname())
	transport.ResponseHeaderTimeout = answerTime
	return &client.Client{URL: f.url, World: f.world, Token: f.token, HTTP: &http.Client{Transport: transport}}, nil
}

// remoteAction is what a command does with a running server.
type remoteAction func(ctx context.Context, c *client.Client, args []string) error

// remote makes a command one that talks to a running server.
func remote(cmd *cobra.Command, do remoteAction) *cobra.Command {
	f := &remoteFlags{}
	f.register(cmd.Flags(), localServer)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := f.client()
		if err != nil {
			return err
		}
		defer c.HTTP.CloseIdleConnections()
		return worded(do(cmd.Context(), c, args))
	}
	return cmd
}

// servers are those that a command asks, at least one.
type servers []*client.Client

// remotes makes a command one that asks several running servers and merges what
// they say: the replicas among which worlds are spread.
func remotes(cmd *cobra.Command, do func(ctx context.Context, all servers, args []string) error) *cobra.Command {
	f := &remoteFlags{}
	var urls []string
	cmd.Flags().StringArrayVar(&urls, "url", []string{localServer}, "`address` of the server, or of one of its worlds; given several times, all are asked and what they say is merged")
	f.registerRest(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var all servers
		for _, url := range urls {
			one := remoteFlags{url, f.world, f.token}
			c, err := one.client()
			if err != nil {
				return err
			}
			defer c.HTTP.CloseIdleConnections()
			all = append(all, c)
		}
		return worded(do(cmd.Context(), all, args))
	}
	return cmd
}

func (all servers) addresses() []string {
	var urls []string
	for _, c := range all {
		urls = append(urls, c.URL)
	}
	return urls
}

// folder is where files about one of the servers go: each of several has its own
// below the one that was named, since worlds of one name are on all of them.
func (all servers) folder(named string, i int) string {
	if named == "" || len(all) == 1 {
		return named
	}
	return filepath.Join(named, strconv.Itoa(i+1))
}

// askAll asks one server after the other; what one of them cannot say is the
// error, with its address.
func askAll[T any](ctx context.Context, all servers, ask func(ctx context.Context, c *client.Client) (T, error)) ([]T, error) {
	said := make([]T, len(all))
	for i, c := range all {
		var err error
		if said[i], err = ask(ctx, c); err != nil {
			if len(all) > 1 {
				err = fmt.Errorf("%s: %w", c.URL, err)
			}
			return nil, err
		}
	}
	return said, nil
}

// worded gives what the client says the exit code that it stands for.
func worded(err error) error {
	var gone *client.UnreachableError
	if errors.As(err, &gone) {
		return unreached(err)
	}
	return err
}

// remoteCommands steer a running server.
func (p *program) remoteCommands() []*cobra.Command {
	return []*cobra.Command{
		p.faultCommand(), p.loadCommand(), p.resetCommand(), p.stateCommand(), p.worldCommand(), p.clockCommand(), p.platformCommand(), p.explainCommand(),
	}
}

func (p *program) loadCommand() *cobra.Command {
	return remote(&cobra.Command{
		Use:               "load SCENARIO",
		Short:             "Load another scenario into the world, by its name or from a file",
		Args:              arguments(1, 1),
		ValidArgsFunction: completeScenarios,
	}, func(ctx context.Context, c *client.Client, args []string) error {
		seen, err := p.load(ctx, c, args[0])
		if err != nil {
			return err
		}
		return p.printPlayed(seen)
	})
}

// load sends a file as the document that it is.
func (p *program) load(ctx context.Context, c *client.Client, name string) (client.Overview, error) {
	if !isFile(name) {
		return c.Load(ctx, name)
	}
	read, err := p.readDocument(name)
	if err != nil {
		return client.Overview{}, err
	}
	seen, err := c.LoadDocument(ctx, read.Root.AppendJSON(nil))
	return seen, placed(err, read, "")
}

// readDocument reads a file that is a scenario or a part of one, with what the
// environment and files beside it have to say; what is wrong with its text is
// told with its place.
func (p *program) readDocument(name string) (*document.Document, error) {
	text, err := p.read(name)
	if err != nil {
		return nil, misused("%w", err)
	}
	read, err := scenario.ReadFile(name, text)
	if err != nil {
		return nil, misused("%w", err)
	}
	return read, nil
}

// placed tells by line and column what a server found wrong with a document, of
// which it says the pointers; each begins with what was laid around the document.
func placed(err error, read *document.Document, around string) error {
	var refused *client.AnswerError
	if !errors.As(err, &refused) || refused.Status != http.StatusUnprocessableEntity {
		return err
	}
	var found document.Violations
	for _, one := range refused.Problems {
		found = append(found, document.Violation{Pointer: strings.TrimPrefix(one.Pointer, around), Message: one.Detail})
	}
	return misused("%w", read.Place(found).Sorted())
}

// printPlayed says what the world plays now.
func (p *program) printPlayed(seen client.Overview) error {
	_, err := fmt.Fprintf(p.stdout, "scenario %s, %s\n", seen.Scenario.Name, document.Count(seen.Counts.Processes, "process"))
	return err
}

// isFile tells a file from the name of a scenario, as serve does; - is standard
// input.
func isFile(name string) bool { return name == "-" || scenario.IsFile(name) }

func (p *program) resetCommand() *cobra.Command {
	var only []string
	cmd := remote(&cobra.Command{
		Use:   "reset",
		Short: "Bring the world back to its scenario",
		Args:  arguments(0, 0),
	}, func(ctx context.Context, c *client.Client, _ []string) error {
		seen, err := c.Reset(ctx, only...)
		if err != nil {
			return err
		}
		return p.printPlayed(seen)
	})
	cmd.Flags().StringSliceVar(&only, "only", nil, "`parts` to reset, of state,faults,journal,clock (default: all)")
	return cmd
}

func (p *program) stateCommand() *cobra.Command {
	format := formatYAML
	cmd := remote(&cobra.Command{
		Use:   "state",
		Short: "Print the world as a scenario file",
		Args:  arguments(0, 0),
	}, func(ctx context.Context, c *client.Client, _ []string) error {
		return c.WriteState(ctx, format, p.stdout)
	})
	cmd.Flags().Var(oneOf(&format, formatYAML, formatJSON), "format", "how it is written")
	return cmd
}
