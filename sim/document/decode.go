package document

import (
	"cmp"
	"encoding"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Decode fills a Go value as json.Unmarshal does, but for keys, which have to be
// written as the type has them, and for whole numbers, which may be written as 5.0
// or 1e3. What fits is filled whatever does not; the error is about the first.
func (v Value) Decode(into any) error { return v.DecodeUntil(nil, into) }

// DecodeUntil is Decode for somebody who may leave: the error is then the stop's.
func (v Value) DecodeUntil(stop *Stop, into any) error {
	to := reflect.ValueOf(into).Elem()
	err := decoderOf(to.Type())(stop, v, to)
	return cmp.Or(stop.Step(), err)
}

// Taker has a form of its own in documents, which it reads itself. It copies the
// texts that it keeps: those of the document are not to be kept for them.
type Taker interface{ TakeValue(v Value) error }

// UnmarshalJSON reads the form that a Go value has in documents.
func UnmarshalJSON(raw []byte, into Taker) error {
	v, err := Decode(raw)
	if err != nil {
		return err
	}
	return into.TakeValue(v)
}

// misfit is a part of a value that could not be decoded.
type misfit struct {
	pointer string
	error
}

func (m *misfit) Unwrap() error { return m.error }

// under adds to an error of a member where it is.
func under(step any, err error) error {
	var inside *misfit
	if errors.As(err, &inside) {
		inside.pointer = Pointer(step) + inside.pointer
		return inside
	}
	return &misfit{Pointer(step), err}
}

// Misfit says why a value could not be decoded, and where.
func Misfit(err error) Violation {
	var inside *misfit
	if errors.As(err, &inside) {
		return Violation{Pointer: inside.pointer, Message: inside.Error()}
	}
	return Violation{Message: err.Error()}
}

// decoder fills a Go value of one type. They are made once a type, and only for
// what a document has: encoding/json would look at all that it could have.
type decoder func(stop *Stop, v Value, into reflect.Value) error

var decoders sync.Map // reflect.Type -> decoder

func decoderOf(t reflect.Type) decoder { return onceAType(&decoders, t, newDecoder) }

// onceAType is what is made once a type.
func onceAType[T any](all *sync.Map, t reflect.Type, made func(reflect.Type) T) T {
	one, known := all.Load(t)
	if !known {
		one, _ = all.LoadOrStore(t, made(t))
	}
	return one.(T)
}

var (
	takerType       = reflect.TypeFor[Taker]()
	unmarshalerType = reflect.TypeFor[json.Unmarshaler]()
	textReaderType  = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func newDecoder(t reflect.Type) decoder {
	pointer := reflect.PointerTo(t)
	switch {
	case pointer.Implements(takerType):
		return func(_ *Stop, v Value, into reflect.Value) error { return into.Addr().Interface().(Taker).TakeValue(v) }
	case t == timeType:
		return decodeTime
	case pointer.Implements(unmarshalerType) || pointer.Implements(textReaderType) || t == numberType:
		return decodeText
	}
	switch t.Kind() {
	case reflect.Bool, reflect.String, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return decodeSimple
	case reflect.Pointer:
		return decodePointer
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 {
			return decodeList
		}
	case reflect.Map:
		if t.Key() == reflect.TypeFor[string]() {
			return decodeMap
		}
	case reflect.Struct:
		return structDecoder(t)
	}
	return decodeText
}

// decodeText takes the way over the text, for what has a form of its own there,
// and for what does not fit, which encoding/json words.
func decodeText(_ *Stop, v Value, into reflect.Value) error {
	if json.Unmarshal(v.AppendJSON(nil), into.Addr().Interface()) == nil {
		return nil
	}
	return json.Unmarshal(v.append(nil, wholeNumber), into.Addr().Interface())
}

// decodeTime fills a time; what is none is worded by encoding/json.
func decodeTime(stop *Stop, v Value, into reflect.Value) error {
	if v.Kind == String && into.Addr().Interface().(*time.Time).UnmarshalText([]byte(v.Text)) == nil {
		return nil
	}
	return decodeText(stop, v, into)
}

// decodeSimple fills what has no parts. Texts are copied: that of the document is not to
// be kept for them.
func decodeSimple(stop *Stop, v Value, into reflect.Value) error {
	switch kind := into.Kind(); {
	case v.Kind == Bool && kind == reflect.Bool:
		into.SetBool(v.Text == "true")
		return nil
	case v.Kind == String && kind == reflect.String:
		into.SetString(strings.Clone(v.Text))
		return nil
	case v.Kind == Number && into.CanInt():
		if n, err := strconv.ParseInt(wholeNumber(v.Text), 10, into.Type().Bits()); err == nil {
			into.SetInt(n)
			return nil
		}
	}
	return decodeText(stop, v, into)
}

func decodePointer(stop *Stop, v Value, into reflect.Value) error {
	if v.Kind == Null {
		into.SetZero()
		return nil
	}
	if into.IsNil() {
		into.Set(reflect.New(into.Type().Elem()))
	}
	return decoderOf(into.Type().Elem())(stop, v, into.Elem())
}

func decodeList(stop *Stop, v Value, into reflect.Value) (err error) {
	if v.Kind != Array {
		return decodeText(stop, v, into)
	}
	into.Set(reflect.MakeSlice(into.Type(), len(v.Members), len(v.Members)))
	of := decoderOf(into.Type().Elem())
	var unfolder *Unfolder
	for i, item := range v.Members {
		if left := stop.Step(); left != nil {
			return left
		}
		if item.Value.Kind == Folded {
			if unfolder == nil {
				unfolder = &Unfolder{Stop: stop}
			}
			item.Value = unfolder.Unfold(item.Value)
		}
		if wrong := of(stop, item.Value, into.Index(i)); wrong != nil {
			err = cmp.Or(err, under(i, wrong))
		}
	}
	return err
}

func decodeMap(stop *Stop, v Value, into reflect.Value) (err error) {
	if v.Kind != Object {
		return decodeText(stop, v, into)
	}
	into.Set(reflect.MakeMapWithSize(into.Type(), len(v.Members)))
	of := decoderOf(into.Type().Elem())
	for _, member := range v.Members {
		if left := stop.Step(); left != nil {
			return left
		}
		value := reflect.New(into.Type().Elem()).Elem()
		if wrong := of(stop, member.Value, value); wrong != nil {
			err = cmp.Or(err, under(member.Key, wrong))
		}
		into.SetMapIndex(reflect.ValueOf(strings.Clone(member.Key)), value)
	}
	return err
}

func structDecoder(t reflect.Type) decoder {
	fields := map[string][]int{}
	for _, f := range fieldsOf(t, nil) {
		fields[f.key] = f.index
	}
	return func(stop *Stop, v Value, into reflect.Value) (err error) {
		if v.Kind != Object {
			return decodeText(stop, v, into)
		}
		for _, member := range v.Members {
			if left := stop.Step(); left != nil {
				return left
			}
			index, known := fields[member.Key]
			if !known {
				continue
			}
			field := fieldAt(into, index)
			if wrong := decoderOf(field.Type())(stop, member.Value, field); wrong != nil {
				err = cmp.Or(err, under(member.Key, wrong))
			}
		}
		return err
	}
}

// fieldAt makes the embedded structs on the way that are pointers to nothing.
func fieldAt(of reflect.Value, index []int) reflect.Value {
	for _, i := range index {
		if of.Kind() == reflect.Pointer {
			if of.IsNil() {
				of.Set(reflect.New(of.Type().Elem()))
			}
			of = of.Elem()
		}
		of = of.Field(i)
	}
	return of
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
