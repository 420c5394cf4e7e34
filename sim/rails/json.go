package rails

import (
	"errors"
	"strings"
	"sync"
	"unicode/utf8"

	"example.com/capisim/sim/document"
)

// MaxDepth is the nesting of a body that the framework's stack cannot bear:
// somewhere between 500 and 900 levels it ends.
const MaxDepth = 500

// maxParsedDepth bounds the scanner's own stack.
const maxParsedDepth = 10000

// What can be wrong with a body: the parser refuses it, or it parses and the
// framework fails on what it says.
var (
	ErrSyntax   = errors.New("not JSON")
	ErrEncoding = errors.New("not UTF-8")
	ErrDepth    = errors.New("nested too deep")
)

// scanner reads JSON the way the real server's parser does: in order of
// appearance, numbers as written, and with its leniencies (comments, raw
// control characters in strings, a backslash before any character; Oj,
// ext/oj/parse.c). It stands
// here because no decoder of the standard library keeps the order of keys and
// the text of numbers at the price that the request path can pay (FACTS.md §8).
type scanner struct {
	text    string
	at      int
	depth   int
	deepest int
	garbled bool             // a value is not UTF-8
	open    []document.Field // the members so far of the objects that have not ended
	room    []document.Field // for those that have
	Notes
}

// opens are what members stand in until their object ends.
var opens = sync.Pool{New: func() any { return new([]document.Field) }}

// maxOpen is how many members such memory has at most that is kept for the next
// document.
const maxOpen = 1 << 10

// Notes is what the scanner passes over and a warning tells of.
type Notes struct {
	Loose    bool // a leniency was used that strict JSON does not know
	Repeated bool // an object had a key twice
}

// Parse reads one document. The error is ErrSyntax, or one of the others when
// nothing else is wrong.
func Parse(text string) (v document.Value, n Notes, err error) {
	open := opens.Get().(*[]document.Field)
	s := scanner{text: text, open: *open}
	defer func() {
		if cap(s.open) <= maxOpen {
			clear(s.open[:cap(s.open)])
			*open = s.open[:0]
			opens.Put(open)
		}
	}()
	if v, err = s.value(); err != nil {
		return document.Value{}, s.Notes, err
	}
	if err = s.end(); err != nil {
		return document.Value{}, s.Notes, err
	}
	// The parser of the real server reads any bytes and any depth; what is wrong
	// with them shows afterwards, and differently (§9.2). Keys are not looked at.
	switch {
	case s.garbled:
		return document.Value{}, s.Notes, ErrEncoding
	case s.deepest >= MaxDepth:
		return document.Value{}, s.Notes, ErrDepth
	}
	return v, s.Notes, nil
}

// end passes blanks behind the document. A NUL ends the text, whatever follows;
// a comment is not allowed here.
func (s *scanner) end() error {
	for ; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
		case '\f':
			s.Loose = true
		case 0:
			s.Loose = true
			return nil
		default:
			return ErrSyntax
		}
	}
	return nil
}

// skip passes blanks and comments.
func (s *scanner) skip() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		case '\f':
			s.at++
			s.Loose = true
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
		if end := strings.IndexAny(rest, "\n\r\f\x00"); end >= 0 {
			s.at += end
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
		s.garbled = s.garbled || !utf8.ValidString(text)
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

func (s *scanner) object() (document.Value, error) {
	object := document.Value{Kind: document.Object}
	if err := s.enter(); err != nil {
		return object, err
	}
	begin := len(s.open)
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
		s.open = append(s.open, document.Field{Key: key, Value: value})
		end, err := s.next(',', '}')
		if err != nil {
			return object, err
		}
		if end == '}' {
			break
		}
	}
	s.depth--
	given := s.open[begin:]
	kept := lastWins(given)
	s.Repeated = s.Repeated || len(kept) < len(given)
	object.Members = s.keep(kept)
	s.open = s.open[:begin]
	return object, nil
}

// keep copies the members of an object into memory that all objects of a
// document share: for each of its colons there is a member, unless it stands in
// a text.
func (s *scanner) keep(members []document.Field) []document.Field {
	if len(members) == 0 {
		return nil
	}
	if cap(s.room)-len(s.room) < len(members) {
		size := 64
		if s.room == nil { // counted once: a document of many objects needs many rooms
			size = min(size, strings.Count(s.text, ":"))
		}
		s.room = make([]document.Field, 0, max(len(members), size))
	}
	begin := len(s.room)
	s.room = append(s.room, members...)
	return s.room[begin:len(s.room):len(s.room)]
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
	s.depth++
	if s.deepest = max(s.deepest, s.depth); s.depth > maxParsedDepth {
		return ErrDepth
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

// number takes a number. Zeros in front are refused when other digits follow,
// not when they stand alone: "-00" and even "-" are 0.
func (s *scanner) number() (string, error) {
	start := s.at
	s.word("-")
	first := s.at
	whole := s.digits()
	switch digits := s.text[first:s.at]; {
	case whole > 1 && digits[0] == '0' && strings.Trim(digits, "0") != "":
		return "", ErrSyntax
	case whole != 1 && strings.Trim(digits, "0") == "":
		s.Loose = true
	}
	decimal := s.word(".")
	if decimal && (whole == 0 || s.digits() == 0) {
		return "", ErrSyntax
	}
	if s.word("e") || s.word("E") {
		decimal = true
		if !s.word("-") {
			s.word("+")
		}
		if whole == 0 || s.digits() == 0 {
			return "", ErrSyntax
		}
	}
	text := s.text[start:s.at]
	if !decimal && text != "-0" && strings.Trim(text, "-0") == "" {
		return "0", nil
	}
	return text, nil
}

func (s *scanner) digits() int {
	start := s.at
	for s.at < len(s.text) && '0' <= s.text[s.at] && s.text[s.at] <= '9' {
		s.at++
	}
	return s.at - start
}
