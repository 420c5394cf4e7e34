package sim

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"example.com/capisim/sim/api"
	"example.com/capisim/sim/bundle"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
	"example.com/capisim/sim/world"
)

// Option is a choice about a simulator. Each can fail; New and Start tell of
// the first that does.
type Option func(*config) error

// config is what the options add up to.
type config struct {
	folder   string
	scenario string
	document []byte             // an inline scenario document, nil for none
	parsed   *scenario.Scenario // in its place, nil for none
	began    *bundle.Clock      // of the bundle that the document is of; nil for none
	bundles  string             // folder for those of failing tests, "" for none
	// variation is what was chosen of the scenario.
	variation scenario.Variation
	ofServer  []string // the options given that are not a world's
	api       api.Options
	worlds    world.Options
	apart     bool                            // admin and console are not on the API's port
	tls       *tls.Config                     // of the ports of worlds, nil for plain HTTP
	around    func(http.Handler) http.Handler // of each server, nil for nothing
	beside    map[string]http.Handler         // of each server, by path
	// bodyTimeout is how long a request's body may be on its way.
	bodyTimeout time.Duration
	token       string
	corsOrigins []string // as they were written; api has them to compare with
	hosts       []string // names by which admin and console may be called
	version     string
	log         *slog.Logger
}

// The bounds, unless options say otherwise.
const (
	DefaultJournalEntries = 10000
	DefaultJournalBytes   = 64 << 20
	DefaultMaxWorlds      = 2000
	DefaultMaxRules       = 10000
)

