package contract

import (
	"slices"
	"strconv"
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/rails"
)

// The strategies of deployments.
const (
	Rolling = "rolling"
	Canary  = "canary"
)

// DeploymentCreate is a checked body of POST /v3/deployments.
type DeploymentCreate struct {
	AppGUID      string
	DropletGUID  string // "": the app's current one
	RevisionGUID string // of a rollback, "" for none
	DeploymentOptions
	Metadata MetadataUpdate
}

// DeploymentOptions are the strategy of a deployment and how it goes about it.
type DeploymentOptions struct {
	Strategy     string `json:"strategy,omitempty"`
	MaxInFlight  int    `json:"max_in_flight,omitempty"`
	WebInstances *int   `json:"web_instances,omitempty"`
	MemoryInMB   *int   `json:"memory_in_mb,omitempty"`
	DiskInMB     *int   `json:"disk_in_mb,omitempty"`
	LogRateLimit *int64 `json:"log_rate_limit_in_bytes_per_second,omitempty"`
	Steps        []int  `json:"canary_weights,omitempty"` // of a canary, nil for the one step it has without
}

// What the real server says of deployments beside its messages.
var (
	AppUnusable      = UnprocessableEntity.Text("Unable to use app. Ensure that the app exists and you have access to it.")
	RevisionsAreOff  = UnprocessableEntity.Text("Cannot create deployment from a revision for an app without revisions enabled")
	NoSuchRevision   = UnprocessableEntity.Text("The revision does not exist")
	RevisionUnbuilt  = UnprocessableEntity.Text("Unable to deploy this revision, the droplet for this revision no longer exists.")
	RollbackToItself = UnprocessableEntity.Text("Unable to rollback. The code and configuration you are rolling back to is the same as the deployed revision.")
	DropletInvalid   = UnprocessableEntity.Text("Invalid droplet. Please specify a droplet in the request or set a current droplet for the app.")
	DropletForeign   = UnprocessableEntity.Text("Unable to assign current droplet. Ensure the droplet exists and belongs to this app.")
)

// DeploymentRefused is what an action that comes too late is told.
func DeploymentRefused(action, value, reason string) *Error {
	return UnprocessableEntity.Text("Cannot " + action + " a deployment with status: " + value + " and reason: " + reason)
}

var (
	deploymentKeys = []string{"metadata", "relationships", "droplet", "revision", "strategy", "options"}
	optionKeys     = []string{"canary", "max_in_flight", "web_instances", "memory_in_mb", "disk_in_mb", "log_rate_limit_in_bytes_per_second"}
)

// CheckDeployment applies the message rules of POST /v3/deployments. Errors as
// in CheckUpdate.
func CheckDeployment(b Body) (DeploymentCreate, error) {
	if annotationsCrash(b) || garbled(b.Fields) {
		return DeploymentCreate{}, UnknownError
	}
	d := DeploymentCreate{DeploymentOptions: DeploymentOptions{Strategy: Rolling, MaxInFlight: 1}}
	var problems []string
	if metadata, given := b.Get("metadata"); given {
		d.Metadata, problems = checkMetadata(metadata)
	}
	problems = append(problems, unknownFields(b, deploymentKeys)...)
	if strategy, given := b.Get("strategy"); given && strategy.Kind != document.Null {
		d.Strategy = rails.Rendered(strategy)
		if strategy.Kind != document.String || d.Strategy != Rolling && d.Strategy != Canary {
			problems = append(problems, "Strategy '"+d.Strategy+"' is not a supported deployment strategy")
		}
	}
	droplet, _ := b.Get("droplet")
	revision, _ := b.Get("revision")
	if rails.Present(droplet) && rails.Present(revision) {
		problems = append(problems, "Droplet Cannot set both fields 'droplet' and 'revision'")
	}
	d.DropletGUID, d.RevisionGUID = droplet.TextOf("guid"), revision.TextOf("guid")
	if app, found := b.Value().Find("/relationships/app/data/guid"); found {
		d.AppGUID = app.Text
	}
	if options, given := b.Get("options"); given && rails.Present(options) {
		problems = append(problems, d.options(options)...)
	}
	if len(problems) > 0 {
		return DeploymentCreate{}, UnprocessableEntity.Text(strings.Join(problems, ", "))
	}
	return d, nil
}

