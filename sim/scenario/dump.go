package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"example.com/capisim/sim/document"
)

// Dump writes a document as a file, in "yaml" or "json", keys in the order of
// DESIGN.md §5. Parse reads the same document from it.
func Dump(doc *Document, format string) ([]byte, error) {
	raw, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("write scenario %s: %w", doc.Name, err)
	}
	switch format {
	case "json":
		var out bytes.Buffer
		if err := json.Indent(&out, raw, "", "  "); err != nil {
			return nil, fmt.Errorf("write scenario %s: %w", doc.Name, err)
		}
		out.WriteByte('\n')
		return out.Bytes(), nil
	case "yaml":
		root, err := document.Decode(raw)
		if err != nil {
			return nil, fmt.Errorf("write scenario %s: %w", doc.Name, err)
		}
		return appendYAML(nil, root, 0, false), nil
	default:
		return nil, fmt.Errorf("format %q, expected yaml or json", format)
	}
}

// maxFlow is how long a small object may be to stand in one line.
const maxFlow = 100

// appendYAML writes an object or a list as a block. The first key of an entry
// of a list stands behind its dash.
func appendYAML(dst []byte, v document.Value, indent int, entry bool) []byte {
	pad := strings.Repeat("  ", indent)
	for i, item := range v.Members {
		if i > 0 || !entry {
			dst = append(dst, pad...)
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

// Texts that may stand without quotes wherever a text may stand, and those of
// them that a reader would take for something else.
var (
	bareForm  = regexp.MustCompile(`^[A-Za-z_/][A-Za-z0-9_./@$*+-]*( [A-Za-z0-9_./@$+-]+)*$`)
	otherForm = regexp.MustCompile(`^(?i:null|true|false|yes|no|on|off|y|n|nan|inf)$`)
)

// appendText writes a text bare where that is safe, else in double quotes,
// whose JSON form is YAML as well.
func appendText(dst []byte, text string) []byte {
	if bareForm.MatchString(text) && !otherForm.MatchString(text) {
		return append(dst, text...)
	}
	return append(dst, document.Quoted(text)...)
}
