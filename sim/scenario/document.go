package scenario

import (
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/state"
)

// Document is a scenario as files and the admin API write it (DESIGN.md §5).
// Its keys stand in the order of that section; what is nil or empty was left
// out and gets its value when the scenario is turned into state.
type Document struct {
	Name          string               `json:"name"`
	Description   string               `json:"description,omitempty"`
	Extends       string               `json:"extends,omitempty"`
	Drop          *Drop                `json:"drop,omitempty"`
	Variables     *bool                `json:"variables,omitempty"` // whether ${VAR} of a file is the environment's
	Seed          *int64               `json:"seed,omitempty"`
	Variant       contract.Variant     `json:"variant,omitempty"`
	Clock         *Clock               `json:"clock,omitempty"`
	Auth          *Auth                `json:"auth,omitempty"`
	Organizations []state.Organization `json:"organizations,omitempty"`
	Spaces        []Space              `json:"spaces,omitempty"`
	Apps          []App                `json:"apps,omitempty"`
	Generate      *Crowd               `json:"generate,omitempty"`
	Lifecycle     *Lifecycle           `json:"lifecycle,omitempty"`
	Features      *Features            `json:"features,omitempty"`
	Quotas        *Quotas              `json:"quotas,omitempty"`
	RateLimit     *RateLimitDocument   `json:"rate_limit,omitempty"`
	// Resources are the items of the collections that are only listed, as the
	// API shows them, by the name of the collection.
	Resources      map[string][]document.Value `json:"resources,omitempty"`
	AuditEvents    []AuditEvent                `json:"audit_events,omitempty"` // oldest first
	StatsAvailable *bool                       `json:"stats_available,omitempty"`
	// LogCacheAvailable, when false, is another way to write platform.log_cache
	// down, which is what is kept and written.
	LogCacheAvailable *bool                 `json:"log_cache_available,omitempty"`
	Platform          state.Platform        `json:"platform,omitzero"`
	NetworkPolicies   []state.NetworkPolicy `json:"network_policies,omitempty"`
	Faults            []fault.Rule          `json:"faults,omitempty"`
	Expectations      []journal.Expectation `json:"expectations,omitempty"`
	Progress          *Progress             `json:"progress,omitempty"`
}

// Drop names what is not taken over from the scenario that this one extends.
type Drop struct {
	Organizations []string `json:"organizations,omitempty"`
	Spaces        []string `json:"spaces,omitempty"`
	Apps          []string `json:"apps,omitempty"`
	Processes     []string `json:"processes,omitempty"` // as APP/TYPE
	Users         []string `json:"users,omitempty"`
	Tokens        []string `json:"tokens,omitempty"`
	Quotas        []string `json:"quotas,omitempty"`
	Faults        []string `json:"faults,omitempty"`
}

// Clock is the clock a world of this scenario begins with.
type Clock struct {
	Mode  string    `json:"mode,omitempty"` // real or frozen
	Start time.Time `json:"start,omitzero"`
}

// Auth is who may use the API, and how strictly tokens are read (DESIGN.md §4).
type Auth struct {
	Mode AuthMode `json:"mode,omitempty"`
	// How long tokens are good for, on the wall's clock.
	TokenLife        *document.Duration `json:"token_life,omitempty"`
	RefreshTokenLife *document.Duration `json:"refresh_token_life,omitempty"`

	Users  []User            `json:"users,omitzero"`
	Tokens map[string]string `json:"tokens,omitempty"` // token -> user name
}

// User may log in. Left out: the password is the name, the scopes are reading
// and writing.
type User struct {
	Name     string   `json:"name"`
	GUID     string   `json:"guid,omitempty"`
	Password *string  `json:"password,omitempty"`
	Origin   string   `json:"origin,omitempty"`
	Client   bool     `json:"client,omitempty"`
	Scopes   []string `json:"scopes,omitzero"`
	Roles    []Role   `json:"roles,omitempty"`
}

// Role gives a user a role in a space or in an organization, either named by
// its name or its guid.
type Role struct {
	Space        string     `json:"space,omitempty"`
	Organization string     `json:"organization,omitempty"`
	Role         state.Role `json:"role"`
}

// Space holds apps. Its organization is named by name or guid and may be left
// out when there is only one.
type Space struct {
	Name             string            `json:"name"`
	Organization     string            `json:"organization,omitempty"`
	GUID             string            `json:"guid,omitempty"`
	CreatedAt        time.Time         `json:"created_at,omitzero"`
	UpdatedAt        time.Time         `json:"updated_at,omitzero"`
	Suspended        bool              `json:"suspended,omitempty"`
	Deleting         bool              `json:"deleting,omitempty"`
	IsolationSegment string            `json:"isolation_segment,omitempty"`
	Metadata         contract.Metadata `json:"metadata,omitzero"`
}

