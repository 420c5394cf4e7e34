package state

import "sync/atomic"

// memo keeps what a reader derived from one version of a process.
type memo struct{ value atomic.Value }

// Memo returns what build made of this version of the process, calling it at
// most a few times when several ask at once, and afterwards never again. There
// is one memo a version: all callers must build the same type.
func (p *Process) Memo(build func(*Process) any) any {
	if p.memo == nil { // an answer that is not stored, such as a null disk
		return build(p)
	}
	if value := p.memo.value.Load(); value != nil {
		return value
	}
	value := build(p)
	p.memo.value.Store(value)
	return value
}
