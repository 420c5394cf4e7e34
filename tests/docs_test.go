package tests_test

import (
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/capisim/docs"
)

// pages are the Markdown files of the project by their path; what others wrote
// is not ours to check.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	eachText(t, func(path, text string) {
		if strings.HasSuffix(path, ".md") && filepath.Base(path) != "VENDOR.md" {
			found[path] = text
		}
	})
	if len(found) < 5 {
		t.Fatalf("only %d Markdown files: is this test blind?", len(found))
	}
	return found
}

// eachText shows every file of the project that is text.
func eachText(t *testing.T, visit func(path, text string)) {
	t.Helper()
	texts, err := allTexts()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range texts {
		visit(one.path, one.text)
	}
}

type textFile struct{ path, text string }

// allTexts reads them once for all tests.
var allTexts = sync.OnceValues(func() (texts []textFile, err error) {
	kinds := []string{".go", ".md", ".json", ".yaml", ".yml", ".js", ".css", ".html", ".txt", ".mod", ""}
	err = filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", "testdata", "vendor"}, entry.Name()):
			return filepath.SkipDir
		case entry.IsDir() || !slices.Contains(kinds, filepath.Ext(path)):
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel("..", path)
		texts = append(texts, textFile{filepath.ToSlash(relative), string(raw)})
		return err
	})
	return texts, err
})

var (
	fence   = regexp.MustCompile("(?ms)^```.*?^```")
	span    = regexp.MustCompile("`[^`\n]+`")
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#{1,6} (.+)$`)
	place   = regexp.MustCompile(`^(cmd|docs|scenarios|schemas|sim|tests)/[\w./-]+$`)
	item    = regexp.MustCompile(`^(\d+)\. `)
	// numbered is a heading with the number of its section.
	numbered = regexp.MustCompile(`^#{2,3} (\d+(?:\.\d+)?)\.? `)
	// mark cites a page, and perhaps sections of it: "DESIGN.md §6", "§2",
	// "CONTRACT.md §5, §6".
	mark   = regexp.MustCompile("(?:docs/)?([A-Z][A-Z-]+\\.md)`?\\)?((?:,? ?(?:and|to)? ?§[0-9]+(?:\\.[0-9]+)?)*)|§[0-9]+(?:\\.[0-9]+)?")
	number = regexp.MustCompile(`§(\d+(?:\.\d+)?)`)
	// lower is a page by the name that no page has.
	lower = regexp.MustCompile(`\b(contract|design|clients|facts|speed|style)\.md\b`)
)

// sections are the numbers that a page can be cited by: its numbered headings,
// and the items of a numbered list as n.m under heading n.
func sections(page string) map[string]bool {
	found, chapter := map[string]bool{}, ""
	for line := range strings.Lines(fence.ReplaceAllString(page, "")) {
		if match := numbered.FindStringSubmatch(line); match != nil {
			chapter = match[1]
			found[chapter] = true
		} else if match := item.FindStringSubmatch(line); match != nil && chapter != "" && !strings.Contains(chapter, ".") {
			found[chapter+"."+match[1]] = true
		}
	}
	return found
}

// TestLinks: each link of a Markdown file leads somewhere, and each path of the
// project that it quotes is there.
func TestLinks(t *testing.T) {
	t.Parallel()
	all := pages(t)
	for path, text := range all {
		prose := fence.ReplaceAllString(text, "")
		for _, quoted := range span.FindAllString(prose, -1) {
			if name := strings.Trim(quoted, "`"); place.MatchString(name) && !exists(name) {
				t.Errorf("%s names %s, which is not there", path, name)
			}
		}
		for _, match := range link.FindAllStringSubmatch(span.ReplaceAllString(prose, ""), -1) {
			if strings.Contains(match[1], "://") {
				continue
			}
			file, fragment, _ := strings.Cut(match[1], "#")
			target := path
			if file != "" {
				target = filepath.ToSlash(filepath.Join(filepath.Dir(path), file))
			}
			if !exists(target) {
				t.Errorf("%s links to %s, which is not there", path, match[1])
				continue
			}
			if fragment == "" {
				continue
			}
			found := false
			for _, title := range heading.FindAllStringSubmatch(all[target], -1) {
				found = found || docs.Anchor(title[1]) == fragment
			}
			if !found {
				t.Errorf("%s links to %s, which has no such heading", path, match[1])
			}
		}
	}
}

// exists says whether the project has a file or folder of that path.
func exists(path string) bool {
	_, err := os.Stat(filepath.Join("..", filepath.FromSlash(path)))
	return err == nil
}

