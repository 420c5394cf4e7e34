package bundle

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/schema"
)

// Bounds of a bundle, in bytes, when it is written and when it is read. What can be
// in it can be read as a document of its own.
const (
	maxUnpacked = document.MaxBytes
	fewUnpacked = 4 << 20 // however small its file is
	mostPerByte = 32      // of its file, of which gzip could make a thousand
)

// envelope is the file: its checksum is that of the bytes of its contents.
type envelope struct {
	Version  int             `json:"capisim_bundle"`
	Checksum string          `json:"checksum"`
	Contents json.RawMessage `json:"contents"`
}

func checksum(contents ...[]byte) string {
	sum := sha256.New()
	for _, part := range contents {
		sum.Write(part)
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

// Write writes a bundle as a file. One that would be too large to be read is
// refused.
func Write(to io.Writer, b *Bundle) error { return write(to, b, maxUnpacked) }

func write(to io.Writer, b *Bundle, most int) error {
	before, after, err := around(b)
	if err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	head := fmt.Sprintf(`{"capisim_bundle":%d,"checksum":%q,"contents":`, Version, checksum(before, b.Scenario, after))
	const tail = "}\n"
	size := len(head) + len(before) + len(b.Scenario) + len(after) + len(tail)
	if size > most {
		return fmt.Errorf("write bundle: %d bytes of state and requests, of which the state at the beginning takes %d; expected at most %s",
			size, len(b.Scenario), document.Mebibytes(int64(most)))
	}
	file := pack([]byte(head), before, b.Scenario, after, []byte(tail))
	if size > fewUnpacked {
		// What repeats itself over and over is packed smaller than a reader believes:
		// parts that hold nothing make up for it.
		for empty := pack(); len(file) < size/mostPerByte+1; {
			file = append(file, empty...)
		}
	}
	if _, err = to.Write(file); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	return nil
}

// around is what stands before and behind the scenario, of which there is to be no
// copy: it may be large.
func around(b *Bundle) (before, after []byte, err error) {
	const key = `"scenario":`
	without := *b
	without.Scenario = nil
	all, err := json.Marshal(without)
	before, after, _ = bytes.Cut(all, []byte(key+"null"))
	return append(before[:len(before):len(before)], key...), after, err
}

// pack is one part of a file of gzip.
func pack(texts ...[]byte) []byte {
	var out bytes.Buffer
	file := gzip.NewWriter(&out)
	for _, text := range texts {
		file.Write(text) //nolint:errcheck // memory takes it
	}
	file.Close() //nolint:errcheck // likewise
	return out.Bytes()
}

// Encode is Write into memory.
func Encode(b *Bundle) ([]byte, error) {
	var out bytes.Buffer
	err := Write(&out, b)
	return out.Bytes(), err
}

// Read reads a bundle. One that is cut, damaged, edited, too large or of a newer
// form is refused with what is wrong; what is wrong with its contents is
// document.Violations.
func Read(from io.Reader) (*Bundle, error) { return read(from, maxUnpacked) }

func read(from io.Reader, most int64) (*Bundle, error) {
	text, err := unpack(from, most)
	if err != nil {
		return nil, err
	}
	var e envelope
	if err := json.Unmarshal(text, &e); err != nil {
		return nil, fmt.Errorf("not a bundle: %w", err)
	}
	switch {
	case e.Version > Version:
		return nil, fmt.Errorf("a bundle of version %d, expected at most %d: a newer capisim wrote it", e.Version, Version)
	case e.Version < 1:
		return nil, errors.New("not a bundle: capisim_bundle left out, expected the version of the file")
	case e.Checksum != checksum(e.Contents):
		return nil, errors.New("its contents were edited: the checksum is that of others; make a new bundle instead")
	}
	if err := check(e.Contents); err != nil {
		return nil, err
	}
	b := &Bundle{}
	if err := json.Unmarshal(e.Contents, b); err != nil {
		return nil, fmt.Errorf("not a bundle: contents: %w", err)
	}
	return b, nil
}

// check holds the contents of a bundle against their schema. The scenario, which may
// be large, is looked at when it is played.
func check(contents []byte) error {
	read, err := document.ReadJSONUntil(nil, "", contents)
	if err != nil {
		return fmt.Errorf("not a bundle: contents: %w", err)
	}
	root := read.Root
	if played, _ := root.Get("scenario"); played.Kind == document.Object {
		root = root.With("scenario", document.Value{Kind: document.Object})
	}
	found, err := schema.Validate("bundle", root.Whole())
	if err == nil && len(found) > 0 {
		err = found
	}
	return err
}

// unpack believes no more than is likely of a file: a small one may be made to
// unpack to a thousand times its size.
func unpack(from io.Reader, most int64) ([]byte, error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(from, head); err != nil || !bytes.Equal(head, []byte{0x1f, 0x8b}) {
		return nil, errors.New("not a bundle: not compressed by gzip, expected a file that capisim wrote")
	}
	packed, err := io.ReadAll(io.LimitReader(from, most))
	if err != nil {
		return nil, err
	}
	packed = append(head, packed...)
	most = min(most, max(fewUnpacked, mostPerByte*int64(len(packed))))
	file, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, errors.New("not a bundle: not compressed by gzip, expected a file that capisim wrote")
	}
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("cut off: it ends in the middle, after %d bytes of contents", len(text))
	case err != nil:
		return nil, fmt.Errorf("damaged: %w", err)
	case int64(len(text)) > most:
		return nil, fmt.Errorf("%s that unpack to more than %s, expected a file that capisim wrote", document.Count(len(packed), "byte"), document.Mebibytes(most))
	}
	return text, nil
}
