package scenario

import (
	"errors"
	"strings"
	"testing"

	"example.com/capisim/sim/document"
)

func TestVariables(t *testing.T) {
	t.Parallel()
	lookup := func(name string) (string, bool) {
		value, set := map[string]string{"N": "3", "WORD": "a b", "EMPTY": "", "YES": "true", "ZEROS": "007", "BIG": strings.Repeat("9", 400), "JSON": `{"a":1}`}[name]
		return value, set
	}
	for _, c := range []struct{ text, want, wrong string }{
		{`{"a":"${N}","b":["${WORD}"],"${N}":1}`, `{"a":3,"b":["a b"],"${N}":1}`, ""},
		{`{"a":"v${N}.${YES}"}`, `{"a":"v3.true"}`, ""},
		{`{"a":"${YES}","b":"${EMPTY}","c":"${ZEROS}","d":"${JSON}"}`, `{"a":true,"b":"","c":"007","d":"{\"a\":1}"}`, ""},
		{`{"a":"${NO:-5}","b":"${EMPTY:-x}","c":"${N:-4}","d":"${NO:-}","e":"${NO:-a:-b}"}`, `{"a":5,"b":"x","c":3,"d":"","e":"a:-b"}`, ""},
		{`{"a":"$${N} $N $$ ${N}$${"}`, `{"a":"${N} $N $$ 3${"}`, ""},
		{`{"a":"$${N}"}`, `{"a":"${N}"}`, ""},
		{`{"variables":false,"a":"${N} ${NO}"}`, `{"variables":false,"a":"${N} ${NO}"}`, ""},
		{`{"variables":true,"a":"${N}"}`, `{"variables":true,"a":3}`, ""},
		{`{"a":{"b/c":["x","${NO}"]}}`, "", "/a/b~1c/1: NO is not set in the environment; ${NO:-default} does without, $${NO} writes ${NO} itself"},
		{`{"a":"${1}"}`, "", "/a: \"${1}\", expected ${NAME} or ${NAME:-default}; $${ writes ${ itself"},
		{`{"a":"${N"}`, "", "/a: \"${N\", expected ${NAME} or ${NAME:-default}; $${ writes ${ itself"},
		{`{"a":"${NO:-${N}}"}`, "", "/a: \"${NO:-${N}}\", expected ${NAME} or ${NAME:-default}; $${ writes ${ itself"},
		{`{"a":"${N:=1}","b":"${}"}`, "", "/a: \"${N:=1}\", expected ${NAME} or ${NAME:-default}; $${ writes ${ itself\n/b: \"${}\", expected ${NAME} or ${NAME:-default}; $${ writes ${ itself"},
	} {
		root, err := document.Decode([]byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		got, wrong := expand(root, lookup)
		if wrong.Error() != c.wrong || c.wrong == "" && got.String() != c.want {
			t.Errorf("%s\n got %s, %q\nwant %s, %q", c.text, got, wrong.Error(), c.want, c.wrong)
		}
	}
	if big, _ := expand(document.Value{}.With("a", document.Text("${BIG}")), lookup); big.Members[0].Value.Kind != document.String {
		t.Error("a number that nobody can hold")
	}
}

// TestVariablesOfFiles: files are filled in, with the place of what is missing,
// and request bodies are not.
func TestVariablesOfFiles(t *testing.T) {
	t.Setenv("CAPISIM_TEST_APP", "from-outside")
	t.Setenv("CAPISIM_TEST_N", "4")
	const text = "name: x\napps:\n  - name: ${CAPISIM_TEST_APP}\n    metadata: {labels: {n: \"${CAPISIM_TEST_N}\"}}\n    processes: [{type: web, instances: \"${CAPISIM_TEST_N}\", command: \"echo $${PORT}\"}]\n"
	s, err := Parse("f.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	app := s.Document.Apps[0]
	if app.Name != "from-outside" || *app.Processes[0].Instances != 4 || *app.Processes[0].Command != "echo ${PORT}" {
		t.Errorf("%+v", app)
	}
	_, err = Parse("f.yaml", []byte("name: x\napps:\n  - name: ${CAPISIM_TEST_UNSET}\n"), nil)
	if err == nil || !strings.HasPrefix(err.Error(), "f.yaml:3:11: apps[0].name: CAPISIM_TEST_UNSET is not set in the environment") {
		t.Error(err)
	}
	body, err := FromBody(nil, []byte("name: x\napps:\n  - name: ${CAPISIM_TEST_APP}\n"), nil)
	if err != nil || body.Document.Apps[0].Name != "${CAPISIM_TEST_APP}" {
		t.Errorf("%v: a stranger reads the environment", err)
	}
	var problems document.Problems
	if _, err = Parse("f.yaml", []byte("name: x\napps: [{processes: [{instances: \"${CAPISIM_TEST_APP}\"}]}]\n"), nil); !errors.As(err, &problems) || !strings.Contains(err.Error(), `"from-outside", expected an integer`) {
		t.Error(err)
	}
}