func configure(options []Option) (*config, error) {
	c := &config{
		version: "development",
		log:     slog.New(slog.DiscardHandler),

		bodyTimeout: bodyTimeout,
		api:         api.Options{Prefer: true},
		worlds: world.Options{
			MaxWorlds: DefaultMaxWorlds,
			Bounds: world.Bounds{
				Rules: DefaultMaxRules, JournalEntries: DefaultJournalEntries, JournalBytes: DefaultJournalBytes,
			},
		},
	}
	for _, option := range options {
		if err := option(c); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// ofServer is an option that belongs to the server and not to a world.
func ofServer(name string, set func(*config) error) Option {
	return func(c *config) error {
		c.ofServer = append(c.ofServer, name)
		return set(c)
	}
}

// Scenario chooses the scenario of the default world, or of the world that it is
// given for: the name of one that the server knows, or the path of a file, in
// which ${VAR} is the environment's. Left out it is "default", or for a world what the default one plays.
func Scenario(nameOrFile string) Option {
	return func(c *config) error {
		if nameOrFile == "" {
			return errors.New("scenario: no name")
		}
		c.scenario = nameOrFile
		return nil
	}
}

// Document is a scenario written in place, YAML or JSON. What is to come from the
// environment is for the caller to put in.
func Document(text string) Option {
	return func(c *config) error {
		if text == "" {
			return errors.New("document: empty, expected a scenario")
		}
		c.document = []byte(text)
		return nil
	}
}

// ScenariosDir adds the scenarios of a folder to the shipped ones.
func ScenariosDir(dir string) Option {
	return ofServer("ScenariosDir", func(c *config) error {
		c.folder = dir
		return nil
	})
}

// Seed replaces the scenario's seed, from which all names and draws come.
func Seed(n int64) Option {
	return func(c *config) error {
		c.variation.Seed = &n
		return nil
	}
}

// Variant replaces the scenario's edition of the API: "default", "open-source"
// or "vendor".
func Variant(edition string) Option {
	return func(c *config) error {
		switch v := contract.Variant(edition); v {
		case contract.Default, contract.OpenSource, contract.Vendor:
			c.variation.Variant = v
			return nil
		}
		return fmt.Errorf("variant: %q, expected default, open-source or vendor", edition)
	}
}

// Frozen stops the clock of the world, whatever its scenario says;
// Server.Advance moves it. Given to New or Start it counts for every world.
func Frozen() Option { return Clock("frozen") }

// Clock lets the clock of the world run ("real") or stand still ("frozen"),
// whatever its scenario says. Given to New or Start it counts for every world.
func Clock(mode string) Option {
	return func(c *config) error {
		if mode != "real" && mode != "frozen" {
			return fmt.Errorf("clock: %q, expected real or frozen", mode)
		}
		c.worlds.Choices.Clock = mode
		return nil
	}
}

// ExternalURL is the address that links in answers begin with, instead of the
// host that each request names.
func ExternalURL(address string) Option {
	return ofServer("ExternalURL", func(c *config) error {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			return fmt.Errorf("external URL: %q, expected http://HOST or https://HOST, with or without a path", address)
		}
		c.api.ExternalURL = strings.TrimRight(u.String(), "/")
		return nil
	})
}

// TrustProxy believes X-Forwarded-Proto, X-Forwarded-Host and X-Forwarded-Prefix
// for links, and X-Forwarded-For for the client's address.
func TrustProxy() Option {
	return ofServer("TrustProxy", func(c *config) error { c.api.TrustProxy = true; return nil })
}

// originForm is a scheme with a host and perhaps a port, of which any part may be a
// star.
var originForm = document.Pattern(`^(\*|([a-z][a-z0-9+.-]*|\*)://[^\s/?#@,]+)$`)

// CORSOrigins are the web origins from which browsers may call the simulated API,
// in the notation of the real server's allowed_cors_domains: "https://*.example.com".
// Without them no answer has a header of CORS. As on the real server a browser
// may not PATCH.
func CORSOrigins(origins ...string) Option {
	return ofServer("CORSOrigins", func(c *config) error {
		for _, origin := range origins {
			if !originForm().MatchString(origin) {
				return fmt.Errorf("CORS origin: %q, expected an origin such as https://*.example.com or http://localhost:3000, or *", origin)
			}
		}
		c.corsOrigins = origins
		c.api.Origins = api.NewOrigins(origins)
		return nil
	})
}

// Auth says what happens to a token that neither the scenario nor the simulator
// issued, whatever the scenario says: "strict" refuses it, "permissive" takes
// it for an admin's.
func Auth(mode string) Option {
	return func(c *config) error {
		if mode != string(scenario.Permissive) && mode != string(scenario.Strict) {
			return fmt.Errorf("auth: %q, expected permissive or strict", mode)
		}
		c.worlds.Choices.Auth = scenario.AuthMode(mode)
		return nil
	}
}

// NoPrefer ignores the header Prefer: code=...
func NoPrefer() Option {
	return ofServer("NoPrefer", func(c *config) error { c.api.Prefer = false; return nil })
}

// AdminToken is what admin requests must carry as a bearer token.
func AdminToken(token string) Option {
	return ofServer("AdminToken", func(c *config) error { c.token = token; return nil })
}

// AllowedHosts are names by which admin API and console may be called while
// there is no admin token, beside addresses, localhost, this machine's name, the
// host of ExternalURL, names of one label and those that are private by their
// end. One that begins with a dot stands for all names that end in it. Any other
// name is refused: it may be a web page's, made to lead here.
func AllowedHosts(names ...string) Option {
	return ofServer("AllowedHosts", func(c *config) error {
		for _, name := range names {
			if !hostName().MatchString(name) {
				return fmt.Errorf("allowed hosts: %q, expected a host name without scheme and port, such as capisim.example.com or .example.com", name)
			}
			c.hosts = append(c.hosts, strings.TrimSuffix(strings.ToLower(name), "."))
		}
		return nil
	})
}

var hostName = document.Pattern(`^\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?$`)

// names are those of AllowedHosts, and what else this server is called.
func (c *config) names() []string {
	names := c.hosts
	if name, err := os.Hostname(); err == nil {
		names = append(names, strings.ToLower(name))
	}
	if external, err := url.Parse(c.api.ExternalURL); err == nil && external.Hostname() != "" {
		names = append(names, strings.ToLower(external.Hostname()))
	}
	return names
}

// AdminApart takes the admin API and the console off the handler of the
// simulated API: Simulator.Admin serves them, and Start does on a port of their
// own.
func AdminApart() Option {
	return ofServer("AdminApart", func(c *config) error { c.apart = true; return nil })
}

// TLS is what the ports speak that worlds have of their own; nil is plain HTTP.
func TLS(settings *tls.Config) Option {
	return ofServer("TLS", func(c *config) error { c.tls = settings; return nil })
}

// Around puts a handler around that of each server which Simulator.Server makes,
// the ports of worlds included: it sees and may change every request and answer.
func Around(wrap func(http.Handler) http.Handler) Option {
	return ofServer("Around", func(c *config) error { c.around = wrap; return nil })
}

// Beside serves one more path on each server that Simulator.Server makes, the ports
// of worlds included: metrics are the same on all of them. An answer that
// is not read within half a minute is cut, unless the handler sets another deadline.
func Beside(path string, handler http.Handler) Option {
	return ofServer("Beside", func(c *config) error {
		if !strings.HasPrefix(path, "/") {
			return fmt.Errorf("beside: %q, expected a path such as /metrics", path)
		}
		if c.beside == nil {
			c.beside = map[string]http.Handler{}
		}
		c.beside[path] = handler
		return nil
	})
}

// Journal bounds what each world remembers of its requests. Zero entries keep
// none; coverage and reactions are counted all the same.
func Journal(entries int, bytes int64) Option {
	return ofServer("Journal", func(c *config) error {
		if entries < 0 || bytes < 0 {
			return fmt.Errorf("journal: %d entries, %d bytes, expected 0 or more", entries, bytes)
		}
		c.worlds.Bounds.JournalEntries, c.worlds.Bounds.JournalBytes = entries, bytes
		return nil
	})
}

// MaxWorlds bounds the worlds beside the default one.
func MaxWorlds(n int) Option {
	return ofServer("MaxWorlds", func(c *config) error {
		if n < 0 {
			return fmt.Errorf("max worlds: %d, expected 0 or more", n)
		}
		c.worlds.MaxWorlds = n
		return nil
	})
}

// MaxRules bounds the fault rules of each world.
func MaxRules(n int) Option {
	return ofServer("MaxRules", func(c *config) error {
		if n < 1 {
			return fmt.Errorf("max rules: %d, expected 1 or more", n)
		}
		c.worlds.Bounds.Rules = n
		return nil
	})
}

// Logger takes one line a request at debug level, and what goes wrong inside.
// Without one the simulator is silent.
func Logger(log *slog.Logger) Option {
	return ofServer("Logger", func(c *config) error { c.log = cmp.Or(log, c.log); return nil })
}

// Version is what GET /admin says.
func Version(v string) Option {
	return ofServer("Version", func(c *config) error { c.version = v; return nil })
}

// Exchange is an answered request of the simulated API.
type Exchange struct {
	Operation string // id, "" when the request met none
	Status    int    // 0 when the connection was cut without an answer
	Body      []byte // of the answer, not to be changed; of a list of more than 100 processes only its beginning
	Injected  bool   // a fault stands in the place of the real answer
	Latency   time.Duration
}

// Observe sees every answer of the simulated API just before it is sent, from
// many goroutines at once: for counters of one's own, and for checks of all that
// is answered.
func Observe(see func(Exchange)) Option {
	return ofServer("Observe", func(c *config) error {
		c.api.Observe = func(x api.Exchange) {
			seen := Exchange{Status: x.Status, Body: x.Body, Injected: x.Injected, Latency: x.Latency}
			if x.Operation != nil {
				seen.Operation = x.Operation.ID
			}
			see(seen)
		}
		return nil
	})
}
