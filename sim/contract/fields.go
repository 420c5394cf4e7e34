package contract

import (
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/rails"
)

// The limits of texts, in characters (§5).
const (
	maxCommandSize  = 4096
	maxUserSize     = 255
	maxEndpointSize = 255
)

// field is a row of the tables below: a place in the body, the rule for it with
// the server's texts, and where an accepted value goes. Null is accepted unless
// the rule says otherwise.
type field[T any] struct {
	path        []string
	label       string // begins each message: the attribute's name in the server's spelling
	nullChecked bool
	numeric     bool    // takes a whole number
	edition     Variant // the only one that reads the field; "" is all
	check       func(document.Value) []string
	store       func(*T, document.Value)
}

var (
	seconds  = numberRule{least: 1, most: maxInt}
	amount   = numberRule{least: 0, most: maxInt}
	megabyte = numberRule{least: 1, most: maxInt, above: true}
	logRate  = numberRule{least: -1, most: maxBigint}
)

// updateFields are the fields of PATCH below metadata, in the order of their
// messages (§5).
var updateFields = []field[ProcessUpdate]{
	{path: at("command"), label: "Command", check: text(maxCommandSize, "must be between 1 and 4096 characters"),
		store: func(u *ProcessUpdate, v document.Value) { u.Command = optionalText(v) }},
	{path: at("user"), label: "User", check: text(maxUserSize, "must be between 1 and 255 characters"),
		store: func(u *ProcessUpdate, v document.Value) { u.User = optionalText(v) }},

	{path: at("health_check", "type"), label: "Health check type", nullChecked: true, check: checkType,
		store: func(u *ProcessUpdate, v document.Value) { u.HealthCheck.Type = optionalType(v) }},
	{path: at("health_check", "data", "timeout"), label: "Health check timeout", numeric: true, check: seconds.check,
		store: func(u *ProcessUpdate, v document.Value) { u.HealthCheck.Timeout = optionalInt(seconds, v) }},
	{path: at("health_check", "data", "invocation_timeout"), label: "Health check invocation timeout", numeric: true, check: seconds.check,
		store: func(u *ProcessUpdate, v document.Value) { u.HealthCheck.InvocationTimeout = optionalInt(seconds, v) }},
	{path: at("health_check", "data", "interval"), label: "Health check interval", numeric: true, check: seconds.check,
		store: func(u *ProcessUpdate, v document.Value) { u.HealthCheck.Interval = optionalInt(seconds, v) }},
	{path: at("health_check", "data", "endpoint"), label: "Health check endpoint", check: checkEndpoint,
		store: func(u *ProcessUpdate, v document.Value) { u.HealthCheck.Endpoint = optionalText(v) }},

	{path: at("readiness_health_check", "type"), label: "Readiness health check type", nullChecked: true, check: checkType,
		store: func(u *ProcessUpdate, v document.Value) { u.Readiness.Type = optionalType(v) }},
	{path: at("readiness_health_check", "data", "timeout"), label: "Readiness health check timeout", edition: Vendor, numeric: true, check: seconds.check,
		store: func(u *ProcessUpdate, v document.Value) { u.Readiness.Timeout = optionalInt(seconds, v) }},
	{path: at("readiness_health_check", "data", "invocation_timeout"), label: "Readiness health check invocation timeout", numeric: true, check: seconds.check,
		store: func(u *ProcessUpdate, v document.Value) { u.Readiness.InvocationTimeout = optionalInt(seconds, v) }},
	{path: at("readiness_health_check", "data", "interval"), label: "Readiness health check interval", numeric: true, check: seconds.check,
		store: func(u *ProcessUpdate, v document.Value) { u.Readiness.Interval = optionalInt(seconds, v) }},
	{path: at("readiness_health_check", "data", "endpoint"), label: "Readiness health check endpoint", check: checkEndpoint,
		store: func(u *ProcessUpdate, v document.Value) { u.Readiness.Endpoint = optionalText(v) }},
}

