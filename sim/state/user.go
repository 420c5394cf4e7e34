package state

import "slices"

// Scopes that open the API (§3, step 3, and §15).
const (
	ScopeAdmin         = "cloud_controller.admin"
	ScopeAdminReadOnly = "cloud_controller.admin_read_only"
	ScopeGlobalAuditor = "cloud_controller.global_auditor"
	ScopeRead          = "cloud_controller.read"
	ScopeWrite         = "cloud_controller.write"
)

// Role is a role name of the real server, such as space_developer.
type Role string

// The roles of §15.
const (
	SpaceDeveloper    Role = "space_developer"
	SpaceManager      Role = "space_manager"
	SpaceAuditor      Role = "space_auditor"
	SpaceSupporter    Role = "space_supporter"
	OrgManager        Role = "organization_manager"
	OrgAuditor        Role = "organization_auditor"
	OrgBillingManager Role = "organization_billing_manager"
	OrgUser           Role = "organization_user"
)

// Grant gives a role in a space or in an organization.
type Grant struct {
	Role             Role
	SpaceGUID        string // for space roles
	OrganizationGUID string // for organization roles
}

// User may log in and hold roles.
type User struct {
	Name, GUID, Password string
	Origin               string
	Scopes               []string
	Grants               []Grant
	Client               bool // a client of UAA, not a person
}

func (u *User) holds(role Role, space string) bool {
	return slices.ContainsFunc(u.Grants, func(g Grant) bool { return g.Role == role && g.SpaceGUID == space })
}

// User finds a user by name.
func (s *Store) User(name string) (*User, bool) {
	u, ok := s.current().byName[name]
	return u, ok
}

// HasUser says whether there is a user of that name.
func (s *Store) HasUser(name string) bool {
	_, ok := s.User(name)
	return ok
}

// Users lists all users and clients, in the order of the scenario.
func (s *Store) Users() []User { return s.current().Users }

// TokenUser finds the user of a static token.
func (s *Store) TokenUser(token string) (*User, bool) {
	c := s.current()
	name, ok := c.Tokens[token]
	if !ok {
		return nil, false
	}
	u, ok := c.byName[name]
	return u, ok
}
