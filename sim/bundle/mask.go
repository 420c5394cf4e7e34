package bundle

import (
	"slices"
	"strconv"
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/journal"
)

// plain stands where a secret was in what is played again: the journal's own
// mark has brackets, which neither a label nor a token may have.
const plain = "MASKED"

// unmarked is a text with the mark that may stand everywhere.
func unmarked(text string) string { return strings.ReplaceAll(text, journal.Masked, plain) }

// maskDocument takes the secrets out of a scenario document and leaves one
// that makes the same world. Passwords and tokens that are only the user's name
// are none: shipped scenarios have them, and clients that were written for them
// can be run against a bundle.
func maskDocument(v document.Value) {
	for i := range v.Members {
		member := &v.Members[i]
		if member.Key == "auth" {
			maskAuth(member.Value)
		} else {
			mask(&member.Value, false)
		}
	}
}

func maskAuth(auth document.Value) {
	for i := range auth.Members {
		member := &auth.Members[i]
		switch member.Key {
		case "users":
			for k := range member.Value.Members {
				user := &member.Value.Members[k].Value
				if password, given := user.Get("password"); given && password.Text != user.TextOf("name") {
					user.Members = document.Put(user.Members, "password", document.Text(plain))
				}
			}
		case "tokens":
			for k := range member.Value.Members {
				if token := &member.Value.Members[k]; token.Key != token.Value.Text {
					token.Key = plain + "-" + strconv.Itoa(k+1)
				}
			}
		}
	}
}

// free are the keys below which everybody chooses names.
var free = map[string]bool{"labels": true, "annotations": true, "headers": true, "header": true, "body": true, "query": true}

// mask takes the secrets out of texts, and out of what is called like a secret
// where names are free. The world goes on with what the value was made of.
func mask(v *document.Value, named bool) {
	v.Members = slices.Clone(v.Members)
	if v.Kind == document.String {
		v.Text = unmarked(journal.MaskText(v.Text))
	}
	for i := range v.Members {
		member := &v.Members[i]
		if named && member.Value.Kind == document.String && journal.SecretName(member.Key) {
			member.Value.Text = plain
			continue
		}
		mask(&member.Value, named || free[member.Key])
	}
}

// maskedBody takes the secrets out of the body of a change. The admin API takes
// JSON there, and what is not JSON it has refused.
func maskedBody(raw []byte) []byte {
	v, err := document.Decode(raw)
	if err != nil {
		return nil
	}
	mask(&v, false)
	return v.AppendJSON(nil)
}
