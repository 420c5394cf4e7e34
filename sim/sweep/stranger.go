package sweep

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// Stranger is another client's change of the field that the client changes, to
// a value that is neither the old one nor the client's.
type Stranger struct {
	Operation string
	Path      string // of the client's request, which names the process
	Field     []string
	Value     document.Value // what the stranger sets
	Client    document.Value // what the client sets
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
		body, err := document.Decode([]byte(r.Body))
		process, found := ref.begin.tree.At(processAt(ref.begin.tree, r.Path))
		if err != nil || !found {
			return nil
		}
		if field, value := contested(nil, body, process); field != nil {
			client, _ := body.At(field)
			return &Stranger{Operation: op.ID, Path: r.Path, Field: field, Value: value, Client: client, Body: nest(field, value).AppendJSON(nil)}
		}
		return nil
	}
	return nil
}

// values are what a stranger may set a field to; the first that is neither the
// old value nor the client's is taken.
var values = map[string][]document.Value{
	"instances":                          numbers(5, 6, 7),
	"memory_in_mb":                       numbers(160, 192, 224),
	"disk_in_mb":                         numbers(640, 704, 768),
	"log_rate_limit_in_bytes_per_second": numbers(65536, 131072, 262144),
	"command":                            texts("run-by-another-client", "run-by-yet-another-client", "run-by-a-third-client"),
	"type":                               texts("process", "port"),
	"timeout":                            numbers(41, 42, 43),
	"invocation_timeout":                 numbers(31, 32, 33),
	"interval":                           numbers(21, 22, 23),
}

// ofMetadata are the values of a label or an annotation.
var ofMetadata = texts("another-client", "yet-another-client", "a-third-client")

func numbers(list ...int) (values []document.Value) {
	for _, n := range list {
		values = append(values, document.Int(n))
	}
	return values
}

func texts(list ...string) (values []document.Value) {
	for _, text := range list {
		values = append(values, document.Text(text))
	}
	return values
}

// contested walks the client's body, in an order of its own, to the first field
// that a stranger can set.
func contested(at []string, body, old document.Value) (field []string, value document.Value) {
	members := slices.SortedFunc(slices.Values(body.Members), func(a, b document.Field) int { return strings.Compare(a.Key, b.Key) })
	for _, member := range members {
		path := append(slices.Clone(at), member.Key)
		was, _ := old.Get(member.Key)
		if member.Value.Kind == document.Object {
			if field, value := contested(path, member.Value, was); field != nil {
				return field, value
			}
			continue
		}
		candidates := values[member.Key]
		if len(at) == 2 && at[0] == "metadata" {
			candidates = ofMetadata
		}
		for _, candidate := range candidates {
			if !candidate.Same(member.Value) && !candidate.Same(was) {
				return path, candidate
			}
		}
	}
	return nil, value
}

func nest(field []string, value document.Value) document.Value {
	for _, key := range slices.Backward(field) {
		value = document.Value{}.With(key, value)
	}
	return value
}

// overwritten says that the client's own value stands in the place of the
// stranger's.
func (s *Stranger) overwritten(end endState) bool {
	is, _ := end.tree.At(append(processAt(end.tree, s.Path), s.Field...))
	return is.Same(s.Client)
}

// over is a state with the stranger's value in the place of the client's.
func (s *Stranger) over(end endState) endState {
	if at := processAt(end.tree, s.Path); at != nil {
		end.tree = put(end.tree, append(at, s.Field...), s.Value)
	}
	return end
}

// put sets what tokens lead to, where there is something around it.
func put(v document.Value, tokens []string, value document.Value) document.Value {
	if len(tokens) == 0 {
		return value
	}
	below, found := v.At(tokens[:1])
	switch {
	case v.Kind == document.Array && found:
		i, _ := strconv.Atoi(tokens[0])
		v.Members = slices.Clone(v.Members)
		v.Members[i].Value = put(below, tokens[1:], value)
		return v
	case v.Kind == document.Object && (found || len(tokens) == 1):
		return v.With(tokens[0], put(below, tokens[1:], value))
	}
	return v
}
