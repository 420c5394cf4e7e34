package journal

import (
	"regexp"
	"slices"
	"strings"

	"example.com/capisim/sim/document"
)

// secretEndings are what names of secrets end with, written without separators.
var secretEndings = []string{
	"token", "secret", "password", "passwd", "passphrase", "passcode", "pwd", "credential", "authorization", "assertion",
	"apikey", "accesskey", "secretkey", "secretid", "privatekey", "signature", "cookie", "sessionid", "csrf", "xsrf", "jwt",
	"macaroon", "codeverifier", "connectionstring", "secretstring",
}

// secretWords are too short to be looked for anywhere but as the last word of a
// name: bypass is not a password, a monkey is not a key.
var secretWords = []string{"pass", "auth", "pw", "pin", "otp", "totp", "sig", "psk"}

// publicKeys are the words before "key" that make it no secret.
var publicKeys = []string{"public", "idempotency", "primary", "foreign", "partition", "sort", "cache", "routing", "label", "annotation"}

// qualifiers may stand behind the word that tells: password_confirmation.
var qualifiers = []string{
	"hash", "hashed", "confirmation", "confirm", "confirmed", "repeat", "repeated", "value", "text", "data", "plain", "raw",
	"base64", "b64", "old", "new", "current", "previous", "encrypted", "header",
}

// maxKey is how much of a name is read, from its end.
const maxKey = 128

