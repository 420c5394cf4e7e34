package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/state"
)

// policiesJSON is a list of policies as the two versions of the policy server's
// API write it: the older one knows single ports alone.
type policiesJSON[P any] struct {
	Total    int `json:"total_policies"`
	Policies []P `json:"policies"`
}

type policyV0JSON struct {
	Source      state.PolicySource `json:"source"`
	Destination targetV0JSON       `json:"destination"`
}

type targetV0JSON struct {
	ID       string `json:"id"`
	Protocol string `json:"protocol"`
	Port     int    `json:"port"`
}

// policyWords turn a refusal into the words of each version of the policy server,
// which tells the names of its types (api/api.go, api/api_v0/validator.go).
var policyWords = map[string]*strings.Replacer{
	"v0": strings.NewReplacer("policiesJSON[example.com/capisim/sim/api.policyV0JSON]", "Policies", "policyV0JSON", "Policy",
		"PolicySource", "Source", "targetV0JSON", "Destination", "api.", "api_v0.", "state.", "api_v0.", "start port", "port", "end port", "port"),
	"v1": strings.NewReplacer("policiesJSON[example.com/capisim/sim/state.NetworkPolicy]", "PoliciesPayload", "NetworkPolicy", "Policy",
		"PolicySource", "Source", "PolicyDestination", "Destination", "PolicyPorts", "Ports", "state.", "api."),
}

// getPolicyServer says how long the policy server has been up: since the world's
// first organization was made.
func getPolicyServer(c *call) (reply, error) {
	return reply{status: http.StatusOK, body: fmt.Appendf(nil, "Network policy server, up for %v\n", c.now.Sub(c.founded()))}, nil
}

// policyCaller says what the policy server has against the version or the caller,
// who needs no scope: space developers manage the policies of their apps, as
// cf-deployment has it.
func (c *call) policyCaller() error {
	switch {
	case c.guid != "v0" && c.guid != "v1":
		return contract.PolicyVersion.Text("api version '" + c.guid + "' not supported")
	case len(c.req.Header["Authorization"]) == 0:
		return contract.PolicyTokenMissing
	case c.whoErr != nil || c.snap.State.Platform().UAA != "":
		return contract.PolicyTokenInvalid
	}
	return nil
}

// listPolicies shows policies: those of the apps that the query names, at either
// end, at the one, or from the one to the other.
func listPolicies(c *call) (reply, error) {
	if err := c.policyCaller(); err != nil {
		return reply{}, err
	}
	query := c.req.URL.Query()
	asked := func(key string) map[string]bool {
		values, given := query[key]
		if !given {
			return nil
		}
		ids := map[string]bool{}
		for id := range strings.SplitSeq(values[0], ",") {
			ids[id] = true
		}
		return ids
	}
	ids, sources, destinations := asked("id"), asked("source_id"), asked("dest_id")
	both := ids == nil && sources != nil && destinations != nil
	if ids != nil {
		sources, destinations = ids, ids
	}
	found := slices.DeleteFunc(c.snap.State.NetworkPolicies(c.who), func(p state.NetworkPolicy) bool {
		from, to := sources[p.Source.ID], destinations[p.Destination.ID]
		named := sources != nil || destinations != nil
		return named && !(from && to || !both && (from || to))
	})
	if c.guid == "v1" {
		return policyReply(found)
	}
	var old []policyV0JSON
	for _, p := range found {
		if p.Destination.Ports.Start == p.Destination.Ports.End {
			old = append(old, policyV0JSON{p.Source, targetV0JSON{p.Destination.ID, p.Destination.Protocol, p.Destination.Ports.Start}})
		}
	}
	return policyReply(old)
}

func policyReply[P any](policies []P) (reply, error) {
	body, err := json.Marshal(policiesJSON[P]{len(policies), append([]P{}, policies...)})
	return reply{status: http.StatusOK, body: body}, err
}

func createPolicies(c *call) (reply, error) { return c.changePolicies(false) }

func deletePolicies(c *call) (reply, error) { return c.changePolicies(true) }

func (c *call) changePolicies(remove bool) (reply, error) {
	err := c.policyCaller()
	var policies []state.NetworkPolicy
	if err == nil {
		policies, err = c.sentPolicies()
	}
	if err == nil {
		err = c.snap.State.ChangeNetworkPolicies(c.who, policies, remove)
	}
	c.changed = err == nil
	return reply{status: http.StatusOK, body: []byte("{}")}, err
}

// sentPolicies reads the body, whatever it is said to be.
func (c *call) sentPolicies() ([]state.NetworkPolicy, error) {
	invalid := func(step string, err error) error {
		return contract.PolicyInvalid.Text("mapper: " + step + ": " + policyWords[c.guid].Replace(err.Error()))
	}
	var sent policiesJSON[state.NetworkPolicy]
	var old policiesJSON[policyV0JSON]
	var into any = &sent
	if c.guid == "v0" {
		into = &old
	}
	raw := c.bytes()
	if c.tooBig {
		return nil, contract.RequestTooLarge
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return nil, invalid("unmarshal json", err)
	}
	for _, p := range old.Policies {
		ports := state.PolicyPorts{Start: p.Destination.Port, End: p.Destination.Port}
		to := state.PolicyDestination{ID: p.Destination.ID, Protocol: p.Destination.Protocol, Ports: ports}
		sent.Policies = append(sent.Policies, state.NetworkPolicy{Source: p.Source, Destination: to})
	}
	if len(sent.Policies) == 0 {
		return nil, contract.PolicyInvalid
	}
	for _, p := range sent.Policies {
		if err := p.Check(); err != nil {
			return nil, invalid("validate policies", err)
		}
	}
	return sent.Policies, nil
}
