package drift

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// subject is what was found on the target and is put into the mirror.
type subject struct {
	process *node // as GET shows it; nil when the token sees none
	// companion is another process as lists show it, nil when there is none;
	// first says that it is listed before the process.
	companion *node
	first     bool

	space    string // guid, "" when it is not known
	appName  string
	stopped  bool // the app is
	variant  contract.Variant
	linkBase string // what links of the target begin with

	rooted     bool // the API is at the root of its host
	permissive bool // the target is a capisim that takes any token
	routed     bool // a router gives ids to requests
	twins      bool // the paths through the app lead to the same process
	statsDown  bool // stats are out of order
	bareStats  bool // stats come without metrics

	notes []string
}

func (s *subject) guid() string { return s.process.get("guid").string() }

func (s *subject) appGUID() string {
	return s.process.get("relationships", "app", "data", "guid").string()
}

func (s *subject) typ() string { return s.process.get("type").string() }

// hidden says that the token may not see the command (§12).
func (s *subject) hidden() bool {
	return s.process.get("command").string() == contract.HiddenCommand
}

func (s *subject) note(format string, args ...any) {
	s.notes = append(s.notes, document.Printable(fmt.Sprintf(format, args...)))
}

// identifier is what a guid has to look like to be put into paths and into the
// mirror.
var identifier = document.Pattern(`^[A-Za-z0-9_-]{1,255}$`)

// typeForm is what a process type has to look like for the same.
var typeForm = document.Pattern(`^[^/\s]+$`)

