// Command full is what somebody would write by hand for the job of capisim and
// for speed: gin, state with the bytes of each version kept, ten rules,
// jsonschema on the body of a PATCH, and a journal of 4,096 requests. It takes
// the file of a list of processes and that of the schema, and prints its address.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/santhosh-tekuri/jsonschema/v5"
)

type check struct {
	Type string `json:"type"`
	Data struct {
		Timeout           *int    `json:"timeout,omitempty"`
		InvocationTimeout *int    `json:"invocation_timeout"`
		Interval          *int    `json:"interval"`
		Endpoint          *string `json:"endpoint,omitempty"`
	} `json:"data"`
}

type metadata struct {
	Labels      map[string]*string `json:"labels"`
	Annotations map[string]*string `json:"annotations"`
}

type link struct {
	Href   string `json:"href"`
	Method string `json:"method,omitempty"`
}

type process struct {
	GUID          string          `json:"guid"`
	CreatedAt     time.Time       `json:"created_at"`
	UpdatedAt     time.Time       `json:"updated_at"`
	Version       string          `json:"version"`
	Type          string          `json:"type"`
	Command       string          `json:"command"`
	User          string          `json:"user"`
	Instances     int             `json:"instances"`
	MemoryInMB    int             `json:"memory_in_mb"`
	DiskInMB      int             `json:"disk_in_mb"`
	LogRateLimit  int             `json:"log_rate_limit_in_bytes_per_second"`
	HealthCheck   check           `json:"health_check"`
	Readiness     check           `json:"readiness_health_check"`
	Relationships json.RawMessage `json:"relationships"`
	Metadata      metadata        `json:"metadata"`
	Links         map[string]link `json:"links"`

	bytes []byte
}

// update is the body of a PATCH.
type update struct {
	Command     *string   `json:"command"`
	HealthCheck *check    `json:"health_check"`
	Metadata    *metadata `json:"metadata"`
}

type rule struct {
	method, guid string
	status       int
	on           bool
}

type entry struct {
	at                 time.Time
	method, path       string
	status             int
	header, answer     http.Header
	request, responded []byte
}

// kept is how much of a body the journal keeps.
const kept = 8 << 10

type server struct {
	mu        sync.RWMutex // guards processes
	processes map[string]*process
	order     []string
	rules     []rule
	schema    *jsonschema.Schema

	journalMu sync.Mutex // guards the journal
	journal   [4096]entry
	entries   int
	ids       uint64
}

