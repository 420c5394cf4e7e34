package rails

import (
	"strings"

	"example.com/capisim/sim/document"
)

var (
	accepted = document.Pattern(`[^,\s"](?:[^,"]|"[^"]*")*`)
	anything = document.Pattern(`,\s*\*/\*|\*/\*\s*,`)
)

// isMediaType says that a text is a media type or a range of them
// (Mime::Type::MIME_REGEXP).
func isMediaType(text string) bool {
	kind, sub, _ := strings.Cut(text, "/")
	return text == "*/*" || isMediaName(kind) && (sub == "*" || isMediaName(sub))
}

// isMediaName says that a text is a part of a media type (Mime::Type::MIME_NAME).
func isMediaName(text string) bool {
	for i := range len(text) {
		c := text[i]
		plain := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !plain && (i == 0 || strings.IndexByte("!#$&-^_.+", c) < 0) {
			return false
		}
	}
	return text != "" && len(text) <= 127
}

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
	return media, isMediaType(media)
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

// readableRange reads one type; what stands before a quality may be empty.
func readableRange(item string) bool {
	kind, parameters, given := strings.Cut(item, ";")
	if kind = strings.Trim(kind, Space); kind == "" {
		return !given || strings.HasPrefix(strings.TrimLeft(parameters, Space), "q=")
	}
	return strings.HasPrefix(kind, "text/*") || strings.HasPrefix(kind, "application/*") || isMediaType(kind)
}

// Negotiates says whether the framework goes by the Accept header at all: not
// without one, and not for that of a browser, unless the request is a script's
// (MimeNegotiation#valid_accept_header).
func Negotiates(accept, contentType, requestedWith string) bool {
	given := !Blank(accept)
	if strings.Contains(strings.ToLower(requestedWith), "xmlhttprequest") {
		return given || contentType != ""
	}
	return given && !(strings.Contains(accept, ",") && anything().MatchString(accept))
}
