package schema

import (
	"strings"
	"testing"

	"example.com/capisim/sim/document"
)

// TestFolded: what is folded is made to fit, and told of, as if it were not; what is
// right stays folded.
func TestFolded(t *testing.T) {
	t.Parallel()
	const n = 3000
	app := `{"name": "app", "metadata": {"labels": {"env": "prod"}}, "processes": [{"type": "web", "instances": 2}]},` + strings.Repeat(" ", 300)
	for name, c := range map[string]struct{ odd, wrong string }{
		"right":       {`{"name": "odd"}`, ""},
		"fitted":      {`{"name": "odd", "x-a": 1, "metadata": {"labels": {"env": 2}}}`, ""},
		"wrong":       {`{"name": "odd", "processes": [{"type": "web"}, {"instances": "two"}]}`, `/apps/3000/processes/1/instances: "two", expected an integer`},
		"unknown key": {`{"name": "odd", "proceses": []}`, `/apps/3000/proceses: unknown key "proceses", did you mean "processes"?`},
		"unusable":    {`{"name": "odd", "processes": [{"instances": 0e999}]}`, `/apps/3000/processes/0/instances: 0e999, expected a number of reasonable size`},
	} {
		text := `{"name": "x", "apps": [` + strings.Repeat(app, n) + c.odd + `]}`
		read, err := document.ReadUntil(nil, "", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		fitting, found, err := FitAndValidate(nil, "scenario", read.Root)
		if err != nil {
			t.Fatal(err)
		}
		whole, wanted, err := FitAndValidate(nil, "scenario", read.Root.Whole())
		if err != nil || fitting.String() != whole.String() || found.Error() != wanted.Error() || !strings.HasPrefix(found.Error(), c.wrong) || (c.wrong == "") != (len(found) == 0) {
			t.Errorf("%s: %v %s\nwant %s, with %s", name, err, found, wanted, c.wrong)
		}
		apps, _ := fitting.Get("apps")
		if apps.Members[n-1].Value.Kind != document.Folded || (apps.Members[n].Value.Kind == document.Folded) != (name == "right") {
			t.Errorf("%s: %d is folded where %d is", name, apps.Members[n].Value.Kind, apps.Members[n-1].Value.Kind)
		}
	}
}
