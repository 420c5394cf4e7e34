package contract

import "fmt"

// Warning is a trap that a request met. Pointer is a JSON pointer into the
// body, "?name" for a query parameter, "{index}" for that part of the path.
type Warning struct {
	Trap    string `json:"trap"`
	Pointer string `json:"pointer"`
	Message string `json:"message"`
}

// traps are the places where the real server does something that a client will
// not expect (CONTRACT.md tells what, and DESIGN.md §1.7 why it is copied), with
// what capisim says when a request meets one; %s is the name that was met.
var traps = map[string]string{
	"app-guid":             "%s is taken as part of the path: the request became one of that app's",                                                 // §4
	"body-ignored":         "the body was ignored for its Content-Type (%s) and nothing it asked for was done; send Content-Type: application/json", // §4
	"form-body":            "the body was read as a form for its Content-Type (%s); send Content-Type: application/json",                            // §4
	"dropped-key":          "%s belongs to the web framework and was dropped",                                                                       // §4
	"body-key":             "%s would be taken for the whole request by the real server",                                                            // §4
	"duplicate-key":        "%s appears twice in one object; the last one counted",                                                                  // §4
	"lenient-json":         "%s is not strict JSON; other parsers will refuse it",                                                                   // §4
	"digit-string":         "%s is a string that was read as a number; send a number",                                                               // §5
	"decimal-integer":      "%s is a whole number to JSON and not to this API; send it without fraction and exponent",                               // §5
	"unread-key":           "%s is not read by the API and was ignored",                                                                             // §4
	"ignored-null":         "%s is null, which changes nothing",                                                                                     // §5
	"ignored-false":        "%s is false, which changes nothing",                                                                                    // §8
	"health-check-crash":   "%s is not an object: the API answers 500 UnknownError; send an object",                                                 // §9
	"dropped-endpoint":     "%s is not kept: it goes with type http only",                                                                           // §10
	"endpoint-lines":       "%s has several lines, of which only one was checked",                                                                   // §5
	"scale-null-crash":     "%s is null: the API answers 500 UnknownError although its document allows null; leave the field out",                   // §6
	"scale-null-disk":      "%s is null: the answer shows null, later reads show the server's default",                                              // §6
	"label-text":           "%s is not a string and was turned into one",                                                                            // §8
	"annotation-text":      "%s is not a string and was turned into one",                                                                            // §8
	"annotation-array":     "%s is an array and was stored as something else; send a string",
	"type-array":           "%s is an array; send a string",
	"nul":                  "%s has a NUL: the API answers 500 UnknownError",
	"garbled-name":         "%s has a name that is not UTF-8: the API answers 500 UnknownError",
	"annotation-crash":     "%s is neither a string nor an integer: the API answers 500 UnknownError; send a string",                                   // §8
	"unchecked-annotation": "%s has a key that the API refuses as soon as its value is not blank",                                                      // §8
	"lenient-page":         "%s is not a number; only its leading digits were read",                                                                    // §13.1
	"query-crash":          "%s has a shape that the API cannot read; it answers 500 UnknownError",                                                     // §13.1
	"array-parameter":      "%s is written as an array and matches nothing; send a comma list",                                                         // §13.1
	"repeated-parameter":   "%s appears more than once; only the last one was read",                                                                    // §13.1
	"unread-query":         "%s is not read by this operation",                                                                                         // §13.1
	"lenient-index":        "the index %s is not a number; its leading digits were read, and no digits mean 0: another instance may have been stopped", // §14.3
}

// warn makes the warning of a trap.
func warn(id, pointer, name string) Warning {
	words, known := traps[id]
	if !known {
		panic("contract: no trap " + id)
	}
	return Warning{Trap: id, Pointer: pointer, Message: fmt.Sprintf(words, name)}
}
