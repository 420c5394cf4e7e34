package admin

import (
	"cmp"
	"fmt"
	"strconv"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
)

// byPrefer says that a request was decided by its own header.
func byPrefer(e *journal.Entry) bool { return e.Injected && e.Rule == "" }

// unasked says why no rule was asked about a request, "" when they were.
func unasked(e *journal.Entry) string {
	switch {
	case byPrefer(e):
		return "the header Prefer decided before any rule"
	case e.Meanwhile:
		return "what a rule does in the name of another client meets no rule"
	}
	return ""
}

// wouldBe tells in a sentence what would become of a request.
func wouldBe(of *client.Explanation) string {
	says := "no rule would decide"
	switch {
	case of.Prefer != nil && of.Prefer.Applied != "":
		return "its header Prefer would decide: " + of.Prefer.Applied
	case of.Decides != "":
		return fmt.Sprintf("rule %q would decide", of.Decides)
	}
	if r := of.Answer.Refused; r != nil {
		return fmt.Sprintf("%s; the contract would refuse it with %d, by its check of the %s: %s", says, of.Answer.Status, r.Check, r.Reason)
	}
	return says + ", and no check would refuse it"
}

// was tells in a sentence what became of a request of the journal.
func (c *call) was(e *journal.Entry, of *client.Explanation) string {
	says := "no rule decided"
	switch {
	case byPrefer(e):
		says = "its header Prefer decided"
		if of.Prefer != nil && of.Prefer.Applied != "" {
			says += ": " + of.Prefer.Applied
		}
	case e.Rule != "":
		verb := "decided"
		if !e.Injected {
			verb = "delayed it, and none decided"
		}
		says = fmt.Sprintf("rule %q %s", e.Rule, verb)
		if _, found := c.snap.Faults.Get(e.Rule); !found {
			says += "; it is no longer set"
		}
	}
	switch r := of.Answer.Refused; {
	case e.Injected || e.Held || e.Status == 0:
	case e.Status >= 400 && r != nil && e.Status == of.Answer.Status:
		says += fmt.Sprintf("; the contract refused it with %d, by its check of the %s: %s", e.Status, r.Check, r.Reason)
	case e.Status >= 400:
		says += fmt.Sprintf("; the contract refused it with %d, and in the world as it is now would answer %d", e.Status, of.Answer.Status)
	default:
		says += ", and no check refused it"
	}
	return says
}

// explainRule tells why a rule has not fired: how it stands, and what of it the
// last requests did not meet.
func (c *call) explainRule() (reply, error) {
	id := c.params["id"]
	status, found := c.snap.Faults.Get(id)
	inquiry, still := c.snap.Faults.Inquire(c.now, id)
	if !found || !still {
		return reply{}, c.noRule(id)
	}
	out := client.RuleExplanation{Rule: status.ID, Stands: inquiry.Standing, Criteria: inquiry.Criteria, Passed: []client.PassedRequest{}}
	if c.explain != nil {
		for _, e := range c.world.Evidence().Entries(journal.Filter{}, 1, lookedAt).Entries {
			c.hold(inquiry, &e, &out)
		}
	}
	out.Says = whyNot(&out, status)
	return ok(out), nil
}

// hold holds a request of the journal against a rule.
func (c *call) hold(inquiry *fault.Inquiry, e *journal.Entry, out *client.RuleExplanation) {
	out.Looked++
	asked, found := c.world.Journal.Again(e.ID)
	if !found {
		return
	}
	trial := c.explain(c.world, asked.WithContext(c.request.Context()))
	if trial.Subject == nil {
		return
	}
	against := inquiry.Hold(trial.Subject)
	switch {
	case e.Rule == out.Rule:
		out.Met++
		out.Fired++
	case len(against) == 0:
		out.Met++
		for _, then := range c.snap.Faults.Recall(trial.Subject, e.Rule, fault.Course(e.Course), unasked(e)) {
			if then.RuleID == out.Rule {
				out.Passed = append(out.Passed, client.PassedRequest{Request: e.ID, Pointer: then.Pointer, Reason: then.Reason})
			}
		}
	case out.Nearest == nil || len(against) < len(out.Nearest.Against):
		out.Nearest = &client.NearRequest{Request: e.ID, Against: against}
	}
}

// whyNot tells in a sentence why a rule does not fire, or that it does.
func whyNot(of *client.RuleExplanation, status fault.Status) string {
	if of.Met > 0 {
		of.Nearest = nil
	}
	fired := "it has not fired"
	if status.Injected > 0 {
		fired = "it has fired " + times(status.Injected)
	}
	switch {
	case !of.Stands.Fires:
		return fmt.Sprintf("%s, and would not fire now: %s", fired, of.Stands.Reason)
	case of.Fired > 0:
		return fmt.Sprintf("%s; of the last %s it decided %d", fired, requests(of.Looked), of.Fired)
	case len(of.Passed) > 0:
		return fmt.Sprintf("%s; of the last %s %d met it; request %d: %s", fired, requests(of.Looked), of.Met, of.Passed[0].Request, of.Passed[0].Reason)
	case of.Looked == 0:
		return fired + "; no request has come since the journal began"
	case of.Nearest == nil:
		return fmt.Sprintf("%s; of the last %s none met an operation", fired, requests(of.Looked))
	}
	return fmt.Sprintf("%s; of the last %s none met it; the nearest is request %d: %s", fired, requests(of.Looked), of.Nearest.Request, of.Nearest.Against[0].Reason)
}

func requests(n int) string {
	if n == 1 {
		return "request"
	}
	return strconv.Itoa(n) + " requests"
}

func times(n int) string {
	return cmp.Or(map[int]string{1: "once", 2: "twice"}[n], strconv.Itoa(n)+" times")
}
