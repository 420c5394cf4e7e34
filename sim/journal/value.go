package journal

import (
	"bytes"
	"encoding/json"
	"hash/maphash"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Two requests are the same when their queries and bodies say the same, however
// they are written: hashes of the values are compared.
var valueSeed = maphash.MakeSeed()

// queryValue is that of a query or a form; the order counts only between values
// of one name.
func queryValue(raw string) uint64 {
	if values, err := url.ParseQuery(raw); err == nil {
		raw = values.Encode()
	}
	return maphash.String(valueSeed, raw)
}

// bodyValue is that of a body: of JSON by its values, of a form by its fields,
// of all else, and of what the bound has cut, by the bytes and their number.
func bodyValue(b Body, contentType string) uint64 {
	if !b.Cut() {
		if strings.HasPrefix(strings.ToLower(contentType), "application/x-www-form-urlencoded") {
			return queryValue(string(b.Bytes))
		}
		decoder := json.NewDecoder(bytes.NewReader(b.Bytes))
		decoder.UseNumber()
		var value any
		if decoder.Decode(&value) == nil && !decoder.More() {
			var h maphash.Hash
			h.SetSeed(valueSeed)
			hashJSON(&h, value)
			return h.Sum64()
		}
	}
	return maphash.Bytes(valueSeed, strconv.AppendInt(slices.Clip(b.Bytes), b.Size, 10))
}

// hashJSON writes a value in one way only: keys in order, numbers by their
// worth, each part with a mark of its kind and length.
func hashJSON(h *maphash.Hash, value any) {
	text := func(kind byte, s string) {
		h.WriteByte(kind) //nolint:errcheck // it never fails
		h.WriteString(strconv.Itoa(len(s)))
		h.WriteByte(':') //nolint:errcheck // it never fails
		h.WriteString(s)
	}
	switch v := value.(type) {
	case nil:
		text('z', "")
	case bool:
		text('b', strconv.FormatBool(v))
	case string:
		text('s', v)
	case json.Number:
		text('n', worth(v))
	case []any:
		text('a', strconv.Itoa(len(v)))
		for _, item := range v {
			hashJSON(h, item)
		}
	case map[string]any:
		text('o', strconv.Itoa(len(v)))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			text('k', key)
			hashJSON(h, v[key])
		}
	}
}

// worth writes 1, 1.0 and 1e0 alike; a whole number that a float cannot hold is
// left as it stands.
func worth(n json.Number) string {
	if _, err := n.Int64(); err == nil {
		return n.String()
	}
	f, err := n.Float64()
	switch {
	case err != nil:
		return n.String()
	case math.Abs(f) < 1<<53 && f == math.Trunc(f):
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}