func main() {
	s := &server{processes: map[string]*process{}, schema: jsonschema.MustCompile(os.Args[2])}
	var list struct{ Resources []*process }
	raw, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = json.Unmarshal(raw, &list)
	}
	if err != nil {
		panic(err)
	}
	for _, p := range list.Resources {
		p.bytes, _ = json.Marshal(p)
		s.processes[p.GUID] = p
		s.order = append(s.order, p.GUID)
	}
	for i := range 9 {
		s.rules = append(s.rules, rule{method: "DELETE", guid: strconv.Itoa(i), status: 500 + i, on: true})
	}
	s.rules = append(s.rules, rule{method: "PATCH", status: 503})

	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.GET("/v3/processes", s.handle(s.list))
	e.GET("/v3/processes/:guid", s.handle(s.get))
	e.PATCH("/v3/processes/:guid", s.handle(s.patch))
	e.PUT("/inject", func(c *gin.Context) { s.rules[9].on = !s.rules[9].on; c.Status(204) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("ready at http://" + listener.Addr().String())
	panic(http.Serve(listener, e))
}

// handle is a request on its way: rules, the action, headers, the journal.
func (s *server) handle(action func(c *gin.Context, body []byte) (status int, answer []byte)) gin.HandlerFunc {
	return func(c *gin.Context) {
		begin := time.Now()
		var body []byte
		if c.Request.ContentLength > 0 {
			body, _ = io.ReadAll(c.Request.Body)
		}
		status, answer := s.planned(c)
		if status == 0 {
			status, answer = action(c, body)
		}
		h := c.Writer.Header()
		s.fill(h, len(answer), time.Since(begin))
		s.append(entry{begin, c.Request.Method, c.Request.URL.Path, status, c.Request.Header, h.Clone(), cut(body), cut(answer)})
		c.Writer.WriteHeader(status)
		c.Writer.Write(answer) //nolint:errcheck // the client sees it
	}
}

func (s *server) planned(c *gin.Context) (status int, answer []byte) {
	for _, r := range s.rules {
		if r.on && r.method == c.Request.Method && (r.guid == "" || r.guid == c.Param("guid")) {
			return r.status, failure(r.status, "CF-ServiceUnavailable", "injected")
		}
	}
	return 0, nil
}

func failure(code int, title, detail string) []byte {
	raw, _ := json.Marshal(map[string]any{"errors": []any{map[string]any{"code": code, "title": title, "detail": detail}}})
	return raw
}

func cut(body []byte) []byte { return bytes.Clone(body[:min(len(body), kept)]) }

func (s *server) append(e entry) {
	s.journalMu.Lock()
	s.journal[s.entries%len(s.journal)] = e
	s.entries++
	s.journalMu.Unlock()
}

var constant = map[string][]string{
	"Content-Type": {"application/json; charset=utf-8"}, "X-Frame-Options": {"SAMEORIGIN"}, "X-XSS-Protection": {"1; mode=block"},
	"X-Content-Type-Options": {"nosniff"}, "X-Download-Options": {"noopen"}, "X-Permitted-Cross-Domain-Policies": {"none"},
	"Referrer-Policy": {"strict-origin-when-cross-origin"}, "X-USER-GUID": {"b194de4a-4883-44d8-98de-b3eb76507c0b"},
}

func (s *server) fill(h http.Header, length int, took time.Duration) {
	for name, values := range constant {
		h[name] = values
	}
	s.journalMu.Lock()
	s.ids++
	id := s.ids
	s.journalMu.Unlock()
	h["X-VCAP-Request-ID"] = []string{fmt.Sprintf("b6b1a1ba-2f0a-4f6d-8d35-%012x", id)}
	h["X-Runtime"] = []string{strconv.FormatFloat(took.Seconds(), 'f', 6, 64)}
	h["Content-Length"] = []string{strconv.Itoa(length)}
}

func (s *server) get(c *gin.Context, _ []byte) (int, []byte) {
	s.mu.RLock()
	p := s.processes[c.Param("guid")]
	s.mu.RUnlock()
	if p == nil {
		return 404, failure(10010, "CF-ResourceNotFound", "Process not found")
	}
	return 200, p.bytes
}

func (s *server) list(c *gin.Context, _ []byte) (int, []byte) {
	page, _ := strconv.Atoi(c.DefaultQuery("page", "1"))
	size, _ := strconv.Atoi(c.DefaultQuery("per_page", "50"))
	s.mu.RLock()
	defer s.mu.RUnlock()
	first := min((page-1)*size, len(s.order))
	b := fmt.Appendf(make([]byte, 0, 2048*size), `{"pagination":{"total_results":%d,"total_pages":%d,"first":{"href":"http://%s/v3/processes?page=1"},`+
		`"next":{"href":"http://%s/v3/processes?page=%d"},"previous":null},"resources":[`, len(s.order), len(s.order)/size, c.Request.Host, c.Request.Host, page+1)
	for i, guid := range s.order[first:min(first+size, len(s.order))] {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, s.processes[guid].bytes...)
	}
	return 200, append(b, "]}"...)
}

func (s *server) patch(c *gin.Context, body []byte) (int, []byte) {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return 400, failure(1001, "CF-MessageParseError", err.Error())
	}
	if err := s.schema.Validate(value); err != nil {
		return 422, failure(10008, "CF-UnprocessableEntity", err.Error())
	}
	var asked update
	json.Unmarshal(body, &asked) //nolint:errcheck // it is JSON, as was seen
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.processes[c.Param("guid")]
	if old == nil {
		return 404, failure(10010, "CF-ResourceNotFound", "Process not found")
	}
	next := *old
	next.UpdatedAt = time.Now().UTC()
	if asked.Command != nil {
		next.Command = *asked.Command
	}
	if asked.HealthCheck != nil {
		next.HealthCheck = *asked.HealthCheck
	}
	if asked.Metadata != nil {
		labels := map[string]*string{}
		for key, value := range old.Metadata.Labels {
			labels[key] = value
		}
		for key, value := range asked.Metadata.Labels {
			labels[key] = value
		}
		next.Metadata.Labels = labels
	}
	next.bytes, _ = json.Marshal(&next)
	s.processes[next.GUID] = &next
	return 200, next.bytes
}
