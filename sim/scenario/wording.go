package scenario

import (
	"strconv"
	"strings"
)

// wordings says in words what the patterns of the schemas mean; a message made
// from the schema alone can only quote them.
var wordings = []struct{ pattern, words string }{
	{`^([0-9]{1,5}(\.[0-9]{1,9})?(ns|us|µs|ms|s|m|h)){1,4}$`, durationWords},
	{`^[+-]?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$`, durationWords},
	{`^[A-Za-z0-9][A-Za-z0-9._-]*$`, "a name of letters, digits, dots, dashes and underscores"},
	{`^$|^[A-Za-z0-9][A-Za-z0-9 _.:@~-]{0,199}$`, "a name of letters, digits, blanks and _ . : @ ~ -"},
	{`^[A-Za-z0-9_-]+$`, "a guid of letters, digits, dashes and underscores"},
	{`^[^/\s]+$`, "a process type without slashes or blanks"},
	{`^[^\s]+$`, "a text without blanks"},
	{`^/([^/\s]\S*)?$`, "a path such as /health"},
}

const durationWords = "a duration such as 200ms, 30s or 1h30m"

// inWords puts a message of the schema into the words of a scenario.
func inWords(message string) string {
	if rest, ok := strings.CutPrefix(message, "unknown key "); ok {
		return unknownKey(rest)
	}
	message = strings.Replace(message, "a string in the form of a date-time", "a time such as 2026-01-01T00:00:00Z", 1)
	for _, one := range wordings {
		quoted := " like " + one.pattern
		end := strings.Index(message, quoted)
		if end < 0 {
			continue
		}
		start := max(strings.LastIndex(message[:end], "a string"), strings.LastIndex(message[:end], "a value"))
		if start >= 0 {
			return message[:start] + one.words + message[end+len(quoted):]
		}
	}
	return message
}

// unknownKey is told the key and, after a comma, which keys are known. When one
// of them is nearly the same, that one is what was meant and the rest is noise.
func unknownKey(rest string) string {
	name, expected, _ := strings.Cut(rest, ", expected ")
	key := unquoted(name)
	list := strings.Split(strings.TrimPrefix(expected, "one of "), ", ")
	best, distance := "", 3 // more than two slips are another word
	for _, quoted := range list {
		if len(key) > 2*len(quoted) { // and counting them in a long text takes long
			continue
		}
		known := unquoted(quoted)
		if far := slips(strings.ToLower(key), known); far < distance && far < len(key) {
			best, distance = known, far
		}
	}
	if best != "" {
		return unknownKeyWords + ", did you mean " + best + "?"
	}
	for i := range list {
		list[i] = unquoted(list[i])
	}
	if len(list) == 1 {
		return unknownKeyWords + ", expected " + list[0]
	}
	return unknownKeyWords + ", expected one of " + strings.Join(list, ", ")
}

// unknownKeyWords begin the message about a key that nobody reads; its place is
// the key and not the value.
const unknownKeyWords = "unknown key"

func unquoted(text string) string {
	if plain, err := strconv.Unquote(text); err == nil {
		return plain
	}
	return text
}

// slips counts the letters to insert, drop or change to turn one word into the
// other.
func slips(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
