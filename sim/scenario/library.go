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
	"sync/atomic"

	"example.com/capisim/sim/document"
)

// Library holds the scenarios that can be named: those of files that were named
// themselves, those of one folder, and the embedded ones, in this order. It
// never changes; Renew makes the next one of what the files have become.
type Library struct {
	dir   string   // "" for none
	files []string // named ones

	embedded []*entry
	own      []*entry // of files, then of dir
}

// Info is a scenario's line in a list.
type Info struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	// Source is "embedded" or the file's name.
	Source string `json:"source"`
	// Broken says what is wrong with a file that makes no scenario, a problem a
	// line; it is listed under its name, or its file's when it has none.
	Broken string `json:"broken,omitempty"`
	// Kept says that the last good version of a broken file is there in its
	// place.
	Kept bool `json:"kept,omitempty"`
}

// embedded is the source of the scenarios that are shipped.
const embedded = "embedded"

// Embedded says that the scenario is a shipped one.
func (i Info) Embedded() bool { return i.Source == embedded }

// ErrUnknown is the error of a name that no scenario has.
var ErrUnknown = errors.New("no such scenario")

// entry is one file of a library, read as far as was asked for.
type entry struct {
	scenarioFile
	trusted bool
	tree    func() (*document.Document, error)
	made    func() made

	loaded atomic.Pointer[Scenario] // once it was asked for
	was    *Scenario                // of the library before, nil for none
	broken error                    // what is wrong with the file, in whose place the version before stands
}

// made is what an entry comes to: a scenario, and what is wrong with the file
// when that is not what the file says now.
type made struct {
	scenario *Scenario
	wrong    error
}

// listing is where a library has a scenario.
type listing struct {
	name string // "" for one that came otherwise
	file string // "" for an embedded one
}

// NewLibrary makes a library of the files in shipped, which a test must have
// proven valid, and of those in dir ("" for none). A file of the folder takes
// the place of an embedded scenario of its name, and may extend it. Files are
// parsed when they are asked for; the error is for a folder that cannot be
// read.
func NewLibrary(shipped fs.FS, dir string) (*Library, error) {
	l := &Library{dir: dir}
	ours, err := readFolder(shipped, ".")
	if err != nil {
		return nil, fmt.Errorf("read embedded scenarios: %w", err)
	}
	files, err := l.read()
	if err != nil {
		return nil, err
	}
	for _, file := range ours {
		l.embedded = append(l.embedded, l.entry(&entry{scenarioFile: file, trusted: true, tree: treeOf(file)}))
	}
	l.fill(files, nil, nil)
	return l, nil
}

// entry makes an entry one of this library.
func (l *Library) entry(e *entry) *entry {
	e.made = sync.OnceValue(func() made {
		found, err := l.parse(e)
		switch {
		case err != nil && e.broken != nil:
			return made{e.was, e.broken}
		case err != nil:
			return made{e.was, err}
		case e.was != nil && found.Same(e.was):
			found = e.was // what worlds share of it stays shared
		default:
			found.listing.name = e.title()
			if !e.trusted {
				found.listing.file = e.name
			}
		}
		e.loaded.Store(found)
		return made{found, e.broken}
	})
	return e
}

// treeOf holds on to nothing but the file.
func treeOf(file scenarioFile) func() (*document.Document, error) {
	return sync.OnceValues(file.document)
}

func (l *Library) parse(e *entry) (*Scenario, error) {
	root, err := e.tree()
	if err != nil {
		return nil, err
	}
	return (&reading{lib: l, trusted: e.trusted}).whole(root, e)
}

// stem is what a file would be called without its ending.
func (e *entry) stem() string {
	base := path.Base(filepath.ToSlash(e.name))
	return strings.TrimSuffix(base, path.Ext(base))
}

// title is the name that the scenario gives itself. Embedded files are called
// like it, which spares reading them; a broken file goes by its own name.
func (e *entry) title() string {
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
	for _, e := range slices.Concat(l.own, l.embedded) {
		if e.title() != name {
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
			steps = append(steps, e.title())
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
	for _, e := range slices.Concat(l.embedded, l.own) {
		if name := e.title(); !slices.Contains(names, name) {
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
		info := Info{Name: name, Source: e.name}
		if root, err := e.tree(); err == nil {
			info.Description = root.Root.TextOf("description")
		}
		if e.trusted {
			info.Source = embedded
		} else if m := e.made(); m.wrong != nil {
			info.Broken, info.Kept = m.wrong.Error(), m.scenario != nil
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
	return e.scenario()
}

// LoadFile returns the scenario of a file as it is now, whether it is one of the
// library's or not.
func (l *Library) LoadFile(file string) (*Scenario, error) {
	read := l.readFile(file)
	if e := l.ownFile(file); e != nil && e.same(read) {
		return e.scenario()
	}
	if read.unread != nil {
		return nil, read.unread
	}
	return parseFile(read, l)
}

func (l *Library) ownFile(file string) *entry {
	if at := slices.IndexFunc(l.own, func(e *entry) bool { return e.name == file }); at >= 0 {
		return l.own[at]
	}
	return nil
}

func (e *entry) scenario() (*Scenario, error) {
	m := e.made()
	if m.scenario == nil {
		return nil, m.wrong
	}
	return m.scenario, nil
}

// Source returns the text of a scenario as its file has it, or had it when it
// was good. The error is ErrUnknown.
func (l *Library) Source(name string) ([]byte, error) {
	e, err := l.find(name)
	if err != nil {
		return nil, err
	}
	return slices.Clone(e.data), nil
}
