package sweep

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"

	"example.com/capisim/sim/contract"
)

// Stranger is another client's change of the field that the client changes, to
// a value that is neither the old one nor the client's.
type Stranger struct {
	Operation string
	Path      string // of the client's request, which names the process
	Field     []string
	Value     any // what the stranger sets
	Client    any // what the client sets
	Body      json.RawMessage
}

// stranger makes the stranger of an operation from what the reference sent; nil
// when nothing of it can be contested.
func (ref *Reference) stranger(op *contract.Operation) *Stranger {
	if op.Action != contract.UpdateProcess && op.Action != contract.ScaleProcess {
		return nil
	}
	for i := range ref.requests {
		r := &ref.requests[i]
		if r.Operation != op.ID || !r.Applied {
			continue
		}
		var body map[string]any
		if decode([]byte(r.Body), &body) != nil {
			return nil
		}
		process := processAt(ref.begin.tree, r.Path)
		if process == nil {
			return nil
		}
		if field, value := contested(nil, body, process); field != nil {
			raw, err := json.Marshal(nest(field, value))
			if err != nil {
				return nil
			}
			return &Stranger{Operation: op.ID, Path: r.Path, Field: field, Value: value, Client: dig(body, field), Body: raw}
		}
		return nil
	}
	return nil
}

// values are what a stranger may set a field to; the first that is neither the
// old value nor the client's is taken.
var values = map[string][]any{
	"instances":                          {5, 6, 7},
	"memory_in_mb":                       {160, 192, 224},
	"disk_in_mb":                         {640, 704, 768},
	"log_rate_limit_in_bytes_per_second": {65536, 131072, 262144},
	"command":                            {"run-by-another-client", "run-by-yet-another-client", "run-by-a-third-client"},
	"type":                               {"process", "port"},
	"timeout":                            {41, 42, 43},
	"invocation_timeout":                 {31, 32, 33},
	"interval":                           {21, 22, 23},
}

// ofMetadata are the values of a label or an annotation.
var ofMetadata = []any{"another-client", "yet-another-client", "a-third-client"}

// contested walks the client's body, in an order of its own, to the first field
// that a stranger can set.
func contested(at []string, body map[string]any, old map[string]any) (field []string, value any) {
	for _, key := range slices.Sorted(maps.Keys(body)) {
		path := append(slices.Clone(at), key)
		if member, ok := body[key].(map[string]any); ok {
			below, _ := old[key].(map[string]any)
			if field, value := contested(path, member, below); field != nil {
				return field, value
			}
			continue
		}
		candidates := values[key]
		if len(at) == 2 && at[0] == "metadata" {
			candidates = ofMetadata
		}
		for _, candidate := range candidates {
			if !alike(candidate, body[key]) && !alike(candidate, old[key]) {
				return path, candidate
			}
		}
	}
	return nil, nil
}

func nest(field []string, value any) any {
	for _, key := range slices.Backward(field) {
		value = map[string]any{key: value}
	}
	return value
}

func dig(value any, field []string) any {
	for _, key := range field {
		object, _ := value.(map[string]any)
		value = object[key]
	}
	return value
}

// alike compares by what JSON makes of two values: 5 and "5" differ, 5 and 5.0
// of different Go types do not.
func alike(a, b any) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(x) == string(y) || reflect.DeepEqual(a, b)
}

// overwritten says that the client's own value stands in the place of the
// stranger's.
func (s *Stranger) overwritten(end endState) bool {
	return alike(dig(processAt(end.tree, s.Path), s.Field), s.Client)
}

// over is a state with the stranger's value in the place of the client's.
func (s *Stranger) over(end endState) endState {
	tree := strip(end.tree, nil) // a copy
	object := processAt(tree, s.Path)
	for _, key := range s.Field[:len(s.Field)-1] {
		below, _ := object[key].(map[string]any)
		if below == nil {
			return end
		}
		object = below
	}
	if object == nil {
		return end
	}
	raw, _ := json.Marshal(s.Value)
	var value any
	if decode(raw, &value) == nil {
		object[s.Field[len(s.Field)-1]] = value
	}
	return endState{tree: tree, restarts: end.restarts}
}
