// Package draw makes numbers and ids that are a function of a seed and of
// nothing else (splitmix64), so that two runs with one seed see the same.
package draw

import (
	"encoding/binary"
	"encoding/hex"
)

// Golden is the step of splitmix64, 2^64 over the golden ratio: neighbouring
// multiples of it lie far apart.
const Golden = 0x9e3779b97f4a7c15

// Mix is the finaliser of splitmix64: it spreads neighbouring numbers over the
// whole range.
func Mix(z uint64) uint64 {
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// Fraction makes a number from 0 to below 1 of a drawn one.
func Fraction(z uint64) float64 { return float64(z>>11) / (1 << 53) }

// Source is a stream of numbers; its whole state is one word, which makes
// starting anew for each thing free. It is a rand.Source64.
type Source struct{ state uint64 }

// Uint64 is the next number.
func (s *Source) Uint64() uint64 {
	s.state += Golden
	return Mix(s.state)
}

// Int63 is the next number without its sign.
func (s *Source) Int63() int64 { return int64(s.Uint64() >> 1) }

// Seed sets the state.
func (s *Source) Seed(seed int64) { s.state = uint64(seed) }

// Add mixes a number into the state: what is drawn afterwards depends on it.
func (s *Source) Add(value uint64) {
	s.state ^= value * Golden
	s.state = s.Uint64()
}

// UUID is a version 4 UUID of two drawn numbers.
func UUID(high, low uint64) string {
	var room [36]byte
	return string(AppendUUID(room[:0], high, low))
}

// AppendUUID writes what UUID returns.
func AppendUUID(to []byte, high, low uint64) []byte {
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[:8], high)
	binary.BigEndian.PutUint64(raw[8:], low)
	raw[6] = raw[6]&0x0f | 0x40
	raw[8] = raw[8]&0x3f | 0x80
	var text [36]byte
	hex.Encode(text[0:8], raw[0:4])
	hex.Encode(text[9:13], raw[4:6])
	hex.Encode(text[14:18], raw[6:8])
	hex.Encode(text[19:23], raw[8:10])
	hex.Encode(text[24:], raw[10:])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return append(to, text[:]...)
}
