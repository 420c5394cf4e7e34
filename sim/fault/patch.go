package fault

import (
	"encoding/json"

	"example.com/capisim/sim/document"
)

// patched is the rule after a JSON merge patch: null takes a key away, objects
// are merged, all else replaces. Matchers and socket faults that were written
// short are replaced as a whole. The id stays.
func (r Rule) patched(raw []byte) (Rule, document.Violations) {
	patch, problems := readTree(raw)
	if len(problems) > 0 {
		return Rule{}, problems
	}
	changes, ok := patch.(map[string]any)
	if !ok {
		return Rule{}, document.Violations{mistyped("", patch, "an object")}
	}
	if id, given := changes["id"]; given && id != r.ID {
		return Rule{}, document.Violations{{Pointer: "/id", Message: spell(id) + ", expected " + quote(r.ID) + ": a rule keeps its id"}}
	}
	merged := merge([]byte(jsonText(r)), raw)
	tree, problems := readTree(merged)
	return parseRule(merged, tree, problems)
}

// merge is RFC 7396, on the bytes: what the patch does not name keeps the order
// of its keys, as a custom body must.
func merge(target, patch json.RawMessage) json.RawMessage {
	var changes map[string]json.RawMessage
	if err := json.Unmarshal(patch, &changes); err != nil {
		return patch // no object: it replaces
	}
	var merged map[string]json.RawMessage
	if err := json.Unmarshal(target, &merged); err != nil || merged == nil {
		merged = map[string]json.RawMessage{}
	}
	for key, change := range changes {
		if string(change) == "null" {
			delete(merged, key)
			continue
		}
		merged[key] = merge(merged[key], change)
	}
	return json.RawMessage(jsonText(merged))
}
