package contract

import (
	"strings"
	"unicode/utf8"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/rails"
)

// Sizes of labels and annotations, in characters (§8).
const (
	maxNameSize       = 63
	maxPrefixSize     = 253
	maxAnnotationSize = 5000
	maxDNSLabelSize   = 63
	quotedStart       = 8 // characters of an overlong text that its message quotes
)

// reservedPrefix may not be used by clients, whatever its case (§8).
const reservedPrefix = "cloudfoundry.org"

const emptyKey = "key cannot be empty string"

// splitKey cuts a metadata key at its slash as the real server does: a key
// without one has no prefix (prefixed is false), trailing slashes leave an
// empty name, and whatever follows a second slash is dropped. That last case is
// only met by annotations whose key is never checked (§8).
func splitKey(key string) (prefix, name string, prefixed bool) {
	prefix, rest, found := strings.Cut(key, "/")
	if !found {
		return "", key, false
	}
	if strings.Trim(key, "/") == "" {
		return "", "", false
	}
	name, _, _ = strings.Cut(rest, "/")
	return prefix, name, true
}

// storedKey is the name under which a key is kept and shown again.
func storedKey(key string) string {
	prefix, name, prefixed := splitKey(key)
	if !prefixed || prefix == "" {
		return name
	}
	return prefix + "/" + name
}

// keyProblem says what is wrong with a label or annotation key; empty when
// nothing is. The checks stand in the order of §8 and stop at the first
// failure.
func keyProblem(key string) string {
	if rails.Blank(key) {
		return emptyKey
	}
	if strings.Count(key, "/") > 1 {
		return "key has more than one '/'"
	}
	prefix, name, prefixed := splitKey(key)
	if prefixed {
		switch {
		case !dnsName(prefix):
			return "prefix '" + prefix + "' must be in valid dns format"
		case utf8.RuneCountInString(prefix) > maxPrefixSize:
			return "prefix '" + document.FirstRunes(prefix, quotedStart) + "...' is greater than 253 characters"
		case strings.EqualFold(prefix, reservedPrefix):
			return "prefix 'cloudfoundry.org' is reserved"
		}
	}
	if rails.Blank(name) {
		return emptyKey
	}
	return nameProblem(name)
}

// valueProblem says what is wrong with a label value; the empty value is fine.
func valueProblem(value string) string {
	if value == "" {
		return ""
	}
	return nameProblem(value)
}

// nameProblem holds the three checks that names of keys and values of labels
// share; both are limited to 63 characters.
func nameProblem(name string) string {
	for i := 0; i < len(name); i++ {
		if c := name[i]; !alphanumeric(c) && c != '_' && c != '-' && c != '.' {
			return "'" + name + "' contains invalid characters"
		}
	}
	if !alphanumeric(name[0]) || !alphanumeric(name[len(name)-1]) {
		return "'" + name + "' starts or ends with invalid characters"
	}
	if len(name) > maxNameSize { // only ASCII is left here: bytes are characters
		return "'" + name[:quotedStart] + "...' is greater than 63 characters"
	}
	return ""
}

// dnsName accepts what the real server takes for a domain: at least one dot,
// labels of letters, digits and inner hyphens up to 63 long. A newline at the
// end slips through there, and so it does here.
func dnsName(name string) bool {
	labels := strings.Split(strings.TrimSuffix(name, "\n"), ".")
	if len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		if label == "" || len(label) > maxDNSLabelSize ||
			!alphanumeric(label[0]) || !alphanumeric(label[len(label)-1]) {
			return false
		}
		for i := 0; i < len(label); i++ {
			if !alphanumeric(label[i]) && label[i] != '-' {
				return false
			}
		}
	}
	return true
}

func alphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
