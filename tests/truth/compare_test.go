package truth_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
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
	var out bytes.Buffer
	m := masker{stats, json.NewDecoder(bytes.NewReader(body)), &out}
	if !json.Valid(body) {
		m.text("RAW:" + string(body))
	} else if err := m.value(""); err != nil {
		panic(err)
	}
	return out.String()
}

// masker copies JSON and puts marks in the place of what cannot be the same
// twice.
type masker struct {
	stats bool
	in    *json.Decoder
	out   *bytes.Buffer
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

// value copies the next value, which stands under a key.
func (m masker) value(key string) error {
	raw := json.RawMessage{}
	if err := m.in.Decode(&raw); err != nil {
		return err
	}
	switch {
	case key == "current_droplet":
		m.out.WriteString(`"<D>"`)
	case key == "quota":
		m.out.WriteString(`"<Q>"`)
	case raw[0] == '{':
		return m.members(raw)
	case raw[0] == '[':
		return m.items(raw, key)
	default:
		m.scalar(raw, key)
	}
	return nil
}

func (m masker) scalar(raw json.RawMessage, key string) {
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		panic(err)
	}
	text, isText := value.(string)
	made := m.stats && slices.Contains(platform, key)
	switch {
	case isText && strings.HasPrefix(text, "<"): // a mark already
		m.text(text)
	case isText && slices.Contains(moments, key) && moment.MatchString(text):
		m.text("<NOW>")
	case made && value == "":
		m.text("<''>")
	case made && isText:
		m.text("<str>")
	case made && value == nil:
		m.text("<NoneType>")
	case made:
		m.text("<num>")
	case isText:
		m.text(text)
	default:
		m.out.Write(raw)
	}
}

func (m masker) text(text string) {
	encoder := json.NewEncoder(m.out)
	encoder.SetEscapeHTML(false)
	encoder.Encode(text) //nolint:errcheck // a buffer takes everything
	m.out.Truncate(m.out.Len() - 1)
}

func (m masker) items(raw json.RawMessage, key string) error {
	inner := masker{m.stats, json.NewDecoder(bytes.NewReader(raw)), m.out}
	inner.in.Token() //nolint:errcheck // the bracket is there
	m.out.WriteByte('[')
	for first := true; inner.in.More(); first = false {
		if !first {
			m.out.WriteByte(',')
		}
		if err := inner.value(key); err != nil {
			return err
		}
	}
	m.out.WriteByte(']')
	return nil
}

func (m masker) members(raw json.RawMessage) error {
	var has map[string]json.RawMessage
	if err := json.Unmarshal(raw, &has); err != nil {
		return err
	}
	marks := marksOf(has)
	inner := masker{m.stats, json.NewDecoder(bytes.NewReader(raw)), m.out}
	inner.in.Token() //nolint:errcheck // the brace is there
	m.out.WriteByte('{')
	for first := true; inner.in.More(); first = false {
		if !first {
			m.out.WriteByte(',')
		}
		name, err := inner.in.Token()
		if err != nil {
			return err
		}
		m.text(name.(string))
		m.out.WriteByte(':')
		mark, marked := marks[name.(string)]
		if !marked {
			if err := inner.value(name.(string)); err != nil {
				return err
			}
			continue
		}
		var skipped json.RawMessage
		if err := inner.in.Decode(&skipped); err != nil {
			return err
		}
		m.out.WriteString(mark)
	}
	m.out.WriteByte('}')
	return nil
}

// marksOf are the members whose values are made up by the server, by what the
// object is.
func marksOf(has map[string]json.RawMessage) map[string]string {
	with := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return has[name] == nil })
	}
	switch {
	case with("status", "strategy"): // a deployment
		return map[string]string{"guid": `"<DEP>"`, "created_at": `"<T>"`, "updated_at": `"<T>"`, "links": `"<L>"`}
	case with("reason", "details"): // its status
		return map[string]string{"details": `"<T>"`}
	case with("process_types"): // a sidecar
		return map[string]string{"guid": `"<SC>"`, "command": `"<C>"`, "created_at": `"<NOW>"`, "updated_at": `"<NOW>"`}
	case with("actor", "target"): // an audit event
		return map[string]string{"guid": `"<EVENT>"`, "links": `{"self":"<EVENT>"}`}
	}
	return nil
}
