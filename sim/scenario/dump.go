package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
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
		root, err := readJSON("", raw)
		if err != nil {
			return nil, fmt.Errorf("write scenario %s: %w", doc.Name, err)
		}
		return appendYAML(nil, root, 0), nil
	default:
		return nil, fmt.Errorf("format %q, expected yaml or json", format)
	}
}

// maxFlow is how long a small object may be to stand in one line.
const maxFlow = 100

// appendYAML writes an object or a list as a block.
func appendYAML(dst []byte, n *node, indent int) []byte {
	pad := strings.Repeat("  ", indent)
	for i, item := range n.items {
		if i > 0 || n.parent == nil || n.parent.kind != listKind || n.kind == listKind {
			dst = append(dst, pad...)
		}
		if n.kind == listKind {
			dst = append(dst, '-', ' ')
			if item.block() {
				dst = appendYAML(dst, item, indent+1)
				continue
			}
			dst = append(item.appendFlow(dst), '\n')
			continue
		}
		dst = append(appendText(dst, item.key), ':')
		if item.block() {
			dst = append(dst, '\n')
			dst = appendYAML(dst, item, indent+1)
			continue
		}
		dst = append(dst, ' ')
		dst = append(item.appendFlow(dst), '\n')
	}
	return dst
}

// block says that a node is written over several lines: a list of objects, and
// an object with parts or too long for one line. A list in a list never is, so
// that an entry of a list always begins with a key.
func (n *node) block() bool {
	if len(n.items) == 0 || n.parent.kind == listKind && n.kind == listKind {
		return false
	}
	parts := false
	for _, item := range n.items {
		if item.kind == objectKind || item.kind == listKind && len(item.items) > 0 && n.kind == objectKind {
			parts = true
		}
	}
	return parts || len(n.appendFlow(nil)) > maxFlow
}

// appendFlow writes a node in one line.
func (n *node) appendFlow(dst []byte) []byte {
	switch n.kind {
	case textKind:
		return appendText(dst, n.scalar)
	case listKind:
		dst = append(dst, '[')
		for i, item := range n.items {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = item.appendFlow(dst)
		}
		return append(dst, ']')
	case objectKind:
		dst = append(dst, '{')
		for i, item := range n.items {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = append(appendText(dst, item.key), ": "...)
			dst = item.appendFlow(dst)
		}
		return append(dst, '}')
	default:
		return n.appendJSON(dst)
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
	return append(dst, quoted(text)...)
}
