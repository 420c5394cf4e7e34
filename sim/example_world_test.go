package sim_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.com/capisim/sim"
)

func ExampleServer_Now() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Document("name: mine\nextends: default\nclock: {mode: frozen, start: 2026-05-01T10:00:00Z}\n"))
		fmt.Println(srv.Now())
	})
	// Output: 2026-05-01 10:00:00 +0000 UTC
}

func ExampleServer_Advance() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Document("name: mine\nextends: default\nclock: {mode: frozen}\nlifecycle: {start_delay: 10s}\n"))
		srv.RestartInstance(t, demoWeb, 0)
		for range 3 {
			fmt.Println(srv.Process(t, demoWeb).Instances[0].State)
			srv.Advance(t, 10*time.Second)
		}
	})
	// Output:
	// DOWN
	// STARTING
	// RUNNING
}

func ExampleServer_Freeze() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Freeze(t)
		before := srv.Now()
		srv.Advance(t, time.Hour)
		fmt.Println(srv.Now().Sub(before))
	})
	// Output: 1h0m0s
}

func ExampleServer_Resume() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Frozen())
		srv.Resume(t)
		fmt.Println(srv.Now().Year()) // on from where it stood
	})
	// Output: 2026
}

func ExampleServer_Process() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		p := srv.Process(t, demoWeb)
		fmt.Println(p.Type, p.Command, p.MemoryInMB, len(p.Instances), p.Instances[0].State)
	})
	// Output: web bundle exec rackup 256 2 RUNNING
}

func ExampleServer_Processes() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Document("name: mine\napps: [{name: shop, processes: [{type: web}, {type: worker}]}]\n"))
		for _, p := range srv.Processes(t) {
			fmt.Println(p.AppName, p.Type, p.GUID != "")
		}
	})
	// Output:
	// shop web true
	// shop worker true
}

func ExampleProcess() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		body := strings.NewReader(`{"instances":1,"memory_in_mb":512}`)
		status(srv.Client("developer").Post("/v3/processes/"+demoWeb+"/actions/scale", "application/json", body))
		p := srv.Process(t, demoWeb) // what is left behind, whatever was answered
		fmt.Println(len(p.Instances), p.MemoryInMB)
	})
	// Output: 1 512
}

func ExampleInstance() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.ForceInstance(t, demoWeb, 1, sim.Instance{State: sim.Down, Details: "insufficient resources: memory"})
		one := srv.Process(t, demoWeb).Instances[1]
		fmt.Println(one.State, one.Details, one.Forced)
	})
	// Output: DOWN insufficient resources: memory true
}

func ExampleServer_Crash() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Crash(t, demoWeb, 0, "APP/PROC/WEB: Exited with status 137 (out of memory)")
		fmt.Println(srv.Process(t, demoWeb).Instances[0].State)
		answer, err := srv.Client("developer").Get("/v3/processes/" + demoWeb + "/stats")
		fmt.Println(status(answer, err))
	})
	// Output:
	// CRASHED
	// 200
}

func ExampleServer_ForceInstance() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		unreachable := false
		srv.ForceInstance(t, demoWeb, 0, sim.Instance{Routable: &unreachable})
		one := srv.Process(t, demoWeb).Instances[0]
		fmt.Println(one.State, *one.Routable)
	})
	// Output: RUNNING false
}

func ExampleServer_ReleaseInstance() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Crash(t, demoWeb, 0, "out of memory")
		srv.ReleaseInstance(t, demoWeb, 0)
		fmt.Println(srv.Process(t, demoWeb).Instances[0].State)
	})
	// Output: RUNNING
}

func ExampleServer_RestartInstance() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Crash(t, demoWeb, 0, "out of memory")
		srv.RestartInstance(t, demoWeb, 0)
		fmt.Println(srv.Process(t, demoWeb).Instances[0].Forced)
	})
	// Output: false
}

func ExampleServer_SetDeploying() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		for _, deploying := range []bool{true, false} {
			srv.SetDeploying(t, demoWeb, deploying) // the app has the guid of its web process
			body := strings.NewReader(`{"instances":3}`)
			fmt.Println(status(srv.Client("developer").Post("/v3/processes/"+demoWeb+"/actions/scale", "application/json", body)))
		}
	})
	// Output:
	// 422
	// 202
}

func ExampleServer_Load() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Load(t, "rate-limited") // or the path of a file
		fmt.Println(srv.Simulator.ScenarioName())
	})
	// Output: rate-limited
}

func ExampleServer_LoadFile() {
	dir, err := os.MkdirTemp("", "scenarios")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "broken")
	if err := os.WriteFile(file, []byte("name: broken\nspeed: 3\n"), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	err = sim.Run(func(t sim.TB) { sim.Start(t).LoadFile(t, file) })
	fmt.Println(strings.ReplaceAll(err.Error(), file, "broken"))
	// Output: load scenario: broken:2:1: speed: unknown key "speed", did you mean "seed"?
}

func ExampleServer_LoadDocument() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.LoadDocument(t, "name: mine\nextends: default\nclock: {mode: frozen}\n")
		fmt.Println(srv.Simulator.ScenarioName(), srv.Now().Year())
	})
	// Output: mine 2026
}

func ExampleServer_Reset() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		srv.Crash(t, demoWeb, 0, "out of memory")
		status(srv.Client("developer").Get("/v3/processes"))
		srv.Reset(t, "state")
		fmt.Println(srv.Process(t, demoWeb).Instances[0].State, len(srv.Requests(t)))
		srv.Reset(t)
		fmt.Println(len(srv.Requests(t)))
	})
	// Output:
	// RUNNING 1
	// 0
}

func ExampleServer_State() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Frozen())
		srv.Crash(t, demoWeb, 0, "out of memory")
		same := sim.Start(t, sim.Document(srv.State(t)))
		fmt.Println(same.Process(t, demoWeb).Instances[0].Details)
	})
	// Output: out of memory
}

func ExampleServer_SetState() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t)
		before := srv.State(t)
		srv.Crash(t, demoWeb, 0, "out of memory")
		srv.SetState(t, before)
		fmt.Println(srv.Process(t, demoWeb).Instances[0].State)
	})
	// Output: RUNNING
}

// A user without a static token has one as a login gives it.
const withLogin = "name: mine\nextends: default\nauth: {users: [{name: alice, roles: [{space: dev, role: space_developer}]}]}\n"

func ExampleServer_ExpireTokens() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Document(withLogin))
		c := srv.Client("alice")
		fmt.Println(status(c.Get("/v3/processes")))
		srv.ExpireTokens(t)
		fmt.Println(status(c.Get("/v3/processes")))
	})
	// Output:
	// 200
	// 401
}

func ExampleServer_ExpireLogins() {
	sim.Run(func(t sim.TB) {
		srv := sim.Start(t, sim.Document(withLogin))
		c := srv.Client("alice")
		srv.ExpireLogins(t)
		fmt.Println(status(c.Get("/v3/processes")), status(srv.Client("alice").Get("/v3/processes")))
	})
	// Output: 401 200
}
