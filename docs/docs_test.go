package docs

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestHTML(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, markdown, want string }{
		{"heading", "## 13.3 Pagination `object`", `<h2 id="133-pagination-object">13.3 Pagination <code>object</code></h2>`},
		{"paragraph", "one\ntwo\n\nthree", "<p>one\ntwo</p>\n<p>three</p>"},
		{"marks", "**a `b*c*`** and *d*", "<p><strong>a <code>b*c*</code></strong> and <em>d</em></p>"},
		{"text that looks like HTML", "a < b & `<i>`", "<p>a &lt; b &amp; <code>&lt;i&gt;</code></p>"},
		{"code", "```sh\na | b\n# c\n```", "<pre><code>a | b\n# c</code></pre>"},
		{"table", "| a | b |\n|---|---|\n| `x\\|y` | |", "<table>\n<tr><th>a</th><th>b</th></tr>\n<tr><td><code>x|y</code></td><td></td></tr>\n</table>"},
		{"list", "- a\n  more\n- b\n  - c", "<ul>\n<li><p>a\nmore</p>\n</li>\n<li><p>b</p>\n<ul>\n<li><p>c</p>\n</li>\n</ul>\n</li>\n</ul>"},
		{"numbers that go on", "3. a", "<ol start=\"3\">\n<li><p>a</p>\n</li>\n</ol>"},
		{"link to a page", "[x](DESIGN.md#6-fault-rules) [y](https://example.com/a)", `<p><a href="design#6-fault-rules">x</a> <a href="https://example.com/a">y</a></p>`},
		{"link to a file", "[x](../schemas/scenario.schema.json)", "<p>x</p>"},
	} {
		if got := strings.TrimSpace(Page{Name: "test", Markdown: test.markdown}.HTML("")); got != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}

// TestPages: each page has a name, a title, and tags that fit into each other.
func TestPages(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, page := range Pages() {
		if seen[page.Name] || page.Title == "" || strings.HasPrefix(page.Title, "#") {
			t.Errorf("page %q with title %q", page.Name, page.Title)
		}
		seen[page.Name] = true
		if found, ok := Find(page.Name); !ok || found.Name != page.Name {
			t.Errorf("%q finds %q", page.Name, found.Name)
		}
		decoder := xml.NewDecoder(strings.NewReader("<body>" + page.HTML("docs/") + "</body>"))
		for {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", page.Name, err)
			}
		}
	}
	if _, ok := Find("nothing"); ok {
		t.Error("there is a page called nothing")
	}
}
