package contract

import "net/http"

// The actions of the supporting operations: what clients ask for on their way
// to a process (CLIENTS.md §1).
const (
	GetRoot Action = 100 + iota
	GetV3Root
	GetInfo
	GetV2Info
	GetLogin
	CreateToken
	ListTokenKeys
	GetOpenIDConfiguration
	ListOrganizations
	GetOrganization
	ListSpaces
	GetSpace
	ListApps
	GetApp
	UpdateApp
	StartApp
	StopApp
	RestartApp
	GetCurrentDroplet
	ListSidecars
	ListPackages
	ListDeployments
	ListAuditEvents
	GetAuditEvent
	GetDroplet
	ListDroplets
	GetRevision
	GetRegistryCredential
	ListRevisions
	ListDeployedRevisions
	GetDeployment
	CreateDeployment
	UpdateDeployment
	CancelDeployment
	ContinueDeployment
)

// uaaError is a refusal of UAA: what its two fields error and error_description
// say. It is not an entry of the cloud controller's catalogue and has no code.
func uaaError(status int, name, description string) *Error {
	return &Error{Name: name, Status: status, Title: name, Detail: description}
}

// What UAA refuses, in its own words (CLIENTS.md §2). Text makes a copy with
// another description.
var (
	UAABadCredentials = uaaError(http.StatusUnauthorized, "unauthorized", "Bad credentials")
	UAAInvalidClient  = uaaError(http.StatusUnauthorized, "invalid_client", "Bad credentials")
	UAAInvalidToken   = uaaError(http.StatusUnauthorized, "invalid_token", "The token expired, was revoked, or the token ID is incorrect")
	UAAInvalidRequest = uaaError(http.StatusBadRequest, "invalid_request", "Missing grant type")
	UAAUnknownGrant   = uaaError(http.StatusBadRequest, "unsupported_grant_type", "Unsupported grant type")
	UAAInvalidScope   = uaaError(http.StatusBadRequest, "invalid_scope", "The requested scopes are invalid")
	UAATooMany        = uaaError(http.StatusTooManyRequests, "rate_limit_exceeded", "Too many requests")
	UAABroken         = uaaError(http.StatusInternalServerError, "server_error", "Internal Server Error")
	UAADown           = uaaError(http.StatusServiceUnavailable, "temporarily_unavailable", "The UAA service is currently unavailable")
	UAAUnreachable    = uaaError(http.StatusBadGateway, "bad_gateway", "The UAA service cannot be reached")
)

// Default details of injected answers of supporting operations.
var (
	nameTooLong  = UnprocessableEntity.With(appNameTooLong)
	overQuota    = UnprocessableEntity.With(QuotaOrgMemory)
	badAppUpdate = []*Error{nameTooLong, orgDeleting, noLabels, noNotes, UniquenessError}
	badAppState  = []*Error{overQuota, orgDeleting}
	noRunner     = []*Error{ServiceUnavailable, RunnerUnavailable.With("Unable to communicate with Diego")}
	noOrg        = []*Error{OrganizationNotFound, NotFound}
	noSpace      = []*Error{SpaceNotFound, NotFound}
	noDroplet    = []*Error{DropletNotFound, AppNotFound, NotFound}
	noEndpoint   = []*Error{NotFound}
	noDeployment = []*Error{DeploymentNotFound, NotFound}

	badDeployment       = []*Error{AppUnusable, overQuota, orgDeleting}
	badDeploymentAction = []*Error{DeploymentRefused("change", "FINALIZED", "DEPLOYED"), orgDeleting}
)

