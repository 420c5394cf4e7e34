package document

import (
	"cmp"
	"math"
	"strconv"
	"strings"
)

// CompareNumbers compares two numbers in JSON's notation, also with a plus or
// zeros in front, by their meaning and exactly: 1e2 is 100.0, and 9223372036854775807 is above 9223372036854775806.
// It is below zero when a is less than b, above when it is more. Exponents
// beyond 64 bits are taken for the largest there are.
func CompareNumbers(a, b string) int { return decimalOf(a).compare(decimalOf(b)) }

// decimal is a number as 0.digits times ten to the power of point.
type decimal struct {
	sign   int    // -1, 0, 1
	digits string // without zeros at either end
	point  int64
}

func decimalOf(text string) decimal {
	d := decimal{sign: 1}
	if strings.HasPrefix(text, "-") {
		d.sign = -1
	}
	text = strings.TrimLeft(text, "+-")
	mantissa, power, _ := strings.Cut(strings.ToLower(text), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	d.digits = strings.TrimLeft(digits, "0")
	if d.digits == "" {
		return decimal{}
	}
	exponent, _ := strconv.ParseInt(power, 10, 64) // out of range it is the largest, without any 0
	exponent = max(-largestPoint, min(exponent, largestPoint))
	d.point = exponent + int64(len(whole)-(len(digits)-len(d.digits)))
	d.digits = strings.TrimRight(d.digits, "0")
	return d
}

// largestPoint keeps sums of exponents and lengths within 64 bits.
const largestPoint = math.MaxInt64 / 4

func (d decimal) compare(e decimal) int {
	if d.sign != e.sign || d.sign == 0 {
		return cmp.Compare(d.sign, e.sign)
	}
	// Without zeros in front, the place of the point decides, then the digits.
	return d.sign * cmp.Or(cmp.Compare(d.point, e.point), strings.Compare(d.digits, e.digits))
}
