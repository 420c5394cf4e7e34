package contract_test

import (
	"fmt"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/contract"
	. "example.com/capisim/tests/harness"
)

// role is a row of §15 and §12.
type role struct {
	name   string
	grant  map[string]any // in the scenario's form, nil for none
	scopes []string
	sees   bool // lists and single resources
	shown  bool // the command of a single process
	writes bool
}

var (
	ordinary = []string{"cloud_controller.read", "cloud_controller.write"}
	inSpace  = func(role string) map[string]any { return map[string]any{"space": "dev", "role": role} }
	inOrg    = func(role string) map[string]any { return map[string]any{"organization": "demo-org", "role": role} }
	roles    = []role{
		{"admin", nil, []string{"cloud_controller.admin"}, true, true, true},
		{"admin_read_only", nil, []string{"cloud_controller.admin_read_only"}, true, true, false},
		{"global_auditor", nil, []string{"cloud_controller.global_auditor"}, true, false, false},
		{"space_developer", inSpace("space_developer"), ordinary, true, true, true},
		{"space_supporter", inSpace("space_supporter"), ordinary, true, false, true},
		{"space_manager", inSpace("space_manager"), ordinary, true, false, false},
		{"space_auditor", inSpace("space_auditor"), ordinary, true, false, false},
		{"organization_manager", inOrg("organization_manager"), ordinary, true, false, false},
		{"organization_auditor", inOrg("organization_auditor"), ordinary, false, false, false},
		{"organization_billing_manager", inOrg("organization_billing_manager"), ordinary, false, false, false},
		{"organization_user", inOrg("organization_user"), ordinary, false, false, false},
		{"org_manager, written short", inOrg("org_manager"), ordinary, true, false, false},
		{"org_auditor, written short", inOrg("org_auditor"), ordinary, false, false, false},
		{"nobody", nil, ordinary, false, false, false},
	}
)

// withRole makes a world in which one token has that role, and more.
func withRole(r role, more map[string]any) *Client {
	GinkgoHelper()
	user := map[string]any{"name": "caller", "scopes": r.scopes}
	if r.grant != nil {
		user["roles"] = []any{r.grant}
	}
	document := map[string]any{
		"name": "roles", "extends": "default",
		"auth": map[string]any{"users": []any{user}, "tokens": map[string]any{"caller-token": "caller"}},
	}
	for key, value := range more {
		document[key] = value
	}
	world := World(root, "default")
	Expect(world.Do("POST", "/admin/load", map[string]any{"scenario": document})).To(HaveStatus(http.StatusOK))
	return world.As("caller-token")
}

// byRole makes an entry for each role and each operation that a filter keeps.
func byRole(keep func(*contract.Operation) bool) []TableEntry {
	var entries []TableEntry
	for _, r := range roles {
		for _, op := range contract.ProcessOperations() {
			if keep(op) {
				entries = append(entries, Entry(fmt.Sprintf("%s %s", r.name, op.ID), r, op))
			}
		}
	}
	return entries
}

var _ = Describe("§15 roles", func() {
	DescribeTable("decide what is answered", func(r role, op *contract.Operation) {
		x := withRole(r, nil).Send(Valid(op))
		globalReader := r.name == "admin_read_only" || r.name == "global_auditor"
		switch {
		case writes(op) && globalReader, writes(op) && r.sees && !r.writes:
			Expect(x).To(HaveCFError(contract.NotAuthorized))
		case !r.sees && op.ID == "listProcesses":
			Expect(x).To(HaveStatus(http.StatusOK))
			Expect(x.At("resources")).To(BeEmpty())
		case !r.sees:
			Expect(x).To(HaveCFError(notFound(op)))
		default:
			Expect(x).To(HaveStatus(op.Success()))
		}
	}, byRole(all))

	DescribeTable("§12 decide whether the command is shown", func(r role, op *contract.Operation) {
		if !r.sees {
			return
		}
		x := withRole(r, nil).Send(Valid(op))
		want := "bundle exec rackup"
		if !r.shown {
			want = contract.HiddenCommand
		}
		Expect(x.At("command")).To(Equal(want))
	}, byRole(does(contract.GetProcess)))

	DescribeTable("§12 lists hide the command from everyone", func(r role, op *contract.Operation) {
		x := withRole(r, nil).Send(Valid(op))
		if !r.sees {
			return
		}
		for _, resource := range x.At("resources").([]any) {
			Expect(resource).To(HaveKeyWithValue("command", contract.HiddenCommandInList))
		}
	}, byRole(does(contract.ListProcesses)))

	DescribeTable("§10 whoever may change a process sees its command", func(r role, op *contract.Operation) {
		if !r.writes {
			return
		}
		Expect(withRole(r, nil).Send(Valid(op)).At("command")).To(Equal("bundle exec rackup"))
	}, byRole(does(contract.UpdateProcess, contract.ScaleProcess)))

	DescribeTable("§3 without a scope nothing is looked up", func(op *contract.Operation) {
		caller := withRole(role{scopes: []string{"openid"}, grant: inSpace("space_developer")}, nil)
		Expect(caller.Send(Valid(op))).To(HaveCFError(contract.NotAuthorized))
		Expect(caller.Send(elsewhere(op, missing))).To(HaveCFError(contract.NotAuthorized))
	}, operations(all))

	DescribeTable("§3 a read scope does not write", func(op *contract.Operation) {
		caller := withRole(role{scopes: []string{"cloud_controller.read"}, grant: inSpace("space_developer")}, nil)
		if writes(op) {
			Expect(caller.Send(Valid(op))).To(HaveCFError(contract.NotAuthorized))
		} else {
			Expect(caller.Send(Valid(op))).To(HaveStatus(op.Success()))
		}
	}, operations(all))

	states := []struct {
		name   string
		key    string
		mark   string
		refuse *contract.Error
	}{
		{"organization suspended", "organizations", "suspended", contract.OrgSuspended},
		{"space suspended", "spaces", "suspended", contract.SpaceSuspended},
		{"organization deleting", "organizations", "deleting", contract.ResourceBeingDeleted.With("organization")},
		{"space deleting", "spaces", "deleting", contract.ResourceBeingDeleted.With("space")},
	}
	for _, state := range states {
		names := map[string]string{"organizations": "demo-org", "spaces": "dev"}
		more := map[string]any{state.key: []any{map[string]any{"name": names[state.key], state.mark: true}}}
		developer := roles[3]
		DescribeTable("§3 "+state.name+": a developer may read and not write, an admin both", func(op *contract.Operation) {
			if writes(op) {
				Expect(withRole(developer, more).Send(Valid(op))).To(HaveCFError(state.refuse))
			} else {
				Expect(withRole(developer, more).Send(Valid(op))).To(HaveStatus(op.Success()))
			}
			Expect(withRole(roles[0], more).Send(Valid(op))).To(HaveStatus(op.Success()))
		}, operations(all))
	}

	DescribeTable("§3 scaling switched off", func(op *contract.Operation) {
		off := map[string]any{"features": map[string]any{"app_scaling": false}}
		Expect(withRole(roles[3], off).Send(Valid(op))).To(HaveCFError(contract.FeatureDisabled.With("app_scaling")))
		Expect(withRole(roles[0], off).Send(Valid(op))).To(HaveStatus(op.Success()))
		told := map[string]any{"features": map[string]any{"app_scaling": false, "app_scaling_message": "not today"}}
		Expect(withRole(roles[3], told).Send(Valid(op))).To(HaveCFError(contract.FeatureDisabled.With("not today")))
	}, operations(does(contract.ScaleProcess)))
})
