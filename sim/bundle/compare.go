package bundle

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
)

// aside are the headers that differ from one time to the next.
var aside = []string{"Date", "X-Runtime", "X-Vcap-Request-Id"}

// issued are the keys of UAA's answers that differ from one time, or one server,
// to the next: tokens and the key that they are signed with.
var issued = []string{"access_token", "refresh_token", "jti", "kid", "n", "value"}

// maxParts is how many differences of one body are told.
const maxParts = 10

// compare tells what of a recorded request and its answer is another now.
func compare(then, now *journal.View) []Part {
	c := &comparison{}
	c.text("rule", then.Rule, now.Rule)
	c.text("injected", strconv.FormatBool(then.Injected), strconv.FormatBool(now.Injected))
	c.text("changed the state", strconv.FormatBool(then.Applied), strconv.FormatBool(now.Applied))
	if then.Held || then.ConnectionFault == string(journal.CutOff) {
		return c.parts // there was no answer yet, or the client did not wait for it
	}
	c.text("connection fault", then.ConnectionFault, now.ConnectionFault)
	c.text("status", strconv.Itoa(then.Response.Status), strconv.Itoa(now.Response.Status))
	op, _ := contract.OperationByID(then.Operation)
	uaa := op != nil && op.UAA
	sizes := !uaa && !masks(then) && !masks(now)
	c.headers(then.Response.Headers, now.Response.Headers, sizes)
	c.body(&then.Response.BodyView, &now.Response.BodyView, uaa, sizes)
	return c.parts
}

// masks says that a secret was masked, so that lengths are those of others.
func masks(v *journal.View) bool {
	return strings.Contains(v.Response.Body, journal.Masked) || strings.Contains(v.Request.Body, journal.Masked)
}

type comparison struct{ parts []Part }

func (c *comparison) add(where, then, now string) {
	c.parts = append(c.parts, Part{where, then, now})
}

func (c *comparison) text(where, then, now string) {
	if unmarked(then) != unmarked(now) {
		c.add(where, shown(then), shown(now))
	}
}

func shown(text string) string {
	if text == "" {
		return "none"
	}
	return document.Abbreviate(text)
}

func (c *comparison) headers(then, now http.Header, sizes bool) {
	then, now = canonical(then), canonical(now)
	names := slices.Collect(maps.Keys(then))
	for name := range now {
		if _, both := then[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if slices.Contains(aside, name) || name == "Content-Length" && !sizes {
			continue
		}
		c.text("header "+name, strings.Join(then[name], ", "), strings.Join(now[name], ", "))
	}
}

func canonical(h http.Header) http.Header {
	out := make(http.Header, len(h))
	for name, values := range h {
		name = http.CanonicalHeaderKey(name)
		out[name] = append(out[name], values...)
	}
	return out
}

func (c *comparison) body(then, now *journal.BodyView, uaa, sizes bool) {
	before, beforeErr := document.Decode([]byte(unmarked(then.Body)))
	after, afterErr := document.Decode([]byte(unmarked(now.Body)))
	if beforeErr == nil && afterErr == nil && !then.Cut && !now.Cut {
		c.value("body", before, after, uaa)
		return
	}
	if sizes && then.Size != now.Size {
		c.add("body", strconv.FormatInt(then.Size, 10)+" bytes", strconv.FormatInt(now.Size, 10)+" bytes")
		return
	}
	if a, b := unmarked(then.Body), unmarked(now.Body); a != b {
		at := 0
		for at < min(len(a), len(b)) && a[at] == b[at] {
			at++
		}
		c.add("body at byte "+strconv.Itoa(at), shown(strings.ToValidUTF8(a[at:], "")), shown(strings.ToValidUTF8(b[at:], "")))
	}
}

// value walks two bodies side by side and names what differs by its pointer.
func (c *comparison) value(where string, then, now document.Value, uaa bool) {
	if len(c.parts) >= maxParts || then.Same(now) {
		return
	}
	switch {
	case then.Kind == document.Object && now.Kind == document.Object:
		for _, member := range then.Members {
			at := pointer(where, document.Escape(member.Key))
			other, both := now.Get(member.Key)
			switch {
			case uaa && slices.Contains(issued, member.Key):
			case both:
				c.value(at, member.Value, other, uaa)
			default:
				c.add(at, document.Found(member.Value), "left out")
			}
		}
		for _, member := range now.Members {
			if _, both := then.Get(member.Key); !both {
				c.add(pointer(where, document.Escape(member.Key)), "left out", document.Found(member.Value))
			}
		}
	case then.Kind == document.Array && now.Kind == document.Array && len(then.Members) == len(now.Members):
		for i := range then.Members {
			c.value(pointer(where, strconv.Itoa(i)), then.Members[i].Value, now.Members[i].Value, uaa)
		}
	default:
		c.add(where, document.Found(then), document.Found(now))
	}
}

func pointer(where, token string) string {
	if where == "body" {
		where = "body "
	}
	return where + "/" + token
}
