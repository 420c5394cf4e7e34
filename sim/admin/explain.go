package admin

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/journal"
	"example.com/capisim/sim/world"
)

// Explainer says what the simulated API itself would make of a request to a
// world, without changing or recording anything. The path has no world prefix.
type Explainer func(of *world.World, r *http.Request) *fault.Trial

func (c *call) explainRequest() (reply, error) {
	o := c.object(maxBody)
	var asked *http.Request
	var entry *journal.Entry // of a request of the journal
	if _, again := o.get("request"); again {
		asked, entry = c.askedBefore(o)
	} else {
		asked = c.asked(o)
	}
	if err := o.err(); err != nil {
		return reply{}, err
	}
	if c.explain == nil {
		return reply{}, failure(http.StatusNotImplemented, "this server cannot explain requests")
	}
	trial := c.explain(c.world, asked)
	out := client.Explanation{Rules: []fault.Forecast{}, Prefer: trial.Prefer, Answer: client.RealAnswer{Status: trial.Status, Refused: trial.Refused}}
	switch {
	case len(trial.Body) == 0: // it is null
	case json.Valid(trial.Body):
		out.Answer.Body = trial.Body
	default: // as the pages of a web server below the API
		out.Answer.Body = document.AppendQuoted(nil, string(trial.Body))
	}
	if trial.Subject == nil {
		miss := journal.NearestOperation(&journal.Entry{Method: asked.Method, Path: asked.URL.EscapedPath()})
		out.Nearest = &miss
		out.Says = "it meets no operation: " + miss.Message
		return ok(out), nil
	}
	out.Operation = trial.Subject.Operation().ID
	out.Rules, out.Decides = c.forecasts(trial)
	if entry == nil {
		out.Says = wouldBe(&out)
		return ok(out), nil
	}
	out.Then = c.snap.Faults.Recall(trial.Subject, entry.Rule, fault.Course(entry.Course), unasked(entry))
	out.Says = c.was(entry, &out)
	return ok(out), nil
}

// forecasts are what the rules would make of a request, and which would answer.
func (c *call) forecasts(trial *fault.Trial) (rules []fault.Forecast, decides string) {
	if trial.Prefer != nil && trial.Prefer.Applied != "" {
		return c.snap.Faults.Recall(trial.Subject, "", "", "the header Prefer decides before any rule"), ""
	}
	rules = append([]fault.Forecast{}, c.snap.Faults.Explain(c.now, trial.Subject)...)
	for _, rule := range rules {
		status, found := c.snap.Faults.Get(rule.RuleID)
		if rule.Fires && found && (status.Respond != nil || status.Connection != nil || status.Sequence != nil) {
			return rules, rule.RuleID
		}
	}
	return rules, ""
}

// askedBefore is a request of the journal, as it came, and what became of it.
func (c *call) askedBefore(o *object) (*http.Request, *journal.Entry) {
	id, given := o.whole("request")
	if !given {
		return nil, nil
	}
	asked, found := c.world.Journal.Again(uint64(max(id, 0)))
	entry, kept := c.world.Journal.Get(uint64(max(id, 0)))
	if !found || !kept {
		o.add("request", "%d, expected the id of a request that the journal holds", id)
		return nil, nil
	}
	return asked.WithContext(c.request.Context()), &entry
}

// asked makes the request that the body describes.
func (c *call) asked(o *object) *http.Request {
	method, given := o.text("method")
	if !given {
		method = http.MethodGet
	} else if !token(method) {
		o.add("method", "%q, expected a method such as PATCH", method)
	}
	header := c.askedHeader(o)
	body := askedBody(o, header)
	target := c.askedPath(o)
	if target == nil || !token(method) {
		return nil
	}
	asked := &http.Request{
		Method: method, URL: target, RequestURI: target.RequestURI(), Header: header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Host: c.request.Host, RemoteAddr: c.request.RemoteAddr,
		ContentLength: int64(len(body)), Body: http.NoBody,
	}
	if len(body) > 0 {
		asked.Body = io.NopCloser(bytes.NewReader(body))
	}
	return asked.WithContext(c.request.Context())
}

func (c *call) askedPath(o *object) *url.URL {
	path, given := o.text("path")
	if _, there := o.get("path"); !there {
		o.add("path", "left out, expected a path such as /v3/processes")
	}
	if !given {
		return nil
	}
	target, err := url.ParseRequestURI(path)
	if err != nil || !strings.HasPrefix(path, "/") {
		o.add("path", "%q, expected a path such as /v3/processes", path)
		return nil
	}
	if strings.HasPrefix(target.Path, world.Prefix) {
		o.add("path", "%q, expected a path inside this world, such as /v3/processes; of another world, ask under /worlds/NAME/admin", path)
		return nil
	}
	return target
}

func (c *call) askedHeader(o *object) http.Header {
	header := http.Header{}
	in, given := o.inner("headers")
	if !given {
		return header
	}
	for _, m := range in.value.Members {
		text, isText := in.text(m.Key)
		switch {
		case !isText:
		case !token(m.Key):
			in.add(m.Key, "%q, expected the name of a header", m.Key)
		case strings.ContainsAny(text, "\r\n\x00"):
			in.add(m.Key, "%s, expected the value of a header, in one line", strconv.Quote(text))
		case header.Values(m.Key) != nil:
			in.add(m.Key, "given twice, expected a header once")
		default:
			header.Set(m.Key, text)
		}
	}
	return header
}

// askedBody takes a string as the text of the body and all else as JSON, which
// it is then called, unless a header calls it something else.
func askedBody(o *object, header http.Header) []byte {
	body, given := o.get("body")
	switch {
	case !given:
		return nil
	case body.Kind == document.String:
		return []byte(body.Text)
	}
	if header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/json")
	}
	return body.AppendJSON(nil)
}

// token says that a text can be a method or the name of a header (RFC 9110).
func token(text string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		return !letter && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	}) < 0
}
