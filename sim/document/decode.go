package document

import (
	"cmp"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Decode fills a Go value, as json.Unmarshal does. A whole number may be
// written as 5.0 or 1e3 where an integer is wanted.
func (v Value) Decode(into any) error {
	if json.Unmarshal(v.AppendJSON(nil), into) == nil {
		return nil
	}
	return json.Unmarshal(v.append(nil, wholeNumber), into)
}

func asWritten(digits string) string { return digits }

// wholeNumber gives a whole number the form of an integer.
func wholeNumber(digits string) string {
	if !strings.ContainsAny(digits, ".eE") {
		return digits
	}
	const exact = 1 << 53
	value, err := strconv.ParseFloat(digits, 64)
	if err == nil && value == math.Trunc(value) && math.Abs(value) <= exact {
		return strconv.FormatInt(int64(value), 10)
	}
	return digits
}

// manyItems is how long a list may be that is decoded as a whole.
const manyItems = 100

// DecodeUntil is Decode into a struct for somebody who may leave: the items of
// long lists are decoded one by one.
func (v Value) DecodeUntil(stop *Stop, into any) error {
	return v.decode(stop, reflect.ValueOf(into).Elem())
}

func (v Value) decode(stop *Stop, into reflect.Value) error {
	short := v
	var long []int // members
	var lists []reflect.Value
	for i, member := range v.Members {
		if member.Value.Kind != Array || len(member.Value.Members) <= manyItems {
			continue
		}
		if list := listOf(into, member.Key); list.IsValid() {
			if long == nil {
				short.Members = slices.Clone(v.Members)
			}
			short.Members[i].Value = Value{}
			long, lists = append(long, i), append(lists, list)
		}
	}
	err := short.Decode(into.Addr().Interface())
	for i, at := range long {
		items := v.Members[at].Value.Members
		lists[i].Set(reflect.MakeSlice(lists[i].Type(), len(items), len(items)))
		for j, item := range items {
			if left := stop.Step(); left != nil {
				return left
			}
			err = cmp.Or(err, item.Value.decode(stop, lists[i].Index(j)))
		}
	}
	return err
}

// listOf is the field of a struct that takes the list under a key, if there is
// one and neither type reads JSON by itself.
func listOf(of reflect.Value, key string) (list reflect.Value) {
	if of.Kind() != reflect.Struct || reflect.PointerTo(of.Type()).Implements(unmarshalerType) {
		return list
	}
	for _, field := range fieldsOf(of.Type(), nil) {
		if field.key == key && len(field.index) == 1 {
			list = of.FieldByIndex(field.index)
		}
	}
	if !list.IsValid() || list.Kind() != reflect.Slice || reflect.PointerTo(list.Type()).Implements(unmarshalerType) {
		return reflect.Value{}
	}
	return list
}

var unmarshalerType = reflect.TypeFor[json.Unmarshaler]()
