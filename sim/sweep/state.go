package sweep

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"example.com/capisim/sim/document"
)

// endState is a world's state as far as a client's work can be told by it:
// without times, versions, made-up guids and events, but with how often each
// instance and app was restarted.
type endState struct {
	tree     document.Value
	restarts map[string]int
}

func (e endState) equals(other endState) bool {
	return e.tree.Same(other.tree) && maps.Equal(e.restarts, other.restarts)
}

// kept are the parts of a state document that a client's work can change.
var kept = []string{"organizations", "spaces", "apps", "features", "quotas"}

// dropped are the keys below them that differ from run to run.
var dropped = []string{"created_at", "updated_at", "version", "history", "events", "since", "deployments", "revision", "droplet"}

// uuid is the form of a guid; those that a run made are not compared.
var uuid = document.Pattern(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// newEndState reads a state document. Guids that stand in known are kept as
// they are; a nil known keeps them all.
func newEndState(text []byte, requests []Request, known map[string]bool) (endState, error) {
	tree, err := decodeState(text)
	if err != nil {
		return endState{}, err
	}
	return endState{tree: strip(tree, known), restarts: restarts(requests)}, nil
}

func decodeState(text []byte) (document.Value, error) {
	all, err := document.Decode(text)
	if err != nil {
		return all, fmt.Errorf("read the world's state: %w", err)
	}
	all.Members = slices.DeleteFunc(all.Members, func(m document.Field) bool { return !slices.Contains(kept, m.Key) })
	return all, nil
}

// guidsOf lists the guids of a document.
func guidsOf(v document.Value, into map[string]bool) map[string]bool {
	for _, member := range v.Members {
		if !slices.Contains(dropped, member.Key) {
			guidsOf(member.Value, into)
		}
	}
	if v.Kind == document.String && uuid().MatchString(v.Text) {
		into[v.Text] = true
	}
	return into
}

// strip is a document without what differs from run to run.
func strip(v document.Value, known map[string]bool) document.Value {
	if v.Kind == document.String && known != nil && uuid().MatchString(v.Text) && !known[v.Text] {
		return document.Text("made up")
	}
	members := v.Members
	v.Members = nil
	for _, member := range members {
		if !slices.Contains(dropped, member.Key) {
			member.Value = strip(member.Value, known)
			v.Members = append(v.Members, member)
		}
	}
	return v
}

// difference names the first few places in which two states differ, in words;
// nothing when they are alike.
func (e endState) difference(other endState) (found []string) {
	for _, d := range e.tree.Differences(other.tree, fewDifferences, nil) {
		found = append(found, fmt.Sprintf("%s: %s, then %s", d.Pointer, spell(d.One), spell(d.Other)))
	}
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

// spell writes a value, the beginning of a long one; null for none.
func spell(v *document.Value) string {
	if v == nil {
		return "null"
	}
	return fmt.Sprintf("%.80s", v.String())
}

// processAt finds the process that a request's path names in the tree of a
// state: the tokens that lead to it, nil when there is none.
func processAt(tree document.Value, path string) []string {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	if len(segments) < 3 {
		return nil
	}
	apps, _ := tree.Get("apps")
	for i, app := range apps.Members {
		processes, _ := app.Value.Get("processes")
		for j, process := range processes.Members {
			direct := segments[1] == "processes" && process.Value.TextOf("guid") == segments[2]
			nested := segments[1] == "apps" && len(segments) > 4 && app.Value.TextOf("guid") == segments[2] && process.Value.TextOf("type") == segments[4]
			if direct || nested {
				return []string{"apps", strconv.Itoa(i), "processes", strconv.Itoa(j)}
			}
		}
	}
	return nil
}
