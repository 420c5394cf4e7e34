package sweep

import (
	"encoding/json"
	"slices"
	"strings"

	"example.com/capisim/sim/document"
)

// isList says that a request asked for a list.
func isList(r *Request) bool {
	return r.Method == "GET" && strings.HasPrefix(r.Operation, "list")
}

// listedIn collects the guids and names of the lists that a client was sent and
// that its output names.
func listedIn(requests []Request, output string) []string {
	var listed []string
	for i := range requests {
		var page struct {
			Resources []struct{ GUID, Name string }
		}
		if !isList(&requests[i]) || json.Unmarshal([]byte(requests[i].Answer), &page) != nil {
			continue
		}
		for _, resource := range page.Resources {
			listed = append(listed, resource.GUID, resource.Name)
		}
	}
	slices.Sort(listed)
	return naming(slices.Compact(listed), output)
}

// naming are those of the texts that stand in an output.
func naming(texts []string, output string) (found []string) {
	for _, text := range texts {
		if hasWord(output, text) {
			found = append(found, text)
		}
	}
	return found
}

// varying are the parts of an output that differ from run to run whatever
// happens: addresses, times, durations, guids.
var varying = document.Pattern(`https?://[^\s"']+` +
	`|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}` +
	`|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?` +
	`|\d\d:\d\d:\d\d(\.\d+)?|\d+(\.\d+)?(ns|us|µs|ms|s|m|%)\b`)

func lines(output string) map[string]bool {
	set := map[string]bool{}
	for line := range strings.Lines(output) {
		if line = strings.TrimSpace(varying().ReplaceAllString(line, "_")); line != "" {
			set[line] = true
		}
	}
	return set
}

// printed says that an output is what a reference run printed. Lines in which
// the two reference runs differ do not count.
func (ref *Reference) printed(output string) bool {
	first, second, now := lines(ref.outputs[0]), lines(ref.outputs[1]), lines(output)
	for line := range first {
		if second[line] && !now[line] {
			return false
		}
	}
	for line := range now {
		if !first[line] && !second[line] && len(first) == len(second) && sameLines(first, second) {
			return false
		}
	}
	return true
}

func sameLines(a, b map[string]bool) bool {
	for line := range a {
		if !b[line] {
			return false
		}
	}
	return len(a) == len(b)
}
