package admin

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/openapi"
)

// route is a row of the table that routing derives from.
type route struct {
	method, path string // with {parameters}
	summary      string
	query        []string      // parameters that it knows
	body         string        // an example of what it takes, "" for nothing
	rootOnly     bool          // on the default world alone
	open         bool          // asked without a token: it tells nothing of this server
	noted        bool          // it changes the world: who plays the world again makes the same change
	takes        openapi.Shape // of its body, nil for none
	answers      openapi.Shape // of its success in JSON, nil when that is a document of another kind
	statuses     []int         // of a success, the usual one first
	media        []string      // that a success may have
	handle       func(*call) (reply, error)

	segments []string
}

func split(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

// match finds the route of a request. Doubled slashes and one at the end do not
// count. A segment that stands in the table wins over a parameter, so that
// /admin/requests/unmatched is not a request's id.
func match(method, path string) (*route, map[string]string, error) {
	segments := split(path)
	if method == http.MethodHead {
		method = http.MethodGet
	}
	var best *route
	for _, r := range routes {
		if r.fits(segments) && (best == nil || r.closer(best)) {
			best = r
		}
	}
	if best == nil {
		return nil, nil, notFound("no such admin path: %s; the nearest are %s", clipped(path), strings.Join(nearest(segments), ", "))
	}
	var allowed []string
	for _, r := range routes {
		if r.path != best.path {
			continue
		}
		if r.method == method {
			return r, r.parameters(segments), nil
		}
		allowed = append(allowed, r.method)
	}
	refused := failure(http.StatusMethodNotAllowed, method+" "+best.path+", expected "+strings.Join(allowed, " or "))
	refused.allow = allow(allowed)
	return nil, nil, refused
}

func allow(methods []string) string {
	if slices.Contains(methods, http.MethodGet) {
		methods = append(slices.Clone(methods), http.MethodHead)
	}
	return strings.Join(methods, ", ")
}

func isParameter(segment string) bool { return strings.HasPrefix(segment, "{") }

func (r *route) fits(segments []string) bool {
	if len(segments) != len(r.segments) {
		return false
	}
	for i, want := range r.segments {
		if want != segments[i] && !isParameter(want) {
			return false
		}
	}
	return true
}

// closer says that a route names more of the path than another that fits too.
func (r *route) closer(other *route) bool {
	for i := range r.segments {
		mine, its := isParameter(r.segments[i]), isParameter(other.segments[i])
		if mine != its {
			return its
		}
	}
	return false
}

// parameters reads what stands in the place of each {name}. Escapes are valid:
// net/http has refused others.
func (r *route) parameters(segments []string) map[string]string {
	params := map[string]string{}
	for i, want := range r.segments {
		if !isParameter(want) {
			continue
		}
		value, err := url.PathUnescape(segments[i])
		if err != nil {
			value = segments[i]
		}
		params[strings.Trim(want, "{}")] = value
	}
	return params
}

// nearest lists the three paths of the table that are most like a path.
func nearest(segments []string) []string {
	type candidate struct {
		path string
		cost int
	}
	var list []candidate
	for _, r := range routes {
		one := candidate{r.path, distance(segments, r.segments)}
		if !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(a.cost, b.cost) })
	paths := make([]string, 0, 3)
	for _, one := range list[:3] {
		paths = append(paths, one.path)
	}
	return paths
}

// clipped shows a path in a message, the beginning of one that is too long.
func clipped(path string) string {
	const most = 200
	if len(path) <= most {
		return path
	}
	return path[:most] + "..."
}

// distance adds up how far the segments of a path are from those of a route;
// one that is missing or too many counts as a whole word, and one that could be
// anything is less of a hint than a word that is nearly right.
func distance(got, want []string) int {
	const word, anything = 8, 3
	const longest = 40 // letters of a word; none of the table has as many
	cost := 0
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got) || i >= len(want):
			cost += word
		case isParameter(want[i]):
			cost += anything
		case len(got[i]) > longest:
			cost += word
		default:
			cost += min(word, document.Distance(got[i], want[i]))
		}
		if cost > 1000 { // a hostile path
			return cost
		}
	}
	return cost
}
