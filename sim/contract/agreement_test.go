package contract

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"example.com/capisim/sim/schema"
)

// bodies makes request bodies that are nearly right: known and unknown keys
// with values from the neighbourhood of every limit.
type bodies struct{ *rand.Rand }

func (r bodies) pick(choices ...string) string { return choices[r.IntN(len(choices))] }

// object joins members drawn from a menu of "key": value.
func (r bodies) object(menu ...string) string {
	var members []string
	for _, i := range r.Perm(len(menu))[:r.IntN(min(4, len(menu)+1))] {
		members = append(members, menu[i])
	}
	return "{" + strings.Join(members, ",") + "}"
}

func (r bodies) anything() string {
	return r.pick(`null`, `true`, `false`, `0`, `-1`, `1.5`, `[]`, `[null]`, `["x"]`, `{}`, `{"a":1}`, `""`, `"x"`, `" "`)
}

func (r bodies) number() string {
	return r.pick(`1`, `0`, `-1`, `-2`, `2147483647`, `2147483648`, `9223372036854775807`, `9223372036854775808`, `5.0`, `5.5`, `1e2`, `"7"`, `"x"`, `" 7"`, `"+7"`, `null`, r.anything())
}

func (r bodies) text(limit int) string {
	return r.pick(`"x"`, `"web server"`, `null`, `"`+a(limit)+`"`, `"`+a(limit+1)+`"`, r.anything())
}

func (r bodies) endpoint() string {
	return r.pick(`"/"`, `"/x?y=z"`, `"//"`, `"/a b"`, `"x"`, `"/é"`, `"x\n/"`, `"/`+a(254)+`"`, `"/`+a(255)+`"`, `null`, r.anything())
}

func (r bodies) check() string {
	data := r.object(`"timeout":`+r.number(), `"invocation_timeout":`+r.number(), `"interval":`+r.number(), `"endpoint":`+r.endpoint(), `"zap":1`)
	return r.object(`"type":`+r.pick(`"port"`, `"process"`, `"http"`, `"none"`, r.anything()), `"data":`+r.pick(data, data, data, r.anything()), `"zap":1`)
}

func (r bodies) pairs(value func() string) string {
	menu := make([]string, 0, 8)
	for _, key := range []string{"a", "A-b_c.d", "x.y/a", "-a", "a b", "", "nodns/a", "x.y/", "a/b/c", "CloudFoundry.org/a", "cf.cloudfoundry.org/a", a(63), a(64), "é"} {
		menu = append(menu, fmt.Sprintf("%q:%s", key, value()))
	}
	return r.object(menu...)
}

func (r bodies) metadata() string {
	labels := r.pairs(func() string {
		return r.pick(`"v"`, `""`, `null`, `"a b"`, `"-"`, `5`, `true`, `"`+a(63)+`"`, `"`+a(64)+`"`, r.anything())
	})
	annotations := r.pairs(func() string {
		return r.pick(`"v w"`, `""`, `" "`, `null`, `5`, `"`+a(5000)+`"`, `"`+a(5001)+`"`, r.anything())
	})
	return r.object(`"labels":`+r.pick(labels, labels, r.anything()), `"annotations":`+r.pick(annotations, annotations, r.anything()), `"zap":1`)
}

func (r bodies) update() string {
	return r.object(`"command":`+r.text(4096), `"user":`+r.text(255), `"metadata":`+r.pick(r.metadata(), r.metadata(), r.anything()),
		`"health_check":`+r.pick(r.check(), r.check(), r.anything()), `"readiness_health_check":`+r.check(), `"zap":1`)
}

func (r bodies) scale() string {
	return r.object(`"instances":`+r.number(), `"memory_in_mb":`+r.number(), `"disk_in_mb":`+r.number(), `"log_rate_limit_in_bytes_per_second":`+r.number(), `"zap":1`)
}

// TestFieldsAndSchemasAgree demands that the two readers of a body come to the
// same verdict, except where a trap is met and told of.
func TestFieldsAndSchemasAgree(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		operation string
		make      func(bodies) string
		check     func(Body) error
	}{
		{"updateProcess", bodies.update, func(b Body) error { _, err := CheckUpdate(b, Default); return err }},
		{"scaleProcess", bodies.scale, func(b Body) error { _, err := CheckScale(b); return err }},
	} {
		t.Run(c.operation, func(t *testing.T) {
			t.Parallel()
			r := bodies{rand.New(rand.NewPCG(7, 11))}
			o := operation(t, c.operation)
			accepted, refused, trapped := 0, 0, 0
			for range 1000 {
				text := c.make(r)
				if !json.Valid([]byte(text)) {
					t.Fatalf("the generator made %s", text)
				}
				body := parsed(t, text)
				err := c.check(body)
				found, failure := schema.Validate(o.Request, body.Value())
				if failure != nil {
					t.Fatal(failure)
				}
				switch {
				case len(Warnings(o, "application/json", "", []byte(text), Default)) > 0:
					trapped++
				case err == nil && len(found) == 0:
					accepted++
				case err != nil && len(found) > 0:
					refused++
				default:
					t.Fatalf("%s\nmessages: %v\nschema: %v", text, err, found)
				}
			}
			if min(accepted, refused, trapped) < 50 {
				t.Errorf("%d accepted, %d refused, %d trapped: the generator proves too little", accepted, refused, trapped)
			}
		})
	}
}
