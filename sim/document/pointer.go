package document

import (
	"strconv"
	"strings"
)

var (
	escaper   = strings.NewReplacer("~", "~0", "/", "~1")
	unescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

// Escape makes a key a token of a JSON pointer.
func Escape(key string) string { return escaper.Replace(key) }

// Unescape makes a token of a JSON pointer a key again.
func Unescape(token string) string { return unescaper.Replace(token) }

// Lookup follows a JSON pointer into a value as encoding/json decodes it; nil
// when it leads nowhere.
func Lookup(value any, pointer string) any {
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if pointer == "" {
			break
		}
		switch v := value.(type) {
		case map[string]any:
			value = v[Unescape(token)]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}
