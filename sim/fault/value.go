package fault

import (
	"encoding/json"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"example.com/capisim/sim/document"
)

// comparison is a Matcher made ready: patterns compiled, values decoded.
type comparison struct {
	matcher Matcher
	pattern *regexp.Regexp
	// What Equals and In want. Nil means nothing is asked.
	equals, in []document.Value
}

// ready compiles a matcher that Parse has passed.
func (m Matcher) ready() comparison {
	c := comparison{matcher: m}
	if m.Matches != nil {
		c.pattern = regexp.MustCompile(*m.Matches)
	}
	if len(m.Equals) > 0 {
		c.equals = decoded(m.Equals)
	}
	if m.In != nil {
		c.in = decoded(m.In...)
	}
	return c
}

func decoded(values ...json.RawMessage) (wanted []document.Value) {
	for _, raw := range values {
		value, err := document.Decode(raw)
		if err != nil {
			panic("fault: matcher: " + err.Error()) // Parse read it before
		}
		wanted = append(wanted, value)
	}
	return wanted
}

// texts holds of the values of one header or parameter: any of them will do.
func (c *comparison) texts(values []string) bool {
	if c.matcher.Exists != nil && *c.matcher.Exists != (len(values) > 0) {
		return false
	}
	if len(values) == 0 {
		return c.matcher.wantsAbsence()
	}
	return slices.ContainsFunc(values, func(text string) bool {
		return c.holds(document.Value{Kind: document.String, Text: text}, spells)
	})
}

// body holds of one place of a body. The fields of a form are texts, as headers
// are.
func (c *comparison) body(value document.Value, present, form bool) bool {
	if c.matcher.Exists != nil && *c.matcher.Exists != present {
		return false
	}
	if !present {
		return c.matcher.wantsAbsence()
	}
	if form {
		return c.holds(value, spells)
	}
	return c.holds(value, document.Value.Same)
}

// wantsAbsence says that a value that is not there matches: only where nothing
// but its absence is asked for.
func (m *Matcher) wantsAbsence() bool { return m.Exists != nil && !*m.Exists }

func (c *comparison) holds(value document.Value, same func(value, wanted document.Value) bool) bool {
	equal := func(wanted document.Value) bool { return same(value, wanted) }
	m := &c.matcher
	return (c.equals == nil || slices.ContainsFunc(c.equals, equal)) &&
		(c.in == nil || slices.ContainsFunc(c.in, equal)) &&
		(m.Contains == nil || contains(value, *m.Contains)) &&
		(c.pattern == nil || hasText(value) && c.pattern.MatchString(searched(value.Text))) &&
		c.inRange(value)
}

// spells compares where there are only texts: a number is one that a text
// spells, in whatever notation, and a boolean its word.
func spells(text, wanted document.Value) bool {
	if text.Kind != document.String {
		return text.Same(wanted)
	}
	switch wanted.Kind {
	case document.Number:
		return isDecimal(text.Text) && document.CompareNumbers(text.Text, wanted.Text) == 0
	case document.String, document.Bool:
		return text.Text == wanted.Text
	default:
		return false
	}
}

// inRange compares numbers, and texts that are numbers: the real server takes
// them for such.
func (c *comparison) inRange(value document.Value) bool {
	gt, lt := c.matcher.Gt, c.matcher.Lt
	if gt == "" && lt == "" {
		return true
	}
	number := value.Kind == document.Number || value.Kind == document.String && isDecimal(value.Text)
	return number && (gt == "" || document.CompareNumbers(value.Text, gt.String()) > 0) &&
		(lt == "" || document.CompareNumbers(value.Text, lt.String()) < 0)
}

// decimalForm is a number as JSON writes it, but for leading zeros and a sign.
var decimalForm = document.Pattern(`^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

func isDecimal(text string) bool { return decimalForm().MatchString(text) }

// networkOf reads an address or a network.
func networkOf(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		network, err := netip.ParsePrefix(text)
		return network.Masked(), err
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	address = address.WithZone("").Unmap()
	return netip.PrefixFrom(address, address.BitLen()), nil
}

// addressOf is the address of a client, with or without a port; it is in no
// network when it is none, as that of a Unix socket.
func addressOf(text string) netip.Addr {
	if with, err := netip.ParseAddrPort(text); err == nil {
		return with.Addr().WithZone("").Unmap()
	}
	address, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return address.WithZone("").Unmap()
}

func contains(value document.Value, part string) bool {
	if value.Kind == document.Array {
		return slices.ContainsFunc(value.Members, func(element document.Field) bool {
			return element.Value.Kind == document.String && element.Value.Text == part
		})
	}
	return hasText(value) && strings.Contains(value.Text, part)
}

// hasText says whether a value has a spelling; null, lists and objects have
// none.
func hasText(value document.Value) bool {
	switch value.Kind {
	case document.String, document.Number, document.Bool:
		return true
	default:
		return false
	}
}
