package contract

// AppScaling is the one feature flag that the process operations ask (§3).
const AppScaling = "app_scaling"

// FeatureFlag is a feature flag of the platform and how it stands when nobody
// has changed it (app/models/runtime/feature_flag.rb).
type FeatureFlag struct {
	Name    string
	Enabled bool
}

// FeatureFlags lists all there are, in the real server's order.
func FeatureFlags() []FeatureFlag {
	return []FeatureFlag{
		{"user_org_creation", false}, {"private_domain_creation", true}, {"app_bits_upload", true}, {AppScaling, true},
		{"route_creation", true}, {"service_instance_creation", true}, {"diego_docker", false}, {"diego_cnb", false},
		{"set_roles_by_username", true}, {"unset_roles_by_username", true}, {"task_creation", true}, {"env_var_visibility", true},
		{"space_scoped_private_broker_creation", true}, {"space_developer_env_var_visibility", true}, {"service_instance_sharing", false},
		{"hide_marketplace_from_unauthenticated_users", false}, {"resource_matching", true}, {"route_sharing", false}, {"hash_based_routing", false},
	}
}
