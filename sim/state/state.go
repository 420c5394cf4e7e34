// Package state is what a world holds: organizations, spaces, apps, processes,
// instances, users, and the rules by which they change. Stored values are
// immutable; a change stores a new one, so a reader needs no lock once it has a
// pointer, and a fork of a store shares all that neither side has changed. The
// package never asks the time and knows nothing of HTTP, faults or the journal.
// The section marks (§) are those of docs/CONTRACT.md.
package state
