package contract

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/rails"
)

const (
	listParameters = "'page', 'per_page', 'order_by', 'created_ats', 'updated_ats', 'guids', 'app_guid', 'types', " +
		"'space_guids', 'organization_guids', 'app_guids', 'embed', 'label_selector'"
	showParameters = "'embed'"
)

// embeddable are the resources that processes can embed.
var embeddable = []string{"process_instances"}

// timeColumns are the columns that every list can be ordered by.
var timeColumns = []string{"created_at", "updated_at"}

var listKeys = strings.Split(strings.ReplaceAll(listParameters, "'", ""), ", ")

// listReader reads a list's query: problems gather in the order of §13.1.
type listReader struct {
	members  []document.Field
	query    ListQuery
	problems []string
	refusal  *Error // nil for BadQueryParameter
	crashed  bool   // in validation: nothing else counts
	broken   bool   // later, when the database is asked: problems count first
}

// CheckQuery refuses a query string that the real server's framework cannot
// read (Malformed), whatever the operation makes of its query (§2).
func CheckQuery(rawQuery string) error {
	if rawQuery == "" {
		return nil
	}
	if _, err := rails.ParseParams(rawQuery); err != nil {
		return Malformed
	}
	return nil
}

// QueryAppGUID is the query parameter app_guid, which turns a direct path into
// one of that app's (the trap of §4); empty when there is none.
func QueryAppGUID(rawQuery string) string {
	if !strings.Contains(rawQuery, "app") {
		return ""
	}
	members, err := rails.ParseParams(rawQuery)
	if err != nil {
		return ""
	}
	return textOf(members, "app_guid")
}

// ParseListQuery reads and checks the query of a list; nested says that the
// list is one of an app's. The errors are BadQueryParameter with all messages
// in the server's order, Malformed for what the framework refuses, and
// UnknownError for what crashes the real server, such as page[]=1.
func ParseListQuery(rawQuery string, nested bool) (ListQuery, error) {
	r := listReader{query: ListQuery{Page: 1, PerPage: defaultPerPage}}
	if rawQuery == "" {
		return r.query, nil
	}
	var err error
	if r.members, err = rails.ParseParams(rawQuery); err != nil {
		return ListQuery{}, Malformed
	}
	r.pages()
	r.order(timeColumns)
	r.query.CreatedAts = r.times("created_ats", "Created ats")
	r.query.UpdatedAts = r.times("updated_ats", "Updated ats")
	r.query.GUIDs = r.filter("guids", "Guids")
	r.selector(true)
	r.problems = append(r.problems, unknownParameters(r.members, listKeys, listParameters)...)
	r.embed()
	r.query.Types = r.filter("types", "")
	r.query.SpaceGUIDs = r.filter("space_guids", "Space guids")
	r.query.OrganizationGUIDs = r.filter("organization_guids", "Organization guids")
	r.query.AppGUIDs = r.filter("app_guids", "App guids")
	r.app(nested)
	return r.result()
}

// result is the query when nothing is wrong with it.
func (r *listReader) result() (ListQuery, error) {
	switch {
	case r.crashed:
		return ListQuery{}, UnknownError
	case len(r.problems) > 0:
		return ListQuery{}, cmp.Or(r.refusal, BadQueryParameter).With(strings.Join(r.problems, ", "))
	case r.broken:
		return ListQuery{}, UnknownError
	}
	slices.Sort(r.query.filters)
	return r.query, nil
}

// ParseShowQuery reads and checks the query of a single process; errors as in
// ParseListQuery.
func ParseShowQuery(rawQuery string) (ShowQuery, error) {
	if rawQuery == "" {
		return ShowQuery{}, nil
	}
	members, err := rails.ParseParams(rawQuery)
	if err != nil {
		return ShowQuery{}, Malformed
	}
	r := listReader{members: members, problems: unknownParameters(members, []string{"embed"}, showParameters)}
	r.embed()
	query, err := r.result()
	return ShowQuery{Embed: query.Embed}, err
}

func (r *listReader) refuse(problem string) { r.problems = append(r.problems, problem) }

func unknownParameters(members []document.Field, known []string, valid string) []string {
	unknown := keysBeside(members, known...)
	if unknown == nil {
		return nil
	}
	return []string{"Unknown query parameter(s): " + quoted(unknown) + ". Valid parameters are: " + valid}
}

// keysBeside lists the keys that are none of the known ones, in order of
// appearance.
func keysBeside(members []document.Field, known ...string) (others []string) {
	for _, member := range members {
		if !slices.Contains(known, member.Key) {
			others = append(others, member.Key)
		}
	}
	return others
}

// pages reads page and per_page, of which only leading digits count. The
// product has its limit even where a factor is refused.
func (r *listReader) pages() {
	page, hasPage := r.integer("page")
	perPage, hasPerPage := r.integer("per_page")
	if hasPage && page.Sign() <= 0 {
		r.refuse("Page must be a positive integer")
	}
	if hasPerPage {
		if perPage.Sign() <= 0 {
			r.refuse("Per page must be a positive integer")
		} else if perPage.Cmp(big.NewInt(MaxPerPage)) > 0 {
			r.refuse("Per page must be between 1 and 5000")
		}
	}
	if !hasPage {
		page = big.NewInt(1)
	}
	if !hasPerPage {
		perPage = big.NewInt(defaultPerPage)
	}
	if product := new(big.Int).Mul(page, perPage); product.Cmp(big.NewInt(math.MaxInt64)) > 0 {
		r.refuse("Maximum result (page * per_page) must be less than 9223372036854775807")
	}
	// Whatever does not fit was refused above.
	r.query.Page, r.query.PerPage = int(page.Int64()), int(perPage.Int64())
}

