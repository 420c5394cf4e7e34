package rails

import (
	"strings"

	"example.com/capisim/sim/document"
)

// mediaName is a part of a media type (Mime::Type::MIME_NAME).
const mediaName = `[a-zA-Z0-9][a-zA-Z0-9!#$&\-^_.+]{0,126}`

var mediaType = document.Pattern(`\A(?:\*/\*|` + mediaName + `/(?:\*|` + mediaName + `))\z`)

var (
	anyOf    = document.Pattern(`\A(?:text|application)/\*`)
	quality  = document.Pattern(`;\s*q="?`)
	accepted = document.Pattern(`[^,\s"](?:[^,"]|"[^"]*")*`)
	anything = document.Pattern(`,\s*\*/\*|\*/\*\s*,`)
)

// MediaType reads a Content-Type: what stands before the first comma or
// semicolon, in small letters. It is false for what is not a media type, an empty
// header included (MimeNegotiation#content_mime_type).
func MediaType(contentType string) (media string, ok bool) {
	if contentType == "application/json" { // what nearly all send
		return contentType, true
	}
	if i := strings.IndexAny(contentType, ",;"); i >= 0 {
		contentType = contentType[:i]
	}
	media = strings.ToLower(strings.Trim(contentType, Space+"\x00"))
	return media, mediaType().MatchString(media)
}

// ReadableAccept says whether every type of an Accept header is one
// (Mime::Type.parse).
func ReadableAccept(accept string) bool {
	accept = strings.Trim(accept, Space)
	if !strings.Contains(accept, ",") {
		return readableRange(accept)
	}
	for _, item := range accepted().FindAllString(accept, -1) {
		if !readableRange(item) {
			return false
		}
	}
	return true
}

func readableRange(item string) bool {
	if at := quality().FindStringIndex(item); at != nil {
		item = item[:at[0]]
	}
	if item = strings.Trim(item, Space); item == "" || anyOf().MatchString(item) {
		return true
	}
	item, _, _ = strings.Cut(item, ";")
	return mediaType().MatchString(strings.TrimRight(item, Space))
}

// Negotiates says whether the framework goes by the Accept header at all: not
// without one, and not for that of a browser, unless the request is a script's
// (MimeNegotiation#valid_accept_header).
func Negotiates(accept, contentType, requestedWith string) bool {
	given := !Blank(accept)
	if strings.Contains(strings.ToLower(requestedWith), "xmlhttprequest") {
		return given || contentType != ""
	}
	return given && !anything().MatchString(accept)
}
