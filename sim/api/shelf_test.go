package api

import (
	"fmt"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"example.com/capisim/sim/world"
)

// routed is a world with so many routes and bindings, of a hundredth as many apps and
// service instances.
func routed(many int) string {
	var b strings.Builder
	each := func(key string, many, kinds int, line string) {
		fmt.Fprintf(&b, "%q: [", key)
		for i := range many {
			fmt.Fprintf(&b, line+"%[3]c", i, i%kinds, ",]"[i/(many-1)])
		}
	}
	few := many / 100
	b.WriteString(`{"name": "routed", "extends": "default", `)
	each("apps", few, few, `{"name": "app-%d", "guid": "00000000-0000-4000-8000-%012[2]d", "space": "dev"}`)
	b.WriteString(`, "resources": {`)
	each("service_instances", few, few, `{"name": "db-%d", "guid": "10000000-0000-4000-8000-%012[2]d", "relationships": {"space": {"data": {"guid": "`+spaceGUID+`"}}}}`)
	b.WriteString(", ")
	each("service_credential_bindings", many, few, `{"name": "key-%d", "relationships": {"app": {"data": {"guid": "00000000-0000-4000-8000-%012[2]d"}}, "service_instance": {"data": {"guid": "10000000-0000-4000-8000-%012[2]d"}}}}`)
	b.WriteString(", ")
	each("routes", many, few, `{"host": "host-%d", "destinations": [{"app": {"guid": "00000000-0000-4000-8000-%012d"}}]}`)
	return b.String() + "}}"
}

// firsts are requests for which something is made of all items, for the first of them
// alone.
var firsts = []struct{ path, who string }{
	{"routes", "admin"},
	{"routes?hosts=host-7", "admin"},
	{"routes?app_guids=" + appGUID, "admin"},
	{"routes?space_guids=" + spaceGUID, "admin"},
	{"routes?organization_guids=" + orgGUID, "admin"},
	{"routes", "developer"},
	{"service_credential_bindings", "admin"},
	{"service_credential_bindings?app_names=app-7", "admin"},
	{"service_credential_bindings?service_instance_names=db-7", "admin"},
	{"service_credential_bindings", "developer"},
}

func (r *rig) list(t testing.TB, path, who string) {
	request := httptest.NewRequest("GET", "/v3/"+path, nil)
	request.Header.Set("Authorization", "bearer "+who)
	w := httptest.NewRecorder()
	if r.api.ServeHTTP(w, request, r.world); w.Code != 200 {
		t.Fatal(path, w.Code, w.Body)
	}
}

// TestFirstIsLittleWork: what is made of an item when something is first asked of all
// takes some pieces of memory, not hundreds.
func TestFirstIsLittleWork(t *testing.T) {
	const many, pieces = 2_000, 18
	r := rigFor(t, routed(many), Options{})
	for _, first := range firsts {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r.list(t, first.path, first.who)
		runtime.ReadMemStats(&after)
		if each := (after.Mallocs - before.Mallocs) / many; each > pieces {
			t.Errorf("%s as %s: %d pieces an item, expected at most %d", first.path, first.who, each, pieces)
		}
	}
}

// BenchmarkFirst asks for what is then made of 100,000 items.
func BenchmarkFirst(b *testing.B) {
	r := rigFor(b, routed(100_000), Options{})
	for _, first := range firsts {
		collection, _, filtered := strings.Cut(first.path, "?")
		b.Run(first.path+" as "+first.who, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				if err := r.world.Reset(world.Everything); err != nil { // makes another load
					b.Fatal(err)
				}
				if filtered || first.who != "admin" {
					r.list(b, collection, "admin")
				}
				runtime.GC()
				b.StartTimer()
				r.list(b, first.path, first.who)
			}
		})
	}
}
