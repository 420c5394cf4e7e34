package drift

import (
	"net/http"
	"strings"

	"example.com/capisim/sim/contract"
)

// badUpdates are bodies that PATCH refuses (§5, §8) or that crash the real
// server before anything is stored (§9).
var badUpdates = []struct{ section, body string }{
	{"4", `{`}, {"4", `{"command":}`}, {"4", `[]`}, {"4", `"x"`}, {"4", `3`}, {"4", `null`},
	{"4", `{"zap":1}`}, {"4", `{"zap":1,"bar":2}`}, {"4", `{"instances":2}`}, {"4", `{"type":"web"}`}, {"4", `{"guid":"x"}`},
	{"5", `{"command":""}`}, {"5", `{"command":42}`}, {"5", `{"command":false}`}, {"5", `{"command":[]}`}, {"5", `{"command":{}}`},
	{"5", `{"command":"` + strings.Repeat("x", 4097) + `"}`},
	{"5", `{"user":""}`}, {"5", `{"user":42}`}, {"5", `{"user":[]}`}, {"5", `{"user":"` + strings.Repeat("x", 256) + `"}`},
	{"5", `{"health_check":{"type":"none"}}`}, {"5", `{"health_check":{"type":null}}`}, {"5", `{"health_check":{"type":"tcp"}}`}, {"5", `{"health_check":{"type":3}}`},
	{"5", `{"health_check":{"data":{"timeout":0}}}`}, {"5", `{"health_check":{"data":{"timeout":-1}}}`}, {"5", `{"health_check":{"data":{"timeout":"x"}}}`},
	{"5", `{"health_check":{"data":{"timeout":1.5}}}`}, {"5", `{"health_check":{"data":{"timeout":5.0}}}`}, {"5", `{"health_check":{"data":{"timeout":"5.0"}}}`},
	{"5", `{"health_check":{"data":{"timeout":true}}}`}, {"5", `{"health_check":{"data":{"timeout":""}}}`}, {"5", `{"health_check":{"data":{"timeout":[]}}}`},
	{"5", `{"health_check":{"data":{"timeout":2147483648}}}`},
	{"5", `{"health_check":{"data":{"invocation_timeout":0}}}`}, {"5", `{"health_check":{"data":{"invocation_timeout":"x"}}}`},
	{"5", `{"health_check":{"data":{"invocation_timeout":1.5}}}`}, {"5", `{"health_check":{"data":{"invocation_timeout":2147483648}}}`},
	{"5", `{"health_check":{"data":{"interval":0}}}`}, {"5", `{"health_check":{"data":{"interval":"x"}}}`},
	{"5", `{"health_check":{"data":{"endpoint":"x"}}}`}, {"5", `{"health_check":{"data":{"endpoint":"//x"}}}`}, {"5", `{"health_check":{"data":{"endpoint":"/a b"}}}`},
	{"5", `{"health_check":{"data":{"endpoint":""}}}`}, {"5", `{"health_check":{"data":{"endpoint":3}}}`},
	{"5", `{"health_check":{"data":{"endpoint":"/` + strings.Repeat("x", 255) + `"}}}`},
	{"5", `{"readiness_health_check":{"type":"none"}}`}, {"5", `{"readiness_health_check":{"type":null}}`},
	{"5", `{"readiness_health_check":{"data":{"invocation_timeout":0}}}`}, {"5", `{"readiness_health_check":{"data":{"interval":"x"}}}`},
	{"5", `{"readiness_health_check":{"data":{"endpoint":"x"}}}`},
	{"5", `{"readiness_health_check":{"type":"x"},"health_check":{"type":"x"},"command":"","zap":1,"metadata":3,"user":""}`},
	{"7", `{"health_check":{"type":"http","data":{"endpoint":null}}}`},
	{"7", `{"readiness_health_check":{"type":"http","data":{"endpoint":null}}}`},
	{"8", `{"metadata":null}`}, {"8", `{"metadata":3}`}, {"8", `{"metadata":[]}`}, {"8", `{"metadata":{"foo":1,"bar":2}}`},
	{"8", `{"metadata":{"labels":"x"}}`}, {"8", `{"metadata":{"labels":[]}}`}, {"8", `{"metadata":{"annotations":3}}`},
	{"8", `{"metadata":{"labels":{"":"v"}}}`}, {"8", `{"metadata":{"labels":{"example.com/":"v"}}}`}, {"8", `{"metadata":{"labels":{"a.b/c/d":"v"}}}`},
	{"8", `{"metadata":{"labels":{"nodns/a":"v"}}}`}, {"8", `{"metadata":{"labels":{"/a":"v"}}}`},
	{"8", `{"metadata":{"labels":{"` + strings.Repeat("abcdefgh.", 28) + `ab/a":"v"}}}`},
	{"8", `{"metadata":{"labels":{"CloudFoundry.org/a":"v"}}}`}, {"8", `{"metadata":{"labels":{"a b":"v"}}}`}, {"8", `{"metadata":{"labels":{"-a":"v"}}}`},
	{"8", `{"metadata":{"labels":{"-a":null}}}`}, {"8", `{"metadata":{"labels":{"` + strings.Repeat("a", 64) + `":"v"}}}`},
	{"8", `{"metadata":{"labels":{"a":"b c"}}}`}, {"8", `{"metadata":{"labels":{"a":"-b"}}}`}, {"8", `{"metadata":{"labels":{"a":"` + strings.Repeat("b", 64) + `"}}}`},
	{"8", `{"metadata":{"labels":{"a":{}}}}`}, {"8", `{"metadata":{"labels":{"-a":"b c"}}}`},
	{"8", `{"metadata":{"annotations":{"-a":"v"}}}`}, {"8", `{"metadata":{"annotations":{"a":"` + strings.Repeat("x", 5001) + `"}}}`},
	{"9", `{"health_check":"x"}`}, {"9", `{"health_check":[]}`}, {"9", `{"health_check":{"data":3}}`},
	{"9", `{"readiness_health_check":true}`}, {"9", `{"metadata":{"annotations":{"a":true}}}`}, {"9", `{"metadata":{"annotations":{"a":1.5}}}`},
}

