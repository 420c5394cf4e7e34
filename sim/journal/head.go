package journal

import (
	"bytes"
	"net/http"
	"strings"
)

// The header of an answer is kept as the lines that were sent: "Name: value", each
// with CR LF at its end.

const (
	between = ": "
	lineEnd = "\r\n"
)

// inOne takes what would end a line out of a value, as net/http does.
var inOne = strings.NewReplacer("\r", " ", "\n", " ")

// AppendLine writes a line of a header.
func AppendLine(b []byte, name, value string) []byte {
	if strings.IndexByte(value, '\n') >= 0 || strings.IndexByte(value, '\r') >= 0 {
		value = inOne.Replace(value)
	}
	b = append(append(append(b, name...), between...), value...)
	return append(b, lineEnd...)
}

// CutLines takes away the lines of a name, in any case of its letters.
func CutLines(lines []byte, name string) []byte {
	kept := lines[:0]
	for line := range bytes.SplitAfterSeq(lines, []byte(lineEnd)) {
		if len(line) > len(name) && line[len(name)] == between[0] && strings.EqualFold(string(line[:len(name)]), name) {
			continue
		}
		kept = append(kept, line...)
	}
	return kept
}

// SetLines puts lines into a header, which shares the text. They take the place of
// what it has of their names; those of one name stand behind each other.
func SetLines(h http.Header, lines string) {
	all := make([]string, 0, strings.Count(lines, lineEnd))
	for last, from := "", 0; lines != ""; {
		name, rest, _ := strings.Cut(lines, between)
		value, rest, _ := strings.Cut(rest, lineEnd)
		if lines = rest; name != last {
			last, from = name, len(all)
		}
		all = append(all, value)
		h[name] = all[from:len(all):len(all)]
	}
}

// valueOf is the value of the first line of a name, "" without one.
func valueOf(lines []byte, name string) string {
	if rest, ok := bytes.CutPrefix(lines, []byte(name+between)); ok {
		lines = rest
	} else if _, lines, ok = bytes.Cut(lines, []byte(lineEnd+name+between)); !ok {
		return ""
	}
	value, _, _ := bytes.Cut(lines, []byte(lineEnd))
	return string(value)
}
