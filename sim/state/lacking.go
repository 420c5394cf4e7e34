package state

import (
	"fmt"
	"strings"
)

// Lacks tells in words which roles in a space would do, and which ones the
// viewer has there.
func (v Viewer) Lacks(space *Space, roles ...Role) string {
	needed := make([]string, len(roles))
	for i, role := range roles {
		needed[i] = string(role)
	}
	return fmt.Sprintf("%s in space %s is needed; user %s has %s", strings.Join(needed, " or "), space.Name, v.User.Name, v.User.rolesIn(space))
}

// Hidden tells in words why the viewer sees nothing of what is in a space.
func (v Viewer) Hidden(space *Space) string {
	return v.Lacks(space, SpaceDeveloper, SpaceManager, SpaceAuditor, SpaceSupporter) + "; organization_manager of its organization would do too"
}

func (u *User) rolesIn(space *Space) string {
	var found []string
	for _, g := range u.Grants {
		switch {
		case g.SpaceGUID == space.GUID:
			found = append(found, string(g.Role)+" there")
		case g.SpaceGUID == "" && g.OrganizationGUID == space.OrganizationGUID:
			found = append(found, string(g.Role)+" in its organization")
		}
	}
	if len(found) == 0 {
		return "no role there"
	}
	return strings.Join(found, ", ")
}
