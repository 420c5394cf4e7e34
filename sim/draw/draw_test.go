package draw_test

import (
	"math/rand"
	"testing"

	"example.com/capisim/sim/draw"
)

var _ rand.Source64 = (*draw.Source)(nil)

// TestSource holds the numbers of splitmix64's published reference for seed 0.
func TestSource(t *testing.T) {
	t.Parallel()
	var s draw.Source
	for i, want := range []uint64{0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f} {
		if got := s.Uint64(); got != want {
			t.Errorf("number %d is %#x, want %#x", i, got, want)
		}
	}
	s.Seed(7)
	first := s.Uint64()
	s.Seed(7)
	if again := s.Int63(); again != int64(first>>1) {
		t.Errorf("seed 7 gives %d, then %d", first, again)
	}
}

func TestUUID(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		high, low uint64
		want      string
	}{
		{0, 0, "00000000-0000-4000-8000-000000000000"},
		{^uint64(0), ^uint64(0), "ffffffff-ffff-4fff-bfff-ffffffffffff"},
		{0x0123456789abcdef, 0x0123456789abcdef, "01234567-89ab-4def-8123-456789abcdef"},
	} {
		if got := draw.UUID(c.high, c.low); got != c.want {
			t.Errorf("UUID(%#x, %#x) = %s, want %s", c.high, c.low, got, c.want)
		}
	}
}

// TestFraction: all of the range, and never 1.
func TestFraction(t *testing.T) {
	t.Parallel()
	if low, high := draw.Fraction(0), draw.Fraction(^uint64(0)); low != 0 || high >= 1 || high < 0.999 {
		t.Errorf("from %v to %v", low, high)
	}
}
