package drift

import (
	"net/http"
	"testing"

	"example.com/capisim/sim/document"
)

const found = `{"guid":"p-1","created_at":"2020-01-01T00:00:00Z","updated_at":"2021-01-01T00:00:00Z","version":"v","type":"web","command":"run",` +
	`"user":"vcap","instances":2,"memory_in_mb":64,"disk_in_mb":77,"log_rate_limit_in_bytes_per_second":-1,` +
	`"health_check":{"type":"http","data":{"timeout":3,"invocation_timeout":null,"interval":4,"endpoint":"/x"}},` +
	`"readiness_health_check":{"type":"process","data":{"invocation_timeout":null,"interval":null}},` +
	`"relationships":{"app":{"data":{"guid":"a-1"}},"revision":{"data":{"guid":"r-1"}},"registry_credential":null},` +
	`"metadata":{"labels":{"b":"1","a":"2"},"annotations":{"n":"x y"}},"links":{"space":{"href":"http://t/v3/spaces/s-1"}}}`

func TestMirrorAnswersAsTheTarget(t *testing.T) {
	t.Parallel()
	s := &subject{process: tree(t, found), variant: "open-source", space: "s-1", appName: "shop"}
	m, err := newMirror(s)
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	got, err := m.do(t.Context(), get("/v3/processes/p-1"))
	if err != nil || got.status != http.StatusOK {
		t.Fatalf("got %v, %v", got, err)
	}
	for _, key := range []string{"guid", "created_at", "updated_at", "version", "type", "command", "user", "instances", "memory_in_mb", "disk_in_mb",
		"log_rate_limit_in_bytes_per_second", "health_check", "readiness_health_check", "metadata"} {
		if is, was := got.json().get(key), s.process.get(key); !same(is, was) {
			t.Errorf("%s is %s, want %s", key, is.encode(), was.encode())
		}
	}
	if got.json().get("links", "space", "href").string() != mirrorBase+"/v3/spaces/s-1" {
		t.Errorf("another space: %s", got.body)
	}
}

func TestAlign(t *testing.T) {
	t.Parallel()
	s := &subject{process: tree(t, found)}
	m, err := newMirror(s)
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	theirs := `{"resources":[{"index":0,"state":"CRASHED","details":null},{"index":1,"state":"BROKEN"},{"index":99,"state":"DOWN"}]}`
	m.align(&answer{status: http.StatusOK, body: []byte(theirs)}, s)
	got, err := m.do(t.Context(), get("/v3/processes/p-1/process_instances"))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"CRASHED", "RUNNING"} {
		if state := got.json().get("resources").list()[i].get("state").string(); state != want {
			t.Errorf("instance %d is %s, want %s", i, state, want)
		}
	}
}

// Any process that the survey accepts can be put into a mirror: what does not
// fit is left out.
func FuzzMirror(f *testing.F) {
	f.Add(found)
	f.Add(`{"guid":"p","type":"web","instances":-1,"memory_in_mb":0,"disk_in_mb":0,"metadata":{"labels":{"":"x","a":3,"a":"b"}}}`)
	f.Add(`{"health_check":{"type":"none","data":[]},"readiness_health_check":{"type":"none","data":{"timeout":0,"endpoint":"//"}}}`)
	f.Add(`{"type":"a b","version":"!","command":"\u0000","user":"","created_at":"yesterday"}`)
	f.Fuzz(func(t *testing.T, text string) {
		n, err := parse([]byte(text))
		if err != nil || n.Kind != document.Object {
			return
		}
		n = mended(n, tree(t, `{"guid":"p-1","type":"web","relationships":{"app":{"data":{"guid":"a-1"}}}}`))
		s := &subject{process: n, appName: n.get("name").string()}
		if s.usable() != nil {
			return
		}
		m, err := newMirror(s)
		if err != nil {
			t.Fatalf("%s: %v", n.encode(), err)
		}
		m.close()
	})
}
