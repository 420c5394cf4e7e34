package contract_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim/contract"
	. "example.com/capisim/tests/harness"
)

// page is the vendor's document as it was given.
func page() string {
	GinkgoHelper()
	raw, err := os.ReadFile("../../docs/update-process.txt")
	Expect(err).NotTo(HaveOccurred())
	return string(raw)
}

// example is the JSON that follows a line of the page.
func example(line string) []byte {
	GinkgoHelper()
	_, after, found := strings.Cut(page(), "\n"+line+"\n")
	Expect(found).To(BeTrue(), line)
	var raw json.RawMessage
	Expect(json.NewDecoder(strings.NewReader(after[strings.IndexByte(after, '{'):])).Decode(&raw)).To(Succeed())
	return raw
}

// shape writes a JSON value as its keys, in their order, with the types of the
// leaves. The maps of metadata have keys of their own.
func shape(raw json.RawMessage) string {
	GinkgoHelper()
	switch raw = bytes.TrimSpace(raw); {
	case raw[0] == '"':
		return "string"
	case raw[0] != '{':
		return "number"
	}
	var out strings.Builder
	for _, key := range keys(raw) {
		if key == "labels" || key == "annotations" {
			fmt.Fprintf(&out, "%s:{} ", key)
			continue
		}
		var members map[string]json.RawMessage
		Expect(json.Unmarshal(raw, &members)).To(Succeed())
		fmt.Fprintf(&out, "%s:%s ", key, shape(members[key]))
	}
	return "{" + strings.TrimSpace(out.String()) + "}"
}

var _ = Describe("docs/REFERENCE-DOCUMENT.md", func() {
	It("every field of the request changes the process", func() {
		world := World(root, "vendor")
		var body map[string]any
		Expect(json.Unmarshal(example("ProcessUpdateRequestBody"), &body)).To(Succeed())
		body["command"] = "the document's"
		for i, name := range []string{"health_check", "readiness_health_check"} {
			check := body[name].(map[string]any)
			check["type"] = "http"
			data := check["data"].(map[string]any)
			for j, field := range []string{"timeout", "invocation_timeout", "interval"} {
				Expect(data).To(HaveKeyWithValue(field, 0.0))
				data[field] = float64(10*i + j + 1)
			}
			data["endpoint"] = "/" + name
		}
		x := world.Do("PATCH", web, body)
		Expect(x).To(HaveStatus(http.StatusOK))
		read := world.Do("GET", web, nil)
		Expect(read.Body).To(Equal(x.Body))
		for _, field := range []string{"command", "health_check", "readiness_health_check"} {
			Expect(read.At(field)).To(Equal(body[field]), field)
		}
		Expect(read.At("metadata")).To(Equal(map[string]any{
			"labels":      map[string]any{"env": "prod", "labels": "string"},
			"annotations": map[string]any{"contact": "demo@example.com", "annotations": "string"}}))
		Expect(world.Do("PATCH", web, `{"readiness_health_check":{"data":{"timeout":0}}}`)).To(HaveStatus(http.StatusUnprocessableEntity))
	})

	It("the answer has the page's keys, in their order, and its types", func() {
		x := World(root, "vendor").Do("GET", web, nil)
		Expect(shape(x.Body)).To(Equal(shape(example("BaseSchema"))))
	})

	It("each status of the page is answered, in the page's shape", func() {
		codes := regexp.MustCompile(`(?m)^([45]\d\d)$\n[A-Z]`).FindAllStringSubmatch(page(), -1)
		Expect(codes).To(HaveLen(8))
		for _, code := range codes {
			x := World(root, "vendor").With("Prefer", "code="+code[1]).Do("PATCH", web, `{}`)
			Expect(fmt.Sprint(x.Status)).To(Equal(code[1]))
			var body struct{ Errors []map[string]any }
			Expect(json.Unmarshal(x.Body, &body)).To(Succeed())
			Expect(body.Errors).To(HaveExactElements(And(HaveLen(3), HaveKey("code"), HaveKey("detail"), HaveKey("title"))))
		}
	})

	It("the operations of the side bar are there", func() {
		_, bar, found := strings.Cut(page(), "\nProcesses Operations\n")
		Expect(found).To(BeTrue())
		lines := strings.Split(strings.TrimSpace(bar), "\n")
		Expect(lines).To(HaveLen(2 * 12))
		for i := 0; i < len(lines); i += 2 {
			name := strings.ReplaceAll(lines[i+1], " ", "")
			op, ok := contract.OperationByID(strings.ToLower(name[:1]) + name[1:])
			Expect(ok).To(BeTrue(), name)
			Expect(op.Method).To(Equal(lines[i]), name)
		}
	})
})
