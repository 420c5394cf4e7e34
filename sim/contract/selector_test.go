package contract

import (
	"strings"
	"testing"

	"example.com/capisim/sim/document"
)

func TestSelectorMatches(t *testing.T) {
	t.Parallel()
	labels := Pairs{{Key: "env", Value: "prod"}, {Key: "x.y/tier", Value: "web"}, {Key: "empty", Value: ""}}
	for _, c := range []struct {
		selector string
		want     bool
	}{
		{"env", true}, {"nope", false}, {"!env", false}, {"!nope", true},
		{"env=prod", true}, {"env==prod", true}, {"env=dev", false}, {"nope=prod", false},
		{"env!=prod", false}, {"env!=dev", true}, {"nope!=prod", true},
		{"env in (dev,prod)", true}, {"env in (dev)", false}, {"nope in (dev)", false},
		{"env notin (dev,prod)", false}, {"env notin (dev)", true}, {"nope notin (dev)", true},
		{"x.y/tier=web", true}, {"tier=web", false}, {"!x.y/tier", false}, {"z.y/tier", false},
		{"env=prod,x.y/tier=web", true}, {"env=prod,x.y/tier=db", false}, {",,env=prod,,,!nope,", true},
		{"env in (dev,prod),x.y/tier in (web)", true},
		{"env=", false}, {"empty=", false}, {"env in ()", false}, {"env!=", true}, {"env notin ()", true},
		{"empty in (,a)", true}, {"empty in (a,)", false}, {"env=prod,env=dev", false},
	} {
		t.Run("§13.4 "+c.selector, func(t *testing.T) {
			t.Parallel()
			s, err := ParseSelector(c.selector)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Matches(labels); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	if !(Selector{}).Matches(labels) {
		t.Error("the zero selector refuses something")
	}
}

func TestSelectorMessages(t *testing.T) {
	t.Parallel()
	const (
		invalid = "Invalid label_selector value"
		missing = "Missing label_selector value"
	)
	for _, c := range []struct{ selector, want string }{
		{"", missing}, {",", missing}, {",,,", missing},
		{strings.Repeat("a,", 50), ""},
		{strings.Repeat("a,", 51), "Too many label_selector requirements (maximum is 50)"},
		{strings.Repeat("-,", 51), "Too many label_selector requirements (maximum is 50)"},
		{"a = b", invalid}, {"a in b", invalid}, {" a=b", invalid}, {"a=b, c=d", invalid}, {"!a=b", invalid}, {"$a=b", invalid},
		{"!", invalid}, {"!!a", invalid}, {"=b", invalid}, {"a b", invalid}, {"a in(b)", invalid}, {"a in (b", invalid}, {"a=b\n", invalid}, {"a in (b\n)", invalid}, {"é", invalid},
		{"a=b,$,!", invalid + ", " + invalid},
		{"a  in (b)", "'a ' contains invalid characters"},
		{"a in (a, b)", "' b' contains invalid characters"},
		{"a in (b c)", "'b c' contains invalid characters"},
		{"a in (b))", "'b)' contains invalid characters"},
		{"a=b=c", "'b=c' contains invalid characters"},
		{"a===b", "'=b' contains invalid characters"},
		{"a= b", "' b' contains invalid characters"},
		{"a=(b,c)", "'(b' contains invalid characters"},
		{"a=b in (c)", "'a=b' contains invalid characters"},
		{"!a in (b)", "'!a' contains invalid characters"},
		{" in (a)", "key cannot be empty string"},
		{"-a", "'-a' starts or ends with invalid characters"},
		{"!-a", "'-a' starts or ends with invalid characters"},
		{"a=-b", "'-b' starts or ends with invalid characters"},
		{"a notin (b,-c,$)", "'-c' starts or ends with invalid characters"},
		{"a=" + a(64), "'aaaaaaaa...' is greater than 63 characters"},
		{a(64), "'aaaaaaaa...' is greater than 63 characters"},
		{"cloudfoundry.org/a", "prefix 'cloudfoundry.org' is reserved"},
		{"a/b/c", "key has more than one '/'"},
		{"nodns/a=b", "prefix 'nodns' must be in valid dns format"},
		{"-a=-b,c=-d", "'-a' starts or ends with invalid characters, '-d' starts or ends with invalid characters"},
	} {
		t.Run("§13.4 "+document.FirstRunes(c.selector, 30), func(t *testing.T) {
			t.Parallel()
			want := ""
			if c.want != "" {
				want = "The query parameter is invalid: " + c.want
			}
			_, err := ParseSelector(c.selector)
			if got := detailOf(t, err); got != want {
				t.Errorf("%q\n got %q\nwant %q", c.selector, got, want)
			}
		})
	}
}