// book is the sections of each page.
type book map[string]map[string]bool

func bookOf(pages map[string]string) book {
	all := book{}
	for path, text := range pages {
		all[path] = sections(text)
	}
	return all
}

// TestSections: each § of a page names a section that is there, of the page
// that stands before it or of its own.
func TestSections(t *testing.T) {
	t.Parallel()
	all := pages(t)
	books := bookOf(all)
	for path, text := range all {
		books.cited(t, path, fence.ReplaceAllString(text, ""), path)
	}
}

// marks are all that mark matches. Each holds a § or an .md, and between blanks:
// what lies before those need not be looked at, and that is most of the text.
func marks(text string) (found [][]string) {
	for {
		at := strings.Index(text, "§")
		if page := strings.Index(text, ".md"); at < 0 || page >= 0 && page < at {
			at = page
		}
		if at < 0 {
			return found
		}
		text = text[strings.LastIndexAny(text[:at], " \n\t")+1:]
		match := mark.FindStringSubmatchIndex(text)
		if match == nil {
			return found
		}
		one := make([]string, len(match)/2)
		for i := range one {
			if match[2*i] >= 0 {
				one[i] = text[match[2*i]:match[2*i+1]]
			}
		}
		found, text = append(found, one), text[match[1]:]
	}
}

// cited checks what a text cites; a § without a page is of the given one.
func (b book) cited(t *testing.T, where, text, own string) {
	t.Helper()
	for _, match := range marks(text) {
		page := own
		if match[1] == "VENDOR.md" {
			continue
		}
		if match[1] != "" {
			if page = "docs/" + match[1]; b[match[1]] != nil {
				page = match[1]
			}
			if b[page] == nil {
				t.Errorf("%s cites %s, which is not there", where, match[1])
				continue
			}
		}
		for _, section := range number.FindAllStringSubmatch(match[0], -1) {
			if !b[page][section[1]] {
				t.Errorf("%s cites §%s of %q, which has no such section", where, section[1], page)
			}
		}
	}
}

// lawBook is the sentence of a package comment that says whose sections are
// cited without a page.
var lawBook = regexp.MustCompile(`\(§\)[^.]*\bof (docs/[A-Z-]+\.md)`)

// TestMarksInCode: each § in a Go file, tests included, names a section that is
// there, of the page before it or of the page that the package comment names.
func TestMarksInCode(t *testing.T) {
	t.Parallel()
	books, texts := map[string]string{}, map[string]map[string]string{}
	eachText(t, func(path, text string) {
		if filepath.Ext(path) != ".go" || path == "tests/docs_test.go" {
			return
		}
		text = strings.Join(strings.Fields(strings.ReplaceAll(text, "//", "")), " ")
		folder := filepath.ToSlash(filepath.Dir(path))
		if match := lawBook.FindStringSubmatch(text); match != nil {
			books[folder] = match[1]
		}
		if texts[folder] == nil {
			texts[folder] = map[string]string{}
		}
		texts[folder][path] = text
	})
	all := bookOf(pages(t))
	for folder, files := range texts {
		for path, text := range files {
			all.cited(t, path, text, books[folder])
		}
	}
}

// TestWhatUsersRead: help, messages, scenarios and the descriptions of schemas
// cite no page, which a user of the binary does not have; and no file of the
// project names what lies outside of it.
func TestWhatUsersRead(t *testing.T) {
	t.Parallel()
	eachText(t, func(path, text string) {
		if path == "tests/docs_test.go" {
			return
		}
		if strings.Contains(text, ".md") { // to look for that is fast
			if found := lower.FindString(text); found != "" {
				t.Errorf("%s names %s: the pages are docs/*.md", path, found)
			}
		}
		for _, outside := range []string{"shared/", "reference/update"} {
			if strings.Contains(text, outside) {
				t.Errorf("%s names %s, which is outside of the project", path, outside)
			}
		}
		folder, _, _ := strings.Cut(path, "/")
		if folder == "schemas" || folder == "scenarios" && filepath.Ext(path) != ".go" || filepath.ToSlash(filepath.Dir(path)) == "sim" {
			if found := marks(text); found != nil {
				t.Errorf("%s cites %s, which its reader may not have", path, found[0][0])
			}
		}
	})
	eachFile(t, func(path string, file *ast.File) {
		ast.Inspect(file, func(node ast.Node) bool {
			text, ok := node.(*ast.BasicLit)
			if ok && text.Kind == token.STRING && marks(text.Value) != nil {
				t.Errorf("%s says %s, which its reader may not have", path, text.Value)
			}
			return true
		})
	})
}
