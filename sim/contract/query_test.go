package contract

import (
	"slices"
	"testing"
	"time"
)

const (
	invalidQuery = "The query parameter is invalid: "
	validList    = "Valid parameters are: 'page', 'per_page', 'order_by', 'created_ats', 'updated_ats', 'guids', 'app_guid', 'types', 'space_guids', 'organization_guids', 'app_guids', 'embed', 'label_selector'"
	badPages     = "Page must be a positive integer"
	badPerPage   = "Per page must be a positive integer"
	badRange     = "Per page must be between 1 and 5000"
	badMaximum   = "Maximum result (page * per_page) must be less than 9223372036854775807"
	badOrder     = "Order by can only be: 'created_at', 'updated_at'"
	badStamp     = " has an invalid timestamp format. Timestamps should be formatted as 'YYYY-MM-DDThh:mm:ssZ'"
	badEmbed     = "'. Valid embedded resources are: 'process_instances'"
)

func TestListQueryMessages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, query, want string }{
		{"§13.1 empty", "", ""},
		{"§13.1 all of them", "page=1&per_page=5000&order_by=-updated_at&created_ats=2020-01-01T00:00:00Z&updated_ats[lt]=2020-01-01T00:00:00Z" +
			"&guids=a,b&types=web&app_guids=a&space_guids=s&organization_guids=o&label_selector=a&embed=process_instances&app_guid=", ""},

		{"§13.1 page 0", "page=0", badPages},
		{"§13.1 page -1", "page=-1", badPages},
		{"§13.1 page text", "page=x", badPages},
		{"§13.1 page empty", "page=", badPages},
		{"§13.1 page without value", "page", ""},
		{"§13.1 page leading digits", "page=1.5&per_page=2x", ""},
		{"§13.1 page with sign and underscore", "page=%2B1_0", ""},
		{"§13.1 page as array crashes", "page[]=1", crash},
		{"§13.1 page as object crashes", "page[a]=1&foo=1", crash},
		{"§13.1 per_page 0", "per_page=0", badPerPage},
		{"§13.1 per_page empty", "per_page=", badPerPage},
		{"§13.1 per_page 5001", "per_page=5001", badRange},
		{"§13.1 per_page huge", "per_page=99999999999999999999", badRange + ", " + badMaximum},
		{"§13.1 both", "per_page=x&page=x", badPages + ", " + badPerPage},
		{"§13.1 maximum result", "page=9223372036854775807", badMaximum},
		{"§13.1 maximum result of two negatives", "page=-9223372036854775807&per_page=-2", badPages + ", " + badPerPage + ", " + badMaximum},
		{"§13.1 the largest page", "page=9223372036854775807&per_page=1", ""},

		{"§13.1 order_by signs", "order_by=%2Bcreated_at", ""},
		{"§13.1 order_by raw plus is a blank", "order_by=+created_at", badOrder},
		{"§13.1 order_by other", "order_by=name", badOrder},
		{"§13.1 order_by two signs", "order_by=--created_at", badOrder},
		{"§13.1 order_by empty is ignored", "order_by=", ""},
		{"§13.1 order_by blank is ignored", "order_by=%20", ""},
		{"§13.1 order_by empty array is ignored", "order_by[]", ""},
		{"§13.1 order_by array crashes", "order_by[]=created_at", crash},

		{"§13.1 created_ats empty", "created_ats=", "Created ats" + badStamp},
		{"§13.1 created_ats fraction", "created_ats=2020-01-01T00:00:00.0Z", "Created ats" + badStamp},
		{"§13.1 created_ats zone", "created_ats=2020-01-01T00:00:00%2B00:00", "Created ats" + badStamp},
		{"§13.1 created_ats two bad ones", "created_ats=x,y", "Created ats" + badStamp + ", Created ats" + badStamp},
		{"§13.1 created_ats last one empty", "created_ats=2020-01-01T00:00:00Z,", "Created ats" + badStamp},
		{"§13.1 created_ats as array", "created_ats[]=2020-01-01T00:00:00Z", "Created ats" + badStamp},
		{"§13.1 created_ats unknown operator", "created_ats[foo]=2020-01-01T00:00:00Z", "Created ats Invalid relational operator: 'foo'"},
		{"§13.1 unknown operator on a bad stamp gives both", "created_ats[foo]=x", "Created ats Invalid relational operator: 'foo', Created ats" + badStamp},
		{"§13.1 created_ats[lt] takes one value", "created_ats[lt]=2020-01-01T00:00:00Z,2020-01-01T00:00:00Z", "Created ats only accepts one value when using a relational operator"},
		{"§13.1 created_ats[lt] empty", "created_ats[lt]=", "Created ats" + badStamp},
		{"§13.1 created_ats[lt] without value", "created_ats[lt]", "Created ats" + badStamp},
		{"§13.1 several operators", "created_ats[gt]=2020-01-01T00:00:00Z&created_ats[lte]=2021-01-01T00:00:00Z", ""},
		{"§13.1 updated_ats", "updated_ats=x&updated_ats=y", "Updated ats" + badStamp},
		{"§13.1 created_ats without value crashes", "created_ats", crash},
		{"§13.1 created_ats without value, messages come first", "created_ats&page=0", badPages},
		{"§13.1 a month of 13 crashes", "created_ats=2020-13-01T00:00:00Z", crash},
		{"§9.1 the year 0 crashes", "created_ats=0000-01-01T00:00:00Z", crash},
		{"§9.1 the year 0 as a bound crashes", "updated_ats[gt]=0000-12-31T23:59:59Z", crash},
		{"§9.1 a NUL crashes", "types=a%00b", crash},
		{"§9.1 a doubly encoded NUL crashes", "guids=a,%2500", crash},
		{"§9.1 a NUL after what is refused", "types=%00&foo=1", "Unknown query parameter(s): 'foo'. Valid parameters are: " + listParameters},
		{"§13.1 an hour of 25 crashes", "created_ats[lt]=2020-01-01T25:00:00Z", crash},

		{"§13.1 guids as object", "guids[x]=y", "Guids must be an array"},
		{"§13.1 guids empty", "guids=&types=&app_guids=", ""},
		{"§13.1 types as object crashes", "types[x]=y", crash},
		{"§13.1 double-encoded bytes that are no UTF-8 crash", "types=%25ff", crash},
		{"§13.1 the same in embed crashes", "embed=%25ff&page=0", crash},
		{"§13.1 space, organization, app guids as objects", "app_guids[x]=1&organization_guids[x]=1&space_guids[x]=1",
			"Space guids must be an array, Organization guids must be an array, App guids must be an array"},

		{"§13.4 label_selector empty", "label_selector=", "Missing label_selector value"},
		{"§13.4 label_selector without value", "label_selector", "Missing label_selector value"},
		{"§13.4 label_selector two problems", "label_selector=-a,$", "'-a' starts or ends with invalid characters, Invalid label_selector value"},
		{"§13.4 label_selector as array crashes", "label_selector[]=a", crash},

		{"§13.1 embed", "embed=process_instances", ""},
		{"§13.1 embed other", "embed=x", "Invalid embedded resource: 'x" + badEmbed},
		{"§13.1 embed empty", "embed=", "Invalid embedded resource: '" + badEmbed},
		{"§13.1 embed twice", "embed=process_instances,process_instances,process_instances", "Duplicate embedded resource: 'process_instances'"},
		{"§13.1 embed mixed", "embed=process_instances,x,process_instances", "Invalid embedded resource: 'x" + badEmbed + ", Duplicate embedded resource: 'process_instances'"},
		{"§13.1 embed as array", "embed[]=process_instances", `Invalid embedded resource: '["process_instances"]` + badEmbed},
		{"§13.1 embed as object", "embed[a]=b", `Invalid embedded resource: '[:a, "b"]` + badEmbed},
		{"§13.1 embed without value crashes", "embed&page=0", crash},

		{"§13.1 unknown", "foo=1&bar=2", "Unknown query parameter(s): 'foo', 'bar'. " + validList},
		{"§13.1 include is unknown", "include=app", "Unknown query parameter(s): 'include'. " + validList},
		{"§13.1 unknown as object", "foo[a]=1&foo[b]=2", "Unknown query parameter(s): 'foo'. " + validList},
		{"§13.1 no name is not a parameter", "=1&&", ""},

		{"§13.1 order of messages", "app_guids[x]=1&organization_guids[x]=1&space_guids[x]=1&embed=x&foo=1&label_selector=&guids[x]=1&updated_ats=x&created_ats=x&order_by=x&per_page=0&page=0",
			badPages + ", " + badPerPage + ", " + badOrder + ", Created ats" + badStamp + ", Updated ats" + badStamp + ", Guids must be an array, Missing label_selector value, " +
				"Unknown query parameter(s): 'foo'. " + validList + ", Invalid embedded resource: 'x" + badEmbed +
				", Space guids must be an array, Organization guids must be an array, App guids must be an array"},

		{"§13.1 app_guid nests", "app_guid=G&space_guids=s", "Unknown query parameter(s): 'space_guids'"},
		{"§2 two shapes under one name", "a=1&a[b]=2", malformed},
		{"§2 array and object under one name", "a[]=1&a[b]=2", malformed},
		{"§2 bad %-encoding", "guids=%zz", malformed},
		{"§2 bad %-encoding in a name", "%=1", malformed},
		{"§2 no UTF-8", "guids=%ff", malformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			checkQueryError(t, c.query, c.want, func() error { _, err := ParseListQuery(c.query, false); return err })
		})
	}
}

