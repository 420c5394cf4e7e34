package drift

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// comparer tells how two answers to one question differ.
type comparer struct {
	targetBase string // what links of the target begin with
	ownBase    string // what links of the mirror begin with
	routed     bool   // a router of the target gives ids to requests
}

// answers compares two answers. Another status is one finding: what comes with
// it follows from it.
func (c *comparer) answers(p *probe, theirs, ours *answer) []finding {
	if theirs.status != ours.status {
		return []finding{{"status", theirs.summary(), ours.summary()}}
	}
	found := c.headers(p, theirs.header, ours.header)
	switch {
	case p.method == http.MethodHead:
		return found
	case len(ours.body) == 0:
		if len(theirs.body) > 0 {
			found = append(found, finding{"", fmt.Sprintf("%d bytes", len(theirs.body)), "nothing"})
		}
		return found
	case theirs.cut:
		return append(found, finding{"", fmt.Sprintf("more than %d bytes", maxBody), fmt.Sprintf("%d bytes", len(ours.body))})
	}
	t, o := theirs.json(), ours.json()
	if o == nil { // a text of the framework's
		if string(theirs.body) != string(ours.body) {
			found = append(found, finding{"", quote(string(theirs.body[:min(len(theirs.body), maxText)])), quote(string(ours.body))})
		}
		return found
	}
	if t == nil {
		return append(found, finding{"", "no JSON: " + quote(string(theirs.body[:min(len(theirs.body), maxText)])), "JSON"})
	}
	at := ""
	if p.counts {
		at, t, o = "/pagination", t.get("pagination"), o.get("pagination")
		if t == nil {
			return append(found, finding{"/pagination", "no such key", "an object"})
		}
	}
	if p.crowd {
		t, o = blurred(t), blurred(o)
		repeat(o.get("resources"), len(t.get("resources").list()))
	}
	b := bodies{comparer: c, found: found}
	b.values(at, "", t, o)
	return b.found
}

// bodies is the comparison of two bodies on its way.
type bodies struct {
	*comparer
	found []finding
}

func (b *bodies) differ(pointer, target, capisim string) {
	b.found = append(b.found, finding{pointer, target, capisim})
}

// values compares two values. The pointer says where they stand; the key is
// the last of it.
func (b *bodies) values(pointer, key string, t, o *node) {
	rule := rules[place(pointer)]
	if t.Kind != o.Kind {
		if !rule.nullable || t.Kind != document.Null && o.Kind != document.Null {
			b.differ(pointer, kindNames[t.Kind], kindNames[o.Kind])
		}
		return
	}
	switch t.Kind {
	case document.Null:
	case document.Object:
		if !rule.mayBeEmpty || len(t.Members) > 0 && len(o.Members) > 0 {
			b.objects(pointer, t, o)
		}
	case document.Array:
		b.lists(pointer, t, o, rule)
	default:
		b.scalars(pointer, key, t, o, rule)
	}
}

func (b *bodies) lists(pointer string, t, o *node, rule rule) {
	if len(t.Members) != len(o.Members) && !rule.mayBeEmpty {
		b.differ(pointer, document.Count(len(t.Members), "element"), document.Count(len(o.Members), "element"))
	}
	for i := range min(len(t.Members), len(o.Members)) {
		b.values(pointer+"/"+strconv.Itoa(i), "", t.at(i), o.at(i))
	}
}

// objects compares the keys, their order, and what stands under them.
func (b *bodies) objects(pointer string, t, o *node) {
	before, theirs, ours := len(b.found), t.keys(), o.keys()
	their, our := t.finder(), o.finder()
	for i, key := range theirs {
		at := pointer + "/" + escape(key)
		switch {
		case their(key) != t.at(i):
			b.differ(at, "the key twice", "it once")
		case our(key) == nil:
			b.differ(at, kindNames[t.at(i).Kind], "no such key")
		}
	}
	for i, key := range ours {
		if their(key) == nil {
			b.differ(pointer+"/"+escape(key), "no such key", kindNames[o.at(i).Kind])
		}
	}
	if len(b.found) == before && !slices.Equal(theirs, ours) {
		b.differ(pointer, "the keys in the order "+names(theirs), names(ours))
	}
	for i, key := range ours {
		if other := their(key); other != nil {
			b.values(pointer+"/"+escape(key), key, other, o.at(i))
		}
	}
}

func (b *bodies) scalars(pointer, key string, t, o *node, rule rule) {
	switch {
	case rule.form != nil:
		if problem := rule.form(t, o); problem != "" {
			b.differ(pointer, shownValue(t), problem)
		}
	case key == "href":
		theirs, ours := relative(t.Text, b.targetBase), relative(o.Text, b.ownBase)
		if theirs != ours {
			b.differ(pointer, quote(theirs), quote(ours))
		}
	case t.Text != o.Text:
		b.differ(pointer, shownValue(t), shownValue(o))
	}
}

// relative is a link without the address that all links of its side begin with.
func relative(link, base string) string {
	if rest, ok := strings.CutPrefix(link, base); ok {
		return rest
	}
	return link
}

func shownValue(n *node) string {
	if n.Kind == document.String {
		return quote(n.Text)
	}
	return clip(n.encode())
}

func names(keys []string) string { return clip(strings.Join(keys, ", ")) }

func escape(key string) string { return clip(document.Escape(key)) }

// blurred is a page of a list of which only the form can be compared, since
// others than the known processes are in it: counts, and what follows from
// them, are taken away, and of the resources one is kept for each way in which
// they differ.
func blurred(page *node) *node {
	return replaced(page, func(key string, value *node) *node {
		switch key {
		case "pagination":
			return replaced(value, blurredLink)
		case "resources":
			return blurredResources(value)
		}
		return value
	})
}

// replaced is an object with other values under its keys.
func replaced(n *node, by func(key string, value *node) *node) *node {
	out := *n
	out.Members = slices.Clone(n.Members)
	for i, member := range n.Members {
		out.Members[i].Value = document.Value(*by(member.Key, n.at(i)))
	}
	return &out
}

// blurredLink is a member of a pagination without what counts.
func blurredLink(key string, value *node) *node {
	switch key {
	case "total_results", "total_pages":
		if _, ok := value.whole(0, 1<<62); ok {
			return &node{Kind: document.Number, Text: "1"}
		}
	case "last", "next":
		if link := value.get("href"); key == "next" && value.Kind == document.Null || link != nil && pageNumber().MatchString(link.Text) {
			return &node{}
		}
	}
	return value
}

func blurredResources(list *node) *node {
	out, known := &node{Kind: list.Kind}, map[string]bool{}
	for _, item := range list.list() {
		one := replaced(item, func(key string, value *node) *node {
			if key == "command" && value.Kind == document.String {
				return &node{Kind: document.String, Text: redaction(value.Text)}
			}
			return &node{}
		})
		if way := one.encode(); !known[way] {
			known[way] = true
			out.Members = append(out.Members, document.Field{Value: document.Value(*one)})
		}
	}
	return out
}

// repeat makes the only way in which resources of the mirror look as frequent as
// the ways of the target, so that each of these is compared with it.
func repeat(list *node, times int) {
	for list.first() != nil && len(list.Members) < times {
		list.Members = append(list.Members, list.Members[0])
	}
}

// redaction is a command if it is one of the texts that stand for a hidden one
// (§12), else the same word for all.
func redaction(command string) string {
	if command == contract.HiddenCommand || command == contract.HiddenCommandInList {
		return command
	}
	if command != "" && strings.TrimSpace(command) == "" {
		return "blanks"
	}
	return "a command"
}
