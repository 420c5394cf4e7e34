package sweep

import (
	"encoding/json"
	"time"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/socket"
)

// ruleID names the rule of a cell in its world.
const ruleID = "sweep"

// announced is what a 429 and a 503 tell the client to wait.
const announced = time.Second

// holdFor is how long a hang holds: longer than any run lasts, so that only the
// client ends it.
const holdFor = 30 * time.Minute

// routerPage is what a router in front of the API answers when nothing is
// behind it.
const routerPage = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"

// rule makes the fault rule that injects a cell.
func (c Cell) rule() fault.Rule {
	rule := fault.Rule{ID: ruleID, Optional: true, Match: fault.Match{Operations: []string{c.Operation.ID}}}
	one := 1
	switch c.Mode {
	case Always:
	case Call:
		rule.When = fault.When{Skip: c.Number - 1, Times: &one}
	default:
		rule.When = fault.When{Times: &one}
	}
	if c.Mode == After || c.Mode == Lost {
		rule.Apply = fault.After
	}
	if c.Stranger != nil {
		rule.Meanwhile = []fault.Meanwhile{{Operation: c.Stranger.Operation, Body: c.Stranger.Body}}
	}
	switch {
	case c.Answer == HTML:
		rule.Undocumented = true // a router's words, not the API's
		rule.Respond = &fault.Respond{Status: 502, Body: json.RawMessage(document.Quoted(routerPage)), Headers: map[string]fault.Lines{"Content-Type": {"text/html"}}}
	case c.Answer == Blank:
		rule.Undocumented = true
		rule.Respond = &fault.Respond{Status: 503, Body: json.RawMessage(`""`)}
	case c.socket():
		rule.Connection = &fault.Connection{Kind: socket.Kind(c.Answer)}
		if rule.Connection.Kind == socket.Hang {
			hold := document.Duration(holdFor)
			rule.Connection.For = &hold
		}
	default:
		rule.Respond = &fault.Respond{Status: c.Status()}
		if c.announces() {
			rule.Respond.Headers = map[string]fault.Lines{"Retry-After": {"1"}}
		}
	}
	return rule
}

// announces says that the answer tells the client how long to wait.
func (c Cell) announces() bool { return c.Answer == "429" || c.Answer == "503" }
