package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// anyText are flags whose value may be any text that has letters: names, tokens,
// files and folders, and what the server, or the rest of the command line, has to
// be asked about.
var anyText = []string{
	"accept", "admin-token", "allowed-hosts", "answer-body", "app", "baseline", "bundle", "command", "crash-pattern", "data", "detail", "error", "file", "from", "id",
	"labels", "name", "operation", "organization", "out", "output", "process", "report", "rule", "scenario", "scenarios", "setup", "space", "tls-cert", "tls-key",
	"token", "user", "verify", "world",
	// Asked of the server, which knows the words.
	"connection", "remote", "at",
	// Of which each has a form, which the command reads when it begins.
	"admin-listen", "answer-header", "body", "cors-origin", "header", "listen", "only", "query", "require", "skip", "modes", "target", "url",
}

// TestEveryFlag: an empty value and one that makes no sense are refused by every flag
// of every command, in one message that names the flag and what it takes.
func TestEveryFlag(t *testing.T) {
	t.Parallel()
	seen := 0
	var visit func(path []string)
	visit = func(path []string) {
		find := func() *cobra.Command {
			root := (&program{stdin: strings.NewReader(""), stdout: &outlet{Writer: io.Discard}, stderr: io.Discard}).root()
			found, _, err := root.Find(path)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		for _, sub := range find().Commands() {
			visit(append(slices.Clone(path), sub.Name()))
		}
		find().Flags().VisitAll(func(flag *pflag.Flag) {
			seen++
			for _, value := range []string{"", "bogus"} {
				if value == "" && slices.Contains(mayBeEmpty, flag.Name) || value != "" && slices.Contains(anyText, flag.Name) && flag.Value.Type() != "bool" && !isNumber(flag) {
					continue
				}
				cmd := find()
				err := cmd.ParseFlags([]string{"--" + flag.Name + "=" + value})
				if err != nil {
					err = flagError(cmd, err)
				} else {
					err = noneEmpty(cmd.Flags())
				}
				if err == nil || !strings.HasPrefix(err.Error(), "--"+flag.Name+": ") || !strings.Contains(err.Error(), "expected ") && !strings.Contains(err.Error(), "did you mean ") || exitCode(err) != exitMisused {
					t.Errorf("%s --%s=%q: %v", cmd.CommandPath(), flag.Name, value, err)
				}
			}
		})
	}
	visit(nil)
	if seen < 200 {
		t.Errorf("%d flags", seen)
	}
}

func isNumber(flag *pflag.Flag) bool { return flag.Value.Type() == "number" }

// TestFormsOfValues: what a flag takes in a form of its own is refused when the
// command begins, before anything is done.
func TestFormsOfValues(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"serve --listen bogus":                                  `^capisim: --listen: "bogus".* expected HOST:PORT`,
		"serve --listen 127.0.0.1:0 --admin-listen bogus":       `^capisim: --admin-listen: "bogus".* expected HOST:PORT`,
		"serve --listen 127.0.0.1:0 --cors-origin bogus":        `^capisim: CORS origin: "bogus", expected an origin such as https://\*\.example\.com or http://localhost:3000, or \*\n`,
		"serve --listen 127.0.0.1:0 --cors-origin http://a/b":   `^capisim: CORS origin: "http://a/b", expected an origin`,
		"serve --listen 127.0.0.1:0 --allowed-hosts http://x":   `^capisim: allowed hosts: "http://x", expected a host name`,
		"serve --listen 127.0.0.1:0 --scenario bogus":           `"bogus": no such scenario`,
		"serve --listen 127.0.0.1:0 --bundle bogus":             `^capisim: bundle: open bogus: no such file`,
		"serve --listen 127.0.0.1:0 --tls-cert bogus":           `^capisim: TLS: one of --tls-cert and --tls-key alone, expected both`,
		"serve --tls-cert /dev/zero --tls-key /dev/zero":        `^capisim: TLS: /dev/zero: expected at most 1 MiB, found more`,
		"sweep --only bogus -- true":                            `^capisim: --only: "bogus", expected one of listProcesses`,
		"clock advance 999999999h":                              `"999999999h", expected a duration of at most 2562047h`,
		"sweep --skip bogus -- true":                            `^capisim: --skip: .*"?bogus"?.*expected`,
		"sweep --modes bogus -- true":                           `^capisim: --modes: .*"?bogus"?.*expected`,
		"sweep --accept bogus -- true":                          `^capisim: --accept: open bogus: no such file`,
		"sweep --accept /dev/zero -- true":                      `^capisim: --accept: /dev/zero: expected at most 16 MiB, found more`,
		"run --require bogus -- true":                           `^capisim: --require: .*bogus`,
		"run --verify bogus -- true":                            `^capisim: --verify: open bogus: no such file`,
		"drift --token x --target bogus":                        `^capisim: --target: "bogus", expected http://`,
		"reset --url bogus":                                     `^capisim: --url: "bogus", expected http://`,
		"coverage --url bogus":                                  `^capisim: --url: "bogus", expected http://`,
		"coverage --require bogus":                              `^capisim: --require: .*bogus`,
		"explain --header bogus /v3/processes":                  `^capisim: --header: "bogus", expected`,
		"fault set getProcess 404 --answer-header bogus":        `^capisim: --answer-header: "bogus", expected NAME=VALUE`,
		"schema openapi --base bogus":                           `^capisim: --base: "bogus", expected http://HOST or https://HOST`,
		"clock advance -10s":                                    `^capisim clock advance: "-10s", expected nothing below zero\nusage: capisim clock advance DURATION`,
		"clock advance --world= 10s":                            `^capisim: --world: empty, expected --world name, or no such flag\n`,
		"serve --cors-origin= --listen 127.0.0.1:0":             `^capisim: --cors-origin: empty, expected --cors-origin origin, or no such flag\n`,
		"serve --allowed-hosts=,a.example --listen 127.0.0.1:0": `^capisim: --allowed-hosts: empty, expected `,
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			var out, err bytes.Buffer
			if code := run(strings.Fields(line), nil, strings.NewReader(""), &out, &err); code != exitMisused || !regexp.MustCompile(want).MatchString(err.String()) || out.Len() > 0 {
				t.Errorf("exit %d, %s%s\nexpected %s", code, out.String(), err.String(), want)
			}
		})
	}
}

// TestScriptWithoutItsFirstLine: who forgot it is told.
func TestScriptWithoutItsFirstLine(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "client")
	if err := os.WriteFile(script, []byte("exit 0\n"), 0o700); err != nil { //nolint:gosec // it is to be run
		t.Fatal(err)
	}
	for _, command := range []string{"run", "sweep"} {
		var out, err bytes.Buffer
		code := run([]string{command, "--", script}, nil, strings.NewReader(""), &out, &err)
		if want := script + ": exec format error; a script begins with a line such as #!/bin/sh\n"; code != exitMisused || !strings.HasSuffix(err.String(), want) {
			t.Errorf("%s: exit %d, %s, expected %s", command, code, err.String(), want)
		}
	}
}
