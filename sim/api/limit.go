package api

import (
	"net"
	"strconv"
	"time"

	"example.com/capisim/sim/contract"
)

// checkRate counts the request against the scenario's rate limit, which comes
// before everything else (§3, step 1): administrators pass, the root documents
// and UAA are not counted, and an invalid token is reported
// instead of the limit.
func (c *call) checkRate() error {
	limiter := c.snap.Limiter
	if limiter == nil || c.byStranger || c.op != nil && c.op.Access == contract.Anonymous {
		return nil
	}
	caller, known := c.caller()
	if c.who.Unlimited() && !limiter.PerWorld() {
		return nil
	}
	left := limiter.Take(c.now, caller)
	reset := strconv.FormatInt(left.Reset.Unix(), 10)
	c.limits = []header{
		{"X-RateLimit-Limit", strconv.Itoa(left.Limit), true},
		{"X-RateLimit-Reset", reset, true},
		{"X-RateLimit-Remaining", strconv.Itoa(left.Remaining), true},
	}
	if !left.Exceeded {
		return nil
	}
	if c.whoErr == contract.InvalidAuthToken {
		return contract.InvalidAuthToken
	}
	wait := max(1, int((left.Reset.Sub(c.now)+time.Second-1)/time.Second))
	c.limits = append(c.limits, header{"Retry-After", strconv.Itoa(wait), true})
	if !known {
		return contract.IPBasedRateLimitExceeded
	}
	return contract.RateLimitExceeded
}

// caller is who shares a count: the user, else the client's address.
func (c *call) caller() (key string, known bool) {
	if c.who.User != nil {
		return "user " + c.who.User.GUID, true
	}
	host, _, err := net.SplitHostPort(c.req.RemoteAddr)
	if err != nil {
		host = c.req.RemoteAddr
	}
	return "address " + host, false
}
