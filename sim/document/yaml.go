package document

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/scanner"
	"github.com/goccy/go-yaml/token"
)

// yamlReader turns a syntax tree into values.
type yamlReader struct {
	*reader
	anchors map[string]*anchor
	parts   map[*token.Token][]token.Tokens // of long lists and blocks, by the first token
	long    map[*token.Token]bool           // the first keys of long blocks
	alias   *ast.AliasNode                  // the outermost one that is being followed
	place   struct{ line, column, at int }
}

// anchor is a named value. It is read again wherever an alias stands.
type anchor struct {
	value ast.Node
	open  bool // being read: an alias to it now would never end
}

// readYAML reads the one document of a YAML text.
func (r *reader) readYAML() {
	y := &yamlReader{reader: r, anchors: map[string]*anchor{}, parts: map[*token.Token][]token.Tokens{}}
	if len(r.text) > maxYAML {
		r.end(0, "%d MiB of YAML, expected at most %d; JSON may have %d", len(r.text)>>20, maxYAML>>20, MaxBytes>>20)
		return
	}
	text := bytes.ReplaceAll(r.text, []byte("\r\n"), []byte("\n"))
	if line := blankRun(text); line > 0 {
		r.end(y.offset(line, 1), "more than %d blank lines in a row", maxBlankLines)
		return
	}
	if most := fewTokens + len(text)/bytesPerMark; marks(text) > most {
		r.end(0, "%s", tooDense(most, text))
		return
	}
	// A parser that meets bytes nobody thought of may panic; for the user that
	// is a text that cannot be read.
	defer func() {
		if cause := recover(); cause != nil {
			r.stopped = false
			r.end(0, "not YAML: the parser gave up: %v", cause)
		}
	}()
	tokens := y.scan(string(text))
	if r.stopped {
		return
	}
	if len(tokens) <= wholeTokens {
		y.long = nil
	}
	if body := y.parse(tokens); body != nil {
		r.Root = y.value(body)
	}
}

// scan cuts the text into tokens and refuses what nests deeper, or has more of
// them, than the parser can be given: its time grows with the square of both.
func (y *yamlReader) scan(text string) (tokens token.Tokens) {
	most := fewTokens + len(text)/bytesPerToken
	var s scanner.Scanner
	s.Init(text)
	for {
		some, err := s.Scan()
		tokens = slices.Grow(tokens, len(some))
		tokens.Add(some...)
		if y.look(); y.stopped {
			return nil
		}
		if err != nil { // the end, or a token that the parser refuses
			break
		}
	}
	shape := blockShape{long: map[*token.Token]bool{}}
	y.long = shape.long
	for i, t := range tokens {
		message := shape.add(t)
		if i == most {
			message = tooDense(most, text)
		}
		if message != "" {
			y.end(y.at(t), "%s", message)
			return nil
		}
	}
	return tokens
}

// offset is the byte of a place; places mostly come in the order of the text.
func (y *yamlReader) offset(line, column int) int {
	y.position(0) // counts the lines
	line = min(max(1, line), len(y.lines))
	p := &y.place
	if line != p.line || column < p.column {
		p.line, p.column, p.at = line, 1, int(y.lines[line-1])
	}
	for p.column < column && p.at < len(y.text) {
		_, size := utf8.DecodeRune(y.text[p.at:])
		p.column++
		p.at += size
	}
	return p.at
}

func (y *yamlReader) at(t *token.Token) int {
	if t == nil || t.Position == nil {
		return 0
	}
	return y.offset(t.Position.Line, t.Position.Column)
}

// syntax takes the place out of an error of the parser and leaves its drawing
// of the text away.
func (y *yamlReader) syntax(err error) {
	at, message := 0, err.Error()
	var placed yaml.Error
	if errors.As(err, &placed) {
		at, message = y.at(placed.GetToken()), placed.GetMessage()
	}
	first, _, _ := strings.Cut(message, "\n")
	y.end(at, "not YAML: %s", first)
}

// onlyDocument refuses a text without a document and one with two: the parser
// would panic on the first and forget the second.
func (y *yamlReader) onlyDocument(parsed *ast.File) (found ast.Node) {
	for _, doc := range parsed.Docs {
		if doc.Body == nil {
			continue
		}
		if _, directive := doc.Body.(*ast.DirectiveNode); directive {
			continue
		}
		if found != nil {
			start := doc.Start
			if start == nil {
				start = doc.Body.GetToken()
			}
			y.end(y.at(start), "a second document, expected one")
			return nil
		}
		found = doc.Body
	}
	if found == nil {
		y.end(0, "empty, expected a document")
	}
	return found
}

func (y *yamlReader) refuse(n ast.Node, format string, args ...any) {
	y.note(y.at(n.GetToken()), format, args...)
}