// CheckDeploymentUpdate applies the message rules of PATCH, which takes metadata
// alone.
func CheckDeploymentUpdate(b Body) (MetadataUpdate, error) {
	if annotationsCrash(b) || garbled(b.Fields) {
		return MetadataUpdate{}, UnknownError
	}
	var update MetadataUpdate
	var problems []string
	if metadata, given := b.Get("metadata"); given {
		update, problems = checkMetadata(metadata)
	}
	problems = append(problems, unknownFields(b, []string{"metadata"})...)
	if len(problems) > 0 {
		return MetadataUpdate{}, UnprocessableEntity.Text(strings.Join(problems, ", "))
	}
	return update, nil
}

// options reads the options, those of the scale by its rules.
func (d *DeploymentCreate) options(options document.Value) (problems []string) {
	if options.Kind != document.Object {
		return []string{"Options must be an object"}
	}
	if unknown := keysBeside(options.Members, optionKeys...); unknown != nil {
		problems = append(problems, "Options has unsupported key(s): "+strings.Join(unknown, ", "))
	}
	problems = append(problems, d.scale(options)...)
	if value, given := options.Get("max_in_flight"); given && rails.Truthy(value) {
		number, ok := integer(value)
		if !ok || number < 1 {
			problems = append(problems, "Max in flight must be an integer greater than 0")
		}
		d.MaxInFlight = number
	}
	if canary, given := options.Get("canary"); given && rails.Truthy(canary) {
		problems = append(problems, d.canary(canary)...)
	}
	return problems
}

func (d *DeploymentCreate) scale(options document.Value) (problems []string) {
	var body Body
	for _, key := range optionKeys[2:] {
		if value, given := options.Get(key); given && value.Kind != document.Null {
			if key == "web_instances" {
				key = "instances"
			}
			body.Fields = append(body.Fields, document.Field{Key: key, Value: value})
		}
	}
	var scale ProcessScale
	for _, problem := range checkFields(body, Default, scaleFields, &scale) {
		if rest, found := strings.CutPrefix(problem, "Instances "); found {
			problem = "Web instances " + rest
		}
		problems = append(problems, problem)
	}
	d.WebInstances, d.MemoryInMB = scale.Instances.PointerOr(nil), scale.MemoryInMB.PointerOr(nil)
	d.DiskInMB, d.LogRateLimit = scale.DiskInMB.PointerOr(nil), scale.LogRate.PointerOr(nil)
	return problems
}

func (d *DeploymentCreate) canary(canary document.Value) []string {
	switch {
	case canary.Kind != document.Object:
		return []string{"Options canary must be an object"}
	case d.Strategy != Canary:
		return []string{"Options canary are only valid for Canary deployments"}
	}
	steps, given := canary.Get("steps")
	if !given || !rails.Truthy(steps) {
		return nil
	}
	if steps.Kind != document.Array || slices.ContainsFunc(steps.Members, func(m document.Field) bool { return m.Value.Kind != document.Object }) {
		return []string{"Options canary steps must be an array of objects"}
	}
	return d.steps(steps)
}

const badWeight = "Options canary steps instance weight must be an Integer between 1-100 (inclusive)"

func (d *DeploymentCreate) steps(steps document.Value) (problems []string) {
	missing, wrong, outside := false, false, false
	d.Steps = []int{}
	for _, step := range steps.Members {
		if unknown := keysBeside(step.Value.Members, "instance_weight"); unknown != nil {
			problems = append(problems, "Options canary steps has unsupported key(s): "+strings.Join(unknown, ", "))
		}
		value, given := step.Value.Get("instance_weight")
		weight, ok := integer(value)
		missing, wrong, outside = missing || !given, wrong || !ok, outside || weight < 1 || weight > 100
		d.Steps = append(d.Steps, weight)
	}
	if missing {
		problems = append(problems, `Options canary steps missing key: "instance_weight"`)
	}
	if wrong {
		return append(problems, badWeight)
	}
	if outside {
		problems = append(problems, badWeight)
	}
	if !slices.IsSorted(d.Steps) {
		problems = append(problems, "Options canary steps instance weight must be sorted in ascending order")
	}
	return problems
}

// integer reads a number that was written without a point.
func integer(v document.Value) (int, bool) {
	if v.Kind != document.Number {
		return 0, false
	}
	number, err := strconv.Atoi(v.Text)
	return number, err == nil
}
