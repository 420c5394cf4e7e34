package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/capisim/sim/journal"
)

func TestRequestsCommand(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	answers(t, http.MethodGet, s.url+"/v3/processes?zap=1", "")
	answers(t, http.MethodPatch, s.url+demo, `{"command": "rackup"}`)
	answers(t, http.MethodGet, s.url+"/v3/nosuch", "")
	session(t, s.url, []step{
		{args: "requests", out: `(?s)^ID +TIME +OPERATION +METHOD +PATH +STATUS +NOTES\n1 .* listProcesses +GET +/v3/processes\?zap=1 +400 +1 violation.*\n2 .* updateProcess +PATCH +\S+ +200.*\n3 +\S+ +- +GET +/v3/nosuch +404`},
		{args: "requests --operation updateProcess", out: `^ID [^\n]*\n2 [^\n]*/v3/processes/ +200\n +c1000000-0000-4000-8000-000000000001\n$`},
		{args: "requests --unmatched", out: `^ID [^\n]*\n3 [^\n]* 404 +nearest \S+: path segment 2 is\n +"nosuch", expected "\w+"\n$`},
		{args: "requests --status 400", out: `^ID [^\n]*\n1 [^\n]*\n$`},
		{args: "requests --limit 1", out: `^ID [^\n]*\n3 [^\n]*\n +"nosuch"[^\n]*\n$`},
		{args: "requests --status 500 --format json", out: `^\[\]\n$`},
		{args: "requests --operation nosuch", code: exitMisused, err: `"nosuch", expected one of listProcesses, `},
		{args: "requests --status 99", code: exitMisused, err: `^capisim: --status: "99", expected a whole number from 100 to 999\n$`},
	})
	list := decoded[[]journal.View](t, invoke(t, nil, "requests", "--format", "json", "--url", s.url).out)
	if len(list) != 3 || list[0].ID != 1 || list[2].ID != 3 {
		t.Errorf("%d requests as JSON, want 3, the newest last", len(list))
	}
}

func TestRequestsFollow(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ format, want string }{
		{"table", " updateProcess "},
		{"json", `"operation":"updateProcess"`},
	} {
		t.Run(test.format, func(t *testing.T) {
			t.Parallel()
			s := serve(t, nil)
			ctx, cancel := context.WithCancel(t.Context())
			from, out := io.Pipe()
			var stderr bytes.Buffer
			ended := make(chan int, 1)
			go func() {
				args := []string{"requests", "--follow", "--format", test.format, "--url", s.url, "--operation", "updateProcess"}
				ended <- execute(ctx, args, nil, strings.NewReader(""), out, &stderr)
			}()
			lines := make(chan string)
			go func() {
				buffered := bufio.NewReader(from)
				line, _ := buffered.ReadString('\n') //nolint:errcheck // the line says it
				lines <- line
				io.Copy(io.Discard, buffered) //nolint:errcheck // until the test closes it
			}()
			// Nobody says when it begins to listen: go on until it shows one.
			line := ""
			for line == "" {
				answers(t, http.MethodGet, s.url+demo, "")
				answers(t, http.MethodPatch, s.url+demo, `{}`)
				select {
				case line = <-lines:
				default:
				}
			}
			if !strings.Contains(line, test.want) {
				t.Errorf("line %q, want %q in it", line, test.want)
			}
			cancel()
			code := <-ended
			from.Close() //nolint:errcheck // it never fails
			if code != exitDone || stderr.Len() > 0 {
				t.Errorf("exit code %d, stderr %q, want 0 and nothing", code, stderr.String())
			}
		})
	}
}

