package scenario

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"example.com/capisim/sim/document"
)

// Library holds the scenarios that can be named: the embedded ones and those
// of one folder. It reads the folder once and never changes; to see changed
// files make another one.
type Library struct {
	embedded []*entry
	folder   []*entry
}

// Info is a scenario's line in a list.
type Info struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	// Source is "embedded" or the file's name.
	Source string `json:"source"`
	// Broken says what is wrong with a file that cannot be read; it is listed
	// under its file's name.
	Broken string `json:"broken,omitempty"`
}

// ErrUnknown is the error of a name that no scenario has.
var ErrUnknown = errors.New("no such scenario")

// entry is one file of a library, read as far as was asked for.
type entry struct {
	file    string
	data    []byte
	trusted bool
	tree    func() (*document.Document, error)
	load    func() (*Scenario, error)
}

// NewLibrary makes a library of the files in embedded, which a test must have
// proven valid, and of those in dir ("" for none). A file of the folder takes
// the place of an embedded scenario of its name, and may extend it. Files are
// parsed when they are asked for; the error is for a folder that cannot be
// read.
func NewLibrary(embedded fs.FS, dir string) (*Library, error) {
	l := &Library{}
	files, err := readFolder(embedded, ".")
	if err != nil {
		return nil, fmt.Errorf("read embedded scenarios: %w", err)
	}
	l.embedded = l.entries(files, true)
	if dir != "" {
		files, err := readDir(dir)
		if err != nil {
			return nil, fmt.Errorf("read scenarios: %w", err)
		}
		l.folder = l.entries(files, false)
	}
	return l, nil
}

func (l *Library) entries(files []scenarioFile, trusted bool) []*entry {
	list := make([]*entry, len(files))
	for i, file := range files {
		e := &entry{file: file.name, data: file.data, trusted: trusted}
		e.tree = sync.OnceValues(func() (*document.Document, error) { return document.Read(e.file, e.data) })
		e.load = sync.OnceValues(func() (*Scenario, error) { return l.parse(e) })
		list[i] = e
	}
	return list
}

func (l *Library) parse(e *entry) (*Scenario, error) {
	root, err := e.tree()
	if err != nil {
		return nil, err
	}
	p := &reading{lib: l, trusted: e.trusted}
	s := p.scenario(root, []*entry{e})
	if len(p.problems) > 0 {
		return nil, p.told()
	}
	return s, nil
}

// stem is what a file would be called without its ending.
func (e *entry) stem() string {
	base := path.Base(filepath.ToSlash(e.file))
	return strings.TrimSuffix(base, path.Ext(base))
}

// name is the name that the scenario gives itself. Embedded files are called
// like it, which spares reading them; a broken file goes by its own name.
func (e *entry) name() string {
	if e.trusted {
		return e.stem()
	}
	if root, err := e.tree(); err == nil {
		if name := root.Root.TextOf("name"); name != "" {
			return name
		}
	}
	return e.stem()
}

// lookup finds the scenario that a file extends, or says why there is none.
// The chain holds the entries that led here: a scenario that extends its own
// name means the embedded one that it replaces, and one that leads back to
// itself has no end.
func (l *Library) lookup(name string, chain []*entry) (found *entry, message string) {
	if l == nil {
		return nil, fmt.Sprintf("%q, no such scenario; there is none to extend", name)
	}
	cycle := false
	for _, e := range slices.Concat(l.folder, l.embedded) {
		if e.name() != name {
			continue
		}
		if !slices.Contains(chain, e) {
			return e, ""
		}
		cycle = true
	}
	if cycle {
		var steps []string
		for _, e := range chain {
			steps = append(steps, e.name())
		}
		return nil, fmt.Sprintf("%q, a cycle: %s", name, strings.Join(append(steps, name), " extends "))
	}
	return nil, fmt.Sprintf("%q, no such scenario%s", name, l.others(name))
}

// others ends the message about a name that no scenario has: the one that was
// probably meant, else all.
func (l *Library) others(name string) string {
	if meant := document.DidYouMean(name, l.Names()); meant != "" {
		return meant
	}
	return "; there are " + strings.Join(l.Names(), ", ")
}

// Names lists what can be loaded, sorted, default first.
func (l *Library) Names() []string {
	var names []string
	for _, e := range slices.Concat(l.embedded, l.folder) {
		if name := e.name(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if first := "default"; a == first || b == first {
			return map[bool]int{true: -1, false: 1}[a == first]
		}
		return strings.Compare(a, b)
	})
	return names
}

// find returns the entry that a name means; a name with a slash or dots that
// climb means none: nothing outside the folders is ever read.
func (l *Library) find(name string) (*entry, error) {
	if found, _ := l.lookup(name, nil); found != nil {
		return found, nil
	}
	return nil, fmt.Errorf("scenario %q: %w%s", name, ErrUnknown, l.others(name))
}

// List describes all scenarios, in the order of Names.
func (l *Library) List() []Info {
	var list []Info
	for _, name := range l.Names() {
		e, err := l.find(name)
		if err != nil { // every listed name is there
			panic(err)
		}
		info := Info{Name: name, Source: e.file}
		if e.trusted {
			info.Source = "embedded"
		}
		if root, err := e.tree(); err != nil {
			info.Broken = err.Error()
		} else {
			info.Description = root.Root.TextOf("description")
		}
		list = append(list, info)
	}
	return list
}

// Load returns a scenario by name, parsed on the first call. The error is
// document.Problems, or ErrUnknown with the names that there are.
func (l *Library) Load(name string) (*Scenario, error) {
	e, err := l.find(name)
	if err != nil {
		return nil, err
	}
	return e.load()
}

// Source returns the text of a scenario as its file has it. The error is
// ErrUnknown.
func (l *Library) Source(name string) ([]byte, error) {
	e, err := l.find(name)
	if err != nil {
		return nil, err
	}
	return slices.Clone(e.data), nil
}
