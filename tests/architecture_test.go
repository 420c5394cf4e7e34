// Package tests_test guards the shape of the house: which package may know
// which (ARCHITECTURE.md §1), who may ask the time, and who may know gin.
package tests_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "example.com/capisim/"

// row is a package in the table of docs/ARCHITECTURE.md: its path, what it
// hides, what it may import of the module.
var row = regexp.MustCompile("(?m)^\\| `(cmd/capisim|docs|scenarios|schemas|sim[/a-z]*)` \\| .+ \\| (.+) \\|$")

// floors are the packages of the module with what each may import of it, as
// docs/ARCHITECTURE.md has them.
func floors(t *testing.T) map[string][]string {
	t.Helper()
	page, err := os.ReadFile("../docs/ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, match := range row.FindAllStringSubmatch(string(page), -1) {
		below := []string{}
		for _, quoted := range span.FindAllString(match[2], -1) {
			name := strings.Trim(quoted, "`")
			if !slices.Contains([]string{"sim", "docs", "scenarios", "schemas"}, name) {
				name = "sim/" + name
			}
			below = append(below, name)
		}
		all[match[1]] = below
	}
	return all
}

// Of the packages from outside, these are for few.
var reserved = map[string][]string{
	"github.com/gin-gonic/gin": {"sim/api", "sim/admin", "sim/console"},
	"net/http/httptest":        {},
	// A program that imports the library brings its own metrics.
	"github.com/VictoriaMetrics/metrics": {"cmd/capisim"},
	"testing":                            {},
	// A template finds methods by their names, so that the linker keeps each
	// exported method of each type: with gin 6 MB of HTTP/3, BSON and validators.
	"text/template": {}, "html/template": {},
	// Its words are in gofakeit/v6/data; the package itself has templates, and
	// half a megabyte that it makes at start.
	"github.com/brianvoe/gofakeit/v6": {},
}

// without is what a package must not know, whoever else may.
var without = map[string][]string{
	"sim/state":   {"net/http"},
	"sim/world":   {"net/http"},
	"sim/journal": {"math/rand", "math/rand/v2"},
	"sim/fault":   {"math/rand", "math/rand/v2"},
}

// pack is what go list says of a package.
type pack struct {
	ImportPath string
	Name       string
	Dir        string
	Doc        string
	GoFiles    []string
	Imports    []string
}

func (p pack) path() string { return strings.TrimPrefix(p.ImportPath, module) }

// ours lists the packages of the module that are not tests. With the command's profile
// there would be two of each that it imports.
func ours(t *testing.T) []pack {
	t.Helper()
	command := exec.Command("go", "list", "-pgo=off", "-e", "-json=ImportPath,Name,Dir,Doc,GoFiles,Imports", "./...")
	command.Dir = ".."
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pack
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pack
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if len(p.GoFiles) > 0 && p.path() != "tests" && !strings.HasPrefix(p.path(), "tests/") {
			all = append(all, p)
		}
	}
	if len(all) < 10 {
		t.Fatalf("go list knows only %d packages", len(all))
	}
	return all
}

// TestArrows: arrows point down only.
func TestArrows(t *testing.T) {
	t.Parallel()
	floors := floors(t)
	for _, p := range ours(t) {
		allowed, known := floors[p.path()]
		delete(floors, p.path())
		if !known {
			t.Errorf("%s has no floor: say in docs/ARCHITECTURE.md what it hides and may import", p.path())
			continue
		}
		for _, imported := range p.Imports {
			if path, own := strings.CutPrefix(imported, module); own && !slices.Contains(allowed, path) {
				t.Errorf("%s must not know %s", p.path(), path)
			}
			if allowed, few := reserved[imported]; few && !slices.Contains(allowed, p.path()) {
				t.Errorf("%s must not know %s", p.path(), imported)
			}
			if slices.Contains(without[p.path()], imported) {
				t.Errorf("%s must not know %s", p.path(), imported)
			}
		}
	}
	for path := range floors {
		t.Errorf("docs/ARCHITECTURE.md has %s, which is not there", path)
	}
}

// TestFloors: the floors themselves have no circle, whatever is built on them
// today.
func TestFloors(t *testing.T) {
	t.Parallel()
	floors := floors(t)
	var climb func(from string, above []string)
	climb = func(from string, above []string) {
		if slices.Contains(above, from) {
			t.Errorf("a cycle: %v", append(above, from))
			return
		}
		for _, below := range floors[from] {
			if _, known := floors[below]; !known {
				t.Errorf("%s may import %s, which has no floor", from, below)
			}
			climb(below, append(slices.Clone(above), from))
		}
	}
	for path := range floors {
		climb(path, nil)
	}
}

// TestPackageComments: each package says what it hides; none is named for
// nothing.
func TestPackageComments(t *testing.T) {
	t.Parallel()
	for _, p := range ours(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", p.path())
		}
		if slices.Contains([]string{"util", "utils", "helper", "helpers", "common", "types", "misc"}, p.Name) {
			t.Errorf("the name of %s says nothing", p.path())
		}
	}
}

