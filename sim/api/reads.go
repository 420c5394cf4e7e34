package api

import (
	"net/http"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// What the links of apps, spaces and organizations lead to, and what tools read
// on their way (CLIENTS.md §8).

// visibleApp finds the app that the path names, for a reader.
func (c *call) visibleApp() (state.View, error) { return c.snap.State.VisibleApp(c.who, c.ref.AppGUID) }

// secretsOf is visibleApp for those alone who may see what an app is given.
func (c *call) secretsOf() (state.View, error) {
	view, err := c.visibleApp()
	if err == nil && !view.ShowsSecrets(c.who) {
		err = contract.NotAuthorized
	}
	return view, err
}

// getEnvironmentVariables shows none, nor do revisions have any: they are not
// simulated.
func getEnvironmentVariables(c *call) (reply, error) {
	return one(http.StatusOK, func(v state.View) document.Value {
		return c.document("app_variables", values{"guid": v.App.GUID})
	})(c.secretsOf())
}

func getRevisionVariables(c *call) (reply, error) {
	revision, err := c.snap.State.Revision(c.who, c.guid)
	if err == nil && !revision.View.ShowsSecrets(c.who) {
		err = contract.NotAuthorized
	}
	return one(http.StatusOK, func(r state.RevisionView) document.Value {
		return c.document("revision_variables", values{"guid": c.guid, "app": r.View.App.GUID})
	})(revision, err)
}

// emptyArchive is a gzipped archive without a file: what an app is made of is
// not simulated.
var emptyArchive = []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\x63\x60\x18\x05\xa3\x60\x14\x8c\x54\x00\x00\x2e\xaf\xb5\xef\x00\x04\x00\x00")

func downloadDroplet(c *call) (reply, error) {
	droplet, err := c.snap.State.Droplet(c.who, c.guid)
	if err != nil {
		return reply{}, err
	}
	if !droplet.ShowsSecrets(c.who) {
		return reply{}, contract.NotAuthorized
	}
	return reply{status: http.StatusOK, body: emptyArchive, media: "application/octet-stream"}, nil
}

func getEnvironment(c *call) (reply, error) {
	return one(http.StatusOK, func(v state.View) document.Value {
		return c.document("environment", values{"guid": v.App.GUID, "uris": urlsOf(c.routesOf(v.App.GUID)), "name": v.App.Name, "files": contract.FileDescriptors,
			"space": v.Space.GUID, "space_name": v.Space.Name, "organization": v.Organization.GUID, "organization_name": v.Organization.Name})
	})(c.secretsOf())
}

// processesOf lists the processes of an app that the caller may see.
func (c *call) processesOf(app string) ([]state.View, error) {
	page, err := c.snap.State.List(c.who, app, everything.ListQuery, nil)
	return page.Views, err
}

// features are those of what the path names, a list; what they say is the real
// server's.
func (c *call) features() (document.Value, error) {
	if !c.op.Nested {
		_, err := c.snap.State.Space(c.who, c.guid)
		return c.document("space_features", nil), err
	}
	view, err := c.visibleApp()
	if err != nil {
		return document.Value{}, err
	}
	return c.document("app_features", values{"revisions": view.App.RevisionsEnabled}), nil
}

func listFeatures(c *call) (reply, error) {
	features, err := c.features()
	if err != nil {
		return reply{}, err
	}
	if !c.op.Nested { // spaces have a bare list
		return jsonReply(http.StatusOK, objectOf(document.Field{Key: "features", Value: features})), nil
	}
	list := shown(features.Members, func(f document.Field) document.Value { return f.Value })
	return c.listReply(c.req.URL.Path, everythingShort, len(list), list, document.Value{})
}

func getFeature(c *call) (reply, error) {
	features, err := c.features()
	if err != nil {
		return reply{}, err
	}
	name := c.index
	if c.op.Nested {
		name = c.ref.Type
	}
	for _, feature := range features.Members {
		if feature.Value.TextOf("name") == name {
			return jsonReply(http.StatusOK, feature.Value), nil
		}
	}
	return reply{}, contract.FeatureNotFound
}

// everythingShort is the query of a list that takes none.
var everythingShort = contract.ResourceQuery{ListQuery: contract.ListQuery{Page: 1, PerPage: 50}}

// getSSHEnabled says whether one may connect to an app, which nothing forbids.
func getSSHEnabled(c *call) (reply, error) {
	if _, err := c.visibleApp(); err != nil {
		return reply{}, err
	}
	return jsonReply(http.StatusOK, c.document("ssh_enabled", nil)), nil
}

// getDefaultDomain is the first domain that is not internal.
func getDefaultDomain(c *call) (reply, error) {
	if _, err := c.snap.State.Organization(c.who, c.guid); err != nil {
		return reply{}, err
	}
	domains := c.shelf("domains")
	place, found := domains.listing.Place(c.firstDomain())
	if !found {
		return reply{}, domains.Item()
	}
	return jsonReply(http.StatusOK, c.item(domains, place).value), nil
}

// clearBuildpackCache is taken and has nothing to do. The real server starts a
// job; capisim has none to point at.
func clearBuildpackCache(c *call) (reply, error) {
	_, err := c.snap.State.WritableApp(c.who, c.ref.AppGUID)
	return reply{status: http.StatusAccepted}, err
}

// applyManifest refuses: a manifest would stage and create, which capisim does
// not play.
func applyManifest(c *call) (reply, error) {
	if _, err := c.snap.State.Space(c.who, c.guid); err != nil {
		return reply{}, err
	}
	return reply{}, contract.UnprocessableEntity.With("Manifests are not applied by the simulator")
}

// getSpaceSummary shows a space as exporters of the age of version 2 read it.
func getSpaceSummary(c *call) (reply, error) {
	space, err := c.snap.State.Space(c.who, c.guid)
	if err != nil {
		return reply{}, err
	}
	apps := []document.Value{}
	for _, app := range c.snap.State.Apps(c.who, everything.With("space_guids", c.guid)).Views {
		processes, err := c.processesOf(app.App.GUID)
		if err != nil {
			return reply{}, err
		}
		for _, p := range processes {
			if p.Process.Type == "web" {
				apps = append(apps, c.appSummary(p, urlsOf(c.routesOf(app.App.GUID))))
			}
		}
	}
	return jsonReply(http.StatusOK, c.document("space_summary", values{"guid": c.guid, "name": space.Space.Name, "apps": apps})), nil
}

func (c *call) appSummary(web state.View, urls []string) document.Value {
	p, running, buildpack := web.Process, 0, ""
	disk := document.Or(p.DiskInMB, 0)
	if len(web.App.Buildpacks) > 0 {
		buildpack = web.App.Buildpacks[0]
	}
	for _, instance := range web.Instances(c.now) {
		if instance.State == state.Running {
			running++
		}
	}
	return c.document("app_summary", values{"guid": web.App.GUID, "name": web.App.Name, "space": web.App.SpaceGUID, "state": string(web.App.State), "urls": urls,
		"running": running, "buildpack": nullable(buildpack), "memory": p.MemoryInMB, "instances": p.Instances, "disk": disk})
}
