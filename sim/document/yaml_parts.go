package document

import (
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// partTokens is how much of a long list the parser is given at once: it cannot be
// stopped, and what it makes of a token takes much more memory than its value.
const partTokens = 20_000

// divide leaves the first and the last items of long lists in the tokens and sets
// those between aside, in parts of about that many tokens. Lists inside of lists stay
// whole.
func (y *yamlReader) divide(tokens token.Tokens, most int) (left token.Tokens) {
	for at := 0; at < len(tokens); {
		starts := items(tokens, at)
		if len(starts) < 3 {
			left = append(left, tokens[at])
			at++
			continue
		}
		left = append(left, tokens[at:starts[1]]...)
		last := starts[len(starts)-1]
		from := starts[1]
		for _, to := range starts[2:] {
			if to-from >= most || to == last {
				y.parts[tokens[at]] = append(y.parts[tokens[at]], tokens[from:to:to])
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
		case t.Type == token.CommentType:
		case flow == 0 && t.Type == token.SequenceEntryType && column == first.Position.Column:
			starts = append(starts, at+i)
		case column <= first.Position.Column:
			return starts
		case t.Type == token.SequenceStartType || t.Type == token.MappingStartType:
			flow++
		case t.Type == token.SequenceEndType || t.Type == token.MappingEndType:
			flow--
		}
	}
	return starts
}

// sequence reads the items of a list, those that were set aside too.
func (y *yamlReader) sequence(v Value, from *ast.SequenceNode) Value {
	v.Kind = Array
	add := func(item ast.Node) {
		v.Members = append(v.Members, Field{Value: y.in(step{index: len(v.Members)}, func() Value { return y.value(item) })})
	}
	for i, item := range from.Values {
		add(item)
		if i >= len(from.Entries) {
			continue
		}
		for _, part := range y.parts[from.Entries[i].Start] {
			for _, item := range y.part(part) {
				add(item)
			}
		}
	}
	return v
}

// part parses items that were set aside.
func (y *yamlReader) part(tokens token.Tokens) []ast.Node {
	if y.stopped {
		return nil
	}
	parsed, err := parser.Parse(tokens, 0)
	if err != nil {
		y.syntax(err)
		return nil
	}
	list, ok := y.onlyDocument(parsed).(*ast.SequenceNode)
	if !ok {
		y.end(y.at(tokens[0]), "not YAML: an item of a list cannot be read")
		return nil
	}
	return list.Values
}
