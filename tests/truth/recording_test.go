package truth_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// recording is what the real server was asked and what it answered.
type recording struct {
	ID      string    `json:"id"`
	Says    string    `json:"says"`
	Fixture string    `json:"fixture"`
	Setup   []request `json:"setup"` // sent first, not compared
	Request request   `json:"request"`
	Then    []request `json:"then"` // sent afterwards, compared
	Answers []answer  `json:"answers"`
	Stats   bool      `json:"stats"` // values that the platform makes up are masked
}

// request is one request. User is the token of that name, null for none; "~x"
// is an Authorization header in which {T} stands for the developer's token,
// "=x" one as it stands.
type request struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	User    json.RawMessage   `json:"user"`
	Body    json.RawMessage   `json:"body"`
	Raw     *string           `json:"raw_body"`
	Hex     string            `json:"hex_body"`
	Headers map[string]string `json:"headers"` // "@null" takes one away
}

// answer is what came back. Headers are those of usualHeaders unless it says.
type answer struct {
	Status  int             `json:"status"`
	Headers [][2]string     `json:"headers"`
	User    *string         `json:"user_guid"`
	Body    json.RawMessage `json:"body"`
}

var (
	recordings = readRecordings()
	fixtures   = readFixtures()
)

// readRecordings gives the recordings of each fixture.
func readRecordings() map[string][]*recording {
	all := map[string][]*recording{}
	open("recordings.jsonl.gz", func(r io.Reader) error {
		for decoder := json.NewDecoder(bufio.NewReader(r)); ; {
			next := new(recording)
			if err := decoder.Decode(next); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
			all[next.Fixture] = append(all[next.Fixture], next)
		}
	})
	return all
}

// readFixtures gives the worlds of the recordings. Their apps had revisions
// switched off.
func readFixtures() map[string]json.RawMessage {
	var documents map[string]map[string]json.RawMessage
	open("fixtures.json.gz", func(r io.Reader) error { return json.NewDecoder(r).Decode(&documents) })
	worlds := make(map[string]json.RawMessage, len(documents))
	for name, document := range documents {
		var apps []json.RawMessage
		if err := json.Unmarshal(document["apps"], &apps); err != nil {
			panic(name + ": " + err.Error())
		}
		for i, app := range apps { // as text: the order of keys counts
			// Their deployments were rows without a process.
			app = bytes.Replace(app, []byte(`"deploying": true`), []byte(`"deployments":[{"held":true}]`), 1)
			app = bytes.Replace(app, []byte(`"deploying":true`), []byte(`"deployments":[{"held":true}]`), 1)
			apps[i] = append(json.RawMessage(`{"revisions":false,`), app[1:]...)
		}
		document["apps"], _ = json.Marshal(apps) // what was JSON
		worlds[name], _ = json.Marshal(document) // stays JSON
	}
	return worlds
}

func open(name string, read func(io.Reader) error) {
	file, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		panic(err)
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		panic(err)
	}
	if err := read(plain); err != nil {
		panic(name + ": " + err.Error())
	}
}
