//go:build race

package worlds_test

// raceFactor widens the bound on a moment: the race detector slows goroutines
// down several times.
const raceFactor = 10
