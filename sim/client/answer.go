package client

import (
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// Overview is a world at a glance.
type Overview struct {
	Version    string           `json:"version"` // capisim's
	World      string           `json:"world"`
	URL        string           `json:"url"` // of the simulated API
	Scenario   ScenarioName     `json:"scenario"`
	Variant    contract.Variant `json:"variant"`
	Generation uint64           `json:"generation"` // rises with each load and reset
	Counts     state.Counts     `json:"counts"`
	Clock      ClockState       `json:"clock"`
	Faults     FaultCounts      `json:"faults"`
	Journal    JournalSize      `json:"journal"`
	Coverage   CoverageFigure   `json:"coverage"`
	Worlds     int              `json:"worlds"` // on this server, the default one included
}

// ScenarioName says what a world plays.
type ScenarioName struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Seed        int64  `json:"seed"`
}

// FaultCounts sums up the rules of a world.
type FaultCounts struct {
	Rules    int      `json:"rules"`
	InForce  []string `json:"in_force"` // ids of rules that can still inject, the newest first, at most 50
	Injected int      `json:"injected"`
}

// JournalSize says how much the journal holds.
type JournalSize struct {
	Entries int    `json:"entries"`
	Bytes   int64  `json:"bytes"`
	Total   uint64 `json:"total"`
	Dropped uint64 `json:"dropped"`
}

// CoverageFigure is the headline of the coverage matrix.
type CoverageFigure struct {
	Covered int     `json:"covered"`
	Total   int     `json:"total"`
	Percent float64 `json:"percent"`
}

// ClockState is the clock of a world.
type ClockState struct {
	Mode string    `json:"mode"` // frozen or real
	Now  time.Time `json:"now"`
}

// WorldView is a world in a list.
type WorldView struct {
	Name     string            `json:"name"`
	URL      string            `json:"url"` // of the simulated API
	Scenario string            `json:"scenario"`
	From     string            `json:"from,omitempty"` // the world it was forked from
	TTL      document.Duration `json:"ttl,omitzero"`   // without a request, after which it ends; left out: never
	Clock    ClockState        `json:"clock"`
	Counts   state.Counts      `json:"counts"`
	Rules    int               `json:"rules"`
	Requests uint64            `json:"requests"` // journaled since it began
}

// NewWorld is what POST /admin/worlds takes; all of it may be left out.
type NewWorld struct {
	Name string `json:"name,omitempty"`
	// Scenario is a name, or a document; left out: what the default world plays.
	Scenario any `json:"scenario,omitempty"`
	// From names a world to be copied as it is now, in place of a scenario.
	From string `json:"from,omitempty"`
	// Clock is real or frozen, Auth permissive or strict: they win over the
	// scenario, and over what the server was told.
	Clock string `json:"clock,omitempty"`
	Auth  string `json:"auth,omitempty"`
	// Seed and Variant take the place of the scenario's; not with From.
	Seed    *int64           `json:"seed,omitempty"`
	Variant contract.Variant `json:"variant,omitempty"`
	TTL     string           `json:"ttl,omitempty"`    // a duration such as "10m"
	Listen  string           `json:"listen,omitempty"` // an address of its own, such as 127.0.0.1:0
}
