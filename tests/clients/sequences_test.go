package clients_test

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml"

	"example.com/capisim/tests/harness"
)

// sequenceFiles are what real clients send and read, a file each. Every session
// is played in a fresh world, at the root and under a path, and again as a
// bundle. In paths and bodies {org}, {space}, {demo}, {worker} and {legacy} stand
// for the guids of the default scenario, {token} for the access token, and what
// a request keeps for what it was answered.
//
//go:embed sequences/*.yaml
var sequenceFiles embed.FS

// sequences is what one client sends and needs.
type sequences struct {
	Client     string                       `yaml:"client"`      // its name
	Scenario   map[string]any               `yaml:"scenario"`    // laid over the default one
	Headers    map[string]string            `yaml:"headers"`     // on every call of the API
	UAAHeaders map[string]string            `yaml:"uaa_headers"` // on every call of UAA
	Spans      bool                         `yaml:"spans"`       // it sends X-B3 headers
	Begins     string                       `yaml:"begins"`      // the session in front of every other: a login
	Needs      map[string]map[string]string `yaml:"needs"`       // fields that it reads, by operation, with their types
	Blocks     map[string][]sent            `yaml:"blocks"`      // requests that end many sessions
	Sessions   []session                    `yaml:"sessions"`
	Faults     []session                    `yaml:"faults"` // sessions under a fault rule
}

type session struct {
	Command  string         `yaml:"command"` // what the user asked the client to do
	After    string         `yaml:"after"`   // a session that comes before
	Rule     map[string]any `yaml:"rule"`
	Shown    string         `yaml:"shown"`
	Reaction string         `yaml:"reaction"`
	Requests []sent         `yaml:"requests"`
}

// sent is one request of a client, or a block of them.
type sent struct {
	Block     string            `yaml:"block"`
	Advance   string            `yaml:"advance"` // how far the world's clock goes before it
	Operation string            `yaml:"operation"`
	Method    string            `yaml:"method"`
	Path      string            `yaml:"path"`
	Headers   map[string]string `yaml:"headers"` // in the place of the client's
	Body      string            `yaml:"body"`
	Status    int               `yaml:"status"` // 0: the connection is cut
	Expect    map[string]any    `yaml:"expect"` // values of the answer, by path
	Keep      map[string]string `yaml:"keep"`   // names for values of the answer, by path
}

// clients are all sequences, read once: specs are made of them while the tree is
// built.
var clients = func() (all []*sequences) {
	files, err := fs.Glob(sequenceFiles, "sequences/*.yaml")
	if err != nil {
		panic(err)
	}
	for _, name := range files {
		raw, err := sequenceFiles.ReadFile(name)
		if err != nil {
			panic(err)
		}
		data := &sequences{}
		if err := yaml.UnmarshalWithOptions(raw, data, yaml.Strict()); err != nil {
			panic(name + ": " + yaml.FormatError(err, false, true))
		}
		all = append(all, data)
	}
	return all
}()

// client finds the sequences of a client.
func sequencesOf(client string) *sequences {
	for _, one := range clients {
		if one.Client == client {
			return one
		}
	}
	panic("no sequences of " + client)
}

// session finds a session by its command.
func (d *sequences) session(command string) session {
	for _, s := range d.Sessions {
		if s.Command == command {
			return s
		}
	}
	panic(fmt.Sprintf("%s: no session %q", d.Client, command))
}

// flat is the requests of a session with blocks written out and those of the
// session before it in front.
func (d *sequences) flat(s session) (requests []sent) {
	if s.After != "" {
		requests = d.flat(d.session(s.After))
	}
	for _, r := range s.Requests {
		if r.Block == "" {
			requests = append(requests, r)
			continue
		}
		block, ok := d.Blocks[r.Block]
		if !ok {
			panic(fmt.Sprintf("%s: no block %q", d.Client, r.Block))
		}
		requests = append(requests, block...)
	}
	return requests
}

// names are what stands for itself in every file.
var names = map[string]string{
	"password": "developer", "org": harness.DemoOrg, "space": harness.DevSpace,
	"demo": harness.DemoApp, "worker": harness.Worker, "legacy": harness.LegacyApp,
}

// filled puts values in the place of their names.
func filled(text string, values map[string]string) string {
	var pairs []string
	for name, value := range values {
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
