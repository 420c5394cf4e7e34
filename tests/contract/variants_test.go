package contract_test

import (
	"encoding/json"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "example.com/capisim/tests/harness"
)

// keys lists the keys of the object that begins the text, in their order.
func keys(body []byte, path ...string) []string {
	GinkgoHelper()
	var object json.RawMessage = body
	for _, step := range path {
		var members map[string]json.RawMessage
		Expect(json.Unmarshal(object, &members)).To(Succeed())
		object = members[step]
	}
	decoder := json.NewDecoder(strings.NewReader(string(object)))
	_, err := decoder.Token()
	Expect(err).NotTo(HaveOccurred())
	var list []string
	for decoder.More() {
		key, err := decoder.Token()
		Expect(err).NotTo(HaveOccurred())
		list = append(list, key.(string))
		var skipped json.RawMessage
		Expect(decoder.Decode(&skipped)).To(Succeed())
	}
	return list
}

var _ = Describe("§11 the process resource", func() {
	load := func(variant string) *Client {
		GinkgoHelper()
		world := World(root, "default")
		Expect(world.Do("POST", "/admin/load", map[string]any{"scenario": map[string]any{
			"name": "edition", "extends": "vendor", "variant": variant,
		}})).To(HaveStatus(http.StatusOK))
		return world
	}
	common := "guid created_at updated_at version type command user instances memory_in_mb disk_in_mb log_rate_limit_in_bytes_per_second"

	It("has the vendor's fields, nullable, in the default variant", func() {
		x := load("default").Do("GET", web, nil)
		Expect(keys(x.Body)).To(Equal(strings.Fields(common + " registry_credential_last_synced_at health_check readiness_health_check relationships metadata links")))
		Expect(keys(x.Body, "relationships")).To(Equal([]string{"app", "revision", "registry_credential"}))
		Expect(keys(x.Body, "links")).To(Equal([]string{"self", "scale", "app", "space", "stats", "process_instances", "registry_credential"}))
		Expect(keys(x.Body, "links", "self")).To(Equal([]string{"href"}))
		Expect(keys(x.Body, "readiness_health_check", "data")).To(Equal([]string{"invocation_timeout", "interval", "endpoint"}))
		plain := World(root, "default").Do("GET", web, nil)
		Expect(plain.At("registry_credential_last_synced_at")).To(BeNil())
		Expect(plain.At("relationships", "registry_credential")).To(BeNil())
		Expect(keys(plain.Body, "links")).NotTo(ContainElement("registry_credential"))
	})

	It("has none of them in open source", func() {
		x := load("open-source").Do("GET", web, nil)
		Expect(keys(x.Body)).To(Equal(strings.Fields(common + " health_check readiness_health_check relationships metadata links")))
		Expect(keys(x.Body, "relationships")).To(Equal([]string{"app", "revision"}))
		Expect(keys(x.Body, "links")).To(Equal([]string{"self", "scale", "app", "space", "stats", "process_instances"}))
	})

	It("ignores a readiness timeout elsewhere", func() {
		world := World(root, "default")
		x := world.Do("PATCH", web, `{"readiness_health_check":{"data":{"timeout":4}}}`)
		Expect(x).To(HaveStatus(http.StatusOK))
		Expect(keys(x.Body, "readiness_health_check", "data")).NotTo(ContainElement("timeout"))
	})
})
