package contract

import (
	_ "embed"
	"iter"
	"strings"
)

// RealRoute is an operation of the real API, whether capisim plays it or not.
type RealRoute struct {
	Method, Path string // the path with {parameters}
	// Instead says how capisim is brought to what the operation does, where
	// there is a way.
	Instead string
}

// realText lists a route a line, method and path of the API's public
// documentation (version 3, with what the vendor adds), behind a tab what stands in its place.
//
//go:embed real.txt
var realText string

// RealRoutes lists the operations of the real API.
func RealRoutes() iter.Seq[RealRoute] {
	return func(yield func(RealRoute) bool) {
		for line := range strings.Lines(realText) {
			route, instead, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			method, path, _ := strings.Cut(route, " ")
			if !yield(RealRoute{method, path, instead}) {
				return
			}
		}
	}
}