// secretName says whether a value of this name is a secret, wherever the name
// stands: a header, a parameter, a key. Neither case nor separators matter, nor
// a number behind it.
func secretName(name string) bool {
	var few [8]string
	words := nameWords(name, few[:0])
	for len(words) > 1 && slices.Contains(qualifiers, words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	if len(words) == 0 {
		return false
	}
	last := words[len(words)-1]
	if singular := strings.TrimSuffix(last, "s"); last != "pass" && singular != "" {
		last = singular
	}
	flat := last
	if len(words) > 1 {
		flat = strings.Join(words[:len(words)-1], "") + last
	}
	for _, ending := range secretEndings {
		if strings.HasSuffix(flat, ending) {
			return true
		}
	}
	if last == "key" {
		return len(words) > 1 && !slices.Contains(publicKeys, words[len(words)-2])
	}
	return slices.Contains(secretWords, last)
}

// nameWords appends the words of a name in small letters: user[newPassword]2 has
// user, new and password.
func nameWords(name string, words []string) []string {
	name = name[max(0, len(name)-maxKey):]
	begin := -1
	end := func(i int) {
		if begin >= 0 {
			if word := strings.ToLower(strings.TrimRight(name[begin:i], "0123456789")); word != "" {
				words = append(words, word)
			}
		}
		begin = -1
	}
	for i := range len(name) {
		c := name[i]
		upper := 'A' <= c && c <= 'Z'
		switch {
		case !upper && (c < 'a' || c > 'z') && (c < '0' || c > '9'):
			end(i)
			continue
		case upper && begin >= 0 && (!isUpper(name[i-1]) || i+1 < len(name) && 'a' <= name[i+1] && name[i+1] <= 'z'):
			end(i)
		}
		if begin < 0 {
			begin = i
		}
	}
	end(len(name))
	return words
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

// shape is what gives a secret away without a name.
type shape struct {
	hints   []string // of which one must be there, or the pattern is not tried
	pattern func() *regexp.Regexp
	put     string // in place of what was found
}

var shapes = []shape{
	{[]string{"-----BEGIN"}, document.Pattern(`(?s)-----BEGIN.*?(-----END[^-]*-----|$)`), Masked},
	{[]string{"eyJ"}, document.Pattern(`\beyJ[\w-]{4,}(\.[\w-]*)*`), Masked},
	{[]string{"earer ", "EARER ", "asic ", "ASIC "}, document.Pattern(`(?i)\b(bearer|basic) +([a-z._~+/-]*[0-9][\w.~+/-]{5,}|[\w.~+/-]{20,})=*`), "$1 " + Masked},
	{[]string{"@"}, document.Pattern(`(://[^/\s:@"'\\]*:)[^/\s@"'\\]+@`), "${1}" + Masked + "@"},
	{
		[]string{"gh", "glpat-", "xox", "AKIA", "ASIA", "hvs.", "_live_", "npm_", "AIza"},
		document.Pattern(`\b(gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|AKIA|ASIA|hvs\.|[sr]k_live_|npm_|AIza)[\w.-]{10,}`), Masked,
	},
}

func (s *shape) hinted(text string) bool {
	return slices.ContainsFunc(s.hints, func(hint string) bool { return strings.Contains(text, hint) })
}

// maskShapes masks what looks like a secret, whatever it is called.
func maskShapes(text string) string {
	for _, s := range shapes {
		if s.hinted(text) {
			text = s.pattern().ReplaceAllString(text, s.put)
		}
	}
	return text
}

// maskText masks a text of any kind: the values of secret names, in the forms
// of a query, of YAML, XML and a command line, and what looks like a secret.
func maskText(text string) string {
	text = maskShapes(text)
	var out strings.Builder
	copied := 0
	for i := 0; i < len(text); i++ {
		var start, stop int
		switch text[i] {
		case '=', ':':
			if name := nameBefore(text[:i]); name == "" || !secretName(name) {
				continue
			}
			start, stop = assigned(text, i)
		case '>':
			if name := tagName(text[:i]); name == "" || !secretName(name) {
				continue
			}
			start, stop = i+1, until(text, i+1, "</")
		case ' ':
			flag, found := strings.CutPrefix(text[strings.LastIndexAny(text[:i], " \t\n\"'")+1:i], "--")
			if !found || strings.ContainsAny(flag, "=:") || !secretName(flag) {
				continue
			}
			start, stop = assigned(text, i)
		default:
			continue
		}
		if start < stop && strings.TrimSpace(text[start:stop]) != "" {
			out.WriteString(text[copied:start])
			out.WriteString(Masked)
			copied = stop
		}
		i = max(i, stop-1)
	}
	return out.String() + text[copied:]
}

func nameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("_-.[]%", c) >= 0
}

// nameBefore is the name that ends a text, in quotes or not.
func nameBefore(text string) string {
	end := len(strings.TrimRight(text, " \t\"'\\"))
	begin := end
	for begin > 0 && end-begin < maxKey && nameByte(text[begin-1]) {
		begin--
	}
	name := text[begin:end]
	if strings.Contains(name, "%") {
		return decoded(name)
	}
	return name
}

// tagName is the name of the XML element whose start tag a text ends in.
func tagName(text string) string {
	open := strings.LastIndexByte(text[max(0, len(text)-4*maxKey):], '<')
	if open < 0 {
		return ""
	}
	tag := text[max(0, len(text)-4*maxKey)+open+1:]
	name, _, _ := strings.Cut(tag, " ")
	if name == "" || strings.HasSuffix(tag, "/") || strings.ContainsRune("/?!", rune(name[0])) {
		return ""
	}
	return name[strings.IndexByte(name, ':')+1:]
}

func until(text string, from int, what string) int {
	if n := strings.Index(text[from:], what); n >= 0 {
		return from + n
	}
	return len(text)
}

// assigned is where the value behind a separator begins and ends: a quoted one
// within its quotes, one behind a colon at the end of its line or of the block
// below it, any other at the next byte that separates.
func assigned(text string, separator int) (start, stop int) {
	start = separator + 1
	if strings.HasPrefix(text[start:], ">") { // Ruby's =>
		start++
	}
	for start < len(text) && (text[start] == ' ' || text[start] == '\t') {
		start++
	}
	quote := strings.TrimLeft(text[start:min(len(text), start+4)], `\`)
	if quote != "" && (quote[0] == '"' || quote[0] == '\'') {
		escapes := strings.IndexByte(text[start:], quote[0])
		closing := text[start : start+escapes+1]
		start += len(closing)
		return start, closed(text, start, closing)
	}
	if text[separator] != ':' {
		if n := strings.IndexAny(text[start:], " \t\r\n&;,\"'<>)]}"); n >= 0 {
			return start, start + n
		}
		return start, len(text)
	}
	end := until(text, start, "\n")
	if strings.Trim(text[start:end], " \r|>-+0123456789") == "" { // the value is the block below
		return start, blockEnd(text, separator, end)
	}
	return start, len(strings.TrimRight(text[:end], "\r"))
}

// closed is where a quoted value ends; a quote behind a backslash belongs to it.
func closed(text string, from int, closing string) int {
	for i := from; i < len(text); i++ {
		if strings.HasPrefix(text[i:], closing) {
			return i
		}
		if len(closing) == 1 && text[i] == '\\' {
			i++
		}
	}
	return len(text)
}

// blockEnd is where the lines end that are indented deeper than the line of a
// separator.
func blockEnd(text string, separator, end int) int {
	begin := strings.LastIndexByte(text[:separator], '\n') + 1
	deep := indentation(text[begin:])
	for end < len(text) {
		line := text[end+1 : until(text, end+1, "\n")]
		if strings.TrimSpace(line) != "" && indentation(line) <= deep && !strings.HasPrefix(strings.TrimLeft(line, " "), "- ") {
			break
		}
		end += 1 + len(line)
	}
	return end
}

func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }
