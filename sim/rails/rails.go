// Package rails reads requests as the framework of the real server does: JSON
// with its leniencies, parameters with brackets, numbers and texts by the rules
// of Ruby. It knows nothing of what a request means; the section marks (§) in
// its comments are those of docs/CONTRACT.md.
package rails
