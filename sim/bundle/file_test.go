package bundle

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
)

// small is a bundle with a step of each kind.
func small() *Bundle {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	request := &Request{Host: "localhost", Credentials: journal.Credentials{Bearer: true, User: "admin"}}
	request.ID, request.Request.Method, request.Request.Path = 1, "GET", "/v3/processes"
	request.Request.Headers, request.Response.Headers = map[string][]string{}, map[string][]string{"X": {"1"}}
	request.Response.Status = 200
	return &Bundle{
		Capisim: "1.0.0", Made: at, World: "default", Server: Server{Prefer: true}, Clock: Clock{"frozen", at},
		Scenario: json.RawMessage(`{"name":"x"}`),
		Steps: []Step{
			{Time: at, Request: request},
			{Time: at, Change: &Change{Method: "PUT", Path: "/admin/faults/x", Body: json.RawMessage(`{"respond":{"status":503}}`)}},
			{Time: at, State: json.RawMessage(`{"name":"<y>"}`)},
		},
	}
}

func packed(t testing.TB, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	file := gzip.NewWriter(&out)
	if _, err := io.WriteString(file, text); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func written(t testing.TB, b *Bundle) []byte {
	t.Helper()
	raw, err := Encode(b)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func unpacked(t testing.TB, raw []byte) string {
	t.Helper()
	text, err := unpack(bytes.NewReader(raw), maxUnpacked)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestFile: what was written is read.
func TestFile(t *testing.T) {
	t.Parallel()
	raw := written(t, small())
	b, err := Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if again := written(t, b); unpacked(t, again) != unpacked(t, raw) {
		t.Errorf("%s\nexpected %s", unpacked(t, again), unpacked(t, raw))
	}
}

// TestBadFile: what is not a bundle is refused with what is wrong.
func TestBadFile(t *testing.T) {
	t.Parallel()
	raw := written(t, small())
	text := unpacked(t, raw)
	damaged := bytes.Clone(raw)
	damaged[len(damaged)-6] ^= 1 // the checksum of gzip
	for name, test := range map[string]struct {
		file []byte
		want string
	}{
		"empty":        {nil, "not compressed by gzip"},
		"text":         {[]byte(text), "not compressed by gzip"},
		"cut":          {raw[:len(raw)-20], "cut off"},
		"damaged":      {damaged, "damaged"},
		"not JSON":     {packed(t, "x"), "not a bundle"},
		"other JSON":   {packed(t, `{"a":1}`), "capisim_bundle left out"},
		"edited":       {packed(t, strings.Replace(text, `"status":200`, `"status":201`, 1)), "edited"},
		"newer":        {packed(t, strings.Replace(text, `"capisim_bundle":1`, `"capisim_bundle":2`, 1)), "version 2, expected at most 1"},
		"no contents":  {packed(t, `{"capisim_bundle":1,"checksum":"`+checksum(nil)+`"}`), "not a bundle"},
		"more behind":  {append(bytes.Clone(raw), "more"...), "cut off"},
		"null":         {packed(t, "null"), "capisim_bundle left out"},
		"wrong values": {sealed(t, `{"capisim":"1"}`), "/clock: missing, expected an object"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Read(bytes.NewReader(test.file)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, expected %q", err, test.want)
			}
		})
	}
}

// TestHuge: what unpacks to more than is allowed is not read to its end.
func TestHuge(t *testing.T) {
	t.Parallel()
	const most = 1 << 20
	for size, refused := range map[int]bool{most: false, most + 1: true} {
		_, err := unpack(bytes.NewReader(packed(t, strings.Repeat(" ", size))), most)
		if (err != nil) != refused || refused && !strings.Contains(err.Error(), "unpack to more than 1 MiB, expected a file that capisim wrote") {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

// TestBombs: a small file is not believed to be a large one.
func TestBombs(t *testing.T) {
	t.Parallel()
	_, err := Read(bytes.NewReader(packed(t, strings.Repeat(" ", 2*fewUnpacked))))
	if err == nil || !strings.Contains(err.Error(), "bytes that unpack to more than 4 MiB") {
		t.Errorf("%v", err)
	}
	dense := sealed(t, `{"steps":[`+strings.Repeat("0,", 1<<20)+`0]}`)
	if _, err = Read(bytes.NewReader(dense)); err == nil || !strings.Contains(err.Error(), "values, too many for a document of") {
		t.Errorf("%v", err)
	}
}

// TestRepetition: what is the same over and over is packed into very little, and is
// read all the same.
func TestRepetition(t *testing.T) {
	t.Parallel()
	b := small()
	b.Steps[0].Request.Response.Body = strings.Repeat("x", 16<<10)
	for len(b.Steps) < 500 {
		b.Steps = append(b.Steps, b.Steps[0])
	}
	raw := written(t, b)
	again, err := Read(bytes.NewReader(raw))
	if err != nil || len(again.Steps) != 500 || len(raw) > 300_000 {
		t.Errorf("%d bytes: %v", len(raw), err)
	}
	if text := unpacked(t, raw); !strings.HasPrefix(text, "{") || !strings.HasSuffix(text, "}\n") {
		t.Error("it unpacks to more than it was made of: at the bound it would not be read")
	}
}

// TestOneBound: what is as large as may be is read, and what is larger is not
// written.
func TestOneBound(t *testing.T) {
	t.Parallel()
	b := small()
	size := len(unpacked(t, written(t, b)))
	for most, fits := range map[int]bool{size: true, size - 1: false} {
		var out bytes.Buffer
		err := write(&out, b, most)
		if _, readErr := unpack(&out, int64(most)); (err == nil) != fits || (readErr == nil) != fits {
			t.Errorf("%d bytes of %d: written %v, read %v", size, most, err, readErr)
		}
		if !fits && !strings.Contains(err.Error(), "of which the state at the beginning takes") {
			t.Errorf("%v", err)
		}
	}
}

// sealed is a file whose checksum is right.
func sealed(t testing.TB, contents string) []byte {
	t.Helper()
	raw, err := json.Marshal(envelope{Version, checksum([]byte(contents)), json.RawMessage(contents)})
	if err != nil {
		t.Fatal(err)
	}
	return packed(t, string(raw))
}

// TestSteps: a step is one of three things, told by its pointer.
func TestSteps(t *testing.T) {
	t.Parallel()
	b := small()
	b.Steps[0].State = json.RawMessage(`{}`)
	b.Steps[1].Change.Path = "/v3/processes"
	_, err := Read(bytes.NewReader(written(t, b)))
	var found document.Violations
	if !errors.As(err, &found) || len(found) < 2 || !strings.HasPrefix(found[0].Pointer, "/steps/0") {
		t.Errorf("%v", err)
	}
}

// The forms in which FuzzRead takes its bytes.
const (
	asFile     = iota // as they are
	asText            // packed by gzip
	asContents        // with the right checksum around them, and packed
)

// FuzzRead: no file ends the program, and what is read can be written. The
// committed seeds are files of each kind that is refused, and of some that are
// not.
func FuzzRead(f *testing.F) {
	raw := written(f, small())
	text := unpacked(f, raw)
	f.Add(raw, byte(asFile))
	f.Add([]byte(text), byte(asText))
	f.Add([]byte(text[strings.Index(text, `"contents":`)+len(`"contents":`):len(text)-2]), byte(asContents))
	f.Fuzz(func(t *testing.T, data []byte, form byte) {
		const most = 1 << 20
		file := data
		switch {
		case form == asText:
			file = packed(t, string(data))
		case form == asContents && json.Valid(data):
			var compact bytes.Buffer
			if json.Compact(&compact, data) != nil {
				return
			}
			file = sealed(t, compact.String())
		}
		b, err := read(bytes.NewReader(file), most)
		if err == nil {
			written(t, b)
		}
	})
}

// TestCostOfContents: a megabyte that is wrong everywhere is refused in a few
// words.
func TestCostOfContents(t *testing.T) {
	for name, contents := range map[string]string{
		"keys":  `{"` + strings.Repeat("k", 1<<20) + `":1}`,
		"steps": `{"steps":[` + strings.Repeat("{},", 1<<18) + `{}]}`,
		"lists": `{"rules":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`,
	} {
		_, err := Read(bytes.NewReader(sealed(t, contents)))
		if err == nil || len(err.Error()) > 1<<17 {
			t.Errorf("%s: refused in %d bytes", name, len(fmt.Sprint(err)))
		}
	}
}

func BenchmarkRead(b *testing.B) {
	large := small()
	for len(large.Steps) < 1000 {
		large.Steps = append(large.Steps, large.Steps...)
	}
	raw := written(b, large)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(bytes.NewReader(raw)); err != nil {
			b.Fatal(err)
		}
	}
}
