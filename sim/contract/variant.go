package contract

// Variant says which edition of the API a world plays (DESIGN.md §5).
type Variant string

// The default variant is the real server's answers plus the nullable vendor
// fields; open-source leaves those out; vendor follows the vendor's document
// (docs/update-process.txt) to the letter.
const (
	Default    Variant = "default"
	OpenSource Variant = "open-source"
	Vendor     Variant = "vendor"
)
