package bench_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/capisim/sim"
)

// The sizes between which costs must not grow, in apps of a web and a worker
// process each.
var sizes = []int{500, 5_000, 50_000}

// crowdOf starts a server with so many apps.
func crowdOf(b *testing.B, apps int) *sim.Server {
	return sim.Start(b, sim.Document(fmt.Sprintf("name: crowd\ngenerate: {apps: %d, processes: [web, worker]}\n", apps)))
}

// discarded takes an answer and keeps its status.
type discarded struct {
	header http.Header
	status int
}

func (d *discarded) Header() http.Header { return d.header }

func (d *discarded) WriteHeader(status int) { d.status = status }

func (d *discarded) Write(p []byte) (int, error) { return len(p), nil }

func ask(b *testing.B, srv *sim.Server, method, path string, body io.Reader) {
	request := httptest.NewRequest(method, srv.URL+path, body)
	request.Header.Set("Authorization", "bearer admin")
	answer := &discarded{header: http.Header{}}
	srv.Simulator.ServeHTTP(answer, request)
	if answer.status >= 300 {
		b.Fatalf("%s %s: %d", method, path, answer.status)
	}
}

// BenchmarkStart makes a server of a scenario.
func BenchmarkStart(b *testing.B) {
	for _, apps := range sizes {
		b.Run(fmt.Sprint(2*apps), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				crowdOf(b, apps)
			}
		})
	}
}

// BenchmarkExport writes the whole state.
func BenchmarkExport(b *testing.B) {
	for _, format := range []string{"json", "yaml"} {
		for _, apps := range sizes {
			b.Run(fmt.Sprint(format, "/", 2*apps), func(b *testing.B) {
				srv := crowdOf(b, apps)
				b.ReportAllocs()
				for b.Loop() {
					ask(b, srv, "GET", "/admin/state?format="+format, nil)
				}
			})
		}
	}
}

// BenchmarkImport puts a world into the state that another one was in.
func BenchmarkImport(b *testing.B) {
	for _, apps := range []int{500, 5_000} {
		b.Run(fmt.Sprint(2*apps), func(b *testing.B) {
			srv := crowdOf(b, apps)
			answer := httptest.NewRecorder()
			srv.Simulator.ServeHTTP(answer, httptest.NewRequest("GET", srv.URL+"/admin/state", nil))
			document := answer.Body.Bytes()
			b.SetBytes(int64(len(document)))
			b.ReportAllocs()
			for b.Loop() {
				ask(b, srv, "PUT", "/admin/state", bytes.NewReader(document))
			}
		})
	}
}

// BenchmarkListFiltered asks for pages by each filter, near the beginning and
// deep inside.
func BenchmarkListFiltered(b *testing.B) {
	for _, apps := range sizes {
		srv := crowdOf(b, apps)
		deep := fmt.Sprintf("page=%d", apps/50/2)
		for _, query := range []string{
			"", deep, "types=worker", "types=worker&" + deep, "types=web,worker&" + deep, "label_selector=env=prod", "label_selector=env!=prod&types=web&page=9",
			"organization_guids=nix", "created_ats[lt]=2020-01-01T00:00:00Z", "created_ats[gt]=2020-01-01T00:00:00Z", "order_by=-updated_at&" + deep,
			"order_by=-updated_at&types=worker&" + deep, "embed=process_instances&types=worker",
		} {
			b.Run(fmt.Sprint(2*apps, "/", query), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					ask(b, srv, "GET", "/v3/processes?"+query, nil)
				}
			})
		}
		b.Run(fmt.Sprint(2*apps, "/audit events"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ask(b, srv, "GET", "/v3/audit_events", nil)
			}
		})
	}
}

