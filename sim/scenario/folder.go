package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"example.com/capisim/sim/document"
)

// scenarioFile is a file of a folder that holds a scenario.
type scenarioFile struct {
	name string // where messages say it is
	data []byte
}

// endings are those of scenario files.
var endings = []string{".yaml", ".yml", ".json"}

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
// dir is what their names begin with.
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
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			continue
		}
		data, err := readBounded(folder, name)
		if err != nil {
			return nil, err
		}
		files = append(files, scenarioFile{name: filepath.Join(dir, name), data: data})
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
// of them is changed, added, removed or renamed, and does not when a mount is
// renewed with the same content. Comparing it is how changed files are
// noticed.
func Hash(paths ...string) (string, error) {
	digest := sha256.New()
	for _, at := range paths {
		files, err := scenariosAt(at)
		if err != nil {
			return "", err
		}
		for _, file := range files {
			fmt.Fprintf(digest, "%q %d ", file.name, len(file.data))
			digest.Write(file.data)
		}
	}
	return hex.EncodeToString(digest.Sum(nil)), nil
}

func scenariosAt(at string) ([]scenarioFile, error) {
	info, err := os.Stat(at)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return readDir(at)
	}
	data, err := os.ReadFile(at)
	return []scenarioFile{{name: at, data: data}}, err
}
