package api

import "sync/atomic"

// memoized is what the memo of a process version holds: its rendering for the
// base URL that asked last. Worlds that share a version have bases of their
// own, and splicing another one in is cheap.
type memoized struct{ last atomic.Pointer[rendering] }

func (m *memoized) forBase(base string) *rendering {
	d := m.last.Load()
	if d.base == base {
		return d
	}
	d = d.rebased(base)
	m.last.Store(d)
	return d
}