// clockFile is the one place that asks the machine for the time.
const clockFile = "sim/world/clock.go"

// contractUses are the names that the contract may use of packages which others
// need for handlers, locks and clocks: it is data and pure functions.
var contractUses = map[string]func(name string) bool{
	"net/http": func(name string) bool { return strings.HasPrefix(name, "Method") || strings.HasPrefix(name, "Status") },
	"sync":     func(string) bool { return false },
}

// TestContractIsData: no lock, no clock, no handler.
func TestContractIsData(t *testing.T) {
	t.Parallel()
	eachFile(t, func(path string, file *ast.File) {
		if !strings.HasPrefix(path, "sim/contract/") {
			return
		}
		for imported, allowed := range contractUses {
			for _, name := range calls(file, imported) {
				if !allowed(name) {
					t.Errorf("%s uses %s of %s", path, name, imported)
				}
			}
		}
	})
}

// TestTheClientLinksNoServer: who only asks a running server carries nothing of
// one.
func TestTheClientLinksNoServer(t *testing.T) {
	t.Parallel()
	command := exec.Command("go", "list", "-pgo=off", "-deps", module+"sim/client")
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	linked := strings.Fields(string(out))
	if !slices.Contains(linked, module+"sim/journal") {
		t.Fatal("sim/client links no journal: is this test blind?")
	}
	for _, server := range []string{module + "sim", module + "sim/admin", module + "sim/api", module + "sim/world", "github.com/gin-gonic/gin"} {
		if slices.Contains(linked, server) {
			t.Errorf("sim/client links %s", server)
		}
	}
}

// TestTheCommandAsksForTheWallAlone: all else of a world goes through sim.
func TestTheCommandAsksForTheWallAlone(t *testing.T) {
	t.Parallel()
	eachFile(t, func(path string, file *ast.File) {
		for _, name := range calls(file, module+"sim/world") {
			if strings.HasPrefix(path, "cmd/") && name != "Wall" {
				t.Errorf("%s uses world.%s", path, name)
			}
		}
	})
}

// timeless are what must not be called elsewhere: they ask the time, or wait
// for it behind the caller's back.
var timeless = map[string]bool{"Now": true, "Since": true, "Until": true, "Sleep": true, "Tick": true}

// TestTime: the time is handed in.
func TestTime(t *testing.T) {
	t.Parallel()
	found := false
	eachFile(t, func(path string, file *ast.File) {
		for _, name := range calls(file, "time") {
			if path == clockFile && name == "Now" {
				found = true
			} else if timeless[name] {
				t.Errorf("%s uses time.%s; the time is handed in, world.Wall is for what follows the wall", path, name)
			}
		}
	})
	if !found {
		t.Errorf("%s does not ask the time: is this test blind?", clockFile)
	}
}

// TestDraws: no package draws from the process's own generator; a draw is a
// function of a seed. Keys and ids that nobody repeats are crypto/rand's.
func TestDraws(t *testing.T) {
	t.Parallel()
	eachFile(t, func(path string, file *ast.File) {
		for _, source := range []string{"math/rand", "math/rand/v2"} {
			for _, name := range calls(file, source) {
				if !strings.HasPrefix(name, "New") && ast.IsExported(name) && !slices.Contains([]string{"Rand", "Source", "Source64", "PCG", "ChaCha8"}, name) {
					t.Errorf("%s draws by %s.%s from a generator that it shares with the program", path, source, name)
				}
			}
		}
	})
}

// eachFile shows the sources of the module that are neither tests nor for tests.
func eachFile(t *testing.T, visit func(path string, file *ast.File)) {
	t.Helper()
	sources, err := allSources()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range sources {
		visit(one.path, one.file)
	}
}

type sourceFile struct {
	path string
	file *ast.File
}

// allSources reads them once for all tests.
var allSources = sync.OnceValues(func() (sources []sourceFile, err error) {
	for _, root := range []string{"cmd", "docs", "scenarios", "schemas", "sim"} {
		err = filepath.WalkDir(filepath.Join("..", root), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			relative, err := filepath.Rel("..", path)
			sources = append(sources, sourceFile{filepath.ToSlash(relative), file})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return sources, nil
})

// calls are the names that a file uses of an imported package, whatever it
// calls that package.
func calls(file *ast.File, imported string) (names []string) {
	local := ""
	for _, spec := range file.Imports {
		if strings.Trim(spec.Path.Value, `"`) != imported {
			continue
		}
		local = strings.TrimSuffix(imported, "/v2")
		local = strings.TrimSuffix(local, "/v6")
		local = local[strings.LastIndexByte(local, '/')+1:]
		if spec.Name != nil {
			local = spec.Name.Name
		}
	}
	if local == "" {
		return nil
	}
	ast.Inspect(file, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok {
			if name, ok := selector.X.(*ast.Ident); ok && name.Name == local {
				names = append(names, selector.Sel.Name)
			}
		}
		return true
	})
	return names
}
