package api

import (
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"example.com/capisim/sim/contract"
)

// engine is the router of all worlds and all servers of the process. It is
// built once: gin's mode is a global, and an engine for each world would make
// worlds slow to create. Handlers find their call in the response writer.
var engine = sync.OnceValue(func() *gin.Engine {
	mode := gin.Mode()
	gin.SetMode(gin.ReleaseMode) // debug mode prints into the importing program's output
	defer gin.SetMode(mode)

	e := gin.New()
	e.RedirectTrailingSlash = false
	e.RedirectFixedPath = false
	e.HandleMethodNotAllowed = false // a wrong method is 404 there, §1
	e.UseRawPath = true
	e.UnescapePathValues = true
	for _, op := range contract.Operations() {
		e.Handle(op.Method, pattern(op.Path), handler(op))
	}
	e.NoRoute(func(c *gin.Context) { callOf(c).serveUnknown(c.Writer) })
	return e
})

// handler is the gin side of one row of the table. A row without an action is
// a mistake of the program and found at start-up.
func handler(op *contract.Operation) gin.HandlerFunc {
	act, ok := actions[op.Action]
	if !ok {
		panic("operation " + op.ID + " has no action")
	}
	return func(g *gin.Context) {
		c := callOf(g)
		if op.Unknown != "" && op.Unknown == c.snap.Variant {
			c.serveUnknown(g.Writer)
			return
		}
		c.op, c.act = op, act
		c.take(g.Params)
		c.serve(g.Writer)
	}
}

// dispatch lets gin find the operation. HEAD is GET without a body, and has no routes
// of its own.
func (c *call) dispatch() {
	r := c.req
	if r.Method == http.MethodHead {
		get := *r
		get.Method = http.MethodGet
		r = &get
	}
	c.api.engine.ServeHTTP(c, r)
}

// callOf finds the call that ServeHTTP handed to the engine as its writer.
func callOf(g *gin.Context) *call {
	return g.Writer.(interface{ Unwrap() http.ResponseWriter }).Unwrap().(*call)
}

// pattern turns a path of the table into gin's form. Parameters get neutral
// names by position: gin allows one name for each place in its tree.
func pattern(path string) string {
	names := []string{":a", ":b", ":c"}
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			segments[i] = names[0]
			names = names[1:]
		}
	}
	return strings.Join(segments, "/")
}

// take reads the path parameters by their place in the table's path.
func (c *call) take(params gin.Params) {
	for i, p := range params {
		switch {
		case i == 0 && c.op.Nested:
			c.ref.AppGUID = p.Value
		case i == 0 && strings.HasPrefix(c.op.Path, "/v3/processes/"):
			c.ref.GUID = p.Value
		case i == 0:
			c.guid = p.Value
		case i == 1 && c.op.Nested:
			c.ref.Type = p.Value
		default:
			c.index = p.Value
		}
	}
}

// normalize applies what the real server's router does to a path before it
// looks for a route (FACTS.md §1): doubled slashes at the beginning, and a slash
// at the end and doubled ones inside /v3 do not count, a trailing .format is cut, and a dot in any other
// segment fits no route. It returns "" when the path can stay as it is, and
// false when no route can match. Escapes are left alone: %2F is not a slash.
func normalize(r *http.Request) (path string, known bool) {
	path = r.URL.RawPath
	if path == "" {
		path = r.URL.Path
	}
	if path == "" {
		return "/", true
	}
	if !underV3(path) {
		if trimmed := strings.TrimLeft(path, "/"); len(path)-len(trimmed) > 1 {
			return "/" + trimmed, true
		}
		return "", true
	}
	if !strings.Contains(path, "//") && !strings.HasSuffix(path, "/") && !strings.Contains(path, ".") {
		return "", true
	}
	segments := strings.FieldsFunc(path, func(c rune) bool { return c == '/' })
	last := len(segments) - 1
	segments[last] = contract.CutFormat(segments[last])
	for _, segment := range segments {
		if strings.Contains(segment, ".") {
			return "", false
		}
	}
	return "/" + strings.Join(segments, "/"), true
}

// withPath is a request for another path. The caller's request stays as it is.
func withPath(r *http.Request, path string) *http.Request {
	next, u := *r, *r.URL
	u.Path, u.RawPath = path, ""
	if plain, err := url.PathUnescape(path); err == nil && plain != path {
		u.Path, u.RawPath = plain, path
	}
	next.URL = &u
	return &next
}
