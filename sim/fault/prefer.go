package fault

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// longestWait bounds what a single request may ask for by "wait".
const longestWait = time.Hour

// Prefer reads the answer that a request asks for itself, without any rule:
// "code=409", "code=422, error=CF-ResourceBeingDeleted, wait=0.2" (DESIGN.md
// §6), in the syntax of RFC 7240. Several header lines are to be joined with
// ", ". The names may also be given as parameters of code ("code=503;wait=1");
// of a name given twice the first counts; preferences that are not capisim's
// are not looked at. Wait is in seconds.
//
// The applied text is for Preference-Applied, "" when nothing was applied; the
// warning is for the journal. A code that the operation cannot answer and an
// error that does not go with the code leave the whole header without effect.
// A success code carries the request out, as in Respond.
func Prefer(header string, op *contract.Operation) (plan Plan, applied, warning string) {
	wishes, err := readWishes(header)
	if err != nil {
		return Plan{}, "", "Prefer ignored: " + err.Error()
	}
	if len(wishes) == 0 {
		return Plan{}, "", ""
	}
	plan, err = wishes.plan(op)
	if err != nil {
		return Plan{}, "", "Prefer ignored: " + err.Error()
	}
	return plan, wishes.String(), ""
}

// wishes are the preferences that concern capisim, in the order given.
type wishes []wish

type wish struct{ name, value string }

// wishNames are those of the preferences that capisim knows.
var wishNames = map[string]bool{"code": true, "error": true, "wait": true}

func (w wishes) get(name string) (value string, given bool) {
	for _, one := range w {
		if one.name == name {
			return one.value, true
		}
	}
	return "", false
}

// String is the list as Preference-Applied has it. Values that were applied are
// numbers and catalogue names, which need no quotes.
func (w wishes) String() string {
	parts := make([]string, len(w))
	for i, one := range w {
		parts[i] = one.name + "=" + one.value
	}
	return strings.Join(parts, ", ")
}

func (w wishes) plan(op *contract.Operation) (Plan, error) {
	plan := Plan{Apply: Before}
	if wait, given := w.get("wait"); given {
		seconds, err := strconv.ParseFloat(wait, 64)
		// Written so that NaN fails too.
		if err != nil || !(seconds >= 0 && seconds <= longestWait.Seconds()) {
			return Plan{}, fmt.Errorf("wait is %s, expected seconds from 0 to %g", document.Quote(wait), longestWait.Seconds())
		}
		plan.Delay = time.Duration(seconds * float64(time.Second))
	}
	code, given := w.get("code")
	name, named := w.get("error")
	switch {
	case !given && named:
		return Plan{}, fmt.Errorf("error is %s, expected a code beside it", document.Quote(name))
	case !given:
		return plan, nil
	}
	status, err := strconv.Atoi(code)
	if err != nil {
		return Plan{}, fmt.Errorf("code is %s, expected a status", document.Quote(code))
	}
	known, ok := op.Status(status)
	if !ok {
		return Plan{}, fmt.Errorf("code %d is not known for %s, expected one of %s", status, op.ID, numbers(op.Allowed()))
	}
	if _, ok := inRow(op, status, name); named && !ok {
		if len(known.Errors) == 0 {
			return Plan{}, fmt.Errorf("error is %s, expected none: %d is a success", document.Quote(name), status)
		}
		return Plan{}, fmt.Errorf("error is %s, expected one of %s, which go with %d", document.Quote(name), titles(known.Errors), status)
	}
	plan.Answer = Respond{Status: status, Error: name}.answer(op, nil)
	if plan.Answer.Real() {
		plan.Apply = After
	}
	return plan, nil
}

func numbers(list []int) string {
	texts := make([]string, len(list))
	for i, number := range list {
		texts[i] = strconv.Itoa(number)
	}
	return strings.Join(texts, ", ")
}

// readWishes finds capisim's preferences in a header:
// preference = name [ "=" value ] *( ";" [ parameter ] ), separated by commas.
func readWishes(header string) (wishes, error) {
	var found wishes
	in := &preferReader{rest: header}
	for {
		in.blanks()
		switch {
		case in.rest == "":
			return found, nil
		case in.take(','):
			continue // an empty element is legal in a list
		}
		name, value, err := in.pair()
		if err != nil {
			return nil, err
		}
		found = found.with(name, value)
		ours := name == "code"
		for in.blanks(); in.take(';'); in.blanks() {
			if in.blanks(); in.rest == "" || in.rest[0] == ';' || in.rest[0] == ',' {
				continue // so is an empty parameter
			}
			name, value, err = in.pair()
			if err != nil {
				return nil, err
			}
			if ours {
				found = found.with(name, value)
			}
		}
		if in.rest != "" && !in.take(',') {
			return nil, in.expected("a comma or a semicolon")
		}
	}
}

func (w wishes) with(name, value string) wishes {
	if _, twice := w.get(name); twice || !wishNames[name] {
		return w
	}
	return append(w, wish{name: name, value: value})
}

// preferReader reads a header from the left.
type preferReader struct{ rest string }

func (r *preferReader) blanks() { r.rest = strings.TrimLeft(r.rest, " \t") }

func (r *preferReader) take(c byte) bool {
	if r.rest == "" || r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

func (r *preferReader) expected(what string) error {
	if r.rest == "" {
		return fmt.Errorf("the header ends, expected %s", what)
	}
	return fmt.Errorf("%s, expected %s", document.Quote(r.rest), what)
}

// pairForm is name[=value], of tokens as in RFC 9110; a value may stand in quotes,
// in which a backslash takes the next character as it is.
var (
	pairForm = document.Pattern(`(?s)^([!#$%&'*+.^_|~0-9A-Za-z\x60-]+)[ \t]*(?:=[ \t]*(?:(")((?:[^"\\]|\\.)*)("?)|([!#$%&'*+.^_|~0-9A-Za-z\x60-]*)))?`)
	escape   = document.Pattern(`(?s)\\(.)`)
)

// pair reads name[=value]; the name in lower case, since case means nothing. An
// empty value is as good as none.
func (r *preferReader) pair() (name, value string, err error) {
	parts := pairForm().FindStringSubmatch(r.rest)
	if parts == nil {
		return "", "", r.expected("the name of a preference")
	}
	r.rest = r.rest[len(parts[0]):]
	opened, quoted, closed, token := parts[2], parts[3], parts[4], parts[5]
	if opened != closed {
		r.rest = ""
		return "", "", r.expected("a closing quote")
	}
	return strings.ToLower(parts[1]), escape().ReplaceAllString(quoted, "$1") + token, nil
}
