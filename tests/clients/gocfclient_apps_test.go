package clients_test

import (
	"context"
	"strings"

	"github.com/cloudfoundry/go-cfclient/v3/client"
	"github.com/cloudfoundry/go-cfclient/v3/config"
	"github.com/cloudfoundry/go-cfclient/v3/resource"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/sim"
	"example.com/capisim/tests/harness"
)

// robots is the default scenario with a client that logs in as itself.
const robots = `name: robots
extends: default
auth:
  users: [{name: robot, password: oil, client: true, scopes: [cloud_controller.admin]}]
`

var _ = Describe("go-cfclient, beside processes", func() {
	var (
		srv *sim.Server
		cf  *client.Client
		ctx = context.Background()
	)
	BeforeEach(func() {
		srv = sim.Start(GinkgoT(), sim.Frozen())
		cf = login(srv.URL, "developer")
	})

	It("finds the API's collections", func() {
		root, err := cf.Root.GetV3(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(root.Links["processes"].Href).To(Equal(srv.URL + "/v3/processes"))
	})

	It("finds organizations, spaces and apps", func() {
		orgs := client.NewOrganizationListOptions()
		orgs.Names = client.Filter{Values: []string{"demo-org"}}
		org, err := cf.Organizations.Single(ctx, orgs)
		Expect(err).NotTo(HaveOccurred())
		Expect(org.GUID).To(Equal(harness.DemoOrg))

		spaces := client.NewSpaceListOptions()
		spaces.OrganizationGUIDs = client.Filter{Values: []string{org.GUID}}
		space, err := cf.Spaces.Single(ctx, spaces)
		Expect(err).NotTo(HaveOccurred())
		Expect(space.GUID).To(Equal(harness.DevSpace))
		_, included, err := cf.Spaces.GetIncludeOrganization(ctx, space.GUID)
		Expect(err).NotTo(HaveOccurred())
		Expect(included.Name).To(Equal("demo-org"))

		apps := client.NewAppListOptions()
		apps.Names = client.Filter{Values: []string{"demo"}}
		apps.SpaceGUIDs = client.Filter{Values: []string{space.GUID}}
		app, err := cf.Applications.Single(ctx, apps)
		Expect(err).NotTo(HaveOccurred())
		Expect(app.GUID).To(Equal(harness.DemoApp))
		_, inSpace, inOrg, err := cf.Applications.GetIncludeSpaceAndOrganization(ctx, app.GUID)
		Expect(err).NotTo(HaveOccurred())
		Expect([]string{inSpace.Name, inOrg.Name}).To(Equal([]string{"dev", "demo-org"}))
	})

	It("stops, starts and restarts an app at once, although the clock stands still", func() {
		before, err := cf.Processes.Get(ctx, harness.DemoWeb)
		Expect(err).NotTo(HaveOccurred())
		app, err := cf.Applications.Stop(ctx, harness.DemoApp)
		Expect(err).NotTo(HaveOccurred())
		Expect(app.State).To(Equal("STOPPED"))
		stats, err := cf.Processes.GetStats(ctx, harness.DemoWeb)
		Expect(err).NotTo(HaveOccurred())
		Expect(stats.Stats).To(HaveLen(2))
		Expect(stats.Stats[0].State).To(Equal("DOWN"))

		for _, act := range []func(context.Context, string) (*resource.App, error){cf.Applications.Start, cf.Applications.Restart} {
			app, err = act(ctx, harness.DemoApp)
			Expect(err).NotTo(HaveOccurred())
			Expect(app.State).To(Equal("STARTED"))
			stats, err = cf.Processes.GetStats(ctx, harness.DemoWeb)
			Expect(err).NotTo(HaveOccurred())
			Expect(stats.Stats[1].State).To(Equal("RUNNING"))
			after, err := cf.Processes.Get(ctx, harness.DemoWeb)
			Expect(err).NotTo(HaveOccurred())
			Expect(after.Version).NotTo(Equal(before.Version))
			before = after
		}

		events := client.NewAuditEventListOptions()
		events.TargetGUIDs = client.ExclusionFilter{Filter: client.Filter{Values: []string{harness.DemoApp}}}
		events.OrderBy = "-created_at"
		list, _, err := cf.AuditEvents.List(ctx, events)
		Expect(err).NotTo(HaveOccurred())
		Expect(list).To(HaveLen(3))
		Expect(list[0].Type).To(Equal("audit.app.restart"))
		Expect(list[0].Actor.Name).To(Equal("developer"))
	})

	It("renames and labels an app", func() {
		app, err := cf.Applications.Update(ctx, harness.DemoApp, &resource.AppUpdate{
			Name: "shop/web", Metadata: &resource.Metadata{Labels: map[string]*string{"env": pointer("prod")}}})
		Expect(err).NotTo(HaveOccurred())
		Expect(app.Name).To(Equal("shop/web"))
		Expect(*app.Metadata.Labels["env"]).To(Equal("prod"))
		_, err = cf.Applications.Update(ctx, harness.DemoApp, &resource.AppUpdate{Name: "legacy"})
		Expect(cfError(err).Detail).To(Equal("App with the name 'legacy' already exists."))
	})

	It("sees the routes of an app, and empty lists where a bare foundation has nothing", func() {
		routes, err := cf.Routes.ListForAppAll(ctx, harness.DemoApp, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(routes).To(HaveLen(1))
		Expect(routes[0].URL).To(Equal("demo.apps.example.com"))
		destinations, err := cf.Routes.GetDestinations(ctx, routes[0].GUID)
		Expect(err).NotTo(HaveOccurred())
		Expect(*destinations.Destinations[0].App.GUID).To(Equal(harness.DemoApp))
		packages, err := cf.Packages.ListAll(ctx, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(packages).To(BeEmpty())
		_, err = cf.Applications.Get(ctx, "nix")
		Expect(cfError(err).Detail).To(Equal("App not found"))
	})

	It("sees what an app was built into and started with", func() {
		droplet, err := cf.Droplets.GetCurrentForApp(ctx, harness.DemoApp)
		Expect(err).NotTo(HaveOccurred())
		Expect(droplet.Stack).To(Equal("cflinuxfs4"))
		Expect(droplet.Buildpacks[0].Name).To(Equal("ruby_buildpack"))
		app, err := cf.Applications.Get(ctx, harness.DemoApp)
		Expect(err).NotTo(HaveOccurred())
		Expect(app.Relationships.CurrentDroplet.Data.GUID).To(Equal(droplet.GUID))

		_, err = cf.Processes.Update(ctx, harness.DemoWeb, resource.NewProcessUpdate().WithCommand("rackup"))
		Expect(err).NotTo(HaveOccurred())
		_, err = cf.Applications.Restart(ctx, harness.DemoApp)
		Expect(err).NotTo(HaveOccurred())
		revisions, err := cf.Revisions.ListForAppAll(ctx, harness.DemoApp, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(revisions).To(HaveLen(2))
		Expect(revisions[1].Description).To(Equal("Custom start command updated for 'web' process."))
		Expect(revisions[1].Droplet.GUID).To(Equal(droplet.GUID))
	})

	It("logs in as a client, with its secret", func() {
		strict := sim.Start(GinkgoT(), sim.Document(robots), sim.Auth("strict"))
		use := func(secret string) error {
			c, err := config.New(strict.URL, config.ClientCredentials("robot", secret))
			Expect(err).NotTo(HaveOccurred())
			cf, err := client.New(c)
			if err == nil {
				_, err = cf.Processes.ListAll(ctx, nil)
			}
			return err
		}
		Expect(use("oil")).To(Succeed())
		Expect(use("water")).To(MatchError(ContainSubstring("invalid_client")))
	})

	It("is let in by strict auth with an issued token, not with a changed one", func() {
		strict := sim.Start(GinkgoT(), sim.Auth("strict"))
		_, err := login(strict.URL, "developer").Processes.Get(ctx, harness.DemoWeb)
		Expect(err).NotTo(HaveOccurred())
		issued := (&harness.Client{Base: strict.URL}).With("Content-Type", "application/x-www-form-urlencoded").With("Authorization", "Basic Y2Y6").
			Do("POST", "/oauth/token", "grant_type=password&username=developer&password=developer")
		token := issued.At("access_token").(string)
		head, rest, _ := strings.Cut(token, ".")
		for _, changed := range []string{"anything", token[:len(token)-4] + "AAAA", head + "." + "x" + rest} {
			x := (&harness.Client{Base: strict.URL, Token: changed}).Do("GET", "/v3/processes/"+harness.DemoWeb, nil)
			Expect(x.At("errors", 0, "title")).To(Equal("CF-InvalidAuthToken"))
		}
	})
})
