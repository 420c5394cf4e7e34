package document

import (
	"bytes"
	"fmt"

	"github.com/goccy/go-yaml/token"
)

// Bounds of YAML. Scanner and parser can be made to do very much work by very
// few bytes; what people write stays far below all of them.
const (
	maxYAML       = 48 << 20 // bytes: the parser takes a hundred times its text in memory
	maxBlankLines = 500      // in a row: the scanner's time grows with their square
	maxPerLine    = 100      // openings of blocks, anchors and tags in one line
	maxKeys       = 5_000    // of one block: the parser's time grows with their square
	fewTokens     = 50_000   // of half a kilobyte each, and
	bytesPerToken = 8        // beyond them no denser than this
	bytesPerMark  = 5        // nor the marks from which tokens are made
)

func tooDense[Text string | []byte](most int, text Text) string {
	return fmt.Sprintf("more than %d tokens, too many for %s of YAML; JSON may have more", most, Count(len(text), "byte"))
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

// marks counts what may begin or end a token, roughly: the scanner makes all
// tokens at once, and it would be too late to count those.
func marks(text []byte) (n int) {
	for _, c := range text {
		switch c {
		case '\n', ':', ',', '-', '?', '[', ']', '{', '}', '"', '\'', '!', '&', '*', '|', '>', '%':
			n++
		}
	}
	return n
}

// blockShape measures nesting and keys as the tokens pass.
type blockShape struct {
	flow, line, inLine int
	blocks             []blockKeys // those that are open, by column
	long               map[*token.Token]bool
	previous           *token.Token
}

type blockKeys struct {
	column, keys int
	first        *token.Token
}

// add says what is too much, "" for nothing.
func (s *blockShape) add(t *token.Token) string {
	if t.Position.Line != s.line {
		s.line, s.inLine = t.Position.Line, 0
	}
	key := t
	switch t.Type {
	case token.SequenceStartType, token.MappingStartType:
		s.flow++
	case token.SequenceEndType, token.MappingEndType:
		s.flow--
	case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType:
		s.inLine++
	case token.MappingValueType:
		if s.previous != nil {
			key = s.previous
		}
	}
	s.previous = t
	if s.flow > maxDepth || s.inLine > maxPerLine {
		return fmt.Sprintf("nested deeper than %d", maxDepth)
	}
	if s.flow == 0 && (t.Type == token.MappingValueType || t.Type == token.SequenceEntryType) {
		return s.block(key, t.Type == token.MappingValueType)
	}
	return ""
}

func (s *blockShape) block(start *token.Token, isKey bool) string {
	column := start.Position.Column
	for len(s.blocks) > 0 && s.blocks[len(s.blocks)-1].column > column {
		s.blocks = s.blocks[:len(s.blocks)-1]
	}
	if !isKey {
		return ""
	}
	if len(s.blocks) == 0 || s.blocks[len(s.blocks)-1].column < column {
		s.blocks = append(s.blocks, blockKeys{column: column, first: start})
	}
	top := &s.blocks[len(s.blocks)-1]
	if top.keys++; top.keys > manyKeys {
		s.long[top.first] = true
	}
	if top.keys > maxKeys {
		return fmt.Sprintf("more than %d keys in one block of YAML; JSON may have more", maxKeys)
	}
	return ""
}
