// Package contract is the Cloud Foundry v3 process API as data and pure
// functions: the operation table, the error catalogue, the accepted fields and
// their messages, metadata rules and selectors. It can be read as a
// document. It knows no lock, no clock, no state and no HTTP handler; what a
// rule needs of those is handed in. The section marks (§) in its comments are
// those of docs/CONTRACT.md.
package contract

// APIVersion is the release of the real server that the contract is of. At
// 3.211.0 and above the cf CLI asks for embedded instances (CLIENTS.md §2).
const APIVersion = "3.228.0"
