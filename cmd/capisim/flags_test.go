package main

import (
	"math"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

func TestFlagValues(t *testing.T) {
	t.Parallel()
	var whole, bytes int64
	var word string
	var wait time.Duration
	number := func(least, most int64) pflag.Value { return number(&whole, least, most) }
	tests := []struct {
		name  string
		flag  pflag.Value
		input string
		want  string // what the flag shows, or what it expected
		fails bool
	}{
		{"any number", anyNumber(&whole), "-9223372036854775808", "-9223372036854775808", false},
		{"beyond any number", anyNumber(&whole), "9223372036854775808", "expected a whole number", true},
		{"fraction", anyNumber(&whole), "1.5", "expected a whole number", true},
		{"least", number(0, math.MaxInt64), "0", "0", false},
		{"under the least", number(0, math.MaxInt64), "-1", "expected a whole number, 0 or more", true},
		{"most", number(1, 9), "9", "9", false},
		{"over the most", number(1, 9), "10", "expected a whole number from 1 to 9", true},
		{"bare bytes", size(&bytes), "100", "100", false},
		{"no bytes", size(&bytes), "0", "0", false},
		{"kibibytes", size(&bytes), "3KiB", "3KiB", false},
		{"mebibytes with a blank", size(&bytes), "64 MiB", "64MiB", false},
		{"as many in a smaller unit", size(&bytes), "2048MiB", "2GiB", false},
		{"megabytes", size(&bytes), "1MB", "1000000", false},
		{"more than there can be", size(&bytes), "9223372036854775807GiB", "expected a number of bytes such as 64MiB", true},
		{"negative bytes", size(&bytes), "-1", "expected a number of bytes such as 64MiB", true},
		{"unknown unit", size(&bytes), "1mib", "expected a number of bytes such as 64MiB", true},
		{"word", oneOf(&word, "real", "frozen"), "frozen", "frozen", false},
		{"other word", oneOf(&word, "real", "frozen"), "Real", "did you mean \"real\"?", true},
		{"another word", oneOf(&word, "real", "frozen"), "slow", "expected one of real, frozen", true},
		{"span", span(&wait), "1m30s", "1m30s", false},
		{"negative span", span(&wait), "-1s", "expected a duration such as 200ms or 30s", true},
		{"span without a unit", span(&wait), "30", "expected a duration such as 200ms or 30s", true},
	}
	for _, test := range tests { // they share variables: one after the other
		t.Run(test.name, func(t *testing.T) {
			err := test.flag.Set(test.input)
			switch {
			case test.fails && (err == nil || err.Error() != test.want):
				t.Errorf("error %v, want %q", err, test.want)
			case !test.fails && (err != nil || test.flag.String() != test.want):
				t.Errorf("%s, %v, want %s", test.flag, err, test.want)
			}
		})
	}
}

// FuzzSize: what a size shows is what it reads.
func FuzzSize(f *testing.F) {
	for _, seed := range []string{"0", "64MiB", "1 GB", "999999999999999999GiB", "-1", "1e3", "", " 1", "٣"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var value, again int64
		if size(&value).Set(text) != nil {
			return
		}
		if value < 0 {
			t.Fatalf("%q: %d bytes", text, value)
		}
		if err := size(&again).Set(size(&value).String()); err != nil || again != value {
			t.Fatalf("%q: %d shows as %s, which reads as %d, %v", text, value, size(&value), again, err)
		}
	})
}
