package scenario

import (
	"encoding/json"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Forms of plain (unquoted) YAML scalars. The parser's own reading is not
// used: it turns 1e3 and large integers into texts and 010 into 8.
var (
	integerForm = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]*)$`)
	floatForm   = regexp.MustCompile(`^[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
	baseForm    = regexp.MustCompile(`^0(x[0-9a-fA-F]+|o[0-7]+)$`)
	// doubtfulForm are numbers of YAML 1.1 that mean something else, or text,
	// in YAML 1.2: nobody writes them on purpose.
	doubtfulForm = regexp.MustCompile(`^[-+]?([0-9]+(_[0-9]+)+|0[0-9]+|0b[01]+)(\.[0-9]+)?$`)
)

// scalar reads a value that has no parts.
func (r *yamlReader) scalar(n *node, from ast.Node) {
	switch from := from.(type) {
	case *ast.LiteralNode:
		n.kind, n.scalar = textKind, from.Value.Value
	case *ast.StringNode:
		n.kind, n.scalar = textKind, from.Value
		if plain(from.Token) {
			r.number(n, from.Value, from)
		}
	case *ast.IntegerNode, *ast.FloatNode:
		n.kind, n.scalar = textKind, from.GetToken().Value
		r.number(n, n.scalar, from)
	case *ast.BoolNode:
		n.kind, n.scalar = boolKind, strconv.FormatBool(from.Value)
	case *ast.NullNode:
		n.kind = nullKind
	case *ast.NanNode, *ast.InfinityNode:
		r.refuse(from, "%s, expected a finite number", from.GetToken().Value)
	default:
		r.refuse(from, "%q, expected a value", clipped(from.GetToken().Value))
	}
}

func plain(t *token.Token) bool {
	return t.Type != token.SingleQuoteType && t.Type != token.DoubleQuoteType
}

// number makes a number of a plain scalar that looks like one, in JSON's form.
func (r *yamlReader) number(n *node, raw string, from ast.Node) {
	digits, numeric := jsonNumber(raw)
	switch {
	case doubtfulForm.MatchString(raw):
		r.refuse(from, "%s, write a decimal number without leading zeros or underscores, or quote it if it is text", clipped(raw))
	case numeric:
		digits, ok := canonical(digits)
		if !ok {
			r.refuse(from, "%s, a number out of range", clipped(raw))
			return
		}
		n.kind, n.scalar = numberKind, digits
	}
}

// jsonNumber gives a YAML number the form that JSON has for it.
func jsonNumber(raw string) (digits string, ok bool) {
	switch {
	case integerForm.MatchString(raw):
		return strings.TrimPrefix(raw, "+"), true
	case baseForm.MatchString(raw):
		value, ok := new(big.Int).SetString(raw, 0)
		if !ok || len(raw) > maxDigits {
			return raw, true
		}
		return value.String(), true
	case floatForm.MatchString(raw):
		digits = strings.TrimPrefix(raw, "+")
		if json.Valid([]byte(digits)) {
			return digits, true
		}
		// .5 and 1. are YAML's only.
		digits = strings.Replace(digits, ".", "0.", 1)
		if before, after, _ := strings.Cut(strings.TrimPrefix(raw, "+"), "."); strings.Trim(before, "-") != "" {
			digits = before + ".0" + after
		}
		return digits, true
	default:
		return "", false
	}
}

// maxDigits bounds the length of a number: what is longer is not a number that
// the API knows, and exact arithmetic on an exponent of a billion takes
// forever.
const maxDigits = 64

// canonical gives a whole number the form of an integer, in which 1e3 and 5.0
// can be read as one, and refuses a number that no float64 holds.
func canonical(digits string) (string, bool) {
	if len(digits) > maxDigits {
		return digits, false
	}
	if !strings.ContainsAny(digits, ".eE") {
		return digits, true
	}
	value, err := strconv.ParseFloat(digits, 64)
	if err != nil || value == 0 && strings.ContainsAny(strings.SplitN(strings.ToLower(digits), "e", 2)[0], "123456789") {
		return digits, false // too large, or too small to tell from zero
	}
	const exact = 1 << 53
	if value == math.Trunc(value) && math.Abs(value) <= exact {
		return strconv.FormatInt(int64(value), 10), true
	}
	return digits, true
}
