package state

import (
	"time"

	"example.com/capisim/sim/contract"
)

// Seed is everything a store is made of and everything it can be turned back
// into: what a scenario describes and what the exported state of a world holds.
type Seed struct {
	Number        int64 // the seed of all draws
	Variant       contract.Variant
	Organizations []Organization
	Spaces        []Space
	Apps          []App
	Processes     []Process // in order of creation
	Users         []User
	Tokens        map[string]string // static token -> user name
	Lifecycle     Lifecycle
	Features      Features
	// StatsUnavailable makes stats answer 503 CF-StatsUnavailable (§14.1).
	StatsUnavailable bool
	// LogCacheDown makes stats come without metrics and with a warning (§14.1).
	LogCacheDown bool
}

// Organization holds spaces and may limit them.
type Organization struct {
	GUID, Name string
	CreatedAt  time.Time
	UpdatedAt  time.Time
	Suspended  bool
	Deleting   bool
	Quota      *Quota // nil: unlimited
	Metadata   contract.Metadata
}

// Space holds apps and may limit them.
type Space struct {
	GUID, Name       string
	OrganizationGUID string
	CreatedAt        time.Time
	UpdatedAt        time.Time
	Suspended        bool
	Deleting         bool
	Quota            *Quota // nil: unlimited
	IsolationSegment string
	Metadata         contract.Metadata
}

// Quota limits what the started processes of an organization or space may
// take (§7). A nil limit is no limit.
type Quota struct {
	TotalMemoryInMB    *int64
	InstanceMemoryInMB *int64
	TotalInstances     *int64
	LogRateLimit       *int64 // bytes per second
}

// AppState is the desired state of an app.
type AppState string

// The two states an app can be asked to be in.
const (
	Started AppState = "STARTED"
	Stopped AppState = "STOPPED"
)

// App owns processes.
type App struct {
	GUID, Name string
	SpaceGUID  string
	State      AppState
	// Deploying says that a deployment is in flight: the web process cannot be
	// updated or scaled (§3, step 9).
	Deploying  bool
	CreatedAt  time.Time
	UpdatedAt  time.Time
	Buildpacks []string
	Stack      string
	Metadata   contract.Metadata
}

// HealthCheck is how the platform tells a live or a ready instance. Nil
// numbers and an empty endpoint are "not set".
type HealthCheck struct {
	Type              string // port, process, http or none
	Timeout           *int   // seconds; for readiness served by variant vendor only
	InvocationTimeout *int   // seconds
	Interval          *int   // seconds
	Endpoint          *string
}

// RegistryCredential is the vendor's link to the credential an image is pulled
// with.
type RegistryCredential struct {
	GUID         string
	LastSyncedAt *time.Time
}

// Sidecar takes a share of the memory of a process.
type Sidecar struct {
	Name       string
	MemoryInMB int
}

// Process is one version of a process. A stored one is never changed; a change
// stores another.
type Process struct {
	GUID               string
	AppGUID            string
	Type               string
	CreatedAt          time.Time
	UpdatedAt          time.Time
	Version            string
	Command            *string // nil: the detected one shows
	DetectedCommand    string
	User               *string // nil: vcap
	Instances          int
	MemoryInMB         int
	DiskInMB           *int // nil only right after scaling to null (§6)
	LogRateLimit       int64
	HealthCheck        HealthCheck
	Readiness          HealthCheck
	RevisionGUID       string // "": revisions are off
	RegistryCredential *RegistryCredential
	Sidecars           []Sidecar
	NoPorts            bool // the port list is explicitly empty (§7)
	Metadata           contract.Metadata
	History            History

	serial uint64 // internal id: order of creation
	memo   *memo  // what readers derived from this version
}

// InstanceState is what the platform reports of an instance.
type InstanceState string

// The documented states of an instance (§14.1).
const (
	Running  InstanceState = "RUNNING"
	Starting InstanceState = "STARTING"
	Crashed  InstanceState = "CRASHED"
	Stopping InstanceState = "STOPPING"
	Down     InstanceState = "DOWN"
	Unknown  InstanceState = "UNKNOWN"
)

// Forced is an instance that an admin or a scenario put into a state, whatever
// the lifecycle would say.
type Forced struct {
	State   InstanceState
	Details string // placement error or crash reason, "" for null
	Since   time.Time
}

// Batch is a run of instances that were placed at the same time: those from
// First up to the next batch. It keeps a process of a million instances small.
type Batch struct {
	First int
	At    time.Time
	Epoch int // tells the instance guids of two placements apart
}

// Limits are what the running instances of a process were started with. A
// scale of the memory shows in stats only after a restart (§10).
type Limits struct {
	MemoryInMB   int
	DiskInMB     int
	LogRateLimit int64
}

// History is all that has happened to the instances of a process. Their state
// is a function of it and of the time (design.md §1.3). The zero History means
// that all instances were placed when the process was created.
type History struct {
	Epoch    int     // of the newest placement
	Limits   *Limits // nil: those of the process itself
	Batches  []Batch
	Restarts map[int]Batch  // instances that were terminated, by index
	Forced   map[int]Forced // by index
}

// Lifecycle says how instances come up and go down.
type Lifecycle struct {
	StartDelay time.Duration // STARTING for that long, then RUNNING
	CrashLoop  []CrashLoop
}

// CrashLoop makes the instances of a process type crash some time after each
// start, with growing pauses.
type CrashLoop struct {
	Process string // process type
	After   time.Duration
}

// Features are the platform's feature flags that these operations ask.
type Features struct {
	AppScaling bool
	// AppScalingMessage is the flag's own error message, "" for its name.
	AppScalingMessage string
}

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
