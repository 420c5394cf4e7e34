// Package fault is the rule language of capisim: rules as they are written,
// the check that knows the contract, and the set that decides which rule
// answers a request. A set only plans: it says what shall happen, counts it,
// and does nothing. The package knows no HTTP writer, no socket, no clock and
// no goroutine; the moment is handed in, a request is a Subject, and every draw
// is a function of the seed, the world, the rule's id and the match number.
// The language itself is described in DESIGN.md §6.
package fault
