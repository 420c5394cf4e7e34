package journal

import (
	"fmt"
	"strings"
	"testing"
)

// path matches requests of a path and method, and says what differs.
func path(method, want string) Sought {
	return func(e *Entry) (differences []string) {
		if e.Method != method {
			differences = append(differences, "method is "+e.Method)
		}
		if e.Path != want {
			differences = append(differences, "path is "+e.Path)
		}
		return differences
	}
}

func bound(kind string, n int) Count {
	switch kind {
	case "exactly":
		return Count{Exactly: &n}
	case "at_least":
		return Count{AtLeast: &n}
	}
	return Count{AtMost: &n}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	a := path("GET", "/a")
	tests := []struct {
		name       string
		ask        Verification
		paths      string // what was sent, oldest first
		whole      string // the result when nothing was dropped
		holes      string // and when something was
		settled    bool   // of the whole history
		found      int
		wantNearby string
	}{
		{"at least one by default", Verification{Match: a}, "bab", Met, Met, true, 1, ""},
		{"none of them", Verification{Match: a}, "bcb", Unmet, Unknown, false, 0, "[3 2 1]"},
		{"nothing sent", Verification{Match: a}, "", Unmet, Unknown, false, 0, "[]"},
		{"any request", Verification{}, "b", Met, Met, true, 1, ""},
		{"exactly, met", Verification{Match: a, Count: bound("exactly", 2)}, "aba", Met, Unknown, false, 2, ""},
		{"exactly, too few", Verification{Match: a, Count: bound("exactly", 2)}, "a", Unmet, Unknown, false, 1, "[]"},
		{"exactly, too many", Verification{Match: a, Count: bound("exactly", 2)}, "aaa", Unmet, Unmet, true, 3, ""},
		{"exactly none", Verification{Match: a, Count: bound("exactly", 0)}, "b", Met, Unknown, false, 0, ""},
		{"at least, met", Verification{Match: a, Count: bound("at_least", 2)}, "aa", Met, Met, true, 2, ""},
		{"at least, unmet", Verification{Match: a, Count: bound("at_least", 2)}, "ab", Unmet, Unknown, false, 1, "[2]"},
		{"at least none", Verification{Match: a, Count: bound("at_least", 0)}, "", Met, Met, true, 0, ""},
		{"at most, met", Verification{Match: a, Count: bound("at_most", 1)}, "a", Met, Unknown, false, 1, ""},
		{"at most, unmet", Verification{Match: a, Count: bound("at_most", 1)}, "aa", Unmet, Unmet, true, 2, ""},
		{"never, met", Verification{Match: a, Never: true}, "bb", Met, Unknown, false, 0, ""},
		{"never, unmet", Verification{Match: a, Never: true}, "ba", Unmet, Unmet, true, 1, ""},
		{"in order", Verification{InOrder: []Sought{a, path("GET", "/b"), a}}, "cabca", Met, Met, true, 3, ""},
		{"in another order", Verification{InOrder: []Sought{a, path("GET", "/b")}}, "ba", Unmet, Unknown, false, 1, "[]"},
		{"in order, last step missing", Verification{InOrder: []Sought{a, path("GET", "/b")}}, "acd", Unmet, Unknown, false, 1, "[3 2]"},
		{"one request meets one step", Verification{InOrder: []Sought{a, a}}, "a", Unmet, Unknown, false, 1, "[]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if wrong := test.ask.Check(); wrong != nil {
				t.Fatal(wrong)
			}
			var history []Entry
			for i, p := range test.paths {
				history = append(history, Entry{ID: uint64(i + 1), Method: "GET", Path: "/" + string(p)})
			}
			got := Verify(test.ask, history, false)
			if got.Result != test.whole || got.Found != test.found || got.Settled != test.settled || len(got.Requests) != test.found {
				t.Errorf("%+v, want %s, %d found, settled %t", got, test.whole, test.found, test.settled)
			}
			var nearby []uint64
			for _, n := range got.Nearest {
				nearby = append(nearby, n.ID)
			}
			if test.wantNearby != "" && fmt.Sprint(nearby) != test.wantNearby {
				t.Errorf("nearest %v, want %s", nearby, test.wantNearby)
			}
			if test.wantNearby == "" && len(nearby) > 0 {
				t.Errorf("nearest %v, though nothing is wanting", nearby)
			}
			if got := Verify(test.ask, history, true).Result; got != test.holes {
				t.Errorf("with holes %s, want %s", got, test.holes)
			}
		})
	}
}

