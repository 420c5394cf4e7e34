package journal

import (
	"fmt"
	"math"
	"net/http"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// What kept a request from meeting its nearest operation.
const (
	MissMethod = "method"
	MissPath   = "path"
	MissWorld  = "world"
	MissReal   = "not_played" // the real API has the operation, capisim does not
)

// Miss is why a request met no operation.
type Miss struct {
	Operation string `json:"operation"` // the nearest one; "" when capisim does not play it
	Method    string `json:"method"`
	Path      string `json:"path"` // as the table has it
	Reason    string `json:"reason"`
	Message   string `json:"message"`
	Real      bool   `json:"real"` // it is one of the real API that capisim does not play
}

// NearestOperation compares an unmatched request with the operation table, and
// with what else the real API has. It is worked out when the entry is read.
func NearestOperation(e *Entry) Miss {
	if rest, found := strings.CutPrefix(e.Path, "/worlds/"); found {
		name, path, _ := strings.Cut(rest, "/")
		inside := *e
		inside.Path = "/" + path
		miss := NearestOperation(&inside)
		miss.Reason, miss.Message = MissWorld, fmt.Sprintf("there is no world %q", name)
		return miss
	}
	got, method := segments(e.Path), e.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	var miss Miss
	instead, least := "", math.MaxInt
	nearer := func(wanted, path string) bool {
		cost := 2*distance(got, segments(path)) + methodDistance(method, wanted)
		if cost >= least {
			return false
		}
		least = cost
		return true
	}
	for _, o := range contract.Operations() {
		if nearer(o.Method, o.Path) {
			miss = Miss{Operation: o.ID, Method: o.Method, Path: o.Path}
		}
	}
	for route := range contract.RealRoutes() {
		if nearer(route.Method, route.Path) {
			miss, instead = Miss{Method: route.Method, Path: route.Path, Real: true}, route.Instead
		}
	}
	difference := pathDifference(got, segments(miss.Path))
	switch {
	case miss.Real && difference == "" && method == miss.Method:
		miss.Reason = MissReal
		miss.Message = fmt.Sprintf("%s %s is an operation of the real API that capisim does not play", miss.Method, miss.Path)
		if instead != "" {
			miss.Message += "; " + instead
		}
	case difference != "":
		miss.Reason, miss.Message = MissPath, difference
	case method == miss.Method:
		miss.Reason, miss.Message = MissPath, blemish(got)
	default:
		miss.Reason = MissMethod
		miss.Message = fmt.Sprintf("method %s, expected %s", e.Method, miss.Method)
	}
	return miss
}

// blemish names what keeps a path from an operation that it has all segments of:
// the real server's router finds no name with a dot in it, and the policy
// server's no path with a slash too many.
func blemish(got []string) string {
	for i, segment := range got {
		if got[0] == "v3" && strings.Contains(segment, ".") {
			return fmt.Sprintf("path segment %d is %q, expected a name without a dot", i+1, segment)
		}
	}
	return "a slash too many in the path"
}

func segments(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

// methodDistance is 0 for the same method, 1 for one of the same intention: a
// PUT is nearer to a PATCH than to a GET.
func methodDistance(got, want string) int {
	writes := func(m string) bool { return m != http.MethodGet && m != http.MethodHead }
	switch {
	case got == want:
		return 0
	case got == http.MethodDelete || want == http.MethodDelete, writes(got) != writes(want):
		return 2
	case got == http.MethodPut && want == http.MethodPatch:
		return 0 // nearer than any other write, while not equal
	}
	return 1
}

// The cost of turning a path into another, segment by segment: replacing one
// that is nearly right, replacing another, leaving one out or putting one in.
const (
	costNear  = 1
	costOther = 3
	costShift = 3
)

func segmentDistance(got, want string) int {
	switch {
	case got == want, strings.HasPrefix(want, "{"):
		return 0
	case resembles(got, want):
		return costNear
	}
	return costOther
}

// resembles says that one word is the other with a letter or two changed, or
// its singular or plural, in any case.
func resembles(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	allowed := max(1, min(len(a), len(b))/3)
	if max(len(a), len(b))-min(len(a), len(b)) > allowed { // also what bounds the work below
		return false
	}
	return document.Distance(a, b) <= allowed
}

// maxSegments bounds the work that a hostile path can cause; no operation has
// more than eight.
const maxSegments = 32

// distance is the least cost of turning one path into another.
func distance(got, want []string) int {
	extra := max(0, len(got)-maxSegments)
	row := make([]int, len(want)+1)
	for k := range row {
		row[k] = k * costShift
	}
	for _, segment := range got[:len(got)-extra] {
		diagonal := row[0]
		row[0] += costShift
		for k := range want {
			cost := min(diagonal+segmentDistance(segment, want[k]), row[k]+costShift, row[k+1]+costShift)
			diagonal, row[k+1] = row[k+1], cost
		}
	}
	return costShift*extra + row[len(want)]
}

// pathDifference names the first segment that is wrong; "" when none is.
func pathDifference(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if segmentDistance(got[i], want[i]) == 0 {
			continue
		}
		switch {
		case len(got) < len(want) && segmentDistance(got[i], want[i+1]) == 0:
			return fmt.Sprintf("path segment %d is missing, expected %q", i+1, want[i])
		case len(got) > len(want) && segmentDistance(got[i+1], want[i]) == 0:
			return fmt.Sprintf("path segment %d, %q, is one too many", i+1, got[i])
		}
		return fmt.Sprintf("path segment %d is %q, expected %q", i+1, got[i], want[i])
	}
	switch {
	case len(got) > len(want):
		return fmt.Sprintf("path segment %d, %q, is one too many", len(want)+1, got[len(want)])
	case len(got) < len(want):
		return fmt.Sprintf("path segment %d is missing, expected %q", len(got)+1, want[len(got)])
	}
	return ""
}
