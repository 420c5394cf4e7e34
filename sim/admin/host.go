package admin

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// privateNames are the ends of names that no stranger can have in the DNS.
var privateNames = []string{".localhost", ".local", ".internal", ".svc", ".cluster.local", ".test", ".invalid"}

// Admits refuses, with an answer, a request that may be of a web page whose name
// was made to lead here. The API refuses such requests itself.
func (h *Handler) Admits(w http.ResponseWriter, r *http.Request) bool {
	err := h.called(r)
	if err != nil {
		root := h.worlds.Root()
		c := &call{Handler: h, world: root, snap: root.Current(), now: root.Clock.Now(), writer: w, request: r}
		c.present(reply{}, err)
	}
	return err == nil
}

// called refuses a name by which only a foreign page would call this server:
// its owner can let that name lead to the reader's machine, and the browser
// takes this server for the page's own. With a token, that is the check.
func (h *Handler) called(r *http.Request) error {
	if h.token != "" {
		return nil
	}
	names := []string{r.Host}
	if h.trustProxy {
		names = append(names, strings.Split(r.Header.Get("X-Forwarded-Host"), ",")...)
	}
	for _, name := range names {
		if name = bareName(name); !h.ours(name) {
			return failure(http.StatusForbidden, fmt.Sprintf("called as %q, which is not a name of this server, and might be that of a web page that has no business here; "+
				"start it with --allowed-hosts %[1]s (or the host of --external-url), or with --admin-token", clipped(name)))
		}
	}
	return nil
}

// ours says that a name cannot lead here by a stranger's doing. Browsers always
// send one.
func (h *Handler) ours(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil || !strings.Contains(name, ".") {
		return true
	}
	has := func(end string) bool { return strings.HasSuffix(name, end) }
	return slices.Contains(h.hosts, name) || slices.ContainsFunc(privateNames, has) ||
		slices.ContainsFunc(h.hosts, func(host string) bool { return host[0] == '.' && has(host) })
}

// bareName is a host in lower case without its port, its brackets and the dot
// of the root.
func bareName(host string) string {
	host = strings.TrimSpace(host)
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
}
