package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"

	"example.com/capisim/sim/contract"
)

// brokerVersion is the release of the broker API that is played.
const brokerVersion = "2.15"

// apiLinkJSON is the link of the root document that tells the version.
type apiLinkJSON struct {
	Href string      `json:"href"`
	Meta versionJSON `json:"meta"`
}

type versionJSON struct {
	Version string `json:"version"`
}

// linkJSON is a link of the root document.
type linkJSON struct {
	Href string `json:"href"`
}

// rootJSON is the answer of GET / (CONTRACT.md §19): where everything is. What
// a bare foundation does not have is null, not absent.
type rootJSON struct {
	Self            linkJSON    `json:"self"`
	V3              apiLinkJSON `json:"cloud_controller_v3"`
	NetworkPolicyV0 linkJSON    `json:"network_policy_v0"`
	NetworkPolicyV1 linkJSON    `json:"network_policy_v1"`
	Login           linkJSON    `json:"login"`
	UAA             linkJSON    `json:"uaa"`
	CredHub         *linkJSON   `json:"credhub"`
	Routing         *linkJSON   `json:"routing"`
	Logging         *linkJSON   `json:"logging"`
	LogCache        *linkJSON   `json:"log_cache"`
	LogStream       *linkJSON   `json:"log_stream"`
	AppSSH          appSSHJSON  `json:"app_ssh"`
}

// appSSHJSON is an object even where there is no SSH.
type appSSHJSON struct {
	Href *string `json:"href"`
	Meta struct {
		Fingerprint *string `json:"host_key_fingerprint"`
		Client      *string `json:"oauth_client"`
	} `json:"meta"`
}

func getRoot(c *call) (reply, error) {
	at := func(path string) linkJSON { return linkJSON{Href: c.base() + path} }
	return jsonReply(http.StatusOK, map[string]rootJSON{"links": {
		Self: at(""), V3: apiLinkJSON{c.base() + "/v3", versionJSON{contract.APIVersion}},
		NetworkPolicyV0: at("/networking/v0/external"), NetworkPolicyV1: at("/networking/v1/external"),
		Login: at(""), UAA: at(""),
	}})
}

// v3Collections are the links of GET /v3 in the real server's order, those that
// capisim does not play included: the document describes the API, not what a
// client will be answered there.
var v3Collections = []string{
	"app_usage_events", "apps", "audit_events", "buildpacks", "builds", "deployments", "domains", "droplets", "environment_variable_groups",
	"feature_flags", "info", "isolation_segments", "organizations", "organization_quotas", "packages", "processes", "resource_matches", "roles",
	"routes", "security_groups", "service_brokers", "service_instances", "service_credential_bindings", "service_offerings", "service_plans",
	"service_route_bindings", "service_usage_events", "spaces", "space_quotas", "stacks", "tasks", "users",
}

func getV3Root(c *call) (reply, error) {
	var b bytes.Buffer
	base := c.base() + "/v3"
	b.Write(appendString([]byte(`{"links":{"self":{"href":`), base))
	for _, name := range v3Collections {
		b.Write(appendString([]byte(`},"`+name+`":{"href":`), base+"/"+name))
	}
	b.WriteString("}}}")
	return reply{status: http.StatusOK, body: b.Bytes()}, nil
}

// infoJSON is the answer of GET /v3/info (CONTRACT.md §19).
type infoJSON struct {
	Build       string          `json:"build"`
	CLIVersion  cliVersionJSON  `json:"cli_version"`
	Custom      struct{}        `json:"custom"`
	Description string          `json:"description"`
	Name        string          `json:"name"`
	Version     int             `json:"version"`
	OSBAPI      string          `json:"osbapi_version"`
	RateLimits  rateLimitsJSON  `json:"rate_limits"`
	Links       json.RawMessage `json:"links"`
}

type cliVersionJSON struct {
	Minimum     string `json:"minimum"`
	Recommended string `json:"recommended"`
}

type rateLimitsJSON struct {
	Enabled bool `json:"enabled"`
	Limit   int  `json:"general_limit"`
	Minutes int  `json:"reset_interval_in_minutes"`
}

// What the real server is configured with while its limiter is off (§18).
const (
	usualLimit  = 2000
	usualWindow = 60 // minutes
)

// What the world is called.
const (
	infoName        = "capisim"
	infoDescription = "A simulated Cloud Foundry API"
)

func getInfo(c *call) (reply, error) {
	limits := rateLimitsJSON{Limit: usualLimit, Minutes: usualWindow}
	if limit := c.snap.Scenario.RateLimit; limit != nil {
		limits = rateLimitsJSON{true, limit.Limit, int(limit.Window / time.Minute)}
	}
	links := appendString([]byte(`{"self":{"href":`), c.base()+"/v3/info")
	return jsonReply(http.StatusOK, infoJSON{
		Name: infoName, Description: infoDescription, OSBAPI: brokerVersion, RateLimits: limits,
		Links: append(links, `},"support":{"href":""}}`...),
	})
}

// v2InfoJSON is the answer of GET /v2/info, by which cf-java-client and Stratos
// find UAA (CLIENTS.md §6). It says that version 2 of the API is off.
type v2InfoJSON struct {
	Name                   string  `json:"name"`
	Build                  string  `json:"build"`
	Support                string  `json:"support"`
	Version                int     `json:"version"`
	Description            string  `json:"description"`
	AuthorizationEndpoint  string  `json:"authorization_endpoint"`
	TokenEndpoint          string  `json:"token_endpoint"`
	MinCLIVersion          string  `json:"min_cli_version"`
	RecommendedCLIVersion  string  `json:"min_recommended_cli_version"`
	AppSSHEndpoint         *string `json:"app_ssh_endpoint"`
	AppSSHFingerprint      *string `json:"app_ssh_host_key_fingerprint"`
	AppSSHClient           *string `json:"app_ssh_oauth_client"`
	DopplerLoggingEndpoint string  `json:"doppler_logging_endpoint"`
	APIVersion             string  `json:"api_version"`
	OSBAPIVersion          string  `json:"osbapi_version"`
	User                   string  `json:"user,omitempty"`
}

func getV2Info(c *call) (reply, error) {
	out := v2InfoJSON{
		Name: infoName, Description: infoDescription, Support: "CF API v2 is disabled", OSBAPIVersion: brokerVersion,
		AuthorizationEndpoint: c.base(), TokenEndpoint: c.base(),
	}
	if c.who.User != nil {
		out.User = c.who.User.GUID
	}
	return jsonReply(http.StatusOK, out)
}
