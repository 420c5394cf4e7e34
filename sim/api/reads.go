package api

import (
	"net/http"

	"example.com/capisim/sim/contract"
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

// noVariables are the environment variables of an app or a revision: none is
// simulated.
type noVariables struct {
	Var   struct{} `json:"var"`
	Links links    `json:"links"`
}

func getEnvironmentVariables(c *call) (reply, error) {
	return one(http.StatusOK, func(v state.View) noVariables {
		app := c.base() + "/v3/apps/" + v.App.GUID
		return noVariables{Links: links{{"self", app + "/environment_variables", ""}, {"app", app, ""}}}
	})(c.secretsOf())
}

func getRevisionVariables(c *call) (reply, error) {
	revision, err := c.snap.State.Revision(c.who, c.guid)
	if err == nil && !revision.View.ShowsSecrets(c.who) {
		err = contract.NotAuthorized
	}
	return one(http.StatusOK, func(r state.RevisionView) noVariables {
		self, app := c.base()+"/v3/revisions/"+c.guid, c.base()+"/v3/apps/"+r.View.App.GUID
		return noVariables{Links: links{{"self", self + "/environment_variables", ""}, {"revision", self, ""}, {"app", app, ""}}}
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

// vcapApplication is the variable of that name, as apps are given it.
type vcapApplication struct {
	API              string         `json:"cf_api"`
	Limits           map[string]int `json:"limits"`
	ApplicationName  string         `json:"application_name"`
	ApplicationURIs  []string       `json:"application_uris"`
	Name             string         `json:"name"`
	SpaceName        string         `json:"space_name"`
	SpaceID          string         `json:"space_id"`
	OrganizationID   string         `json:"organization_id"`
	OrganizationName string         `json:"organization_name"`
	URIs             []string       `json:"uris"`
	Users            *string        `json:"users"`
	ApplicationID    string         `json:"application_id"`
}

func getEnvironment(c *call) (reply, error) {
	view, err := c.secretsOf()
	if err != nil {
		return reply{}, err
	}
	none := struct{}{}
	return jsonReply(http.StatusOK, struct {
		Variables   struct{}                   `json:"environment_variables"`
		Staging     struct{}                   `json:"staging_env_json"`
		Running     struct{}                   `json:"running_env_json"`
		System      map[string]struct{}        `json:"system_env_json"`
		Application map[string]vcapApplication `json:"application_env_json"`
	}{System: map[string]struct{}{"VCAP_SERVICES": none}, Application: map[string]vcapApplication{"VCAP_APPLICATION": {
		API: c.base(), Limits: map[string]int{"fds": contract.FileDescriptors}, ApplicationName: view.App.Name, Name: view.App.Name, ApplicationID: view.App.GUID,
		ApplicationURIs: []string{}, URIs: []string{}, SpaceName: view.Space.Name, SpaceID: view.Space.GUID,
		OrganizationID: view.Organization.GUID, OrganizationName: view.Organization.Name,
	}}})
}

// processesOf lists the processes of an app that the caller may see.
func (c *call) processesOf(app string) ([]state.View, error) {
	page, err := c.snap.State.List(c.who, app, everything.ListQuery)
	return page.Views, err
}

// features are those of what the path names.
func (c *call) features() ([]featureJSON, error) {
	if !c.op.Nested {
		_, err := c.snap.State.Space(c.who, c.guid)
		return spaceFeatures, err
	}
	view, err := c.visibleApp()
	if err != nil {
		return nil, err
	}
	return appFeatures(!view.App.RevisionsOff), nil
}

func listFeatures(c *call) (reply, error) {
	features, err := c.features()
	if err != nil {
		return reply{}, err
	}
	if !c.op.Nested { // spaces have a bare list
		return jsonReply(http.StatusOK, map[string][]featureJSON{"features": features})
	}
	return c.listReply(c.req.URL.Path, everythingShort, len(features), features, nil)
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
	for _, feature := range features {
		if feature.Name == name {
			return jsonReply(http.StatusOK, feature)
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
	return jsonReply(http.StatusOK, struct {
		Enabled bool   `json:"enabled"`
		Reason  string `json:"reason"`
	}{Enabled: true})
}

// getDefaultDomain is the first domain that is not internal.
func getDefaultDomain(c *call) (reply, error) {
	if _, err := c.snap.State.Organization(c.who, c.guid); err != nil {
		return reply{}, err
	}
	collection := contract.CollectionNamed("domains")
	for _, domain := range c.items(collection) {
		if internal, _ := domain.value.Get("internal"); internal.Text != "true" {
			return jsonReply(http.StatusOK, domain.value)
		}
	}
	return reply{}, collection.Item()
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

// summaryJSON is a space as GET /v2/spaces/{guid}/summary shows it to exporters
// of that age.
type summaryJSON struct {
	GUID     string           `json:"guid"`
	Name     string           `json:"name"`
	Apps     []appSummaryJSON `json:"apps"`
	Services []struct{}       `json:"services"`
}

type appSummaryJSON struct {
	GUID             string     `json:"guid"`
	URLs             []string   `json:"urls"`
	Routes           []struct{} `json:"routes"`
	ServiceCount     int        `json:"service_count"`
	ServiceNames     []string   `json:"service_names"`
	RunningInstances int        `json:"running_instances"`
	Name             string     `json:"name"`
	SpaceGUID        string     `json:"space_guid"`
	Buildpack        *string    `json:"buildpack"`
	Memory           int        `json:"memory"`
	Instances        int        `json:"instances"`
	DiskQuota        int        `json:"disk_quota"`
	State            string     `json:"state"`
}

func getSpaceSummary(c *call) (reply, error) {
	space, err := c.snap.State.Space(c.who, c.guid)
	if err != nil {
		return reply{}, err
	}
	out := summaryJSON{GUID: c.guid, Name: space.Space.Name, Apps: []appSummaryJSON{}, Services: []struct{}{}}
	for _, app := range c.snap.State.Apps(c.who, everything).Views {
		if app.App.SpaceGUID != c.guid {
			continue
		}
		processes, err := c.processesOf(app.App.GUID)
		if err != nil {
			return reply{}, err
		}
		for _, p := range processes {
			if p.Process.Type == "web" {
				out.Apps = append(out.Apps, c.appSummary(p))
			}
		}
	}
	return jsonReply(http.StatusOK, out)
}

func (c *call) appSummary(web state.View) appSummaryJSON {
	p := web.Process
	out := appSummaryJSON{GUID: web.App.GUID, URLs: []string{}, Routes: []struct{}{}, ServiceNames: []string{}, Name: web.App.Name,
		SpaceGUID: web.App.SpaceGUID, Memory: p.MemoryInMB, Instances: p.Instances, State: string(web.App.State)}
	if p.DiskInMB != nil {
		out.DiskQuota = *p.DiskInMB
	}
	if len(web.App.Buildpacks) > 0 {
		out.Buildpack = &web.App.Buildpacks[0]
	}
	for _, instance := range web.Instances(c.now) {
		if instance.State == state.Running {
			out.RunningInstances++
		}
	}
	return out
}
