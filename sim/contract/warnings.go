package contract

import (
	"strings"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/rails"
)

// watcher gathers the traps that one request met.
type watcher struct {
	variant Variant
	found   []Warning
}

// meet notes a trap at a place of the body, named by its pointer.
func (w *watcher) meet(trap, pointer string) {
	w.found = append(w.found, warn(trap, pointer, pointer))
}

// Warnings tells which traps a request met, by its operation, Content-Type, raw
// query and raw body. It is for readers of the evidence and reads everything
// anew; no answer depends on it.
func Warnings(op *Operation, contentType, query string, raw []byte, v Variant) []Warning {
	w := watcher{variant: v}
	w.query(op, query)
	if op.Request == "" || op.Elsewhere() || len(raw) == 0 {
		return w.found
	}
	named := contentType
	if named == "" {
		named = "none"
	}
	switch encodingOf(contentType) {
	case ignored:
		w.found = append(w.found, warn("body-ignored", "", named))
		return w.found
	case formBody, multipartBody:
		w.found = append(w.found, warn("form-body", "", named))
	case jsonBody:
		w.json(string(raw))
	}
	body, err := ParseBody(contentType, raw)
	if err != nil {
		return w.found
	}
	w.keys(op, body)
	if op.Action == ScaleProcess {
		watchNumbers(&w, body, scaleFields)
		w.scale(body)
		return w.found
	}
	watchNumbers(&w, body, updateFields)
	w.update(body)
	return w.found
}

// IndexWarnings tells of an instance index that is not a plain number (§14.3).
func IndexWarnings(index string) []Warning {
	if rails.WholeNumber(index) {
		return nil
	}
	return []Warning{warn("lenient-index", "{index}", index)}
}

// json looks at what the decoder passes over.
func (w *watcher) json(text string) {
	whole, notes, err := rails.Parse(text)
	if err != nil {
		return
	}
	if notes.Loose {
		w.found = append(w.found, warn("lenient-json", "", "the body"))
	}
	if notes.Repeated {
		w.found = append(w.found, warn("duplicate-key", "", "a key"))
	}
	for _, member := range whole.Members {
		if framework(member.Key) {
			w.meet("dropped-key", "/"+member.Key)
		}
	}
}

// keys looks at top-level keys that mean more than they say.
func (w *watcher) keys(op *Operation, b Body) {
	if _, given := b.Get("body"); given {
		w.meet("body-key", "/body")
	}
	if !op.Nested && b.AppGUID() != "" {
		w.meet("app-guid", "/app_guid")
	}
}

// watchNumbers looks at numbers in an unusual dress.
func watchNumbers[T any](w *watcher, b Body, table []field[T]) {
	for i := range table {
		f := &table[i]
		value, given := dig(b.Fields, f.path)
		if !given || !f.numeric || f.edition != "" && f.edition != w.variant {
			continue
		}
		pointer := "/" + strings.Join(f.path, "/")
		switch {
		case value.Kind == document.String && len(f.check(value)) == 0:
			w.meet("digit-string", pointer)
		case value.Kind == document.Number && !rails.Integer(value) && strings.HasSuffix(rails.Rendered(value), ".0"):
			w.meet("decimal-integer", pointer)
		}
	}
}

func (w *watcher) scale(b Body) {
	for _, field := range []struct{ key, trap string }{
		{"instances", "scale-null-crash"},
		{"memory_in_mb", "scale-null-crash"},
		{"disk_in_mb", "scale-null-disk"},
	} {
		if value, given := b.Get(field.key); given && value.Kind == document.Null {
			w.meet(field.trap, "/"+field.key)
		}
	}
}

func (w *watcher) update(b Body) {
	if command, _ := b.Get("command"); strings.Contains(command.Text, "\x00") {
		w.meet("nul", "/command")
	}
	if garbled(b.Fields) {
		w.meet("garbled-name", "")
	}
	for _, key := range checkKeys {
		w.healthCheck(b, key)
	}
	metadata, _ := b.Get("metadata")
	for _, member := range metadata.Members {
		if member.Value.Kind == document.Bool && !rails.Truthy(member.Value) && (member.Key == "labels" || member.Key == "annotations") {
			w.meet("ignored-false", "/metadata/"+member.Key)
		}
	}
	labels, _ := dig(b.Fields, at("metadata", "labels"))
	if labels.Kind == document.Object {
		for _, label := range labels.Members {
			if label.Value.Kind != document.String && label.Value.Kind != document.Null {
				w.meet("label-text", "/metadata/labels/"+document.Escape(label.Key))
			}
		}
	}
	for _, annotation := range annotationsOf(b) {
		w.annotation(annotation)
	}
}

func (w *watcher) annotation(annotation document.Field) {
	pointer := "/metadata/annotations/" + document.Escape(annotation.Key)
	switch value := annotation.Value; {
	case value.Kind == document.Number && rails.Integer(value):
		w.meet("annotation-text", pointer)
	case strings.Contains(value.Text, "\x00"):
		w.meet("nul", pointer)
	case value.Kind == document.Array && storable(value):
		w.meet("annotation-array", pointer)
	case value.Kind != document.String && value.Kind != document.Null:
		w.meet("annotation-crash", pointer)
	case !rails.Present(value) && keyProblem(annotation.Key) != "":
		w.meet("unchecked-annotation", pointer)
	}
}

// healthCheck looks at one of the two checks.
func (w *watcher) healthCheck(b Body, key string) {
	check, given := b.Get(key)
	if !given || !w.object(check, "/"+key) {
		return
	}
	w.unread(check, "/"+key, "type", "data")
	if kind, _ := document.Get(check.Members, "type"); kind.Kind == document.Array && checkType(kind) == nil {
		w.meet("type-array", "/"+key+"/type")
	}
	data, given := document.Get(check.Members, "data")
	if !given || !w.object(data, "/"+key+"/data") {
		return
	}
	read := []string{"invocation_timeout", "interval", "endpoint"}
	if key == "health_check" || w.variant == Vendor {
		read = append(read, "timeout")
	}
	w.unread(data, "/"+key+"/data", read...)
	endpoint, _ := document.Get(data.Members, "endpoint")
	if endpoint.Kind != document.String {
		return
	}
	if kind, _ := document.Get(check.Members, "type"); kind.Text == "port" || kind.Text == "process" {
		w.meet("dropped-endpoint", "/"+key+"/data/endpoint")
	}
	if strings.Contains(endpoint.Text, "\x00") {
		w.meet("nul", "/"+key+"/data/endpoint")
	}
	if strings.Contains(endpoint.Text, "\n") {
		w.meet("endpoint-lines", "/"+key+"/data/endpoint")
	}
}

// object notes what stands in the place of an object, and says whether there is
// one.
func (w *watcher) object(v document.Value, pointer string) bool {
	switch v.Kind {
	case document.Object:
		return true
	case document.Null:
		w.meet("ignored-null", pointer)
	default:
		w.meet("health-check-crash", pointer)
	}
	return false
}

// unread notes the members that nobody looks at.
func (w *watcher) unread(object document.Value, pointer string, read ...string) {
	for _, key := range keysBeside(object.Members, read...) {
		w.meet("unread-key", pointer+"/"+document.Escape(key))
	}
}
