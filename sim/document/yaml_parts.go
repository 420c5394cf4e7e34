package document

import (
	"iter"
	"slices"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// partTokens is how much of a long list the parser is given at once: it cannot be
// stopped, and what it makes of a token takes much more memory than its value.
const partTokens = 20_000

// manyKeys is how many keys of a block the parser is given at once: what it does for
// them grows with their square.
const manyKeys = 50

// wholeTokens is how much is given to the parser whole, whatever it is: of several
// mistakes it tells the first.
const wholeTokens = 5_000

const tokensPerKey = 3 // its text, a colon and a value, at least

// divide leaves the first and the last items of lists, and keys of long blocks, in
// the tokens and sets those between aside, in parts of about that many tokens. With
// none given lists stay whole.
func (y *yamlReader) divide(tokens token.Tokens, most int) (left token.Tokens) {
	left = make(token.Tokens, 0, len(tokens))
	for at := 0; at < len(tokens); {
		var starts []int
		size := most
		switch {
		case y.long[tokens[at]]:
			starts, size = keys(tokens, at), manyKeys*tokensPerKey
		case most > 0:
			starts = items(tokens, at)
		}
		left = append(left, tokens[at])
		if at++; len(starts) < 3 {
			continue
		}
		first, last := tokens[at-1], starts[len(starts)-1]
		left = append(left, y.divide(tokens[at:starts[1]], most)...)
		from := starts[1]
		for _, to := range starts[2:] {
			if to-from >= size || to == last {
				y.parts[first] = append(y.parts[first], tokens[from:to:to])
				from = to
			}
		}
		left = append(left, tokens[last])
		at = last + 1
	}
	return left
}

// items finds where the items of the list begin that begins at a token, as long as
// all that they hold stands further right.
func items(tokens token.Tokens, at int) (starts []int) {
	first := tokens[at]
	if first.Type != token.SequenceEntryType {
		return nil
	}
	flow := 0
	for i, t := range tokens[at:] {
		switch column := t.Position.Column; {
		case t.Type == token.CommentType || isContent(tokens, at+i):
		case flow == 0 && t.Type == token.SequenceEntryType && column == first.Position.Column:
			starts = append(starts, at+i)
		case column <= first.Position.Column:
			return starts
		default:
			flow += nesting(t)
		}
	}
	return starts
}

// keys finds where the keys of the block begin that begins at a token, up to one that
// is more than a text or a number.
func keys(tokens token.Tokens, at int) (starts []int) {
	column, flow := tokens[at].Position.Column, 0
	for i, t := range tokens[at:] {
		next := at + i + 1
		switch {
		case t.Type == token.CommentType || isContent(tokens, at+i):
		case flow == 0 && t.Position.Column == column && next < len(tokens) && tokens[next].Type == token.MappingValueType:
			starts = append(starts, at+i)
		case flow == 0 && t.Position.Column == column && t.Type == token.SequenceEntryType:
		case t.Position.Column <= column:
			return starts
		default:
			flow += nesting(t)
		}
	}
	return starts
}

// nesting is how much deeper in flow style it goes on behind a token.
func nesting(t *token.Token) int {
	switch t.Type {
	case token.SequenceStartType, token.MappingStartType:
		return 1
	case token.SequenceEndType, token.MappingEndType:
		return -1
	}
	return 0
}

// isContent says that a token is the text below | or >, whose column says nothing.
func isContent(tokens token.Tokens, at int) bool {
	for at--; at >= 0 && tokens[at].Type == token.CommentType; at-- {
	}
	return at >= 0 && (tokens[at].Type == token.LiteralType || tokens[at].Type == token.FoldedType)
}

// sequence reads the items of a list, those that were set aside too.
func (y *yamlReader) sequence(v Value, from *ast.SequenceNode) Value {
	v.Kind, v.Members = Array, slices.Grow([]Field(nil), len(from.Values))
	add := func(item ast.Node) {
		v.Members = append(v.Members, Field{Value: y.in(step{index: len(v.Members)}, func() Value { return y.value(item) })})
	}
	for i, item := range from.Values {
		add(item)
		if i >= len(from.Entries) {
			continue
		}
		for _, part := range y.parts[from.Entries[i].Start] {
			list, _ := y.part(part).(*ast.SequenceNode)
			if list == nil {
				y.end(y.at(part[0]), "not YAML: an item of a list cannot be read")
				return v
			}
			for _, item := range list.Values {
				add(item)
			}
		}
	}
	return v
}

// aside is how many keys of an object were set aside, roughly.
func (y *yamlReader) aside(from *ast.MappingNode) (n int) {
	if len(from.Values) > 0 {
		for _, part := range y.parts[from.Values[0].Key.GetToken()] {
			n += min(manyKeys, len(part)/tokensPerKey)
		}
	}
	return n
}

// pairs are the keys of an object with their values, those that were set aside too.
func (y *yamlReader) pairs(from *ast.MappingNode) iter.Seq[*ast.MappingValueNode] {
	return func(yield func(*ast.MappingValueNode) bool) {
		for _, pair := range from.Values {
			parts := y.parts[pair.Key.GetToken()]
			if !yield(pair) {
				return
			}
			for _, part := range parts {
				some, _ := y.part(part).(*ast.MappingNode)
				if some == nil {
					y.end(y.at(part[0]), "not YAML: a key cannot be read")
					return
				}
				for _, pair := range some.Values {
					if !yield(pair) {
						return
					}
				}
			}
		}
	}
}

// parse is what the parser makes of tokens without what is set aside of them, nil
// when they are not a document.
func (y *yamlReader) parse(tokens token.Tokens) ast.Node {
	most := 0
	if len(tokens) > fewTokens {
		most = partTokens
	}
	parsed, err := parser.Parse(y.divide(tokens, most), 0)
	if err != nil {
		y.syntax(err)
		return nil
	}
	return y.onlyDocument(parsed)
}

// part parses items or keys that were set aside.
func (y *yamlReader) part(tokens token.Tokens) ast.Node {
	if y.stopped {
		return nil
	}
	return y.parse(tokens)
}
