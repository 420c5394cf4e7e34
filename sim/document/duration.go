package document

import (
	"encoding/json"
	"strings"
	"time"
)

// Duration is a span of time as documents write it: 200ms, 30s, 1h30m.
type Duration time.Duration

// String gives the shortest form: 1m, not 1m0s.
func (d Duration) String() string {
	text := time.Duration(d).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// DocumentValue is the span as text.
func (d Duration) DocumentValue(*Maker) (Value, error) { return Text(d.String()), nil }

// MarshalJSON writes the span as text.
func (d Duration) MarshalJSON() ([]byte, error) { return MarshalJSON(d) }

// UnmarshalJSON reads the span; a bare number has no unit and fails.
func (d *Duration) UnmarshalJSON(raw []byte) error {
	var text *string
	if err := json.Unmarshal(raw, &text); err != nil || text == nil {
		return err
	}
	parsed, err := ParseDuration(*text)
	if parsed == 0 && strings.ContainsAny(*text, "123456789") && err == nil && (*text)[0] != '-' {
		parsed = time.Nanosecond // what is not zero stays so
	}
	*d = Duration(parsed)
	return err
}

// TooLong is the error of a duration that nothing can hold.
type TooLong string

// LongestDuration words the bound of what is not TooLong.
const LongestDuration = "a duration of at most 2562047h"

func (t TooLong) Error() string { return Quote(string(t)) + ", expected " + LongestDuration }

// ParseDuration is time.ParseDuration whose error may be TooLong.
func ParseDuration(text string) (time.Duration, error) {
	parsed, err := time.ParseDuration(text)
	if err == nil || strings.HasPrefix(text, "-") {
		return parsed, err
	}
	var short strings.Builder // the same with small numbers
	digit := false
	for _, r := range text {
		again := digit
		if digit = '0' <= r && r <= '9'; !digit || !again {
			short.WriteRune(r)
		}
	}
	if _, wrong := time.ParseDuration(short.String()); wrong == nil {
		err = TooLong(text)
	}
	return 0, err
}
