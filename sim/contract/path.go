package contract

import (
	"math"
	"net/url"
	"strconv"
	"strings"

	"example.com/capisim/sim/rails"
)

// CutFormat drops what the real server's router takes for a format, so that
// "a.json" names a (§14.3). It is for the last segment of a path: the router
// knows no format elsewhere, and no name with a dot in it, so that a segment
// which still has one after the cut belongs to no route.
func CutFormat(segment string) string {
	name, format, found := strings.Cut(segment, ".")
	if !found || name == "" || format == "" || strings.Contains(format, ".") {
		return segment
	}
	return name
}

// InstanceIndex reads the index of an instance by its leading digits, so that
// "abc" is 0 and "1x" is 1 (the trap of §14.3). An index beyond all counts
// comes back as the largest integer, a negative one as it is.
func InstanceIndex(segment string) int {
	negative, digits := rails.LeadingInteger(segment)
	if digits == "" {
		return 0
	}
	n, err := strconv.Atoi(digits)
	switch {
	case err != nil && negative:
		return math.MinInt
	case err != nil:
		return math.MaxInt
	case negative:
		return -n
	}
	return n
}

// Parameters reads what stands in a path, which may have a query, in the places
// of the operation's {names}; false when it is not a path of the operation.
func (o *Operation) Parameters(path string) (values map[string]string, fits bool) {
	path, _, _ = strings.Cut(path, "?")
	slash := func(c rune) bool { return c == '/' }
	segments, pattern := strings.FieldsFunc(path, slash), strings.FieldsFunc(o.Path, slash)
	if len(segments) != len(pattern) {
		return nil, false
	}
	values = map[string]string{}
	for i, segment := range segments {
		name, variable := strings.CutPrefix(pattern[i], "{")
		if !variable && segment != pattern[i] {
			return nil, false
		}
		if plain, err := url.PathUnescape(segment); err == nil {
			segment = plain
		}
		if variable {
			values[strings.TrimSuffix(name, "}")] = segment
		}
	}
	return values, true
}
