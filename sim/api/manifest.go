package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"example.com/capisim/sim/state"
)

// getManifest writes an app as a manifest that would push it, in YAML.
func getManifest(c *call) (reply, error) {
	view, err := c.secretsOf()
	if err != nil {
		return reply{}, err
	}
	processes, err := c.processesOf(view.App.GUID)
	if err != nil {
		return reply{}, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "---\napplications:\n- name: %s\n", yamlText(view.App.Name))
	if view.App.Stack != "" {
		fmt.Fprintf(&b, "  stack: %s\n", yamlText(view.App.Stack))
	}
	if len(view.App.Buildpacks) > 0 {
		b.WriteString("  buildpacks:\n")
		for _, name := range view.App.Buildpacks {
			fmt.Fprintf(&b, "  - %s\n", yamlText(name))
		}
	}
	for i, route := range c.routesOf(view.App.GUID) {
		if i == 0 {
			b.WriteString("  routes:\n")
		}
		protocol, _ := route.value.Find("/destinations/0/protocol")
		fmt.Fprintf(&b, "  - route: %s\n    protocol: %s\n", yamlText(route.value.TextOf("url")), protocol.Text)
	}
	b.WriteString("  processes:\n")
	for _, p := range processes {
		writeProcess(&b, p.Process)
	}
	return reply{status: http.StatusOK, body: []byte(b.String()), media: "application/x-yaml"}, nil
}

// writeProcess writes a process of a manifest; what has no value is left out.
func writeProcess(b *strings.Builder, p *state.Process) {
	text := func(key, value string) {
		if value != "" {
			fmt.Fprintf(b, "    %s: %s\n", key, value)
		}
	}
	quoted := func(key string, value *string) {
		if value != nil {
			text(key, yamlText(*value))
		}
	}
	number := func(key string, value *int) {
		if value != nil {
			text(key, strconv.Itoa(*value))
		}
	}
	fmt.Fprintf(b, "  - type: %s\n", yamlText(p.Type))
	text("instances", strconv.Itoa(p.Instances))
	text("memory", strconv.Itoa(p.MemoryInMB)+"M")
	if p.DiskInMB != nil {
		text("disk_quota", strconv.Itoa(*p.DiskInMB)+"M")
	}
	text("log-rate-limit-per-second", readableBytes(p.LogRateLimit))
	quoted("command", p.Command)
	text("health-check-type", p.HealthCheck.Type)
	quoted("health-check-http-endpoint", p.HealthCheck.Endpoint)
	number("health-check-invocation-timeout", p.HealthCheck.InvocationTimeout)
	number("health-check-interval", p.HealthCheck.Interval)
	text("readiness-health-check-type", p.Readiness.Type)
	quoted("readiness-health-check-http-endpoint", p.Readiness.Endpoint)
	number("readiness-health-check-invocation-timeout", p.Readiness.InvocationTimeout)
	number("readiness-health-check-interval", p.Readiness.Interval)
	number("timeout", p.HealthCheck.Timeout)
}

// readableBytes writes a number of bytes with the largest unit that fits.
func readableBytes(n int64) string {
	for _, unit := range []struct {
		size int64
		name string
	}{{1 << 40, "T"}, {1 << 30, "G"}, {1 << 20, "M"}, {1 << 10, "K"}} {
		if n > 0 && n%unit.size == 0 {
			return strconv.FormatInt(n/unit.size, 10) + unit.name
		}
	}
	if n < 0 {
		return "-1"
	}
	return strconv.FormatInt(n, 10) + "B"
}

// yamlText quotes a text so that any YAML reader takes it as it is.
func yamlText(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(text) + `"`
}
