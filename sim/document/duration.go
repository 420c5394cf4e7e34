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
	parsed, err := time.ParseDuration(*text)
	if parsed == 0 && strings.ContainsAny(*text, "123456789") && err == nil && (*text)[0] != '-' {
		parsed = time.Nanosecond // what is not zero stays so
	}
	*d = Duration(parsed)
	return err
}
