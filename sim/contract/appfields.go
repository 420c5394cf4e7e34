package contract

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/rails"
)

// AppUpdate is a checked PATCH body of an app: what is not Set stays as it is.
type AppUpdate struct {
	Name          Optional[string]
	LifecycleType Optional[string] // buildpack, docker or cnb; cannot be changed
	Buildpacks    Optional[[]string]
	Stack         Optional[string]
	Metadata      MetadataUpdate
}

const (
	maxAppNameSize   = 255
	maxBuildpackSize = 4096
	appNameTooLong   = "Name is too long (maximum is 255 characters)"
)

var (
	appUpdateKeys = []string{"name", "lifecycle", "metadata"}
	lifecycleKeys = []string{"buildpacks", "stack", "credentials"}
)

// CheckAppUpdate applies the message rules of PATCH /v3/apps/{guid}: metadata,
// unknown fields, lifecycle, name, in the real server's order. The errors are
// those of CheckUpdate.
func CheckAppUpdate(b Body) (AppUpdate, error) {
	if annotationsCrash(b) || garbled(b.Fields) {
		return AppUpdate{}, UnknownError
	}
	var update AppUpdate
	var problems []string
	if metadata, given := b.Get("metadata"); given {
		update.Metadata, problems = checkMetadata(metadata)
	}
	problems = append(problems, unknownFields(b, appUpdateKeys)...)
	lifecycle, data := checkLifecycle(b, &update)
	problems = append(problems, lifecycle...)
	if name, given := b.Get("name"); given {
		problems = append(problems, checkAppName(name)...)
		update.Name = optionalText(name)
	}
	problems = append(problems, data...)
	if len(problems) > 0 {
		return AppUpdate{}, UnprocessableEntity.Text(strings.Join(problems, ", "))
	}
	if update.Metadata.Unstorable {
		return AppUpdate{}, UnknownError
	}
	return update, nil
}

// checkAppName applies the message rule: null passes here and fails as blank in
// the storage layer (AppName).
func checkAppName(v document.Value) (problems []string) {
	if v.Kind == document.Null {
		return nil
	}
	if v.Kind != document.String {
		problems = append(problems, "Name must be a string")
	}
	if rails.Length(v) > maxAppNameSize {
		problems = append(problems, appNameTooLong)
	}
	return problems
}

// checkLifecycle reads the buildpack lifecycle, the only one that capisim's apps
// have. Type and data are validated after the name, hence the second list.
func checkLifecycle(b Body, update *AppUpdate) (problems, late []string) {
	lifecycle, given := b.Get("lifecycle")
	if !given {
		return nil, nil
	}
	kind, _ := document.Get(lifecycle.Members, "type")
	data, _ := document.Get(lifecycle.Members, "data")
	if rails.Present(kind) && kind.Kind != document.String {
		late = append(late, "Lifecycle type must be a string")
	}
	if data.Kind != document.Object {
		late = append(late, "Lifecycle data must be an object")
	}
	switch {
	case kind.Kind != document.Null && !knownLifecycle(kind):
		return []string{"Lifecycle type is not included in the list: buildpack, docker, cnb"}, late
	case kind.Text == "docker" && data.Kind == document.Object:
		problems = labelled("Lifecycle", unknownFields(Body{Fields: data.Members}, nil))
	case data.Kind == document.Object:
		problems = checkLifecycleData(data, update)
	}
	if kind.Kind == document.String {
		update.LifecycleType = optionalText(kind)
	}
	return problems, late
}

func knownLifecycle(kind document.Value) bool {
	return kind.Kind == document.String && (kind.Text == "buildpack" || kind.Text == "docker" || kind.Text == "cnb")
}