// BenchmarkAuditEvents asks for the events of worlds whose instances make them by
// the clock, after all have.
func BenchmarkAuditEvents(b *testing.B) {
	for _, lifecycle := range []string{"ready_delay: 1s", "crash_loop: [{process: web, after: 1m}, {process: worker, after: 2m}]"} {
		for _, apps := range sizes {
			srv := sim.Start(b, sim.Document(fmt.Sprintf("name: crowd\nlifecycle: {%s}\ngenerate: {apps: %d, processes: [web, worker]}\n", lifecycle, apps)))
			ask(b, srv, "POST", "/admin/clock/advance", strings.NewReader(`{"by":"1h"}`))
			ask(b, srv, "GET", "/v3/audit_events", nil)
			b.Run(fmt.Sprint(2*apps, "/", lifecycle[:5]), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					ask(b, srv, "GET", "/v3/audit_events", nil)
				}
			})
		}
	}
}

// BenchmarkListApps asks for pages of what processes hang on.
func BenchmarkListApps(b *testing.B) {
	for _, apps := range sizes {
		srv := crowdOf(b, apps)
		for _, query := range []string{
			"", fmt.Sprintf("page=%d", apps/50/2), "names=app-77", "names=app-77&space_guids=nix", "label_selector=env=prod", "order_by=name", "order_by=-updated_at", "per_page=5000",
			"order_by=-updated_at&label_selector=env=prod", "created_ats[lt]=2020-01-01T00:00:00Z", "updated_ats[gt]=2020-01-01T00:00:00Z",
		} {
			b.Run(fmt.Sprint(apps, "/", query), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					ask(b, srv, "GET", "/v3/apps?"+query, nil)
				}
			})
		}
	}
}

// BenchmarkListSpaces asks for pages of what apps hang on.
func BenchmarkListSpaces(b *testing.B) {
	for _, spaces := range []int{500, 5_000} {
		var text strings.Builder
		text.WriteString(`{"name":"wide","organizations":[{"name":"o"}],"spaces":[{"name":"first"}`)
		for i := range spaces {
			fmt.Fprintf(&text, `,{"name":"space-%d","metadata":{"labels":{"n":"%d"}}}`, i, i%(spaces/5))
		}
		text.WriteString("]}")
		srv := sim.Start(b, sim.Document(text.String()))
		for _, query := range []string{"", fmt.Sprintf("page=%d", spaces/50/2), "names=space-77", "label_selector=n=7", "order_by=name", "order_by=-updated_at"} {
			b.Run(fmt.Sprint(spaces, "/", query), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					ask(b, srv, "GET", "/v3/spaces?"+query, nil)
				}
			})
		}
	}
}

// BenchmarkDeployments makes a world with a deployment for each app, asks for pages
// of them, and forks it.
func BenchmarkDeployments(b *testing.B) {
	for _, apps := range []int{500, 5_000} {
		var text strings.Builder
		text.WriteString(`{"name":"deployed","apps":[{"name":"first"}`)
		for i := range apps {
			fmt.Fprintf(&text, `,{"name":"app-%d","guid":"app-%[1]d","processes":[{"type":"web"}],"deployments":[{"state":"DEPLOYED","metadata":{"labels":{"n":"%d"}}}]}`, i, i%(apps/5))
		}
		text.WriteString("]}")
		b.Run(fmt.Sprint(apps, "/start"), func(b *testing.B) {
			for b.Loop() {
				sim.Start(b, sim.Document(text.String()))
			}
		})
		srv := sim.Start(b, sim.Document(text.String()))
		deep := fmt.Sprintf("page=%d", apps/50/2)
		for _, query := range []string{
			"", deep, "app_guids=app-77", "states=DEPLOYED&" + deep, "label_selector=n=7", "order_by=-updated_at&" + deep, "created_ats[lt]=2020-01-01T00:00:00Z",
		} {
			b.Run(fmt.Sprint(apps, "/", query), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					ask(b, srv, "GET", "/v3/deployments?"+query, nil)
				}
			})
		}
		b.Run(fmt.Sprint(apps, "/forked"), func(b *testing.B) {
			for b.Loop() {
				ask(b, srv, "POST", "/admin/worlds", strings.NewReader(`{"name":"w","from":"default"}`))
				ask(b, srv, "DELETE", "/admin/worlds/w", nil)
			}
		})
	}
}

