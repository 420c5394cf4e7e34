package state

import (
	"maps"
	"slices"
	"time"
)

// Forced is an instance that an admin or a scenario put into a state, whatever
// the lifecycle would say, or of which they set something else.
type Forced struct {
	State   InstanceState `json:"state,omitempty"`   // "": the lifecycle's
	Details string        `json:"details,omitempty"` // placement error or crash reason, "" for null
	Since   time.Time     `json:"since,omitzero"`    // the zero time without a state
	*Facts                // nil: nothing else is set
}

// Batch is a run of instances that were placed at the same time: those from
// First up to the next batch. It keeps a process of a million instances small.
type Batch struct {
	First int       `json:"index"`
	At    time.Time `json:"at"`
	Epoch int       `json:"epoch,omitempty"` // tells the instance guids of two placements apart
}

// Limits are what the running instances of a process were started with. A
// scale of the memory shows in stats only after a restart (§10).
type Limits struct {
	MemoryInMB   int   `json:"memory_in_mb"`
	DiskInMB     int   `json:"disk_in_mb"`
	LogRateLimit int64 `json:"log_rate_limit_in_bytes_per_second"`
}

// History is all that has happened to the instances of a process. Their state
// is a function of it and of the time (DESIGN.md §1.3). The zero History means
// that all instances were placed when the process was created.
type History struct {
	Epoch    int     // of the newest placement
	Limits   *Limits // nil: those of the process itself
	Batches  []Batch
	Restarts map[int]Batch  // instances that were terminated, by index
	Forced   map[int]Forced // by index
	Stopped  time.Time      // when its app was stopped last, the zero time when it was not
}

// placement is when and as what an instance was placed.
type placement struct {
	at    time.Time
	epoch int
	again bool // in the place of one that was ended
}

// placed finds the placement of an instance: its own restart, or the batch that
// it came with.
func (p *Process) placed(index int) placement {
	if b, ok := p.History.Restarts[index]; ok {
		return placement{b.At, b.Epoch, true}
	}
	found := placement{at: p.CreatedAt}
	for _, b := range p.History.Batches {
		if b.First > index {
			break
		}
		found = placement{at: b.At, epoch: b.Epoch}
	}
	return found
}

// limits are what the running instances were started with (§10).
func (p *Process) limits() Limits {
	if p.History.Limits != nil {
		return *p.History.Limits
	}
	limits := Limits{MemoryInMB: p.MemoryInMB, LogRateLimit: p.LogRateLimit}
	if p.DiskInMB != nil {
		limits.DiskInMB = *p.DiskInMB
	}
	return limits
}

// pinned keeps the limits that instances run with before a scale changes those
// of the process.
func (h History) pinned(p *Process) History {
	limits := p.limits()
	h.Limits = &limits
	return h
}

// scaled places the instances that a change of the number from old to count
// adds, and forgets what happened to those it takes away.
func (h History) scaled(old, count int, now time.Time) History {
	if count == old {
		return h
	}
	h.Batches = slices.Clone(h.Batches)
	h.Restarts = below(h.Restarts, count)
	h.Forced = below(h.Forced, count)
	kept := min(old, count) // a batch beyond has no instance left, the first one neither when all went
	h.Batches = slices.DeleteFunc(h.Batches, func(b Batch) bool { return b.First >= kept })
	if count > old {
		h.Epoch++
		h.Batches = append(h.Batches, Batch{First: old, At: now, Epoch: h.Epoch})
	}
	return h
}

func below[T any](of map[int]T, count int) map[int]T {
	if len(of) == 0 {
		return nil
	}
	of = maps.Clone(of)
	maps.DeleteFunc(of, func(index int, _ T) bool { return index >= count })
	return of
}

// restarted replaces one instance; what it was forced into ends with it.
func (h History) restarted(index int, now time.Time) History {
	h.Epoch++
	restarts := map[int]Batch{}
	maps.Copy(restarts, h.Restarts)
	restarts[index] = Batch{First: index, At: now, Epoch: h.Epoch}
	h.Restarts = restarts
	if _, forced := h.Forced[index]; forced {
		h.Forced = maps.Clone(h.Forced)
		delete(h.Forced, index)
	}
	return h
}

// started places all instances anew, with the limits of the process as it
// stands.
func (h History) started(now time.Time) History {
	epoch := h.Epoch + 1
	return History{Epoch: epoch, Batches: []Batch{{At: now, Epoch: epoch}}}
}
