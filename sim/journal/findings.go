package journal

import (
	"example.com/capisim/sim/contract"
)

// inspect works out what the client did against the published contract, and
// which traps it met, even where the real server would be silent. The rules are
// the contract's; this hands them the entry. It is done when an entry is read,
// never on the request path.
func (e *Entry) inspect() (Findings, []contract.Warning) {
	warnings := make([]contract.Warning, 0, len(e.Warnings))
	for _, text := range e.Warnings {
		warnings = append(warnings, contract.Warning{Message: text})
	}
	if e.Operation == nil {
		return Findings{Known: true}, warnings
	}
	body, kind := e.RequestBody.Bytes, first(e.RequestHeader, "Content-Type")
	if e.RequestBody.Cut() {
		body = nil // half a body shows violations that the whole has not
	}
	warnings = append(warnings, contract.Warnings(e.Operation, kind, e.RawQuery, body, e.Variant)...)
	index := ""
	if e.Operation.Action == contract.TerminateInstance {
		index = e.index()
		warnings = append(warnings, contract.IndexWarnings(index)...)
	}
	if e.RequestBody.Cut() {
		return Findings{}, warnings
	}
	return Findings{Known: true, List: contract.RequestViolations(e.Operation, kind, e.RawQuery, index, body)}, warnings
}

// Message is the request's body as the operation reads it, or as any would when
// none was met; false when it cannot be read or was cut.
func (e *Entry) Message() (body contract.Body, ok bool) {
	if e.RequestBody.Cut() {
		return contract.Body{}, false
	}
	parse, kind := contract.ParseBody, first(e.RequestHeader, "Content-Type")
	if e.Operation != nil {
		parse = e.Operation.ParseBody
	}
	body, err := parse(kind, e.RequestBody.Bytes)
	return body, err == nil
}

// index is the last part of a terminate's path, without the format that the
// real server's router would cut off.
func (e *Entry) index() string {
	parts := segments(e.Path)
	if len(parts) == 0 {
		return ""
	}
	return contract.CutFormat(parts[len(parts)-1])
}
