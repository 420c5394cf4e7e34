package sim

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"example.com/capisim/sim/bundle"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/world"
)

// FromBundle lets the default world begin as the world of a bundle did: the
// state, the rules with their progress, and the clock, which goes on from there.
// It takes the place of a scenario.
func FromBundle(file string) Option {
	return ofServer("FromBundle", func(c *config) error {
		from, err := os.Open(file) //nolint:gosec // the user names it
		if err != nil {
			return fmt.Errorf("bundle: %w", err)
		}
		defer func() { _ = from.Close() }() // it was only read
		b, err := bundle.Read(from)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		began := b.Clock // and no more of it
		c.began = &began
		return bundled(b)(c)
	})
}

// begin puts the clock of the default world to where that of a bundle was.
func (c *config) begin(w *world.World) {
	if c.began == nil {
		return
	}
	w.Clock.Set(w.Clock.Frozen(), c.began.Now)
	w.Forget()
}

// BundleOnFailure lets a test that fails leave a bundle of its world in a folder,
// which is made when it is needed: "capisim replay FILE" plays it again, and the
// test's log names it. The worlds that Server.World and Server.Fork make leave
// theirs when their own tests fail.
func BundleOnFailure(folder string) Option {
	return ofServer("BundleOnFailure", func(c *config) error {
		if folder == "" {
			return errors.New("bundle on failure: no folder")
		}
		c.bundles = folder
		return nil
	})
}

// keep leaves a bundle of the world when the test has failed at its end.
func (s *Server) keep(t TB) {
	folder := s.Simulator.config.bundles
	if folder == "" {
		return
	}
	t.Cleanup(func() {
		if !t.Failed() {
			return
		}
		name, err := s.save(folder, t.Name())
		if err != nil {
			t.Logf("no bundle of the failure: %v", err)
			return
		}
		t.Logf("bundle of the failure: capisim replay %s", name)
	})
}

var notInNames = document.Pattern(`[^A-Za-z0-9._-]+`)

// save writes the bundle of the world into a folder, under the name of a test.
func (s *Server) save(folder, test string) (name string, err error) {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return "", err
	}
	name = notInNames().ReplaceAllString(test, "-")
	if s.world.Prefix != "" {
		name += "-" + s.world.Name
	}
	name = filepath.Join(folder, name+".bundle.json.gz")
	return name, s.write(name)
}

func (s *Server) write(file string) error {
	c := s.Simulator.config
	made, err := bundle.Make(s.world, c.serverOf(), c.version, world.Wall())
	if err != nil {
		return err
	}
	raw, err := bundle.Encode(made)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, raw, 0o666); err != nil {
		return errors.Join(err, os.Remove(file)) // half of it is none
	}
	return nil
}

// WriteBundle writes the world as it was when its journal began, and all that
// happened since, into a file: Replay, FromBundle and "capisim replay" take it.
func (s *Server) WriteBundle(t TB, file string) {
	t.Helper()
	if err := s.write(file); err != nil {
		t.Fatalf("write the bundle: %v", err)
	}
}
