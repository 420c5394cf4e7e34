package report

import (
	"io"
	"testing"
)

func TestFormats(t *testing.T) {
	t.Parallel()
	for _, f := range Formats() {
		if f.ContentType() == "" {
			t.Errorf("%s has no media type", f)
		}
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
