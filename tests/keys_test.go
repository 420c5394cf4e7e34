package tests_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/capisim/scenarios"
	"example.com/capisim/schemas"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/scenario"
)

const exampleFolder = "../docs/reference"

// exampleFiles have each key; the second is laid over the first.
var exampleFiles = []string{exampleFolder + "/every-key.yaml", exampleFolder + "/extending.yaml"}

const ruleIntroduction = `# Fault rules

A rule says which requests get another answer than the simulated API's, and which one. It is taken by ` + "`POST /admin/faults`" + ` (one or a list), ` + "`PUT /admin/faults/{id}`" + `, by ` + "`faults`" + ` in a [scenario](scenarios.md), and in part by ` + "`capisim fault set`" + ` and ` + "`PUT /admin/faults/{operation}/{status}`" + `. What it may say is also ` + "`capisim schema fault-rule`" + `, for editors. The ids of operations and the statuses that each can answer are in [operations](operations.md), the names of errors in [errors](errors.md).

The examples are those of [every-key.yaml](every-key.yaml) and [extending.yaml](extending.yaml), scenarios that are loaded by a test.
`

const scenarioIntroduction = `# Scenarios

A scenario is a file in YAML or JSON, or a document given to ` + "`POST /admin/load`" + `: what a world holds and how it behaves. Unknown keys are errors; ` + "`capisim validate FILE`" + ` names each mistake with its line and column. Editors check it by ` + "`capisim schema scenario`" + `: put ` + "`# yaml-language-server: $schema=scenario.schema.json`" + ` into its first line. Whatever is left out gets a realistic value, drawn from the seed. A number or a truth may stand where a text is meant, and keys that begin with ` + "`x-`" + ` are your own, for anchors.

` + "`[]`" + ` stands for an entry of a list, ` + "`NAME`" + ` for a name of your choice. The examples are those of [every-key.yaml](every-key.yaml) and [extending.yaml](extending.yaml), which are loaded by a test.
`

// TestExamples: the files with every key are scenarios.
func TestExamples(t *testing.T) {
	t.Parallel()
	library, err := scenario.NewLibrary(scenarios.FS, exampleFolder)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range exampleFiles {
		if _, err := library.LoadFile(file); err != nil {
			t.Error(err)
		}
	}
}

// keyTable walks a schema and writes a row for each key.
type keyTable struct {
	t    *testing.T
	out  *bytes.Buffer
	seen map[string]bool
	defs map[string]string // definition -> where its keys were written
}

// part is a schema with the document that its references are of.
type part struct {
	schema document.Value
	root   document.Value
	ref    string // the definition that it is
}

func keys(t *testing.T, b *bytes.Buffer, introduction, name string) {
	t.Helper()
	b.WriteString(introduction + "\n| key | what it is | type | left out | example |\n|---|---|---|---|---|\n")
	text, ok := schemas.Text(name)
	if !ok {
		t.Fatalf("no schema %q", name)
	}
	root := read(t, name+".json", text)
	var examples []document.Value
	for _, file := range exampleFiles {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		examples = append(examples, read(t, file, text))
	}
	if name == "fault-rule" {
		examples = below(examples, "faults", "[]")
	}
	k := &keyTable{t: t, out: b, seen: map[string]bool{}, defs: map[string]string{}}
	k.object(part{schema: root, root: root}, "", examples)
}

func read(t *testing.T, file string, text []byte) document.Value {
	t.Helper()
	d, err := document.Read(file, text)
	if err != nil {
		t.Fatal(err)
	}
	return d.Root
}