// integer reads a parameter by its leading digits; nothing but text has that.
func (r *listReader) integer(key string) (n *big.Int, given bool) {
	value, _ := document.Get(r.members, key)
	switch value.Kind {
	case document.Null:
		return nil, false
	case document.String:
		negative, digits := rails.LeadingInteger(value.Text)
		n, _ = new(big.Int).SetString("0"+digits, 10)
		if negative {
			n.Neg(n)
		}
		return n, true
	}
	r.crashed = true
	return nil, false
}

// order reads order_by, which takes one of the columns. A blank one is ignored.
func (r *listReader) order(columns []string) {
	value, _ := document.Get(r.members, "order_by")
	if !rails.Present(value) {
		return
	}
	if value.Kind != document.String {
		r.crashed = true
		return
	}
	column := value.Text
	sign := "+"
	if column[0] == '+' || column[0] == '-' {
		sign, column = column[:1], column[1:]
	}
	if !slices.Contains(columns, column) {
		r.refuse("Order by can only be: " + quoted(columns))
		return
	}
	r.query.OrderBy, r.query.Descending = column, sign == "-"
	r.query.repeat("order_by", sign+column)
}

// filter reads a comma list. Label begins the message for a list given as an
// object; types has no such check and leaves it to the database to fail.
func (r *listReader) filter(key, label string) Filter {
	value, given := document.Get(r.members, key)
	if !given {
		return Filter{}
	}
	if value.Kind == document.Object {
		if label == "" {
			r.broken = true
		} else {
			r.refuse(label + " must be an array")
		}
		return Filter{Set: true}
	}
	if value.Kind == document.Null {
		r.query.filters = append(r.query.filters, key)
		return Filter{Set: true}
	}
	values := commaList(value)
	r.broken = r.broken || !readable(values) || slices.ContainsFunc(values, func(value string) bool { return strings.Contains(value, "\x00") })
	r.query.repeatList(key, values)
	return Filter{Set: true, Values: values}
}

// selector reads label_selector; checked says whether what is wrong with it is
// told.
func (r *listReader) selector(checked bool) {
	value, given := document.Get(r.members, "label_selector")
	if !given {
		return
	}
	if value.Kind == document.Array || value.Kind == document.Object {
		r.crashed = true
		return
	}
	selector, problems := parseSelector(value.Text)
	if checked {
		r.problems = append(r.problems, problems...)
	} else if value.Text != "" {
		r.broken = r.broken || len(problems) > 0
	}
	r.query.Selector = &selector
	r.query.repeat("label_selector", value.Text)
}

// embed reads the list of embedded resources.
func (r *listReader) embed() {
	r.query.Embed = len(r.resources("embed", "embedded", embeddable)) > 0
}

// resources reads a list of related resources to be sent along, each at most
// once, and returns those that there are. Given without a value it crashes the
// real server.
func (r *listReader) resources(key, participle string, valid []string) (known []string) {
	value, given := document.Get(r.members, key)
	if !given {
		return nil
	}
	var names []string
	switch value.Kind {
	case document.Null:
		r.crashed = true
		return nil
	case document.Object:
		for _, member := range value.Members {
			names = append(names, "[:"+member.Key+", "+rails.Inspect(member.Value)+"]")
		}
	default:
		names = commaList(value)
	}
	r.crashed = r.crashed || !readable(names) // a message cannot carry them
	times := map[string]int{}
	for _, name := range names {
		if !slices.Contains(valid, name) {
			r.refuse("Invalid " + participle + " resource: '" + name + "'. Valid " + participle + " resources are: " + quoted(valid))
			continue
		}
		if times[name]++; times[name] == 2 {
			r.refuse("Duplicate " + participle + " resource: '" + name + "'")
		}
		known = append(known, name)
	}
	r.query.repeatList(key, names)
	return known
}

// app applies what a list of an app's processes refuses, whether its path says
// so or the parameter app_guid does.
func (r *listReader) app(nested bool) {
	if !nested {
		r.query.AppGUID = textOf(r.members, "app_guid")
	}
	if !nested && r.query.AppGUID == "" {
		return
	}
	r.refuseGiven([]string{"app_guids", "organization_guids", "space_guids"})
	for _, key := range [...]string{"organization_guids", "space_guids"} {
		if value, given := document.Get(r.members, key); given && value.Kind == document.Null {
			r.broken = true // not refused, and the table it asks is not joined
		}
	}
}

// refuseGiven refuses those of the parameters that have a value.
func (r *listReader) refuseGiven(keys []string) {
	var refused []string
	for _, key := range keys {
		if value, _ := document.Get(r.members, key); value.Kind != document.Null {
			refused = append(refused, key)
		}
	}
	if len(refused) > 0 {
		r.refuse("Unknown query parameter(s): " + quoted(refused))
	}
}

// commaList splits a value at commas and the blanks behind them, then undoes a
// second %-encoding. A value given as a[]=x is split in Ruby's notation of an
// array, and so matches nothing.
func commaList(value document.Value) []string {
	if value.Kind == document.Null {
		return nil
	}
	parts := strings.Split(rails.RenderedParam(value), ",")
	for i, part := range parts {
		if i > 0 {
			part = strings.TrimLeft(part, rails.Space)
		}
		parts[i] = rails.UnescapePercent(part)
	}
	return parts
}

// readable is false when the second %-encoding hid bytes that are not UTF-8. The
// database refuses them, and so does the writer of an error's text: a crash
// both times.
func readable(values []string) bool {
	return !slices.ContainsFunc(values, func(value string) bool { return !utf8.ValidString(value) })
}

// quoted lists names as messages do.
func quoted(names []string) string { return "'" + strings.Join(names, "', '") + "'" }
