package document_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"example.com/capisim/sim/document"
)

type Deep struct {
	P string `json:"p"`
	Q *int   `json:"q"`
}

type word string

type target struct {
	Embedded
	*Deep
	N       int                           `json:"n"`
	Small   int8                          `json:"small"`
	Bool    bool                          `json:"bool"`
	Word    word                          `json:"word"`
	Pointer *string                       `json:"pointer"`
	Twice   **int64                       `json:"twice"`
	List    []Embedded                    `json:"list"`
	Map     map[string][]int              `json:"map"`
	Span    document.Duration             `json:"span"`
	Spans   []*document.Duration          `json:"spans"`
	At      time.Time                     `json:"at"`
	Value   document.Value                `json:"value"`
	Values  map[string][]document.Value   `json:"values"`
	Raw     json.RawMessage               `json:"raw"`
	Number  json.Number                   `json:"number"`
	Float   float64                       `json:"float"`
	Bytes   []byte                        `json:"bytes"`
	Pair    [2]bool                       `json:"pair"`
	Numbers map[int]string                `json:"numbers"`
	Any     any                           `json:"any"`
	Nested  map[string]map[string]*target `json:"nested"`
	Left    string                        `json:"-"`
}

type Embedded struct {
	A int    `json:"a"`
	B string `json:"b,omitempty"`
}

// TestFill: a value fills what json.Unmarshal fills with its text, and fails
// where that fails.
func TestFill(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{}`, `null`, `[]`, `"x"`, `{"a":1,"b":"é<","p":"q","n":-3,"small":127,"bool":true,"word":"w","pointer":"p","twice":5}`,
		`{"list":[{"a":1},{"b":"x"},null],"map":{"x":[1,2],"y":[],"z":null},"span":"90s","spans":["1h",null],"at":"2026-01-02T03:04:05Z"}`,
		`{"value":{"z":[1.50,null]},"values":{"apps":[1,"a"]},"raw":{"x":1},"number":1e3,"float":1.5,"bytes":"eHl6","pair":[true],"numbers":{"1":"a"},"any":[1,{"a":null}]}`,
		`{"nested":{"x":{"y":{"n":1,"nested":{}},"z":null}},"Left":"x","-":"x","unknown":[1]}`,
		`{"p":null,"q":null}`, `{"q":1}`, `{"n":null,"bool":null,"word":null,"pointer":null,"twice":null,"list":null,"map":null,"span":null,"at":null,"value":null,"any":null}`,
		`{"n":1.5}`, `{"n":"1"}`, `{"n":99999999999999999999,"a":7}`, `{"small":128}`, `{"bool":"true"}`, `{"word":1,"n":2}`, `{"pointer":[]}`,
		`{"list":{}}`, `{"list":[{"a":"x"},{"a":2}]}`, `{"map":{"x":[1,"y",3]}}`, `{"map":[]}`, `{"span":5,"n":1}`, `{"at":"yesterday"}`, `{"number":"x"}`, `{"bytes":"!"}`,
	} {
		v := read(t, "", text).Root
		var got, want target
		err, wantErr := v.Decode(&got), json.Unmarshal([]byte(text), &want)
		if (err == nil) != (wantErr == nil) {
			t.Errorf("%s: error %v, json.Unmarshal's %v", text, err, wantErr)
		}
		if wantErr == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %+v\nwant %+v", text, got, want)
		}
	}
}

// TestFillWholeNumbers: 5.0 and 1e3 are integers.
func TestFillWholeNumbers(t *testing.T) {
	t.Parallel()
	var into struct {
		N    int               `json:"n"`
		List []int64           `json:"list"`
		Map  map[int]int       `json:"map"`
		D    document.Duration `json:"d"`
	}
	if err := read(t, "", `{"n": 1e3, "list": [5.0], "map": {"1": 2.0}, "d": "90s"}`).Root.Decode(&into); err != nil || into.N != 1000 || into.List[0] != 5 || into.Map[1] != 2 || into.D.String() != "1m30s" {
		t.Errorf("%+v, %v", into, err)
	}
}

// TestMisfit: of several things that do not fit the first is told of, with its
// place, and all that fits is there.
func TestMisfit(t *testing.T) {
	t.Parallel()
	var into target
	err := read(t, "", `{"nested":{"x/y":{"z":{"list":[{"a":1},{"a":2,"b":3}],"span":"9999999999h"}}},"n":4,"bool":0}`).Root.Decode(&into)
	if got := document.Misfit(err); got.Pointer != "/nested/x~1y/z/list/1/b" || got.Message != "json: cannot unmarshal number into Go value of type string" {
		t.Errorf("%+v", got)
	}
	if inside := into.Nested["x/y"]["z"]; into.N != 4 || inside == nil || len(inside.List) != 2 || inside.List[1].A != 2 {
		t.Errorf("%+v", into)
	}
	err = read(t, "", `{"spans":["1h","9999999999h"]}`).Root.Decode(&into)
	if got := document.Misfit(err); got.Pointer != "/spans/1" || !errors.As(err, new(document.TooLong)) {
		t.Errorf("%+v, %v", got, err)
	}
}
