package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds of a YAML file. Parser and aliases can be made to do very much work
// by very few bytes; what a scenario needs stays far below all of them.
const (
	maxNodes      = 1_000_000 // after aliases are followed
	maxBlankLines = 500       // in a row: the scanner's time grows with their square
	maxPerLine    = 100       // openings of blocks, anchors and tags in one line
)

// readYAML reads the one document of a YAML file.
func readYAML(file string, data []byte) (root *node, err error) {
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	if line := blankRun(data); line > 0 {
		return nil, Problems{refusal(file, position{line, 1}, "more than %d blank lines in a row", maxBlankLines)}
	}
	// A parser that meets bytes nobody thought of may panic; for the user that
	// is a file that cannot be read.
	defer func() {
		if cause := recover(); cause != nil {
			root, err = nil, Problems{refusal(file, position{1, 1}, "not YAML: the parser gave up: %v", cause)}
		}
	}()
	tokens := lexer.Tokenize(string(data))
	if deep := tooDeep(tokens); deep != nil {
		return nil, Problems{refusal(file, placeOf(deep), "nested deeper than %d", maxDepth)}
	}
	parsed, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, Problems{syntaxProblem(file, err)}
	}
	body, err := onlyDocument(file, parsed)
	if err != nil {
		return nil, err
	}
	r := &yamlReader{file: file, anchors: map[string]*anchor{}}
	root = r.read(body, 0)
	if len(r.problems) > 0 {
		return nil, r.problems.sorted()
	}
	return root, nil
}

// blankRun finds the line where too many blank lines in a row begin, 0 when
// there are none.
func blankRun(data []byte) int {
	line, run := 0, 0
	for rest := range bytes.Lines(data) {
		line++
		if len(bytes.TrimSpace(rest)) > 0 {
			run = 0
			continue
		}
		if run++; run > maxBlankLines {
			return line - maxBlankLines
		}
	}
	return 0
}

// tooDeep finds the token at which the file nests deeper than any scenario,
// before the parser, whose time grows with the square of the depth, sees it.
func tooDeep(tokens token.Tokens) *token.Token {
	flow, line, inLine := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, inLine = t.Position.Line, 0
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType:
			inLine++
		}
		if flow > maxDepth || inLine > maxPerLine {
			return t
		}
	}
	return nil
}

func placeOf(t *token.Token) position {
	if t == nil || t.Position == nil {
		return position{1, 1}
	}
	return position{max(1, t.Position.Line), max(1, t.Position.Column)}
}

// syntaxProblem takes the place out of an error of the parser and leaves its
// drawing of the file away.
func syntaxProblem(file string, err error) Problem {
	var placed yaml.Error
	if errors.As(err, &placed) {
		return refusal(file, placeOf(placed.GetToken()), "not YAML: %s", clippedLine(placed.GetMessage()))
	}
	return refusal(file, position{1, 1}, "not YAML: %s", clippedLine(err.Error()))
}

func clippedLine(message string) string {
	first, _, _ := strings.Cut(message, "\n")
	return first
}

// onlyDocument refuses a file without a document and one with two: the parser
// would panic on the first and forget the second.
func onlyDocument(file string, parsed *ast.File) (ast.Node, error) {
	var found ast.Node
	for _, doc := range parsed.Docs {
		if doc.Body == nil {
			continue
		}
		if _, directive := doc.Body.(*ast.DirectiveNode); directive {
			continue
		}
		if found != nil {
			return nil, Problems{refusal(file, placeOf(firstToken(doc)), "a second document; a file holds one scenario")}
		}
		found = doc.Body
	}
	if found == nil {
		return nil, Problems{refusal(file, position{1, 1}, "the file is empty, expected a scenario")}
	}
	return found, nil
}

func firstToken(doc *ast.DocumentNode) *token.Token {
	if doc.Start != nil {
		return doc.Start
	}
	return doc.Body.GetToken()
}

// anchor is a named value of a YAML file. It is read again wherever an alias
// stands, so that each copy has a place of its own in the tree.
type anchor struct {
	value ast.Node
	open  bool // being read: an alias to it now would never end
}

// yamlReader turns a syntax tree into nodes.
type yamlReader struct {
	file     string
	anchors  map[string]*anchor
	count    int            // nodes made so far
	alias    *ast.AliasNode // the outermost one that is being followed
	stopped  bool
	problems Problems
}

func (r *yamlReader) refuse(n ast.Node, format string, args ...any) {
	r.problems = append(r.problems, refusal(r.file, placeOf(n.GetToken()), format, args...))
}