// object writes the keys of a schema, those of its alternatives too.
func (k *keyTable) object(p part, path string, examples []document.Value) {
	k.t.Helper()
	p = p.resolved(k.t)
	if p.ref != "" {
		if k.defs[p.ref] != "" {
			return
		}
		k.defs[p.ref] = path
	}
	all := p.alternatives()
	listed := slices.ContainsFunc(all, func(a part) bool { _, ok := a.resolved(k.t).get("items"); return ok })
	for i, alternative := range all {
		alternative = alternative.resolved(k.t)
		if _, ok := alternative.get("items"); i > 0 && listed && !ok {
			continue // one that may stand without its list
		}
		required, _ := alternative.get("required")
		properties, _ := alternative.get("properties")
		for _, property := range properties.Members {
			if property.Value.Kind == document.Object && len(property.Value.Members) > 0 {
				k.key(part{schema: property.Value, root: alternative.root}, join(path, property.Key), property.Key, has(required, property.Key), examples)
			}
		}
		if items, ok := alternative.get("items"); ok {
			k.object(part{schema: items, root: alternative.root}, path+"[]", below(examples, "[]"))
		}
		if values, ok := alternative.get("additionalProperties"); ok && values.Kind == document.Object {
			k.object(part{schema: values, root: alternative.root}, join(path, "NAME"), below(examples, "*"))
		}
	}
}

func (k *keyTable) key(p part, path, name string, required bool, parents []document.Value) {
	k.t.Helper()
	if k.seen[path] {
		return
	}
	k.seen[path] = true
	elsewhere := ""
	if path == "faults" {
		elsewhere = "; its keys are those of [fault rules](fault-rules.md)"
	}
	p = p.resolved(k.t)
	if at := k.defs[p.ref]; at != "" && len(p.alternatives()) > 1 {
		elsewhere = "; its keys are those of `" + at + "`"
	}
	what, ok := p.text("description")
	if !ok {
		k.t.Errorf("%s has no description", path)
	}
	what, leftOut := p.leftOut(what)
	if required {
		leftOut = "required"
	}
	kind := p.kind(k.t)
	if leftOut == "" && kind != "object" && !strings.HasPrefix(kind, "list") {
		k.t.Errorf("%s: what becomes of it when it is left out? Its description may end in \"Left out: ...\"", path)
	}
	examples := below(parents, name)
	if len(examples) == 0 {
		k.t.Errorf("%v show no %s", exampleFiles, path)
		return
	}
	example := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(examples[0].String())
	if len(example) > 60 {
		example = ""
	} else {
		example = "`" + escape(example) + "`"
	}
	fmt.Fprintf(k.out, "| `%s` | %s | %s | %s | %s |\n", path, escape(strings.TrimSuffix(what, ".")+elsewhere), escape(kind), escape(leftOut), example)
	if elsewhere == "" {
		k.object(p, path, examples)
	}
}

