package scenario

import (
	"fmt"
	"slices"
	"strings"

	"example.com/capisim/sim/document"
)

// Dump writes a document as a file, in "yaml" or "json", keys in the order of
// DESIGN.md §5. Parse reads the same document from it.
func Dump(doc *Document, format string) ([]byte, error) {
	form, root, err := notated(doc, format)
	if err != nil {
		return nil, err
	}
	return form.whole(root), nil
}

func notated(doc *Document, format string) (form notation, root document.Value, err error) {
	form, known := notations[format]
	if !known {
		return form, root, fmt.Errorf("format %q, expected yaml or json", format)
	}
	if root, err = document.From(doc); err != nil {
		err = fmt.Errorf("write scenario %s: %w", doc.Name, err)
	}
	return form, root, err
}

// Compact is JSON in one line, for other programs.
const Compact = "compact"

// notation is how documents are written.
type notation struct {
	whole func(root document.Value) []byte
	// What stands before the only app of a document, and that app without contents;
	// how one with contents is written in its place, and what stands between two.
	lead      string
	emptyApp  string
	app       func(dst []byte, app document.Value) []byte
	separator string
}

var notations = map[string]notation{
	"json": {
		func(root document.Value) []byte { return append(root.AppendIndented(nil, 0), '\n') },
		"",
		"\n    {}",
		func(dst []byte, app document.Value) []byte {
			return app.AppendIndented(document.AppendIndent(append(dst, '\n'), 2), 2)
		},
		",",
	},
	Compact: {
		func(root document.Value) []byte { return root.AppendJSON(nil) },
		`"apps":[`,
		`{}`,
		func(dst []byte, app document.Value) []byte { return app.AppendJSON(dst) },
		",",
	},
	"yaml": {
		func(root document.Value) []byte { return appendYAML(nil, root, 0, false) },
		"",
		"  - {}\n",
		func(dst []byte, app document.Value) []byte { return appendYAML(dst, document.List(app), 1, false) },
		"",
	},
}

// maxFlow is how long a small object may be to stand in one line.
const maxFlow = 100

// appendYAML writes an object or a list as a block. The first key of an entry
// of a list stands behind its dash.
func appendYAML(dst []byte, v document.Value, indent int, entry bool) []byte {
	for i, item := range v.Members {
		if i > 0 || !entry {
			dst = document.AppendIndent(dst, indent)
		}
		inList := v.Kind == document.Array
		if inList {
			dst = append(dst, '-', ' ')
		} else {
			dst = append(appendText(dst, item.Key), ':')
		}
		switch {
		case !block(item.Value, inList):
			if !inList {
				dst = append(dst, ' ')
			}
			dst = append(appendFlow(dst, item.Value), '\n')
		case inList:
			dst = appendYAML(dst, item.Value, indent+1, true)
		default:
			dst = appendYAML(append(dst, '\n'), item.Value, indent+1, false)
		}
	}
	return dst
}

// block says that a value is written over several lines: a list of objects, and
// an object with parts or too long for one line. A list in a list never is, so
// that an entry of a list always begins with a key.
func block(v document.Value, inList bool) bool {
	isList := v.Kind == document.Array
	if len(v.Members) == 0 || inList && isList {
		return false
	}
	for _, item := range v.Members {
		if kind := item.Value.Kind; kind == document.Object || kind == document.Array && len(item.Value.Members) > 0 && !isList {
			return true
		}
	}
	return len(appendFlow(nil, v)) > maxFlow
}

// appendFlow writes a value in one line.
func appendFlow(dst []byte, v document.Value) []byte {
	switch v.Kind {
	case document.String:
		return appendText(dst, v.Text)
	case document.Array:
		dst = append(dst, '[')
		for i, item := range v.Members {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = appendFlow(dst, item.Value)
		}
		return append(dst, ']')
	case document.Object:
		dst = append(dst, '{')
		for i, item := range v.Members {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = append(appendText(dst, item.Key), ": "...)
			dst = appendFlow(dst, item.Value)
		}
		return append(dst, '}')
	default:
		return v.AppendJSON(dst)
	}
}

// appendText writes a text bare where that is safe, else in double quotes,
// whose JSON form is YAML as well.
func appendText(dst []byte, text string) []byte {
	if bare(text) {
		return append(dst, text...)
	}
	return document.AppendQuoted(dst, text)
}

// bare says that a text may stand without quotes wherever a text may stand:
// words with single blanks between them, which no reader takes for something
// else.
func bare(text string) bool {
	first := true // of a word
	for i := range len(text) {
		c := text[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '/'
		switch {
		case letter, i > 0 && strings.IndexByte("0123456789.@$+-", c) >= 0, i > 0 && c == '*' && strings.IndexByte(text[:i], ' ') < 0:
			first = false
		case c == ' ' && !first:
			first = true
		default:
			return false
		}
	}
	return !first && !slices.ContainsFunc(otherWords, func(word string) bool { return strings.EqualFold(word, text) })
}

// otherWords are those that a reader would take for something else.
var otherWords = []string{"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"}
