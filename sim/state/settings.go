package state

import (
	"maps"
	"slices"

	"example.com/capisim/sim/contract"
)

// settings are the parts of a store that admins change as a whole. A stored
// one is never changed.
type settings struct {
	number           int64
	variant          contract.Variant
	lifecycle        Lifecycle
	features         Features
	statsUnavailable bool
	logCacheDown     bool
	platform         Platform
	users            []User
	byName           map[string]*User
	tokens           map[string]string
}

func newSettings(seed *Seed) *settings {
	c := &settings{
		number:           seed.Number,
		variant:          seed.Variant,
		lifecycle:        seed.Lifecycle,
		features:         seed.Features,
		statsUnavailable: seed.StatsUnavailable,
		logCacheDown:     seed.LogCacheDown,
		platform:         seed.Platform,
		users:            seed.Users,
		byName:           make(map[string]*User, len(seed.Users)),
		tokens:           maps.Clone(seed.Tokens),
	}
	if c.variant == "" {
		c.variant = contract.Default
	}
	for i := range c.users {
		c.byName[c.users[i].Name] = &c.users[i]
	}
	return c
}

// TokenOf is the first, in their order, of the tokens that the state gives a
// user.
func (s *Store) TokenOf(user string) (string, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, token := range slices.Sorted(maps.Keys(s.settings.tokens)) {
		if s.settings.tokens[token] == user {
			return token, true
		}
	}
	return "", false
}

// Features are the platform's feature flags that these operations ask.
type Features struct {
	AppScaling bool `json:"app_scaling"`
	// AppScalingMessage is the flag's own error message, "" for its name.
	AppScalingMessage string `json:"app_scaling_message"`
}

// Number is the seed of all draws.
func (s *Store) Number() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.settings.number
}

// Variant is the edition of the API that this state is served in.
func (s *Store) Variant() contract.Variant {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.settings.variant
}

// Features returns the feature flags.
func (s *Store) Features() Features {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.settings.features
}

// ChangeFeatures changes the feature flags and returns the new ones. The
// function must not use the store.
func (s *Store) ChangeFeatures(change func(*Features)) Features {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := *s.settings
	change(&next.features)
	s.settings = &next
	return next.features
}