// BenchmarkCollections asks for pages of what is only listed, and for what is found
// by other things; the first of all such requests is not among them.
func BenchmarkCollections(b *testing.B) {
	for _, many := range []int{500, 5_000} {
		list := func(each string) string {
			var all []string
			for i := range many {
				all = append(all, strings.ReplaceAll(each, "#", fmt.Sprint(i)))
			}
			return "[" + strings.Join(all, ",") + "]"
		}
		srv := sim.Start(b, sim.Document(`{"name":"listed","apps":`+list(`{"name":"app-#","guid":"app-#"}`)+`,"resources":{
			"routes":`+list(`{"host":"h#","guid":"route-#","destinations":[{"app":{"guid":"app-#"}}]}`)+`,
			"service_plans":`+list(`{"name":"plan-#","guid":"plan-#"}`)+`,
			"service_instances":`+list(`{"name":"db-#","guid":"db-#","relationships":{"service_plan":{"data":{"guid":"plan-#"}}}}`)+`,
			"service_credential_bindings":`+list(`{"type":"app","relationships":{"app":{"data":{"guid":"app-#"}},"service_instance":{"data":{"guid":"db-#"}}}}`)+`}}`))
		for _, path := range []string{
			"routes?hosts=h77", fmt.Sprintf("routes?page=%d", many/50/2), "routes/route-77", "apps/app-77/env", "service_plans?service_instance_guids=db-77",
			"service_instances?order_by=-name", "service_instances?service_plan_names=plan-77", "service_credential_bindings?app_names=app-77&include=app",
		} {
			b.Run(fmt.Sprint(many, "/", path), func(b *testing.B) {
				ask(b, srv, "GET", "/v3/"+path, nil)
				b.ReportAllocs()
				for b.Loop() {
					ask(b, srv, "GET", "/v3/"+path, nil)
				}
			})
		}
	}
}

// BenchmarkWorld makes worlds, by name and as forks, and ends them.
func BenchmarkWorld(b *testing.B) {
	for _, apps := range sizes {
		srv := crowdOf(b, apps)
		for name, body := range map[string]string{"made": `{"name":"w"}`, "made frozen": `{"name":"w","clock":"frozen"}`, "forked": `{"name":"w","from":"default"}`} {
			b.Run(fmt.Sprint(2*apps, "/", name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					ask(b, srv, "POST", "/admin/worlds", strings.NewReader(body))
					ask(b, srv, "DELETE", "/admin/worlds/w", nil)
				}
			})
		}
		b.Run(fmt.Sprint(2*apps, "/reset"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ask(b, srv, "POST", "/admin/reset", nil)
			}
		})
	}
}

// BenchmarkManyWorlds makes 10,000 worlds by eight clients at once over HTTP,
// tells what they take, and asks one of them.
func BenchmarkManyWorlds(b *testing.B) {
	const count, clients = 10_000, 8
	var before, after runtime.MemStats
	srv := sim.Start(b, sim.MaxWorlds(count))
	runtime.GC()
	runtime.ReadMemStats(&before)
	create := request("POST", "/admin/worlds", "{}")
	begin := time.Now()
	var wait sync.WaitGroup
	for range clients {
		wait.Go(func() {
			c := dial(b, strings.TrimPrefix(srv.URL, "http://"))
			defer c.conn.Close()
			for range count / clients {
				if status, _, err := c.do(create); err != nil || status != http.StatusCreated {
					b.Errorf("status %d, %v", status, err)
					return
				}
			}
		})
	}
	wait.Wait()
	took := time.Since(begin)
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.Run("get", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ask(b, srv, "GET", "/worlds/world-77"+web, nil)
		}
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MB/10000-worlds")
		b.ReportMetric(count/took.Seconds(), "worlds/s")
	})
}
