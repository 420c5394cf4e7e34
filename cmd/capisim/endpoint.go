package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"example.com/capisim/sim/conn"
)

// endpointFlags say where the API is; serve and healthcheck share them.
type endpointFlags struct {
	listenAt   string
	cert, key  string
	selfSigned bool
}

func (f *endpointFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.listenAt, "listen", "127.0.0.1:8080", "`address` of the API; port 0 picks a free one, unix:PATH is a socket")
	flags.StringVar(&f.cert, "tls-cert", "", "`file` with the certificate, PEM")
	flags.StringVar(&f.key, "tls-key", "", "`file` with its key, PEM")
	flags.BoolVar(&f.selfSigned, "tls-self-signed", false, "make a certificate at start")
}

// secure says whether the flags ask for TLS, and refuses halves of it.
func (f *endpointFlags) secure() (bool, error) {
	switch {
	case (f.cert == "") != (f.key == ""):
		return false, misused("TLS: one of --tls-cert and --tls-key alone, expected both")
	case f.selfSigned && f.cert != "":
		return false, misused("TLS: --tls-self-signed beside --tls-cert, expected one of them")
	}
	return f.selfSigned || f.cert != "", nil
}

// endpoint is a listening socket and the server behind it; one without a
// listener was not asked for.
type endpoint struct {
	listener net.Listener
	tls      *tls.Config // nil: plain HTTP
	server   *http.Server
}

// listen opens the sockets that the flags name and prepares their TLS.
func (f *serveFlags) listen() (api, admin *endpoint, err error) {
	config, err := f.serverTLS()
	if err != nil {
		return nil, nil, err
	}
	for _, address := range []string{f.listenAt, f.adminListen} {
		if _, unix := socketPath(address); unix && config != nil {
			return nil, nil, misused("TLS: on %s, expected a port: a socket has none", address)
		}
	}
	api, admin = &endpoint{tls: config}, &endpoint{tls: config}
	if api.listener, err = listen("--listen", f.listenAt); err != nil {
		return nil, nil, err
	}
	if f.adminListen != "" {
		if admin.listener, err = listen("--admin-listen", f.adminListen); err != nil {
			return nil, nil, errors.Join(err, api.close())
		}
	}
	return api, admin, nil
}

// listen words what keeps a socket from opening.
func listen(flag, address string) (net.Listener, error) {
	if path, unix := socketPath(address); unix {
		return listenUnix(flag, path)
	}
	listener, err := net.Listen("tcp", address)
	switch {
	case err == nil:
		return listener, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, misused("%s: the port of %s is taken; choose another with %s or %s, or port 0 for any free one",
			flag, address, flag, variable(strings.TrimPrefix(flag, "--")))
	default:
		var problem *net.OpError
		if errors.As(err, &problem) {
			err = problem.Err
		}
		return nil, misused("%s: %q: %w; expected HOST:PORT such as 127.0.0.1:8080 or :8080, or unix:PATH", flag, address, err)
	}
}

// serve answers requests until the endpoint is closed.
func (e *endpoint) serve() error {
	var err error
	if e.tls != nil {
		// The certificate stands in the configuration, so no files are named.
		e.server.TLSConfig = e.tls.Clone()
		err = e.server.ServeTLS(conn.Listen(e.listener), "", "")
	} else {
		err = e.server.Serve(conn.Listen(e.listener))
	}
	if errors.Is(err, net.ErrClosed) || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// close takes no more connections.
func (e *endpoint) close() error {
	if e.listener == nil {
		return nil
	}
	return e.listener.Close()
}

// url is where a client on this machine reaches the endpoint, without a slash
// at the end.
func (e *endpoint) url() string {
	address, port := e.listener.Addr().(*net.TCPAddr)
	if !port {
		return unixPrefix + e.listener.Addr().String()
	}
	host := address.IP.String()
	if address.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme(e.tls != nil) + "://" + net.JoinHostPort(host, fmt.Sprint(address.Port))
}

func scheme(secure bool) string {
	if secure {
		return "https"
	}
	return "http"
}

// localURL is where the endpoint of these flags is reached from its own
// machine.
func (f *endpointFlags) localURL() (*url.URL, error) {
	secure, err := f.secure()
	if err != nil {
		return nil, err
	}
	if _, unix := socketPath(f.listenAt); unix {
		return url.Parse(unixHost)
	}
	host, port, err := net.SplitHostPort(f.listenAt)
	if err != nil || port == "" || port == "0" {
		return nil, misused("--listen: %q, expected HOST:PORT with the port that the server has", f.listenAt)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return &url.URL{Scheme: scheme(secure), Host: net.JoinHostPort(host, port)}, nil
}
