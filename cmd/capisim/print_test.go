package main

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTableFits(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 150)
	for _, test := range []struct {
		name string
		rows [][]any
		want string // "" for whatever fits
	}{
		{"as it is", [][]any{{"ID", "N"}, {"a", 1}, {"bcd", "\x1b"}}, "ID   N\na    1\nbcd  \\x1b\n"},
		{"nothing", nil, ""},
		{"words", [][]any{{"A", "B"}, {"a", strings.Repeat("word ", 24)}}, "A  B\na  " + strings.Repeat("word ", 18) + "word\n   " + strings.TrimSpace(strings.Repeat("word ", 5)) + "\n"},
		{"long everywhere", [][]any{{"A", "B", "C", "D", "E", "F", "G"}, {long, long, long, long, long, long, long}}, ""},
		{"a path", [][]any{{"x", "/v3/processes/c1000000-0000-4000-8000-000000000001/" + long}}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			err := (&program{stdout: &outlet{Writer: &out}}).table(func(row func(...any)) {
				for _, cells := range test.rows {
					row(cells...)
				}
			})
			if err != nil || test.want != "" && out.String() != test.want {
				t.Errorf("%v, got\n%s\nwant\n%s", err, out.String(), test.want)
			}
			letters := 0
			for line := range strings.Lines(out.String()) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > tableWidth {
					t.Errorf("%d characters: %s", n, line)
				}
				letters += strings.Count(line, "é")
			}
			if want := strings.Count(strings.Join(printables(flat(test.rows)), ""), "é"); letters != want {
				t.Errorf("%d letters left of %d", letters, want)
			}
		})
	}
}

func flat(rows [][]any) (cells []any) {
	for _, row := range rows {
		cells = append(cells, row...)
	}
	return cells
}

// TestTablesOfCommandsFit: names as long as they may be make no table wider, and
// nothing has a colour where nobody looks.
func TestTablesOfCommandsFit(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	name := strings.Repeat("n", 60)
	at := []string{"--url", s.url}
	for _, args := range [][]string{
		{"world", "create", name}, {"fault", "set", "all", "503", "--id", strings.Repeat("long rule ", 18) + "x", "--world", name},
		{"fault", "list", "--world", name}, {"world", "list"}, {"explain", demo, "--world", name}, {"clock"},
		{"coverage"}, {"requests"}, {"scenarios"}, {"docs"},
	} {
		switch args[0] {
		case "requests":
			answers(t, http.MethodGet, s.url+"/v3/processes?"+strings.Repeat("q", 200)+"=1", "")
			answers(t, http.MethodGet, s.url+"/v3/nosuch/"+strings.Repeat("q", 200), "")
		case "scenarios": // from here on they need no server
			at = nil
		}
		got := invoke(t, nil, append(args, at...)...)
		if got.code != exitDone || got.out == "" || strings.Contains(got.out, "\x1b") {
			t.Errorf("%v: %+v", args, got)
		}
		for line := range strings.Lines(got.out) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > tableWidth && !strings.HasPrefix(line, "it is ") {
				t.Errorf("%v: %d characters: %s", args, n, line)
			}
		}
	}
}