// supporting are the rows of what clients need beside the processes, and no
// more (CLIENTS.md §1). Clients log in through them during an outage, so that
// only a rule that names them, or "*", touches them (DESIGN.md §2).
func supporting() []*Operation {
	return []*Operation{
		aside("getRoot", "GET", "/", GetRoot, Anonymous, "root", noEndpoint),
		aside("getV3Root", "GET", "/v3", GetV3Root, Anonymous, "v3-root", noEndpoint),
		aside("getInfo", "GET", "/v3/info", GetInfo, Anonymous, "info", noEndpoint),
		aside("getV2Info", "GET", "/v2/info", GetV2Info, Anonymous, "v2-info", noEndpoint),

		uaa("getLogin", "GET", "/login", GetLogin, "", "login"),
		uaa("createToken", "POST", "/oauth/token", CreateToken, "token-request", "token"),
		uaa("listTokenKeys", "GET", "/token_keys", ListTokenKeys, "", "token-keys"),
		uaa("getOpenIDConfiguration", "GET", "/.well-known/openid-configuration", GetOpenIDConfiguration, "", "openid-configuration"),

		by(OrganizationList, aside("listOrganizations", "GET", "/v3/organizations", ListOrganizations, Read, "organization-list", noEndpoint)),
		aside("getOrganization", "GET", "/v3/organizations/{guid}", GetOrganization, Read, "organization", noOrg),
		by(SpaceList, aside("listSpaces", "GET", "/v3/spaces", ListSpaces, Read, "space-list", noEndpoint)),
		by(SpaceList, aside("getSpace", "GET", "/v3/spaces/{guid}", GetSpace, Read, "space", noSpace)),
		by(AppList, aside("listApps", "GET", "/v3/apps", ListApps, Read, "app-list", noEndpoint)),
		by(AppList, ofApp(aside("getApp", "GET", "/v3/apps/{guid}", GetApp, Read, "app", noApp))),
		changing(ofApp(aside("updateApp", "PATCH", "/v3/apps/{guid}", UpdateApp, Write, "app", noApp)), "app-update", badAppUpdate),
		changing(ofApp(aside("startApp", "POST", "/v3/apps/{guid}/actions/start", StartApp, Write, "app", noApp)), "", badAppState),
		changing(ofApp(aside("stopApp", "POST", "/v3/apps/{guid}/actions/stop", StopApp, Write, "app", noApp)), "", badAppState),
		changing(ofApp(aside("restartApp", "POST", "/v3/apps/{guid}/actions/restart", RestartApp, Write, "app", noApp)), "", badAppState),
		ofApp(aside("getCurrentDroplet", "GET", "/v3/apps/{guid}/droplets/current", GetCurrentDroplet, Read, "droplet", noDroplet)),
		by(DropletList, ofApp(aside("listAppDroplets", "GET", "/v3/apps/{guid}/droplets", ListDroplets, Read, "droplet-list", noApp))),
		by(DropletList, aside("listDroplets", "GET", "/v3/droplets", ListDroplets, Read, "droplet-list", noEndpoint)),
		aside("getDroplet", "GET", "/v3/droplets/{guid}", GetDroplet, Read, "droplet", []*Error{DropletNotFound, NotFound}),
		by(RevisionList, ofApp(aside("listAppRevisions", "GET", "/v3/apps/{guid}/revisions", ListRevisions, Read, "revision-list", noApp))),
		by(DeployedRevisionList, ofApp(aside("listDeployedRevisions", "GET", "/v3/apps/{guid}/revisions/deployed", ListDeployedRevisions, Read, "revision-list", noApp))),
		aside("getRevision", "GET", "/v3/revisions/{guid}", GetRevision, Read, "revision", []*Error{RevisionNotFound, NotFound}),
		unknownTo(OpenSource, aside("getRegistryCredential", "GET", "/v3/registry_credentials/{guid}", GetRegistryCredential, Read, "registry-credential",
			[]*Error{RegistryCredentialNotFound, NotFound})),
		by(SidecarList, aside("listProcessSidecars", "GET", "/v3/processes/{guid}/sidecars", ListSidecars, Read, "sidecar-list", noProcess)),
		by(PackageList, aside("listPackages", "GET", "/v3/packages", ListPackages, Read, "empty-list", noEndpoint)),
		by(DeploymentList, aside("listDeployments", "GET", "/v3/deployments", ListDeployments, Read, "deployment-list", noEndpoint)),
		aside("getDeployment", "GET", "/v3/deployments/{guid}", GetDeployment, Read, "deployment", noDeployment),
		changing(answering(http.StatusCreated, aside("createDeployment", "POST", "/v3/deployments", CreateDeployment, Write, "deployment", noEndpoint)), "deployment-create", badDeployment),
		changing(aside("updateDeployment", "PATCH", "/v3/deployments/{guid}", UpdateDeployment, Write, "deployment", noDeployment), "deployment-update", []*Error{orgDeleting, noLabels, noNotes}),
		changing(aside("cancelDeployment", "POST", "/v3/deployments/{guid}/actions/cancel", CancelDeployment, Write, "", noDeployment), "", badDeploymentAction),
		changing(aside("continueDeployment", "POST", "/v3/deployments/{guid}/actions/continue", ContinueDeployment, Write, "", noDeployment), "", badDeploymentAction),
		by(AuditEventList, aside("listAuditEvents", "GET", "/v3/audit_events", ListAuditEvents, Read, "audit-event-list", noEndpoint)),
		aside("getAuditEvent", "GET", "/v3/audit_events/{guid}", GetAuditEvent, Read, "audit-event", []*Error{EventNotFound, NotFound}),
	}
}

