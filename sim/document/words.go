package document

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// quotedSize bounds how much of a value a message repeats, in characters.
const quotedSize = 40

// Found says what a decoded JSON value is, in a few characters.
func Found(value any) string {
	switch v := value.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "an array of " + Count(len(v), "item")
	case string:
		if size := utf8.RuneCountInString(v); size > quotedSize {
			return "a string of " + Count(size, "character")
		}
		return strconv.Quote(v)
	default:
		text, err := json.Marshal(v)
		if err != nil {
			return "a value that JSON cannot write"
		}
		return Abbreviate(string(text))
	}
}

// Abbreviate cuts a long text.
func Abbreviate(text string) string {
	if len(text) > quotedSize {
		return FirstRunes(text, quotedSize) + "..."
	}
	return text
}

// FirstRunes cuts a text to its first n characters.
func FirstRunes(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}

// OneOf lists what would have been right: "one of a, b".
func OneOf(texts []string) string {
	if len(texts) == 1 {
		return texts[0]
	}
	return "one of " + strings.Join(texts, ", ")
}

// QuoteAll puts each text in quotes.
func QuoteAll(texts []string) []string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = strconv.Quote(text)
	}
	return quoted
}

// Count words a number of things: "1 item", "2 items".
func Count(n int, unit string) string { return Plural(strconv.Itoa(n), unit) }

// Plural is Count for a number as it was written.
func Plural(n, unit string) string {
	if n == "1" {
		return "1 " + unit
	}
	return n + " " + unit + "s"
}
