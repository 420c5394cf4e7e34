package api

import (
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// trait is what makes a collection differ from others; the zero one does not.
type trait struct {
	// derive makes what follows from the state, or what a foundation has of which a
	// scenario says nothing.
	derive func(c *call, given []document.Value) []maker
	// passing is what depends on the caller, or changes.
	passing bool
	// named says that its items have a name in place of a guid, and no times.
	named bool
	// relate gives an item the relationships that were left out, complete what else
	// is.
	relate   func(c *call, given document.Value) document.Value
	complete func(*call, item) document.Value
	// audience are those who may see an item; nil: who sees where it is.
	audience func(*call, item) state.Audience
	// texts are what filters compare that no member of an item has.
	texts texts
	// through are the filters that ask for other things by which items are found.
	through through
}

type (
	texts   map[string]func(*call, item) []string
	through map[string]func(*call, contract.Filter) state.Having
)

// everywhere stands for the guids of all spaces.
const everywhere = "*"

var traits map[string]trait

func init() {
	nobody := func(*call, item) state.Audience { return state.Audience{} }
	everybody := func(*call, item) state.Audience { return state.Audience{Everybody: true} }
	traits = map[string]trait{
		"app_usage_events":     {audience: nobody},
		"service_usage_events": {audience: nobody},
		"domains":              {derive: oneUnlessGiven("domains")},
		"stacks":               {derive: oneUnlessGiven("stacks")},
		"feature_flags":        {derive: featureFlags, passing: true, named: true, audience: everybody},
		"isolation_segments": {derive: segmentsBeside, audience: ofEntitled,
			through: through{"organization_guids": segmentsOf}},
		// The real server shows all, with the organizations that the caller sees.
		"organization_quotas": {derive: organizationQuotas, passing: true, audience: everybody},
		"space_quotas":        {derive: spaceQuotas, passing: true},
		"roles":               {derive: roles},
		"routes": {relate: relateRoute, complete: (*call).route, audience: ofRoute,
			through: through{"service_instance_guids": routesBoundTo}},
		"security_groups": {audience: ofGroup, texts: texts{
			"running_security_groups of space": inForce("running"), "staging_security_groups of space": inForce("staging")}},
		"service_brokers":   {audience: ofBroker},
		"service_offerings": {texts: texts{"available": offered}},
		"service_plans": {texts: texts{"available": offered},
			through: through{"service_instance_guids": plansOf}},
		"users": {derive: users, audience: ofMember, texts: texts{
			"users of space": spacesOfUser, "users of organization": organizationsOfUser}},
	}
}
