package bench_test

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// spawned is a server that runs as a process of its own.
type spawned struct {
	command *exec.Cmd
	address string
	clients []*rawClient
}

// build makes a command as the image has it.
func build(b *testing.B, folder, name string) string {
	b.Helper()
	path := filepath.Join(folder, filepath.Base(name))
	build := exec.Command("go", "build", "-trimpath", "-tags", "nomsgpack", "-ldflags", "-s -w", "-o", path, "example.com/capisim/"+name)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return path
}

// spawn starts a server that prints where it is, and ends it with the benchmark.
func spawn(b *testing.B, path string, arguments ...string) *spawned {
	b.Helper()
	s := &spawned{command: exec.Command(path, arguments...)}
	s.command.Stderr = os.Stderr
	out, err := s.command.StdoutPipe()
	if err == nil {
		err = s.command.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		for _, c := range s.clients {
			c.conn.Close()
		}
		s.command.Process.Kill() //nolint:errcheck // it has ended by itself
		s.command.Wait()         //nolint:errcheck // killed
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(line, " at http://")
	s.address = strings.Fields(rest)[0]
	return s
}

// cpu is the processor time that the process has taken.
func (s *spawned) cpu(b *testing.B) time.Duration {
	b.Helper()
	var spent unix.Timespec
	if err := unix.ClockGettime(int32(^s.command.Process.Pid<<3|2), &spent); err != nil { // its CPU clock
		b.Fatal(err)
	}
	return time.Duration(spent.Nano())
}

// memory reads a line of the process's status, in MB.
func (s *spawned) memory(b *testing.B, line string) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), line+":")
	var kilobytes float64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		b.Fatal(err)
	}
	return kilobytes / 1024
}

// do sends a request that must do, by the first client.
func (s *spawned) do(b *testing.B, req []byte, status int) []byte {
	b.Helper()
	c := dial(b, s.address)
	defer c.conn.Close()
	got, body := c.body(b, req)
	if got != status {
		b.Fatalf("status %d, want %d: %s", got, status, body)
	}
	return body
}

// connections are how many the load has.
const connections = 16

// load is a turn of a server: so many requests by all connections. It returns
// the CPU time and the latencies.
func (s *spawned) load(b *testing.B, req []byte, want, count int) (time.Duration, []time.Duration) {
	for len(s.clients) < connections {
		s.clients = append(s.clients, dial(b, s.address))
	}
	took := make([]time.Duration, count)
	before := s.cpu(b)
	var wait sync.WaitGroup
	for i, c := range s.clients {
		wait.Go(func() {
			for n := i; n < count; n += connections {
				begin := time.Now()
				if status, _, err := c.do(req); err != nil || status != want {
					b.Errorf("status %d, %v; want %d", status, err, want)
					return
				}
				took[n] = time.Since(begin)
			}
		})
	}
	wait.Wait()
	return s.cpu(b) - before, took
}

func median[T cmp.Ordered](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}

// race lets servers take turns at a request and reports what it costs the last
// in CPU time, beside each other.
func race(b *testing.B, req []byte, status int, servers map[string]*spawned) {
	const turn = 2000
	cost, late := map[string][]float64{}, map[string][]time.Duration{}
	ratios := map[string][]float64{}
	for b.Loop() {
		for name, s := range servers {
			spent, took := s.load(b, req, status, turn)
			cost[name] = append(cost[name], float64(spent.Nanoseconds())/turn/1000)
			slices.Sort(took)
			late[name] = append(late[name], took[turn*99/100])
		}
		for name := range servers {
			own, theirs := cost["capisim"], cost[name]
			ratios[name] = append(ratios[name], own[len(own)-1]/theirs[len(theirs)-1])
		}
	}
	b.ReportMetric(0, "ns/op")
	for name := range servers {
		b.ReportMetric(float64(median(late[name]).Microseconds())/1000, name+"-p99-ms")
		if name != "capisim" {
			b.ReportMetric(median(ratios[name]), "of-"+name)
		}
		b.ReportMetric(median(cost[name]), name+"-us")
	}
}

