package main

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/capisim/sim/document"
)

// The kinds of flags that say, when they refuse a value, what they expected.

// expectation is the error of a refused value.
type expectation struct {
	what string
	near string // what was probably meant, "" for nothing
}

func (e *expectation) Error() string {
	if e.near != "" {
		return "did you mean " + strconv.Quote(e.near) + "?"
	}
	return "expected " + e.what
}

// number is a whole number between two bounds.
type number struct {
	value       *int64
	least, most int64
}

func numberFrom(value *int64, least int64) *number { return &number{value, least, math.MaxInt64} }
func anyNumber(value *int64) *number               { return numberFrom(value, math.MinInt64) }

func (n *number) String() string {
	if n.value == nil {
		return ""
	}
	return strconv.FormatInt(*n.value, 10)
}

func (*number) Type() string { return "number" }

func (n *number) Set(text string) error {
	value, err := strconv.ParseInt(text, 10, 64)
	if err == nil && value >= n.least && value <= n.most {
		*n.value = value
		return nil
	}
	switch least := strconv.FormatInt(n.least, 10); {
	case n.least == math.MinInt64:
		return &expectation{what: "a whole number"}
	case n.most == math.MaxInt64:
		return &expectation{what: "a whole number, " + least + " or more"}
	default:
		return &expectation{what: "a whole number from " + least + " to " + strconv.FormatInt(n.most, 10)}
	}
}

// choice is one of a few words.
type choice struct {
	value   *string
	allowed []string
}

func oneOf(value *string, allowed ...string) *choice { return &choice{value, allowed} }

func (c *choice) String() string {
	if c.value == nil {
		return ""
	}
	return *c.value
}

func (c *choice) Type() string { return strings.Join(c.allowed, "|") }

func (c *choice) Set(text string) error {
	if !slices.Contains(c.allowed, text) {
		return &expectation{"one of " + strings.Join(c.allowed, ", "), document.Nearest(text, c.allowed)}
	}
	*c.value = text
	return nil
}

// size is a number of bytes, written with or without a unit.
type size struct{ value *int64 }

var sizeForm = regexp.MustCompile(`^([0-9]{1,18}) ?(B|KiB|MiB|GiB|kB|MB|GB)?$`)

var units = map[string]int64{
	"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "kB": 1e3, "MB": 1e6, "GB": 1e9,
}

func (s *size) String() string {
	if s.value == nil {
		return ""
	}
	for _, unit := range []string{"GiB", "MiB", "KiB"} {
		if n := *s.value; n >= units[unit] && n%units[unit] == 0 {
			return strconv.FormatInt(n/units[unit], 10) + unit
		}
	}
	return strconv.FormatInt(*s.value, 10)
}

func (*size) Type() string { return "bytes" }

func (s *size) Set(text string) error {
	parts := sizeForm.FindStringSubmatch(text)
	if parts != nil {
		count, err := strconv.ParseInt(parts[1], 10, 64)
		if unit := units[parts[2]]; err == nil && count <= math.MaxInt64/unit {
			*s.value = count * unit
			return nil
		}
	}
	return &expectation{what: "a number of bytes such as 64MiB"}
}

// span is a duration. One that counts from something may not be negative.
type span struct{ value *time.Duration }

func (s *span) String() string {
	if s.value == nil {
		return ""
	}
	return s.value.String()
}

func (*span) Type() string { return "duration" }

func (s *span) Set(text string) error {
	value, err := time.ParseDuration(text)
	if err != nil || value < 0 {
		return &expectation{what: "a duration such as 200ms or 30s"}
	}
	*s.value = value
	return nil
}

// share is a part of a whole, from 0 to 1 or from 0 to another number.
type share struct {
	value *float64
	whole float64
}

func (s *share) String() string {
	if s.value == nil {
		return ""
	}
	return strconv.FormatFloat(*s.value, 'g', -1, 64)
}

func (*share) Type() string { return "number" }

func (s *share) Set(text string) error {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || !(value >= 0 && value <= s.whole) { // the form in which NaN fails
		return &expectation{what: "a number from 0 to " + strconv.FormatFloat(s.whole, 'g', -1, 64)}
	}
	*s.value = value
	return nil
}
