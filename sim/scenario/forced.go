package scenario

import (
	"fmt"
	"maps"
	"slices"

	"example.com/capisim/sim/state"
)

// Forced holds one instance in a state, whatever the lifecycle would say, or
// sets something else that stats say of it. What is left out is as the platform
// would have it.
type Forced struct {
	Index int `json:"index"`
	state.Forced
}

func exportForced(forced map[int]state.Forced) (out []Forced) {
	for _, index := range slices.Sorted(maps.Keys(forced)) {
		out = append(out, Forced{index, forced[index]})
	}
	return out
}

func (c *checker) forced(process Process, i, j int) {
	seen := map[int]bool{}
	for k, one := range process.Forced {
		at := func(key string) []any { return []any{"apps", i, "processes", j, "forced", k, key} }
		if count := process.instances(); one.Index >= count {
			c.report(fmt.Sprintf("%d, expected an index below the %d instances", one.Index, count), at("index")...)
		}
		if seen[one.Index] {
			c.report(fmt.Sprintf("%d, forced already", one.Index), at("index")...)
		}
		seen[one.Index] = true
		if !one.Since.IsZero() && one.State == "" {
			c.report("without a state, expected a state that began then", at("since")...)
		}
	}
}