func checkQueryError(t *testing.T, query, want string, parse func() error) {
	t.Helper()
	if want != "" && want != crash && want != malformed {
		want = invalidQuery + want
	}
	if got := detailOf(t, parse()); got != want {
		t.Errorf("%q\n got %q\nwant %q", query, got, want)
	}
}

func TestNestedListQueryMessages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, query, want string }{
		{"§13.1 the other parameters work", "page=2&guids=a&types=web&embed=process_instances&label_selector=a&created_ats=2020-01-01T00:00:00Z&order_by=created_at", ""},
		{"§13.1 refused, in the server's order", "space_guids=s&organization_guids=o&app_guids=a", "Unknown query parameter(s): 'app_guids', 'organization_guids', 'space_guids'"},
		{"§13.1 only those present", "space_guids=", "Unknown query parameter(s): 'space_guids'"},
		{"§9.1 without a value nothing is refused, and the server crashes", "space_guids", crash},
		{"§9.1 organizations without a value", "organization_guids", crash},
		{"§13.1 apps without a value match nothing", "app_guids", ""},
		{"§13.1 two sentences, the second without the list", "space_guids=s&foo=1", "Unknown query parameter(s): 'foo'. " + validList + ", Unknown query parameter(s): 'space_guids'"},
		{"§13.1 as object", "app_guids[a]=b", "App guids must be an array, Unknown query parameter(s): 'app_guids'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			checkQueryError(t, c.query, c.want, func() error { _, err := ParseListQuery(c.query, true); return err })
		})
	}
}