// value turns one node into a value. After a problem it is null: the document is
// not used in the end, but the rest of it is looked at before.
func (y *yamlReader) value(from ast.Node) Value {
	at := y.at(from.GetToken())
	v := Value{at: uint32(at)}
	if y.stopped {
		return v
	}
	if y.alias != nil && y.values == y.most {
		at = y.at(y.alias.GetToken())
	}
	if !y.begin(at) {
		return v
	}
	switch from := from.(type) {
	case *ast.MappingNode:
		return y.mapping(v, from)
	case *ast.MappingValueNode:
		return y.mapping(v, ast.Mapping(from.Start, false, from))
	case *ast.SequenceNode:
		return y.sequence(v, from)
	case *ast.AnchorNode:
		return y.anchored(from)
	case *ast.AliasNode:
		return y.aliased(v, from)
	case *ast.TagNode:
		return y.tagged(v, from)
	default:
		return y.scalar(v, from)
	}
}

func (y *yamlReader) anchored(from *ast.AnchorNode) Value {
	a := &anchor{value: from.Value, open: true}
	y.anchors[from.Name.GetToken().Value] = a
	defer func() { a.open = false }()
	return y.value(from.Value)
}

func (y *yamlReader) aliased(v Value, from *ast.AliasNode) Value {
	name := from.Value.GetToken().Value
	a, found := y.anchors[name]
	switch {
	case !found:
		y.refuse(from, "alias *%s, no anchor of that name stands before it", name)
	case a.open:
		y.refuse(from, "alias *%s stands inside the value that it names", name)
	default:
		a.open = true
		defer func() { a.open = false }()
		if y.alias == nil {
			y.alias = from
			defer func() { y.alias = nil }()
		}
		return y.value(a.value)
	}
	return v
}

// tagged reads a value with an explicit type. Only text needs one: !!str makes
// a text of what looks like a number.
func (y *yamlReader) tagged(v Value, from *ast.TagNode) Value {
	tag := from.Start.Value
	switch {
	case from.Value == nil:
		y.refuse(from, "tag %s without a value", tag)
	case tag == "!!str":
		if scalar, ok := from.Value.(ast.ScalarNode); ok {
			v = y.value(from.Value)
			if _, literal := scalar.(*ast.LiteralNode); !literal {
				v.Kind, v.Text = String, scalar.GetToken().Value
			}
			return v
		}
		y.refuse(from, "tag !!str before something that is not text")
	case tag == "!!map", tag == "!!seq", tag == "!!int", tag == "!!float", tag == "!!bool", tag == "!!null":
		return y.value(from.Value)
	default:
		y.refuse(from, "tag %s, expected none: a document holds plain values", tag)
	}
	return v
}

// mapping reads the keys of an object, those of its merges last: a key of its
// own wins over a merged one.
func (y *yamlReader) mapping(v Value, from *ast.MappingNode) Value {
	v.Kind = Object
	aside := y.aside(from)
	o := object{r: y.reader, members: slices.Grow([]Field(nil), len(from.Values)+aside)}
	var merges []ast.Node
	start := !from.IsFlowStyle
	for pair := range y.pairs(from) {
		key := keyNode(pair.Key)
		at := y.at(key.GetToken())
		if start {
			v.at, start = uint32(at), false // the place of a block is otherwise its first colon
		}
		if _, merge := key.(*ast.MergeKeyNode); merge {
			merges = append(merges, pair.Value)
			continue
		}
		name, ok := keyText(key)
		if !ok {
			y.refuse(key, "a key that is not text")
			continue
		}
		if first, again := o.find(name); again && aside > 0 { // in the words of the parser, which sees one part
			line, column := y.position(int(o.members[first].at))
			y.end(at, "not YAML: mapping key %q already defined at [%d:%d]", name, line, column)
			return v
		}
		if !o.add(name, at) {
			continue
		}
		place := len(o.members) - 1
		o.members[place].Value = y.in(step{key: name, named: true}, func() Value { return y.value(pair.Value) })
	}
	for _, merge := range merges {
		y.merge(&o, y.value(merge), merge)
	}
	v.Members = o.members
	return v
}

// merge adds the keys of a << that the object has not got.
func (y *yamlReader) merge(o *object, other Value, from ast.Node) {
	switch other.Kind {
	case Object:
		find := Finder(o.members)
		for _, member := range other.Members {
			if _, again := find(member.Key); !again && o.add(member.Key, int(member.at)) {
				o.members[len(o.members)-1].Value = member.Value
			}
		}
	case Array:
		for _, item := range other.Members {
			if item.Value.Kind != Object {
				y.refuse(from, "<< with %s, expected keys to merge", Found(item.Value))
				return
			}
			y.merge(o, item.Value, from)
		}
	default:
		y.refuse(from, "<< with %s, expected keys to merge", Found(other))
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
