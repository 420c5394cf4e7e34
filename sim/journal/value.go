package journal

import (
	"bytes"
	"encoding/json"
	"hash/maphash"
	"math"
	"math/bits"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
)

// Two requests are the same when their queries and bodies say the same, however
// they are written: hashes of the values are compared. Each refused request is
// hashed while its client waits, so nothing is decoded that need not be.
var valueSeed = maphash.MakeSeed()

// mixed is a hash of two, in this order.
func mixed(a, b uint64) uint64 {
	high, low := bits.Mul64(a^0x9e3779b97f4a7c15, b^0xd1b54a32d192ed03)
	return high ^ low
}

// queryValue is that of a query or a form; the order counts only between values
// of one name.
func queryValue(raw string) uint64 {
	if raw != "" {
		if values, err := url.ParseQuery(raw); err == nil {
			raw = values.Encode()
		}
	}
	return maphash.String(valueSeed, raw)
}

// bodyValue is that of a body: of JSON by its values, of a form by its fields,
// of all else, and of what the bound has cut, by the bytes and their number.
func bodyValue(b Body, contentType string) uint64 {
	switch {
	case b.Cut():
	case strings.HasPrefix(strings.ToLower(contentType), "application/x-www-form-urlencoded"):
		return queryValue(string(b.Bytes))
	default:
		return knownJSON.value(b.Bytes)
	}
	return mixed(maphash.Bytes(valueSeed, b.Bytes), uint64(b.Size))
}

// known remembers the values of texts by a hash of their bytes: a client that
// repeats itself mostly does so letter by letter.
type known [64]atomic.Pointer[struct{ text, value uint64 }]

var knownJSON known

func (k *known) value(text []byte) uint64 {
	hash := maphash.Bytes(valueSeed, text)
	at := &k[hash%uint64(len(k))]
	if last := at.Load(); last != nil && last.text == hash {
		return last.value
	}
	value := mixed(hash, uint64(len(text)))
	if json.Valid(text) {
		value, _ = jsonValue(text, 0)
	}
	at.Store(&struct{ text, value uint64 }{hash, value})
	return value
}

// jsonValue is that of the value that begins at i of valid JSON, and the index
// behind it. Members count in any order, numbers by their worth.
func jsonValue(text []byte, i int) (value uint64, end int) {
	i = skipSpace(text, i)
	kind := text[i]
	switch kind {
	case '"':
		end = stringEnd(text, i)
		return mixed(uint64(kind), textValue(text[i:end])), end
	case '[', '{':
		for i = skipSpace(text, i+1); text[i] != ']' && text[i] != '}'; i = skipSpace(text, i) {
			if text[i] == ',' {
				i = skipSpace(text, i+1)
			}
			var one uint64
			if kind == '[' {
				one, i = jsonValue(text, i)
				value = mixed(value, one)
				continue
			}
			key := stringEnd(text, i)
			name := textValue(text[i:key])
			one, i = jsonValue(text, skipSpace(text, key)+1)
			value += mixed(name, one)
		}
		return mixed(uint64(kind), value), i + 1
	}
	end = valueEnd(text, i)
	return maphash.Bytes(valueSeed, worth(text[i:end])), end
}

// textValue is that of a string in its quotes, however its letters are written.
func textValue(quoted []byte) uint64 {
	plain := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(plain, '\\') >= 0 {
		plain = []byte(unquote(quoted))
	}
	return maphash.Bytes(valueSeed, plain)
}

// worth writes 1, 1.0 and 1e0 alike; a whole number that a float cannot hold is
// left as it stands, and so is a word.
func worth(number []byte) []byte {
	if !bytes.ContainsAny(number, ".eE") || number[0] > '9' {
		return number
	}
	f, err := strconv.ParseFloat(string(number), 64)
	switch {
	case err != nil:
		return number
	case math.Abs(f) < 1<<53 && f == math.Trunc(f):
		return strconv.AppendInt(nil, int64(f), 10)
	}
	return strconv.AppendFloat(nil, f, 'g', -1, 64)
}
