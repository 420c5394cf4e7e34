// Package document is what all readers of documents share, whatever the
// documents mean: values in the order in which they were written, with their
// places in a file of JSON or YAML, JSON pointers (RFC 6901), merge patches
// (RFC 7396), spans of time, and the words in which a reader is told what was
// found, what was expected and what was probably meant. Reading takes time and
// memory in proportion to the text. It knows nothing of the house above it.
package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxBytes bounds a document, wherever it is read or written: as a file, in a
// body or in a bundle. A world of 100,000 processes takes half of it. Reading takes
// three times as much memory, of YAML a hundred times.
const MaxBytes = 256 << 20

// Mebibytes writes a bound in words.
func Mebibytes(n int64) string { return strconv.FormatInt(n>>20, 10) + " MiB" }

// maxDepth bounds how deep values may nest; a scenario needs ten.
const maxDepth = 100

// Document is a value with the text that it was read from.
type Document struct {
	File  string
	Root  Value
	own   Value // the root as this file has it, whatever it was laid over
	text  []byte
	lines []uint32    // where each line begins; made with runes when a place is asked for
	runes []uint32    // how many characters stand before each page of the text
	below []*Document // the files that Over has laid this one over, numbered from 1
}

// Read reads a file or a request body. Its name stands in the messages and
// tells the notation: .json is JSON, .yaml and .yml are YAML; for other names,
// and for none, a text that begins with a bracket is JSON. The error is
// Problems.
func Read(file string, data []byte) (*Document, error) {
	return read(nil, file, data, false, false)
}

// ReadUntil is Read for somebody who may leave: the error is then the stop's. Of
// a large text in JSON the items of lists are Folded.
func ReadUntil(stop *Stop, file string, data []byte) (*Document, error) {
	return read(stop, file, data, false, true)
}

// New is a document of a value that was not read from a text of its own.
func New(root Value) *Document { return &Document{Root: root, own: root} }

// ReadJSON reads a document that has to be JSON. The error is Problems.
func ReadJSON(file string, data []byte) (*Document, error) {
	return read(nil, file, data, true, false)
}

// ReadJSONUntil is ReadJSON as ReadUntil is Read.
func ReadJSONUntil(stop *Stop, file string, data []byte) (*Document, error) {
	return read(stop, file, data, true, true)
}

func read(stop *Stop, file string, data []byte, onlyJSON, folds bool) (*Document, error) {
	d := &Document{File: file}
	if len(data) > MaxBytes {
		return nil, d.refuse(0, "%d bytes, expected at most %d", len(data), MaxBytes)
	}
	// Editors on Windows put a mark before the first byte; YAML would take it
	// for a part of the first key.
	d.text = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(d.text) {
		bad := invalidByte(d.text)
		return nil, d.refuse(bad, "byte %#02x, expected UTF-8", d.text[bad])
	}
	start := bytes.TrimLeft(d.text, " \t\r\n")
	if len(start) == 0 {
		return nil, d.refuse(0, "empty, expected a document")
	}
	r := &reader{Document: d, stop: stop, folds: folds, most: fewValues + len(d.text)/bytesPerValue}
	if onlyJSON || isJSON(file, start) {
		r.readJSON()
	} else {
		r.readYAML()
	}
	if r.left != nil {
		return nil, r.left
	}
	if len(r.problems) > 0 {
		return nil, r.problems.Sorted()
	}
	d.own = d.Root
	return d, nil
}

func isJSON(file string, text []byte) bool {
	bracket := text[0] == '{' || text[0] == '['
	switch strings.ToLower(filepath.Ext(file)) {
	case ".json":
		return true
	case ".yaml", ".yml":
		// JSON under YAML's name is read by the stricter reader.
		return bracket && json.Valid(text)
	default:
		return bracket && !flowMapping().Match(text)
	}
}

// flowMapping is the beginning of what only YAML can be: a key without quotes,
// or in single ones, behind a bracket.
var flowMapping = Pattern(`^[\[\s]*\{\s*[\pL_'$]`)

