package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"example.com/capisim/sim/contract"
)

// Client sends requests to one world. Its answers are checked against the
// schemas, injected errors included.
type Client struct {
	Base   string // address of the world, no slash at the end
	Token  string // "" sends none
	Header http.Header

	unpublished bool
}

// World makes a world on a running server for the spec and a client of it that
// is the scenario's admin.
func World(root, scenario string) *Client {
	ginkgo.GinkgoHelper()
	made := (&Client{Base: root}).Do("POST", "/admin/worlds", map[string]any{"scenario": scenario})
	gomega.Expect(made).To(HaveStatus(http.StatusCreated))
	name := made.At("name").(string)
	ginkgo.DeferCleanup(func() {
		gomega.Expect((&Client{Base: root}).Do("DELETE", "/admin/worlds/"+name, nil)).To(HaveStatus(http.StatusNoContent))
	})
	return &Client{Base: root + "/worlds/" + name, Token: "admin"}
}

// As is a client of the same world with another token.
func (c *Client) As(token string) *Client {
	other := *c
	other.Token = token
	return &other
}

// Unpublished is the same client, whose answers need not be as the OpenAPI
// document has them: a rule injects what no document has.
func (c *Client) Unpublished() *Client {
	other := *c
	other.unpublished = true
	return &other
}

// With is the same client with one more header on every request.
func (c *Client) With(name, value string) *Client {
	other := *c
	other.Header = c.Header.Clone()
	if other.Header == nil {
		other.Header = http.Header{}
	}
	other.Header.Set(name, value)
	return &other
}

// Exchange is a request and its answer; a failed expectation prints it.
type Exchange struct {
	Method, URL string
	Sent        string
	Status      int
	Header      http.Header
	Body        []byte

	value  any // of the body
	parsed bool
}

// String prints the exchange for a failed expectation.
func (x *Exchange) String() string {
	return fmt.Sprintf("%s %s\n%s\n--> %d\n%v\n%s", x.Method, x.URL, x.Sent, x.Status, x.Header, x.Body)
}

// JSON is the answer as a value, the same one whenever it is asked for.
func (x *Exchange) JSON() any {
	ginkgo.GinkgoHelper()
	if !x.parsed {
		gomega.Expect(json.Unmarshal(x.Body, &x.value)).To(gomega.Succeed(), x.String)
		x.parsed = true
	}
	return x.value
}

// At follows keys and indexes into the answer: x.At("resources", 0, "guid").
func (x *Exchange) At(path ...any) any {
	ginkgo.GinkgoHelper()
	value := x.JSON()
	for _, step := range path {
		switch key := step.(type) {
		case string:
			object, ok := value.(map[string]any)
			gomega.Expect(ok).To(gomega.BeTrue(), "no object at %v of %v in\n%s", key, path, x)
			value = object[key]
		case int:
			list, ok := value.([]any)
			gomega.Expect(ok && key < len(list)).To(gomega.BeTrue(), "no index %d of %v in\n%s", key, path, x)
			value = list[key]
		}
	}
	return value
}

// transport keeps connections between requests and follows no redirects.
var transport = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// Do sends a request. A string or bytes as body go out as they are, anything
// else as JSON, both as application/json unless the client says otherwise.
func (c *Client) Do(method, path string, body any) *Exchange {
	ginkgo.GinkgoHelper()
	gomega.Expect(loadDocuments()).To(gomega.Succeed())
	sent := text(body)
	req, err := http.NewRequest(method, c.Base+path, strings.NewReader(sent))
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.Token != "" {
		req.Header.Set("Authorization", "bearer "+c.Token)
	}
	for name, values := range c.Header {
		req.Header[name] = values
		if len(values) == 1 && values[0] == "" {
			delete(req.Header, name)
		}
	}
	answer, err := transport.Do(req)
	gomega.Expect(err).NotTo(gomega.HaveOccurred(), "%s %s", method, path)
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	gomega.Expect(err).NotTo(gomega.HaveOccurred(), "%s %s", method, path)
	x := &Exchange{Method: method, URL: path, Sent: sent, Status: answer.StatusCode, Header: answer.Header, Body: raw}
	if !c.unpublished {
		checkSchema(x)
	}
	return x
}

func text(body any) string {
	ginkgo.GinkgoHelper()
	switch b := body.(type) {
	case nil:
		return ""
	case string:
		return b
	case []byte:
		return string(b)
	}
	raw, err := json.Marshal(body)
	gomega.Expect(err).NotTo(gomega.HaveOccurred())
	return string(raw)
}

// checkSchema holds every answer of the simulated API, and of the admin API,
// against its OpenAPI document: status, type and body. What meets no operation is an error.
func checkSchema(x *Exchange) {
	ginkgo.GinkgoHelper()
	if x.Method == http.MethodHead {
		return
	}
	if strings.HasPrefix(x.URL, "/admin") {
		gomega.Expect(asAdminPublished(x)).To(gomega.Succeed(), x.String)
		return
	}
	op, ok := operationOf(x.Method, x.URL)
	if !ok {
		if strings.HasPrefix(x.URL, "/v3") {
			gomega.Expect(x).To(MatchSchema("errors"))
		}
		return
	}
	gomega.Expect(asPublished(op, x)).To(gomega.Succeed(), x.String)
}

// operationOf finds the row of the table that a request meets.
func operationOf(method, path string) (*contract.Operation, bool) {
	path, _, _ = strings.Cut(path, "?")
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for _, op := range contract.Operations() {
		if op.Method == method && fits(strings.Split(strings.Trim(op.Path, "/"), "/"), segments) {
			return op, true
		}
	}
	return nil, false
}

func fits(pattern, segments []string) bool {
	if len(pattern) != len(segments) {
		return false
	}
	for i, part := range pattern {
		if part != segments[i] && !strings.HasPrefix(part, "{") {
			return false
		}
	}
	return true
}

// decode reads JSON for a schema, numbers kept as written.
func decode(raw []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	return value, err
}
