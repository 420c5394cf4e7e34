// Package schemas carries the JSON Schemas of everything capisim reads and
// answers, as files that editors and other tools can use too. It holds data and
// no logic; sim/contract compiles and applies them.
package schemas

import "embed"

// FS holds the schemas: the schema named "process" is process.schema.json.
//
//go:embed *.schema.json
var FS embed.FS
