package rails

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"example.com/capisim/sim/document"
)

// Truthy is Ruby's notion: all but null and false.
func Truthy(v document.Value) bool {
	return v.Kind != document.Null && (v.Kind != document.Bool || v.Text == "true")
}

// Present is Rails' notion: neither null nor false nor empty nor blank.
func Present(v document.Value) bool {
	switch v.Kind {
	case document.String:
		return !Blank(v.Text)
	case document.Array, document.Object:
		return len(v.Members) > 0
	default:
		return Truthy(v)
	}
}

// Length is what the real server's length rules count: characters, elements,
// or the characters of what has neither.
func Length(v document.Value) int {
	switch v.Kind {
	case document.Array, document.Object:
		return len(v.Members)
	case document.Number:
		return len(Rendered(v))
	default:
		return utf8.RuneCountInString(v.Text)
	}
}

// RenderedParam is Rendered for a value of a query.
func RenderedParam(v document.Value) string {
	if v.Kind == document.Array || v.Kind == document.Object {
		return inspected(v, func(name string) string { return inspectText(name) + "=>" })
	}
	return Rendered(v)
}

// Rendered is the value as the real server turns it into text, which is how
// labels that are not strings are stored and how arrays appear in messages.
func Rendered(v document.Value) string {
	switch v.Kind {
	case document.Null:
		return ""
	case document.Number:
		return plainNumber(v.Text)
	case document.Array, document.Object:
		return Inspect(v)
	default:
		return v.Text
	}
}

// Inspect is a value in Ruby's own notation (3.3). The names in a body are
// symbols by the time that it is written out, those in a query are texts.
func Inspect(v document.Value) string { return inspected(v, inspectSymbol) }

func inspected(v document.Value, name func(string) string) string {
	var text strings.Builder
	inspect(&text, v, name)
	return text.String()
}

func inspect(to *strings.Builder, v document.Value, name func(string) string) {
	switch v.Kind {
	case document.Null:
		to.WriteString("nil")
	case document.String:
		to.WriteString(inspectText(v.Text))
	case document.Array:
		to.WriteByte('[')
		for i, member := range v.Members {
			if i > 0 {
				to.WriteString(", ")
			}
			inspect(to, member.Value, name)
		}
		to.WriteByte(']')
	case document.Object:
		to.WriteByte('{')
		for i, member := range v.Members {
			if i > 0 {
				to.WriteString(", ")
			}
			to.WriteString(name(member.Key))
			inspect(to, member.Value, name)
		}
		to.WriteByte('}')
	default:
		to.WriteString(Rendered(v))
	}
}

// plainSymbol is a symbol that needs no quotes.
var plainSymbol = document.Pattern(`\A(?:[\p{L}_][\p{L}\p{N}_]*[?!=]?|[@$][\p{L}_][\p{L}\p{N}_]*)\z`)

func inspectSymbol(name string) string {
	if plainSymbol().MatchString(name) {
		return ":" + name + "=>"
	}
	return ":" + inspectText(name) + "=>"
}

// rubyEscapes are the letters of Ruby's own escapes.
var rubyEscapes = map[rune]string{
	'\\': `\\`, '"': `\"`, '\a': `\a`, '\b': `\b`, '\t': `\t`, '\n': `\n`, '\v': `\v`, '\f': `\f`, '\r': `\r`, 0x1b: `\e`, 0x7f: `\x7F`,
}

func inspectText(text string) string {
	var out strings.Builder
	out.WriteByte('"')
	for i, r := range text {
		escape, known := rubyEscapes[r]
		switch {
		case known:
			out.WriteString(escape)
		case r == '#' && i+1 < len(text) && strings.IndexByte("{$@", text[i+1]) >= 0:
			out.WriteString(`\#`)
		case r < ' ':
			fmt.Fprintf(&out, `\u%04X`, r)
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
	return out.String()
}

// Integer says whether a number was written without fraction and exponent.
// The real server reads all others as decimals, 5.0 included.
func Integer(v document.Value) bool {
	return v.Kind == document.Number && !strings.ContainsAny(v.Text, ".eE")
}

// maxPlainDigits bounds the digits written out for an exponent: more than any
// limit of a field counts up to.
const maxPlainDigits = 6000

// plainNumber writes a number without an exponent, a decimal with at least one
// digit after the point: 1e2 is "100.0".
func plainNumber(text string) string {
	if !strings.ContainsAny(text, ".eE") {
		if text == "-0" {
			return "0"
		}
		return text
	}
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	mantissa, power, _ := strings.Cut(strings.ToLower(text), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	exponent := boundedExponent(power)
	digits := whole + fraction
	point := len(whole) + exponent
	if point > len(digits) {
		digits += strings.Repeat("0", point-len(digits))
	}
	if point < 1 {
		digits, point = strings.Repeat("0", 1-point)+digits, 1
	}
	whole = strings.TrimLeft(digits[:point], "0")
	fraction = strings.TrimRight(digits[point:], "0")
	if whole == "" {
		whole = "0"
	}
	if fraction == "" {
		fraction = "0"
	}
	return sign + whole + "." + fraction
}

// boundedExponent reads an exponent and keeps it within what is worth writing
// out.
func boundedExponent(text string) int {
	negative := strings.HasPrefix(text, "-")
	n := 0
	for _, c := range strings.TrimLeft(text, "+-") {
		n = min(n*10+int(c-'0'), maxPlainDigits)
	}
	if negative {
		return -n
	}
	return n
}
