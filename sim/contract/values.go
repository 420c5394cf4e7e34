package contract

// Variant says which edition of the API a world plays (DESIGN.md §5).
type Variant string

// The default variant is the real server's answers plus the nullable vendor
// fields; open-source leaves those out; vendor follows the user's document
// (reference/update-process.txt) to the letter.
const (
	Default    Variant = "default"
	OpenSource Variant = "open-source"
	Vendor     Variant = "vendor"
)

// Optional is a field of a request body: absent, null, or a value.
type Optional[T any] struct {
	Set   bool // the key was there
	Null  bool // and its value was null
	Value T
}

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
}

// ProcessScale is a checked scale body (§6).
type ProcessScale struct {
	Instances  Optional[int]
	MemoryInMB Optional[int]
	DiskInMB   Optional[int]
	LogRate    Optional[int64] // bytes per second, -1 is unlimited
}

// Pair is one label or annotation.
type Pair struct{ Key, Value string }

// Pairs are labels or annotations in order of insertion (§8). A stored value
// is never changed: Merge returns a new one.
type Pairs []Pair

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
	Labels      Pairs
	Annotations Pairs
}

// PairChange sets a key, or deletes it when Value is nil.
type PairChange struct {
	Key   string
	Value *string
}

// MetadataUpdate is the part of a body that changes metadata: keys that are
// named are set or deleted, others stay (§8).
type MetadataUpdate struct {
	Labels      []PairChange
	Annotations []PairChange
}