func TestCoverageCommand(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	answers(t, http.MethodGet, s.url+demo, "")
	session(t, s.url, []step{
		{args: "coverage", out: `1 of 75 documented cells covered`},
		{args: "coverage --min 1.3", out: `1 of 75`},
		{args: "coverage --require getProcess:200", out: `1 of 75`},
		{args: "coverage --min 80", code: exitFound, out: `1 of 75`, err: `^capisim: 1 of 75 cells are covered \(1\.3 %\), expected at least 80 %\n$`},
		{args: "coverage --require getProcess:200,updateProcess:409 --format json", code: exitFound, out: `"covered": 1,`, err: `^capisim: updateProcess:409 was not met\n$`},
		{args: "coverage --require getProcess:200,scaleProcess:reset,scaleProcess:503@after", code: exitFound, out: `1 of 75`,
			err: `^capisim: scaleProcess:reset was not met\nscaleProcess:503@after was not met\n$`},
		{args: "coverage --require updateProcess:422/CF-LabelLimitExceded", code: exitMisused, err: `did you mean CF-LabelLimitExceeded\?`},
		{args: "coverage --format markdown", out: `\| getProcess `},
		{args: "coverage --format junit", out: `^<\?xml `},
		{args: "coverage --format html", out: `(?i)^<!doctype html>`},
		{args: "coverage --format pdf", code: exitMisused, err: `^capisim: --format: "pdf", expected one of text, markdown, json, junit, html\n$`},
		{args: "coverage --min 101", code: exitMisused, err: `^capisim: --min: "101", expected a number from 0 to 100\n$`},
		{args: "coverage --require updateProcess:418", code: exitMisused, err: `418 is not a documented status of updateProcess, expected one of 200, `},
		{args: "coverage --require updateProcess", code: exitMisused, err: `"updateProcess" is not a cell, expected OPERATION:STATUS`},
		{args: "coverage a.json", code: exitMisused, err: `^capisim coverage: a.json, expected files only with --merge\n$`},
	})
}

func TestCoverageOfAllWorlds(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	session(t, s.url, []step{{args: "world create w", out: `w`}})
	answers(t, http.MethodGet, s.url+"/worlds/w"+demo, "")
	session(t, s.url, []step{
		{args: "coverage", out: `0 of 75`},
		{args: "coverage --world w", out: `1 of 75`},
		{args: "world delete w"},
		{args: "coverage --all-worlds", out: `1 of 75`},
	})
}

// TestSeveralServers: replicas are asked one after the other, and judged by what
// all saw together.
func TestSeveralServers(t *testing.T) {
	t.Parallel()
	first, second := serve(t, nil), serve(t, nil)
	both := " --url " + first.url + " --url " + second.url
	session(t, first.url, []step{{args: "fault set updateProcess 409 --times 1", out: "409"}, {args: "world create blue", out: "blue"}})
	session(t, second.url, []step{{args: "fault set scaleProcess 503 --times 1", out: "503"}, {args: "world create green", out: "green"}})
	answers(t, http.MethodPatch, first.url+demo, `{}`)
	answers(t, http.MethodPost, second.url+demo+"/actions/scale", `{}`)
	demands := write(t, filepath.Join(t.TempDir(), "demands.yaml"), `expectations:
  - covers: {operation: updateProcess, status: 409}
  - covers: {operation: scaleProcess, status: 503}
  - on: {operation: scaleProcess, status: 503}
    client: {retries: {max: 0}}
`)
	folder := t.TempDir()
	session(t, "", []step{
		{args: "coverage --require updateProcess:409,scaleProcess:503" + both, out: "scaleProcess"},
		{args: "coverage --require scaleProcess:503 --url " + first.url, out: "scaleProcess", code: exitFound, err: "scaleProcess:503"},
		{args: "reactions" + both, out: `(?s)updateProcess.*scaleProcess|scaleProcess.*updateProcess`},
		{args: "verify " + demands + both, out: "3 met"},
		{args: "verify " + demands + " --url " + first.url, out: "1 met", code: exitFound, err: "1 of 3"},
		{args: "world list" + both, out: `(?s)blue.*green`},
		{args: "verify " + write(t, filepath.Join(folder, "more.yaml"), "expectations: [{covers: {operation: getProcess, status: 404}}]") + " --bundle " + folder + both, out: "0 met", code: exitFound, err: "0 of 1"},
		{args: "coverage --url " + first.url + " --url http://127.0.0.1:1", code: exitUnreached, err: "http://127.0.0.1:1"},
		{args: "coverage --url " + first.url + " --url nowhere", code: exitMisused, err: `"nowhere", expected http`},
	})
	for _, name := range []string{"1", "2"} {
		if found, err := filepath.Glob(filepath.Join(folder, name, "default*")); err != nil || len(found) != 1 {
			t.Errorf("bundles of server %s: %v, %v, want one of the default world", name, found, err)
		}
	}
}

