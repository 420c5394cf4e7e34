package document

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// inParts reads YAML as Read does, in parts of so many tokens, 0 for as a whole.
func inParts(text string, most int) (root Value, parts int, problems string) {
	r := &reader{Document: &Document{text: []byte(text)}, most: 1 << 20}
	y := &yamlReader{reader: r, anchors: map[string]*anchor{}, parts: map[*token.Token][]token.Tokens{}}
	tokens := y.scan(text)
	if most > 0 {
		tokens = y.divide(tokens, most)
	}
	if r.stopped {
		return root, 0, r.problems.Error()
	}
	parsed, err := parser.Parse(tokens, 0)
	if err != nil {
		y.syntax(err)
		return root, 0, r.problems.Error()
	}
	if body := y.onlyDocument(parsed); body != nil {
		root = y.value(body)
	}
	for _, of := range y.parts {
		parts += len(of)
	}
	return root, parts, r.problems.Sorted().Error()
}

// TestParts: YAML that is parsed in parts is what it is as a whole, places included.
func TestParts(t *testing.T) {
	t.Parallel()
	texts := map[string]string{
		"items":           "a:\n  - b: 1\n    c: [x, {d: e}]\n  - 2\n  - - 3\n    - 4\n    - 5\n  - \n  - g: &g {h: 1}\n  - *g\n  - last\nz: 1\n",
		"at the left":     "a:\n- 1\n- 2\n# a remark\n- 3\n- 4\nb:\n- 5\n- 6\n- 7\n- 8\n",
		"at the root":     "- 1\n- 2\n-\n  a: 1\n- \"x\n  y\"\n- 3\n",
		"texts":           "a:\n  - |\n    - 1\n    - 2\n  - >-\n    x\n    y\n  - 'it''s\n    more'\n  - plain\n    goes on\n  - |2\n    y\n  - end\n",
		"remarks":         "a:\n  # one\n  - 1 # two\n# three\n  - 2\n  # four\n  - 3\n  - 4\n",
		"a key again":     "a:\n  - 1\n  - {b: 1, b: 2}\n  - 3\n  - 4\n  - *none\n  - 5\n",
		"anchors before":  "x-a: &a\n  - 1\n  - &b 2\n  - 3\n  - *b\nb: *a\nc:\n  - *a\n  - *a\n  - *b\n  - 1\n",
		"windows and tab": "a:\r\n  - 1\r\n  - b: 2\r\n    c: 3\r\n  - 3\r\n  - 4\r\n",
	}
	block := manyKeysOf("%d: 1\n", "k%d: |\n  a\n\n  b\n", "k%d:\n- 1\n- b: 2\n  c: 3\n", "# one\nk%d: # two\n  a: 1\n", "\"k%d\": [1,\n  {a: b}]\n",
		"'k%d': 'it''s\n  more'\n", "k%d: &a {b: c}\n", "k%d:\n  <<: *a\n  d: *a\n", "k%d: plain\n  goes on\n", "k%d:\n", "# three\n\nk%d: >-\n  x\n")
	texts["a long block"] = block
	texts["a long block inside"] = "x:\n  " + strings.TrimSpace(strings.ReplaceAll(block, "\n", "\n  ")) + "\ny: 1\n"
	texts["long blocks in a list"] = strings.Repeat("-\n  "+strings.TrimSpace(strings.ReplaceAll(block, "\n", "\n  "))+"\n", 4)
	texts["a long block with a list"] = "a:\n" + strings.Repeat("- b: 1\n", 9) + block
	texts["a long block with a key again"] = block + "k1: 2\n" + manyKeysOf("l%d: 1\n")
	texts["a long block of merges"] = "a: &a {b: c}\n" + manyKeysOf("k%d: 1\n") + "<<: *a\n" + manyKeysOf("l%d: 1\n")
	texts["a long block with more than keys"] = block + "? z\n: 1\n&x y: 2\n" + manyKeysOf("l%d: 1\n")
	texts["a long block that ends"] = block + "- 1\n"
	texts["a long block with a key that is none"] = block + "k: l: m\n" + manyKeysOf("l%d: 1\n")
	files, err := filepath.Glob("../../scenarios/*.yaml")
	if more, err2 := filepath.Glob("../../docs/reference/*.yaml"); err == nil && err2 == nil {
		files = append(files, more...)
	}
	if err != nil || len(files) < 10 {
		t.Fatalf("%v: %v", err, files)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[file] = string(text)
	}
	sum := 0
	for name, text := range texts {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		whole, _, told := inParts(text, 0)
		for _, most := range []int{1, 7} {
			root, parts, said := inParts(text, most)
			if sum += parts; told == "" && !sameWithPlaces(root, whole) || said != told {
				t.Errorf("%s: in parts of %d tokens\n%s %s\nas a whole\n%s %s", name, most, root, said, whole, told)
			}
		}
	}
	if sum < 50 {
		t.Errorf("%d parts", sum)
	}
}

// manyKeysOf is a block of more keys than the parser is given at once, in turn of
// some forms.
func manyKeysOf(forms ...string) string {
	var b strings.Builder
	for i := range 3 * manyKeys {
		b.WriteString(strings.ReplaceAll(forms[i%len(forms)], "%d", Int(i).Text))
	}
	return b.String()
}

// sameWithPlaces compares all but where nothing was written for null.
func sameWithPlaces(a, b Value) bool {
	if a.Kind != b.Kind || a.Text != b.Text || a.at != b.at && a.Kind != Null || len(a.Members) != len(b.Members) {
		return false
	}
	for i := range a.Members {
		if a.Members[i].Key != b.Members[i].Key || a.Members[i].at != b.Members[i].at || !sameWithPlaces(a.Members[i].Value, b.Members[i].Value) {
			return false
		}
	}
	return true
}

// TestLongList: a long list is read in parts, and what is wrong with one item is told
// at its place.
func TestLongList(t *testing.T) {
	t.Parallel()
	const n = fewTokens / 3
	text := "a:\n" + strings.Repeat("  - b: 1\n", n)
	read, err := Read("x.yaml", []byte(text))
	if err != nil || len(read.Root.Members[0].Value.Members) != n {
		t.Fatalf("%v", err)
	}
	_, err = Read("x.yaml", []byte(strings.Replace(text, strings.Repeat("  - b: 1\n", n/2), strings.Repeat("  - b: 1\n", n/2-1)+"  - b: 1: 2\n", 1)))
	if err == nil || !strings.HasPrefix(err.Error(), "x.yaml:"+Int(n/2+1).Text+":") {
		t.Errorf("%v", err)
	}
}
