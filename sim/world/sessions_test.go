package world

import "testing"

// TestSessions: what ends which tokens, that no world has another's, and what
// forks and saved states bring along.
func TestSessions(t *testing.T) {
	t.Parallel()
	s, other := newSessions(), newSessions()
	access, refresh := s.Marks()
	expect := func(name string, s *Sessions, withAccess, withRefresh bool) {
		t.Helper()
		if s.Hold(access) != withAccess || s.Hold(refresh) != withRefresh {
			t.Errorf("%s: access %v, refresh %v", name, s.Hold(access), s.Hold(refresh))
		}
	}
	expect("at once", s, true, true)
	expect("in another world", other, false, false)
	for _, nothing := range []string{"", "/", "x", "x/1", ",,"} {
		other.resume(nothing)
		if other.Hold(nothing) {
			t.Errorf("%q is held", nothing)
		}
	}
	fork := s.fork()
	other.resume(s.String())
	s.Expire(false)
	expect("access tokens ended", s, false, true)
	s.Expire(true)
	expect("all ended", s, false, false)
	expect("in a fork", fork, true, true)
	expect("where the state was put", other, true, true)
	other.resume(s.String())
	expect("put again", other, true, true)
	other.Expire(true)
	expect("all ended where the state was put", other, false, false)
}
