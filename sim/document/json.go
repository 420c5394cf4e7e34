package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"unsafe"
)

// readJSON reads the text strictly: encoding/json decides what is valid, the
// walk over the text adds order and places, which it does not keep.
func (r *reader) readJSON() {
	if !json.Valid(r.text) {
		var whole json.RawMessage
		err := json.Unmarshal(r.text, &whole)
		at := len(r.text) // where a document that stops too early is wrong
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) && syntax.Error() != "unexpected end of JSON input" {
			at = max(0, int(syntax.Offset)-1)
		}
		r.end(at, "not JSON: %v", err)
		return
	}
	s := &jsonScanner{reader: r, text: unsafe.String(unsafe.SliceData(r.text), len(r.text))} // nobody changes it
	if s.folds = r.folds && len(r.text) > foldsFrom; s.folds {
		s.kept = new(Maker)
	}
	r.Root = s.value()
}

// Decode reads JSON of which nobody needs places: a key that stands twice does
// so in the value too.
func Decode(data []byte) (Value, error) {
	if !json.Valid(data) {
		var into json.RawMessage
		return Value{}, json.Unmarshal(data, &into)
	}
	r := &reader{Document: &Document{}, most: math.MaxInt}
	s := &jsonScanner{reader: r, text: string(data), doubles: true}
	v := s.value()
	if len(r.problems) > 0 {
		return Value{}, errors.New(r.problems[0].Message)
	}
	return v, nil
}

// jsonScanner walks over a text that is known to be valid.
type jsonScanner struct {
	*reader
	text    string
	at      int
	from    int  // where the text begins in its document
	doubles bool // keys may stand twice, numbers may be of any size
	folds   bool // the items of lists are folded

	rooms [][]Field // where members are gathered, by depth
	kept  *Maker    // room for those that are kept; nil takes memory for each list
}

// skip passes what stands between tokens.
func (s *jsonScanner) skip() byte {
	for {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\r', '\n', ',', ':':
			s.at++
		default:
			return c
		}
	}
}

func (s *jsonScanner) value() Value {
	c := s.skip()
	v := Value{at: uint32(s.from + s.at)}
	if !s.begin(s.at) {
		return v
	}
	switch c {
	case '{':
		v.Kind = Object
		v.Members = s.members()
	case '[':
		v.Kind = Array
		v.Members = s.items()
	case '"':
		v.Kind, v.Text = String, s.str()
	case 'n':
		s.at += len("null")
	case 't':
		v.Kind, v.Text = Bool, "true"
		s.at += len(v.Text)
	case 'f':
		v.Kind, v.Text = Bool, "false"
		s.at += len(v.Text)
	default:
		start := s.at
		for s.at < len(s.text) && strings.IndexByte("+-.0123456789Ee", s.text[s.at]) >= 0 {
			s.at++
		}
		v.Kind, v.Text = Number, s.text[start:s.at]
		if !s.doubles && !reasonable(v.Text) {
			s.note(start, "%s, a number out of range", Abbreviate(v.Text))
		}
	}
	return v
}

func (s *jsonScanner) items() []Field {
	items := s.room()
	for s.at++; s.skip() != ']'; {
		mark, start := s.kept.mark(), s.at
		s.path = append(s.path, step{index: len(items)})
		item := s.value()
		if s.path = s.path[:len(s.path)-1]; s.stopped {
			return nil
		}
		if s.folds && item.folds(s.at-start) {
			s.kept.back(mark)
			item.Kind, item.Text, item.Members = Folded, s.text[start:s.at], nil
		}
		items = append(items, Field{Value: item})
	}
	s.at++
	return s.keep(items)
}

func (s *jsonScanner) members() []Field {
	o := object{r: s.reader, members: s.room()}
	for s.at++; s.skip() != '}'; {
		at := s.at
		key := s.str()
		fresh := s.doubles
		if s.doubles {
			o.members = append(o.members, Field{Key: key, at: uint32(s.from + at)})
		} else {
			fresh = o.add(key, at)
		}
		s.path = append(s.path, step{key: key, named: true})
		value := s.value()
		if s.path = s.path[:len(s.path)-1]; s.stopped {
			return nil
		}
		if fresh {
			o.members[len(o.members)-1].Value = value
		}
	}
	s.at++
	return s.keep(o.members)
}

// room is where the members of the value being read are gathered: nobody knows
// how many there will be.
func (s *jsonScanner) room() []Field {
	for len(s.rooms) <= len(s.path) {
		s.rooms = append(s.rooms, nil)
	}
	return s.rooms[len(s.path)][:0]
}

// keep returns gathered members in a list of their own.
func (s *jsonScanner) keep(gathered []Field) (members []Field) {
	switch {
	case len(gathered) == 0:
		return nil
	case len(gathered) > mostPiece:
		s.rooms[len(s.path)] = nil
		return gathered
	}
	s.rooms[len(s.path)] = gathered
	if s.kept != nil {
		members = s.kept.Members(len(gathered))
	}
	return append(members, gathered...)
}

// str takes a string; one without escapes costs no copy.
func (s *jsonScanner) str() string {
	start := s.at
	end := start + 1
	escaped := false
	for ; s.text[end] != '"'; end++ {
		if s.text[end] == '\\' {
			escaped = true
			end++
		}
	}
	s.at = end + 1
	if !escaped {
		return s.text[start+1 : end]
	}
	return unquoted(s.text[start:s.at])
}

func unquoted(quoted string) (text string) {
	if err := json.Unmarshal([]byte(quoted), &text); err != nil {
		panic("document: valid JSON does not read: " + err.Error())
	}
	return text
}

// maxDigits bounds the length of a number: what is longer is not a number that
// anybody means, and exact arithmetic on an exponent of a billion takes
// forever.
const maxDigits = 64

// reasonable says that a number is one that a float64 holds, be it roughly.
func reasonable(digits string) bool {
	if len(digits) > maxDigits {
		return false
	}
	if !strings.ContainsAny(digits, ".eE") {
		return true
	}
	value, err := strconv.ParseFloat(digits, 64)
	mantissa, _, _ := bytes.Cut(bytes.ToLower([]byte(digits)), []byte("e"))
	return err == nil && (value != 0 || !bytes.ContainsAny(mantissa, "123456789"))
}