func escape(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func has(list document.Value, text string) bool {
	for _, item := range list.Members {
		if item.Value.Text == text {
			return true
		}
	}
	return false
}

// below follows keys from each of the examples: "[]" and "*" take all.
func below(values []document.Value, steps ...string) []document.Value {
	for _, step := range steps {
		var next []document.Value
		for _, value := range values {
			for _, member := range value.Members {
				if step == "*" && value.Kind == document.Object || step == "[]" && value.Kind == document.Array || member.Key == step && value.Kind == document.Object {
					next = append(next, member.Value)
				}
			}
		}
		values = next
	}
	return values
}

func (p part) get(key string) (document.Value, bool) { return document.Get(p.schema.Members, key) }

// isObject says that the value is an object, whose keys are described by
// themselves.
func (p part) isObject() bool {
	name, _ := p.text("type")
	return name == "object"
}

func (p part) text(key string) (string, bool) {
	value, ok := p.get(key)
	return value.Text, ok
}

// resolved follows $ref; what stands beside it wins.
func (p part) resolved(t *testing.T) part {
	t.Helper()
	for {
		ref, ok := p.text("$ref")
		if !ok {
			return p
		}
		file, pointer, _ := strings.Cut(ref, "#")
		p.ref = ref
		if file != "" {
			text, _ := schemas.Text(strings.TrimSuffix(file, ".schema.json"))
			p.root = read(t, file, text)
		}
		target := p.root
		for _, step := range strings.FieldsFunc(pointer, func(r rune) bool { return r == '/' }) {
			if target, ok = document.Get(target.Members, step); !ok {
				t.Fatalf("%s leads nowhere", ref)
			}
		}
		merged := document.Value{Kind: document.Object}
		for _, member := range target.Members {
			merged.Members = document.Put(merged.Members, member.Key, member.Value)
		}
		for _, member := range p.schema.Members {
			if member.Key != "$ref" {
				merged.Members = document.Put(merged.Members, member.Key, member.Value)
			}
		}
		p.schema = merged
	}
}

// alternatives are the schema itself and what it may be instead.
func (p part) alternatives() []part {
	all := []part{p}
	for _, key := range []string{"anyOf", "oneOf"} {
		list, _ := p.get(key)
		for _, item := range list.Members {
			all = append(all, part{schema: item.Value, root: p.root})
		}
	}
	for _, key := range []string{"then", "else"} {
		if other, ok := p.get(key); ok {
			all = append(all, part{schema: other, root: p.root})
		}
	}
	return all
}

var (
	leftOutText = regexp.MustCompile(`\s*(Null, 0 or left out|Null or left out|Left out): ([^.]+(?:\.[^ .][^.]*)*)\.?`)
	drawnText   = regexp.MustCompile(`; drawn\.?$`)
)

// leftOut takes out of a description what becomes of a key that is left out.
func (p part) leftOut(what string) (rest, value string) {
	if byDefault, ok := p.get("default"); ok {
		return what, "`" + byDefault.String() + "`"
	}
	if match := leftOutText.FindStringSubmatch(what); match != nil {
		return leftOutText.ReplaceAllString(what, ""), match[2]
	}
	if drawnText.MatchString(what) {
		return drawnText.ReplaceAllString(what, ""), "drawn"
	}
	return what, ""
}

// kind says in words what a schema takes.
func (p part) kind(t *testing.T) string {
	t.Helper()
	p = p.resolved(t)
	if words, ok := p.text("x-expected"); ok && !p.isObject() {
		return words
	}
	if list, ok := p.get("enum"); ok {
		return choice(list)
	}
	if value, ok := p.get("const"); ok {
		return "`" + value.String() + "`"
	}
	for _, key := range []string{"anyOf", "oneOf"} {
		if list, ok := p.get(key); ok && len(p.alternatives()) > 1 {
			var kinds []string
			for _, item := range list.Members {
				if one := (part{schema: item.Value, root: p.root}).kind(t); one != "a value" && !strings.Contains(strings.Join(kinds, "; "), one) {
					kinds = append(kinds, one)
				}
			}
			if _, typed := p.get("type"); !typed && len(kinds) > 0 {
				return strings.Join(kinds, " or ")
			}
		}
	}
	types, ok := p.get("type")
	if !ok {
		if other, ok := p.get("else"); ok {
			return (part{schema: other, root: p.root}).kind(t) + " or object"
		}
		if _, ok := p.get("then"); ok {
			return "a value or object"
		}
		return "a value"
	}
	var kinds []string
	if types.Kind == document.String {
		kinds = []string{p.named(t, types.Text)}
	}
	for _, one := range types.Members {
		kinds = append(kinds, p.named(t, one.Value.Text))
	}
	return strings.Join(kinds, " or ")
}

func choice(list document.Value) string {
	var values []string
	for _, item := range list.Members {
		if item.Value.Text != "" {
			values = append(values, "`"+item.Value.Text+"`")
		}
	}
	if len(values) == 1 {
		return values[0]
	}
	return strings.Join(values[:len(values)-1], ", ") + " or " + values[len(values)-1]
}

func (p part) named(t *testing.T, kind string) string {
	t.Helper()
	switch kind {
	case "string":
		if format, _ := p.text("format"); format == "date-time" {
			return "a time"
		}
		return "text"
	case "boolean":
		return "true or false"
	case "integer", "number":
		words := map[string]string{"integer": "whole number", "number": "number"}[kind]
		least, some := p.text("minimum")
		most, bounded := p.text("maximum")
		switch {
		case some && bounded && len(most) < 12:
			return words + " from " + least + " to " + most
		case some && len(least) < 12:
			return words + " from " + least
		}
		return words
	case "array":
		if items, ok := p.get("items"); ok {
			return "list of: " + (part{schema: items, root: p.root}).kind(t)
		}
		return "list"
	}
	return kind
}
