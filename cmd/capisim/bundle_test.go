package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBundleCommands: a bundle is written, replayed, and refused when it is none.
func TestBundleCommands(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	answers(t, http.MethodPatch, s.url+demo, `{"command": "rackup"}`)
	folder := t.TempDir()
	file := filepath.Join(folder, "x.bundle.json.gz")
	session(t, s.url, []step{
		{args: "bundle", code: exitMisused, err: `^capisim bundle: no --output, expected -o FILE`},
		{args: "bundle -o " + filepath.Join(folder, "none", "x"), code: exitMisused, err: `^capisim: open \S*/none/x: no such file`},
		{args: "bundle -o " + file},
		{args: "replay " + file, out: `^world default: 1 request and 0 changes played again, all as recorded\n$`},
		{args: "replay --format json " + file, out: `"differences": \[\]`},
		{args: "replay none.gz", code: exitMisused, err: `none.gz: no such file`},
		{args: "replay bundle_test.go", code: exitMisused, err: `^capisim: bundle_test.go: not a bundle`},
		{args: "serve --bundle bundle_test.go --listen 127.0.0.1:0", code: exitMisused, err: `bundle_test.go: not a bundle`},
		{args: "serve --scenario quota --bundle " + file, code: exitMisused, err: `^capisim: --bundle: beside --scenario`},
	})
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write(t, file, string(raw[:len(raw)-30]))
	session(t, s.url, []step{{args: "replay " + file, code: exitMisused, err: `x.bundle.json.gz: cut off`}})
	if got := invoke(t, nil, "bundle", "-o", "-", "--url", s.url); got.code != exitDone || !strings.HasPrefix(got.out, "\x1f\x8b") {
		t.Errorf("exit code %d, %q", got.code, got.err)
	}
}

// TestVerifyBundle: an expectation that is not met leaves a bundle, one that is
// met none.
func TestVerifyBundle(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	session(t, s.url, []step{{args: "world create w", out: `w`}})
	answers(t, http.MethodGet, s.url+"/worlds/w"+demo, "")
	folder := t.TempDir()
	expected := write(t, filepath.Join(folder, "e.yaml"), "expectations: [{covers: {operation: getProcess, status: 200}}]")
	bundles := filepath.Join(folder, "bundles")
	session(t, s.url, []step{
		{args: "verify --world w --bundle " + bundles + " " + expected, out: `.`},
		{args: "verify --bundle " + bundles + " " + expected, code: exitFound, out: `.`, err: `bundle: .*default.bundle.json.gz`},
	})
	files, err := os.ReadDir(bundles)
	if err != nil || len(files) != 1 || files[0].Name() != "default.bundle.json.gz" {
		t.Errorf("%v, %v", files, err)
	}
}