// aside makes the row of a supporting operation of the cloud controller. Its
// statuses are what any endpoint of the real server can answer; none of them is
// a coverage cell.
func aside(id, method, path string, action Action, access Access, response string, missing []*Error) *Operation {
	return &Operation{ID: id, Method: method, Path: path, Action: action, Access: access, Response: response, Supporting: true,
		Statuses: []Status{known(http.StatusOK, nil), known(400, badQuery), known(401, unauthenticated), known(403, mayNotRead), known(404, missing),
			known(422, badList), known(429, tooMany), known(500, broken), known(502, uaaDown), known(503, databaseDown)}}
}

// answering gives a row another status for what went well.
func answering(code int, o *Operation) *Operation {
	o.Statuses[0].Code = code
	return o
}

// by gives a row the list whose query it reads.
func by(list *ResourceList, o *Operation) *Operation {
	o.List = list
	return o
}

// unknownTo marks a row that an edition does not have.
func unknownTo(edition Variant, o *Operation) *Operation {
	o.Unknown = edition
	return o
}

// ofApp marks a row whose {guid} is an app's.
func ofApp(o *Operation) *Operation {
	o.Nested = true
	return o
}

// changing gives the row of a write its body and the errors that reads do not
// have.
func changing(o *Operation, request string, invalid []*Error) *Operation {
	o.Request = request
	for i := range o.Statuses {
		switch s := &o.Statuses[i]; s.Code {
		case 400:
			s.Errors = badBody
		case 403:
			s.Errors = mayNotWrite
		case 422:
			s.Errors = invalid
		case 503:
			s.Errors = noRunner
		}
	}
	return o
}

// uaa makes the row of an operation of UAA, which speaks its own form of error.
func uaa(id, method, path string, action Action, request, response string) *Operation {
	return &Operation{ID: id, Method: method, Path: path, Action: action, Access: Anonymous, Request: request, Response: response, Supporting: true, UAA: true,
		Statuses: []Status{known(http.StatusOK, nil),
			known(400, []*Error{UAAInvalidRequest, UAAUnknownGrant, UAAInvalidScope}),
			known(401, []*Error{UAABadCredentials, UAAInvalidClient, UAAInvalidToken}),
			known(429, []*Error{UAATooMany}), known(500, []*Error{UAABroken}),
			known(502, []*Error{UAAUnreachable}), known(503, []*Error{UAADown})}}
}
