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

// manyValues is how many values are decoded at once.
const manyValues = 100

// DecodeUntil is Decode for somebody who may leave: what is large is decoded part
// by part.
func (v Value) DecodeUntil(stop *Stop, into any) error {
	err := v.decode(stop, reflect.ValueOf(into).Elem())
	return cmp.Or(stop.Step(), err)
}

func (v Value) decode(stop *Stop, into reflect.Value) error {
	if left := stop.Step(); left != nil {
		return left
	}
	to := into.Type()
	whole := !v.large() || reflect.PointerTo(to).Implements(unmarshalerType)
	switch {
	case whole:
	case to.Kind() == reflect.Pointer:
		into.Set(reflect.New(to.Elem()))
		return v.decode(stop, into.Elem())
	case to.Kind() == reflect.Struct && v.Kind == Object:
		return v.decodeStruct(stop, into)
	case to.Kind() == reflect.Slice && v.Kind == Array:
		return v.decodeSlice(stop, into)
	case to.Kind() == reflect.Map && to.Key() == reflect.TypeFor[string]() && v.Kind == Object:
		return v.decodeMap(stop, into)
	}
	return v.Decode(into.Addr().Interface())
}

func (v Value) large() bool { return v.within(manyValues) > manyValues }

// within counts the values inside of a value, no further than most.
func (v Value) within(most int) int {
	n := len(v.Members)
	for i := 0; i < len(v.Members) && n <= most; i++ {
		n += v.Members[i].Value.within(most - n)
	}
	return n
}

// decodeStruct decodes what is large on its own and the rest as one.
func (v Value) decodeStruct(stop *Stop, into reflect.Value) (err error) {
	fields := fieldsOf(into.Type(), nil)
	rest := Value{Kind: Object, Members: make([]Field, 0, len(v.Members))}
	for _, member := range v.Members {
		i := slices.IndexFunc(fields, func(f structField) bool { return f.key == member.Key && len(f.index) == 1 })
		if i < 0 || !member.Value.large() {
			rest.Members = append(rest.Members, member)
			continue
		}
		err = cmp.Or(err, member.Value.decode(stop, into.FieldByIndex(fields[i].index)))
	}
	return cmp.Or(rest.Decode(into.Addr().Interface()), err)
}

// decodeSlice decodes small items by the dozen: a decoder for each would cost more
// than what it does.
func (v Value) decodeSlice(stop *Stop, into reflect.Value) (err error) {
	into.Set(reflect.MakeSlice(into.Type(), len(v.Members), len(v.Members)))
	some := reflect.New(into.Type())
	for i, n := 0, 0; i < len(v.Members); i += n {
		n = dozen(v.Members[i:])
		if left := stop.Steps(n); left != nil {
			return left
		}
		if n == 1 {
			err = cmp.Or(err, v.Members[i].Value.decode(stop, into.Index(i)))
			continue
		}
		some.Elem().Set(into.Slice3(i, i, i+n)) // its array is filled
		err = cmp.Or(err, Value{Kind: Array, Members: v.Members[i : i+n]}.Decode(some.Interface()))
	}
	return err
}

func (v Value) decodeMap(stop *Stop, into reflect.Value) (err error) {
	into.Set(reflect.MakeMapWithSize(into.Type(), len(v.Members)))
	for i, n := 0, 0; i < len(v.Members); i += n {
		n = dozen(v.Members[i:])
		if left := stop.Steps(n); left != nil {
			return left
		}
		if n == 1 {
			item := reflect.New(into.Type().Elem()).Elem()
			err = cmp.Or(err, v.Members[i].Value.decode(stop, item))
			into.SetMapIndex(reflect.ValueOf(v.Members[i].Key), item)
			continue
		}
		err = cmp.Or(err, Value{Kind: Object, Members: v.Members[i : i+n]}.Decode(into.Addr().Interface()))
	}
	return err
}

// dozen is how many of some members, one at least, are so small together that they
// are decoded at once.
func dozen(members []Field) (n int) {
	for values := 0; n < len(members); n++ {
		values += 1 + members[n].Value.within(manyValues)
		if n > 0 && values > manyValues {
			break
		}
	}
	return n
}

var unmarshalerType = reflect.TypeFor[json.Unmarshaler]()
