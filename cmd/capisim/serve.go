package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/capisim/sim"
	"example.com/capisim/sim/document"
)

// drainTime is what requests in flight get after SIGTERM (DESIGN.md §3).
const drainTime = 5 * time.Second

// sameSignal is how soon a second signal counts as the first once more.
const sameSignal = time.Second

// serveFlags are the flags of serve (DESIGN.md §3).
type serveFlags struct {
	endpointFlags
	scenario, scenarios string
	bundle              string
	watch, watchKeep    bool
	externalURL         string
	trustProxy          bool
	corsOrigins         []string
	adminListen         string
	adminToken          string
	allowedHosts        []string
	auth, clock         string
	seed                int64
	journalSize         int64
	journalBytes        int64
	maxWorlds, maxRules int64
	noPrefer            bool
	report              reportFolder
	logFormat, logLevel string
	given               *pflag.FlagSet // says which were set
}

func (p *program) serveCommand() *cobra.Command {
	f := &serveFlags{
		scenario: "default", journalSize: sim.DefaultJournalEntries, journalBytes: sim.DefaultJournalBytes,
		maxWorlds: sim.DefaultMaxWorlds, maxRules: sim.DefaultMaxRules, logFormat: "text", logLevel: "info",
	}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the simulated API until SIGTERM or SIGINT",
		Args:  arguments(0, 0),
		RunE:  func(cmd *cobra.Command, _ []string) error { return p.serve(cmd.Context(), f) },
	}
	f.given = cmd.Flags()
	f.register(cmd.Flags())
	return cmd
}

func (f *serveFlags) register(flags *pflag.FlagSet) {
	f.endpointFlags.register(flags)
	flags.StringVar(&f.scenario, "scenario", f.scenario, "`name` of a scenario, or a file")
	flags.StringVar(&f.bundle, "bundle", "", "`file` of a bundle, from whose beginning the default world starts, in place of a scenario")
	flags.StringVar(&f.scenarios, "scenarios", "", "`folder` with more scenarios")
	flags.BoolVar(&f.watch, "watch", false, "reload scenario files when they change: worlds that play one of them begin anew, whatever clients have changed in them")
	flags.BoolVar(&f.watchKeep, "watch-keep", false, "with --watch, leave worlds that clients have changed as they are until they are reset")
	flags.Var(webAddress(&f.externalURL), "external-url", "`URL` that links begin with (default: as the request's)")
	flags.BoolVar(&f.trustProxy, "trust-proxy", false, "believe X-Forwarded-* for links and addresses of clients")
	flags.StringSliceVar(&f.corsOrigins, "cors-origin", nil, "web `origin` whose pages may call the API, such as https://*.example.com; may be repeated")
	flags.StringVar(&f.adminListen, "admin-listen", "", "`address` for admin API and console, then absent from the API's; unix:PATH is a socket")
	flags.StringVar(&f.adminToken, "admin-token", "", "bearer `token` that admin requests must carry")
	flags.StringSliceVar(&f.allowedHosts, "allowed-hosts", nil, "`names`, comma separated, by which admin API and console may be called without a token; .example.com stands for all under it (default: none)")
	flags.Var(oneOf(&f.auth, "permissive", "strict"), "auth", "what unknown tokens are (default: as the scenario says)")
	flags.Var(anyNumber(&f.seed), "seed", "seed of all names and draws (default: the scenario's)")
	flags.Var(oneOf(&f.clock, "real", "frozen"), "clock", "clock of every world (default: as the scenario says)")
	flags.Var(numberFrom(&f.journalSize, 0), "journal-size", "requests that each world remembers")
	flags.Var(size(&f.journalBytes), "journal-bytes", "memory that they may take")
	flags.Var(numberFrom(&f.maxWorlds, 0), "max-worlds", "worlds beside the default one")
	flags.Var(numberFrom(&f.maxRules, 1), "max-rules", "fault rules of each world")
	flags.BoolVar(&f.noPrefer, "no-prefer", false, "ignore the header Prefer")
	f.report.register(flags)
	flags.Var(oneOf(&f.logFormat, "text", "json"), "log-format", "how log lines are written")
	flags.Var(oneOf(&f.logLevel, "debug", "info", "warn", "error"), "log-level", "lowest level that is logged")
}

