package contract

import (
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/rails"
)

// How many labels and annotations a process can carry (§8, §18).
const (
	MaxLabels      = 50
	MaxAnnotations = 200
)

// Pair is one label or annotation.
type Pair struct {
	Key, Value string
	Null       bool // shown as null: what an empty array is stored as (§8)
}

// Pairs are labels or annotations in order of insertion (§8). A stored value
// is never changed: Merge returns a new one.
type Pairs []Pair

// DocumentValue is an object with its keys in their order.
func (p Pairs) DocumentValue(m *document.Maker) (document.Value, error) {
	object := document.Value{Kind: document.Object, Members: m.Members(len(p))}
	for _, pair := range p {
		object.Members = append(object.Members, document.Field{Key: pair.Key, Value: document.Text(pair.Value)})
	}
	return object, nil
}

// MarshalJSON writes the object.
func (p Pairs) MarshalJSON() ([]byte, error) { return document.MarshalJSON(p) }

// TakeValue reads an object of texts.
func (p *Pairs) TakeValue(v document.Value) error {
	*p = nil
	for _, member := range v.Members {
		if member.Value.Kind == document.String {
			*p = append(*p, Pair{Key: strings.Clone(member.Key), Value: strings.Clone(member.Value.Text)})
		}
	}
	return nil
}

// UnmarshalJSON reads the object.
func (p *Pairs) UnmarshalJSON(raw []byte) error { return document.UnmarshalJSON(raw, p) }

// Get returns the value of a key.
func (p Pairs) Get(key string) (string, bool) {
	for _, pair := range p {
		if pair.Key == key {
			return pair.Value, true
		}
	}
	return "", false
}

// Metadata is what a resource carries under its key of that name.
type Metadata struct {
	Labels      Pairs `json:"labels,omitempty"`
	Annotations Pairs `json:"annotations,omitempty"`
}

// IsZero says that there is nothing in it.
func (m Metadata) IsZero() bool { return len(m.Labels) == 0 && len(m.Annotations) == 0 }

// PairChange sets a key, to null when Null, or deletes it when Value is nil.
type PairChange struct {
	Key   string
	Value *string
	Null  bool
}

// MetadataUpdate is the part of a body that changes metadata: keys that are
// named are set or deleted, others stay (§8).
type MetadataUpdate struct {
	Labels      []PairChange
	Annotations []PairChange
	Unstorable  bool // the database refuses an annotation
}

// checkMetadata applies §8 to the value of the key metadata; problems begin
// with the attribute's name, as all messages do.
func checkMetadata(metadata document.Value) (update MetadataUpdate, problems []string) {
	report := func(problem string) { problems = append(problems, "Metadata "+problem) }
	if metadata.Kind != document.Object {
		report("must be an object")
		return update, problems
	}
	if unexpected := keysBeside(metadata.Members, "labels", "annotations"); unexpected != nil {
		report("has unexpected field(s): '" + strings.Join(unexpected, "' '") + "'")
	}
	// Not only null but also false counts as "not given" here.
	if labels, _ := document.Get(metadata.Members, "labels"); rails.Truthy(labels) {
		if labels.Kind == document.Object {
			update.Labels = checkLabels(labels.Members, report)
		} else {
			report("'labels' is not an object")
		}
	}
	if annotations, _ := document.Get(metadata.Members, "annotations"); rails.Truthy(annotations) {
		if annotations.Kind == document.Object {
			update.Annotations = checkAnnotations(annotations.Members, report)
			update.Unstorable = slices.ContainsFunc(annotations.Members, func(f document.Field) bool { return !storable(f.Value) })
		} else {
			report("'annotations' is not an object")
		}
	}
	return update, problems
}

// checkLabels checks key and value of each label; a null deletes, its key is
// checked all the same.
func checkLabels(labels []document.Field, report func(string)) []PairChange {
	changes := make([]PairChange, 0, len(labels))
	for _, label := range labels {
		if problem := keyProblem(label.Key); problem != "" {
			report("label key error: " + problem)
		}
		if problem := valueProblem(rails.Rendered(label.Value)); problem != "" {
			report("label value error: " + problem)
		}
		changes = append(changes, change(label))
	}
	return changes
}

