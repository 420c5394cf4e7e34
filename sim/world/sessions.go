package world

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Sessions are the logins of a world. They are not a part of its state: a reset
// or a load leaves them, as a foundation's users stay logged in whatever
// becomes of their apps. They end with the world; one of the same name that
// comes later has others. Forks and states that were saved bring theirs along.
type Sessions struct {
	mu     sync.RWMutex // guards logins
	logins []logins     // those that tokens are issued under first, then those that came with saved states
	issued atomic.Bool  // some token carries a mark of the first
}

// logins are those of one world, told apart by how often its tokens were ended.
type logins struct {
	id              string
	access, refresh int
}

func newSessions() *Sessions { return &Sessions{logins: []logins{{id: rand.Text()}}} }

func (l logins) accessMark() string  { return fmt.Sprintf("%s/%d", l.id, l.access) }
func (l logins) refreshMark() string { return fmt.Sprintf("%s/r%d", l.id, l.refresh) }

func (l logins) String() string { return fmt.Sprintf("%s/%d/%d", l.id, l.access, l.refresh) }

// Marks are what the access and refresh tokens that are issued now carry.
func (s *Sessions) Marks() (access, refresh string) {
	s.issued.Store(true)
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.logins[0].accessMark(), s.logins[0].refreshMark()
}

// Hold says that a mark is one of a token that was not ended.
func (s *Sessions) Hold(mark string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.ContainsFunc(s.logins, func(l logins) bool { return mark == l.accessMark() || mark == l.refreshMark() })
}

// Expire ends all access tokens that have been issued, and with refresh all
// refresh tokens, too.
func (s *Sessions) Expire(refresh bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.logins {
		s.logins[i].access++
		if refresh {
			s.logins[i].refresh++
		}
	}
}

// fork copies the logins for a world that goes its own way: what is ended there
// goes on here.
func (s *Sessions) fork() *Sessions {
	s.mu.RLock()
	defer s.mu.RUnlock()
	next := &Sessions{logins: slices.Clone(s.logins)}
	next.issued.Store(s.issued.Load())
	return next
}

// String is the form in which a saved state keeps the logins.
func (s *Sessions) String() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var list []string
	for _, l := range s.logins {
		list = append(list, l.String())
	}
	return strings.Join(list, ",")
}

// resume lets the logins of a saved state go on here, in the place of the
// world's own while nobody has logged in. Those that it has already are as it
// has them; what is not the form is nobody's.
func (s *Sessions) resume(saved string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := len(s.logins)
	defer func() {
		if first < len(s.logins) && !s.issued.Load() {
			s.logins = s.logins[first:]
		}
	}()
	for text := range strings.SplitSeq(saved, ",") {
		var l logins
		id, rest, _ := strings.Cut(text, "/")
		if _, err := fmt.Sscanf(rest, "%d/%d", &l.access, &l.refresh); err != nil || id == "" {
			continue
		}
		l.id = id
		if !slices.ContainsFunc(s.logins, func(own logins) bool { return own.id == id }) {
			s.logins = append(s.logins, l)
		}
	}
}
