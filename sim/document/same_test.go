package document_test

import (
	"cmp"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"example.com/capisim/sim/document"
)

func TestCompareNumbers(t *testing.T) {
	t.Parallel()
	// Each is below the next; what stands in one line is the same.
	ascending := [][]string{
		{"-1e400"}, {"-9223372036854775808"}, {"-10", "-1e1", "-10.0"}, {"-2"}, {"-0.5", "-5e-1"},
		{"0", "-0", "0.0", "0e9", "-0e99999999999999999999", "00", "+0"}, {"1e-400"}, {"0.1"}, {"0.10000000000000000001"},
		{"1", "1.0", "1e0", "10e-1", "0.1e1", "1E+0", "01", "+1"}, {"2"}, {"9"}, {"10", "1e1"}, {"100", "1e2"},
		{"9223372036854775806"}, {"9223372036854775807", "9223372036854775807.0"}, {"9223372036854775808"}, {"1e400"},
		{"1e99999999999999999999", "1e999999999999999999999"},
	}
	for i, these := range ascending {
		for k, those := range ascending {
			for _, a := range these {
				for _, b := range those {
					if got, want := document.CompareNumbers(a, b), cmp.Compare(i, k); got != want {
						t.Errorf("%s and %s: %d, want %d", a, b, got, want)
					}
				}
			}
		}
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{`null`, `null`, true}, {`null`, `false`, false}, {`true`, `true`, true}, {`true`, `false`, false},
		{`"1"`, `1`, false}, {`1.0`, `1`, true}, {`"a"`, `"b"`, false},
		{`[1,2]`, `[1e0,2]`, true}, {`[1,2]`, `[2,1]`, false}, {`[1]`, `[1,2]`, false},
		{`{"a":1,"b":[null]}`, `{"b":[null],"a":1}`, true}, {`{"a":1}`, `{"b":1}`, false}, {`{"a":1}`, `{"a":2}`, false}, {`{}`, `[]`, false},
	} {
		if a, b := value(t, test.a), value(t, test.b); a.Same(b) != test.want || b.Same(a) != test.want {
			t.Errorf("%s and %s: want %t", test.a, test.b, test.want)
		}
	}
}

// value reads a document.
func value(t *testing.T, text string) document.Value {
	t.Helper()
	read, err := document.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// FuzzCompareNumbers holds the comparison against exact fractions.
func FuzzCompareNumbers(f *testing.F) {
	for _, seed := range [][2]string{{"1", "1.0"}, {"-1e3", "1e-3"}, {"0.1", "0.10"}, {"9223372036854775807", "9223372036854775806"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if !json.Valid([]byte(`[`+a+`,`+b+`]`)) || strings.ContainsAny(a+b, `"{}[],tfn `+"\t\r\n") || len(a)+len(b) > 60 {
			return
		}
		for _, text := range []string{a, b} {
			if _, power, _ := strings.Cut(strings.ToLower(text), "e"); len(strings.TrimLeft(power, "+-0")) > 3 {
				return // fractions of that size are not for tests
			}
		}
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		if got, want := document.CompareNumbers(a, b), x.Cmp(y); got != want {
			t.Errorf("%s and %s: %d, want %d", a, b, got, want)
		}
	})
}
