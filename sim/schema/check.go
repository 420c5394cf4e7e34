package schema

import (
	"math"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"example.com/capisim/sim/document"
)

// manyMembers is how many items or keys the library is given at once: it makes
// kilobytes of every mistake and cannot be stopped.
const manyMembers = 100

// checking is the check of one value, part by part.
type checking struct {
	stop   *document.Stop
	faults []fault
}

// rest is a long list, or an object of many keys, of which the library was given
// the beginning.
type rest struct {
	of    *jsonschema.Schema
	value document.Value
	from  int // the first member that it was not given
	at    string
}

// check finds what is wrong with a value. What is long is checked in parts, and no
// further when there is more wrong than is told.
func (c *checking) check(of *jsonschema.Schema, value document.Value, at string) error {
	var left []rest
	if err := c.find(of, shortened(of, value, at, &left), at); err != nil {
		return err
	}
	for _, r := range left {
		for i := r.from; i < len(r.value.Members); {
			if len(c.faults) > document.Told {
				return nil
			}
			if err := c.stop.Step(); err != nil {
				return err
			}
			part, of, at := r.value, r.of, r.at
			end := min(i+manyMembers, len(part.Members))
			if part.Kind == document.Array {
				part, of, at, end = part.Members[i].Value, r.of.Items2020, at+document.Pointer(i), i+1
			} else {
				part.Members = part.Members[i:end]
			}
			if err := c.check(of, part, at); err != nil {
				return err
			}
			i = end
		}
	}
	return nil
}

// find notes what the library finds wrong with the part of a value.
func (c *checking) find(of *jsonschema.Schema, part document.Value, at string) error {
	if sound(of, part) {
		return nil
	}
	exact, err := compiled(of)
	if err != nil {
		return err
	}
	switch err := exact.Validate(part.Any()).(type) {
	case nil:
		return nil
	case *jsonschema.ValidationError:
		first := len(c.faults)
		collect(err, part, &c.faults)
		for i := range c.faults[first:] {
			c.faults[first+i].pointer = at + c.faults[first+i].pointer
		}
		return nil
	default:
		return err
	}
}

// shortened is a value with no more of its long parts than the library is given
// at once.
func shortened(of *jsonschema.Schema, value document.Value, at string, left *[]rest) document.Value {
	for of != nil && of.Ref != nil && of.Properties == nil && of.Items2020 == nil {
		of = of.Ref
	}
	if of == nil || value.Kind != document.Object && value.Kind != document.Array {
		return value
	}
	if keep := atOnce(of, value.Kind); len(value.Members) > max(keep, manyMembers) {
		if value.Kind == document.Object || of.MaxItems < 0 { // else there are too many anyway
			*left = append(*left, rest{of, value, keep, at})
		}
		value.Members = value.Members[:keep]
	}
	copied := false
	for i, member := range value.Members {
		inner, step := of.Properties[member.Key], any(member.Key)
		if value.Kind == document.Array {
			inner, step = of.Items2020, i
		}
		if len(member.Value.Members) == 0 || inner == nil {
			continue
		}
		before := len(*left)
		short := shortened(inner, member.Value, at+document.Pointer(step), left)
		if len(*left) == before && len(short.Members) == len(member.Value.Members) {
			continue
		}
		if !copied {
			value.Members, copied = slices.Clone(value.Members), true
		}
		value.Members[i].Value = short
	}
	return value
}

// atOnce is how many members of a value the library has to be given at once; the
// rest says nothing about the whole.
func atOnce(of *jsonschema.Schema, kind document.Kind) int {
	switch {
	case of.Not != nil || of.If != nil || of.AllOf != nil || of.AnyOf != nil || of.OneOf != nil:
		return math.MaxInt
	case kind == document.Object && of.Properties == nil && of.Required == nil && of.MinProperties <= 1 && of.MaxProperties < 0:
		return manyMembers
	case kind == document.Object, of.Items2020 == nil || of.Contains != nil || of.UniqueItems && of.MaxItems < 0:
		return math.MaxInt
	case of.MaxItems >= 0:
		return of.MaxItems + 1
	}
	return max(1, of.MinItems)
}
