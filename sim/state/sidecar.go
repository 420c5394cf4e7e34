package state

import "example.com/capisim/sim/contract"

// Sidecar takes a share of the memory of a process.
type Sidecar struct {
	Name       string
	MemoryInMB int
}

// SidecarView is a sidecar as a list shows it.
type SidecarView struct {
	Sidecar
	GUID string
}

// Sidecars lists the sidecars of the view's process.
func (v View) Sidecars(q contract.ResourceQuery) (list []SidecarView, total int) {
	p := v.Process
	for i, sidecar := range p.Sidecars {
		r := resource{guid: v.drawnGUID(p.GUID, sidecarDraw, i), created: p.CreatedAt, updated: p.CreatedAt}
		if r.passes(q) {
			list = append(list, SidecarView{sidecar, r.guid})
		}
	}
	return cut(q.ListQuery, list)
}
