package document

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Valuer has a form of its own in documents, made by a Maker.
type Valuer interface{ DocumentValue(m *Maker) (Value, error) }

// MarshalJSON writes the form that a Go value has in documents.
func MarshalJSON(v Valuer) ([]byte, error) {
	value, err := v.DocumentValue(new(Maker))
	return value.AppendJSON(nil), err
}

// From makes a value of a Go value, as json.Marshal writes it.
func From(value any) (Value, error) { return new(Maker).From(value) }

// Maker makes values of many Go values in the same memory.
type Maker struct {
	slab []Field
	used int
}

// From is the function of that name; what it returned before is no longer good.
// A pointer spares copies.
func (m *Maker) From(value any) (Value, error) {
	m.used = 0
	return m.Part(value)
}

// Part makes the value of a part of what is being made.
func (m *Maker) Part(value any) (Value, error) {
	v := reflect.ValueOf(value)
	if !v.IsValid() {
		return Value{}, nil
	}
	return encoderOf(v.Type())(m, v)
}

// Bounds of the pieces in which a Maker takes memory, in members.
const (
	firstPiece = 16
	mostPiece  = 4096
)

// Members returns room for members.
func (m *Maker) Members(n int) []Field {
	if m.used+n > len(m.slab) {
		m.slab = make([]Field, max(n, firstPiece, min(2*len(m.slab), mostPiece)))
		m.used = 0
	}
	m.used += n
	return m.slab[m.used-n : m.used-n : m.used]
}

// encoder makes a value of what a type holds. They are made once a type.
type encoder func(m *Maker, v reflect.Value) (Value, error)

var encoders sync.Map // reflect.Type -> encoder

func encoderOf(t reflect.Type) encoder { return onceAType(&encoders, t, newEncoder) }

var (
	valuerType    = reflect.TypeFor[Valuer]()
	marshalerType = reflect.TypeFor[json.Marshaler]()
	textType      = reflect.TypeFor[encoding.TextMarshaler]()
	numberType    = reflect.TypeFor[json.Number]()
	timeType      = reflect.TypeFor[time.Time]()
)

func newEncoder(t reflect.Type) encoder {
	pointer := reflect.PointerTo(t)
	switch kind := t.Kind(); {
	case kind == reflect.Pointer, kind == reflect.Interface:
		return nilOr(t, func(m *Maker, v reflect.Value) (Value, error) { return encoderOf(v.Elem().Type())(m, v.Elem()) })
	case t.Implements(valuerType):
		return nilOr(t, func(m *Maker, v reflect.Value) (Value, error) { return iface(v).(Valuer).DocumentValue(m) })
	case t == timeType:
		return moment
	case pointer.Implements(marshalerType), pointer.Implements(textType), t == numberType:
		return marshaled
	}
	switch t.Kind() {
	case reflect.Bool:
		return func(_ *Maker, v reflect.Value) (Value, error) {
			return Value{Kind: Bool, Text: strconv.FormatBool(v.Bool())}, nil
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(_ *Maker, v reflect.Value) (Value, error) {
			return Value{Kind: Number, Text: strconv.FormatInt(v.Int(), 10)}, nil
		}
	case reflect.String:
		return func(_ *Maker, v reflect.Value) (Value, error) {
			if text := v.String(); utf8.ValidString(text) {
				return Text(text), nil
			}
			return marshaled(nil, v)
		}
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return marshaled
		}
		return nilOr(t, listed)
	case reflect.Map:
		if t.Key().Kind() != reflect.String || t.Key().Implements(textType) {
			return marshaled
		}
		return nilOr(t, mapped)
	case reflect.Struct:
		return structEncoder(t)
	default:
		return marshaled
	}
}

// nilOr makes null of nil.
func nilOr(t reflect.Type, of encoder) encoder {
	switch t.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map:
	default:
		return of
	}
	return func(m *Maker, v reflect.Value) (Value, error) {
		if v.IsNil() {
			return Value{}, nil
		}
		return of(m, v)
	}
}

