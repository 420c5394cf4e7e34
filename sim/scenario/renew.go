package scenario

import (
	"cmp"
	"errors"
	"slices"

	"example.com/capisim/sim/document"
)

// With returns the library with one more file, which stands above all others.
// The error is for one that cannot be read.
func (l *Library) With(file string) (*Library, error) {
	next := &Library{dir: l.dir, files: append([]string{file}, l.files...)}
	files, err := next.read()
	if err == nil {
		err = files[0].unread
	}
	if err != nil {
		return nil, err
	}
	next.ship(l.embedded)
	next.fill(files, nil, nil)
	return next, nil
}

// Renew returns the library that the files make now. One that does not make a
// scenario any more, or cannot be read, is broken, and its last good version
// stays in its place, for those who extend it too. A named file that is gone is
// broken, one of the folder is not there any more. The error is for a folder that
// cannot be read.
func (l *Library) Renew() (*Library, error) {
	files, err := l.read()
	if err != nil {
		return nil, err
	}
	after := func(broken map[string]error) *Library {
		next := &Library{dir: l.dir, files: l.files}
		next.ship(l.embedded)
		next.fill(files, l.own, broken)
		for _, e := range next.own {
			e.made()
		}
		return next
	}
	next, broken := after(nil), map[string]error{}
	for _, e := range next.own {
		if wrong := e.made().wrong; wrong != nil && e.isOwn(wrong) {
			broken[e.name] = wrong
		}
	}
	if len(broken) > 0 { // those who extend them may go on with their last good versions
		next = after(broken)
	}
	return next, nil
}

// ship takes over embedded entries.
func (l *Library) ship(entries []*entry) {
	for _, e := range entries {
		l.embedded = append(l.embedded, l.entry(&entry{scenarioFile: e.scenarioFile, trusted: true, tree: e.tree, was: cmp.Or(e.loaded.Load(), e.was)}))
	}
}

// fill makes the entries of files. Those that were there before keep what has
// not changed, and the last good version of what is broken.
func (l *Library) fill(files []scenarioFile, before []*entry, broken map[string]error) {
	for _, file := range files {
		e := &entry{scenarioFile: file, tree: treeOf(file)}
		if at := slices.IndexFunc(before, func(b *entry) bool { return b.name == file.name }); at >= 0 {
			known := before[at]
			e.was = known.made().scenario
			if e.broken = broken[file.name]; e.broken != nil && e.was != nil || file.same(known.scenarioFile) {
				e.data, e.parts, e.tree = known.data, known.parts, known.tree
			}
		}
		l.own = append(l.own, l.entry(e))
	}
}

// isOwn says that an error is about the entry's own file.
func (e *entry) isOwn(wrong error) bool {
	var problems document.Problems
	return !errors.As(wrong, &problems) || slices.ContainsFunc(problems, func(p document.Problem) bool { return p.File == e.name })
}

// Now returns what a scenario of an earlier library is in this one, with its
// variation: what has its name, unless its file has given itself another. It is
// the scenario itself while that is the same, when it is gone, and when it came
// from no library.
func (l *Library) Now(s *Scenario) *Scenario {
	plain := s.plain()
	if plain.listing.name == "" {
		return s
	}
	e, err := l.find(plain.listing.name)
	if renamed := l.ownFile(plain.listing.file); renamed != nil && renamed.title() != plain.listing.name {
		e, err = renamed, nil
	}
	if err != nil {
		return s
	}
	next, err := e.scenario()
	if err != nil || next == plain || next.Same(plain) {
		return s
	}
	return next.Varied(s.by)
}
