package journal

import (
	"net/http"
	"reflect"
	"testing"
)

// TestHeadLines: what is written line by line is read as one header, and nothing in a
// value makes a line of its own.
func TestHeadLines(t *testing.T) {
	t.Parallel()
	var b []byte
	for _, line := range [][2]string{{"Retry-After", "7"}, {"A", "1"}, {"A", "2: 3"}, {"a-b", ""}, {"C", "x\r\nD: y"}} {
		b = AppendLine(b, line[0], line[1])
	}
	if got := valueOf(b, "Retry-After"); got != "7" {
		t.Errorf("Retry-After is %q", got)
	}
	b = CutLines(b, "retry-after")
	for _, name := range []string{"Retry-After", "D", "Y"} {
		if got := valueOf(b, name); got != "" {
			t.Errorf("%s is %q in %q", name, got, b)
		}
	}
	if got := valueOf(b, "A"); got != "1" { // the first line of all
		t.Errorf("A is %q", got)
	}
	header := http.Header{"A": {"0"}}
	SetLines(header, string(b))
	want := http.Header{"A": {"1", "2: 3"}, "a-b": {""}, "C": {"x  D: y"}}
	if !reflect.DeepEqual(header, want) {
		t.Errorf("got %v, want %v", header, want)
	}
}

// TestUsualLines: lines that begin most headers take a byte, and come back.
func TestUsualLines(t *testing.T) {
	t.Parallel()
	size := func(head string) int {
		var p packer
		e := Entry{Status: 200, Head: []byte(head)}
		e.pack(&p)
		back := unpackEntry(1, string(p.b))
		back.unpack()
		want := http.Header{}
		if SetLines(want, head); !reflect.DeepEqual(back.ResponseHeader, want) {
			t.Errorf("got %v, want %v", back.ResponseHeader, want)
		}
		return len(p.b)
	}
	short := size("A: 1\r\n")
	if long := size(usual + "A: 1\r\n"); long != short {
		t.Errorf("%d bytes more", long-short)
	}
	size(usual)
	size(usual[:len(usual)/2] + "\r\n")
}
