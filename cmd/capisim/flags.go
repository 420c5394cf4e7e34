package main

import (
	"errors"
	"math"
	"net/url"
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

// kind is a flag of some kind.
type kind[T any] struct {
	value *T
	name  string // of the kind
	write func(T) string
	read  func(text string) (T, *expectation)
}

func (k *kind[T]) String() string {
	if k.value == nil {
		return ""
	}
	return k.write(*k.value)
}

func (k *kind[T]) Type() string { return k.name }

func (k *kind[T]) Set(text string) error {
	value, wrong := k.read(text)
	if wrong != nil {
		return wrong
	}
	*k.value = value
	return nil
}

// number is a whole number between two bounds.
func number(value *int64, least, most int64) *kind[int64] {
	decimal := func(n int64) string { return strconv.FormatInt(n, 10) }
	return &kind[int64]{value, "number", decimal, func(text string) (int64, *expectation) {
		n, err := strconv.ParseInt(text, 10, 64)
		switch {
		case err == nil && n >= least && n <= most:
			return n, nil
		case least == math.MinInt64:
			return 0, &expectation{what: "a whole number"}
		case most == math.MaxInt64:
			return 0, &expectation{what: "a whole number, " + decimal(least) + " or more"}
		}
		return 0, &expectation{what: "a whole number from " + decimal(least) + " to " + decimal(most)}
	}}
}

func numberFrom(value *int64, least int64) *kind[int64] { return number(value, least, math.MaxInt64) }
func anyNumber(value *int64) *kind[int64]               { return numberFrom(value, math.MinInt64) }

// oneOf is one of a few words.
func oneOf(value *string, allowed ...string) *kind[string] {
	return &kind[string]{value, strings.Join(allowed, "|"), func(word string) string { return word }, func(text string) (string, *expectation) {
		if !slices.Contains(allowed, text) {
			return "", &expectation{"one of " + strings.Join(allowed, ", "), document.Nearest(text, allowed)}
		}
		return text, nil
	}}
}

// size is a number of bytes, written with or without a unit.
func size(value *int64) *kind[int64] {
	return &kind[int64]{value, "bytes", bytesText, func(text string) (int64, *expectation) {
		if parts := sizeForm().FindStringSubmatch(text); parts != nil {
			count, err := strconv.ParseInt(parts[1], 10, 64)
			if unit := units[parts[2]]; err == nil && count <= math.MaxInt64/unit {
				return count * unit, nil
			}
		}
		return 0, &expectation{what: "a number of bytes such as 64MiB"}
	}}
}

var sizeForm = document.Pattern(`^([0-9]{1,18}) ?(B|KiB|MiB|GiB|kB|MB|GB)?$`)

var units = map[string]int64{
	"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "kB": 1e3, "MB": 1e6, "GB": 1e9,
}

func bytesText(n int64) string {
	for _, unit := range []string{"GiB", "MiB", "KiB"} {
		if n >= units[unit] && n%units[unit] == 0 {
			return strconv.FormatInt(n/units[unit], 10) + unit
		}
	}
	return strconv.FormatInt(n, 10)
}

// span is a duration. One that counts from something may not be negative.
func span(value *time.Duration) *kind[time.Duration] {
	write := func(d time.Duration) string {
		if d == 0 {
			return "0" // which help does not print as a default
		}
		return d.String()
	}
	return &kind[time.Duration]{value, "duration", write, func(text string) (time.Duration, *expectation) {
		d, err := document.ParseDuration(text)
		if errors.As(err, new(document.TooLong)) {
			return 0, &expectation{what: document.LongestDuration}
		}
		if err != nil || d < 0 {
			return 0, &expectation{what: "a duration such as 200ms or 30s"}
		}
		return d, nil
	}}
}

// share is a part of a whole, from 0 to 1 or from 0 to another number.
func share(value *float64, whole float64) *kind[float64] {
	decimal := func(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }
	return &kind[float64]{value, "number", decimal, func(text string) (float64, *expectation) {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || !(f >= 0 && f <= whole) { // the form in which NaN fails
			return 0, &expectation{what: "a number from 0 to " + decimal(whole)}
		}
		return f, nil
	}}
}

// webAddress is where a web server is for others.
func webAddress(value *string) *kind[string] {
	return &kind[string]{value, "URL", func(text string) string { return text }, func(text string) (string, *expectation) {
		at, err := url.Parse(text)
		if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" || at.RawQuery != "" || at.Fragment != "" {
			return "", &expectation{what: "http://HOST or https://HOST, with or without a path"}
		}
		return text, nil
	}}
}
