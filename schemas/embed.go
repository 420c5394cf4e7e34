// Package schemas carries the JSON Schemas of everything capisim reads and
// answers, as files that editors and other tools can use too. What they mean is
// known to sim/schema.
package schemas

import (
	"embed"
	"strings"
)

// FS holds the schemas: the schema named "process" is process.schema.json.
//
//go:embed *.schema.json
var FS embed.FS

const ending = ".schema.json"

// Names lists the schemas.
func Names() []string {
	entries, err := FS.ReadDir(".")
	if err != nil {
		panic("schemas: " + err.Error()) // the folder is embedded
	}
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = strings.TrimSuffix(entry.Name(), ending)
	}
	return names
}

// Text returns a schema as it stands in its file; ok is false when there is none
// of that name.
func Text(name string) (text []byte, ok bool) {
	text, err := FS.ReadFile(name + ending)
	return text, err == nil
}
