package contract

import "example.com/capisim/sim/rails"

// CheckContentType refuses a header that is not a media type, an empty one
// included, with NotAcceptable (§3).
func CheckContentType(header string) error {
	if _, ok := rails.MediaType(header); !ok {
		return NotAcceptable
	}
	return nil
}

// Negotiation is the headers by which the framework chooses the type of an
// answer. All answers are JSON, whatever it chooses.
type Negotiation struct{ Accept, ContentType, RequestedWith string }

// Varies says that Accept plays a part, which the answer tells in Vary (§16).
func (n Negotiation) Varies() bool {
	return rails.Negotiates(n.Accept, n.ContentType, n.RequestedWith)
}

// Check refuses an Accept header that is not a list of media types with
// NotAcceptable (§3).
func (n Negotiation) Check() error {
	if n.Varies() && !rails.ReadableAccept(n.Accept) {
		return NotAcceptable
	}
	return nil
}
