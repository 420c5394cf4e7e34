package contract

import (
	"slices"
	"strings"
	"testing"
)

const (
	validApps = "Valid parameters are: 'page', 'per_page', 'order_by', 'created_ats', 'updated_ats', 'guids', " +
		"'names', 'organization_guids', 'space_guids', 'stacks', 'include', 'lifecycle_type', 'label_selector'"
	validSidecars = "Valid parameters are: 'page', 'per_page', 'order_by', 'created_ats', 'updated_ats', 'guids'"
)

// TestResourceListMessages: the words of the real server's list messages, and
// their order.
func TestResourceListMessages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		list  *ResourceList
		query string
		want  string
	}{
		{"everything an app list takes", AppList, "names=a,b&guids=g&space_guids=s&organization_guids=o&stacks=c&include=space,org&lifecycle_type=buildpack&label_selector=env&order_by=-name&page=1&per_page=5000&created_ats[gt]=2026-01-01T00:00:00Z", ""},
		{"nothing", AppList, "", ""},
		{"order by state", AppList, "order_by=state", ""},
		{"order by nonsense", AppList, "order_by=guid", "Order by can only be: 'created_at', 'updated_at', 'name', 'state'"},
		{"spaces have no state", SpaceList, "order_by=state", "Order by can only be: 'created_at', 'updated_at', 'name'"},
		{"events have no name", AuditEventList, "order_by=name", "Order by can only be: 'created_at', 'updated_at'"},
		{"unknown", AppList, "foo=1&embed=x", "Unknown query parameter(s): 'foo', 'embed'. " + validApps},
		{"sidecars know little", SidecarList, "names=x", "Unknown query parameter(s): 'names'. " + validSidecars},
		{"include of spaces", SpaceList, "include=organization,org", ""},
		{"include twice", SpaceList, "include=org,org", "Duplicate included resource: 'org'"},
		{"include of nothing that is", AppList, "include=x", "Invalid included resource: 'x'. Valid included resources are: 'space', 'org', 'space.organization'"},
		{"include without a value crashes", AppList, "include", crash},
		{"lifecycle type", AppList, "lifecycle_type=x", "Invalid lifecycle_type: 'x'"},
		{"lists as objects", AppList, "stacks[x]=1&space_guids[x]=1&organization_guids[x]=1&names[x]=1",
			"Names must be an array, Organization guids must be an array, Space guids must be an array, Stacks must be an array"},
		{"in order", AppList, "lifecycle_type=x&include=x&foo=1&label_selector=&names[x]=1&order_by=x&per_page=0&page=0",
			"Page must be a positive integer, Per page must be a positive integer, Order by can only be: 'created_at', 'updated_at', 'name', 'state', Missing label_selector value, " +
				"Unknown query parameter(s): 'foo'. " + validApps + ", Invalid included resource: 'x'. Valid included resources are: 'space', 'org', 'space.organization', Invalid lifecycle_type: 'x', Names must be an array"},
		{"what no text is", RevisionList, "deployable=true", "Deployable must be a boolean"},
		{"a page too large", DeploymentList, "per_page=5001", "Per page must be between 1 and 5000"},
		{"routes do not check selectors", RouteList, "label_selector=", ""},
		{"targets as an object", AuditEventList, "target_guids[x]=1", "Target guids target_guids has an invalid operator"},
		{"targets excluded", AuditEventList, "target_guids[not]=a,b", ""},
		{"targets excluded as an object", AuditEventList, "target_guids[not][x]=1", "Target guids target_guids must be an array"},
		{"bad %-encoding", PackageList, "guids=%zz", malformed},
		{"doubly encoded bytes that are not text", PackageList, "states=%25ff", crash},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			checkQueryError(t, c.query, c.want, func() error { _, err := c.list.Parse(c.query); return err })
		})
	}
}

