//go:build race

package harness

// raced says that the race detector watches the suite.
const raced = true
