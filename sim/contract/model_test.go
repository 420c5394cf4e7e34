package contract

import "testing"

func TestModelTexts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, got, want string }{
		{"§7 disk", DiskTooLarge(5000), "disk_quota too much disk requested (requested 5000 MB - must be less than 2048 MB)"},
		{"§7 unlimited log rate", LogRateUnlimited("space", "dev"), "log_rate_limit cannot be unlimited in space 'dev'."},
		{"§7 user", UserNotPermitted("root"), "user invalid (requested user 'root' not allowed, permitted users are: 'vcap', 'ContainerUser', 'TestUser')"},
		{"§7 joined", ModelErrors([]string{QuotaSpaceMemory, QuotaOrgMemory}).Error(), "CF-UnprocessableEntity: memory space_quota_exceeded, memory quota_exceeded"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, c.got, c.want)
		}
	}
}