// TestIncludeMessages: a single resource takes include alone.
func TestIncludeMessages(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"": "", "include=space.organization": "", "include=org,space": "", "include": crash, "include=%zz": malformed,
		"include=app": "Invalid included resource: 'app'. Valid included resources are: 'space', 'org', 'space.organization'",
		"names=x":     "Unknown query parameter(s): 'names'. Valid parameters are: 'include'",
	} {
		checkQueryError(t, query, want, func() error { _, err := AppList.ParseInclude(query); return err })
	}
	q, err := AppList.ParseInclude("include=space.organization")
	if err != nil || !q.Includes("org", "space.organization") || q.Includes("org", "space") {
		t.Errorf("%v, %+v", err, q)
	}
}

// TestResourceQueryMatch: an absent filter lets everything pass, an empty one
// nothing, an exclusion all but its own.
func TestResourceQueryMatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		list            *ResourceList
		query, key      string
		passes, stopped []string
	}{
		{AppList, "", "names", []string{"a", ""}, nil},
		{AppList, "names=a,%20b", "names", []string{"a", "b"}, []string{"c", ""}},
		{AppList, "names=", "names", []string{""}, []string{"a"}},
		{AppList, "names=a%252Cb", "names", []string{"a,b"}, []string{"a", "b"}},
		{AppList, "lifecycle_type=docker", "lifecycle_type", []string{"docker"}, []string{"buildpack"}},
		{AuditEventList, "target_guids=a", "target_guids", []string{"a"}, []string{"b"}},
		{AuditEventList, "target_guids[not]=a,b", "target_guids", []string{"c"}, []string{"a", "b"}},
	} {
		q, err := c.list.Parse(c.query)
		if err != nil {
			t.Fatal(err)
		}
		for _, value := range c.passes {
			if !q.Match(c.key, value) {
				t.Errorf("%s stops %q", c.query, value)
			}
		}
		for _, value := range c.stopped {
			if q.Match(c.key, value) {
				t.Errorf("%s lets %q pass", c.query, value)
			}
		}
	}
}

// TestResourceQueryLink: links repeat what was asked for (§13.3).
func TestResourceQueryLink(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"": "page=2&per_page=50",
		"space_guids=s&names=b,a&order_by=name&include=space": "include=space&names=b%2Ca&order_by=%2Bname&page=2&per_page=50&space_guids=s",
		"lifecycle_type=docker&per_page=1":                    "lifecycle_type=docker&page=2&per_page=1",
	} {
		q, err := AppList.Parse(query)
		if err != nil || q.Link(2) != want {
			t.Errorf("%s: %v, %s", query, err, q.Link(2))
		}
	}
}

// FuzzResourceQuery: whatever strangers send, a list is refused in the
// catalogue's terms or its links can be read again to the same query.
func FuzzResourceQuery(f *testing.F) {
	for _, query := range []string{"", "names=a,b", "include=org", "target_guids[not]=x", "order_by=-name&page=2", "lifecycle_type=docker", "label_selector=a in (b)",
		"names[]=x", "names[x]=y", "%zz", "page=99999999999999999999", "created_ats[lt]=2020-01-01T00:00:00Z", "names=%252C", "include[a]=b"} {
		f.Add(query)
	}
	lists := []*ResourceList{AppList, SpaceList, OrganizationList, RouteList, SidecarList, PackageList, DeploymentList, AuditEventList}
	f.Fuzz(func(t *testing.T, query string) {
		for _, list := range lists {
			q, err := list.Parse(query)
			if err != nil {
				if known, ok := err.(*Error); !ok || !slices.Contains([]int{400, 500}, known.Status) || strings.Contains(known.Detail, "%!") {
					t.Errorf("%q: %v", query, err)
				}
				continue
			}
			if q.Page < 1 || q.PerPage < 1 || q.PerPage > MaxPerPage {
				t.Errorf("%q: page %d of %d", query, q.Page, q.PerPage)
			}
			q.Match("names", query)
			q.Link(1)
		}
	})
}
