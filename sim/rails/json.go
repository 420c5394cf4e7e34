package rails

import (
	"errors"
	"strings"
	"unicode/utf8"

	"example.com/capisim/sim/document"
)

// MaxDepth bounds the nesting of a body and of parameters, as the real server
// does; deeper ones are refused as broken.
const MaxDepth = 100

var (
	ErrSyntax   = errors.New("not JSON")
	ErrEncoding = errors.New("not UTF-8")
)

// scanner reads JSON the way the real server's parser does: in order of
// appearance, numbers as written, and with its leniencies (comments, raw
// control characters in strings, a backslash before any character). It stands
// here because no decoder of the standard library keeps the order of keys and
// the text of numbers at the price that the request path can pay (FACTS.md §8).
type scanner struct {
	text  string
	at    int
	depth int
	Notes
}

// Notes is what the scanner passes over and a warning tells of.
type Notes struct {
	Loose    bool // a leniency was used that strict JSON does not know
	Halved   bool // an escape wrote half of a surrogate pair, which is not UTF-8
	Repeated bool // an object had a key twice
}

// Parse reads one document. The error is ErrSyntax, or ErrEncoding when the
// only thing wrong is a text that is not UTF-8.
func Parse(text string) (v document.Value, n Notes, err error) {
	s := scanner{text: text}
	if v, err = s.value(); err != nil {
		return document.Value{}, s.Notes, err
	}
	if s.skip(); s.at != len(s.text) {
		return document.Value{}, s.Notes, ErrSyntax
	}
	// The parser of the real server reads any bytes; what is not UTF-8 is
	// refused afterwards, and differently (§2).
	if s.Halved || !utf8.ValidString(text) {
		return document.Value{}, s.Notes, ErrEncoding
	}
	return v, s.Notes, nil
}

// skip passes blanks and comments.
func (s *scanner) skip() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		case '/':
			if !s.comment() {
				return
			}
			s.Loose = true
		default:
			return
		}
	}
}

func (s *scanner) comment() bool {
	rest := s.text[s.at:]
	if strings.HasPrefix(rest, "//") {
		if end := strings.IndexByte(rest, '\n'); end >= 0 {
			s.at += end + 1
		} else {
			s.at = len(s.text)
		}
		return true
	}
	if strings.HasPrefix(rest, "/*") {
		if end := strings.Index(rest[2:], "*/"); end >= 0 {
			s.at += 2 + end + 2
			return true
		}
	}
	return false
}

func (s *scanner) value() (document.Value, error) {
	s.skip()
	if s.at == len(s.text) {
		return document.Value{}, ErrSyntax
	}
	switch c := s.text[s.at]; {
	case c == '"':
		text, err := s.str()
		return document.Value{Kind: document.String, Text: text}, err
	case c == '{':
		return s.object()
	case c == '[':
		return s.array()
	case c == '-' || '0' <= c && c <= '9':
		text, err := s.number()
		return document.Value{Kind: document.Number, Text: text}, err
	case s.word("null"):
		return document.Value{}, nil
	case s.word("true"):
		return document.Value{Kind: document.Bool, Text: "true"}, nil
	case s.word("false"):
		return document.Value{Kind: document.Bool, Text: "false"}, nil
	}
	return document.Value{}, ErrSyntax
}

func (s *scanner) word(word string) bool {
	if strings.HasPrefix(s.text[s.at:], word) {
		s.at += len(word)
		return true
	}
	return false
}

// next passes blanks and takes one of two bytes.
func (s *scanner) next(first, second byte) (byte, error) {
	s.skip()
	if s.at == len(s.text) || s.text[s.at] != first && s.text[s.at] != second {
		return 0, ErrSyntax
	}
	s.at++
	return s.text[s.at-1], nil
}

// usualMembers is room for what most objects of these requests hold.
const usualMembers = 4

func (s *scanner) object() (document.Value, error) {
	object := document.Value{Kind: document.Object}
	if err := s.enter(); err != nil {
		return object, err
	}
	for first := true; ; first = false {
		s.skip()
		if first && s.word("}") {
			break
		}
		if s.at == len(s.text) || s.text[s.at] != '"' {
			return object, ErrSyntax
		}
		key, err := s.str()
		if err != nil {
			return object, err
		}
		if _, err := s.next(':', ':'); err != nil {
			return object, err
		}
		value, err := s.value()
		if err != nil {
			return object, err
		}
		if first {
			object.Members = make([]document.Field, 0, usualMembers)
		}
		object.Members = append(object.Members, document.Field{Key: key, Value: value})
		end, err := s.next(',', '}')
		if err != nil {
			return object, err
		}
		if end == '}' {
			break
		}
	}
	s.depth--
	given := len(object.Members)
	object.Members = lastWins(object.Members)
	s.Repeated = s.Repeated || len(object.Members) < given
	return object, nil
}

// array drops nulls, as the real server does with every array of a request.
func (s *scanner) array() (document.Value, error) {
	array := document.Value{Kind: document.Array}
	if err := s.enter(); err != nil {
		return array, err
	}
	for first := true; ; first = false {
		s.skip()
		if first && s.word("]") {
			break
		}
		value, err := s.value()
		if err != nil {
			return array, err
		}
		if value.Kind != document.Null {
			array.Members = append(array.Members, document.Field{Value: value})
		}
		end, err := s.next(',', ']')
		if err != nil {
			return array, err
		}
		if end == ']' {
			break
		}
	}
	s.depth--
	return array, nil
}

func (s *scanner) enter() error {
	s.at++
	if s.depth++; s.depth > MaxDepth {
		return ErrSyntax
	}
	return nil
}

// fewMembers is how many keys are compared one by one; above it a map finds the
// duplicates.
const fewMembers = 16

// lastWins drops all but the last value of a key, at the place of the first.
func lastWins(members []document.Field) []document.Field {
	if len(members) > fewMembers {
		return lastWinsOfMany(members)
	}
	kept := members[:0]
	for _, member := range members {
		kept = document.Put(kept, member.Key, member.Value)
	}
	return kept
}

func lastWinsOfMany(members []document.Field) []document.Field {
	places := make(map[string]int, len(members))
	kept := members[:0]
	for _, member := range members {
		if place, seen := places[member.Key]; seen {
			kept[place].Value = member.Value
			continue
		}
		places[member.Key] = len(kept)
		kept = append(kept, member)
	}
	return kept
}

// number takes a number by JSON's grammar: no leading zero, no bare point.
func (s *scanner) number() (string, error) {
	start := s.at
	s.word("-")
	if !s.word("0") && s.digits() == 0 {
		return "", ErrSyntax
	}
	if s.word(".") && s.digits() == 0 {
		return "", ErrSyntax
	}
	if s.word("e") || s.word("E") {
		if !s.word("-") {
			s.word("+")
		}
		if s.digits() == 0 {
			return "", ErrSyntax
		}
	}
	return s.text[start:s.at], nil
}

func (s *scanner) digits() int {
	start := s.at
	for s.at < len(s.text) && '0' <= s.text[s.at] && s.text[s.at] <= '9' {
		s.at++
	}
	return s.at - start
}
