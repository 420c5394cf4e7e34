package clients_test

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed cf.yaml
var cfDocument []byte

// cfData is what the cf CLI sends and needs; cf.yaml says what each part means.
type cfData struct {
	Names      map[string]string            `yaml:"names"`
	Headers    map[string]string            `yaml:"headers"`
	UAAHeaders map[string]string            `yaml:"uaa_headers"`
	Needs      map[string]map[string]string `yaml:"needs"`
	Blocks     map[string][]cfRequest       `yaml:"blocks"`
	Sessions   []cfSession                  `yaml:"sessions"`
	Faults     []cfSession                  `yaml:"faults"`
}

type cfSession struct {
	Command  string         `yaml:"command"`
	After    string         `yaml:"after"` // a session that comes before
	Rule     map[string]any `yaml:"rule"`
	Shown    string         `yaml:"shown"`
	Reaction string         `yaml:"reaction"`
	Requests []cfRequest    `yaml:"requests"`
}

type cfRequest struct {
	Block     string         `yaml:"block"`
	Operation string         `yaml:"operation"`
	Method    string         `yaml:"method"`
	Path      string         `yaml:"path"`
	Body      string         `yaml:"body"`
	Status    int            `yaml:"status"`
	Expect    map[string]any `yaml:"expect"`
}

// cf is the data, read once: specs are made of it while the tree is built.
var cf = func() (data cfData) {
	if err := yaml.UnmarshalWithOptions(cfDocument, &data, yaml.Strict()); err != nil {
		panic("cf.yaml: " + yaml.FormatError(err, false, true))
	}
	return data
}()

// session finds a session by its command.
func (d cfData) session(command string) cfSession {
	for _, s := range d.Sessions {
		if s.Command == command {
			return s
		}
	}
	panic(fmt.Sprintf("cf.yaml: no session %q", command))
}

// flat is the requests of a session with blocks written out and those of the
// session before it in front.
func (d cfData) flat(s cfSession) (requests []cfRequest) {
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
			panic(fmt.Sprintf("cf.yaml: no block %q", r.Block))
		}
		requests = append(requests, block...)
	}
	return requests
}

// filled puts the guids in the place of their names.
func (d cfData) filled(text string) string {
	pairs := []string{"{password}", "developer"}
	for name, guid := range d.Names {
		pairs = append(pairs, "{"+name+"}", guid)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