// badScales are bodies that scale refuses (§6) or that crash the real server
// before anything is stored (§9).
var badScales = []struct{ section, body string }{
	{"4", `{`}, {"4", `[]`}, {"4", `null`}, {"4", `{"zap":1}`}, {"4", `{"command":"x"}`},
	{"6", `{"instances":-1}`}, {"6", `{"instances":2147483648}`}, {"6", `{"instances":1.5}`}, {"6", `{"instances":"x"}`},
	{"6", `{"instances":true}`}, {"6", `{"instances":""}`}, {"6", `{"instances":[]}`},
	{"6", `{"memory_in_mb":0}`}, {"6", `{"memory_in_mb":-1}`}, {"6", `{"memory_in_mb":100000000000}`}, {"6", `{"memory_in_mb":"x"}`}, {"6", `{"memory_in_mb":1.5}`},
	{"6", `{"disk_in_mb":0}`}, {"6", `{"disk_in_mb":-1}`}, {"6", `{"disk_in_mb":"x"}`}, {"6", `{"disk_in_mb":100000000000}`},
	{"6", `{"log_rate_limit_in_bytes_per_second":-2}`}, {"6", `{"log_rate_limit_in_bytes_per_second":9223372036854775808}`},
	{"6", `{"log_rate_limit_in_bytes_per_second":"x"}`}, {"6", `{"log_rate_limit_in_bytes_per_second":1.5}`},
	{"6", `{"log_rate_limit_in_bytes_per_second":-2,"disk_in_mb":0,"memory_in_mb":0,"instances":-1,"zap":1}`},
	{"9", `{"instances":null}`}, {"9", `{"memory_in_mb":null}`},
}

// few are every which one of the bodies the app twins are asked with: they
// share the code of their siblings.
const few = 9