// scaleFields are the fields of scale, in the order of their messages (§6).
var scaleFields = []field[ProcessScale]{
	{path: at("instances"), label: "Instances", numeric: true, check: amount.check,
		store: func(s *ProcessScale, v document.Value) { s.Instances = optionalInt(amount, v) }},
	{path: at("memory_in_mb"), label: "Memory in mb", numeric: true, check: megabyte.check,
		store: func(s *ProcessScale, v document.Value) { s.MemoryInMB = optionalInt(megabyte, v) }},
	{path: at("disk_in_mb"), label: "Disk in mb", numeric: true, check: megabyte.check,
		store: func(s *ProcessScale, v document.Value) { s.DiskInMB = optionalInt(megabyte, v) }},
	{path: at("log_rate_limit_in_bytes_per_second"), label: "Log rate limit in bytes per second", numeric: true, check: logRate.check,
		store: func(s *ProcessScale, v document.Value) { s.LogRate = optionalLong(logRate, v) }},
}

var (
	updateKeys = []string{"command", "user", "health_check", "readiness_health_check", "metadata"}
	scaleKeys  = []string{"instances", "memory_in_mb", "disk_in_mb", "log_rate_limit_in_bytes_per_second"}
	checkKeys  = []string{"health_check", "readiness_health_check"}
)

// CheckUpdate applies the message rules of PATCH (§5, §8). The error is
// UnprocessableEntity with all messages in the server's order, or UnknownError
// for what crashes the real server (§9).
func CheckUpdate(b Body, v Variant) (ProcessUpdate, error) {
	if crashesUpdate(b) {
		return ProcessUpdate{}, UnknownError
	}
	var update ProcessUpdate
	var problems []string
	if metadata, given := b.Get("metadata"); given {
		update.Metadata, problems = checkMetadata(metadata)
	}
	problems = append(problems, unknownFields(b, updateKeys)...)
	problems = append(problems, checkFields(b, v, updateFields, &update)...)
	if len(problems) > 0 {
		return ProcessUpdate{}, UnprocessableEntity.Text(strings.Join(problems, ", "))
	}
	update.Unstorable = unstorable(b, update)
	return update, nil
}

// CheckScale applies the message rules of scale (§6). Null passes here; what it
// does to instances and memory the state layer knows. Errors as in CheckUpdate.
func CheckScale(b Body) (ProcessScale, error) {
	if garbled(b.Fields) {
		return ProcessScale{}, UnknownError
	}
	var scale ProcessScale
	problems := unknownFields(b, scaleKeys)
	problems = append(problems, checkFields(b, Default, scaleFields, &scale)...)
	if len(problems) > 0 {
		return ProcessScale{}, UnprocessableEntity.Text(strings.Join(problems, ", "))
	}
	return scale, nil
}

// checkFields runs a table over a body and fills the target.
func checkFields[T any](b Body, v Variant, table []field[T], target *T) (problems []string) {
	for i := range table {
		f := &table[i]
		value, given := dig(b.Fields, f.path)
		if !given || f.edition != "" && f.edition != v {
			continue
		}
		if value.Kind != document.Null || f.nullChecked {
			if wrong := f.check(value); len(wrong) > 0 {
				problems = append(problems, labelled(f.label, wrong)...)
				continue
			}
		}
		f.store(target, value)
	}
	return problems
}

// crashesUpdate finds what the real server trips over before it has validated
// anything, or when it words what is wrong: a health check, or its data, that is
// neither object nor null, annotation values that have no size, and names that
// are not UTF-8, but in a health check, where nobody looks at them (§9.1).
func crashesUpdate(b Body) bool {
	for _, f := range b.Fields {
		if !slices.Contains(checkKeys, f.Key) && garbledField(f) {
			return true
		}
	}
	for _, key := range checkKeys {
		check, _ := b.Get(key)
		data, _ := document.Get(check.Members, "data")
		if check.Kind != document.Null && check.Kind != document.Object || data.Kind != document.Null && data.Kind != document.Object {
			return true
		}
	}
	return annotationsCrash(b)
}

// annotationsCrash finds annotation values that have no size to ask for (§9).
func annotationsCrash(b Body) bool {
	return slices.ContainsFunc(annotationsOf(b), func(annotation document.Field) bool {
		return sizeless(annotation.Value)
	})
}

