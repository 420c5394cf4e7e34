package truth_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.com/capisim/sim/document"
)

// usualHeaders are those of an answer that does not list its own.
var usualHeaders = [][2]string{
	{"content-type", "application/json; charset=utf-8"},
	{"referrer-policy", "strict-origin-when-cross-origin"},
	{"x-content-type-options", "nosniff"},
	{"x-download-options", "noopen"},
	{"x-frame-options", "SAMEORIGIN"},
	{"x-permitted-cross-domain-policies", "none"},
	{"x-xss-protection", "1; mode=block"},
}

// leftOut are headers that differ from answer to answer, and those that the
// recordings do not hold.
var leftOut = []string{"x-runtime", "x-vcap-request-id", "date", "content-length", "connection", "keep-alive", "vary", "x-user-guid"}

// difference says how an answer differs from the recorded one, "" for not at
// all.
func difference(want answer, got reply, stats bool) string {
	body := readable(got.body, stats)
	if want.Status != got.status {
		return fmt.Sprintf("status %d %s\n  real %d %s", got.status, body, want.Status, want.Body)
	}
	if real := readable(want.Body, stats); body != real {
		at := 0
		for at < min(len(body), len(real)) && body[at] == real[at] {
			at++
		}
		at = max(0, at-40)
		return fmt.Sprintf("body ...%s\n  real ...%s", body[at:], real[at:])
	}
	headers := want.Headers
	if headers == nil {
		headers = usualHeaders
	}
	if ours, real := listed(got), lines(headers); ours != real {
		return "headers\n" + ours + "  real\n" + real
	}
	if user := got.headers.Get("X-USER-GUID"); want.User != nil && user != *want.User {
		return fmt.Sprintf("X-USER-GUID %q\n  real %q", user, *want.User)
	}
	return ""
}

func listed(got reply) string {
	var headers [][2]string
	for name, values := range got.headers {
		if name = strings.ToLower(name); !slices.Contains(leftOut, name) {
			headers = append(headers, [2]string{name, strings.Join(values, ", ")})
		}
	}
	return lines(headers)
}

func lines(headers [][2]string) string {
	var out []string
	for _, h := range headers {
		out = append(out, "  "+h[0]+": "+h[1]+"\n")
	}
	slices.Sort(out)
	return strings.Join(out, "")
}

// readable is a body in the form of the recordings: JSON in the order of its
// keys, without what differs from run to run, and other text behind RAW:.
func readable(body []byte, stats bool) string {
	if len(body) == 0 {
		return "null"
	}
	m := masker{stats: stats}
	if value, err := document.Decode(body); err != nil {
		m.text("RAW:" + string(body))
	} else {
		m.value("", value)
	}
	return m.out.String()
}

// masker copies JSON and puts marks in the place of what cannot be the same
// twice.
type masker struct {
	stats bool
	out   strings.Builder
}

var (
	moment  = regexp.MustCompile(`^20(2[7-9]|26-1[12])[-0-9]*T[0-9:]*(Z|\+00:00)$`)
	moments = []string{"created_at", "updated_at", "time", "last_synced_at"}
	// platform are the members of an instance that the real one's stub made up.
	platform = []string{
		"instance_guid", "host", "instance_internal_ip", "uptime", "since", "cpu", "cpu_entitlement", "mem", "disk", "log_rate",
		"external", "external_tls_proxy_port", "internal_tls_proxy_port",
	}
)

// value copies a value that stands under a key.
func (m *masker) value(key string, value document.Value) {
	switch {
	case key == "current_droplet":
		m.text("<D>")
	case key == "quota":
		m.text("<Q>")
	case value.Kind == document.Object:
		marks := marksOf(value)
		m.members("{}", value, func(member document.Field) {
			m.text(member.Key)
			m.out.WriteByte(':')
			if mark := marks[member.Key]; mark != "" {
				m.text(mark)
			} else {
				m.value(member.Key, member.Value)
			}
		})
	case value.Kind == document.Array:
		m.members("[]", value, func(member document.Field) { m.value(key, member.Value) })
	default:
		m.scalar(value, key)
	}
}

func (m *masker) members(brackets string, value document.Value, write func(document.Field)) {
	m.out.WriteByte(brackets[0])
	for i, member := range value.Members {
		if i > 0 {
			m.out.WriteByte(',')
		}
		write(member)
	}
	m.out.WriteByte(brackets[1])
}

func (m *masker) scalar(value document.Value, key string) {
	text, isText := value.Text, value.Kind == document.String
	made := m.stats && slices.Contains(platform, key)
	switch {
	case isText && strings.HasPrefix(text, "<"): // a mark already
		m.text(text)
	case isText && slices.Contains(moments, key) && moment.MatchString(text):
		m.text("<NOW>")
	case made && isText && text == "":
		m.text("<''>")
	case made && isText:
		m.text("<str>")
	case made && value.Kind == document.Null:
		m.text("<NoneType>")
	case made:
		m.text("<num>")
	case isText:
		m.text(text)
	default:
		m.out.WriteString(value.String())
	}
}

func (m *masker) text(text string) { m.out.WriteString(document.Quoted(text)) }

// marksOf are the members whose values are made up by the server, by what the
// object is.
func marksOf(object document.Value) map[string]string {
	has := document.Finder(object.Members)
	with := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(name string) bool { _, found := has(name); return !found })
	}
	switch {
	case with("status", "strategy"): // a deployment
		return map[string]string{"guid": "<DEP>", "created_at": "<T>", "updated_at": "<T>", "links": "<L>"}
	case with("reason", "details"): // its status
		return map[string]string{"details": "<T>"}
	case with("process_types"): // a sidecar
		return map[string]string{"guid": "<SC>", "command": "<C>", "created_at": "<NOW>", "updated_at": "<NOW>"}
	case with("actor", "target"): // an audit event
		return map[string]string{"guid": "<EVENT>", "links": "<EVENT>"}
	}
	return nil
}
