package api

import (
	"embed"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// What supporting resources look like stands in documents/, as the API shows
// them, with gaps. They are asked for too seldom to be worth an encoder of their
// own.
//
// A text "{name}" stands for any value of that name, and {name} within a text
// for a text. A member whose key ends in a question mark is there only while no
// gap within it is null.

//go:embed documents
var documents embed.FS

var templates = sync.OnceValue(func() map[string]document.Value {
	all := make(map[string]document.Value)
	files, err := documents.ReadDir("documents")
	for _, file := range files {
		var raw []byte
		if raw, err = documents.ReadFile(path.Join("documents", file.Name())); err != nil {
			break
		}
		if all[strings.TrimSuffix(file.Name(), ".json")], err = document.Decode(raw); err != nil {
			break
		}
	}
	if err != nil {
		panic("api: " + err.Error())
	}
	return all
})

// values fill the gaps of a document, by their names.
type values map[string]any

// document is the document of that name; {base} is the address of this world.
func (c *call) document(name string, with values) document.Value {
	template, known := templates()[name]
	if !known {
		panic("api: there is no document " + name)
	}
	filled, _ := with.fill(template, c.base())
	return filled
}

// appendDocument writes that document; see fill.
func (c *call) appendDocument(b []byte, name string, with values) []byte {
	b, _ = with.append(b, templates()[name], c.base())
	return b
}

// append is fill for what goes into an answer as it is: no value is made of it.
func (v values) append(b []byte, template document.Value, base string) (written []byte, whole bool) {
	bracket := byte(']')
	switch template.Kind {
	case document.String:
		return v.appendText(b, template.Text, base)
	case document.Object:
		bracket = '}'
		b = append(b, '{')
	case document.Array:
		b = append(b, '[')
	default:
		return template.AppendJSON(b), true
	}
	begin := len(b)
	whole = true
	for _, member := range template.Members {
		before := len(b)
		if before > begin {
			b = append(b, ',')
		}
		key, optional := strings.CutSuffix(member.Key, "?")
		if template.Kind == document.Object {
			b = append(document.AppendQuoted(b, key), ':')
		}
		good := false
		if b, good = v.append(b, member.Value, base); !good && optional {
			b = b[:before]
			continue
		}
		whole = whole && good
	}
	return append(b, bracket), whole
}

func (v values) appendText(b []byte, template, base string) (written []byte, whole bool) {
	if name, alone := strings.CutPrefix(template, "{"); alone && strings.IndexByte(name, '}') == len(name)-1 {
		value := v.value(name[:len(name)-1], base)
		return value.AppendJSON(b), value.Kind != document.Null
	}
	begin := len(b)
	b = append(b, '"')
	for {
		before, rest, found := strings.Cut(template, "{")
		if b = document.AppendEscaped(b, before); !found {
			return append(b, '"'), true
		}
		name, after, _ := strings.Cut(rest, "}")
		value := v.value(name, base)
		if value.Kind == document.Null {
			return append(b[:begin], "null"...), false
		}
		b = document.AppendEscaped(b, value.Text)
		template = after
	}
}

// fill is a template with its gaps filled, and whether none of them is null.
func (v values) fill(template document.Value, base string) (filled document.Value, whole bool) {
	if template.Kind == document.String {
		return v.fillText(template.Text, base)
	}
	filled, whole = template, true
	filled.Members = make([]document.Field, 0, len(template.Members))
	for _, member := range template.Members {
		value, good := v.fill(member.Value, base)
		key, optional := strings.CutSuffix(member.Key, "?")
		if good || !optional {
			filled.Members = append(filled.Members, document.Field{Key: key, Value: value})
			whole = whole && good
		}
	}
	return filled, whole
}

func (v values) fillText(template, base string) (filled document.Value, whole bool) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{")
		if !found && b.Len() == 0 {
			return document.Text(before), true
		}
		b.Grow(len(template) + len(base))
		b.WriteString(before)
		if !found {
			return document.Text(b.String()), true
		}
		name, after, _ := strings.Cut(rest, "}")
		value := v.value(name, base)
		if value.Kind == document.Null || b.Len() == 0 && after == "" {
			return value, value.Kind != document.Null
		}
		b.WriteString(value.Text)
		template = after
	}
}

func (v values) value(name, base string) document.Value {
	if name == "base" {
		return document.Text(base)
	}
	value, given := v[name]
	switch value := value.(type) {
	case document.Value:
		return value
	case string:
		return document.Text(value)
	case *string:
		if value == nil {
			return document.Value{}
		}
		return document.Text(*value)
	case []string:
		return document.List(shown(value, document.Text)...)
	case time.Time:
		return document.Text(value.UTC().Format(time.RFC3339))
	}
	made, err := document.From(value)
	if err != nil || !given {
		panic("api: no value for " + name)
	}
	return made
}

// shows is an action that answers with the same document always.
func shows(name string, with values) action {
	return func(c *call) (reply, error) { return jsonReply(http.StatusOK, c.document(name, with)), nil }
}

// metadataOf are the labels and annotations of a resource (§8).
func metadataOf(m contract.Metadata) document.Value {
	return objectOf(document.Field{Key: "labels", Value: pairsOf(m.Labels)}, document.Field{Key: "annotations", Value: pairsOf(m.Annotations)})
}

func pairsOf(pairs contract.Pairs) document.Value {
	out := objectOf()
	for _, pair := range pairs {
		value := document.Text(pair.Value)
		if pair.Null {
			value = document.Value{}
		}
		out.Members = append(out.Members, document.Field{Key: pair.Key, Value: value})
	}
	return out
}

func objectOf(members ...document.Field) document.Value {
	return document.Value{Kind: document.Object, Members: members}
}

// guidOf names a resource in a document, null for none.
func guidOf(guid string) document.Value {
	if guid == "" {
		return document.Value{}
	}
	return objectOf(document.Field{Key: "guid", Value: document.Text(guid)})
}

// nullable is a text, null for none.
func nullable(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