func invalidByte(data []byte) int {
	at := 0
	for {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
}

// refuse is a document that could not be read.
func (d *Document) refuse(at int, format string, args ...any) Problems {
	return Problems{d.problem(at, "", fmt.Sprintf(format, args...))}
}

func (d *Document) problem(at int, pointer, message string) Problem {
	line, column := d.position(at)
	return Problem{File: d.File, Line: line, Column: column, Pointer: pointer, Message: message}
}

// position counts lines and characters up to a byte.
func (d *Document) position(at int) (line, column int) {
	if d.lines == nil {
		d.count()
	}
	line = sort.Search(len(d.lines), func(i int) bool { return int(d.lines[i]) > at })
	start := int(d.lines[line-1])
	return line, d.before(min(at, len(d.text))) - d.before(start) + 1
}

// page is how much text is counted for one place: a document may be one line.
const page = 1 << 12

func (d *Document) count() {
	d.lines, d.runes = []uint32{0}, []uint32{0}
	for at := 0; at < len(d.text); at += page {
		text := d.text[at:min(at+page, len(d.text))]
		d.runes = append(d.runes, d.runes[len(d.runes)-1]+uint32(runes(text)))
		for i, c := range text {
			if c == '\n' {
				d.lines = append(d.lines, uint32(at+i)+1)
			}
		}
	}
}

// before is how many characters stand before a byte.
func (d *Document) before(at int) int {
	return int(d.runes[at/page]) + runes(d.text[at/page*page:at])
}

// runes counts the characters that begin in a text.
func runes(text []byte) (n int) {
	for _, c := range text {
		if utf8.RuneStart(c) {
			n++
		}
	}
	return n
}

// Place finds where violations stand: at the value they name, at the key when
// that is what is wrong, else at the innermost value around it.
func (d *Document) Place(found Violations) Problems {
	problems := make(Problems, len(found))
	for i, v := range found {
		problems[i] = d.place(v)
	}
	return problems
}

// Written is where the value of a pointer was written: its file, and its pointer
// there, which is another when documents were laid over each other.
func (d *Document) Written(pointer string) (file, own string) {
	p := d.place(Violation{Pointer: pointer})
	return p.File, p.Pointer
}

func (d *Document) place(v Violation) Problem {
	value, at := d.Root, d.Root.at
	steps := Tokens(v.Pointer)
	known := 0
	for _, step := range steps {
		value = value.Unfolded()
		i := value.index(step)
		if i < 0 {
			break
		}
		known++
		key := value.Members[i].at
		object := value.Kind == Object
		value = value.Members[i].Value
		at = value.at
		if object && known == len(steps) && strings.HasPrefix(v.Message, unknownKey) {
			at = key
		}
	}
	file, pointer := d, v.Pointer
	if value.file > 0 {
		file = d.below[value.file-1]
	}
	if len(d.below) > 0 { // what stood at 5 of its own file may be at 7 now
		pointer = ""
		trace(file.own, value.at, &pointer)
		for _, step := range steps[known:] {
			pointer += "/" + Escape(step)
		}
	}
	return file.problem(int(at), pointer, v.Message)
}

// trace finds the pointer of the value that begins at a byte.
func trace(v Value, at uint32, pointer *string) bool {
	if v.at == at {
		return true
	}
	v = v.Unfolded()
	for i, member := range v.Members {
		step := any(i)
		if v.Kind == Object {
			step = member.Key
		}
		if trace(member.Value, at, pointer) {
			*pointer = Pointer(step) + *pointer
			return true
		}
	}
	return false
}

// SameFile says that two values were read from one file.
func SameFile(a, b Value) bool { return a.file == b.file }

// Over lays a document over another: lay makes the root of the two roots. Each
// value keeps its place in its own file.
func (d *Document) Over(below *Document, lay func(below, above Value) Value) *Document {
	merged := *d
	shift := uint16(len(d.below) + 1)
	merged.below = append(append(merged.below[:len(d.below):len(d.below)], below), below.below...)
	merged.Root = lay(shifted(below.Root, shift), d.Root)
	return &merged
}

func shifted(v Value, by uint16) Value {
	v.file += by
	members := make([]Field, len(v.Members))
	for i, member := range v.Members {
		member.Value = shifted(member.Value, by)
		members[i] = member
	}
	v.Members = members
	return v
}

// Blank is the document without what violations name: null stands there, which
// every Go value takes. What is left can be decoded and looked at further.
func (d *Document) Blank(misfits Violations) *Document {
	blank := *d
	blank.Root = d.Root.Blank(misfits)
	return &blank
}
