package state

import "example.com/capisim/sim/contract"

// Sidecar takes a share of the memory of a process.
type Sidecar struct {
	Name       string `json:"name"`
	MemoryInMB int    `json:"memory_in_mb"`
}

// SidecarView is a sidecar as a list shows it.
type SidecarView struct {
	Sidecar
	GUID    string
	Process *Process // that it stands at
}

// Sidecars lists the sidecars of the view's process, or of all of its app's when
// it has none. They belong to an app and a type: processes of one type share
// them.
func (s *Store) Sidecars(v View, q contract.ResourceQuery) (list []SidecarView, total int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, guid := range s.byApp.get(v.App.GUID) {
		p := s.processes.get(guid)
		if v.Process != nil && v.Process.Type != p.Type {
			continue
		}
		for i, sidecar := range p.Sidecars {
			r := resource{guid: v.drawnGUID(p.GUID, sidecarDraw, i), moments: moments{p.CreatedAt, p.CreatedAt}}
			if r.passes(q) {
				list = append(list, SidecarView{sidecar, r.guid, p})
			}
		}
	}
	return cut(q.ListQuery, list)
}

// alike are the processes of the app and type of one, in the order in which they
// were made. The caller holds the lock.
func (s *Store) alike(p *Process) (found []*Process) {
	for _, guid := range s.byApp.get(p.AppGUID) {
		if other := s.processes.get(guid); other.Type == p.Type {
			found = append(found, other)
		}
	}
	return found
}
