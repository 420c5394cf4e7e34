package api

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"example.com/capisim/sim/document"
)

// TestAppendString: each code point, alone and between others, is written as
// encoding/json writes it, which is how the real server does (FACTS.md §2).
func TestAppendString(t *testing.T) {
	t.Parallel()
	check := func(text string) {
		want, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := document.AppendQuoted([]byte("x"), text); string(got) != "x"+string(want) {
			t.Fatalf("%q is written %s, want %s", text, got, want)
		}
	}
	var block strings.Builder
	for point := rune(0); point <= utf8.MaxRune; point++ {
		if point >= 0xd800 && point < 0xe000 {
			continue // half of a pair: no code point of a string
		}
		if point < 0x3000 {
			check(string(point))
			check("a" + string(point) + "b")
		}
		if block.WriteRune(point); block.Len() > 4000 {
			check(block.String())
			block.Reset()
		}
	}
	check(block.String())
	for _, text := range []string{"", "bundle exec rackup -p $PORT", "\xff", "a\xc3", "\xed\xa0\x80"} {
		check(text)
	}
}

func FuzzAppendString(f *testing.F) {
	for _, text := range []string{"", "plain", `"\/`, "<&>", "\u2028", "\x00\x7f", "\xff\xfe"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := document.AppendQuoted(nil, text); string(got) != string(want) {
			t.Errorf("%q is written %s, want %s", text, got, want)
		}
	})
}

// TestAppendFloat is FACTS.md §2: a point in whole numbers, two digits in an
// exponent, no more than 16 digits.
func TestAppendFloat(t *testing.T) {
	t.Parallel()
	tenth, fifth := 0.1, 0.2 // their sum as the machine adds it, not as the compiler does
	tests := []struct {
		value float64
		want  string
	}{
		{0, "0.0"},
		{1, "1.0"},
		{-3, "-3.0"},
		{0.5, "0.5"},
		{0.036125, "0.036125"},
		{0.0001, "0.0001"},
		{0.00001, "1e-05"},
		{1e-7, "1e-07"},
		{2.5e-7, "2.5e-07"},
		{1e20, "1e+20"},
		{123456789012345, "123456789012345.0"},
		{0.123456789012345, "0.123456789012345"},
		{0.1234567890123456, "0.1234567890123456"},
		{tenth + fifth, "0.3"}, // 17 digits in the shortest form
		{1.0 / 3, "0.3333333333333333"},
		{2.0 / 3, "0.6666666666666666"},
	}
	for _, test := range tests {
		if got := string(appendFloat([]byte("x"), test.value)); got != "x"+test.want {
			t.Errorf("%v is written %s, want %s", test.value, got[1:], test.want)
		}
	}
}

func FuzzAppendFloat(f *testing.F) {
	for _, value := range []float64{0, -1, 1e-7, 1e15, 1e16, 0.1 + 0.2, math.SmallestNonzeroFloat64, math.MaxFloat64} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value float64) {
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return // no JSON
		}
		text := string(appendFloat(nil, value))
		back, err := strconv.ParseFloat(text, 64)
		if err != nil || !json.Valid([]byte(text)) || !strings.ContainsAny(text, ".e") {
			t.Fatalf("%v is written %s: %v", value, text, err)
		}
		if math.Abs(back-value) > math.Abs(value)*1e-15 {
			t.Errorf("%v is written %s", value, text)
		}
	})
}

// TestAppendTime: whole seconds of UTC.
func TestAppendTime(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 1, 4, 5, 999_999_999, time.FixedZone("east", 2*3600))
	if got := string(appendTime(nil, at)); got != `"2026-01-01T23:04:05Z"` {
		t.Errorf("written %s", got)
	}
}