func TestShowQueryMessages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, query, want string
		embed             bool
	}{
		{"§13.1 empty", "", "", false},
		{"§13.1 embed", "embed=process_instances", "", true},
		{"§13.1 embed other", "embed=x", "Invalid embedded resource: 'x" + badEmbed, false},
		{"§13.1 embed empty", "embed=", "Invalid embedded resource: '" + badEmbed, false},
		{"§13.1 embed twice", "embed=process_instances,process_instances", "Duplicate embedded resource: 'process_instances'", false},
		{"§13.1 unknown", "foo=1", "Unknown query parameter(s): 'foo'. Valid parameters are: 'embed'", false},
		{"§13.1 unknown comes before embed", "embed=x&page=1", "Unknown query parameter(s): 'page'. Valid parameters are: 'embed', Invalid embedded resource: 'x" + badEmbed, false},
		{"§13.1 embed without value crashes", "embed", crash, false},
		{"§2 malformed", "a=1&a[b]=2", malformed, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var q ShowQuery
			checkQueryError(t, c.query, c.want, func() (err error) { q, err = ParseShowQuery(c.query); return err })
			if q.Embed != c.embed {
				t.Errorf("Embed = %v", q.Embed)
			}
		})
	}
}

func TestListQueryLink(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, query, want string }{
		{"§13.3 plain", "", "page=3&per_page=50"},
		{"§13.3 page is replaced, per_page kept", "page=7&per_page=2x", "page=3&per_page=2"},
		{"§13.3 label_selector", "label_selector=fruit%3Dstrawberry", "label_selector=fruit%3Dstrawberry&page=3&per_page=50"},
		{"§13.3 comma", "types=worker,web", "page=3&per_page=50&types=worker%2Cweb"},
		{"§13.3 blanks after a comma are dropped", "types=worker,%20web", "page=3&per_page=50&types=worker%2Cweb"},
		{"§13.3 blank is a plus", "types=a%20b", "page=3&per_page=50&types=a+b"},
		{"§13.3 comma within a value", "types=a%252Cb", "page=3&per_page=50&types=a%252Cb"},
		{"§13.3 operators, sorted", "created_ats[lt]=2020-01-01T00:00:00Z&created_ats[gt]=2019-01-01T00:00:00Z",
			"created_ats%5Bgt%5D=2019-01-01T00%3A00%3A00Z&created_ats%5Blt%5D=2020-01-01T00%3A00%3A00Z&page=3&per_page=50"},
		{"§13.3 order gets its sign", "order_by=created_at", "order_by=%2Bcreated_at&page=3&per_page=50"},
		{"§13.3 descending", "order_by=-updated_at", "order_by=-updated_at&page=3&per_page=50"},
		{"§13.3 empty order does not appear", "order_by=", "page=3&per_page=50"},
		{"§13.3 app_guid does not appear", "app_guid=G", "page=3&per_page=50"},
		{"§13.3 without value", "guids", "guids&page=3&per_page=50"},
		{"§13.3 all, in alphabetical order", "updated_ats=2020-01-01T00:00:00Z&types=t&space_guids=s&organization_guids=o&order_by=%2Bcreated_at&label_selector=!l&guids=g&embed=process_instances&app_guids=a",
			"app_guids=a&embed=process_instances&guids=g&label_selector=%21l&order_by=%2Bcreated_at&organization_guids=o&page=3&per_page=50&space_guids=s&types=t&updated_ats=2020-01-01T00%3A00%3A00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			q, err := ParseListQuery(c.query, false)
			if err != nil {
				t.Fatal(err)
			}
			if got := q.Link(3); got != c.want {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
			again, err := ParseListQuery(c.want, false)
			if err != nil || again.Link(3) != c.want {
				t.Errorf("the link does not give itself: %s, %v", again.Link(3), err)
			}
		})
	}
}

