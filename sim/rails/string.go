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
		case c == 0:
			return "", ErrSyntax
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
		case c == 0:
			return "", ErrSyntax
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

// unicode takes the hexadecimal digits of \uHHHH. A half of a surrogate pair,
// either of them, is put together with whatever escape follows; without one it
// becomes bytes that are not UTF-8.
func (s *scanner) unicode(out []byte) ([]byte, bool) {
	r, ok := s.hex()
	if !ok {
		return out, false
	}
	if !utf16.IsSurrogate(r) {
		return utf8.AppendRune(out, r), true
	}
	if !strings.HasPrefix(s.text[s.at:], `\u`) {
		s.Loose = true
		return append(out, 0xE0|byte(r>>12), 0x80|byte(r>>6&0x3F), 0x80|byte(r&0x3F)), true
	}
	s.at += 2
	next, ok := s.hex()
	s.Loose = s.Loose || utf16.DecodeRune(r, next) == utf8.RuneError
	const half, bits = 0x3FF, 10
	return utf8.AppendRune(out, (r&half<<bits|next&half)+0x10000), ok
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
