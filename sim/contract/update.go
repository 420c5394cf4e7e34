package contract

import (
	"example.com/capisim/sim/document"
)

// Optional is a field that may be absent, null, or a value.
type Optional[T any] struct {
	Set   bool // the key was there
	Null  bool // and its value was null
	Value T
}

// IsZero says that the key was not there.
func (o Optional[T]) IsZero() bool { return !o.Set }

// Or is the value, or what there was when the key was not there.
func (o Optional[T]) Or(was T) T {
	if o.Set {
		return o.Value
	}
	return was
}

// PointerOr is the same for what may be null: nil.
func (o Optional[T]) PointerOr(was *T) *T {
	switch {
	case !o.Set:
		return was
	case o.Null:
		return nil
	}
	value := o.Value // so that only a value costs an allocation
	return &value
}

// DocumentValue is the value or null.
func (o Optional[T]) DocumentValue(m *document.Maker) (document.Value, error) {
	if o.Null {
		return document.Value{}, nil
	}
	return m.Part(&o.Value)
}

// MarshalJSON writes the value or null.
func (o Optional[T]) MarshalJSON() ([]byte, error) { return document.MarshalJSON(o) }

// TakeValue reads the value or null.
func (o *Optional[T]) TakeValue(v document.Value) error {
	*o = Optional[T]{Set: true, Null: v.Kind == document.Null}
	return v.Decode(&o.Value)
}

// UnmarshalJSON reads the value or null.
func (o *Optional[T]) UnmarshalJSON(raw []byte) error { return document.UnmarshalJSON(raw, o) }

// HealthCheckUpdate is the part of a PATCH that changes a health check. Only
// fields that are Set change anything (§10).
type HealthCheckUpdate struct {
	Type              Optional[string]
	Timeout           Optional[int] // seconds
	InvocationTimeout Optional[int] // seconds
	Interval          Optional[int] // seconds
	Endpoint          Optional[string]
}

// ProcessUpdate is a checked PATCH body (§5).
type ProcessUpdate struct {
	Command     Optional[string]
	User        Optional[string]
	HealthCheck HealthCheckUpdate
	Readiness   HealthCheckUpdate
	Metadata    MetadataUpdate
	// Unstorable says that the database refuses something beside the metadata.
	Unstorable bool
}

// ProcessScale is a checked scale body (§6).
type ProcessScale struct {
	Instances  Optional[int]
	MemoryInMB Optional[int]
	DiskInMB   Optional[int]
	LogRate    Optional[int64] // bytes per second, -1 is unlimited
}
