package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/capisim/sim/document"
)

// maxPart bounds a body that stands in a file of its own.
const maxPart = 1 << 20

// part is a file beside a scenario, to which a rule refers by its key file.
type part struct {
	data []byte
	err  error // why there is none
}

func (p part) same(as part) bool {
	return bytes.Equal(p.data, as.data) && p.err == nil && as.err == nil
}

// ReadFile reads the document of a file, a scenario or rules, with the
// environment and the bodies that stand in files beside it put in. The error is
// document.Problems.
func ReadFile(name string, data []byte) (*document.Document, error) {
	return withParts(name, data).document()
}

// withParts is a file with those beside it; none are looked for unless it may
// refer to one.
func withParts(name string, data []byte) scenarioFile {
	file := scenarioFile{name: name, data: data}
	if !file.refers() {
		return file
	}
	root, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return file // as if nothing stood there
	}
	defer root.Close() //nolint:errcheck // it was only read from
	file.gather(root.FS())
	return file
}

// refers says that the file may name another: that it has the key for it, or one
// that ends so. Most have not even the word, and need no pattern.
func (f *scenarioFile) refers() bool {
	return bytes.Contains(f.data, []byte("file")) && fileKey().Match(f.data)
}

var fileKey = document.Pattern(`file["']?\s*:`)

// gather reads the files that the rules refer to. The folder lets nobody out of
// it, by no link either.
func (f *scenarioFile) gather(folder fs.FS) {
	if f.unread != nil || !f.refers() {
		return
	}
	read, err := document.ReadUntil(nil, f.name, f.data)
	if err != nil {
		return // it will be told when it is made
	}
	root, _ := expand(read.Root, os.LookupEnv)
	answers(root, func(answer document.Value, _ string) document.Value {
		if name := answer.TextOf("file"); name != "" {
			if f.parts == nil {
				f.parts = map[string]part{}
			}
			f.parts[name] = readPart(folder, name)
		}
		return answer
	})
}

func readPart(folder fs.FS, name string) part {
	name = strings.TrimPrefix(name, "./")
	if !fs.ValidPath(name) {
		return part{err: errors.New("expected a path inside the folder of this file, without .. in it")}
	}
	info, err := fs.Stat(folder, name)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return part{err: errors.New("not a file")}
	case err == nil && info.Size() > maxPart:
		return part{err: fmt.Errorf("%d bytes, expected at most %d", info.Size(), maxPart)}
	case err != nil:
		return part{err: reasonOf(err)}
	}
	file, err := folder.Open(name)
	if err != nil {
		return part{err: reasonOf(err)}
	}
	data, err := io.ReadAll(io.LimitReader(file, maxPart))
	if closed := file.Close(); err == nil {
		err = closed
	}
	return part{data, err}
}

// reasonOf leaves out the name, which stands in front of it already.
func reasonOf(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// answerPlaces are where a file may have answers of rules: a scenario, a list of
// rules, and one rule. A * is every item of a list.
var answerPlaces = [][]string{
	{"faults", "*", "respond"}, {"faults", "*", "sequence", "*"},
	{"*", "respond"}, {"*", "sequence", "*"},
	{"respond"}, {"sequence", "*"},
}

// changed is a value with what stands at some places made anew.
func changed(v document.Value, at string, steps []string, change func(v document.Value, at string) document.Value) document.Value {
	v = v.Unfolded()
	switch {
	case len(steps) == 0:
		return change(v, at)
	case steps[0] == "*" && v.Kind == document.Array:
		v.Members = slices.Clone(v.Members)
		for i := range v.Members {
			v.Members[i].Value = changed(v.Members[i].Value, at+document.Pointer(i), steps[1:], change)
		}
	case steps[0] != "*":
		if member, given := v.Get(steps[0]); given {
			return v.With(steps[0], changed(member, at+document.Pointer(steps[0]), steps[1:], change))
		}
	}
	return v
}

// answers makes all answers of rules anew.
func answers(root document.Value, change func(answer document.Value, at string) document.Value) document.Value {
	for _, steps := range answerPlaces {
		root = changed(root, "", steps, change)
	}
	return root
}

// document is what the file says: the environment stands where it refers to it,
// and the bodies of other files where it names those.
func (f scenarioFile) document() (*document.Document, error) {
	if f.unread != nil {
		return nil, f.unread
	}
	read, err := document.ReadUntil(nil, f.name, f.data)
	if err != nil {
		return nil, err
	}
	var found document.Violations
	root := read.Root
	if bytes.Contains(f.data, []byte("${")) {
		root, found = expand(root, os.LookupEnv)
	}
	if f.parts == nil && !f.refers() && found == nil {
		read.Root = root
		return read, nil
	}
	root = answers(root, func(answer document.Value, at string) document.Value {
		named, given := answer.Get("file")
		if !given || named.Kind != document.String {
			return answer
		}
		body, message := f.body(answer, named)
		if message != "" {
			found = append(found, document.Violation{Pointer: at + "/file", Message: message})
			return answer
		}
		return answer.Without("file").With("body", body.In(named))
	})
	if len(found) > 0 {
		return nil, read.Place(found).Sorted()
	}
	out := *read
	out.Root = root
	return &out, nil
}

// body is what a file beside the scenario holds: JSON when it is called so, and
// else a text.
func (f scenarioFile) body(answer, named document.Value) (body document.Value, message string) {
	if _, both := answer.Get("body"); both {
		return body, "stands beside body, expected one of the two"
	}
	one := f.parts[named.Text]
	if one.err != nil {
		return body, document.Quote(named.Text) + ": " + one.err.Error()
	}
	if !utf8.Valid(one.data) {
		return body, document.Quote(named.Text) + ": not UTF-8"
	}
	if !strings.EqualFold(path.Ext(named.Text), ".json") {
		return document.Text(string(one.data)), ""
	}
	read, err := document.ReadJSON(named.Text, one.data)
	if err != nil {
		return body, err.Error()
	}
	return read.Root, ""
}
