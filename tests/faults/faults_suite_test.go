// Package faults_test proves that every documented answer of every operation
// can be had on demand, and how.
package faults_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

func TestFaults(t *testing.T) {
	RegisterFailHandler(Fail)
	suite, reporter := GinkgoConfiguration()
	suite.RandomizeAllSpecs = true
	RunSpecs(t, "Faults", suite, reporter)
}

// root is the address of the server that all specs share; each takes a world of
// its own.
var root string

var _ = BeforeSuite(func() { root = harness.Serve("--clock", "frozen").URL })
