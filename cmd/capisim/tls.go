package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"time"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/world"
)

// serverTLS is the TLS side of the flags; nil for plain HTTP.
func (f *serveFlags) serverTLS() (*tls.Config, error) {
	secure, err := f.secure()
	if err != nil || !secure {
		return nil, err
	}
	var certificate tls.Certificate
	if f.selfSigned {
		certificate, err = selfSigned(f.hosts(), world.Wall())
	} else {
		certificate, err = keyPair(f.cert, f.key)
	}
	if err != nil {
		return nil, misused("TLS: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}, nil
}

// keyPair reads a certificate and its key.
func keyPair(certFile, keyFile string) (tls.Certificate, error) {
	const most = 1 << 20 // a chain takes a hundredth of it
	cert, err := document.ReadFile(certFile, most)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := document.ReadFile(keyFile, most)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(cert, key)
}

// hosts are the names that a certificate of our own is good for
// (DESIGN.md §3).
func (f *serveFlags) hosts() []string {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	if name, err := os.Hostname(); err == nil {
		hosts = append(hosts, name)
	}
	if external, err := url.Parse(f.externalURL); err == nil && external.Hostname() != "" {
		hosts = append(hosts, external.Hostname())
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// certificateLife is as long as the strictest of clients accept.
const certificateLife = 397 * 24 * time.Hour

// selfSigned makes a certificate that is its own authority, so that a client
// may also be told to trust it.
func selfSigned(hosts []string, now time.Time) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make a key: %w", err)
	}
	template := &x509.Certificate{ // x509 draws the serial number
		Subject:               pkix.Name{CommonName: "capisim"},
		NotBefore:             now.Add(-time.Hour), // clocks of clients that lag
		NotAfter:              now.Add(certificateLife),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make a certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// clientTLS is how the command's own requests check a server. On loopback the
// name in a certificate proves nothing and is often another, so it is not
// checked there (DESIGN.md §3); elsewhere it is.
func clientTLS(host string) *tls.Config {
	ip := net.ParseIP(host)
	loopback := host == "localhost" || ip != nil && ip.IsLoopback()
	return &tls.Config{InsecureSkipVerify: loopback} //nolint:gosec // only on loopback
}
