package contract

import "testing"

// TestWordsOfTheModel holds the texts of §7, §3 and §12 that other tests name
// against their words.
func TestWordsOfTheModel(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"memory space_quota_exceeded":                                                                                QuotaSpaceMemory,
		"memory quota_exceeded":                                                                                      QuotaOrgMemory,
		"memory instance_memory_limit_exceeded":                                                                      QuotaOrgInstanceMemory,
		"memory space_instance_memory_limit_exceeded":                                                                QuotaSpaceInstanceMemory,
		"app_instance_limit app_instance_limit_exceeded":                                                             QuotaOrgInstances,
		"app_instance_limit space_app_instance_limit_exceeded":                                                       QuotaSpaceInstances,
		"log_rate_limit exceeds space log rate quota":                                                                QuotaSpaceLogRate,
		"log_rate_limit exceeds organization log rate quota":                                                         QuotaOrgLogRate,
		"log_rate_limit cannot be unlimited in space 'dev'.":                                                         LogRateUnlimited("space", "dev"),
		"log_rate_limit cannot be unlimited in organization 'o'.":                                                    LogRateUnlimited("organization", "o"),
		"health_check_timeout Maximum exceeded: max 180s":                                                            TimeoutTooLong,
		`ports array cannot be empty when health check type is "port"`:                                               PortsEmpty,
		"health_check_http_endpoint HTTP health check endpoint is not a valid URI path: ":                            EndpointMissing,
		"readiness_health_check_http_endpoint HTTP readiness health check endpoint is not a valid URI path: ":        ReadinessEndpointMissing,
		"disk_quota too much disk requested (requested 5000 MB - must be less than 2048 MB)":                         DiskTooLarge(5000),
		"user invalid (requested user 'root' not allowed, permitted users are: 'vcap', 'ContainerUser', 'TestUser')": UserNotPermitted("root"),
		"The requested memory allocation is not large enough to run all of your sidecar processes":                   SidecarsTooLarge,
		"Cannot update this process while a deployment is in flight.":                                                UpdateWhileDeploying.Detail,
		"Cannot scale this process while a deployment is in flight.":                                                 ScaleWhileDeploying.Detail,
		"[PRIVATE DATA HIDDEN]":                                                                                      HiddenCommand,
		"[PRIVATE DATA HIDDEN IN LISTS]":                                                                             HiddenCommandInList,
		"CF-UnprocessableEntity: memory space_quota_exceeded, memory quota_exceeded":                                 ModelErrors([]string{QuotaSpaceMemory, QuotaOrgMemory}).Error(),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