func checkLifecycleData(data document.Value, update *AppUpdate) (problems []string) {
	problems = labelled("Lifecycle", unknownFields(Body{Fields: data.Members}, lifecycleKeys))
	if stack, given := document.Get(data.Members, "stack"); given {
		if stack.Kind != document.Null {
			problems = append(problems, labelled("Lifecycle Stack", text(maxBuildpackSize, "must be between 1 and 4096 characters")(stack))...)
		}
		update.Stack = optionalText(stack)
	}
	if buildpacks, given := document.Get(data.Members, "buildpacks"); given {
		update.Buildpacks = Optional[[]string]{Set: true, Null: buildpacks.Kind == document.Null}
		problems = append(problems, labelled("Lifecycle Buildpacks", checkBuildpacks(buildpacks, &update.Buildpacks))...)
	}
	return problems
}

// labelled puts a field's label before its problems.
func labelled(label string, problems []string) []string {
	full := make([]string, len(problems))
	for i, problem := range problems {
		full[i] = label + " " + problem
	}
	return full
}

func checkBuildpacks(list document.Value, into *Optional[[]string]) (problems []string) {
	if list.Kind == document.Null {
		return nil
	}
	if list.Kind != document.Array {
		return []string{"must be an array"}
	}
	noString, badSize := false, false
	for _, item := range list.Members {
		noString = noString || item.Value.Kind != document.String
		badSize = badSize || item.Value.Kind == document.String && (rails.Blank(item.Value.Text) || utf8.RuneCountInString(item.Value.Text) > maxBuildpackSize)
		into.Value = append(into.Value, item.Value.Text)
	}
	if noString {
		problems = append(problems, "can only contain strings")
	}
	if badSize {
		problems = append(problems, "entries must be between 1 and 4096 characters")
	}
	return problems
}

// AppName strips a name as the storage layer does and checks it there: line
// feeds and other control characters are refused, slashes and blanks are not. The
// error is UnprocessableEntity in that layer's raw words.
func AppName(name string) (string, error) {
	name = strings.Trim(name, rails.Space+"\x00")
	switch {
	case name == "":
		return "", ModelErrors([]string{"name presence", "name format"})
	case strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsGraphic(r) }):
		return "", ModelErrors([]string{"name format"})
	}
	return name, nil
}

// LifecycleChanged is the refusal of another type of lifecycle.
func LifecycleChanged(from, to string) *Error {
	return UnprocessableEntity.Text("Lifecycle type cannot be changed from " + from + " to " + to)
}

// AppNameTaken is the refusal of a name that another app of the space has.
func AppNameTaken(name string) *Error {
	return UnprocessableEntity.Text("App with the name '" + name + "' already exists.")
}

// DefaultStack is the root file system of the simulated platform.
const DefaultStack = "cflinuxfs4"

// Buildpacks are those that a foundation is usually made with.
var Buildpacks = []string{
	"staticfile_buildpack", "java_buildpack", "ruby_buildpack", "dotnet_core_buildpack", "nodejs_buildpack", "go_buildpack",
	"python_buildpack", "php_buildpack", "nginx_buildpack", "r_buildpack", "binary_buildpack",
}

// StackUnknown is the refusal of a stack that is not there.
const StackUnknown = "Stack must be an existing stack"

// BuildpackUnknown is the refusal of a buildpack that is neither there nor an
// address; it names the stack if that is there.
func BuildpackUnknown(name, stack string, known bool) string {
	of := ""
	if known && stack != "" {
		of = ` for stack "` + stack + `"`
	}
	return `Buildpack "` + name + `"` + of + " must be an existing admin buildpack or a valid git URI"
}

// addresses of buildpacks (lib/utils/uri_utils.rb).
var (
	anyURI = document.Pattern(`\A[A-Za-z][A-Za-z0-9+.\-]*:\S+\z`)
	gitURI = document.Pattern(`\A(?:(?:ssh://)?git@|git://).+?:.+?\.git\z`)
)

// BuildpackURI says whether a buildpack is named by its address.
func BuildpackURI(name string) bool { return anyURI().MatchString(name) || gitURI().MatchString(name) }
