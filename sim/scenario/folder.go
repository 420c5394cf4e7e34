package scenario

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"example.com/capisim/sim/document"
)

// scenarioFile is a file that holds a scenario.
type scenarioFile struct {
	name   string // where messages say it is
	data   []byte
	parts  map[string]part // files beside it that it refers to
	unread error           // why there is no data
}

func (f scenarioFile) same(as scenarioFile) bool {
	return bytes.Equal(f.data, as.data) && maps.EqualFunc(f.parts, as.parts, part.same) && f.unread == nil && as.unread == nil
}

// read reads the library's files, the named ones first.
func (l *Library) read() (files []scenarioFile, err error) {
	for _, name := range l.files {
		files = append(files, l.readFile(name))
	}
	if l.dir == "" {
		return files, nil
	}
	inside, err := readDir(l.dir)
	if err != nil {
		return nil, fmt.Errorf("read scenarios: %w", err)
	}
	for _, file := range inside {
		if !slices.ContainsFunc(l.files, func(named string) bool { return samePath(named, file.name) }) {
			files = append(files, file)
		}
	}
	return files, nil
}

// readFile reads a file again, but for a pipe, which is read once.
func (l *Library) readFile(name string) scenarioFile {
	info, err := os.Stat(name)
	if e := l.ownFile(name); e != nil && err == nil && !info.Mode().IsRegular() {
		return e.scenarioFile
	}
	return readNamed(name)
}

func samePath(a, b string) bool {
	one, err := filepath.Abs(a)
	other, failed := filepath.Abs(b)
	return err == nil && failed == nil && one == other
}

// readNamed reads a file that somebody has named.
func readNamed(name string) scenarioFile {
	folder, file := filepath.Split(name)
	data, err := readBounded(os.DirFS(cmp.Or(folder, ".")), file)
	if err != nil {
		return scenarioFile{name: name, data: data, unread: unreadable(name, err)}
	}
	return withParts(name, data)
}

func unreadable(name string, err error) error {
	if err == nil {
		return nil
	}
	var of *fs.PathError
	if errors.As(err, &of) {
		err = of.Err // the rest is said by the name
	}
	return fmt.Errorf("%s: cannot be read: %w", name, err)
}

// endings are those of scenario files.
var endings = []string{".yaml", ".yml", ".json"}

// IsFile tells a path from a name that is spelt wrongly, which deserves the list
// of names and not the absence of a file.
func IsFile(name string) bool {
	return slices.Contains(endings, strings.ToLower(filepath.Ext(name))) || strings.ContainsRune(name, filepath.Separator)
}

// readDir reads the scenarios of a folder. A link is followed inside the
// folder only: mounted config maps are made of such links.
func readDir(dir string) ([]scenarioFile, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	files, err := readFolder(root.FS(), dir)
	if closed := root.Close(); err == nil {
		err = closed
	}
	return files, err
}

// readFolder reads the scenario files of a folder, not those of folders in it;
// dir is what their names begin with. One that cannot be read keeps no other from
// being read.
func readFolder(folder fs.FS, dir string) ([]scenarioFile, error) {
	list, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, err
	}
	var files []scenarioFile
	for _, item := range list {
		name := item.Name()
		if strings.HasPrefix(name, ".") || !slices.Contains(endings, strings.ToLower(path.Ext(name))) {
			continue
		}
		info, err := fs.Stat(folder, name)
		if err == nil && !info.Mode().IsRegular() {
			continue
		}
		file := scenarioFile{name: filepath.Join(dir, name)}
		if err == nil {
			file.data, err = readBounded(folder, name)
		}
		file.unread = unreadable(file.name, err)
		file.gather(folder)
		files = append(files, file)
	}
	return files, nil
}

// readBounded reads one byte more than a scenario may have, which Parse then
// refuses, and no more.
func readBounded(folder fs.FS, name string) ([]byte, error) {
	file, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, document.MaxBytes+1))
	if closed := file.Close(); err == nil {
		err = closed
	}
	return data, err
}

// Hash is a digest of the scenarios in files and folders: it changes when one
// of them is changed, added, removed or renamed, or can no longer be read, and
// does not when a mount is renewed with the same content. Comparing it is how
// changed files are noticed.
func Hash(paths ...string) string {
	digest := sha256.New()
	for _, at := range paths {
		files := []scenarioFile{}
		if info, err := os.Stat(at); err == nil && info.IsDir() {
			if files, err = readDir(at); err != nil {
				fmt.Fprint(digest, err)
			}
		} else {
			files = append(files, readNamed(at))
		}
		for _, file := range files {
			fmt.Fprintf(digest, "%q %d %v ", file.name, len(file.data), file.unread)
			digest.Write(file.data)
			for _, name := range slices.Sorted(maps.Keys(file.parts)) {
				fmt.Fprintf(digest, "%q %d %v ", name, len(file.parts[name].data), file.parts[name].err)
				digest.Write(file.parts[name].data)
			}
		}
	}
	return hex.EncodeToString(digest.Sum(nil))
}