// survey looks at the target with requests that only read. It believes no more
// than it must: what is odd shows later as a difference.
func survey(ctx context.Context, target *remote, guid string) (*subject, error) {
	s := &subject{variant: contract.Default, linkBase: target.base, rooted: target.rooted}
	listed, err := s.list(ctx, target)
	if err != nil {
		return nil, err
	}
	if err := s.release(ctx, target); err != nil {
		return nil, err
	}
	if guid == "" {
		guid = chosen(listed)
	}
	if guid == "" {
		s.note("the token sees no process; what needs one is left out")
		return s, s.identify(ctx, target)
	}
	if err := s.show(ctx, target, guid, listed); err != nil {
		return nil, err
	}
	s.accompany(listed)
	for _, look := range []func(context.Context, *remote) error{s.app, s.stats, s.identify} {
		if err := look(ctx, target); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func get(path string) request { return request{method: http.MethodGet, path: path, auth: ownToken} }

// list reads the first page, which also tells whether this is a Cloud
// Controller and whether it takes the token.
func (s *subject) list(ctx context.Context, target *remote) ([]*node, error) {
	got, err := target.do(ctx, get("/v3/processes"))
	if err != nil {
		return nil, err
	}
	switch {
	case got.status == http.StatusUnauthorized || got.status == http.StatusForbidden:
		return nil, fmt.Errorf("the token was refused: GET /v3/processes: %s", got.summary())
	case got.status != http.StatusOK:
		return nil, fmt.Errorf("GET /v3/processes: %s, expected 200; is %s a Cloud Controller?", got.summary(), target.base)
	case got.json() == nil:
		return nil, fmt.Errorf("GET /v3/processes: no JSON; is %s a Cloud Controller?", target.base)
	}
	s.routed = strings.Contains(got.header.Get(requestIDHeader), "::")
	return got.json().get("resources").list(), nil
}

// release compares the target's version with that of the contract.
func (s *subject) release(ctx context.Context, target *remote) error {
	got, err := target.do(ctx, request{method: http.MethodGet, path: "/"})
	if err != nil {
		return err
	}
	version := got.json().get("links", "cloud_controller_v3", "meta", "version").string()
	if version != contract.APIVersion {
		s.note("the target is of version %s, the contract of %s: what differs may be new or not there yet", quote(version), contract.APIVersion)
	}
	return nil
}

// chosen takes a process that runs and is of a handy size, else the first.
func chosen(listed []*node) string {
	first := ""
	for _, one := range listed {
		guid := one.get("guid").string()
		if !identifier().MatchString(guid) {
			continue
		}
		if first == "" {
			first = guid
		}
		if _, handy := one.get("instances").whole(1, 20); handy {
			return guid
		}
	}
	return first
}

// show reads the process. Where its answer and that of the list disagree about
// the kind of a value, the list is believed: the difference is found either way.
func (s *subject) show(ctx context.Context, target *remote, guid string, listed []*node) error {
	if !identifier().MatchString(guid) {
		return fmt.Errorf("process %q: expected a guid", guid)
	}
	got, err := target.do(ctx, get("/v3/processes/"+guid))
	if err != nil {
		return err
	}
	s.process = got.json()
	if got.status != http.StatusOK || s.guid() != guid {
		return fmt.Errorf("process %s: GET: %s, expected 200 with this process", guid, got.summary())
	}
	readings := []*node{s.process}
	if here := indexOf(listed, guid); here >= 0 {
		readings = append(readings, listed[here])
		s.process = mended(s.process, listed[here])
	}
	if err := s.usable(); err != nil {
		return err
	}
	for _, one := range slices.Backward(readings) {
		if base, ok := strings.CutSuffix(one.get("links", "self", "href").string(), "/v3/processes/"+guid); ok && base != "" {
			s.linkBase = base
		}
		if space := spaceOf(one); space != "" {
			s.space = space
		}
	}
	switch {
	case s.process.get("registry_credential_last_synced_at") == nil && s.process.get("relationships", "registry_credential") == nil:
		s.variant = contract.OpenSource
	case s.process.get("links", "self", "method") != nil && s.process.get("links", "process_instances") == nil:
		s.variant = contract.Vendor
	}
	return nil
}

// usable says what keeps the process from being put into paths and the mirror.
func (s *subject) usable() error {
	if !identifier().MatchString(s.guid()) || !identifier().MatchString(s.appGUID()) || !typeForm().MatchString(s.typ()) || len(s.typ()) > maxName {
		return fmt.Errorf("process %s: its type is %s, that of app %s, with which nothing can be compared",
			document.Printable(s.guid()), quote(s.typ()), quote(s.appGUID()))
	}
	return nil
}

// spaceOf is the guid in the link to the space, "" when there is none.
func spaceOf(process *node) string {
	_, guid, ok := strings.Cut(process.get("links", "space", "href").string(), "/v3/spaces/")
	if !ok || !identifier().MatchString(guid) {
		return ""
	}
	return guid
}

// accompany finds another process, so that there are two to page through: the
// first that gives order_by something to do, else the first. Where they stand
// to each other is known only when the page holds both.
func (s *subject) accompany(listed []*node) {
	here := indexOf(listed, s.guid())
	if here < 0 {
		return
	}
	for i, one := range listed {
		app := one.get("relationships", "app", "data", "guid").string()
		if i == here || !identifier().MatchString(one.get("guid").string()) || !identifier().MatchString(app) {
			continue
		}
		if s.companion == nil || !s.ordered() && s.differs(one) {
			s.companion, s.first = one, i < here
		}
	}
}

func indexOf(listed []*node, guid string) int {
	return slices.IndexFunc(listed, func(one *node) bool { return one.get("guid").string() == guid })
}

// ordered says that the companion gives order_by something to do.
func (s *subject) ordered() bool { return s.differs(s.companion) }

// differs says that another process differs in both columns that lists can be
// ordered by: within one second the target may know an order that its answers
// do not show.
func (s *subject) differs(other *node) bool {
	for _, column := range []string{"created_at", "updated_at"} {
		if same(s.process.get(column), other.get(column)) {
			return false
		}
	}
	return true
}

// app reads what the answers about the process depend on.
func (s *subject) app(ctx context.Context, target *remote) error {
	got, err := target.do(ctx, get("/v3/apps/"+s.appGUID()))
	if err != nil {
		return err
	}
	if got.status == http.StatusOK {
		s.appName = got.json().get("name").string()
		s.stopped = got.json().get("state").string() == "STOPPED"
	} else {
		s.note("the app cannot be read and is taken for a started one: %s", got.summary())
	}
	if strings.ContainsAny(s.typ(), "./ ") {
		s.note("the type of the process cannot stand in a path; the paths through the app are left out")
		return nil
	}
	got, err = target.do(ctx, get(s.nested()))
	if err != nil {
		return err
	}
	s.twins = true
	if other := got.json().get("guid").string(); got.status == http.StatusOK && other != s.guid() {
		s.twins = false
		s.note("the app has a newer process of the same type, %s; the paths through the app are left out", other)
	}
	return nil
}

// nested is the path to the process through its app.
func (s *subject) nested() string {
	return "/v3/apps/" + s.appGUID() + "/processes/" + url.PathEscape(s.typ())
}

// stats finds out what is out of order, so that this does not pass for a
// difference.
func (s *subject) stats(ctx context.Context, target *remote) error {
	got, err := target.do(ctx, get("/v3/processes/"+s.guid()+"/stats"))
	if err != nil {
		return err
	}
	s.statsDown = got.status == http.StatusServiceUnavailable
	s.bareStats = got.header.Get("X-Cf-Warnings") != ""
	if s.statsDown {
		s.note("stats are out of order on the target: %s", got.summary())
	}
	if s.bareStats {
		s.note("the target has no metrics: %s", quote(got.header.Get("X-Cf-Warnings")))
	}
	return nil
}

// identify tells a capisim with permissive auth, whose taking of any token is a
// choice, from a Cloud Controller, whose would be a difference.
func (s *subject) identify(ctx context.Context, target *remote) error {
	got, err := target.do(ctx, request{method: http.MethodGet, path: "/v3/processes/" + missing, auth: badToken})
	if err != nil || got.status != http.StatusNotFound {
		return err
	}
	got, err = target.do(ctx, get("/admin"))
	if err != nil {
		return err
	}
	about := got.json()
	s.permissive = got.status == http.StatusOK && about.get("scenario") != nil && about.get("coverage") != nil ||
		got.status == http.StatusUnauthorized && strings.Contains(about.get("errors").first().get("detail").string(), "--admin-token")
	if s.permissive {
		s.note("the target is a capisim that takes any token; so is the one it is compared with")
	}
	return nil
}
