package clients_test

import (
	"context"
	"time"

	"github.com/cloudfoundry/go-cfclient/v3/client"
	"github.com/cloudfoundry/go-cfclient/v3/resource"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim"
	"example.com/capisim/tests/harness"
)

var _ = Describe("go-cfclient, deploying", func() {
	var (
		srv *sim.Server
		cf  *client.Client
		ctx = context.Background()
	)
	BeforeEach(func() {
		srv = sim.Start(GinkgoT(), sim.Frozen())
		cf = login(srv.URL, "developer")
	})
	create := func(strategy string) *resource.Deployment {
		GinkgoHelper()
		wanted := resource.NewDeploymentCreate(harness.DemoApp)
		wanted.Strategy = strategy
		made, err := cf.Deployments.Create(ctx, wanted)
		Expect(err).NotTo(HaveOccurred())
		return made
	}
	get := func(d *resource.Deployment) *resource.Deployment {
		GinkgoHelper()
		now, err := cf.Deployments.Get(ctx, d.GUID)
		Expect(err).NotTo(HaveOccurred())
		return now
	}
	// wait is the client's own loop, in which a second passes each time.
	wait := func(d *resource.Deployment, reason string) {
		GinkgoHelper()
		options := client.NewPollingOptions()
		options.CheckInterval = time.Millisecond
		Expect(client.PollForStateOrTimeout(func() (string, string, error) {
			now := get(d)
			srv.Advance(GinkgoT(), time.Second)
			return now.Status.Reason, now.Status.Details.Error, nil
		}, reason, options)).To(Succeed())
	}
	webs := func() map[string]int {
		GinkgoHelper()
		options := client.NewProcessOptions()
		options.Types = client.Filter{Values: []string{"web"}}
		list, err := cf.Processes.ListForAppAll(ctx, harness.DemoApp, options)
		Expect(err).NotTo(HaveOccurred())
		found := map[string]int{}
		for _, p := range list {
			found[p.GUID] = p.Instances
		}
		return found
	}

	It("rolls an app over to a new web process, and waits for the end", func() {
		d := create("rolling")
		Expect(d.NewProcesses).To(HaveLen(1))
		fresh := d.NewProcesses[0].GUID
		Expect(webs()).To(Equal(map[string]int{harness.DemoWeb: 2, fresh: 1}))
		_, err := cf.Processes.Scale(ctx, harness.DemoWeb, &resource.ProcessScale{Instances: pointer(3)})
		Expect(cfError(err).Detail).To(Equal("Cannot scale this process while a deployment is in flight."))

		active := client.NewDeploymentListOptions()
		active.AppGUIDs = client.Filter{Values: []string{harness.DemoApp}}
		active.StatusValues = client.Filter{Values: []string{"ACTIVE"}}
		one, err := cf.Deployments.Single(ctx, active)
		Expect(err).NotTo(HaveOccurred())
		Expect(one.GUID).To(Equal(d.GUID))

		wait(d, "DEPLOYED")
		Expect(webs()).To(Equal(map[string]int{fresh: 2}))
		Expect(get(d).Status.Value).To(Equal("FINALIZED"))
		_, err = cf.Deployments.First(ctx, active)
		Expect(err).To(MatchError(client.ErrNoResultsReturned))
		_, err = cf.Processes.Get(ctx, harness.DemoWeb)
		Expect(resource.IsResourceNotFoundError(err)).To(BeTrue(), "%v", err)
	})

	It("sends a canary, waits until it is paused, and goes on", func() {
		d := create("canary")
		Expect(*d.Status.Canary.Steps).To(Equal(resource.DeploymentStatusCanarySteps{Current: 1, Total: 1}))
		wait(d, "PAUSED")
		Expect(webs()).To(HaveKeyWithValue(d.NewProcesses[0].GUID, 1))
		Expect(cf.Deployments.Continue(ctx, d.GUID)).To(Succeed())
		wait(d, "DEPLOYED")
		Expect(webs()).To(Equal(map[string]int{d.NewProcesses[0].GUID: 2}))
		Expect(cfError(cf.Deployments.Continue(ctx, d.GUID)).Detail).To(Equal("Cannot continue a deployment with status: FINALIZED and reason: DEPLOYED"))
	})

	It("calls one off, and the app is as before", func() {
		d := create("rolling")
		Expect(cfError(cf.Deployments.Continue(ctx, d.GUID)).Detail).To(Equal("Cannot continue a deployment with status: ACTIVE and reason: DEPLOYING"))
		Expect(cf.Deployments.Cancel(ctx, d.GUID)).To(Succeed())
		wait(d, "CANCELED")
		Expect(webs()).To(Equal(map[string]int{harness.DemoWeb: 2}))
		Expect(cfError(cf.Deployments.Cancel(ctx, d.GUID)).Detail).To(Equal("Cannot cancel a deployment with status: FINALIZED and reason: CANCELED"))
	})

	It("labels one, and another takes its place", func() {
		d := create("rolling")
		labelled, err := cf.Deployments.Update(ctx, d.GUID, &resource.DeploymentUpdate{Metadata: &resource.Metadata{Labels: map[string]*string{"by": pointer("ci")}}})
		Expect(err).NotTo(HaveOccurred())
		Expect(*labelled.Metadata.Labels["by"]).To(Equal("ci"))
		next := create("rolling")
		Expect(get(d).Status.Reason).To(Equal("SUPERSEDED"))
		wait(next, "DEPLOYED")
		Expect(webs()).To(Equal(map[string]int{next.NewProcesses[0].GUID: 2}))
	})

	It("goes back to an earlier revision", func() {
		_, err := cf.Processes.Update(ctx, harness.DemoWeb, resource.NewProcessUpdate().WithCommand("rackup"))
		Expect(err).NotTo(HaveOccurred())
		_, err = cf.Applications.Restart(ctx, harness.DemoApp)
		Expect(err).NotTo(HaveOccurred())
		revisions, err := cf.Revisions.ListForAppAll(ctx, harness.DemoApp, nil)
		Expect(err).NotTo(HaveOccurred())
		wanted := resource.NewDeploymentCreate(harness.DemoApp)
		wanted.Revision = &resource.DeploymentRevision{GUID: revisions[0].GUID}
		d, err := cf.Deployments.Create(ctx, wanted)
		Expect(err).NotTo(HaveOccurred())
		wait(d, "DEPLOYED")
		web, err := cf.Processes.Get(ctx, d.NewProcesses[0].GUID)
		Expect(err).NotTo(HaveOccurred())
		Expect(*web.Command).To(Equal("bundle exec rackup"))
	})

	It("is told what is wrong with one", func() {
		wanted := resource.NewDeploymentCreate(harness.DemoApp)
		wanted.Strategy = "blue"
		_, err := cf.Deployments.Create(ctx, wanted)
		Expect(resource.IsUnprocessableEntityError(err)).To(BeTrue(), "%v", err)
		Expect(cfError(err).Detail).To(Equal("Strategy 'blue' is not a supported deployment strategy"))
		_, err = cf.Deployments.Create(ctx, resource.NewDeploymentCreate("nix"))
		Expect(cfError(err).Detail).To(HavePrefix("Unable to use app."))
		_, err = cf.Deployments.Get(ctx, "nix")
		Expect(resource.IsResourceNotFoundError(err)).To(BeTrue(), "%v", err)
	})

	It("sees the deployment of an app that is deploying", func() {
		srv.Load(GinkgoT(), "deploying")
		list, err := login(srv.URL, "developer").Deployments.ListAll(ctx, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(list).To(HaveLen(1))
		Expect([]string{list[0].Status.Value, list[0].Status.Reason}).To(Equal([]string{"ACTIVE", "DEPLOYING"}))
	})
})
