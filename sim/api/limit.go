package api

import (
	"net"
	"strconv"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
)

// checkRate counts the request against the scenario's rate limit, which comes
// before the framework (§3, step 1): administrators pass, and a token that is
// there and invalid is told instead of the limit.
func (c *call) checkRate() error {
	limiter := c.snap.Limiter
	if limiter == nil || c.byStranger || c.uncounted() {
		return nil
	}
	caller, known := c.caller()
	if c.who.Unlimited() && !limiter.PerWorld() {
		return nil
	}
	left := limiter.Take(c.now, caller)
	reset := strconv.FormatInt(left.Reset.Unix(), 10)
	c.limits = []header{
		headerLine("X-RateLimit-Limit", strconv.Itoa(left.Limit)),
		headerLine("X-RateLimit-Reset", reset),
		headerLine("X-RateLimit-Remaining", strconv.Itoa(left.Remaining)),
	}
	if !left.Exceeded {
		return nil
	}
	wait := max(1, int((left.Reset.Sub(c.now)+time.Second-1)/time.Second))
	c.limits = append(c.limits, headerLine("Retry-After", strconv.Itoa(wait)))
	if c.whoErr == contract.InvalidAuthToken {
		return contract.TokenBeforeLimit
	}
	if !known {
		return contract.IPBasedRateLimitExceeded
	}
	return contract.RateLimitExceeded
}

// uncounted says that the limiter lets the request pass: UAA and the policy server
// are other ones, and of this one the paths below as they stand, with a query they
// count, all of /internal, and everything with Basic auth
// (middleware/rate_limiter.rb, base_rate_limiter.rb).
func (c *call) uncounted() bool {
	if c.op != nil && c.op.Elsewhere() {
		return true
	}
	kind, _, _ := strings.Cut(strings.TrimLeft(first(c.req.Header["Authorization"]), " "), " ")
	if strings.EqualFold(kind, "basic") || strings.HasPrefix(c.path, "/internal") {
		return true
	}
	switch c.path {
	case "/", "/v3", "/v2/info", "/healthz":
		return c.req.URL.RawQuery == ""
	}
	return false
}

// caller is who shares a count: the user, else the client's address.
func (c *call) caller() (key string, known bool) {
	if c.who.User != nil {
		return c.who.User.GUID, true
	}
	address := c.remote()
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	return host, false
}

// remote is the client's address: behind a trusted proxy the first that was
// forwarded, as the real server takes it (middleware/mixins/client_ip.rb), which
// has no port.
func (c *call) remote() string {
	if c.api.trustProxy {
		if forwarded := firstOf(first(c.req.Header["X-Forwarded-For"])); forwarded != "" {
			return forwarded
		}
	}
	return c.req.RemoteAddr
}