func TestCoverageMerge(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	folder := t.TempDir()
	save := func(name string) string {
		return write(t, filepath.Join(folder, name), invoke(t, nil, "coverage", "--format", "json", "--url", s.url).out)
	}
	answers(t, http.MethodGet, s.url+demo, "")
	first := save("first.json")
	answers(t, http.MethodPatch, s.url+demo, `{}`)
	second := save("second.json")
	old := write(t, filepath.Join(folder, "old.json"), `{"version": "0", "operations": []}`)
	other := write(t, filepath.Join(folder, "other.json"), `{"version": "1", "operations": [{"id": "nosuch", "cells": [{"status": 200}]}]}`)
	torn := write(t, filepath.Join(folder, "torn.json"), `{`)
	// No server is asked.
	session(t, "http://127.0.0.1:1", []step{
		{args: "coverage --merge " + first + " " + second + " --require getProcess:200,updateProcess:200", out: `2 of 75`},
		{args: "coverage --merge " + first + " --min 2", code: exitFound, out: `1 of 75`, err: `expected at least 2 %`},
		{args: "coverage --merge", code: exitMisused, err: `--merge without a file, expected reports that --format json wrote`},
		{args: "coverage --merge " + first + " " + old, code: exitMisused, err: `^capisim: \S+/old.json: /version: a coverage report of version "0", expected "1"\n$`},
		{args: "coverage --merge " + other, code: exitMisused, err: `^capisim: \S+/other.json: /operations/0/cells/0: "nosuch" is not an operation with coverage cells, `},
		{args: "coverage --merge " + torn, code: exitMisused, err: `^capisim: \S+/torn.json: read coverage report: unexpected EOF\n$`},
		{args: "coverage --merge ./nosuch.json", code: exitMisused, err: `^capisim: open ./nosuch.json: no such file or directory\n$`},
	})
	merged := decoded[journal.Matrix](t, invoke(t, nil, "coverage", "--merge", first, second, "--format", "json").out)
	if cell, _ := merged.Cell("getProcess", 200); cell.Real != 2 {
		t.Errorf("getProcess:200 was met %d times in the sum, want 2", cell.Real)
	}
}

func TestReactionsVerifyExport(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	session(t, s.url, []step{{args: "fault set getProcess 404 --times 1", out: `getProcess-404`}})
	answers(t, http.MethodGet, s.url+demo, "")
	answers(t, http.MethodGet, s.url+demo, "")
	folder := t.TempDir()
	met := write(t, filepath.Join(folder, "met.yaml"), "expectations:\n  - on: {operation: getProcess, status: 404}\n    client: {retries: {min: 1}}\n")
	unmet := write(t, filepath.Join(folder, "unmet.yaml"), "expectations:\n  - on: {operation: getProcess, status: 404}\n    client: {retries: {max: 0}}\n  - covers: {operation: scaleProcess, status: 422}\n")
	polite := write(t, filepath.Join(folder, "polite.yaml"), "expectations:\n  - client: {policy: polite}\n")
	rude := write(t, filepath.Join(folder, "rude.yaml"), "expectations:\n  - client: {policy: rude}\n")
	typo := write(t, filepath.Join(folder, "typo.yaml"), "expectations:\n  - on: {operation: getProces, status: 404}\n    client: {retries: {max: 0}}\n")
	session(t, s.url, []step{
		{args: "reactions", out: `getProcess 404 on `},
		{args: "reactions --format json --all-worlds", out: `(?s)^\{.*"outcome": "recovered"`},
		{args: "verify " + met, out: `1 met, 0 unmet, 0 not exercised`},
		{args: "verify " + unmet, code: exitFound, out: `(?s)unmet .*not_exercised .*0 met, 1 unmet, 1 not exercised`,
			err: `^capisim: 0 of 2 expectations are met, 1 unmet, 1 not exercised\n$`},
		{args: "verify " + unmet + " --format junit", code: exitFound, out: `^<\?xml `, err: `^capisim: 0 of 2 `},
		{args: "verify " + polite, code: exitFound, err: `^capisim: 0 of 1 `,
			out: `(?s)unmet +on any fault: policy polite\n +met: at most 5 attempts\n.* +unmet: no repetition of 400, 403, 404, 422 \(request 1: it tried 2 times what was refused with 404\)\n`},
		{args: "verify " + rude, code: exitMisused, err: `client.policy|client/policy`},
		{args: "verify " + typo, code: exitMisused, err: `^capisim: ` + regexp.QuoteMeta(typo) + `:2:21: expectations\[0\].on.operation: "getProces", did you mean "getProcess"\?\n$`},
		{args: "verify ./nosuch.yaml", code: exitMisused, err: `^capisim: open ./nosuch.yaml: no such file or directory\n$`},
		{args: "export har", out: `(?s)^\{.*"version": *"1\.2"`},
		{args: "export pact", out: `(?s)^\{.*"interactions"`},
		{args: "export csv", code: exitMisused, err: `^capisim: export: "csv", expected one of har, pact\n$`},
	})
}
