package contract

import (
	"fmt"
	"strings"
)

// Values of the sample configuration that the real server is shipped with
// (§18).
const (
	DefaultDiskInMB       = 1024
	MaxDiskInMB           = 2048
	MaxHealthCheckTimeout = 180   // seconds
	FileDescriptors       = 16384 // of each instance
	DefaultUser           = "vcap"
)

// The texts of the model rules that need no numbers (§7): raw attribute name,
// rails.Blank, message.
const (
	QuotaSpaceMemory         = "memory space_quota_exceeded"
	QuotaOrgMemory           = "memory quota_exceeded"
	QuotaOrgInstanceMemory   = "memory instance_memory_limit_exceeded"
	QuotaSpaceInstanceMemory = "memory space_instance_memory_limit_exceeded"
	QuotaOrgInstances        = "app_instance_limit app_instance_limit_exceeded"
	QuotaSpaceInstances      = "app_instance_limit space_app_instance_limit_exceeded"
	QuotaSpaceLogRate        = "log_rate_limit exceeds space log rate quota"
	QuotaOrgLogRate          = "log_rate_limit exceeds organization log rate quota"
	EndpointMissing          = "health_check_http_endpoint HTTP health check endpoint is not a valid URI path: "
	ReadinessEndpointMissing = "readiness_health_check_http_endpoint HTTP readiness health check endpoint is not a valid URI path: "
	PortsEmpty               = `ports array cannot be empty when health check type is "port"`
	TimeoutTooLong           = "health_check_timeout Maximum exceeded: max 180s"
	TypeUnknown              = "health_check_type must be one of http, none, port, process"
	ReadinessTypeUnknown     = "readiness_health_check_type must be one of http, port, process"
	// SidecarsTooLarge replaces all other messages.
	SidecarsTooLarge = "The requested memory allocation is not large enough to run all of your sidecar processes"
)

// The texts that stand in the place of "command" for those who may not see it
// (§12).
const (
	HiddenCommand       = "[PRIVATE DATA HIDDEN]"
	HiddenCommandInList = "[PRIVATE DATA HIDDEN IN LISTS]"
)

// The refusals while a deployment is in flight (§3, step 9).
var (
	NoDroplet            = UnprocessableEntity.Text("Assign a droplet before starting this app.")
	UpdateWhileDeploying = UnprocessableEntity.Text("Cannot update this process while a deployment is in flight.")
	ScaleWhileDeploying  = UnprocessableEntity.Text("Cannot scale this process while a deployment is in flight.")
)

// The refusals of an app's current droplet.
var (
	DropletNotAssigned = UnprocessableEntity.Text("Unable to assign current droplet. Ensure the droplet exists and belongs to this app.")
	DropletNotRemoved  = UnprocessableEntity.Text("Current droplet cannot be removed. Replace it with a preferred droplet.")
)

// DiskTooLarge is the text for a disk above MaxDiskInMB (§7).
func DiskTooLarge(requested int) string {
	return fmt.Sprintf("disk_quota too much disk requested (requested %d MB - must be less than %d MB)", requested, MaxDiskInMB)
}

// LogRateUnlimited is the text for an unlimited log rate under a limited quota;
// kind is "space" or "organization" (§7).
func LogRateUnlimited(kind, name string) string {
	return "log_rate_limit cannot be unlimited in " + kind + " '" + name + "'."
}

// PermittedUsers are the users a process may run as, whatever their case (§7).
var PermittedUsers = []string{DefaultUser, "ContainerUser", "TestUser"}

// UserNotPermitted is the text for any other user (§7).
func UserNotPermitted(user string) string {
	return "user invalid (requested user '" + user + "' not allowed, permitted users are: '" + strings.Join(PermittedUsers, "', '") + "')"
}

// ModelErrors joins the messages of the model rules into the one error that
// the real server answers (§7). Their order is the caller's: disk_quota,
// memory, app_instance_limit, log_rate_limit, health check, readiness, ports,
// user, the messages of one attribute together.
func ModelErrors(messages []string) *Error {
	return UnprocessableEntity.Text(strings.Join(messages, ", "))
}
