package document_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"example.com/capisim/sim/document"
)

type inner struct {
	A int            `json:"a"`
	B *inner         `json:"b,omitempty"`
	M map[string]any `json:"m"`
}

type outer struct {
	inner
	*pointed
	A        string             `json:"a,omitempty"` // hides the inner one
	Span     document.Duration  `json:"span,omitzero"`
	Spans    *document.Duration `json:"spans"`
	At       time.Time          `json:"at,omitzero"`
	Value    document.Value     `json:"value"`
	Raw      json.RawMessage    `json:"raw,omitempty"`
	Number   json.Number        `json:"number"`
	Small    uint8              `json:"small"`
	Float    float64            `json:"float"`
	Bytes    []byte             `json:"bytes"`
	List     []inner            `json:"list,omitempty"`
	Pair     [2]bool            `json:"pair"`
	Numbers  map[int]string     `json:"numbers"`
	Any      any                `json:"any"`
	Left     string             `json:"-"`
	Dash     string             `json:"-,"` //lint:ignore SA5008 encoding/json reads it as the name "-"
	Untagged string
	hidden   string //lint:ignore U1000 it is not shown
}

type pointed struct {
	P string `json:"p,omitempty"`
}

// TestFrom: a Go value is what json.Marshal writes of it, and one Maker makes
// many.
func TestFrom(t *testing.T) {
	t.Parallel()
	span := document.Duration(time.Minute)
	full := outer{
		inner: inner{A: 1, B: &inner{A: -2}, M: map[string]any{"z": 1.5, "a": nil, "b": []string{"<x>"}}}, pointed: &pointed{"p"}, A: "",
		Span: span, Spans: &span, At: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Value: document.List(document.Int(1), document.Text("é\u2028")),
		Raw: json.RawMessage(`{"k":[1,2.0]}`), Number: "1e3", Small: 7, Float: 1e21, Bytes: []byte("xyz"),
		List: []inner{{A: 1}, {A: 2}}, Numbers: map[int]string{2: "b", 1: "a"}, Any: inner{}, Left: "l", Dash: "d", Untagged: "\x00\xff&",
	}
	var maker document.Maker
	for name, value := range map[string]any{
		"nothing": nil, "zero": outer{}, "full": full, "pointer": &full, "nil pointer": (*outer)(nil), "text": "x", "nil list": []int(nil), "list": []*inner{nil, {}},
		"hidden": outer{inner: inner{A: 1}, A: "x"},
	} {
		raw, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		want, err := document.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			made, err := maker.From(value)
			if got := made.String(); err != nil || got != want.String() {
				t.Errorf("%s: %v\n%s, want\n%s", name, err, got, want)
			}
		}
	}
	if _, err := document.From(math.NaN()); err == nil {
		t.Error("what has no form in JSON is made into a value")
	}
	if _, err := document.From([]any{func() {}}); err == nil {
		t.Error("a function is made into a value")
	}
}

// TestIndented: as json.Indent writes it.
func TestIndented(t *testing.T) {
	t.Parallel()
	v, err := document.Decode([]byte(`{"a":[],"b":{},"c":[1,{"d":"<é\""}],"e":null}`))
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.MarshalIndent(v, "    ", "  ")
	if got := string(v.AppendIndented(nil, 2)); err != nil || got != string(want) {
		t.Errorf("%v\n%s, want\n%s", err, got, want)
	}
}
