package contract

import (
	"reflect"
	"strings"
	"testing"
)

// TestCheckAppUpdateMessages: the real server's words for a refused PATCH of an
// app, in its order.
func TestCheckAppUpdateMessages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, want string }{
		{"nothing", `{}`, ""},
		{"a name with a slash", `{"name":"a/b"}`, ""},
		{"null is for the storage layer", `{"name":null}`, ""},
		{"blank is for the storage layer", `{"name":" "}`, ""},
		{"a number", `{"name":42}`, "Name must be a string"},
		{"the longest", `{"name":"` + strings.Repeat("ü", 255) + `"}`, ""},
		{"too long", `{"name":"` + strings.Repeat("ü", 256) + `"}`, "Name is too long (maximum is 255 characters)"},
		{"unknown fields", `{"state":"STARTED","name":"x","stack":1}`, "Unknown field(s): 'state', 'stack'"},
		{"metadata", `{"metadata":{"labels":{"-a":"b"}}}`, "Metadata label key error: '-a' starts or ends with invalid characters"},
		{"an annotation that crashes", `{"metadata":{"annotations":{"a":true}}}`, "UnknownError"},
		{"an annotation that cannot be stored", `{"metadata":{"annotations":{"a":[1,2]}}}`, "UnknownError"},
		{"lifecycle", `{"lifecycle":{"type":"buildpack","data":{"buildpacks":["go_buildpack"],"stack":"cflinuxfs4"}}}`, ""},
		{"lifecycle without a type", `{"lifecycle":{"data":{}}}`, ""},
		{"lifecycle of docker", `{"lifecycle":{"type":"docker","data":{}}}`, ""},
		{"lifecycle of docker with a stack", `{"lifecycle":{"type":"docker","data":{"stack":"x"}}}`, "Lifecycle Unknown field(s): 'stack'"},
		{"lifecycle of no known type", `{"lifecycle":{"type":"x","data":{}}}`, "Lifecycle type is not included in the list: buildpack, docker, cnb"},
		{"lifecycle of a number", `{"lifecycle":{"type":5,"data":{}}}`, "Lifecycle type is not included in the list: buildpack, docker, cnb, Lifecycle type must be a string"},
		{"lifecycle without data", `{"lifecycle":{"type":"buildpack"}}`, "Lifecycle data must be an object"},
		{"lifecycle data unknown", `{"lifecycle":{"data":{"x":1}}}`, "Lifecycle Unknown field(s): 'x'"},
		{"stack", `{"lifecycle":{"data":{"stack":5}}}`, "Lifecycle Stack must be a string"},
		{"empty stack", `{"lifecycle":{"data":{"stack":""}}}`, "Lifecycle Stack must be between 1 and 4096 characters"},
		{"buildpacks", `{"lifecycle":{"data":{"buildpacks":"x"}}}`, "Lifecycle Buildpacks must be an array"},
		{"buildpacks of numbers and nothing", `{"lifecycle":{"data":{"buildpacks":[5,""]}}}`,
			"Lifecycle Buildpacks can only contain strings, Lifecycle Buildpacks entries must be between 1 and 4096 characters"},
		{"in order", `{"lifecycle":{"type":"buildpack","data":5},"name":5,"x":1,"metadata":5}`,
			"Metadata must be an object, Unknown field(s): 'x', Name must be a string, Lifecycle data must be an object"},
		{"an array", `[]`, "Unknown field(s): '_json'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			body, err := ParseBody("application/json", []byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			_, err = CheckAppUpdate(body)
			got := ""
			if known, ok := err.(*Error); ok {
				if got = known.Detail; known.Status == 500 {
					got = known.Title
				} else if known.Status != 422 || known.Code != 10008 {
					t.Errorf("%+v", known)
				}
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestCheckAppUpdateValues(t *testing.T) {
	t.Parallel()
	value := "prod"
	for text, want := range map[string]AppUpdate{
		`{}`:            {},
		`{"name":"x"}`:  {Name: Optional[string]{Set: true, Value: "x"}},
		`{"name":null}`: {Name: Optional[string]{Set: true, Null: true}},
		`{"lifecycle":{"data":{"stack":null,"buildpacks":null}}}`: {Stack: Optional[string]{Set: true, Null: true}, Buildpacks: Optional[[]string]{Set: true, Null: true}},
		`{"lifecycle":{"type":"cnb","data":{"buildpacks":["a","b"]}}}`: {LifecycleType: Optional[string]{Set: true, Value: "cnb"},
			Buildpacks: Optional[[]string]{Set: true, Value: []string{"a", "b"}}},
		`{"metadata":{"labels":{"env":"prod","old":null}}}`: {Metadata: MetadataUpdate{Labels: []PairChange{{Key: "env", Value: &value}, {Key: "old", Value: nil}}}},
	} {
		body, err := ParseBody("application/json", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := CheckAppUpdate(body); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v\ngot  %+v\nwant %+v", text, err, got, want)
		}
	}
}

func TestAppName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"a": "a", " a b ": "a b", "a/b": "a/b", "日本 !§$ ü": "日本 !§$ ü", "": "", "\t\n": "", "a\nb": "", "a\x00b": "", "a\x7f": ""} {
		got, err := AppName(name)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
}

func FuzzCheckAppUpdate(f *testing.F) {
	for _, body := range []string{`{}`, `{"name":"x"}`, `{"lifecycle":{"type":"docker","data":{"stack":[]}}}`, `{"lifecycle":{"data":{"buildpacks":[[]]}}}`, `{"lifecycle":5}`,
		`{"metadata":{"labels":[],"annotations":{"a":1.5}}}`, `[]`, `{"name":{"a":1}}`, `{"lifecycle":{"type":{},"data":null}}`} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, text string) {
		body, err := ParseBody("application/json", []byte(text))
		if err != nil {
			return
		}
		update, err := CheckAppUpdate(body)
		if err != nil {
			if known, ok := err.(*Error); !ok || known.Status != 422 && known.Status != 500 || known.Detail == "" {
				t.Errorf("%s: %v", text, err)
			}
			if !reflect.DeepEqual(update, AppUpdate{}) {
				t.Errorf("%s is refused and changes %+v", text, update)
			}
			return
		}
		if _, err := AppName(update.Name.Value); err != nil && err.(*Error).Status != 422 {
			t.Errorf("%s: %v", text, err)
		}
	})
}
