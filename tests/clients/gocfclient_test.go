package clients_test

import (
	"context"
	"errors"
	"net/http"

	"github.com/cloudfoundry/go-cfclient/v3/client"
	"github.com/cloudfoundry/go-cfclient/v3/config"
	"github.com/cloudfoundry/go-cfclient/v3/resource"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim"
	"example.com/capisim/tests/harness"
)

// login is a go-cfclient that has discovered the server and logged in with the
// password grant, as its users do.
func login(address, user string) *client.Client {
	GinkgoHelper()
	c, err := config.New(address, config.UserPassword(user, user))
	Expect(err).NotTo(HaveOccurred())
	cf, err := client.New(c)
	Expect(err).NotTo(HaveOccurred())
	return cf
}

// cfError is the typed error that go-cfclient makes of an envelope.
func cfError(err error) resource.CloudFoundryError {
	GinkgoHelper()
	var typed resource.CloudFoundryError
	Expect(errors.As(err, &typed)).To(BeTrue(), "%v", err)
	return typed
}

func pointer[T any](value T) *T { return &value }

var _ = Describe("go-cfclient", func() {
	var (
		srv *sim.Server
		cf  *client.Client
		ctx = context.Background()
	)
	BeforeEach(func() {
		srv = sim.Start(GinkgoT())
		cf = login(srv.URL, "developer")
	})

	It("gets and lists processes", func() {
		p, err := cf.Processes.Get(ctx, harness.DemoWeb)
		Expect(err).NotTo(HaveOccurred())
		Expect(p.Type).To(Equal("web"))
		Expect(*p.Command).To(Equal("bundle exec rackup"))
		Expect(p.Instances).To(Equal(2))
		Expect(p.MemoryInMB).To(Equal(256))
		Expect(p.Links["scale"].Method).To(Equal("POST"))
		Expect(p.Links["self"].Href).To(Equal(srv.URL + "/v3/processes/" + harness.DemoWeb))

		all, err := cf.Processes.ListAll(ctx, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(all).To(HaveLen(3))
		options := client.NewProcessOptions()
		options.Types = client.Filter{Values: []string{"worker"}}
		worker, err := cf.Processes.Single(ctx, options)
		Expect(err).NotTo(HaveOccurred())
		Expect(worker.GUID).To(Equal(harness.Worker))
		ofApp, err := cf.Processes.ListForAppAll(ctx, harness.LegacyApp, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(ofApp).To(HaveLen(1))
	})

	It("walks the pages of a list", func() {
		options := client.NewProcessOptions()
		options.PerPage = 1
		all, err := cf.Processes.ListAll(ctx, options)
		Expect(err).NotTo(HaveOccurred())
		Expect(all).To(HaveLen(3))
	})

	It("updates, scales and terminates", func() {
		update := &resource.ProcessUpdate{
			Command:     pointer("rackup"),
			HealthCheck: &resource.ProcessHealthCheck{Type: "http", Data: resource.ProcessHealthCheckData{Endpoint: pointer("/health"), Timeout: pointer(60)}},
			Metadata:    &resource.Metadata{Labels: map[string]*string{"env": pointer("prod")}},
		}
		p, err := cf.Processes.Update(ctx, harness.DemoWeb, update)
		Expect(err).NotTo(HaveOccurred())
		Expect(*p.Command).To(Equal("rackup"))
		Expect(*p.HealthCheck.Data.Endpoint).To(Equal("/health"))
		Expect(*p.Metadata.Labels["env"]).To(Equal("prod"))

		p, err = cf.Processes.Scale(ctx, harness.DemoWeb, &resource.ProcessScale{Instances: pointer(3)})
		Expect(err).NotTo(HaveOccurred())
		Expect(p.Instances).To(Equal(3))
		stats, err := cf.Processes.GetStats(ctx, harness.DemoWeb)
		Expect(err).NotTo(HaveOccurred())
		Expect(stats.Stats).To(HaveLen(3))
		Expect(stats.Stats[2].State).To(Equal("RUNNING"))

		Expect(cf.Processes.Terminate(ctx, harness.DemoWeb, 2)).To(Succeed())
		after, err := cf.Processes.GetStatsForApp(ctx, harness.DemoApp, "web")
		Expect(err).NotTo(HaveOccurred())
		Expect(after.Stats[2].InstanceGuid).NotTo(Equal(stats.Stats[2].InstanceGuid))
	})

	It("takes a custom command away with an update that names none", func() {
		// It always sends "command", null when it is not set (CLIENTS.md §5).
		p, err := cf.Processes.Update(ctx, harness.DemoWeb, &resource.ProcessUpdate{})
		Expect(err).NotTo(HaveOccurred())
		Expect(*p.Command).NotTo(Equal("bundle exec rackup"))
	})

	It("sees its own typed errors for what is wrong", func() {
		_, err := cf.Processes.Get(ctx, "nix")
		Expect(resource.IsResourceNotFoundError(err)).To(BeTrue(), "%v", err)
		_, err = cf.Processes.Scale(ctx, harness.DemoWeb, &resource.ProcessScale{Instances: pointer(-1)})
		Expect(resource.IsUnprocessableEntityError(err)).To(BeTrue(), "%v", err)
		Expect(cfError(err).Detail).To(Equal("Instances must be greater than or equal to 0"))
		_, err = login(srv.URL, "auditor").Processes.Scale(ctx, harness.DemoWeb, &resource.ProcessScale{Instances: pointer(1)})
		Expect(resource.IsNotAuthorizedError(err)).To(BeTrue(), "%v", err)
	})

	DescribeTable("sees its own typed errors for what is injected", func(status, code int, title string) {
		srv.Fault(GinkgoT(), sim.Fault{Operation: "updateProcess", Status: status, Times: 1})
		_, err := cf.Processes.Update(ctx, harness.DemoWeb, &resource.ProcessUpdate{Command: pointer("x")})
		Expect(cfError(err)).To(And(HaveField("Code", code), HaveField("Title", title)))
		_, err = cf.Processes.Update(ctx, harness.DemoWeb, &resource.ProcessUpdate{Command: pointer("x")})
		Expect(err).NotTo(HaveOccurred())
	},
		Entry("conflict", http.StatusConflict, 10409, "CF-Conflict"),
		Entry("validation", http.StatusUnprocessableEntity, 10008, "CF-UnprocessableEntity"),
		Entry("outage", http.StatusServiceUnavailable, 10015, "CF-ServiceUnavailable"),
	)

	It("logs in anew after a 401 and repeats the request once", func() {
		srv.Fault(GinkgoT(), sim.Fault{Operation: "getProcess", Status: http.StatusUnauthorized, Times: 1})
		_, err := cf.Processes.Get(ctx, harness.DemoWeb)
		Expect(err).NotTo(HaveOccurred())
	})

	It("is refused with a wrong password", func() {
		c, err := config.New(srv.URL, config.UserPassword("developer", "wrong"))
		if err == nil {
			var cf *client.Client
			if cf, err = client.New(c); err == nil {
				_, err = cf.Processes.Get(ctx, harness.DemoWeb)
			}
		}
		Expect(err).To(MatchError(ContainSubstring("Bad credentials")))
	})

	It("works in a world under a path", func() {
		world := srv.World(GinkgoT(), sim.Scenario("default"))
		cf := login(world.URL, "developer")
		options := client.NewProcessOptions()
		options.PerPage = 1
		all, err := cf.Processes.ListAll(ctx, options)
		Expect(err).NotTo(HaveOccurred())
		Expect(all).To(HaveLen(3))
		Expect(all[0].Links["self"].Href).To(HavePrefix(world.URL + "/v3/processes/"))
	})
})
