package api

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// rendering is the JSON of one version of a process for one base URL: the whole
// of it as an owner sees it, and the places where other readings differ.
// Nothing is encoded twice for one version: another base is spliced in at the
// links, a redacted command or an embedded list at their marks (FACTS.md §8).
type rendering struct {
	base         string
	bytes        []byte
	commandStart int // of the value of "command"
	commandEnd   int // one past it
	embedAt      int // where ,"process_instances":[...] goes
	links        int
	bases        [maxLinks]uint32 // where each link's base begins
}

// renderingOf returns the rendering of a version for a base, from the version's
// memo when the last reader had the same base.
func renderingOf(v state.View, variant contract.Variant, base string) *rendering {
	memo := v.Process.Memo(func(p *state.Process) any {
		m := new(memoized)
		disk := p.DiskInMB
		if disk == nil {
			byDefault := contract.DefaultDiskInMB
			disk = &byDefault
		}
		m.last.Store(encode(p, disk, v.Space.GUID, variant, base))
		return m
	}).(*memoized)
	return memo.forBase(base)
}

// scratches are buffers that documents grow in.
var scratches = sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }}

// encode writes a process in the key order of §11. Its disk is null in the
// answer to a change alone (§6).
func encode(p *state.Process, disk *int, space string, variant contract.Variant, base string) *rendering {
	d := &rendering{base: base}
	scratch := scratches.Get().(*[]byte)
	b := (*scratch)[:0]
	b = document.AppendQuoted(append(b, `{"guid":`...), p.GUID)
	b = appendTime(append(b, `,"created_at":`...), p.CreatedAt)
	b = appendTime(append(b, `,"updated_at":`...), p.UpdatedAt)
	b = document.AppendQuoted(append(b, `,"version":`...), p.Version)
	b = document.AppendQuoted(append(b, `,"type":`...), p.Type)
	b = append(b, `,"command":`...)
	d.commandStart = len(b)
	b = document.AppendQuoted(b, shownCommand(p))
	d.commandEnd = len(b)
	b = document.AppendQuoted(append(b, `,"user":`...), shownUser(p))
	b = strconv.AppendInt(append(b, `,"instances":`...), int64(p.Instances), 10)
	b = strconv.AppendInt(append(b, `,"memory_in_mb":`...), int64(p.MemoryInMB), 10)
	b = appendNumber(b, `,"disk_in_mb":`, disk)
	b = strconv.AppendInt(append(b, `,"log_rate_limit_in_bytes_per_second":`...), p.LogRateLimit, 10)
	if variant != contract.OpenSource {
		b = append(b, `,"registry_credential_last_synced_at":`...)
		if c := p.RegistryCredential; c != nil && c.LastSyncedAt != nil {
			b = appendTime(b, *c.LastSyncedAt)
		} else {
			b = append(b, "null"...)
		}
	}
	b = appendHealthCheck(append(b, `,"health_check":`...), p.HealthCheck, true)
	b = appendHealthCheck(append(b, `,"readiness_health_check":`...), p.Readiness, variant == contract.Vendor)
	d.embedAt = len(b)
	b = appendRelationships(b, p, variant)
	b = appendMetadata(append(b, `,"metadata":`...), p.Metadata)
	b = d.appendLinks(b, p, space, variant)
	d.bytes = slices.Clone(b) // kept for long, so exactly as large as it is
	*scratch = b
	scratches.Put(scratch)
	return d
}

// shownCommand is the process's own command, else the detected one (§11). One
// of blanks alone is stored and not shown (app/models/runtime/process_model.rb,
// specified_or_detected_command).
func shownCommand(p *state.Process) string {
	if p.Command != nil && strings.TrimSpace(*p.Command) != "" {
		return *p.Command
	}
	return p.DetectedCommand
}

func shownUser(p *state.Process) string {
	if p.User != nil && strings.TrimSpace(*p.User) != "" {
		return *p.User
	}
	return contract.DefaultUser
}

// appendHealthCheck writes a health check; the endpoint shows only for type
// http, the timeout not for readiness, unless the vendor's document is played.
func appendHealthCheck(b []byte, check state.HealthCheck, timeout bool) []byte {
	b = document.AppendQuoted(append(b, `{"type":`...), check.Type)
	b = append(b, `,"data":{`...)
	if timeout {
		b = appendNumber(b, `"timeout":`, check.Timeout)
		b = append(b, ',')
	}
	b = appendNumber(b, `"invocation_timeout":`, check.InvocationTimeout)
	b = appendNumber(b, `,"interval":`, check.Interval)
	if check.Type == "http" {
		b = append(b, `,"endpoint":`...)
		if check.Endpoint == nil {
			b = append(b, "null"...)
		} else {
			b = document.AppendQuoted(b, *check.Endpoint)
		}
	}
	return append(b, "}}"...)
}

