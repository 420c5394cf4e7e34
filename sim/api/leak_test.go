package api

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails when an answer that was held back, or a connection that was
// cut, leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
