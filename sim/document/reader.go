package document

import (
	"strconv"
	"strings"
)

// Bounds on the number of values, so that a text cannot ask for much more
// memory than it takes itself.
const (
	fewValues     = 50_000
	bytesPerValue = 8 // a key and a value take more
)

// reader builds the values of one document and notes what is wrong with it.
type reader struct {
	*Document
	stop     *Stop
	folds    bool   // what is large and JSON is folded
	left     error  // of the stop
	path     []step // from the root to the value being read
	values   int
	most     int
	stopped  bool
	problems Problems
}

// step is a key, or an index where the key is empty.
type step struct {
	key   string
	index int
	named bool
}

// pointer leads to the value being read, as far as Shown shows it: keys may be
// as long as the text.
func (r *reader) pointer() string {
	var b strings.Builder
	for i := 0; i < len(r.path) && b.Len() <= mostShown; i++ {
		if step := r.path[i]; step.named {
			b.WriteString("/" + Escape(Shown(step.key)))
		} else {
			b.WriteString("/" + strconv.Itoa(step.index))
		}
	}
	return b.String()
}

// note notes a problem of the value being read. All are counted, few are kept.
func (r *reader) note(at int, format string, args ...any) {
	found := r.refuse(at, format, args...)
	found[0].Pointer = r.pointer()
	r.problems = append(r.problems, found...)
	r.stopped = r.stopped || len(r.problems) > Told
}

// begin counts a value. False ends the reading: the document is too deep or has
// too many values, or nobody waits for it.
func (r *reader) begin(at int) bool {
	r.look()
	if r.values++; r.values > r.most {
		r.end(at, "more than %d values, too many for a document of %s", r.most, Count(len(r.text), "byte"))
	}
	if len(r.path) > maxDepth {
		r.end(at, "nested deeper than %d", maxDepth)
	}
	return !r.stopped
}

// look ends the reading when nobody waits for it.
func (r *reader) look() {
	if err := r.stop.Step(); err != nil {
		r.left, r.stopped = err, true
	}
}

// end notes a problem and stops the reading.
func (r *reader) end(at int, format string, args ...any) {
	if !r.stopped {
		r.problems = append(r.problems, r.refuse(at, format, args...)...)
		r.stopped = true
	}
}

// object collects the members of an object and finds keys that appear twice.
type object struct {
	r       *reader
	members []Field
	places  map[string]int // beyond fewMembers
}

// find says which member has a key.
func (o *object) find(key string) (place int, there bool) {
	if o.places != nil {
		place, there = o.places[key]
		return place, there
	}
	for i := range o.members {
		if o.members[i].Key == key {
			return i, true
		}
	}
	return 0, false
}

// add begins a member; false when its key is there already, which is noted.
func (o *object) add(key string, at int) bool {
	if first, again := o.find(key); again {
		line, column := o.r.position(int(o.members[first].at))
		o.r.path = append(o.r.path, step{key: key, named: true})
		o.r.note(at, "key %s appears twice, first at %d:%d", strconv.Quote(Abbreviate(key)), line, column)
		o.r.path = o.r.path[:len(o.r.path)-1]
		return false
	}
	o.members = append(o.members, Field{Key: key, at: uint32(at)})
	if o.places != nil {
		o.places[key] = len(o.members) - 1
	} else if len(o.members) > fewMembers {
		o.places = make(map[string]int, 2*len(o.members))
		for i := range o.members {
			o.places[o.members[i].Key] = i
		}
	}
	return true
}

// in reads a value one step further down.
func (r *reader) in(s step, read func() Value) Value {
	r.path = append(r.path, s)
	v := read()
	r.path = r.path[:len(r.path)-1]
	return v
}
