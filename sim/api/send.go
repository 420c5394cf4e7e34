package api

import (
	"net/http"

	"example.com/capisim/sim/world"
)

// Send carries out a request to a world as if a client had sent it, and returns
// its id in the journal. It lasts as long as the answer is held back, or until
// the request's context ends. What a fault does to the socket ends here: the
// journal tells what it was.
func (a *API) Send(of *world.World, r *http.Request) (id uint64) {
	w := &taken{}
	defer func() {
		if cause := recover(); cause != nil && cause != http.ErrAbortHandler {
			panic(cause)
		}
		id = w.id
	}()
	// The connection of whoever asks for it is not the client's, to be cut.
	a.ServeHTTP(w, Apart(r), of)
	return
}

// taken is the writer of a request that the house itself sends.
type taken struct {
	silence
	id uint64 // in the journal
}

// Flush lets a body be dripped.
func (*taken) Flush() {}
