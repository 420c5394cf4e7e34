package state

import (
	"cmp"
	"maps"
	"slices"

	"example.com/capisim/sim/contract"
)

// settings are the parts of a store that admins change as a whole: its seed
// without the things. A stored one is never changed.
type settings struct {
	Seed
	byName map[string]*User
}

func newSettings(seed Seed) *settings {
	seed.Organizations, seed.Spaces, seed.Apps, seed.Processes, seed.Deployments = nil, nil, nil, nil, nil
	seed.Variant, seed.Tokens, seed.Audit = cmp.Or(seed.Variant, contract.Default), maps.Clone(seed.Tokens), Audit{}
	c := &settings{seed, make(map[string]*User, len(seed.Users))}
	for i := range c.Users {
		c.byName[c.Users[i].Name] = &c.Users[i]
	}
	return c
}

// current are the settings as they stand.
func (s *Store) current() *settings {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.settings
}

// TokenOf is the first, in their order, of the tokens that the state gives a
// user.
func (s *Store) TokenOf(user string) (string, bool) {
	tokens := s.current().Tokens
	for _, token := range slices.Sorted(maps.Keys(tokens)) {
		if tokens[token] == user {
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
func (s *Store) Number() int64 { return s.current().Number }

// Variant is the edition of the API that this state is served in.
func (s *Store) Variant() contract.Variant { return s.current().Variant }

// Features returns the feature flags.
func (s *Store) Features() Features { return s.current().Features }

// ChangeFeatures changes the feature flags and returns the new ones. The
// function must not use the store.
func (s *Store) ChangeFeatures(change func(*Features)) Features {
	return s.changed(func(next *settings) { change(&next.Features) }).Features
}

// changed puts another version of the settings in the place of the old one.
func (s *Store) changed(change func(next *settings)) *settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := *s.settings
	change(&next)
	s.settings = &next
	return &next
}
