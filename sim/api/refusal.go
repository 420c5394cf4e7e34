package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/state"
)

// refused notes of a request that is only explained which check refused it, and
// why. Without a check it was the action's own.
func (c *call) refused(check contract.Check, err error) {
	if c.tried == nil {
		return
	}
	reason := ""
	if check == "" {
		check, reason = c.judgedBy(err)
	} else {
		reason = c.before(check)
	}
	if reason == "" {
		reason = "the answer says it"
		var known *contract.Error
		if errors.As(err, &known) && known.Detail != "" {
			reason = known.Detail
		}
	}
	c.tried.Refused = &contract.Refusal{Check: check, Reason: reason}
}

// before tells why a check refused that comes before anything is looked up; ""
// where its error says all.
func (c *call) before(check contract.Check) string {
	switch check {
	case contract.QueryCheck:
		return fmt.Sprintf("the query has %d bytes, expected at most %d", len(c.req.URL.RawQuery), maxQuery)
	case contract.PlatformCheck:
		return "a part of the platform is broken: " + c.snap.State.Platform().String()
	case contract.TokenCheck:
		return c.badToken()
	case contract.ScopeCheck:
		needed := state.ScopesFor(c.op.Access)
		has := strings.Join(c.who.Scopes(), ", ")
		if has == "" {
			has = "none of them"
		}
		return fmt.Sprintf("%s needs the scope %s; the token of user %s has %s", c.req.Method, strings.Join(needed, " or "), c.who.User.Name, has)
	}
	return ""
}

// badToken tells what is wrong with the token of the request.
func (c *call) badToken() string {
	values := c.req.Header["Authorization"]
	token, err := bearer(values)
	switch {
	case len(values) == 0:
		return "the header Authorization is left out, expected bearer and a token"
	case errors.Is(err, contract.NotAuthenticated):
		return "the header Authorization does not begin with bearer"
	case strings.Contains(values[0], journal.Masked):
		return "the token was copied from evidence, where it is masked"
	case err != nil:
		return "what follows bearer cannot be a token"
	}
	if _, ours, err := issuer.verify(token, c.wall); ours && err != nil {
		return "the token was issued by capisim and is no longer good: " + err.Error()
	} else if ours {
		return "the login of the token has ended, is of another world, or its user is gone"
	}
	return "the token is not one of the scenario's, and auth is strict"
}

// judgedBy tells which check of the action refused (§3, steps 5 to 11).
func (c *call) judgedBy(err error) (contract.Check, string) {
	var known *contract.Error
	if !errors.As(err, &known) {
		return contract.ModelCheck, ""
	}
	view := c.snap.State.Peek(c.resolve())
	switch {
	case known.Status == http.StatusNotFound:
		return contract.LookupCheck, c.notThere(view)
	case errors.Is(err, contract.NotAuthorized):
		return contract.RoleCheck, c.lacking(view)
	case errors.Is(err, contract.OrgSuspended), errors.Is(err, contract.SpaceSuspended), errors.Is(err, contract.ResourceBeingDeleted):
		if view.Space != nil {
			return contract.StateCheck, fmt.Sprintf("space %s of organization %s: %s; administrators may all the same", view.Space.Name, view.Organization.Name, known.Detail)
		}
		return contract.StateCheck, ""
	case errors.Is(err, contract.FeatureDisabled):
		return contract.StateCheck, "the feature flag app_scaling is off; administrators may all the same"
	case known.Detail == contract.UpdateWhileDeploying.Detail, known.Detail == contract.ScaleWhileDeploying.Detail:
		return contract.StateCheck, fmt.Sprintf("app %s has a deployment in flight, which closes its web process", view.App.Name)
	case known.Status >= http.StatusInternalServerError:
		return contract.PlatformCheck, ""
	case known.Status == http.StatusBadRequest || c.invalid():
		return contract.MessageCheck, ""
	}
	return contract.ModelCheck, ""
}

// invalid says that the body of a change of a process is wrong by itself.
func (c *call) invalid() bool {
	var err error
	switch c.op.Action {
	case contract.UpdateProcess:
		_, err = contract.CheckUpdate(c.body, c.snap.Variant)
	case contract.ScaleProcess:
		_, err = contract.CheckScale(c.body)
	}
	return err != nil
}

// notThere tells what of the path is not there, or hidden from the caller; ""
// where a path names something else than a process or an app.
func (c *call) notThere(view state.View) string {
	ref := c.resolve()
	switch {
	case c.who.User != nil && view.Space != nil && !c.sees(view):
		return "it is there, and hidden: " + c.who.Hidden(view.Space)
	case ref.GUID != "" && view.Process == nil:
		return fmt.Sprintf("there is no process with the guid %s", document.Quote(ref.GUID))
	case ref.AppGUID != "" && view.App == nil:
		return fmt.Sprintf("there is no app with the guid %s", document.Quote(ref.AppGUID))
	case ref.Type != "" && view.Process == nil:
		return fmt.Sprintf("app %s has no process of the type %s", view.App.Name, document.Quote(ref.Type))
	case c.index != "" && view.Process != nil:
		return fmt.Sprintf("the index is %s, expected less than %d, the instances of the process", document.Quote(c.index), view.Process.Instances)
	}
	return ""
}

func (c *call) sees(view state.View) bool {
	_, err := c.snap.State.VisibleApp(c.who, view.App.GUID)
	return err == nil
}

// lacking tells which role the caller does not have.
func (c *call) lacking(view state.View) string {
	switch {
	case view.Space == nil:
		return ""
	case c.op.Access == contract.Read || c.op.Action == contract.UpdateApp:
		return c.who.Lacks(view.Space, state.SpaceDeveloper)
	}
	return c.who.Lacks(view.Space, state.SpaceDeveloper, state.SpaceSupporter)
}
