package api

import (
	"math"
	"strconv"
	"time"
)

// The append functions write JSON as the real server's encoder does, byte for
// byte: it escapes strings as documents do, writes times in whole seconds of UTC
// and floats with a point (FACTS.md §2).

func appendTime(b []byte, at time.Time) []byte {
	b = append(b, '"')
	b = at.UTC().AppendFormat(b, time.RFC3339)
	return append(b, '"')
}

func appendNumber(b []byte, key string, value *int) []byte {
	b = append(b, key...)
	if value == nil {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, int64(*value), 10)
}

func appendBool(b []byte, value bool) []byte { return strconv.AppendBool(b, value) }

// maxPlain is the length up to which a number has no more than 16 digits: it
// has a point beside them.
const maxPlain = 17

// appendFloat writes a number the way the real server does: 0.0 and 1e-07
// where Go has 0 and 1e-7, at most 16 digits.
func appendFloat(b []byte, value float64) []byte {
	start := len(b)
	b = appendShortest(b, value)
	if len(b)-start <= maxPlain {
		return b
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(value, 'e', 15, 64), 64)
	if err != nil { // rounded up beyond the largest number
		return b
	}
	return appendShortest(b[:start], rounded)
}

func appendShortest(b []byte, value float64) []byte {
	if value == math.Trunc(value) && math.Abs(value) < 1e16 {
		return strconv.AppendFloat(b, value, 'f', 1, 64)
	}
	if abs := math.Abs(value); abs >= 1e-4 && abs < 1e16 {
		return strconv.AppendFloat(b, value, 'f', -1, 64)
	}
	return strconv.AppendFloat(b, value, 'e', -1, 64)
}
