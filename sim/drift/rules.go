package drift

import (
	"strings"

	"example.com/capisim/sim/document"
)

// rule says how far two values may differ. The zero rule: not at all.
type rule struct {
	// form judges two values of one kind that need not be equal: it says what
	// was expected, "" when all is well.
	form func(theirs, ours *node) string
	// nullable values may be null on either side.
	nullable bool
	// mayBeEmpty is an object or a list whose contents the state of the
	// platform decides; when both sides have some, these are compared.
	mayBeEmpty bool
}

// rules are the places of bodies where values may differ, from CONTRACT.md §11
// and §14. They are the same for a resource alone and in a list.
var rules = map[string]rule{
	"/created_at": {form: likeOurs},
	"/updated_at": {form: likeOurs},
	"/version":    {form: likeOurs},
	"/command":    {form: redactedAlike},

	"/registry_credential_last_synced_at": {form: likeOurs, nullable: true},

	"/since":                     {form: wholeNumber, nullable: true},
	"/process_instances/*/since": {form: wholeNumber, nullable: true},

	"/instance_guid":             {form: free},
	"/host":                      {form: free},
	"/instance_internal_ip":      {form: free},
	"/routable":                  {form: free, nullable: true},
	"/uptime":                    {form: wholeNumber},
	"/mem_quota":                 {form: wholeNumber, nullable: true},
	"/disk_quota":                {form: wholeNumber, nullable: true},
	"/log_rate_limit":            {form: wholeNumber, nullable: true},
	"/fds_quota":                 {form: wholeNumber},
	"/isolation_segment":         {form: free, nullable: true},
	"/details":                   {form: free, nullable: true},
	"/usage":                     {mayBeEmpty: true},
	"/usage/time":                {form: likeOurs},
	"/usage/cpu":                 {form: free},
	"/usage/cpu_entitlement":     {form: free, nullable: true},
	"/usage/mem":                 {form: wholeNumber},
	"/usage/disk":                {form: wholeNumber},
	"/usage/log_rate":            {form: wholeNumber},
	"/instance_ports":            {mayBeEmpty: true},
	"/instance_ports/*/external": {form: wholeNumber},
	"/instance_ports/*/internal": {form: wholeNumber},
	"/instance_ports/*/external_tls_proxy_port": {form: wholeNumber, nullable: true},
	"/instance_ports/*/internal_tls_proxy_port": {form: wholeNumber, nullable: true},
}

var pageNumber = document.Pattern(`[?&]page=[0-9]+(&|$)`)

// place is a pointer as the rules write it: within the resource, with * for
// positions in lists. Keys of metadata, which may be numbers, have no rules.
func place(pointer string) string {
	if !strings.ContainsAny(pointer, "0123456789") {
		return pointer
	}
	steps := strings.Split(pointer, "/")
	if len(steps) > 2 && steps[1] == "resources" && digitsOnly().MatchString(steps[2]) {
		steps = append(steps[:1], steps[3:]...)
	}
	if len(steps) > 1 && steps[1] == "metadata" {
		return pointer
	}
	for i, step := range steps {
		if step != "" && step[0] >= '0' && step[0] <= '9' && digitsOnly().MatchString(step) {
			steps[i] = "*"
		}
	}
	return strings.Join(steps, "/")
}

func free(*node, *node) string { return "" }

// wholeNumber accepts any number without fraction and exponent.
func wholeNumber(t, _ *node) string {
	if digits := strings.TrimPrefix(t.Text, "-"); digitsOnly().MatchString(digits) {
		return ""
	}
	return "a whole number"
}

// likeOurs accepts a text of the same form: a time for a time, a uuid for a
// uuid.
func likeOurs(t, o *node) string {
	if t.Text == o.Text || formOf(t.Text) == formOf(o.Text) {
		return ""
	}
	return "the form of " + quote(formOf(o.Text))
}

var (
	uuidText   = document.Pattern(`^` + uuidForm + `$`)
	digitsText = document.Pattern(`[0-9]`)
)

func formOf(text string) string {
	if uuidText().MatchString(text) {
		return "a uuid"
	}
	return digitsText().ReplaceAllString(text, "0")
}

// redactedAlike demands that a command is hidden in the same words, or shown
// on both sides: what it is cannot be known where the token may not see it.
func redactedAlike(t, o *node) string {
	if redaction(t.Text) == redaction(o.Text) {
		return ""
	}
	return quote(redaction(o.Text))
}
