package contract

import (
	"strconv"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/rails"
)

// The largest numbers the storage layer can hold (§5, §6).
const (
	maxInt    = 1<<31 - 1
	maxBigint = 1<<63 - 1
)

// numberRule accepts whole numbers of a range. The real server reads numbers
// leniently: digits in a string will do, a fraction of zero will not.
type numberRule struct {
	least, most int64
	above       bool // the text for the lower end is "greater than least-1"
}

// check returns what is wrong with a value, empty when nothing is.
func (r numberRule) check(v document.Value) []string {
	_, problem := r.read(v)
	if problem == "" {
		return nil
	}
	return []string{problem}
}

// read gives the number, or what is wrong with it.
func (r numberRule) read(v document.Value) (n int64, problem string) {
	switch {
	case rails.Integer(v), v.Kind == document.String && rails.WholeNumber(v.Text):
		return r.within(v.Text)
	case v.Kind == document.Number, v.Kind == document.String && rails.Float(v.Text):
		return 0, "must be an integer"
	}
	return 0, "is not a number"
}

func (r numberRule) within(digits string) (n int64, problem string) {
	n, err := strconv.ParseInt(digits, 10, 64)
	low := n < r.least
	high := n > r.most
	if err != nil { // only the range can be wrong: the text is all digits
		low = digits[0] == '-'
		high = !low
	}
	switch {
	case low && r.above:
		return 0, "must be greater than " + strconv.FormatInt(r.least-1, 10)
	case low:
		return 0, "must be greater than or equal to " + strconv.FormatInt(r.least, 10)
	case high:
		return 0, "must be less than or equal to " + strconv.FormatInt(r.most, 10)
	}
	return n, ""
}
