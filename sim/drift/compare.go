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
	if t.kind != o.kind {
		if !rule.nullable || t.kind != nullKind && o.kind != nullKind {
			b.differ(pointer, kindNames[t.kind], kindNames[o.kind])
		}
		return
	}
	switch t.kind {
	case nullKind:
	case objectKind:
		if !rule.mayBeEmpty || len(t.items) > 0 && len(o.items) > 0 {
			b.objects(pointer, t, o)
		}
	case listKind:
		b.lists(pointer, t, o, rule)
	default:
		b.scalars(pointer, key, t, o, rule)
	}
}

func (b *bodies) lists(pointer string, t, o *node, rule rule) {
	if len(t.items) != len(o.items) && !rule.mayBeEmpty {
		b.differ(pointer, counted(len(t.items)), counted(len(o.items)))
	}
	for i := range min(len(t.items), len(o.items)) {
		b.values(pointer+"/"+strconv.Itoa(i), "", t.items[i], o.items[i])
	}
}

// objects compares the keys, their order, and what stands under them.
func (b *bodies) objects(pointer string, t, o *node) {
	before := len(b.found)
	for i, key := range t.keys {
		at := pointer + "/" + escape(key)
		switch other := o.get(key); {
		case slices.Index(t.keys, key) != i:
			b.differ(at, "the key twice", "it once")
		case other == nil:
			b.differ(at, kindNames[t.items[i].kind], "no such key")
		}
	}
	for i, key := range o.keys {
		if t.get(key) == nil {
			b.differ(pointer+"/"+escape(key), "no such key", kindNames[o.items[i].kind])
		}
	}
	if len(b.found) == before && !slices.Equal(t.keys, o.keys) {
		b.differ(pointer, "the keys in the order "+names(t.keys), names(o.keys))
	}
	for i, key := range o.keys {
		if other := t.get(key); other != nil {
			b.values(pointer+"/"+escape(key), key, other, o.items[i])
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
		theirs, ours := relative(t.text, b.targetBase), relative(o.text, b.ownBase)
		if theirs != ours {
			b.differ(pointer, quote(theirs), quote(ours))
		}
	case t.text != o.text:
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
	if n.kind == textKind {
		return quote(n.text)
	}
	return clip(n.encode())
}

func names(keys []string) string { return clip(strings.Join(keys, ", ")) }

func counted(n int) string {
	if n == 1 {
		return "1 element"
	}
	return fmt.Sprintf("%d elements", n)
}

func escape(key string) string { return clip(document.Escape(key)) }

// blurred is a page of a list of which only the form can be compared, since
// others than the known processes are in it: counts, and what follows from
// them, are taken away, and of the resources one is kept for each way in which
// they differ.
func blurred(page *node) *node {
	out := &node{kind: page.kind, text: page.text, keys: page.keys, items: slices.Clone(page.items)}
	for i, key := range out.keys {
		switch key {
		case "pagination":
			out.items[i] = blurredPagination(page.items[i])
		case "resources":
			out.items[i] = blurredResources(page.items[i])
		}
	}
	return out
}

func blurredPagination(n *node) *node {
	out := &node{kind: n.kind, text: n.text, keys: n.keys, items: slices.Clone(n.items)}
	for i, key := range out.keys {
		switch item := out.items[i]; key {
		case "total_results", "total_pages":
			if _, ok := item.whole(0, 1<<62); ok {
				out.items[i] = &node{kind: numberKind, text: "1"}
			}
		case "last", "next":
			if link := item.get("href"); key == "next" && item.kind == nullKind || link != nil && pageNumber.MatchString(link.text) {
				out.items[i] = &node{kind: nullKind}
			}
		}
	}
	return out
}

func blurredResources(list *node) *node {
	out := &node{kind: list.kind}
	for _, item := range list.list() {
		one := &node{kind: item.kind, text: item.text, keys: item.keys}
		for i, key := range item.keys {
			value := &node{kind: nullKind}
			if key == "command" && item.items[i].kind == textKind {
				value = &node{kind: textKind, text: redaction(item.items[i].text)}
			}
			one.items = append(one.items, value)
		}
		if !slices.ContainsFunc(out.items, func(other *node) bool { return slices.Equal(other.keys, one.keys) && same(other, one) }) {
			out.items = append(out.items, one)
		}
	}
	return out
}

// repeat makes the only way in which resources of the mirror look as frequent as
// the ways of the target, so that each of these is compared with it.
func repeat(list *node, times int) {
	for only := list.item(0); only != nil && len(list.items) < times; {
		list.items = append(list.items, only)
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
