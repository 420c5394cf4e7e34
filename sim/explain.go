package sim

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strings"

	"example.com/capisim/sim/client"
)

// Explanation is what fault rules and contract would make of a request.
type Explanation struct {
	Operation string     // id, "" when it meets none
	Nearest   string     // then: what was probably meant
	Decides   string     // id of the rule that would answer, "" for none
	Rules     []Forecast // the newest first
	Status    int        // of the answer without any rule
	Answer    string     // its body
	Refused   string     // by which check of the contract, and why; "" when it is carried out
	Prefer    string     // what its header Prefer comes to; "" for nothing
}

// Forecast is what one fault rule would make of a request.
type Forecast struct {
	Rule  string // id
	Fires bool
	Where string // the place in the rule of what stands against it
	Why   string // in words
}

// String tells the explanation line by line.
func (e Explanation) String() string {
	var out strings.Builder
	if e.Operation == "" {
		fmt.Fprintf(&out, "no operation: %s\n", e.Nearest)
	} else {
		fmt.Fprintf(&out, "operation %s\n", e.Operation)
	}
	for _, rule := range e.Rules {
		fate := "does not fire"
		if rule.Fires {
			fate = "fires"
		}
		fmt.Fprintf(&out, "rule %s %s: %s\n", rule.Rule, fate, strings.TrimPrefix(rule.Where+": "+rule.Why, ": "))
	}
	if e.Prefer != "" {
		fmt.Fprintf(&out, "Prefer: %s\n", e.Prefer)
	}
	fmt.Fprintf(&out, "without rules: %d", e.Status)
	if e.Refused != "" {
		fmt.Fprintf(&out, ", refused by its check of the %s", e.Refused)
	}
	return out.String()
}

// Explain says what the world would make of a request, without sending it:
// nothing changes, nothing is journaled, no fault is spent. The request can
// still be sent.
func (s *Server) Explain(t TB, request *http.Request) Explanation {
	t.Helper()
	headers := map[string]string{}
	for name := range request.Header {
		headers[name] = request.Header.Get(name)
	}
	asked := object{"method": request.Method, "path": s.inside(request), "headers": headers}
	if request.Body != nil {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			t.Fatalf("explain: read the request's body: %v", err)
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
		if len(body) > 0 {
			asked["body"] = string(body)
		}
	}
	var told client.Explanation
	s.must(t, "explain", http.MethodPost, "/admin/faults/explain", asked, &told)
	out := Explanation{Operation: told.Operation, Decides: told.Decides, Status: told.Answer.Status}
	if answer := string(told.Answer.Body); answer != "null" {
		out.Answer = answer
	}
	if told.Nearest != nil {
		out.Nearest = told.Nearest.Message
	}
	if told.Answer.Refused != nil {
		out.Refused = string(told.Answer.Refused.Check) + ": " + told.Answer.Refused.Reason
	}
	if told.Prefer != nil {
		out.Prefer = cmp.Or(told.Prefer.Applied, "ignored: "+told.Prefer.Ignored)
	}
	for _, rule := range told.Rules {
		out.Rules = append(out.Rules, Forecast{rule.RuleID, rule.Fires, rule.Pointer, rule.Reason})
	}
	return out
}

// inside is the path and query of a request without the world's prefix.
func (s *Server) inside(request *http.Request) string {
	target := request.URL.RequestURI()
	if rest, under := strings.CutPrefix(target, s.world.Prefix+"/"); under {
		return "/" + rest
	}
	return target
}
