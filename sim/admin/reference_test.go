package admin

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
)

var writeReference = flag.Bool("write", false, "write the page of the reference instead of comparing it")

const referencePage = "../../docs/reference/admin-api.md"

// TestReference: the page says what the table says.
func TestReference(t *testing.T) {
	want := adminPage(t)
	if *writeReference {
		if err := os.WriteFile(referencePage, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(referencePage)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not in step with the table (%v): run go generate ./docs", referencePage, err)
	}
}

func adminPage(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString(`# Admin API

Under ` + "`/admin`" + ` of each world: ` + "`/admin/...`" + ` is about the default one, ` + "`/worlds/NAME/admin/...`" + ` about another. Bodies are read as JSON whatever their Content-Type, scenario documents as YAML too; an empty body is ` + "`{}`" + `. A creation answers 201, a removal 204, all else 200. What is wrong with a body is 422 with all problems at once, each with a JSON pointer; nothing is half applied.

With ` + "`--admin-token`" + ` each request needs ` + "`Authorization: Bearer TOKEN`" + `, but for what is marked open. Lists take ` + "`page` and `per_page`" + ` and have the pagination of the simulated API.
`)
	chapter := ""
	for _, r := range routes {
		if title := r.chapter(); title != chapter {
			chapter = title
			fmt.Fprintf(&b, "\n## %s\n\n| request | what it does | query | body, as an example |\n|---|---|---|---|\n", title)
		}
		what := r.summary
		if r.rootOnly {
			what += " (at the root alone)"
		}
		if r.open {
			what += " (open)"
		}
		query := make([]string, len(r.query))
		for i, name := range r.query {
			query[i] = "`" + name + "`"
		}
		body := ""
		if r.body != "" {
			body = "`" + strings.ReplaceAll(r.body, "|", `\|`) + "`"
		}
		fmt.Fprintf(&b, "| `%s %s` | %s | %s | %s |\n", r.method, r.path, what, strings.Join(query, ", "), body)
	}
	return b.Bytes()
}

// TestExamples: each route that takes something has an example, and takes it.
func TestExamples(t *testing.T) {
	t.Parallel()
	const web = "c1000000-0000-4000-8000-000000000001"
	filled := strings.NewReplacer("{id}", "mine", "{operation}", "updateProcess", "{status}", "409", "{guid}", web, "{index}", "0",
		"{name}", "blue", "{page}", "commands")
	for _, r := range routes {
		takes := r.method == put || r.method == patch || r.method == post && !strings.HasSuffix(r.path, "/restart")
		if takes != (r.body != "") {
			t.Errorf("%s %s has the example %q", r.method, r.path, r.body)
		}
		if r.body == "" {
			continue
		}
		if !json.Valid([]byte(r.body)) {
			t.Errorf("%s %s: %s is not JSON", r.method, r.path, r.body)
		}
		srv := start(t, func(o *Options) { o.Explain, o.Send = explained, sentBy })
		if r.method == patch && strings.HasPrefix(r.path, "/admin/faults") {
			srv.want(t, http.StatusOK, put, filled.Replace(r.path), `{"respond":{"status":503}}`)
		}
		if got := srv.send(t, r.method, filled.Replace(r.path), r.body); got.status != http.StatusOK && got.status != http.StatusCreated {
			t.Errorf("%s %s %s: %d %s", r.method, r.path, r.body, got.status, got.body)
		}
	}
}

// TestDocs: pages and schemas are there for everyone, whatever the token.
func TestDocs(t *testing.T) {
	t.Parallel()
	srv := start(t, func(o *Options) { o.Token = "s3cret" })
	for path, holds := range map[string]string{
		"/admin/docs":               `<h2 id="capisim-fault-set">`,
		"/admin/docs/contract":      `id="3-order-of-checks"`,
		"/admin/docs/scenarios":     `<code>apps[].processes[].instances</code>`,
		"/admin/schemas/scenario":   `"$id"`,
		"/admin/schemas/fault-rule": `"title": "Fault rule"`,
	} {
		if got := srv.send(t, get, path, ""); got.status != http.StatusOK || !strings.Contains(got.body, holds) {
			t.Errorf("%s: %d, %s is not in it", path, got.status, holds)
		}
	}
	srv.wantRefusal(t, 404, get, "/admin/docs/nothing", "", `no page "nothing"; GET /admin/docs leads to all`)
	if got := srv.send(t, get, "/admin/schemas/nothing", ""); got.status != http.StatusNotFound || !strings.Contains(got.body, "expected one of admin, ") {
		t.Errorf("%d %s", got.status, got.body)
	}
}
