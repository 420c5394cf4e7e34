// Package docs carries the pages for those who have the program and not its
// repository: Markdown as it stands in this folder, and the same as HTML. It
// hides how Markdown is read, of which it knows what these pages use.
package docs

import (
	"embed"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:generate go test -run ^TestSchemaKnowsEveryConnection$ ../sim/fault -args -write
//go:generate go test -run ^TestReference$ ../tests ../sim/admin ../cmd/capisim -args -write

//go:embed *.md reference/*.md guides/*.md
var files embed.FS

// Page is a page by its name, which is that of its file in lower case without
// folder and ending: "contract", "commands".
type Page struct {
	Name      string
	Title     string // the first heading
	Markdown  string
	Reference bool // made from what the program itself uses
}

// Pages returns all pages, those of the reference first, then the guides. They are
// not to be changed.
var Pages = sync.OnceValue(read)

func read() (all []Page) {
	for _, folder := range []string{"reference", "guides", "."} {
		entries, err := files.ReadDir(folder)
		if err != nil {
			panic("docs: " + err.Error()) // the folders are embedded
		}
		for _, entry := range entries {
			if entry.IsDir() {
				continue
			}
			file := path.Join(folder, entry.Name())
			text, err := files.ReadFile(file)
			if err != nil {
				panic("docs: " + err.Error())
			}
			markdown := string(text)
			first, _, _ := strings.Cut(markdown, "\n")
			all = append(all, Page{Name: name(file), Title: strings.TrimPrefix(first, "# "), Markdown: markdown, Reference: folder == "reference"})
		}
	}
	return all
}

// Find returns a page by its name; ok is false when there is none.
func Find(name string) (page Page, ok bool) {
	all := Pages()
	at := slices.IndexFunc(all, func(p Page) bool { return p.Name == name })
	if at < 0 {
		return Page{}, false
	}
	return all[at], true
}

func name(file string) string {
	return strings.ToLower(strings.TrimSuffix(path.Base(file), ".md"))
}