func TestNearestDiffersLeast(t *testing.T) {
	t.Parallel()
	history := []Entry{{ID: 1, Method: "GET", Path: "/b"}, {ID: 2, Method: "PUT", Path: "/c"}, {ID: 3, Method: "PUT", Path: "/a"}, {ID: 4, Method: "PUT", Path: "/d"}}
	got := Verify(Verification{Match: path("GET", "/a")}, history, false)
	var lines []string
	for _, n := range got.Nearest {
		lines = append(lines, fmt.Sprint(n.ID, n.Differences))
	}
	if want := "3 [method is PUT], 1 [path is /b], 4 [method is PUT path is /d]"; strings.Join(lines, ", ") != want {
		t.Errorf("nearest %v, want %s", lines, want)
	}
}

// The journal knows by itself when what it forgot could decide.
func TestVerifyAfterDrops(t *testing.T) {
	t.Parallel()
	j := New(2, 1<<20)
	appendPlain(j, 5)
	tests := []struct {
		name string
		ask  Verification
		want string
	}{
		{"the dropped could be one", Verification{Match: path("GET", "/y")}, Unknown},
		{"never, and they could be one", Verification{Match: path("GET", "/y"), Never: true}, Unknown},
		{"only those after the drops", Verification{Match: path("GET", "/y"), Never: true, After: 3}, Met},
		{"before that it is unknown", Verification{Match: path("GET", "/y"), Never: true, After: 2}, Unknown},
		{"what is there proves enough", Verification{Match: path("GET", "/x"), Count: bound("at_least", 2)}, Met},
		{"and too much", Verification{Match: path("GET", "/x"), Count: bound("at_most", 1)}, Unmet},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := j.Verify(test.ask); got.Result != test.want || got.Dropped != 3 {
				t.Errorf("%s with %d dropped, want %s with 3", got.Result, got.Dropped, test.want)
			}
		})
	}
	cleared := New(2, 1<<20)
	appendPlain(cleared, 5)
	cleared.Clear()
	if got := cleared.Verify(Verification{Never: true}); got.Result != Met {
		t.Errorf("%s after Clear, want met: what the user deletes is not dropped", got.Result)
	}
}

func TestVerificationCheck(t *testing.T) {
	t.Parallel()
	one, two, minus := 1, 2, -1
	a := path("GET", "/a")
	tests := []struct {
		name string
		ask  Verification
		want string
	}{
		{"never and count", Verification{Never: true, Count: Count{Exactly: &one}}, "/never: "},
		{"in order and match", Verification{InOrder: []Sought{a}, Match: a}, "/in_order: "},
		{"in order and count", Verification{InOrder: []Sought{a}, Count: Count{AtMost: &one}}, "/in_order: "},
		{"exactly and at least", Verification{Count: Count{Exactly: &one, AtLeast: &one}}, "/count/exactly: "},
		{"below zero", Verification{Count: Count{AtMost: &minus}}, "/count/at_most: -1, expected 0 or more"},
		{"crossed", Verification{Count: Count{AtLeast: &two, AtMost: &one}}, "/count: at_least 2 is above at_most 1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if wrong := test.ask.Check(); len(wrong) != 1 || !strings.HasPrefix(wrong.Error(), test.want) {
				t.Errorf("%v, want %s", wrong, test.want)
			}
		})
	}
}