// read turns one value into a node. After a problem it returns null: the tree
// is thrown away in the end, but the rest of the file is looked at before.
func (r *yamlReader) read(from ast.Node, depth int) *node {
	n := &node{file: r.file, at: placeOf(from.GetToken())}
	if r.stopped {
		return n
	}
	if r.count++; r.count > maxNodes {
		r.stopped = true
		if r.alias != nil {
			from = r.alias
		}
		r.refuse(from, "more than %d values after following aliases", maxNodes)
		return n
	}
	if depth > maxDepth {
		r.refuse(from, "nested deeper than %d", maxDepth)
		return n
	}
	switch from := from.(type) {
	case *ast.MappingNode:
		r.mapping(n, from, depth)
	case *ast.MappingValueNode:
		r.mapping(n, ast.Mapping(from.Start, false, from), depth)
	case *ast.SequenceNode:
		n.kind = listKind
		for _, value := range from.Values {
			n.adopt(r.read(value, depth+1))
		}
	case *ast.AnchorNode:
		return r.anchored(from, depth)
	case *ast.AliasNode:
		return r.aliased(from, depth)
	case *ast.TagNode:
		return r.tagged(from, depth)
	default:
		r.scalar(n, from)
	}
	return n
}

func (r *yamlReader) anchored(from *ast.AnchorNode, depth int) *node {
	name := from.Name.GetToken().Value
	a := &anchor{value: from.Value, open: true}
	r.anchors[name] = a
	defer func() { a.open = false }()
	return r.read(from.Value, depth+1)
}

func (r *yamlReader) aliased(from *ast.AliasNode, depth int) *node {
	name := from.Value.GetToken().Value
	a, found := r.anchors[name]
	switch {
	case !found:
		r.refuse(from, "alias *%s, no anchor of that name stands before it", name)
	case a.open:
		r.refuse(from, "alias *%s stands inside the value that it names", name)
	default:
		a.open = true
		defer func() { a.open = false }()
		if r.alias == nil {
			r.alias = from
			defer func() { r.alias = nil }()
		}
		return r.read(a.value, depth+1)
	}
	return &node{file: r.file, at: placeOf(from.GetToken())}
}

// tagged reads a value with an explicit type. Only text needs one: !!str makes
// a text of what looks like a number.
func (r *yamlReader) tagged(from *ast.TagNode, depth int) *node {
	tag := from.Start.Value
	switch {
	case from.Value == nil:
		r.refuse(from, "tag %s without a value", tag)
	case tag == "!!str":
		if scalar, ok := from.Value.(ast.ScalarNode); ok {
			n := r.read(from.Value, depth+1)
			if _, literal := scalar.(*ast.LiteralNode); !literal {
				n.kind, n.scalar = textKind, scalar.GetToken().Value
			}
			return n
		}
		r.refuse(from, "tag !!str before something that is not text")
	case tag == "!!map", tag == "!!seq", tag == "!!int", tag == "!!float", tag == "!!bool", tag == "!!null":
		return r.read(from.Value, depth+1)
	default:
		r.refuse(from, "tag %s, expected none: a scenario holds plain values", tag)
	}
	return &node{file: r.file, at: placeOf(from.GetToken())}
}

// mapping reads the keys of an object, those of its merges last: a key of its
// own wins over a merged one.
func (r *yamlReader) mapping(n *node, from *ast.MappingNode, depth int) {
	n.kind = objectKind
	names := keys{}
	var merges []ast.Node
	for i, pair := range from.Values {
		key := keyNode(pair.Key)
		at := placeOf(key.GetToken())
		if i == 0 && !from.IsFlowStyle {
			n.at = at // the place of a block is otherwise its first colon
		}
		if _, merge := key.(*ast.MergeKeyNode); merge {
			merges = append(merges, pair.Value)
			continue
		}
		name, ok := keyText(key)
		if !ok {
			r.refuse(key, "a key that is not text")
			continue
		}
		if first, again := names.add(name, at); again {
			r.problems = append(r.problems, duplicateKey(r.file, at, name, first))
			continue
		}
		item := r.read(pair.Value, depth+1)
		item.key, item.keyAt = name, at
		n.adopt(item)
	}
	for _, merge := range merges {
		r.merge(n, r.read(merge, depth+1), merge, names)
	}
}

// merge adds the keys of a << that the object has not got.
func (r *yamlReader) merge(n, other *node, from ast.Node, names keys) {
	switch other.kind {
	case objectKind:
		for _, item := range other.items {
			if _, again := names.add(item.key, item.keyAt); !again {
				n.adopt(item)
			}
		}
	case listKind:
		for _, item := range other.items {
			if item.kind != objectKind {
				r.refuse(from, "<< with %s, expected keys to merge", kindName(item.kind))
				return
			}
			r.merge(n, item, from, names)
		}
	default:
		r.refuse(from, "<< with %s, expected keys to merge", kindName(other.kind))
	}
}

func keyNode(key ast.MapKeyNode) ast.Node {
	if explicit, ok := key.(*ast.MappingKeyNode); ok && explicit.Value != nil {
		return explicit.Value
	}
	return key
}

// keyText is the name that a key gives: its text as written, also where a
// value would be a number or a truth.
func keyText(key ast.Node) (string, bool) {
	switch key := key.(type) {
	case *ast.StringNode:
		return key.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return key.GetToken().Value, true
	default:
		return "", false
	}
}

func kindName(k kind) string {
	switch k {
	case nullKind:
		return "null"
	case boolKind:
		return "true or false"
	case numberKind:
		return "a number"
	case textKind:
		return "a text"
	case listKind:
		return "a list"
	case objectKind:
		return "an object"
	default:
		panic(fmt.Sprintf("unknown kind %d", k))
	}
}