// unstorable finds what passes validation and cannot be saved: a NUL in what is
// stored, and names that are not UTF-8, which the audit event repeats (§9.1).
func unstorable(b Body, u ProcessUpdate) bool {
	const nul = "\x00"
	return strings.Contains(u.Command.Value, nul) || u.HealthCheck.keeps(nul) || u.Readiness.keeps(nul) || garbled(b.Fields)
}

// keeps says whether the endpoint that is stored has a text in it.
func (u HealthCheckUpdate) keeps(text string) bool {
	return strings.Contains(u.Endpoint.Value, text) && (!u.Type.Set || u.Type.Value == "http")
}

// garbled finds names that are not UTF-8, at any depth.
func garbled(members []document.Field) bool { return slices.ContainsFunc(members, garbledField) }

func garbledField(f document.Field) bool { return !utf8.ValidString(f.Key) || garbled(f.Value.Members) }

// unknownFields reports the keys that are not allowed, in order of appearance.
func unknownFields(b Body, allowed []string) []string {
	unknown := keysBeside(b.Fields, allowed...)
	if unknown == nil {
		return nil
	}
	return []string{"Unknown field(s): " + quoted(unknown)}
}

func at(path ...string) []string { return path }

// dig follows a path of keys through objects.
func dig(members []document.Field, path []string) (value document.Value, given bool) {
	for i, key := range path {
		if i > 0 {
			if value.Kind != document.Object {
				return document.Value{}, false
			}
			members = value.Members
		}
		if value, given = document.Get(members, key); !given {
			return document.Value{}, false
		}
	}
	return value, true
}

// text accepts strings of 1 to most characters. What is not a string still has a
// length to the real server, so that [] earns both messages and 42 one.
func text(most int, size string) func(document.Value) []string {
	return func(v document.Value) (problems []string) {
		if v.Kind != document.String {
			problems = append(problems, "must be a string")
		}
		if n := rails.Length(v); n < 1 || n > most {
			problems = append(problems, size)
		}
		return problems
	}
}

// checkType takes an array as well when each of its elements would do; it is
// refused in the storage layer's words (TypeUnknown).
func checkType(v document.Value) []string {
	switch {
	case v.Kind == document.String && (v.Text == "port" || v.Text == "process" || v.Text == "http"):
		return nil
	case v.Kind == document.Array && !slices.ContainsFunc(v.Members, func(f document.Field) bool { return checkType(f.Value) != nil || f.Value.Kind == document.Array }):
		return nil
	}
	return []string{`must be "port", "process", or "http"`}
}

func checkEndpoint(v document.Value) (problems []string) {
	if rails.Length(v) > maxEndpointSize {
		problems = append(problems, "is too long (maximum is 255 characters)")
	}
	if v.Kind != document.String || !URIPath(v.Text) {
		problems = append(problems, "must be a valid URI path")
	}
	return problems
}

// URIPath says whether a text is a path as the real server sees it: a slash
// alone, or a slash, a character that is neither blank nor slash, and no blanks
// after it (§5). Any line of the text may be the path.
func URIPath(text string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		if line == "/" || len(line) > 1 && line[0] == '/' && line[1] != '/' && !strings.ContainsAny(line, rails.Space) {
			return true
		}
	}
	return false
}

// NoType is the type of a health check that was given as an array.
const NoType = "[]"

func optionalType(v document.Value) Optional[string] {
	if v.Kind == document.Array {
		return Optional[string]{Set: true, Value: NoType}
	}
	return optionalText(v)
}

func optionalText(v document.Value) Optional[string] {
	return Optional[string]{Set: true, Null: v.Kind == document.Null, Value: v.Text}
}

func optionalInt(rule numberRule, v document.Value) Optional[int] {
	n := optionalLong(rule, v)
	return Optional[int]{Set: true, Null: n.Null, Value: int(n.Value)}
}

func optionalLong(rule numberRule, v document.Value) Optional[int64] {
	if v.Kind == document.Null {
		return Optional[int64]{Set: true, Null: true}
	}
	n, _ := rule.read(v)
	return Optional[int64]{Set: true, Value: n}
}
