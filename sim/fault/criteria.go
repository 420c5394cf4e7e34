package fault

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// aspect is what a criterion looks at.
type aspect int

const (
	userAspect aspect = iota
	remoteAspect
	headerAspect
	queryAspect
	guidAspect
	typeAspect
	labelsAspect
	appAspect
	bodyAspect
)

// criterion is one thing that a rule wants of a request, besides the operation.
// It is a value with a switch and no interface or closure, so that the facts of
// a request that matches nothing stay on the stack.
type criterion struct {
	aspect   aspect
	pointer  string // in the rule
	name     string // of the header or parameter
	tokens   []string
	text     string // what user, guid, type and app are to be
	selector contract.Selector
	network  netip.Prefix
	wanted   comparison
}

// Criteria are a Match made ready to be asked of requests, the operations apart:
// the cheap questions first, those that cost the caller a look-up or a decoded
// body last.
type Criteria struct{ list []criterion }

// Differences says of each criterion that a request does not meet where it
// stands in the match, what was found and what was expected.
func (c Criteria) Differences(r Request) []string {
	var found []string
	for i := range c.list {
		if one := &c.list[i]; !one.holds(r) {
			found = append(found, strings.TrimPrefix(one.pointer, "/match/")+": "+one.against(r))
		}
	}
	return found
}

// failing finds the first criterion that the request does not meet.
func (c Criteria) failing(r Request) *criterion {
	for i := range c.list {
		if !c.list[i].holds(r) {
			return &c.list[i]
		}
	}
	return nil
}

// Criteria makes the criteria of a match that was checked; it panics on one
// that makes no sense.
func (m Match) Criteria() Criteria {
	var list []criterion
	text := func(a aspect, pointer, want string) {
		if want != "" {
			list = append(list, criterion{aspect: a, pointer: pointer, text: want})
		}
	}
	text(userAspect, "/match/user", m.User)
	if text(remoteAspect, "/match/remote", m.Remote); m.Remote != "" {
		network, err := networkOf(m.Remote)
		if err != nil {
			panic("fault: remote: " + err.Error()) // Parse read it before
		}
		list[len(list)-1].network = network
	}
	for _, name := range slices.Sorted(maps.Keys(m.Headers)) {
		list = append(list, criterion{aspect: headerAspect, pointer: "/match/headers/" + document.Escape(name),
			name: http.CanonicalHeaderKey(name), wanted: m.Headers[name].ready()})
	}
	for _, name := range slices.Sorted(maps.Keys(m.Query)) {
		list = append(list, criterion{aspect: queryAspect, pointer: "/match/query/" + document.Escape(name),
			name: name, wanted: m.Query[name].ready()})
	}
	text(guidAspect, "/match/process/guid", m.Process.GUID)
	text(typeAspect, "/match/process/type", m.Process.Type)
	text(labelsAspect, "/match/process/labels", m.Process.Labels)
	if m.Process.Labels != "" {
		selector, err := contract.ParseSelector(m.Process.Labels)
		if err != nil {
			panic("fault: labels: " + err.Error()) // Parse read it before
		}
		list[len(list)-1].selector = selector
	}
	text(appAspect, "/match/app", m.App)
	for _, pointer := range slices.Sorted(maps.Keys(m.Body)) {
		list = append(list, criterion{aspect: bodyAspect, pointer: "/match/body/" + document.Escape(pointer),
			tokens: document.Tokens(pointer), wanted: m.Body[pointer].ready()})
	}
	return Criteria{list}
}

// holds says whether the request is as the criterion wants it.
func (c *criterion) holds(r Request) bool {
	switch c.aspect {
	case userAspect:
		return r.User() == c.text
	case remoteAspect:
		return c.network.Contains(addressOf(r.Remote()))
	case headerAspect:
		return c.wanted.texts(r.Header()[c.name])
	case queryAspect:
		return c.wanted.texts(r.Query()[c.name])
	case guidAspect:
		guid, _, _, ok := r.Process()
		return ok && guid == c.text
	case typeAspect:
		_, typ, _, ok := r.Process()
		return ok && typ == c.text
	case labelsAspect:
		_, _, labels, ok := r.Process()
		return ok && c.selector.Matches(labels)
	case appAspect:
		guid, name, ok := r.App()
		return ok && (guid == c.text || name == c.text)
	default:
		body, _ := r.Body()
		if len(body.Fields) == 0 {
			return c.wanted.matcher.wantsAbsence()
		}
		value, present := body.Value().At(c.tokens)
		return c.wanted.body(value, present, body.Form)
	}
}

// against tells in words what stands against a criterion that does not hold.
func (c *criterion) against(r Request) string { return c.found(r) + ", expected " + c.want() }

// found tells in words what the request has where the criterion looks.
func (c *criterion) found(r Request) string {
	guid, typ, labels, hasProcess := "", "", contract.Pairs(nil), false
	if c.aspect == guidAspect || c.aspect == typeAspect || c.aspect == labelsAspect {
		if guid, typ, labels, hasProcess = r.Process(); !hasProcess {
			return "the path names no process that exists"
		}
	}
	switch c.aspect {
	case userAspect:
		return "the user is " + orNone(r.User())
	case remoteAspect:
		return "the client's address is " + orNone(r.Remote())
	case headerAspect:
		return "the header is " + orNone(r.Header()[c.name]...)
	case queryAspect:
		return "the parameter is " + orNone(r.Query()[c.name]...)
	case guidAspect:
		return "the process is " + orNone(guid)
	case typeAspect:
		return "the process type is " + orNone(typ)
	case labelsAspect:
		return "the labels are " + labelText(labels)
	case appAspect:
		guid, name, ok := r.App()
		if !ok {
			return "the path names no app that exists"
		}
		return fmt.Sprintf("the app is %q (%s)", name, guid)
	default:
		return bodyText(r, c.tokens)
	}
}

// want tells in words what the criterion asks for.
func (c *criterion) want() string {
	switch c.aspect {
	case headerAspect, queryAspect, bodyAspect:
		return jsonText(c.wanted.matcher)
	default:
		return strconv.Quote(c.text)
	}
}

func bodyText(r Request, tokens []string) string {
	body, readable := r.Body()
	value, present := body.Value().At(tokens)
	switch {
	case !readable:
		return "the body cannot be read"
	case present:
		return "the value is " + legible(value.String())
	case len(body.Fields) == 0:
		return "there is no body that the API reads"
	}
	return "the body has no such place"
}

func labelText(labels contract.Pairs) string {
	texts := make([]string, len(labels))
	for i, label := range labels {
		texts[i] = label.Key + "=" + label.Value
	}
	return orNone(texts...)
}

// jsonText spells a value for a message; what cannot be written as JSON was
// never read from it, and the error says so in its place.
func jsonText(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return legible(string(raw))
}

// legible makes JSON for people of JSON for the page of a browser: they read < and
// not \u003c. What is behind a backslash that is escaped stays.
var legible = strings.NewReplacer(`\\`, `\\`, `\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace

// orNone quotes what was found.
func orNone(texts ...string) string {
	quoted := make([]string, 0, len(texts))
	for _, text := range texts {
		if text != "" {
			quoted = append(quoted, strconv.Quote(text))
		}
	}
	if len(quoted) == 0 {
		return "none"
	}
	return strings.Join(quoted, ", ")
}
