package sweep

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// endState is a world's state as far as a client's work can be told by it:
// without times, versions, made-up guids and events, but with how often each
// instance and app was restarted.
type endState struct {
	tree     any
	restarts map[string]int
}

func (e endState) equals(other endState) bool {
	return reflect.DeepEqual(e.tree, other.tree) && maps.Equal(e.restarts, other.restarts)
}

// kept are the parts of a state document that a client's work can change.
var kept = []string{"organizations", "spaces", "apps", "features", "quotas"}

// dropped are the keys below them that differ from run to run.
var dropped = []string{"created_at", "updated_at", "version", "history", "events", "since", "deployments", "revision", "droplet"}

// uuid is the form of a guid; those that a run made are not compared.
var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// newEndState reads a state document. Guids that stand in known are kept as
// they are; a nil known keeps them all.
func newEndState(document []byte, requests []Request, known map[string]bool) (endState, error) {
	tree, err := decodeState(document)
	if err != nil {
		return endState{}, err
	}
	return endState{tree: strip(tree, known), restarts: restarts(requests)}, nil
}

func decodeState(document []byte) (any, error) {
	var all map[string]any
	if err := decode(document, &all); err != nil {
		return nil, fmt.Errorf("read the world's state: %w", err)
	}
	maps.DeleteFunc(all, func(key string, _ any) bool { return !slices.Contains(kept, key) })
	return all, nil
}

// guidsOf lists the guids of a document.
func guidsOf(value any, into map[string]bool) map[string]bool {
	switch v := value.(type) {
	case map[string]any:
		for key, member := range v {
			if !slices.Contains(dropped, key) {
				guidsOf(member, into)
			}
		}
	case []any:
		for _, item := range v {
			guidsOf(item, into)
		}
	case string:
		if uuid.MatchString(v) {
			into[v] = true
		}
	}
	return into
}

func strip(value any, known map[string]bool) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, member := range v {
			if !slices.Contains(dropped, key) {
				out[key] = strip(member, known)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = strip(item, known)
		}
		return out
	case string:
		if known != nil && uuid.MatchString(v) && !known[v] {
			return "made up"
		}
	}
	return value
}

// difference names the first few places in which two states differ, in words;
// nothing when they are alike.
func (e endState) difference(other endState) (found []string) {
	found = differ("", e.tree, other.tree, nil)
	for _, what := range slices.Sorted(maps.Keys(e.restarts)) {
		if e.restarts[what] != other.restarts[what] {
			found = append(found, fmt.Sprintf("%s took effect %d times, then %d times", what, e.restarts[what], other.restarts[what]))
		}
	}
	for _, what := range slices.Sorted(maps.Keys(other.restarts)) {
		if _, both := e.restarts[what]; !both {
			found = append(found, fmt.Sprintf("%s took effect 0 times, then %d times", what, other.restarts[what]))
		}
	}
	return found
}

// fewDifferences is how many places a message names.
const fewDifferences = 5

func differ(pointer string, a, b any, found []string) []string {
	if len(found) >= fewDifferences || reflect.DeepEqual(a, b) {
		return found
	}
	switch x := a.(type) {
	case map[string]any:
		if y, ok := b.(map[string]any); ok {
			keys := maps.Clone(x)
			maps.Copy(keys, y)
			for _, key := range slices.Sorted(maps.Keys(keys)) {
				found = differ(pointer+"/"+key, x[key], y[key], found)
			}
			return found
		}
	case []any:
		if y, ok := b.([]any); ok && len(x) == len(y) {
			for i := range x {
				found = differ(pointer+"/"+strconv.Itoa(i), x[i], y[i], found)
			}
			return found
		}
	}
	return append(found, fmt.Sprintf("%s: %s, then %s", pointer, spell(a), spell(b)))
}

func spell(value any) string {
	text, err := json.Marshal(value)
	if err != nil || len(text) > 80 {
		return fmt.Sprintf("%.80s", text)
	}
	return string(text)
}

// processAt finds the process that a request's path names, in the tree of a
// state; nil when it names none.
func processAt(tree any, path string) map[string]any {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	if len(segments) < 3 {
		return nil
	}
	whole, _ := tree.(map[string]any)
	apps, _ := whole["apps"].([]any)
	for _, one := range apps {
		app, _ := one.(map[string]any)
		processes, _ := app["processes"].([]any)
		for _, one := range processes {
			process, _ := one.(map[string]any)
			direct := segments[1] == "processes" && process["guid"] == segments[2]
			nested := segments[1] == "apps" && len(segments) > 4 && app["guid"] == segments[2] && process["type"] == segments[4]
			if direct || nested {
				return process
			}
		}
	}
	return nil
}
