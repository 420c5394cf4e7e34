package document

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Forms of plain (unquoted) YAML scalars. The parser's own reading is not
// used: it turns 1e3 and large integers into texts and 010 into 8.
var (
	floatForm = Pattern(`^[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
	baseForm  = Pattern(`^0(x[0-9a-fA-F]+|o[0-7]+)$`)
	// doubtfulForm are numbers of YAML 1.1 that mean something else, or text,
	// in YAML 1.2: nobody writes them on purpose.
	doubtfulForm = Pattern(`^[-+]?([0-9]+(_[0-9]+)+|0[0-9]+|0b[01]+)(\.[0-9]+)?$`)
)

// scalar reads a value that has no parts.
func (y *yamlReader) scalar(v Value, from ast.Node) Value {
	switch from := from.(type) {
	case *ast.LiteralNode:
		v.Kind, v.Text = String, from.Value.Value
	case *ast.StringNode:
		v.Kind, v.Text = String, from.Value
		if plain(from.Token) {
			return y.number(v, from)
		}
	case *ast.IntegerNode, *ast.FloatNode:
		v.Kind, v.Text = String, from.GetToken().Value
		return y.number(v, from)
	case *ast.BoolNode:
		v.Kind, v.Text = Bool, strconv.FormatBool(from.Value)
	case *ast.NullNode:
	case *ast.NanNode, *ast.InfinityNode:
		y.refuse(from, "%s, expected a finite number", from.GetToken().Value)
	default:
		y.refuse(from, "%q, expected a value", Abbreviate(from.GetToken().Value))
	}
	return v
}

func plain(t *token.Token) bool {
	return t.Type != token.SingleQuoteType && t.Type != token.DoubleQuoteType
}

// number makes a number of a plain text that looks like one, in JSON's form.
func (y *yamlReader) number(v Value, from ast.Node) Value {
	if v.Text == "" || strings.IndexByte("+-.0123456789", v.Text[0]) < 0 {
		return v
	}
	digits, numeric := jsonNumber(v.Text)
	switch {
	case numeric && !reasonable(digits):
		y.refuse(from, "%s, a number out of range", Abbreviate(v.Text))
	case numeric:
		v.Kind, v.Text = Number, digits
	case doubtfulForm().MatchString(v.Text):
		y.refuse(from, "%s, write a decimal number without leading zeros or underscores, or quote it if it is text", Abbreviate(v.Text))
	}
	return v
}

// isInteger says that a text is an integer, in decimal digits.
func isInteger(text string) bool {
	digits := strings.TrimLeft(text, "+-")
	return len(text)-len(digits) <= 1 && digits != "" && strings.Trim(digits, "0123456789") == "" && (digits[0] != '0' || digits == "0")
}

// jsonNumber gives a YAML number the form that JSON has for it.
func jsonNumber(raw string) (digits string, ok bool) {
	switch {
	case isInteger(raw):
		return strings.TrimPrefix(raw, "+"), true
	case baseForm().MatchString(raw):
		value, ok := new(big.Int).SetString(raw, 0)
		if !ok || len(raw) > maxDigits {
			return raw, true
		}
		return value.String(), true
	case floatForm().MatchString(raw):
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
