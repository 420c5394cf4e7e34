// Command capisim runs the simulator as a server, checks and makes scenario
// files, and steers a running server. It hides flags, the environment, sockets
// and exit codes; what is simulated, and how, it leaves to package sim.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}