func appendRelationships(b []byte, p *state.Process, variant contract.Variant) []byte {
	b = document.AppendQuoted(append(b, `,"relationships":{"app":{"data":{"guid":`...), p.AppGUID)
	b = append(b, "}}"...)
	b = appendRelationship(append(b, `,"revision":`...), p.RevisionGUID)
	if variant != contract.OpenSource {
		credential := ""
		if p.RegistryCredential != nil {
			credential = p.RegistryCredential.GUID
		}
		b = appendRelationship(append(b, `,"registry_credential":`...), credential)
	}
	return append(b, '}')
}

// appendRelationship writes a plain null for what is not there, not an object
// with null data (§11).
func appendRelationship(b []byte, guid string) []byte {
	if guid == "" {
		return append(b, "null"...)
	}
	b = document.AppendQuoted(append(b, `{"data":{"guid":`...), guid)
	return append(b, "}}"...)
}

func appendMetadata(b []byte, m contract.Metadata) []byte {
	b = appendPairs(append(b, `{"labels":`...), m.Labels)
	b = appendPairs(append(b, `,"annotations":`...), m.Annotations)
	return append(b, '}')
}

func appendPairs(b []byte, pairs contract.Pairs) []byte {
	b = append(b, '{')
	for i, pair := range pairs {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(document.AppendQuoted(b, pair.Key), ':')
		if pair.Null {
			b = append(b, "null"...)
		} else {
			b = document.AppendQuoted(b, pair.Value)
		}
	}
	return append(b, '}')
}

// maxLinks is how many links a process has at most.
const maxLinks = 7

// appendLinks writes the links and notes where each base begins.
func (d *rendering) appendLinks(b []byte, p *state.Process, space string, variant contract.Variant) []byte {
	var room [128]byte
	base := document.AppendEscaped(room[:0], d.base)
	link := func(name, resource, guid, action, method string) {
		if d.links > 0 {
			b = append(b, ',')
		}
		b = document.AppendQuoted(b, name)
		b = append(b, `:{"href":"`...)
		d.bases[d.links] = uint32(len(b))
		d.links++
		b = append(b, base...)
		b = append(b, resource...)
		b = document.AppendEscaped(b, guid)
		b = append(b, action...)
		b = append(b, '"')
		if variant == contract.Vendor || method != "GET" {
			b = append(b, `,"method":"`...)
			b = append(b, method...)
			b = append(b, '"')
		}
		b = append(b, '}')
	}
	const processes = "/v3/processes/"
	b = append(b, `,"links":{`...)
	link("self", processes, p.GUID, "", "GET")
	link("scale", processes, p.GUID, "/actions/scale", "POST")
	link("app", "/v3/apps/", p.AppGUID, "", "GET")
	link("space", "/v3/spaces/", space, "", "GET")
	link("stats", processes, p.GUID, "/stats", "GET")
	if variant != contract.Vendor {
		link("process_instances", processes, p.GUID, "/process_instances", "GET")
	}
	if variant != contract.OpenSource && p.RegistryCredential != nil {
		link("registry_credential", "/v3/registry_credentials/", p.RegistryCredential.GUID, "", "GET")
	}
	return append(b, "}}"...)
}

// rebased is the same document with another base in its links.
func (d *rendering) rebased(base string) *rendering {
	old, fresh := len(document.AppendEscaped(nil, d.base)), document.AppendEscaped(nil, base)
	next := *d
	next.base = base
	b := make([]byte, 0, len(d.bytes)+d.links*(len(fresh)-old))
	from := 0
	for i, at := range d.bases[:d.links] {
		b = append(b, d.bytes[from:at]...)
		next.bases[i] = uint32(len(b))
		b = append(b, fresh...)
		from = int(at) + old
	}
	next.bytes = append(b, d.bytes[from:]...)
	return &next
}

// appendRead appends the document with another command, or another value
// embedded, than its owner's plain reading has; nil leaves either as it is.
func (d *rendering) appendRead(b []byte, command, instances []byte) []byte {
	if command == nil {
		command = d.bytes[d.commandStart:d.commandEnd]
	}
	b = append(b, d.bytes[:d.commandStart]...)
	b = append(b, command...)
	b = append(b, d.bytes[d.commandEnd:d.embedAt]...)
	if instances != nil {
		b = append(b, embedKey...)
		b = append(b, instances...)
	}
	return append(b, d.bytes[d.embedAt:]...)
}

const embedKey = `,"process_instances":`

// readSize is how much appendRead appends.
func (d *rendering) readSize(command, instances []byte) int {
	size := len(d.bytes) - (d.commandEnd - d.commandStart) + len(command)
	if instances != nil {
		size += len(embedKey) + len(instances)
	}
	return size
}

// The redacted commands of §12, as JSON.
var (
	hiddenCommand = []byte(`"` + contract.HiddenCommand + `"`)
	hiddenInList  = []byte(`"` + contract.HiddenCommandInList + `"`)
)
