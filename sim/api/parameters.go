package api

import (
	"errors"
	"strings"
	"unicode/utf8"

	"example.com/capisim/sim/contract"
)

// maxQuery is the HTTP server's bound of a query, in bytes (Puma,
// ext/puma_http11/puma_http11.c).
const maxQuery = 10240

// checkQuery refuses a query that never reaches the cloud controller.
func (c *call) checkQuery() error {
	if len(c.req.URL.RawQuery) > maxQuery {
		return contract.QueryTooLong
	}
	return nil
}

// framework says that the request is the framework's: all of /v3.
func (c *call) framework() bool { return c.op == nil || strings.HasPrefix(c.op.Path, "/v3") }

// checkParameters does what the framework does before the first line of a
// handler, whoever calls: it reads media types, query and body to log them
// (ActionController::ParamsWrapper and Instrumentation). A body that is not JSON
// is noted and told later (§3, step 4).
func (c *call) checkParameters() error {
	if !c.framework() {
		return nil
	}
	if media := c.req.Header["Content-Type"]; len(media) > 0 {
		if err := contract.CheckContentType(media[0]); err != nil {
			return err
		}
	}
	if err := c.readParameters(); err != nil {
		return err
	}
	if c.namesFormat() {
		return nil
	}
	return c.negotiation().Check()
}

// readParameters reads path, query and body. The handler of a path that is not
// UTF-8 reads the others again, and what is wrong with them is told in its
// place.
func (c *call) readParameters() error {
	if err := contract.CheckQuery(c.req.URL.RawQuery); err != nil {
		return err
	}
	_, broken := c.message()
	if errors.Is(broken, contract.Malformed) {
		return contract.Malformed
	}
	if utf8.ValidString(c.req.URL.Path) {
		return nil
	}
	if broken != nil {
		return broken
	}
	return contract.InvalidRequest
}

// checkBody tells what is wrong with the body, whatever the method: the real
// server refuses a GET with broken JSON too. The root document has no handler
// that would look (app/controllers/v3/root_controller.rb).
func (c *call) checkBody() error {
	if !c.framework() || c.op.Action == contract.GetV3Root {
		return nil
	}
	_, err := c.message()
	return err
}

// unknown is what a request that meets no route is told; a token is not asked
// for (§2). The handler of the framework's 404 reads the parameters, but not
// the media types.
func (c *call) unknown() error {
	if c.path == "/networking" || strings.HasPrefix(c.path, "/networking/") {
		return contract.PolicyUnrouted
	}
	if err := c.checkQuery(); err != nil {
		return err
	}
	if err := c.checkRate(); err != nil {
		return err
	}
	if !underV3(c.path) {
		return contract.UnknownPath
	}
	if err := contract.CheckQuery(c.req.URL.RawQuery); err != nil {
		return err
	}
	if _, err := c.message(); err != nil {
		return err
	}
	return contract.NotFound
}

// underV3 says that a path is the framework's. Doubled slashes do not count.
func underV3(path string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(path, "/"), "v3")
	return ok && (rest == "" || rest[0] == '/')
}
