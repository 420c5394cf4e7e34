package journal

import (
	"bytes"
	"strings"
	"time"
)

// Filter says which entries are wanted; what is left zero does not matter.
type Filter struct {
	Operation string    // id of the operation
	Status    int       // as the client saw it
	Injected  *bool     // put in place by a rule or Prefer, or not
	Rule      string    // id of the rule that decided
	User      string    // who the caller was
	Since     time.Time // wall time of arrival, not before
	After     uint64    // ids above this one
	Unmatched bool      // only requests that met no operation
	Text      string    // found, in any case, in path, query, header or body
	// Match is asked last, with secrets masked.
	Match func(e *Entry) bool
}

// Page is a part of the entries that a filter lets through.
type Page struct {
	Entries []Entry // newest first, secrets masked
	Total   int     // how many the filter let through
	Dropped uint64  // how many the bounds had forgotten
}

// Entries returns one page, newest first; pages count from 1. It holds the lock
// only while it copies a few entries at a time.
func (j *Journal) Entries(f Filter, page, perPage int) Page {
	last, _, dropped := j.newest()
	out := Page{Dropped: dropped, Entries: []Entry{}}
	skip := min(max(page, 1)-1, 1<<30) * min(max(perPage, 0), 1<<30)
	j.walk(last, func(e *Entry) bool {
		if e.ID <= f.After {
			return false
		}
		if !f.plain(e) {
			return true
		}
		wanted := out.Total >= skip && len(out.Entries) < perPage
		if wanted || f.Text != "" || f.Match != nil {
			// Asked of the masked copy, so that no search can guess a secret.
			m := e.masked()
			if f.Text != "" && !m.mentions(f.Text) || f.Match != nil && !f.Match(&m) {
				return true
			}
			if wanted {
				out.Entries = append(out.Entries, m)
			}
		}
		out.Total++
		return true
	})
	return out
}

// plain checks what needs no masking.
func (f *Filter) plain(e *Entry) bool {
	return (f.Operation == "" || e.OperationID() == f.Operation) &&
		(f.Status == 0 || e.Status == f.Status) &&
		(f.Injected == nil || e.Injected == *f.Injected) &&
		(f.Rule == "" || e.Rule == f.Rule) &&
		(f.User == "" || e.User == f.User) &&
		(!f.Unmatched || e.Operation == nil) &&
		e.since(f.Since)
}

// mentions looks for a text, in any case, where a person would look for it.
func (e *Entry) mentions(text string) bool {
	want := strings.ToLower(text)
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), want) }
	if has(e.Method+" "+e.Path) || has(e.RawQuery) || has(e.Rule) || has(e.OperationID()) {
		return true
	}
	for _, header := range []map[string][]string{e.RequestHeader, e.ResponseHeader} {
		for name, values := range header {
			if has(name + ": " + strings.Join(values, ", ")) {
				return true
			}
		}
	}
	lower := []byte(want)
	return bytes.Contains(bytes.ToLower(e.RequestBody.Bytes), lower) ||
		bytes.Contains(bytes.ToLower(e.ResponseBody.Bytes), lower)
}
