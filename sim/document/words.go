package document

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// quotedSize bounds how much of a value a message repeats, in characters.
const quotedSize = 40

// Found says what a value is, in a few characters.
func Found(v Value) string {
	switch v = v.Unfolded(); v.Kind {
	case Object:
		if len(v.Members) == 0 {
			return "an empty object"
		}
		return "an object"
	case Array:
		if len(v.Members) == 0 {
			return "an empty array"
		}
		return "an array of " + Count(len(v.Members), "item")
	case String:
		if size := utf8.RuneCountInString(v.Text); size > quotedSize {
			return "a string of " + Count(size, "character")
		}
		return strconv.Quote(v.Text)
	case Number:
		return Abbreviate(v.Text)
	default:
		return v.String()
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

// Quote puts a text, its beginning when it is long, in quotes.
func Quote(text string) string { return strconv.Quote(Abbreviate(text)) }

// QuoteAll puts each text in quotes.
func QuoteAll(texts []string) []string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = strconv.Quote(text)
	}
	return quoted
}

// Printable shows as an escape what a terminal or a page would act on, or hide:
// control characters, marks of direction, broken UTF-8.
func Printable(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&out, `\x%02x`, text[i])
		case unicode.IsPrint(r):
			out.WriteRune(r)
		default:
			out.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
		i += size
	}
	return out.String()
}

// Count words a number of things: "1 item", "2 items".
func Count(n int, unit string) string { return Plural(strconv.Itoa(n), unit) }

// Plural is Count for a number as it was written.
func Plural(n, unit string) string {
	switch {
	case n == "1":
		return "1 " + unit
	case strings.HasSuffix(unit, "s"):
		return n + " " + unit + "es"
	}
	return n + " " + unit + "s"
}

// unknownKey begins the message about a key that nobody reads; its place is the
// key and not the value.
const unknownKey = "unknown key "

// UnknownKey words a key that nobody reads. When one of the known keys is nearly
// the same, that one is what was meant and the rest is noise.
func UnknownKey(key string, known []string) string {
	message := unknownKey + Quote(key)
	if near := Nearest(key, known); near != "" {
		return MeantKey(key, []string{near})
	}
	if len(known) == 0 {
		return message + ", expected no keys at all"
	}
	return message + ", expected " + OneOf(QuoteAll(known))
}

// MeantKey words a key that nobody reads where it stands, and where it would be
// read.
func MeantKey(key string, places []string) string {
	return unknownKey + Quote(key) + ", did you mean " + strings.Join(QuoteAll(places), " or ") + "?"
}

// UnknownWord words a value that is none of the known ones, in the same way.
func UnknownWord(word string, known []string) string {
	message := strconv.Quote(Abbreviate(word))
	if meant := DidYouMean(word, known); meant != "" {
		return message + meant
	}
	return message + ", expected " + OneOf(known)
}

// DidYouMean ends a message about an unknown word by the one that was probably
// meant, or by nothing.
func DidYouMean(word string, known []string) string {
	if near := Nearest(word, known); near != "" {
		return ", did you mean " + strconv.Quote(near) + "?"
	}
	return ""
}

// Nearest is the word that was probably meant, "" when none is near: more than
// two slips, or as many as half of its letters, are another word.
func Nearest(word string, known []string) string {
	if meant := Meant(word, known); meant != "" {
		return meant
	}
	best, slips := "", 3
	lower := strings.ToLower(word)
	for _, one := range known {
		if max(len(word)-len(one), len(one)-len(word)) >= slips { // at least as many
			continue
		}
		if far := distance(lower, strings.ToLower(one), slips-1); far < slips && 2*far < len(word) {
			best, slips = one, far
		}
	}
	return best
}

// Distance counts the letters to insert, drop or change, and the neighbours to
// swap, that turn one word into the other.
func Distance(a, b string) int { return distance(a, b, len(a)+len(b)) }

// distance is Distance, of which nobody wants to know more than enough: what is
// above it is some number above it.
func distance(a, b string, enough int) int {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if apart := letters(a) ^ letters(b); bits.OnesCount64(apart) > 2*enough {
		return enough + 1 // a slip adds one letter and takes one away
	}
	width := len(b) + 1
	var short [3 * 32]int
	rows := short[:]
	if 3*width > len(rows) {
		rows = make([]int, 3*width)
	}
	before, last, row := rows[:width], rows[width:2*width], rows[2*width:3*width]
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		least := i
		for j := 1; j < width; j++ {
			far := last[j-1]
			if a[i-1] != b[j-1] {
				far = min(far, last[j], row[j-1]) + 1
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				far = min(far, before[j-2]+1)
			}
			row[j] = far
			least = min(least, far)
		}
		if least > enough { // it only grows, by two rows at a time
			return least
		}
	}
	return row[width-1]
}

// letters is the set of the letters of a word, roughly.
func letters(word string) (set uint64) {
	for i := range len(word) {
		set |= 1 << (word[i] % 64)
	}
	return set
}
