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
// to the next: tokens, what makes one differ from another, and the key that they
// are signed with.
var issued = []string{"access_token", "refresh_token", "exp", "iat", "until", "iss", "jti", "session", "grant_type", "kid", "n", "value"}

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
		for _, d := range before.Differences(after, maxParts-len(c.parts), func(key string) bool { return uaa && slices.Contains(issued, key) }) {
			c.add(strings.TrimSuffix("body "+d.Pointer, " "), found(d.One), found(d.Other))
		}
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

func found(v *document.Value) string {
	if v == nil {
		return "left out"
	}
	return document.Found(*v)
}