// iface is what a value holds, or points to where that spares a copy.
func iface(v reflect.Value) any {
	if v.CanAddr() {
		return v.Addr().Interface()
	}
	return v.Interface()
}

// marshaled takes the way over the text, for what has a form of its own there.
func marshaled(_ *Maker, v reflect.Value) (Value, error) {
	of := v.Interface()
	if !v.Type().Implements(marshalerType) {
		of = iface(v) // a pointer may have the method
	}
	raw, err := json.Marshal(of)
	if err != nil {
		return Value{}, err
	}
	return Decode(raw)
}

// moment is a time in RFC 3339, which has no years of five digits.
func moment(m *Maker, v reflect.Value) (Value, error) {
	if !v.CanAddr() {
		return marshaled(m, v)
	}
	at := v.Addr().Interface().(*time.Time)
	if at.Year() < 0 || at.Year() > 9999 {
		return marshaled(m, v)
	}
	return Text(at.Format(time.RFC3339Nano)), nil
}

func listed(m *Maker, v reflect.Value) (Value, error) {
	made := Value{Kind: Array, Members: m.Members(v.Len())}
	of := encoderOf(v.Type().Elem())
	for i := range v.Len() {
		item, err := of(m, v.Index(i))
		if err != nil {
			return made, err
		}
		made.Members = append(made.Members, Field{Value: item})
	}
	return made, nil
}

func mapped(m *Maker, v reflect.Value) (Value, error) {
	made := Value{Kind: Object, Members: m.Members(v.Len())}
	of := encoderOf(v.Type().Elem())
	for each := v.MapRange(); each.Next(); {
		member, err := of(m, each.Value())
		if err != nil {
			return made, err
		}
		made.Members = append(made.Members, Field{Key: each.Key().String(), Value: member})
	}
	slices.SortFunc(made.Members, func(a, b Field) int { return strings.Compare(a.Key, b.Key) })
	return made, nil
}

// structField is a field of a struct that a document shows.
type structField struct {
	key       string
	index     []int          // through embedded structs
	of        func() encoder // of its type, which may be one that is being made
	omitEmpty bool
	omitZero  bool
}

func structEncoder(t reflect.Type) encoder {
	fields := fieldsOf(t, nil)
	return func(m *Maker, v reflect.Value) (Value, error) {
		made := Value{Kind: Object, Members: m.Members(len(fields))}
		for i := range fields {
			f := &fields[i]
			inside, err := v.FieldByIndexErr(f.index)
			if err != nil || f.omitEmpty && empty(inside) || f.omitZero && zero(inside) {
				continue // the error is an embedded pointer to nothing
			}
			member, err := f.of()(m, inside)
			if err != nil {
				return made, err
			}
			made.Members = append(made.Members, Field{Key: f.key, Value: member})
		}
		return made, nil
	}
}

// fieldsOf lists the fields in their order, those of embedded structs in the
// place of these. A field hides those of its name further in.
func fieldsOf(t reflect.Type, index []int) (fields []structField) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		key, options, _ := strings.Cut(tag, ",")
		at := append(slices.Clip(index), i)
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		switch {
		case tag == "-":
		case f.Anonymous && key == "" && inner.Kind() == reflect.Struct:
			fields = append(fields, fieldsOf(inner, at)...)
		case f.IsExported():
			if key == "" {
				key = f.Name
			}
			fields = append(fields, structField{
				key: key, index: at, of: sync.OnceValue(func() encoder { return encoderOf(f.Type) }),
				omitEmpty: strings.Contains(options, "omitempty"), omitZero: strings.Contains(options, "omitzero"),
			})
		}
	}
	return slices.DeleteFunc(fields, func(f structField) bool {
		return slices.ContainsFunc(fields, func(other structField) bool { return other.key == f.key && len(other.index) < len(f.index) })
	})
}

// empty is what the option omitempty leaves out.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	default:
		return v.IsZero()
	}
}

// zero is what the option omitzero leaves out.
func zero(v reflect.Value) bool {
	if own, ok := iface(v).(interface{ IsZero() bool }); ok {
		return own.IsZero()
	}
	return v.IsZero()
}
