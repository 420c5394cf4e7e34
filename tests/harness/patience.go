package harness

import (
	"time"

	"github.com/onsi/gomega"
)

// Patience is how long a suite waits for what it expects to happen. That of the
// library, a second, is over on a busy machine before a first schema is compiled.
const Patience = 30 * time.Second

func init() { gomega.SetDefaultEventuallyTimeout(Patience) }
