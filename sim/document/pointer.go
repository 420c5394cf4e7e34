package document

import (
	"strconv"
	"strings"
)

var (
	escaper   = strings.NewReplacer("~", "~0", "/", "~1")
	unescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

// Escape makes a key a token of a JSON pointer.
func Escape(key string) string { return escaper.Replace(key) }

// Unescape makes a token of a JSON pointer a key again.
func Unescape(token string) string { return unescaper.Replace(token) }

// Pointer makes a JSON pointer of keys and indexes.
func Pointer(steps ...any) string {
	var b strings.Builder
	for _, step := range steps {
		switch step := step.(type) {
		case int:
			b.WriteString("/" + strconv.Itoa(step))
		case string:
			b.WriteString("/" + Escape(step))
		}
	}
	return b.String()
}

// IsPointer says that a text begins with a slash and escapes well: a pointer to
// something inside a document.
func IsPointer(text string) bool {
	if !strings.HasPrefix(text, "/") {
		return false
	}
	for rest := text; ; {
		_, after, found := strings.Cut(rest, "~")
		if !found {
			return true
		}
		if !strings.HasPrefix(after, "0") && !strings.HasPrefix(after, "1") {
			return false
		}
		rest = after
	}
}

// Within says that a pointer is another, or leads below it.
func Within(pointer, whole string) bool {
	return pointer == whole || strings.HasPrefix(pointer, whole) && pointer[len(whole)] == '/'
}

// Tokens cuts a pointer into keys.
func Tokens(pointer string) []string {
	if pointer == "" {
		return nil
	}
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, part := range parts {
		parts[i] = Unescape(part)
	}
	return parts
}

// Dotted is the place of a pointer as people write it: faults[0].when.times.
func Dotted(pointer string) string {
	var b strings.Builder
	for _, step := range Tokens(pointer) {
		_, err := strconv.Atoi(step)
		switch {
		case err == nil:
			b.WriteString("[" + step + "]")
		case step == "" || strings.ContainsAny(step, `."[] `):
			b.WriteString("[" + strconv.Quote(step) + "]")
		case b.Len() == 0:
			b.WriteString(step)
		default:
			b.WriteString("." + step)
		}
	}
	return b.String()
}

// Shown is a pointer as messages give it: the beginning of one that strange keys
// make long.
func Shown(pointer string) string {
	if len(pointer) <= mostShown {
		return pointer
	}
	return strings.ToValidUTF8(pointer[:mostShown], "") + "..."
}

const mostShown = 500 // bytes
