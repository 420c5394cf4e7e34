package api

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Origins are the web origins from which browsers may call the API, in the
// notation of the real server's allowed_cors_domains: * stands for any part.
type Origins []*regexp.Regexp

// NewOrigins reads a list of origins.
func NewOrigins(list []string) Origins {
	var origins Origins
	for _, one := range list {
		pattern := strings.ReplaceAll(regexp.QuoteMeta(one), `\*`, `.*?`)
		origins = append(origins, regexp.MustCompile(`\A`+pattern+`\z`))
	}
	return origins
}

// of is the origin of a request that is allowed, "" for any other.
func (o Origins) of(r *http.Request) string {
	if len(o) == 0 {
		return ""
	}
	origin := first(r.Header["Origin"])
	if !slices.ContainsFunc(o, func(one *regexp.Regexp) bool { return one.MatchString(origin) }) {
		return ""
	}
	return origin
}

// preflight answers a browser that asks before it calls. The real server asks
// nobody about PATCH, which it does not allow: the request goes on as any other
// with OPTIONS does (§16, middleware/cors.rb).
func (a *API) preflight(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodOptions {
		return false
	}
	origin := a.origins.of(r)
	switch wanted := strings.ToUpper(r.Header.Get("Access-Control-Request-Method")); {
	case origin == "":
		return false
	case wanted != "GET" && wanted != "PUT" && wanted != "POST" && wanted != "DELETE":
		return false
	}
	headers := []string{"origin", "content-type", "authorization"}
	for asked := range strings.SplitSeq(r.Header.Get("Access-Control-Request-Headers"), ",") {
		if name := strings.ToLower(strings.TrimSpace(asked)); name != "" && !slices.Contains(headers, name) {
			headers = append(headers, name)
		}
	}
	h := w.Header()
	for _, one := range allowed(origin) {
		h[one.name] = one.values
	}
	h["Vary"] = []string{"Origin"}
	h["Content-Type"] = []string{"text/plain"}
	h["Access-Control-Allow-Methods"] = []string{"GET,PUT,POST,DELETE"}
	h["Access-Control-Max-Age"] = []string{"900"}
	h["Access-Control-Allow-Headers"] = []string{strings.Join(headers, ",")}
	w.WriteHeader(http.StatusOK)
	return true
}

// allowed are the headers that let a browser's page read an answer.
func allowed(origin string) []header {
	return []header{
		headerLine("Access-Control-Allow-Origin", origin),
		headerLine("Access-Control-Allow-Credentials", "true"),
		headerLine("Access-Control-Expose-Headers", "x-cf-warnings,x-app-staging-log,x-vcap-request-id,location,range"),
	}
}
