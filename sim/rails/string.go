package rails

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// str takes a string; one without escapes costs no copy.
func (s *scanner) str() (string, error) {
	s.at++
	start := s.at
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return s.text[start : s.at-1], nil
		case c == '\\':
			return s.escaped(start)
		case c < ' ':
			s.Loose = true
		}
		s.at++
	}
	return "", ErrSyntax
}

func (s *scanner) escaped(start int) (string, error) {
	out := append(make([]byte, 0, s.at-start+32), s.text[start:s.at]...)
	for s.at < len(s.text) {
		c := s.text[s.at]
		s.at++
		switch {
		case c == '"':
			return string(out), nil
		case c == '\\':
			if s.at == len(s.text) {
				return "", ErrSyntax
			}
			var ok bool
			if out, ok = s.escape(out); !ok {
				return "", ErrSyntax
			}
		default:
			s.Loose = s.Loose || c < ' '
			out = append(out, c)
		}
	}
	return "", ErrSyntax
}

// escape takes what follows a backslash. An unknown letter stands for itself.
func (s *scanner) escape(out []byte) ([]byte, bool) {
	c := s.text[s.at]
	s.at++
	switch c {
	case 'u':
		return s.unicode(out)
	case 'n':
		c = '\n'
	case 't':
		c = '\t'
	case 'r':
		c = '\r'
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case '"', '\\', '/':
	default:
		s.Loose = true
	}
	return append(out, c), true
}

// unicode takes the hexadecimal digits of \uHHHH, and a second escape where
// the first is half of a pair.
func (s *scanner) unicode(out []byte) ([]byte, bool) {
	r, ok := s.hex()
	if !ok {
		return out, false
	}
	if !utf16.IsSurrogate(r) {
		return utf8.AppendRune(out, r), true
	}
	if rest := s.text[s.at:]; strings.HasPrefix(rest, `\u`) {
		before := s.at
		s.at += 2
		low, ok := s.hex()
		if !ok {
			return out, false
		}
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return utf8.AppendRune(out, pair), true
		}
		s.at = before
	}
	s.Halved = true
	return out, true
}

func (s *scanner) hex() (r rune, ok bool) {
	if s.at+4 > len(s.text) {
		return 0, false
	}
	for i := range 4 {
		digit := unhex(s.text[s.at+i])
		if digit < 0 {
			return 0, false
		}
		r = r<<4 | rune(digit)
	}
	s.at += 4
	return r, true
}
