package journal

import (
	"cmp"
	"slices"
	"time"

	"example.com/capisim/sim/contract"
)

// ReactionReport is what GET /admin/reactions answers (DESIGN.md §9).
type ReactionReport struct {
	Reactions []Reaction        `json:"reactions"` // oldest first
	Summary   []ReactionSummary `json:"summary"`   // the forgotten ones included
	Forgotten uint64            `json:"forgotten"` // reactions that are only in the summary
}

// ReactionSummary counts the reactions to one kind of fault.
type ReactionSummary struct {
	Operation       string `json:"operation"`
	Status          int    `json:"status"`
	Connection      string `json:"connection"`
	Faults          int    `json:"faults"`
	Recovered       int    `json:"recovered"`
	GaveUp          int    `json:"gave_up"`
	Retried         int    `json:"retried"` // by the client itself
	Early           int    `json:"early"`   // before the time that Retry-After told
	RepeatedApplied int    `json:"repeated_applied"`
	Hammered        int    `json:"hammered"`
	TransportRetry  int    `json:"transport_retry"`
}

type summaryKey struct {
	operation  string
	status     int
	connection string
}

func into(counts map[summaryKey]*ReactionSummary, key summaryKey) *ReactionSummary {
	sum := counts[key]
	if sum == nil {
		sum = &ReactionSummary{Operation: key.operation, Status: key.status, Connection: key.connection}
		counts[key] = sum
	}
	return sum
}

func (s *ReactionSummary) add(other *ReactionSummary) {
	s.Faults += other.Faults
	s.Recovered += other.Recovered
	s.GaveUp += other.GaveUp
	s.Retried += other.Retried
	s.Early += other.Early
	s.RepeatedApplied += other.RepeatedApplied
	s.Hammered += other.Hammered
	s.TransportRetry += other.TransportRetry
}

func tallied(counts map[summaryKey]*ReactionSummary, r *Reaction) {
	one := func(yes bool) int {
		if yes {
			return 1
		}
		return 0
	}
	into(counts, summaryKey{r.Operation, r.Status, r.Connection}).add(&ReactionSummary{
		Faults:          1,
		Recovered:       one(r.Outcome == Recovered),
		GaveUp:          one(r.Outcome == GaveUp),
		Retried:         one(r.Retries() > 0),
		Early:           one(r.RetryAfter == RetryEarly),
		RepeatedApplied: one(r.RepeatedApplied),
		Hammered:        one(r.Hammered),
		TransportRetry:  one(r.TransportRetry),
	})
}

// Report judges all that is remembered, as it stands at this wall time.
func (r *Reactions) Report(now time.Time) ReactionReport {
	chains, counts, forgotten := r.copied()
	report := ReactionReport{Reactions: []Reaction{}, Forgotten: forgotten}
	for _, c := range chains {
		for _, reaction := range c.reactions(instant(now)) {
			tallied(counts, &reaction)
			report.Reactions = append(report.Reactions, reaction)
		}
	}
	slices.SortStableFunc(report.Reactions, func(a, b Reaction) int {
		return cmp.Or(cmp.Compare(a.World, b.World), cmp.Compare(a.Requests[0], b.Requests[0]))
	})
	report.summarise(counts)
	return report
}

// MergeReactions puts the reports of several worlds together.
func MergeReactions(reports ...ReactionReport) ReactionReport {
	all := ReactionReport{Reactions: []Reaction{}}
	counts := map[summaryKey]*ReactionSummary{}
	for _, report := range reports {
		all.Reactions = append(all.Reactions, report.Reactions...)
		all.Forgotten += report.Forgotten
		for i := range report.Summary {
			sum := &report.Summary[i]
			into(counts, summaryKey{sum.Operation, sum.Status, sum.Connection}).add(sum)
		}
	}
	all.summarise(counts)
	return all
}

// summarise lists the counts in the order of the operation table.
func (r *ReactionReport) summarise(counts map[summaryKey]*ReactionSummary) {
	r.Summary = make([]ReactionSummary, 0, len(counts))
	for _, sum := range counts {
		r.Summary = append(r.Summary, *sum)
	}
	place := func(id string) int {
		if o, ok := contract.OperationByID(id); ok {
			return o.Index
		}
		return len(contract.Operations())
	}
	slices.SortFunc(r.Summary, func(a, b ReactionSummary) int {
		return cmp.Or(cmp.Compare(place(a.Operation), place(b.Operation)),
			cmp.Compare(a.Status, b.Status), cmp.Compare(a.Connection, b.Connection))
	})
}
