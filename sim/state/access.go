package state

import (
	"slices"

	"example.com/capisim/sim/contract"
)

// Viewer is an identified caller: who it is and what its token allows.
type Viewer struct {
	User   *User // never nil for an identified caller
	scopes scope
}

type scope uint8

const (
	admin scope = 1 << iota
	adminReadOnly
	globalAuditor
	read
	write
)

// scopes are the names of what opens the API, in the order of the bits.
var scopes = []string{ScopeAdmin, ScopeAdminReadOnly, ScopeGlobalAuditor, ScopeRead, ScopeWrite}

func (s scope) names() []string {
	var found []string
	for i, name := range scopes {
		if s&(1<<i) != 0 {
			found = append(found, name)
		}
	}
	return found
}

// NewViewer makes a viewer of a user and the scopes of its token.
func NewViewer(user *User, names []string) Viewer {
	v := Viewer{User: user}
	for _, name := range names {
		if i := slices.Index(scopes, name); i >= 0 {
			v.scopes |= 1 << i
		}
	}
	return v
}

func (v Viewer) has(s scope) bool { return v.scopes&s != 0 }

// Admin says that the token is an administrator's.
func (v Viewer) Admin() bool { return v.has(admin) }

// MayCall checks the scope an operation needs, before anything is looked up
// (§3, step 3): so a read-only administrator gets 403 on a write to a process
// that does not exist.
func (v Viewer) MayCall(access contract.Access) bool {
	return scopeFor(access) == 0 || v.has(scopeFor(access))
}

// scopeFor has the scopes of which an operation needs one; none, if anybody may call it.
func scopeFor(access contract.Access) scope {
	switch access {
	case contract.Read:
		return admin | adminReadOnly | globalAuditor | read
	case contract.Write:
		return admin | write
	}
	return 0
}

// ScopesFor names the scopes of which an operation needs one.
func ScopesFor(access contract.Access) []string { return scopeFor(access).names() }

// Scopes are those of the viewer's token that open the API.
func (v Viewer) Scopes() []string { return v.scopes.names() }

// Unlimited says that the rate limiter lets the viewer pass (§18).
func (v Viewer) Unlimited() bool { return v.has(admin | adminReadOnly) }

// ReadsAll says that the viewer sees every organization and space.
func (v Viewer) ReadsAll() bool { return v.has(admin | adminReadOnly | globalAuditor) }

// canRead says whether the viewer sees what is in a space (§15).
func (v Viewer) canRead(space *Space) bool {
	return v.ReadsAll() || slices.ContainsFunc(v.User.Grants, func(g Grant) bool {
		switch g.Role {
		case SpaceDeveloper, SpaceManager, SpaceAuditor, SpaceSupporter:
			return g.SpaceGUID == space.GUID
		case OrgManager:
			return g.OrganizationGUID == space.OrganizationGUID
		}
		return false
	})
}

// canReadOrganization says whether the viewer sees an organization: every role
// in it or in one of its spaces will do.
func (v Viewer) canReadOrganization(org *Organization, spaces *dated[*Space]) bool {
	return v.ReadsAll() || slices.ContainsFunc(v.User.Grants, func(g Grant) bool {
		if g.OrganizationGUID == org.GUID {
			return true
		}
		space, ok := spaces.find(g.SpaceGUID)
		return ok && space.OrganizationGUID == org.GUID
	})
}

// canReadSecrets says whether a command is shown (§12).
func (v Viewer) canReadSecrets(space *Space) bool {
	return v.has(admin|adminReadOnly) || v.User.holds(SpaceDeveloper, space.GUID)
}

func (v Viewer) canWrite(space *Space) bool {
	return v.Admin() || v.User.holds(SpaceDeveloper, space.GUID) || v.User.holds(SpaceSupporter, space.GUID)
}

func (u *User) manages(org string) bool {
	return slices.ContainsFunc(u.Grants, func(g Grant) bool { return g.Role == OrgManager && g.OrganizationGUID == org })
}

// writable checks the right to change what is in a space: §3, step 6, in its
// order. Administrators skip what comes after the right itself, managers of the
// organization what its spaces say (lib/cloud_controller/permissions.rb,
// writable_space_state).
func (v Viewer) writable(space *Space, org *Organization) error {
	switch {
	case !v.canWrite(space):
		return contract.NotAuthorized
	case v.Admin():
		return nil
	case org.Deleting:
		return contract.ResourceBeingDeleted.With("organization")
	case org.Suspended:
		return contract.OrgSuspended
	case v.User.manages(org.GUID):
		return nil
	case space.Deleting:
		return contract.ResourceBeingDeleted.With("space")
	case space.Suspended:
		return contract.SpaceSuspended
	}
	return nil
}

// renewed is the viewer with the roles that its user has by now: what a user
// may do is decided when it is done, not when the request came. A user that the
// store does not know stays as it is. The caller holds the lock.
func (s *Store) renewed(who Viewer) Viewer {
	if user, ok := s.settings.byName[who.User.Name]; ok {
		who.User = user
	}
	return who
}
