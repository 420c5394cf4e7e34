package api

import (
	"net/http"
	"strconv"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/state"
)

// logCacheWarning is what the real server says, form-encoded, when metrics are
// down (§14.1).
const logCacheWarning = "Stats+server+temporarily+unavailable."

func getProcessStats(c *call) (reply, error) {
	view, err := c.process()
	if err != nil {
		return reply{}, err
	}
	if !view.StatsAvailable() {
		return reply{}, contract.StatsUnavailable
	}
	s := statsWriter{view: view, now: c.now, metrics: view.HasMetrics()}
	out := reply{status: http.StatusOK, body: s.document()}
	if !s.metrics && view.App.State == state.Started {
		out.headers = []header{headerLine("X-Cf-Warnings", logCacheWarning)}
	}
	return out, nil
}

// statsWriter writes the stats of one process at one moment (§14.1).
type statsWriter struct {
	view    state.View
	now     time.Time
	metrics bool // the log cache answers
}

func (s *statsWriter) document() []byte {
	b := []byte(`{"resources":[`)
	for i, inst := range s.view.Instances(s.now) {
		if i > 0 {
			b = append(b, ',')
		}
		b = s.appendInstance(b, inst)
	}
	return append(b, "]}"...)
}

// appendInstance writes one entry in the key order of §14.1. A DOWN one has
// only what the platform knows without a container.
func (s *statsWriter) appendInstance(b []byte, inst state.Instance) []byte {
	b = document.AppendQuoted(append(b, `{"type":`...), s.view.Process.Type)
	b = strconv.AppendInt(append(b, `,"index":`...), int64(inst.Index), 10)
	if inst.State != state.Down {
		b = document.AppendQuoted(append(b, `,"instance_guid":`...), inst.GUID)
	}
	b = document.AppendQuoted(append(b, `,"state":`...), string(inst.State))
	b = appendOr(append(b, `,"routable":`...), inst.Routable, appendBool)
	if inst.State == state.Down {
		b = strconv.AppendInt(append(b, `,"uptime":`...), int64(inst.For/time.Second), 10)
		b = appendPlacement(b, inst)
		return append(b, '}')
	}
	b = document.AppendQuoted(append(b, `,"host":`...), inst.Host)
	b = document.AppendQuoted(append(b, `,"instance_internal_ip":`...), inst.IP)
	b = strconv.AppendInt(append(b, `,"uptime":`...), int64(inst.For/time.Second), 10)
	b = s.appendQuotas(b, inst)
	b = append(b, `,"fds_quota":`...)
	b = strconv.AppendInt(b, contract.FileDescriptors, 10)
	b = appendPlacement(b, inst)
	b = appendPorts(append(b, `,"instance_ports":`...), inst)
	b = s.appendUsage(append(b, `,"usage":`...), inst)
	return append(b, '}')
}

// appendOr writes a value, or null for none.
func appendOr[T any](b []byte, value *T, write func([]byte, T) []byte) []byte {
	if value == nil {
		return append(b, "null"...)
	}
	return write(b, *value)
}

// appendPlacement writes where the instance was to be placed and why it could
// not be.
func appendPlacement(b []byte, inst state.Instance) []byte {
	for _, field := range [...]struct{ key, text string }{{`,"isolation_segment":`, inst.IsolationSegment}, {`,"details":`, inst.Details}} {
		b = append(b, field.key...)
		if field.text == "" {
			b = append(b, "null"...)
		} else {
			b = document.AppendQuoted(b, field.text)
		}
	}
	return b
}

// measured says that the log cache has figures of an instance: it runs, or ran.
func (s *statsWriter) measured(inst state.Instance) bool {
	return s.metrics && (inst.State == state.Running || inst.State == state.Unknown)
}

// appendQuotas writes what the log cache knows of the instance's limits, or what
// was set.
func (s *statsWriter) appendQuotas(b []byte, inst state.Instance) []byte {
	limits := inst.Limits
	b = s.appendQuota(append(b, `,"mem_quota":`...), inst, int64(limits.MemoryInMB)<<20, func(f *state.Facts) contract.Optional[int64] { return f.MemoryQuota })
	b = s.appendQuota(append(b, `,"disk_quota":`...), inst, int64(limits.DiskInMB)<<20, func(f *state.Facts) contract.Optional[int64] { return f.DiskQuota })
	return s.appendQuota(append(b, `,"log_rate_limit":`...), inst, limits.LogRateLimit, func(f *state.Facts) contract.Optional[int64] { return f.LogRateLimit })
}

func (s *statsWriter) appendQuota(b []byte, inst state.Instance, value int64, set func(*state.Facts) contract.Optional[int64]) []byte {
	known := s.measured(inst)
	if inst.Facts != nil && s.metrics {
		if quota := set(inst.Facts); quota.Set {
			known, value = !quota.Null, quota.Value
		}
	}
	if !known {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, value, 10)
}

// appsPort is the port of the container that takes an app's requests, tlsPort
// that of the proxy before it.
const (
	appsPort = 8080
	tlsPort  = 61001
)

func appendPorts(b []byte, inst state.Instance) []byte {
	ports := []state.Port{{External: inst.Port, Internal: appsPort, ExternalTLS: new(inst.Port + 1), InternalTLS: new(tlsPort)}}
	switch {
	case inst.Facts != nil && inst.Facts.Ports != nil:
		ports = inst.Facts.Ports
	case inst.Port == 0:
		ports = nil
	}
	b = append(b, '[')
	for i, port := range ports {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(append(b, `{"external":`...), int64(port.External), 10)
		b = strconv.AppendInt(append(b, `,"internal":`...), int64(port.Internal), 10)
		b = appendNumber(b, `,"external_tls_proxy_port":`, port.ExternalTLS)
		b = appendNumber(b, `,"internal_tls_proxy_port":`, port.InternalTLS)
		b = append(b, '}')
	}
	return append(b, ']')
}

// appendUsage writes what the instance takes; {} where the real server has no
// metrics to ask, zeros where it has none yet.
func (s *statsWriter) appendUsage(b []byte, inst state.Instance) []byte {
	var set contract.Optional[state.UsageFacts]
	if inst.Facts != nil {
		set = inst.Facts.Usage
	}
	if !s.metrics || set.Null || inst.State == state.Stopping && !set.Set {
		return append(b, "{}"...)
	}
	b = append(b, `{"time":"`...)
	b = s.now.UTC().AppendFormat(b, "2006-01-02T15:04:05+00:00")
	if !s.measured(inst) && !set.Set {
		return append(b, `","cpu":0,"cpu_entitlement":0,"mem":0,"disk":0,"log_rate":0}`...)
	}
	u, f := inst.Usage, set.Value
	b = appendFloat(append(b, `","cpu":`...), document.Or(f.CPU, u.CPU))
	b = append(b, `,"cpu_entitlement":`...)
	switch {
	case f.CPUEntitlement.Null:
		b = append(b, "null"...)
	case f.CPUEntitlement.Set:
		b = appendFloat(b, f.CPUEntitlement.Value)
	default:
		b = appendFloat(b, u.CPUEntitlement)
	}
	b = strconv.AppendInt(append(b, `,"mem":`...), document.Or(f.Memory, u.Memory), 10)
	b = strconv.AppendInt(append(b, `,"disk":`...), document.Or(f.Disk, u.Disk), 10)
	b = strconv.AppendInt(append(b, `,"log_rate":`...), document.Or(f.LogRate, u.LogRate), 10)
	return append(b, '}')
}
