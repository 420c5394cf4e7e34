package contract

import (
	"strconv"
	"strings"
)

// The largest numbers the storage layer can hold (§5, §6).
const (
	maxInt    = 1<<31 - 1
	maxBigint = 1<<63 - 1
)

// numberRule accepts whole numbers of a range. The real server reads numbers
// leniently: digits in a string will do, a fraction of zero will not.
type numberRule struct {
	least, most int64
	above       bool // the text for the lower end is "greater than least-1"
}

// check returns what is wrong with a value, empty when nothing is.
func (r numberRule) check(v Value) []string {
	_, problem := r.read(v)
	if problem == "" {
		return nil
	}
	return []string{problem}
}

// read gives the number, or what is wrong with it.
func (r numberRule) read(v Value) (n int64, problem string) {
	switch {
	case v.integer(), v.Kind == String && wholeNumber(v.Text):
		return r.within(v.Text)
	case v.Kind == Number, v.Kind == String && rubyFloat(v.Text):
		return 0, "must be an integer"
	}
	return 0, "is not a number"
}

func (r numberRule) within(digits string) (n int64, problem string) {
	n, err := strconv.ParseInt(digits, 10, 64)
	low := n < r.least
	high := n > r.most
	if err != nil { // only the range can be wrong: the text is all digits
		low = digits[0] == '-'
		high = !low
	}
	switch {
	case low && r.above:
		return 0, "must be greater than " + strconv.FormatInt(r.least-1, 10)
	case low:
		return 0, "must be greater than or equal to " + strconv.FormatInt(r.least, 10)
	case high:
		return 0, "must be less than or equal to " + strconv.FormatInt(r.most, 10)
	}
	return n, ""
}

// wholeNumber is an optional sign and digits, nothing else.
func wholeNumber(text string) bool {
	text = withoutSign(text)
	return text != "" && skipDigits(text) == len(text)
}

func withoutSign(text string) string {
	if text != "" && (text[0] == '+' || text[0] == '-') {
		return text[1:]
	}
	return text
}

func skipDigits(text string) int {
	i := 0
	for i < len(text) && '0' <= text[i] && text[i] <= '9' {
		i++
	}
	return i
}

// rubySpace is the white space that Ruby's number readers and \s know.
const rubySpace = " \t\n\v\f\r"

// rubyFloat says whether Ruby's Float() takes a text: blanks around it, single
// underscores between digits, a fraction, an exponent. Hexadecimal is taken
// too, but only behind a blank: without one a check of its own refuses it.
func rubyFloat(text string) bool {
	trimmed := strings.TrimLeft(text, rubySpace)
	number := strings.ToLower(withoutSign(strings.TrimRight(trimmed, rubySpace)))
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
		if group == "" || skipDigits(group) != len(group) {
			return false
		}
	}
	return true
}

// leadingInteger reads a text as Ruby's to_i does: blanks, a sign, digits with
// single underscores between them, and whatever follows does not count.
func leadingInteger(text string) (negative bool, digits string) {
	text = strings.TrimLeft(text, rubySpace)
	negative = strings.HasPrefix(text, "-")
	text = withoutSign(text)
	for {
		n := skipDigits(text)
		digits += text[:n]
		if n == 0 || n+1 >= len(text) || text[n] != '_' || skipDigits(text[n+1:n+2]) == 0 {
			return negative, digits
		}
		text = text[n+1:]
	}
}