func TestListQueryFilters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, query, value string
		want               bool
	}{
		{"§13.1 absent lets all pass", "", "web", true},
		{"§13.1 one of", "types=worker,web", "web", true},
		{"§13.1 none of", "types=worker", "web", false},
		{"§13.1 exact", "types=WEB", "web", false},
		{"§13.1 empty matches nothing", "types=", "web", false},
		{"§13.1 without value matches nothing", "types", "web", false},
		{"§13.1 blanks after a comma", "types=worker,%20%20web", "web", true},
		{"§13.1 blanks before a comma stay", "types=web%20,worker", "web", false},
		{"§13.1 double-encoded comma", "types=a%252Cb", "a,b", true},
		{"§13.1 a percent sign alone stays", "types=50%25", "50%", true},
		{"§13.1 last of repeated ones", "types=web&types=worker", "web", false},
		{"§13.1 as array matches nothing", "types[]=web", "web", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			q, err := ParseListQuery(c.query, false)
			if err != nil {
				t.Fatal(err)
			}
			if got := q.Types.Match(c.value); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestTimeFilter(t *testing.T) {
	t.Parallel()
	second := time.Date(2020, 5, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, query               string
		before, at, within, after bool // just before the second, its start, its last instant, its end
	}{
		{"§13.1 absent", "", true, true, true, true},
		{"§13.1 equality is within the second", "created_ats=2020-05-01T12:00:00Z", false, true, true, false},
		{"§13.1 one of several", "created_ats=2019-05-01T12:00:00Z,2020-05-01T12:00:01Z", false, false, false, true},
		{"§13.1 lt is before the second", "created_ats[lt]=2020-05-01T12:00:00Z", true, false, false, false},
		{"§13.1 lte is up to its end", "created_ats[lte]=2020-05-01T12:00:00Z", true, true, true, false},
		{"§13.1 gt is after its end", "created_ats[gt]=2020-05-01T12:00:00Z", false, false, false, true},
		{"§13.1 gte is from its start", "created_ats[gte]=2020-05-01T12:00:00Z", false, true, true, true},
		{"§13.1 combined", "created_ats[gte]=2020-05-01T12:00:00Z&created_ats[lt]=2020-05-01T12:00:01Z", false, true, true, false},
		{"§13.1 the 31st of April is the 1st of May", "created_ats=2020-04-31T12:00:00Z", false, true, true, false},
		{"§13.1 hour 24 and second 60 roll over", "created_ats[lt]=2020-04-30T24:00:00Z&created_ats[gt]=2019-12-31T23:59:60Z", false, false, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			q, err := ParseListQuery(c.query, false)
			if err != nil {
				t.Fatal(err)
			}
			match := q.CreatedAts.Match
			got := [...]bool{match(second.Add(-1)), match(second), match(second.Add(time.Second - 1)), match(second.Add(time.Second))}
			if want := [...]bool{c.before, c.at, c.within, c.after}; got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestListQueryValues(t *testing.T) {
	t.Parallel()
	q, err := ParseListQuery("page=3x&per_page=10&order_by=-created_at&embed=process_instances&label_selector=a&app_guid=G", false)
	if err != nil {
		t.Fatal(err)
	}
	if q.Page != 3 || q.PerPage != 10 || q.OrderBy != "created_at" || !q.Descending || !q.Embed || q.AppGUID != "G" || !q.Selector.Matches(Pairs{{Key: "a", Value: ""}}) || q.Selector.Matches(nil) {
		t.Errorf("%+v", q)
	}
	if q, _ = ParseListQuery("app_guid=G", true); q.AppGUID != "" {
		t.Errorf("the path names the app, not %q", q.AppGUID)
	}
	if q, _ = ParseListQuery("", false); q.Page != 1 || q.PerPage != 50 || q.OrderBy != "" || q.Embed || q.Selector != nil || q.Types.Set || q.CreatedAts.Set {
		t.Errorf("defaults: %+v", q)
	}
}

func TestLastPage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ total, perPage, want int }{
		{0, 50, 1}, {1, 50, 1}, {50, 50, 1}, {51, 50, 2}, {100, 50, 2}, {101, 50, 3}, {3, 1, 3},
	} {
		if got := (ListQuery{PerPage: c.perPage}).LastPage(c.total); got != c.want {
			t.Errorf("§13.3 %d by %d: got %d, want %d", c.total, c.perPage, got, c.want)
		}
	}
}

func TestCheckQuery(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{"": "", "foo=1": "", "a=1&a[b]=2": malformed, "x=%": malformed} {
		if got := detailOf(t, CheckQuery(query)); got != want {
			t.Errorf("§2 %q: got %q, want %q", query, got, want)
		}
	}
}

func TestQueryAppGUID(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{"": "", "app_guid=G": "G", "app%5Fguid=G": "G", "app_guid=": "", "app_guid=%20": "", "app_guids=G": "", "app_guid=%": ""} {
		if got := QueryAppGUID(query); got != want {
			t.Errorf("§4 %q: got %q, want %q", query, got, want)
		}
	}
}

// TestSpans: the spans of a filter hold what it matches, to the first and the last
// moment of time.
func TestSpans(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"[lt]=0001-01-01T00:00:00Z", "[lte]=0001-01-01T00:00:00Z", "[gte]=0001-01-01T00:00:00Z",
		"[gt]=2025-01-01T00:00:00Z", "[lt]=2025-01-01T00:00:01Z", "=2025-01-01T00:00:00Z,2025-01-01T00:00:00Z,0001-01-01T00:00:00Z"} {
		q, err := ParseListQuery("created_ats"+query, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []time.Time{time.Unix(0, 1).UTC(), time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), time.Date(2025, 1, 1, 0, 0, 0, 7, time.UTC), time.Date(2025, 1, 1, 0, 0, 1, 0, time.UTC)} {
			within := slices.ContainsFunc(q.CreatedAts.Spans(), func(s Span) bool {
				return (s.From.IsZero() || !at.Before(s.From)) && (s.To.IsZero() || at.Before(s.To))
			})
			if matches := q.CreatedAts.Match(at); within != matches {
				t.Errorf("created_ats%s, %s: in the spans %t, matches %t", query, at, within, matches)
			}
		}
	}
}