// refusals are writes that change nothing (§3 to §9).
func (b *book) refusals() {
	guid, nested := b.seen.guid(), b.seen.nested()
	for _, op := range contract.ProcessOperations() {
		if op.Access != contract.Write {
			continue
		}
		b.write("3", op.ID+" missing guid", op.Method, fill(op, missing, "web", "0"), "{}")
		if op.Request != "" {
			b.write("3", op.ID+" missing guid and a broken body", op.Method, fill(op, missing, "web", "0"), "{")
		}
		if op.Nested && b.seen.twins {
			b.write("3", op.ID+" missing type", op.Method, fill(op, b.seen.appGUID(), missingType, "0"), "{}")
		}
	}
	for i, one := range badUpdates {
		b.write(one.section, "updateProcess "+named(one.body), http.MethodPatch, "/v3/processes/"+guid, one.body)
		if b.seen.twins && i%few == 0 {
			b.write(one.section, "updateProcessForApp "+named(one.body), http.MethodPatch, nested, one.body)
		}
	}
	for i, one := range badScales {
		b.write(one.section, "scaleProcess "+named(one.body), http.MethodPost, "/v3/processes/"+guid+"/actions/scale", one.body)
		if b.seen.twins && i%few == 0 {
			b.write(one.section, "scaleProcessForApp "+named(one.body), http.MethodPost, nested+"/actions/scale", one.body)
		}
	}
	for _, index := range []string{"-1", "2147483647"} {
		b.write("14.3", "terminateProcessInstance "+index, http.MethodDelete, "/v3/processes/"+guid+"/instances/"+index, "")
		if b.seen.twins {
			b.write("14.3", "terminateProcessInstanceForApp "+index, http.MethodDelete, nested+"/instances/"+index, "")
		}
	}
	b.add("4", "updateProcess form", request{
		method: http.MethodPatch, path: "/v3/processes/" + guid, auth: ownToken, media: "application/x-www-form-urlencoded", body: "zap=1",
	})
}

// write notes a question with a JSON body.
func (b *book) write(section, name, method, path, body string) {
	r := request{method: method, path: path, auth: ownToken, body: body}
	if body != "" {
		r.media = jsonMedia
	}
	b.add(section, name, r)
}

// changes are writes that succeed, and leave the process as useful as it was
// until it is put back (§4, §8, §10).
func (b *book) changes() {
	process := "/v3/processes/" + b.seen.guid()
	scale := process + "/actions/scale"
	for _, body := range []string{
		"", `{}`,
		`{"metadata":{}}`, `{"metadata":{"labels":null}}`, `{"metadata":{"labels":{"capisim-drift":"probe"}}}`,
		`{"metadata":{"labels":{"capisim-drift":5}}}`, `{"metadata":{"labels":{"capisim-drift":""}}}`, `{"metadata":{"labels":{"capisim-drift":null}}}`,
		`{"metadata":{"annotations":{"capisim.example.com/drift":"a probe, with blanks"}}}`, `{"metadata":{"annotations":{"capisim-drift":5}}}`,
		`{"health_check":null}`, `{"health_check":{}}`, `{"health_check":{"data":null}}`, `{"health_check":{"data":{"zap":1}}}`,
		`{"health_check":{"data":{"timeout":61,"invocation_timeout":"3","interval":7}}}`, `{"health_check":{"data":{"timeout":null}}}`,
		`{"readiness_health_check":{"data":{"invocation_timeout":3,"interval":7}}}`,
	} {
		b.write("10", "updateProcess "+named(body), http.MethodPatch, process, body)
	}
	for _, key := range []string{"command", "user"} {
		if key == "command" && b.seen.hidden() {
			continue // it could not be put back
		}
		b.write("5", "updateProcess "+key+" of blanks", http.MethodPatch, process, `{"`+key+`":" "}`)
		b.probes[len(b.probes)-1].after = `{"` + key + `":null}`
	}
	count := b.seen.process.get("instances").encode()
	same := `{"instances":` + count + `}`
	for _, body := range []string{
		"", `{}`, same, `{"instances":"` + count + `"}`, "{" + member(b.seen.process, "memory_in_mb") + "}",
		`{"log_rate_limit_in_bytes_per_second":null}`,
	} {
		b.write("10", "scaleProcess "+named(body), http.MethodPost, scale, body)
	}
	for _, media := range []string{"", "text/plain"} {
		b.add("4", "updateProcess body of type "+quote(media),
			request{method: http.MethodPatch, path: process, auth: ownToken, media: media, body: `{"metadata":{"labels":{"capisim-drift":"ignored"}}}`})
	}
	if b.seen.twins {
		b.write("10", "updateProcessForApp", http.MethodPatch, b.seen.nested(), `{"metadata":{"labels":{"capisim-drift":"probe"}}}`)
		b.write("10", "scaleProcessForApp", http.MethodPost, b.seen.nested()+"/actions/scale", same)
	}
}

// named is what a body is called in the name of a question.
func named(body string) string {
	if body == "" {
		return "empty body"
	}
	return clip(body)
}

// member is a field of the process as it stands in a body.
func member(process *node, key string) string {
	return `"` + key + `":` + process.get(key).encode()
}