// options are the flags in the engine's words.
func (f *serveFlags) options(log *slog.Logger) []sim.Option {
	list := []sim.Option{
		sim.Scenario(f.scenario), sim.ScenariosDir(f.scenarios), sim.AdminToken(f.adminToken),
		sim.Journal(int(f.journalSize), f.journalBytes), sim.MaxWorlds(int(f.maxWorlds)), sim.MaxRules(int(f.maxRules)),
		sim.Logger(log), sim.Version(currentVersion()),
	}
	for _, one := range []struct {
		wanted bool
		option func() sim.Option
	}{
		{f.bundle != "", func() sim.Option { return sim.FromBundle(f.bundle) }},
		{f.externalURL != "", func() sim.Option { return sim.ExternalURL(f.externalURL) }},
		{f.trustProxy, sim.TrustProxy},
		{f.corsOrigins != nil, func() sim.Option { return sim.CORSOrigins(f.corsOrigins...) }},
		{f.adminListen != "", sim.AdminApart},
		{len(f.allowedHosts) > 0, func() sim.Option { return sim.AllowedHosts(f.allowedHosts...) }},
		{f.auth != "", func() sim.Option { return sim.Auth(f.auth) }},
		{f.given.Changed("seed"), func() sim.Option { return sim.Seed(f.seed) }},
		{f.clock != "", func() sim.Option { return sim.Clock(f.clock) }},
		{f.noPrefer, sim.NoPrefer},
	} {
		if one.wanted {
			list = append(list, one.option())
		}
	}
	return list
}

// logger writes to stderr, as the flags say.
func (f *serveFlags) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.logLevel)); err != nil { // the flag allows levels only
		panic(err)
	}
	options := &slog.HandlerOptions{Level: level}
	if f.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// serve listens first, so that a taken port is known before any work is done,
// and so that the first client waits in the socket's queue instead of failing.
func (p *program) serve(ctx context.Context, f *serveFlags) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	// A second signal finds the default action again and ends a stuck drain. One that
	// comes at once is the same: timeout(1) sends it to the process and to its group.
	defer context.AfterFunc(ctx, func() { time.AfterFunc(sameSignal, stop) })()

	if f.bundle != "" && f.given.Changed("scenario") {
		return misused("--bundle: beside --scenario, expected one of the two")
	}
	// In a container with a limit the collector works harder before it is reached;
	// elsewhere there is nothing to be set, which is an error to the library. Nothing
	// waits for the files in which the limit stands.
	go memlimit.Set(memlimit.WithRatio(0.8)) //nolint:errcheck // as said
	log := f.logger(p.stderr)
	if err := f.report.prepare(); err != nil {
		return err
	}
	watch, err := newWatcher(f, log)
	if err != nil {
		return err
	}
	api, admin, err := f.listen()
	if err != nil {
		return err
	}
	metrics := newMetrics()
	simulator, err := sim.New(append(f.options(log), sim.Observe(metrics.count), sim.Beside("/metrics", metrics), sim.TLS(api.tls))...)
	if err != nil {
		return errors.Join(err, api.close(), admin.close())
	}
	metrics.totals = simulator.Totals
	defer tendCollector()()
	api.server = simulator.Server(simulator)
	admin.server = simulator.Server(simulator.Admin())
	running := []*endpoint{api}
	if admin.listener != nil {
		running = append(running, admin)
		if err := simulator.ServedAt(api.url()); err != nil {
			return errors.Join(err, api.close(), admin.close())
		}
	}
	ended := make(chan error, len(running))
	var group sync.WaitGroup
	for _, e := range running {
		group.Go(func() { ended <- e.serve() })
	}
	if watch != nil {
		ticker := time.NewTicker(watchInterval)
		defer ticker.Stop()
		group.Go(func() { watch.run(ctx, ticker.C, func() error { return simulator.Reload(f.watchKeep) }) })
	}
	fmt.Fprintln(p.stdout, f.readyLine(api, admin, simulator))
	select {
	case <-ctx.Done():
	case err = <-ended:
	}
	drain(running, simulator)
	group.Wait()
	return errors.Join(err, f.report.leave(p.stdout, simulator))
}

// readyLine says where the server is, for people and for scripts that wait.
func (f *serveFlags) readyLine(api, admin *endpoint, simulator *sim.Simulator) string {
	console := ", console at " + api.url() + "/console/"
	if admin.listener != nil {
		console = ", console at " + admin.url() + "/console/"
	}
	if strings.Contains(console, unixPrefix) { // no browser gets there
		console = ""
	}
	links := ""
	if f.externalURL != "" {
		links = ", links to " + f.externalURL
	}
	return fmt.Sprintf("capisim ready at %s (scenario %s, %s%s)%s",
		api.url(), simulator.ScenarioName(), document.Count(simulator.Processes(), "process"), links, console)
}

// drain takes no new connections, cuts what faults hold back, and lets the
// rest finish for a while.
func drain(running []*endpoint, simulator *sim.Simulator) {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	var group sync.WaitGroup
	for _, e := range running {
		// The listener's end, not Shutdown's, comes first: a request that
		// arrived in between would meet worlds that are gone.
		e.close() //nolint:errcheck // serve returns it
		group.Go(func() {
			if e.server.Shutdown(ctx) != nil {
				e.server.Close() //nolint:errcheck // their time is over
			}
		})
	}
	simulator.Close() //nolint:errcheck // nothing to be done about it at the end
	group.Wait()
}
