package rails

import (
	"strconv"
	"strings"
)

// WholeNumber is an optional sign and digits, nothing else.
func WholeNumber(text string) bool {
	text = withoutSign(text)
	return text != "" && SkipDigits(text) == len(text)
}

func withoutSign(text string) string {
	if text != "" && (text[0] == '+' || text[0] == '-') {
		return text[1:]
	}
	return text
}

func SkipDigits(text string) int {
	i := 0
	for i < len(text) && '0' <= text[i] && text[i] <= '9' {
		i++
	}
	return i
}

// Space is the white space that Ruby's number readers and \s know.
const Space = " \t\n\v\f\r"

// Float says whether Ruby's Float() takes a text: blanks around it, single
// underscores between digits, a fraction, an exponent. Hexadecimal is taken
// too, but only behind a blank: without one a check of its own refuses it.
func Float(text string) bool {
	trimmed := strings.TrimLeft(text, Space)
	number := strings.ToLower(withoutSign(strings.TrimRight(trimmed, Space)))
	if hexadecimal, isHex := strings.CutPrefix(number, "0x"); isHex {
		if len(trimmed) == len(text) {
			return false
		}
		_, err := strconv.ParseUint(hexadecimal, 16, 64)
		return err == nil
	}
	mantissa, exponent, hasExponent := strings.Cut(number, "e")
	if hasExponent && !digitGroups(withoutSign(exponent)) {
		return false
	}
	whole, fraction, hasFraction := strings.Cut(mantissa, ".")
	if hasFraction && whole == "" {
		return digitGroups(fraction)
	}
	return digitGroups(whole) && (!hasFraction || digitGroups(fraction))
}

// digitGroups is digits with single underscores between them.
func digitGroups(text string) bool {
	for group := range strings.SplitSeq(text, "_") {
		if group == "" || SkipDigits(group) != len(group) {
			return false
		}
	}
	return true
}

// LeadingInteger reads a text as Ruby's to_i does: blanks, a sign, digits with
// single underscores between them, and whatever follows does not count.
func LeadingInteger(text string) (negative bool, digits string) {
	text = strings.TrimLeft(text, Space)
	negative = strings.HasPrefix(text, "-")
	text = withoutSign(text)
	for {
		n := SkipDigits(text)
		digits += text[:n]
		if n == 0 || n+1 >= len(text) || text[n] != '_' || SkipDigits(text[n+1:n+2]) == 0 {
			return negative, digits
		}
		text = text[n+1:]
	}
}