// App owns processes: a web process when the key is left out, none when the
// list is empty. Its space may be left out when there is only one.
type App struct {
	Name       string            `json:"name,omitempty"`
	Space      string            `json:"space,omitempty"`
	GUID       string            `json:"guid,omitempty"`
	State      state.AppState    `json:"state,omitempty"`
	Deploying  bool              `json:"deploying,omitempty"`
	CreatedAt  time.Time         `json:"created_at,omitzero"`
	UpdatedAt  time.Time         `json:"updated_at,omitzero"`
	Buildpacks []string          `json:"buildpacks,omitzero"`
	Stack      string            `json:"stack,omitempty"`
	Metadata   contract.Metadata `json:"metadata,omitzero"`

	Droplets  []state.Droplet            `json:"droplets,omitempty"`  // oldest first
	Droplet   *OrFalse[string]           `json:"droplet,omitempty"`   // guid of the current one; left out: the newest
	Revisions *OrFalse[[]state.Revision] `json:"revisions,omitempty"` // oldest first; false: starts make none
	// Deployments are written out by an exported world; deploying is short for
	// one that stands still.
	Deployments []state.Deployment `json:"deployments,omitempty"`
	Processes   []Process          `json:"processes,omitzero"`
}

// Process is a process with every field of the API's resource (§11), and with
// what has happened to its instances.
type Process struct {
	Type                 string                       `json:"type,omitempty"`
	GUID                 string                       `json:"guid,omitempty"`
	CreatedAt            time.Time                    `json:"created_at,omitzero"`
	UpdatedAt            time.Time                    `json:"updated_at,omitzero"`
	Version              string                       `json:"version,omitempty"`
	Command              *string                      `json:"command,omitempty"`
	DetectedCommand      *string                      `json:"detected_command,omitempty"`
	User                 *string                      `json:"user,omitempty"`
	Instances            *int                         `json:"instances,omitempty"`
	MemoryInMB           *int                         `json:"memory_in_mb,omitempty"`
	DiskInMB             contract.Optional[int]       `json:"disk_in_mb,omitzero"`
	LogRateLimit         *int64                       `json:"log_rate_limit_in_bytes_per_second,omitempty"`
	HealthCheck          *HealthCheck                 `json:"health_check,omitempty"`
	ReadinessHealthCheck *HealthCheck                 `json:"readiness_health_check,omitempty"`
	Metadata             contract.Metadata            `json:"metadata,omitzero"`
	RegistryCredential   *state.RegistryCredential    `json:"registry_credential,omitempty"`
	Revision             contract.Optional[Reference] `json:"revision,omitzero"`
	Sidecars             []state.Sidecar              `json:"sidecars,omitempty"`
	NoPorts              bool                         `json:"no_ports,omitempty"`
	Forced               []Forced                     `json:"forced,omitempty"`
	History              *History                     `json:"history,omitempty"`
	// Order is the place in the order of creation among all processes, from 1;
	// 0 is that of the file. An exported world writes it when the two differ.
	Order int `json:"order,omitempty"`

	// The forms in which an answer of the API says the same, so that one can be
	// pasted. Those above win.
	RegistryCredentialLastSyncedAt *time.Time     `json:"registry_credential_last_synced_at,omitempty"`
	Relationships                  *Relationships `json:"relationships,omitempty"`
}

// HealthCheck is a health or readiness check in the API's form.
type HealthCheck struct {
	Type string           `json:"type,omitempty"`
	Data *HealthCheckData `json:"data,omitempty"`
}

// HealthCheckData are a check's numbers, in seconds, and its endpoint.
type HealthCheckData struct {
	Timeout           *int    `json:"timeout,omitempty"`
	InvocationTimeout *int    `json:"invocation_timeout,omitempty"`
	Interval          *int    `json:"interval,omitempty"`
	Endpoint          *string `json:"endpoint,omitempty"`
}

// Reference names a resource by its guid.
type Reference struct {
	GUID string `json:"guid"`
}

// Relationships are those of the API's process resource.
type Relationships struct {
	App                *Relationship                   `json:"app,omitempty"`
	Revision           contract.Optional[Relationship] `json:"revision,omitzero"`
	RegistryCredential *Relationship                   `json:"registry_credential,omitempty"`
}

// Relationship is the API's wrapping of a reference.
type Relationship struct {
	Data *Reference `json:"data"`
}

// History is what happened to the instances of a process: an exported world
// carries it, so that it answers the same when it is loaded again.
type History struct {
	Epoch    int           `json:"epoch,omitempty"`
	Limits   *state.Limits `json:"limits,omitempty"`
	Batches  []state.Batch `json:"batches,omitempty"`
	Restarts []state.Batch `json:"restarts,omitempty"`
	Stopped  time.Time     `json:"stopped_at,omitzero"`
	// Settled says up to when its crashes are among the audit events.
	Settled time.Time `json:"crashes_noted_until,omitzero"`
}

// Crowd asks for generated apps beside those that are written out.
type Crowd struct {
	Apps      int      `json:"apps"`
	Processes []string `json:"processes,omitempty"` // types of each app; left out: web
	Instances *Range   `json:"instances,omitempty"` // of each process; left out: 1 to 3
}

// Range is a span of whole numbers, both ends included.
type Range struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

// Features are the platform's feature flags.
type Features struct {
	AppScaling        *bool  `json:"app_scaling,omitempty"`
	AppScalingMessage string `json:"app_scaling_message,omitempty"`
}

// Quotas limit organizations and spaces, each named by name or guid. A limit that
// is left out or null is none.
type Quotas struct {
	Organizations map[string]state.Quota `json:"organizations,omitempty"`
	Spaces        map[string]state.Quota `json:"spaces,omitempty"`
}

// RateLimitDocument is the wire form of RateLimit.
type RateLimitDocument struct {
	Limit  int               `json:"limit"`
	Window document.Duration `json:"window,omitzero"`
	Per    string            `json:"per,omitempty"`
}
