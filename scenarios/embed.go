// Package scenarios carries the scenarios that capisim ships (DESIGN.md §4), as
// files that can be read and copied. It holds data and no logic; sim/scenario
// parses them.
package scenarios

import "embed"

// FS holds the scenarios: the scenario named "default" is default.yaml.
//
//go:embed *.yaml
var FS embed.FS
