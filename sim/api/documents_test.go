package api

import (
	"testing"
	"time"

	"example.com/capisim/sim/document"
)

// TestFill fills gaps: whole values, parts of texts, and members that go when
// there is nothing for them.
func TestFill(t *testing.T) {
	t.Parallel()
	none, some := (*int)(nil), 7
	with := values{"name": `a "{base}"`, "count": 3, "at": time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("", 3600)), "none": none, "some": &some, "list": []string{}}
	for _, c := range []struct{ template, want string }{
		{`{"a":null,"b":[true,1.50,{}],"c":""}`, `{"a":null,"b":[true,1.50,{}],"c":""}`},
		{`["{name}","{base}/{name}","{count}","n{count}","{count}n","{at}","{list}"]`,
			`["a \"{base}\"","http://x/a \"{base}\"",3,"n3","3n","2026-01-02T02:04:05Z",[]]`},
		{`{"a":"{none}","b?":"{none}","c?":"{some}","d?":{"e":{"f":"x/{none}"}}}`, `{"a":null,"c":7}`},
		{`{"a?":{"b?":"{none}","c":1}}`, `{"a":{"c":1}}`},
	} {
		template, err := document.Decode([]byte(c.template))
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := with.fill(template, "http://x"); got.String() != c.want {
			t.Errorf("%s: %s, want %s", c.template, got, c.want)
		}
		if got, _ := with.append(nil, template, "http://x"); string(got) != c.want {
			t.Errorf("%s: %s is written, want %s", c.template, got, c.want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a gap for which there is no value")
		}
	}()
	with.fillText("{nothing}", "")
}
