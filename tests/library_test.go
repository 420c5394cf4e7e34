package tests_test

import (
	"encoding/json"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/capisim/sim/contract"
)

// library is the package that tests of clients import, with its examples.
func library(t *testing.T) *doc.Package {
	t.Helper()
	files, err := filepath.Glob("../sim/*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range files {
		file, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, file)
	}
	p, err := doc.NewFromFiles(set, parsed, module+"sim")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestLibraryExamples: whatever the library exports has an example that runs.
func TestLibraryExamples(t *testing.T) {
	t.Parallel()
	p := library(t)
	names := 0
	check := func(name string, examples []*doc.Example) {
		names++
		runs := func(x *doc.Example) bool { return x.Output != "" || x.EmptyOutput }
		if !slices.ContainsFunc(examples, runs) {
			t.Errorf("sim.%s has no example with an output", name)
		}
	}
	check("the package", p.Examples)
	functions := func(of string, list []*doc.Func) {
		for _, f := range list {
			check(of+f.Name, f.Examples)
		}
	}
	functions("", p.Funcs)
	for _, one := range p.Types {
		check(one.Name, one.Examples)
		functions("", one.Funcs)
		functions(one.Name+".", one.Methods)
	}
	if names < 100 {
		t.Errorf("only %d names: is this test blind?", names)
	}
}

// TestLibraryNamesTheOperations: the ids that a fault takes stand where a reader
// without this repository finds them.
func TestLibraryNamesTheOperations(t *testing.T) {
	t.Parallel()
	text := library(t).Doc
	for _, op := range contract.ProcessOperations() {
		if !regexp.MustCompile(`\b` + op.ID + `\b`).MatchString(text) {
			t.Errorf("the package comment of sim does not name %s", op.ID)
		}
	}
}

// TestLibraryNeedsNoOtherPackage: no signature and no field that an importer of
// the library reads has a type of another package of the module, unless the
// library has a name for it.
func TestLibraryNeedsNoOtherPackage(t *testing.T) {
	t.Parallel()
	p := library(t)
	own := map[string]bool{}
	eachFile(t, func(path string, file *ast.File) {
		if filepath.ToSlash(filepath.Dir(path)) == "sim" {
			for _, spec := range file.Imports {
				if name := strings.Trim(spec.Path.Value, `"`); strings.HasPrefix(name, module) {
					own[name[strings.LastIndexByte(name, '/')+1:]] = true
				}
			}
		}
	})
	if !own["fault"] {
		t.Fatal("the library imports no sim/fault: is this test blind?")
	}
	// A declaration is here as godoc shows it: without bodies, and without what is
	// not exported.
	check := func(what string, declared ast.Node) {
		ast.Inspect(declared, func(node ast.Node) bool {
			if alias, ok := node.(*ast.TypeSpec); ok && alias.Assign.IsValid() {
				return false // the library's name for it
			}
			selector, ok := node.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if from, ok := selector.X.(*ast.Ident); ok && own[from.Name] {
				t.Errorf("%s needs %s.%s", what, from.Name, selector.Sel.Name)
			}
			return false
		})
	}
	functions := func(list []*doc.Func) {
		for _, f := range list {
			check("sim."+f.Name, f.Decl)
		}
	}
	functions(p.Funcs)
	for _, one := range p.Types {
		check("sim."+one.Name, one.Decl)
		functions(one.Funcs)
		functions(one.Methods)
	}
}

// TestStrangersTests: the tests of a client that knows the library alone import
// nothing else of the module.
func TestStrangersTests(t *testing.T) {
	t.Parallel()
	command := exec.Command("go", "list", "-json=Imports,TestImports,XTestImports", "./library")
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var p struct{ Imports, TestImports, XTestImports []string }
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatal(err)
	}
	imported := slices.Concat(p.Imports, p.TestImports, p.XTestImports)
	if !slices.Contains(imported, module+"sim") {
		t.Error("tests/library does not import sim: is this test blind?")
	}
	for _, path := range imported {
		if strings.HasPrefix(path, module) && path != module+"sim" {
			t.Errorf("tests/library must not know %s", path)
		}
	}
}
