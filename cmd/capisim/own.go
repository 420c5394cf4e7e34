package main

import (
	"context"
	"errors"
	"net"
	"net/http"

	"example.com/capisim/sim"
	"example.com/capisim/sim/client"
)

// ownServer is a simulator on a free port of the loopback, for the length of
// one command.
type ownServer struct {
	url       string
	simulator *sim.Simulator
	endpoint  *endpoint
	ended     chan error
}

// startOwn serves a scenario; scenarios is a folder with more of them.
func (p *program) startOwn(play, scenarios string) (*ownServer, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, misused("listen on the loopback: %w", err)
	}
	simulator, err := sim.New(sim.Scenario(play), sim.ScenariosDir(scenarios), sim.Version(currentVersion()))
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	own := &ownServer{simulator: simulator, ended: make(chan error, 1),
		endpoint: &endpoint{listener: listener, server: simulator.Server(simulator)}}
	own.url = own.endpoint.url()
	go func() { own.ended <- own.endpoint.serve() }()
	return own, nil
}

// client talks to the server's admin API, about one world.
func (own *ownServer) client(world string) *client.Client {
	return &client.Client{URL: own.url, World: world, HTTP: &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}}
}

// close cuts what is held back and ends the server.
func (own *ownServer) close(context.Context) error {
	drain([]*endpoint{own.endpoint}, own.simulator)
	return <-own.ended
}
