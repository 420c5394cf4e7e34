package contract

import "strings"

// Form is the shape an error travels in. The envelope of §2 is written by the
// handlers alone; the layers around them answer in their own ways (§9, §16).
// The comments name who does.
type Form uint8

const (
	// Handled is the envelope with all headers (app/controllers/v3).
	Handled Form = iota
	// Limited is the envelope as plain text, without the framework's headers
	// (middleware/base_rate_limiter.rb).
	Limited
	// Intercepted is the envelope as bare JSON, in the place of a Limited one
	// whose token is bad (middleware/security_context_setter.rb).
	Intercepted
	// Keyless is the envelope without a type: its middleware misspells the
	// header's name (middleware/security_context_setter.rb).
	Keyless
	// Unrouted is the older API's object; it answers outside of /v3
	// (lib/sinatra/vcap.rb).
	Unrouted
	// Failsafe is a plain text: the handler of the error failed as well
	// (ActionDispatch::ShowExceptions).
	Failsafe
	// Unacceptable is an empty page: there is no handler for this status
	// (ActionDispatch::ShowExceptions).
	Unacceptable
	// PolicyServer is what the policy server answers: one field, or the text of Go's
	// router (cf-networking-helpers, httperror).
	PolicyServer
	// Lost is an empty answer with a length and nothing else: nobody handled
	// the error (Puma).
	Lost
)

// What the layers around the handlers answer has no name and no place in the
// catalogue: clients cannot match on it.
var (
	// Malformed is the refusal of parameters that cannot be read (§9.2).
	Malformed = &Error{Name: "Malformed", Status: 500, Title: "Internal Server Error", Detail: "the parameters cannot be read", Form: Failsafe}
	// NotAcceptable is the refusal of a media type that cannot be read (§3).
	NotAcceptable = &Error{Name: "NotAcceptable", Status: 406, Title: "Not Acceptable", Detail: "not a media type", Form: Unacceptable}
	// QueryTooLong is the HTTP server's refusal, before it looks at a path (§3).
	QueryTooLong = &Error{Name: "QueryTooLong", Status: 400, Title: "Bad Request", Detail: "the query is too long", Form: Lost}
	// Unhandled is an error of a middleware: the database or UAA's issuer cannot
	// be reached while the user is looked up (§9.3).
	Unhandled = &Error{Name: "Unhandled", Status: 500, Title: "Internal Server Error", Detail: "the user cannot be looked up", Form: Lost}
	// UnknownPath is a request outside of /v3 that meets no route (§2).
	UnknownPath = NotFound.in(Unrouted)
	// TokenBeforeLimit is told instead of the limit to a caller with a bad token
	// (§3, step 1).
	TokenBeforeLimit = InvalidAuthToken.in(Intercepted)
)

// Around lists what the layers around the operation's handler refuse, which
// stands in no row and cannot be injected by a name.
func (o *Operation) Around() []*Error {
	switch {
	case !strings.HasPrefix(o.Path, "/v3"):
		return nil
	case o.Request == "":
		return []*Error{NotAcceptable, Malformed}
	}
	return []*Error{NotAcceptable, RequestTooLarge, Malformed}
}

func (e *Error) in(form Form) *Error {
	formed := *e
	formed.Form = form
	return &formed
}

// FrameworkLines begin the header of every Handled answer (§16), each with CR LF at
// its end.
const FrameworkLines = "X-Frame-Options: SAMEORIGIN\r\n" +
	"X-XSS-Protection: 1; mode=block\r\n" +
	"X-Content-Type-Options: nosniff\r\n" +
	"X-Download-Options: noopen\r\n" +
	"X-Permitted-Cross-Domain-Policies: none\r\n" +
	"Referrer-Policy: strict-origin-when-cross-origin\r\n"
