package contract

import "fmt"

// Trap is a place where the real server does something that a client will not
// expect. capisim copies it and tells (DESIGN.md §1.7).
type Trap struct {
	ID   string
	Real string // what the real server does
	// Warning is what capisim says when a request meets the trap; %s is the
	// name that was met.
	Warning string
}

// Warning is a trap that a request met. Pointer is a JSON pointer into the
// body, "?name" for a query parameter, "{index}" for that part of the path.
type Warning struct {
	Trap    string `json:"trap"`
	Pointer string `json:"pointer"`
	Message string `json:"message"`
}

// traps is the table, in the order of CONTRACT.md.
var traps = []Trap{
	{"app-guid", "A top-level key or query parameter app_guid makes a direct request one of that app's.", // §4
		"%s is taken as part of the path: the request became one of that app's"},
	{"body-ignored", "A body without Content-Type, or of a type without a parser, counts as {}.", // §4
		"the body was ignored for its Content-Type (%s) and nothing it asked for was done; send Content-Type: application/json"},
	{"form-body", "Form fields become the object.", // §4
		"the body was read as a form for its Content-Type (%s); send Content-Type: application/json"},
	{"dropped-key", "The keys authenticity_token, _method and utf8 never reach a message.", // §4
		"%s belongs to the web framework and was dropped"},
	{"body-key", "A top-level key body replaces the whole request; capisim reports it as unknown.", // §4
		"%s would be taken for the whole request by the real server"},
	{"duplicate-key", "The last of several duplicate keys wins.", // §4
		"%s appears twice in one object; the last one counted"},
	{"lenient-json", "Comments, raw control characters in strings and unknown escapes are read.", // §4
		"%s is not strict JSON; other parsers will refuse it"},
	{"digit-string", "A string of digits counts as a number.", // §5
		"%s is a string that was read as a number; send a number"},
	{"decimal-integer", "A whole number written with a fraction or exponent, such as 5.0, is refused.", // §5
		"%s is a whole number to JSON and not to this API; send it without fraction and exponent"},
	{"unread-key", "Unknown keys inside health checks are ignored without a word.", // §4
		"%s is not read by the API and was ignored"},
	{"ignored-null", "A null health check, or null data in it, changes nothing.", // §5
		"%s is null, which changes nothing"},
	{"ignored-false", "Labels or annotations of false change nothing.", // §8
		"%s is false, which changes nothing"},
	{"health-check-crash", "A health check, or its data, that is not an object crashes the server: 500.", // §9
		"%s is not an object: the API answers 500 UnknownError; send an object"},
	{"dropped-endpoint", "Type port or process clears the endpoint, even one that the same request names.", // §10
		"%s is not kept: it goes with type http only"},
	{"endpoint-lines", "One line of an endpoint with several lines has to be a path.", // §5
		"%s has several lines, of which only one was checked"},
	{"scale-null-crash", "Null for instances or memory passes validation and then crashes the server: 500.", // §6
		"%s is null: the API answers 500 UnknownError although its document allows null; leave the field out"},
	{"scale-null-disk", "Null for the disk resets it to the server's default.", // §6
		"%s is null: the answer shows null, later reads show the server's default"},
	{"label-text", "Label values that are not strings are stored as text.", // §8
		"%s is not a string and was turned into one"},
	{"annotation-text", "Integers as annotation values are stored as text.", // §8
		"%s is not a string and was turned into one"},
	{"annotation-array", "An array of one element as an annotation is stored as that element, an empty one as null.",
		"%s is an array and was stored as something else; send a string"},
	{"type-array", "An array passes for the type of a health check and is refused in the storage layer's words.",
		"%s is an array; send a string"},
	{"nul", "A NUL in what is stored or filtered by crashes the server: 500.",
		"%s has a NUL: the API answers 500 UnknownError"},
	{"garbled-name", "A name that is not UTF-8 crashes the server: 500.",
		"%s has a name that is not UTF-8: the API answers 500 UnknownError"},
	{"annotation-crash", "Annotation values that are neither text nor integer crash the server: 500.", // §8
		"%s is neither a string nor an integer: the API answers 500 UnknownError; send a string"},
	{"unchecked-annotation", "The key of an annotation with a blank value is not checked.", // §8
		"%s has a key that the API refuses as soon as its value is not blank"},
	{"lenient-page", "Only the leading digits of page and per_page count.", // §13.1
		"%s is not a number; only its leading digits were read"},
	{"query-crash", "A parameter without a value, or of an unexpected shape, crashes the server: 500.", // §13.1
		"%s has a shape that the API cannot read; it answers 500 UnknownError"},
	{"array-parameter", "A filter written a[]=x is taken in Ruby's notation and matches nothing.", // §13.1
		"%s is written as an array and matches nothing; send a comma list"},
	{"repeated-parameter", "The last value of a repeated query parameter wins.", // §13.1
		"%s appears more than once; only the last one was read"},
	{"unread-query", "All but lists and single processes ignore their query.", // §13.1
		"%s is not read by this operation"},
	{"lenient-index", "Only the leading digits of an instance index count, and no digits mean 0.", // §14.3
		"the index %s is not a number; its leading digits were read, and no digits mean 0: another instance may have been stopped"},
}

// warn makes the warning of a trap.
func warn(id, pointer, name string) Warning {
	for _, trap := range traps {
		if trap.ID == id {
			return Warning{Trap: id, Pointer: pointer, Message: fmt.Sprintf(trap.Warning, name)}
		}
	}
	panic("contract: no trap " + id)
}
