package document

import (
	"context"
	"errors"
)

// ErrLeft is the error of work that was ended by its Stop.
var ErrLeft = errors.New("nobody waits for it any more")

// Stop ends long work on a document when whoever asked for it has left. Nil
// never does.
type Stop struct {
	ctx   context.Context
	steps int
	left  error
}

// StopWith ends work with a context.
func StopWith(ctx context.Context) *Stop { return &Stop{ctx: ctx} }

// stepsPerLook is how much is done between two looks: a millisecond or two. What
// is smaller is always done, whether anybody waits for it or not.
const stepsPerLook = 1024

// Step is one value read, or work of that size. The error is ErrLeft, when there is
// no need to go on, and stays so.
func (s *Stop) Step() error {
	if s == nil {
		return nil
	}
	if s.steps++; s.steps%stepsPerLook == 0 && s.left == nil && s.ctx.Err() != nil {
		s.left = ErrLeft
	}
	return s.left
}
