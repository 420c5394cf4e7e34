// Package console is the page that a person steers a simulator with. It hides
// how its files are kept and sent: embedded, compressed once, revalidated by
// their digest, under a policy that lets the page run its own scripts and ask
// its own server, and nothing else. It knows nothing of worlds, faults or
// journals: the page learns all of it from the public admin API beside it.
package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed static
var static embed.FS

const index = "index.html"

// file is an embedded file as it is sent.
type file struct {
	media  string
	tag    string // a strong ETag
	body   []byte
	packed []byte // gzip; nil when that would not be smaller
}

// files are prepared when the first page is asked for: most simulators run
// where nobody looks.
var files = sync.OnceValue(func() map[string]*file {
	all := map[string]*file{}
	err := fs.WalkDir(static, "static", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := static.ReadFile(name)
		all[strings.TrimPrefix(name, "static/")] = prepare(name, body)
		return err
	})
	if err != nil {
		panic(fmt.Sprintf("console: %s", err))
	}
	return all
})

func prepare(name string, body []byte) *file {
	sum := sha256.Sum256(body)
	f := &file{media: mediaType(name), tag: `"` + hex.EncodeToString(sum[:8]) + `"`, body: body}
	var packed bytes.Buffer
	w, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level is a valid one
	// A buffer takes everything.
	_, _ = w.Write(body)
	_ = w.Close()
	if packed.Len() < len(body) {
		f.packed = packed.Bytes()
	}
	return f
}

// mediaType does not ask the machine, whose tables differ. Licences and notes
// are text.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "text/plain; charset=utf-8"
}

// policy is the Content-Security-Policy. The page's import map, the only script
// in the page itself, is allowed by its digest.
var policy = sync.OnceValue(func() string {
	const opens, closes = `<script type="importmap">`, `</script>`
	_, rest, _ := strings.Cut(string(files()[index].body), opens)
	text, _, found := strings.Cut(rest, closes)
	if !found {
		panic("console: no import map in " + index)
	}
	sum := sha256.Sum256([]byte(text))
	return "default-src 'none'; script-src 'self' 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; style-src 'self'; img-src 'self'; " +
		"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
})

// ServeHTTP serves the console. The path of a request begins with /console; the
// prefix of a world has been cut off. The files need no token: they hold
// nothing but the page, which asks the admin API, and its reader for the token.
func ServeHTTP(w http.ResponseWriter, r *http.Request) { serve(w, r, http.StatusOK) }

// ServeNoWorld serves the same where there is no world. The page finds that out
// and says which worlds there are; browsers and scripts see a 404.
func ServeNoWorld(w http.ResponseWriter, r *http.Request) { serve(w, r, http.StatusNotFound) }

// serve sends a file, the page itself with a status.
func serve(w http.ResponseWriter, r *http.Request, status int) {
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "the console is read with GET", http.StatusMethodNotAllowed)
		return
	}
	name, inside := strings.CutPrefix(strings.TrimPrefix(r.URL.Path, "/console"), "/")
	if !inside {
		// Relative, since the prefix of the world is not known here.
		header.Set("Location", "console/")
		w.WriteHeader(http.StatusPermanentRedirect)
		return
	}
	if name = strings.TrimLeft(name, "/"); name == "" {
		name = index
	}
	f, found := files()[name]
	if !found {
		http.Error(w, "no such file of the console", http.StatusNotFound)
		return
	}
	if name != index {
		status = http.StatusOK
	}
	f.send(w, r, status)
}

func (f *file) send(w http.ResponseWriter, r *http.Request, status int) {
	header := w.Header()
	header.Set("Cache-Control", "no-cache") // a new version must not meet old scripts
	header.Set("Content-Security-Policy", policy())
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Vary", "Accept-Encoding")
	body, tag := f.body, f.tag
	if f.packed != nil && accepts(r.Header.Values("Accept-Encoding"), "gzip") {
		header.Set("Content-Encoding", "gzip")
		body, tag = f.packed, strings.TrimSuffix(f.tag, `"`)+`-gzip"`
	}
	header.Set("ETag", tag)
	if status == http.StatusOK && known(r.Header.Values("If-None-Match"), tag) {
		header.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Type", f.media)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a reader that is gone misses nothing
	}
}

// accepts says that a coding is named and not refused by q=0.
func accepts(values []string, coding string) bool {
	for _, one := range strings.Split(strings.Join(values, ","), ",") {
		name, weight, _ := strings.Cut(one, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		q := strings.TrimPrefix(strings.ToLower(strings.ReplaceAll(weight, " ", "")), "q=")
		return strings.Trim(q, "0.") != "" || q == ""
	}
	return false
}

// known says that the reader has the version of this tag already. A proxy may
// have made the tag a weak one.
func known(values []string, tag string) bool {
	for _, one := range strings.Split(strings.Join(values, ","), ",") {
		one = strings.TrimSpace(one)
		if one == "*" || strings.TrimPrefix(one, "W/") == tag {
			return true
		}
	}
	return false
}
