package report

import (
	"io"
	"testing"
)

func TestParseFormat(t *testing.T) {
	t.Parallel()
	for _, f := range Formats() {
		if got, err := ParseFormat(string(f)); err != nil || got != f || got.ContentType() == "" {
			t.Errorf("%s: %s, %v", f, got, err)
		}
	}
	if got, err := ParseFormat(""); err != nil || got != Text {
		t.Errorf("none: %s, %v; want text", got, err)
	}
	if _, err := ParseFormat("pdf"); err == nil || err.Error() != `format "pdf", expected one of text, markdown, json, junit, html` {
		t.Errorf("pdf: %v", err)
	}
	for name, write := range writers(t) {
		if err := write(io.Discard, "pdf"); err == nil {
			t.Errorf("%s was written as pdf", name)
		}
	}
}

// broken refuses to be written to.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWriteErrorsAreTold(t *testing.T) {
	t.Parallel()
	for name, write := range writers(t) {
		for _, format := range Formats() {
			if err := write(broken{}, format); err == nil {
				t.Errorf("%s as %s: no error", name, format)
			}
		}
	}
}
