package api

import "example.com/capisim/sim/contract"

// action does what an operation does and returns the answer. An error of the
// catalogue becomes its envelope, any other the contract's 500.
type action func(*call) (reply, error)

// actions are what the operations of the table do. A row whose action is not
// here fails at start-up.
var actions map[contract.Action]action

func init() {
	actions = map[contract.Action]action{
		contract.ListProcesses:        listProcesses,
		contract.GetProcess:           getProcess,
		contract.UpdateProcess:        updateProcess,
		contract.GetProcessStats:      getProcessStats,
		contract.ListProcessInstances: listProcessInstances,
		contract.ScaleProcess:         scaleProcess,
		contract.TerminateInstance:    terminateInstance,

		contract.GetRoot:                shows("root", values{"version": contract.APIVersion}),
		contract.GetV3Root:              shows("v3", nil),
		contract.GetInfo:                getInfo,
		contract.GetV2Info:              getV2Info,
		contract.GetLogin:               getLogin,
		contract.CreateToken:            createToken,
		contract.ListTokenKeys:          listTokenKeys,
		contract.GetOpenIDConfiguration: getOpenIDConfiguration,
		contract.ListOrganizations:      listOrganizations,
		contract.GetOrganization:        getOrganization,
		contract.ListSpaces:             listSpaces,
		contract.GetSpace:               getSpace,
		contract.ListApps:               listApps,
		contract.GetApp:                 getApp,
		contract.UpdateApp:              updateApp,
		contract.StartApp:               startApp,
		contract.StopApp:                stopApp,
		contract.RestartApp:             restartApp,
		contract.GetCurrentDroplet:      getCurrentDroplet,
		contract.GetDroplet:             getDroplet,
		contract.GetRegistryCredential:  getRegistryCredential,
		contract.ListDroplets:           listDroplets,
		contract.GetRevision:            getRevision,
		contract.ListRevisions:          listRevisions,
		contract.ListDeployedRevisions:  listDeployedRevisions,
		contract.ListSidecars:           listSidecars,
		contract.ListPackages:           listPackages,
		contract.ListDeployments:        listDeployments,
		contract.GetDeployment:          getDeployment,
		contract.CreateDeployment:       createDeployment,
		contract.UpdateDeployment:       updateDeployment,
		contract.CancelDeployment:       cancelDeployment,
		contract.ContinueDeployment:     continueDeployment,
		contract.ListAuditEvents:        listAuditEvents,
		contract.GetAuditEvent:          getAuditEvent,

		contract.ListCollection:          listCollection,
		contract.GetItem:                 getItem,
		contract.GetEnvironmentVariables: getEnvironmentVariables,
		contract.GetEnvironment:          getEnvironment,
		contract.GetManifest:             getManifest,
		contract.ListFeatures:            listFeatures,
		contract.GetFeature:              getFeature,
		contract.GetIsolationSegment:     getIsolationSegment,
		contract.GetItemPart:             getItemPart,
		contract.ListDestinations:        listDestinations,
		contract.GetReservations:         getReservations,
		contract.ListEntitled:            listEntitledOrganizations,
		contract.GetEntitled:             getEntitledOrganizations,
		contract.GetSSHEnabled:           getSSHEnabled,
		contract.GetDefaultDomain:        getDefaultDomain,
		contract.ClearBuildpackCache:     clearBuildpackCache,
		contract.ApplyManifest:           applyManifest,
		contract.GetSpaceSummary:         getSpaceSummary,
		contract.GetDropletRelation:      getDropletRelation,
		contract.AssignDroplet:           assignDroplet,
		contract.DownloadDroplet:         downloadDroplet,
		contract.GetRevisionVariables:    getRevisionVariables,
		contract.GetUserInfo:             getUserInfo,
		contract.CheckToken:              checkToken,

		contract.GetPolicyServer: getPolicyServer,
		contract.ListPolicies:    listPolicies,
		contract.CreatePolicies:  createPolicies,
		contract.DeletePolicies:  deletePolicies,
	}
}