// checkAnnotations checks a key only if its value is more than blank: so the
// real server deletes, and stores, under keys that it would refuse otherwise.
func checkAnnotations(annotations []document.Field, report func(string)) []PairChange {
	changes := make([]PairChange, 0, len(annotations))
	for _, annotation := range annotations {
		if rails.Present(annotation.Value) {
			if problem := keyProblem(annotation.Key); problem != "" {
				report("annotation key error: " + problem)
			}
		}
		text := annotation.Value.Text
		if annotation.Value.Kind == document.String && utf8.RuneCountInString(text) > maxAnnotationSize {
			report("annotation value error: '" + document.FirstRunes(text, quotedStart) + "...' is greater than 5000 characters")
		}
		changes = append(changes, changedAnnotation(annotation))
	}
	return changes
}

// changedAnnotation is change, but for an array: the database takes one of a
// single element for that element and an empty one for null.
func changedAnnotation(f document.Field) PairChange {
	c, stored := change(f), f.Value
	for stored.Kind == document.Array && len(stored.Members) > 0 {
		stored = stored.Members[0].Value
	}
	if f.Value.Kind == document.Array {
		text := rails.Rendered(stored)
		if c.Null = stored.Kind == document.Array; c.Null {
			text = ""
		}
		c.Value = &text
	}
	return c
}

// storable says whether the database takes an annotation's value (§8, §9.1): no
// object, no array of several elements, no NUL.
func storable(v document.Value) bool {
	switch v.Kind {
	case document.Object:
		return false
	case document.Array:
		return len(v.Members) == 0 || len(v.Members) == 1 && storable(v.Members[0].Value)
	}
	return !strings.Contains(v.Text, "\x00")
}

func change(f document.Field) PairChange {
	if f.Value.Kind == document.Null {
		return PairChange{Key: storedKey(f.Key)}
	}
	value := rails.Rendered(f.Value)
	return PairChange{Key: storedKey(f.Key), Value: &value}
}

// annotationsOf gives the annotations of a body if they are an object.
func annotationsOf(b Body) []document.Field {
	annotations, _ := dig(b.Fields, []string{"metadata", "annotations"})
	if annotations.Kind != document.Object {
		return nil
	}
	return annotations.Members
}

// sizeless is true for annotation values whose size the real server asks for
// in vain: booleans and decimals. An integer has one.
func sizeless(v document.Value) bool {
	return v.Kind == document.Bool || v.Kind == document.Number && !rails.Integer(v)
}

// Merge applies changes and returns the result; the receiver stays as it is.
// A key that is there keeps its place, a new one goes to the end (§8).
func (p Pairs) Merge(changes []PairChange) Pairs {
	if len(changes) == 0 {
		return p
	}
	merged := slices.Clone(p)
	for _, c := range changes {
		i := slices.IndexFunc(merged, func(pair Pair) bool { return pair.Key == c.Key })
		switch {
		case c.Value == nil && i >= 0:
			merged = slices.Delete(merged, i, i+1)
		case c.Value == nil:
		case i >= 0:
			merged[i] = Pair{Key: c.Key, Value: *c.Value, Null: c.Null}
		default:
			merged = append(merged, Pair{Key: c.Key, Value: *c.Value, Null: c.Null})
		}
	}
	return merged
}

// Merge applies an update to labels and annotations; the receiver stays as it
// is.
func (m Metadata) Merge(u MetadataUpdate) Metadata {
	return Metadata{Labels: m.Labels.Merge(u.Labels), Annotations: m.Annotations.Merge(u.Annotations)}
}

// CheckLimits refuses an update that takes a resource past the number of labels
// or annotations it can carry. One that does not raise the number passes, so
// that a resource above the limit can still be changed (§8). The errors are
// LabelLimitExceeded and AnnotationLimitExceeded.
func CheckLimits(before, after Metadata, u MetadataUpdate) error {
	if exceeds(len(before.Labels), len(after.Labels), MaxLabels) {
		return LabelLimitExceeded.With(len(u.Labels))
	}
	if exceeds(len(before.Annotations), len(after.Annotations), MaxAnnotations) {
		return AnnotationLimitExceeded.With(len(u.Annotations))
	}
	return nil
}

func exceeds(before, after, limit int) bool { return before < after && after > limit }
