// Package schema holds values against the JSON schemas of the API and of
// capisim's own documents, and says in words what is wrong with them. It hides
// the schema library: its types, its messages, and what must not be given to
// it. The section marks (§) are those of docs/CONTRACT.md.
package schema

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"example.com/capisim/schemas"
	"example.com/capisim/sim/document"
	"github.com/santhosh-tekuri/jsonschema/v5"
)

// schemaBase is where the schemas say they live; nothing is ever fetched.
const schemaBase = "https://capisim.example.com/schemas/"

// Bounds on what is handed to the schema library: it turns every number into a
// fraction, and an exponent of a billion would be written out in full.
const (
	maxExponent   = 400
	maxValueDepth = 1000
)

// Validate checks a value against the schema of that name: "process" is
// schemas/process.schema.json. Violations are sorted by pointer and empty when
// the value conforms; beyond a hundred they are only counted. The error is for a
// schema that does not exist or does not compile, never for a value.
func Validate(name string, value document.Value) (document.Violations, error) {
	return validate(nil, name, value)
}

// FitAndValidate is Fit and, of what that returns, Validate. It takes values with
// parts that are folded and leaves those so that are right. The error may be that of
// the stop, too.
func FitAndValidate(stop *document.Stop, name string, value document.Value) (document.Value, document.Violations, error) {
	value, err := fit(stop, name, value)
	if err != nil {
		return value, nil, err
	}
	found, err := validate(stop, name, value)
	return value, found, err
}

func validate(stop *document.Stop, name string, value document.Value) (document.Violations, error) {
	of, err := outline(name)
	if err != nil {
		return nil, err
	}
	if refused := unusable(value, 0); len(refused) > 0 {
		return refused, nil
	}
	c := checking{stop: stop}
	if err := c.check(of, value, ""); err != nil {
		return nil, fmt.Errorf("validate against schema %s: %w", name, err)
	}
	return told(c.faults, value), nil
}

// library is the compiler of the schema library with all that it has read, and what
// it has made, by location: most values are right, and compiling takes tens of
// milliseconds.
var library = struct {
	sync.Mutex
	*jsonschema.Compiler
	made sync.Map
}{Compiler: compiler()}

func compiler() *jsonschema.Compiler {
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	c.LoadURL = func(url string) (io.ReadCloser, error) {
		text, err := schemas.FS.ReadFile(strings.TrimPrefix(url, schemaBase))
		if err != nil {
			return nil, fmt.Errorf("schema %s is not among the embedded ones", url)
		}
		return io.NopCloser(bytes.NewReader(text)), nil
	}
	return c
}

// compiled is the schema that the library makes of an outline.
func compiled(of *jsonschema.Schema) (*jsonschema.Schema, error) {
	if made, found := library.made.Load(of.Location); found {
		return made.(*jsonschema.Schema), nil
	}
	library.Lock()
	defer library.Unlock()
	made, err := library.Compile(of.Location)
	if err != nil {
		return nil, fmt.Errorf("compile schema %s: %w", of.Location, err)
	}
	library.made.Store(of.Location, made)
	return made, nil
}

// unusable finds what the schema library cannot be given: depth without end,
// and numbers that it would write out.
func unusable(v document.Value, depth int) (found document.Violations) {
	if depth > maxValueDepth {
		return document.Violations{{Message: fmt.Sprintf("nested too deeply, expected at most %d levels", maxValueDepth)}}
	}
	if v.Kind == document.Number && !usableNumber(v.Text) {
		return document.Violations{{Message: document.Abbreviate(v.Text) + ", expected a number of reasonable size"}}
	}
	for i, member := range v.Members {
		if member.Value.Members == nil && member.Value.Kind != document.Number {
			continue
		}
		for _, one := range unusable(member.Value, depth+1) {
			step := document.Pointer(i)
			if v.Kind == document.Object {
				step = document.Pointer(member.Key)
			}
			one.Pointer = step + one.Pointer
			found = append(found, one)
		}
		if len(found) > document.Told {
			break
		}
	}
	return found
}

func usableNumber(text string) bool {
	at := strings.IndexAny(text, "eE")
	if at < 0 {
		return true
	}
	exponent, err := strconv.Atoi(text[at+1:])
	return err == nil && -maxExponent <= exponent && exponent <= maxExponent
}
