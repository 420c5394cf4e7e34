package scenario

import (
	"fmt"
	"slices"
	"strings"

	"example.com/capisim/sim/document"
)

// names finds the things of one kind by the names that a document uses for
// them. A thing may have several.
type names struct {
	kind   string
	places map[string][]int
	listed []string // first name of each, in their order
	missed int      // how often there was none
}

func newNames(kind string) *names { return &names{kind: kind, places: map[string][]int{}} }

// add notes the names of the thing with this index, which is not below those
// before; empty ones are none.
func (n *names) add(index int, all ...string) {
	for i, name := range all {
		if found := n.places[name]; name == "" || len(found) > 0 && found[len(found)-1] == index {
			continue
		}
		n.places[name] = append(n.places[name], index)
		if i == 0 {
			n.listed = append(n.listed, name)
		}
	}
}

// find returns the index of the thing that a name means, or says why there is
// none.
func (n *names) find(name string) (index int, message string) {
	found := n.places[name]
	if len(found) != 1 {
		n.missed++
	}
	switch {
	case len(found) == 1:
		return found[0], ""
	case n.missed > document.Told: // nobody will read it, and the words would cost more than the name
		return -1, fmt.Sprintf("%q, no such %s", name, n.kind)
	case len(found) > 1:
		return -1, fmt.Sprintf("%q, the name of %d; say which one by its guid", name, len(found))
	case len(n.listed) == 0:
		return -1, fmt.Sprintf("%q, no such %s; there is none", name, n.kind)
	default:
		if meant := document.DidYouMean(name, n.listed); meant != "" {
			return -1, fmt.Sprintf("%q, no such %s%s", name, n.kind, meant)
		}
		return -1, fmt.Sprintf("%q, no such %s; there %s", name, n.kind, n.some())
	}
}

// some lists what there is, as far as one line holds it.
func (n *names) some() string {
	const most = 8
	verb, list := "are ", slices.Compact(slices.Clone(n.listed))
	if len(list) == 1 {
		verb = "is "
	}
	if len(list) > most {
		return verb + strings.Join(list[:most], ", ") + fmt.Sprintf(" and %d more", len(list)-most)
	}
	return verb + strings.Join(list, ", ")
}

// only is find for a reference that may be left out when there is one thing
// only.
func (n *names) only(name string, count int) (index int, message string) {
	switch {
	case name != "":
		return n.find(name)
	case count == 1:
		return 0, ""
	case count == 0:
		return 0, "" // it will be made
	default:
		return -1, fmt.Sprintf("left out, expected a name; there %s", n.some())
	}
}

// directory finds the organizations and spaces of a document by name or guid.
type directory struct {
	orgs, places      *names
	orgCount, inTotal int
}

func newDirectory(doc *Document) directory {
	d := directory{newNames("organization"), newNames("space"), len(doc.Organizations), len(doc.Spaces)}
	for i, org := range doc.Organizations {
		d.orgs.add(i, org.Name, org.GUID)
	}
	for i, space := range doc.Spaces {
		d.places.add(i, space.Name, space.GUID)
	}
	return d
}

func (d directory) organization(name string) (int, string) { return d.orgs.only(name, d.orgCount) }

func (d directory) space(name string) (int, string) { return d.places.only(name, d.inTotal) }
