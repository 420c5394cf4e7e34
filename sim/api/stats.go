package api

import (
	"net/http"
	"strconv"
	"time"

	"example.com/capisim/sim/contract"
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
	if view.StatsUnavailable() {
		return reply{}, contract.StatsUnavailable
	}
	s := statsWriter{view: view, now: c.now, metrics: !view.LogCacheDown()}
	out := reply{status: http.StatusOK, body: s.document(), shared: true}
	if !s.metrics && view.App.State == state.Started {
		out.headers = []header{{name: "X-Cf-Warnings", value: logCacheWarning}}
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
	b = appendString(append(b, `{"type":`...), s.view.Process.Type)
	b = strconv.AppendInt(append(b, `,"index":`...), int64(inst.Index), 10)
	if inst.State != state.Down {
		b = appendString(append(b, `,"instance_guid":`...), inst.GUID)
	}
	b = appendString(append(b, `,"state":`...), string(inst.State))
	b = appendRoutable(append(b, `,"routable":`...), inst)
	if inst.State == state.Down {
		b = strconv.AppendInt(append(b, `,"uptime":`...), int64(inst.For/time.Second), 10)
		b = s.appendPlacement(b, inst)
		return append(b, '}')
	}
	b = appendString(append(b, `,"host":`...), inst.Host)
	b = appendString(append(b, `,"instance_internal_ip":`...), inst.IP)
	b = strconv.AppendInt(append(b, `,"uptime":`...), int64(inst.For/time.Second), 10)
	b = s.appendQuotas(b, inst)
	b = append(b, `,"fds_quota":`...)
	b = strconv.AppendInt(b, contract.FileDescriptors, 10)
	b = s.appendPlacement(b, inst)
	b = appendPorts(append(b, `,"instance_ports":`...), inst)
	b = s.appendUsage(append(b, `,"usage":`...), inst)
	return append(b, '}')
}

// appendRoutable tells what the platform does: whether a running instance takes
// requests, not of one that it does not know.
func appendRoutable(b []byte, inst state.Instance) []byte {
	if inst.State == state.Down || inst.State == state.Unknown {
		return append(b, "null"...)
	}
	return appendBool(b, inst.State == state.Running)
}

// appendPlacement writes where the instance was to be placed and why it could
// not be. A DOWN entry has the segment only with a placement error.
func (s *statsWriter) appendPlacement(b []byte, inst state.Instance) []byte {
	b = append(b, `,"isolation_segment":`...)
	known := inst.State != state.Stopping && (inst.State != state.Down || inst.Details != "")
	if segment := s.view.Space.IsolationSegment; segment != "" && known {
		b = appendString(b, segment)
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"details":`...)
	if inst.Details == "" {
		return append(b, "null"...)
	}
	return appendString(b, inst.Details)
}

// measured says that the log cache has figures of an instance: it runs, or ran.
func (s *statsWriter) measured(inst state.Instance) bool {
	return s.metrics && (inst.State == state.Running || inst.State == state.Unknown)
}

func (s *statsWriter) appendQuotas(b []byte, inst state.Instance) []byte {
	if !s.measured(inst) {
		return append(b, `,"mem_quota":null,"disk_quota":null,"log_rate_limit":null`...)
	}
	b = strconv.AppendInt(append(b, `,"mem_quota":`...), int64(inst.Limits.MemoryInMB)<<20, 10)
	b = strconv.AppendInt(append(b, `,"disk_quota":`...), int64(inst.Limits.DiskInMB)<<20, 10)
	return strconv.AppendInt(append(b, `,"log_rate_limit":`...), inst.Limits.LogRateLimit, 10)
}

func appendPorts(b []byte, inst state.Instance) []byte {
	if inst.Port == 0 {
		return append(b, "[]"...)
	}
	b = strconv.AppendInt(append(b, `[{"external":`...), int64(inst.Port), 10)
	b = append(b, `,"internal":8080,"external_tls_proxy_port":`...)
	b = strconv.AppendInt(b, int64(inst.Port)+1, 10)
	return append(b, `,"internal_tls_proxy_port":61001}]`...)
}

// appendUsage writes what the instance takes; {} where the real server has no
// metrics to ask, zeros where it has none yet.
func (s *statsWriter) appendUsage(b []byte, inst state.Instance) []byte {
	if !s.metrics || inst.State == state.Stopping {
		return append(b, "{}"...)
	}
	b = append(b, `{"time":"`...)
	b = s.now.UTC().AppendFormat(b, "2006-01-02T15:04:05+00:00")
	if !s.measured(inst) {
		return append(b, `","cpu":0,"cpu_entitlement":0,"mem":0,"disk":0,"log_rate":0}`...)
	}
	u := inst.Usage
	b = appendFloat(append(b, `","cpu":`...), u.CPU)
	b = appendFloat(append(b, `,"cpu_entitlement":`...), u.CPUEntitlement)
	b = strconv.AppendInt(append(b, `,"mem":`...), u.Memory, 10)
	b = strconv.AppendInt(append(b, `,"disk":`...), u.Disk, 10)
	b = strconv.AppendInt(append(b, `,"log_rate":`...), u.LogRate, 10)
	return append(b, '}')
}
