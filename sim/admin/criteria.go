package admin

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/state"
)

// criteria are the parts of a fault rule's match, asked of requests in the
// journal. Each part is a rule of its own that does nothing, so that the fault
// package says of each whether it holds, with the same meaning and in the same
// words as of a rule.
type criteria struct {
	rules *fault.Set
	store *state.Store
	empty bool
}

// newCriteria reads a match. Operations are handed back: a journal has requests
// without one.
func (c *call) newCriteria(raw json.RawMessage) (operations []string, out *criteria, problems document.Violations) {
	part, problems := fault.ParsePart(fmt.Appendf(nil, `{"match":%s}`, raw))
	if len(problems) > 0 {
		return nil, nil, problems
	}
	nothing := fault.Duration(0)
	whole := fault.Rule{Match: part.Match, Delay: &fault.Delay{Fixed: &nothing}}
	if problems := whole.Check(); len(problems) > 0 {
		return nil, nil, problems
	}
	out = &criteria{rules: fault.NewSet(0, "verify", 0), store: c.snap.State}
	parts := apart(part.Match)
	out.empty = len(parts) == 0
	rules := make([]fault.Rule, len(parts))
	for i, one := range parts {
		one.Operations = []string{fault.AnyOperation}
		rules[i] = fault.Rule{Match: one, Delay: &fault.Delay{Fixed: &nothing}}
	}
	if err := out.rules.Put(time.Time{}, rules...); err != nil {
		panic("admin: criteria that were checked: " + err.Error())
	}
	if slices.Contains(part.Match.Operations, fault.AnyOperation) {
		return contract.OperationIDs(), out, nil
	}
	return part.Match.Operations, out, nil
}

// apart splits a match into matches of one criterion each, the last to be told
// first: a set lists its newest rule first.
func apart(m fault.Match) []fault.Match {
	var parts []fault.Match
	for _, pointer := range descending(m.Body) {
		parts = append(parts, fault.Match{Body: map[string]fault.Matcher{pointer: m.Body[pointer]}})
	}
	for _, name := range descending(m.Query) {
		parts = append(parts, fault.Match{Query: map[string]fault.Matcher{name: m.Query[name]}})
	}
	for _, name := range descending(m.Headers) {
		parts = append(parts, fault.Match{Headers: map[string]fault.Matcher{name: m.Headers[name]}})
	}
	if m.User != "" {
		parts = append(parts, fault.Match{User: m.User})
	}
	if m.App != "" {
		parts = append(parts, fault.Match{App: m.App})
	}
	for _, one := range []fault.ProcessMatch{{Labels: m.Process.Labels}, {Type: m.Process.Type}, {GUID: m.Process.GUID}} {
		if one != (fault.ProcessMatch{}) {
			parts = append(parts, fault.Match{Process: one})
		}
	}
	return parts
}

func descending(matchers map[string]fault.Matcher) []string {
	names := slices.Sorted(maps.Keys(matchers))
	slices.Reverse(names)
	return names
}

// differences says what of a journaled request does not meet the criteria.
func (c *criteria) differences(e *journal.Entry) []string {
	if c.empty {
		return nil
	}
	var found []string
	for _, one := range c.rules.Explain(time.Time{}, &recorded{entry: e, store: c.store}) {
		if one.Pointer != "" {
			found = append(found, strings.TrimPrefix(one.Pointer, "/match/")+": "+one.Reason)
		}
	}
	return found
}

// recorded is a journaled request as fault rules see a request. What it names
// is looked up in the state as it stands now.
type recorded struct {
	entry *journal.Entry
	store *state.Store
}

var _ fault.Subject = (*recorded)(nil)

// anywhere stands for the operation of a request that met none: the operations
// are asked about apart.
var anywhere = contract.Operations()[0]

// Operation is the row that the request met.
func (r *recorded) Operation() *contract.Operation {
	if r.entry.Operation == nil {
		return anywhere
	}
	return r.entry.Operation
}

// User is who the caller was.
func (r *recorded) User() string { return r.entry.User }

// Header is the request's header, its secrets masked.
func (r *recorded) Header() http.Header { return r.entry.RequestHeader }

// Query is the parsed query; a broken part is left out.
func (r *recorded) Query() url.Values {
	values, _ := url.ParseQuery(r.entry.RawQuery)
	return values
}

// Body is the JSON body; false when it is none or was cut.
func (r *recorded) Body() (any, bool) {
	var value any
	err := json.Unmarshal(r.entry.RequestBody.Bytes, &value)
	return value, err == nil
}

// Process is the one that the path names, if it exists now.
func (r *recorded) Process() (guid, typ string, labels contract.Pairs, ok bool) {
	p := r.peek().Process
	if p == nil {
		return "", "", nil, false
	}
	return p.GUID, p.Type, p.Metadata.Labels, true
}

// App is the one that the path names, or the owner of its process.
func (r *recorded) App() (guid, name string, ok bool) {
	app := r.peek().App
	if app == nil {
		return "", "", false
	}
	return app.GUID, app.Name, true
}

// peek finds what the path names, by the path of its row in the table.
func (r *recorded) peek() state.View {
	op := r.entry.Operation
	if op == nil {
		return state.View{}
	}
	values := map[string]string{}
	got := split(r.entry.Path)
	for i, segment := range split(op.Path) {
		if i < len(got) && isParameter(segment) {
			value, err := url.PathUnescape(got[i])
			if err != nil {
				value = got[i]
			}
			values[segment] = value
		}
	}
	ref := state.Ref{GUID: values["{guid}"]}
	if op.Nested {
		ref = state.Ref{AppGUID: values["{guid}"], Type: values["{type}"]}
	}
	if ref.GUID == "" && ref.AppGUID == "" {
		return state.View{}
	}
	return r.store.Peek(ref)
}