// BenchmarkLimits measures what a request costs capisim, a bare net/http handler
// with the same answer, and a server that was written by hand for the same job,
// each a process of its own, in turns. The figures that count are of-bare and
// of-full (FACTS.md §8). CAPISIM_BINARY is the command to measure, when it is not
// to be built.
func BenchmarkLimits(b *testing.B) {
	folder := b.TempDir()
	bare, full, command := build(b, folder, "tests/bench/limit/bare"), build(b, folder, "tests/bench/limit/full"), os.Getenv("CAPISIM_BINARY")
	if command == "" {
		command = build(b, folder, "cmd/capisim")
	}
	scenario := filepath.Join(folder, "crowd.yaml")
	if err := os.WriteFile(scenario, []byte("extends: default\n"+crowd), 0o600); err != nil {
		b.Fatal(err)
	}
	sim := spawn(b, command, "serve", "--listen", "127.0.0.1:0", "--scenario", scenario)
	list := request("GET", "/v3/processes", "")
	page := filepath.Join(folder, "page.json")
	if err := os.WriteFile(page, sim.do(b, list, http.StatusOK), 0o600); err != nil {
		b.Fatal(err)
	}
	schema, _ := filepath.Abs("../../schemas/process-update.schema.json")
	handmade := spawn(b, full, page, schema)
	for _, one := range []struct {
		name   string
		req    []byte
		status int
	}{
		{"get", request("GET", web, ""), http.StatusOK},
		{"update", request("PATCH", web, update), http.StatusOK},
		{"list", list, http.StatusOK},
		{"injected", request("PATCH", web, update), http.StatusServiceUnavailable},
	} {
		b.Run(one.name, func(b *testing.B) {
			if one.status == http.StatusServiceUnavailable {
				sim.do(b, request("PUT", "/admin/faults/updateProcess/503", ""), http.StatusOK)
				handmade.do(b, request("PUT", "/inject", ""), http.StatusNoContent)
				b.Cleanup(func() {
					sim.do(b, request("DELETE", "/admin/faults/updateProcess/503", ""), http.StatusNoContent)
					handmade.do(b, request("PUT", "/inject", ""), http.StatusNoContent)
				})
			}
			answer := filepath.Join(b.TempDir(), "answer")
			if err := os.WriteFile(answer, sim.do(b, one.req, one.status), 0o600); err != nil {
				b.Fatal(err)
			}
			race(b, one.req, one.status, map[string]*spawned{"bare": spawn(b, bare, fmt.Sprint(one.status), answer), "full": handmade, "capisim": sim})
		})
	}
	b.Run("memory", func(b *testing.B) { memory(b, command, full, schema) })
	b.Run("start", func(b *testing.B) { start(b, command, bare, page) })
}

// BenchmarkStreams measures what a request costs a server beside four thousand event
// streams that nobody reads, 250 to each of 16 worlds, and one without, in turns.
func BenchmarkStreams(b *testing.B) {
	path := build(b, b.TempDir(), "cmd/capisim")
	alone, beside := spawn(b, path, "serve", "--listen", "127.0.0.1:0"), spawn(b, path, "serve", "--listen", "127.0.0.1:0")
	for world := range 16 {
		at := fmt.Sprint("/worlds/", world)
		beside.do(b, request("PUT", "/admin"+at, ""), http.StatusCreated)
		for range 250 {
			conn, err := net.Dial("tcp", beside.address)
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close()
			var begins [12]byte
			if _, err = conn.Write(request("GET", at+"/admin/events", "")); err == nil {
				_, err = io.ReadFull(conn, begins[:])
			}
			if got := string(begins[9:]); err != nil || got != "200" {
				b.Fatalf("%q, %v", got, err)
			}
		}
	}
	race(b, request("GET", web, ""), http.StatusOK, map[string]*spawned{"alone": alone, "capisim": beside})
}

// memory is what the servers take with 10,000 processes, idle and at the peak of
// a mixed load.
func memory(b *testing.B, command, full, schema string) {
	sim := spawn(b, command, "serve", "--listen", "127.0.0.1:0", "--scenario", "large")
	all := filepath.Join(b.TempDir(), "all.json")
	pages := []string{}
	for page := 1; page <= 2; page++ {
		raw := sim.do(b, request("GET", fmt.Sprint("/v3/processes?per_page=5000&page=", page), ""), http.StatusOK)
		_, resources, _ := strings.Cut(string(raw), `"resources":[`)
		pages = append(pages, strings.TrimSuffix(resources, "]}"))
	}
	if err := os.WriteFile(all, []byte(`{"resources":[`+strings.Join(pages, ",")+"]}"), 0o600); err != nil {
		b.Fatal(err)
	}
	sim = spawn(b, command, "serve", "--listen", "127.0.0.1:0", "--scenario", "large")
	servers := map[string]*spawned{"capisim": sim, "full": spawn(b, full, all, schema)}
	idle := map[string]float64{}
	for name, s := range servers {
		s.do(b, request("GET", web, ""), http.StatusOK)
		idle[name] = s.memory(b, "VmRSS")
	}
	for b.Loop() {
		for _, s := range servers {
			s.load(b, request("GET", web, ""), http.StatusOK, 4000)
			s.load(b, request("PATCH", web, update), http.StatusOK, 4000)
			s.load(b, request("GET", "/v3/processes", ""), http.StatusOK, 1000)
			s.load(b, request("GET", "/v3/processes?per_page=200&page=7", ""), http.StatusOK, 1000)
		}
	}
	b.ReportMetric(0, "ns/op")
	for name, s := range servers {
		b.ReportMetric(idle[name], name+"-idle-MB")
		b.ReportMetric(s.memory(b, "VmHWM"), name+"-peak-MB")
	}
}

// start is how long it takes from the start of a process to its first answer, in
// CPU time and in time.
func start(b *testing.B, command, bare, body string) {
	spent, took := map[string][]float64{}, map[string][]float64{}
	for b.Loop() {
		for name, line := range map[string][]string{"bare": {bare, "200", body}, "capisim": {command, "serve", "--listen", "127.0.0.1:0"}} {
			begin := time.Now()
			s := spawn(b, line[0], line[1:]...)
			s.do(b, request("GET", web, ""), http.StatusOK)
			took[name] = append(took[name], float64(time.Since(begin).Microseconds())/1000)
			spent[name] = append(spent[name], float64(s.cpu(b).Microseconds())/1000)
			s.command.Process.Kill() //nolint:errcheck // it runs
		}
	}
	b.ReportMetric(0, "ns/op")
	for name := range spent {
		b.ReportMetric(median(spent[name]), name+"-cpu-ms")
		b.ReportMetric(median(took[name]), name+"-ms")
	}
}
