package api

import (
	"fmt"
	"strings"
	"testing"

	"example.com/capisim/sim/contract"
)

// TestInjectedForms: an injected answer of a name has the form of the real one,
// headers included (§9.3, §16; middleware/security_context_setter.rb,
// middleware/base_rate_limiter.rb).
func TestInjectedForms(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		media         string
		user, runtime bool
		rails         bool
	}{
		"CF-ServiceUnavailable":       {jsonType, true, true, true},
		"CF-RateLimitExceeded":        {plainText, true, false, false},
		"CF-IPBasedRateLimitExceeded": {plainText, true, false, false},
		"CF-UaaUnavailable":           {"", false, false, false},
		"UnknownError":                {jsonType, true, true, true},
	} {
		e, _ := contract.ErrorNamed(name)
		r := rigOf(t, frozen, Options{})
		r.rules(t, fmt.Sprintf(`{"respond":{"status":%d,"error":%q}}`, e.Status, name))
		got := r.send(t, "GET "+webPath, "", as("developer"))
		got.is(t, e)
		h := got.header
		if h.Get("Content-Type") != want.media || (h.Get("X-User-Guid") != "") != want.user || (h.Get("X-Runtime") != "") != want.runtime ||
			(h.Get("X-Frame-Options") != "") != want.rails || h.Get("X-Vcap-Request-Id") == "" {
			t.Errorf("%s: %v", name, h)
		}
	}
}

// TestLostForm: what nobody handles has a length and nothing else.
func TestLostForm(t *testing.T) {
	t.Parallel()
	r := rigOf(t, frozen, Options{})
	raw, err := r.raw(t, written("GET /v3/processes?guids="+strings.Repeat("x", maxQuery), "", as("developer"), "X-B3-TraceId: a", "X-B3-SpanId: b"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range headLines(t, raw)[1:] {
		if name, _, _ := strings.Cut(line, ":"); name != "Content-Length" && name != "Connection" && name != "Date" {
			t.Errorf("%s", line)
		}
	}
}
