package admin

import (
	"bytes"
	"encoding/json"
)

// mergeJSON lays a patch over a JSON object, key by key, and keeps the order of
// the keys: labels are answered in the order in which they were set. A null
// takes a key away (RFC 7396), except where keep says that null is a value.
func mergeJSON(target, patch json.RawMessage, keep func(key string) bool) json.RawMessage {
	changes, isObject := members(patch)
	if !isObject {
		return patch
	}
	merged, isObject := members(target)
	if !isObject {
		merged = nil
	}
	for _, change := range changes {
		if string(change.raw) == "null" && !keep(change.key) {
			merged = without(merged, change.key)
			continue
		}
		below, _ := find(merged, change.key)
		merged = with(merged, change.key, mergeJSON(below, change.raw, neverKept))
	}
	return objectJSON(merged)
}

func neverKept(string) bool { return false }

func find(list []member, key string) (json.RawMessage, bool) {
	for _, m := range list {
		if m.key == key {
			return m.raw, true
		}
	}
	return nil, false
}

// with sets a key, at its old place when there was one.
func with(list []member, key string, raw json.RawMessage) []member {
	for i := range list {
		if list[i].key == key {
			list[i].raw = raw
			return list
		}
	}
	return append(list, member{key, raw})
}

func without(list []member, key string) []member {
	kept := list[:0]
	for _, m := range list {
		if m.key != key {
			kept = append(kept, m)
		}
	}
	return kept
}

func objectJSON(list []member) json.RawMessage {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range list {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(compact(m.key))
		out.WriteByte(':')
		out.Write(m.raw)
	}
	out.WriteByte('}')
	return out.Bytes()
}
