package truth_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// line is one connection. Requests are written by hand: no client of the
// standard library sends an empty Content-Type or a path with a bad escape.
type line struct {
	address string
	conn    net.Conn
	reader  *bufio.Reader
}

// reply is an answer as it came.
type reply struct {
	status  int
	headers http.Header
	body    []byte
}

func (l *line) close() {
	if l.conn != nil {
		l.conn.Close()
		l.conn = nil
	}
}

const patience = 30 * time.Second

func (l *line) send(q request) (reply, error) {
	if l.conn == nil {
		conn, err := net.Dial("tcp", l.address)
		if err != nil {
			return reply{}, err
		}
		l.conn, l.reader = conn, bufio.NewReader(conn)
	}
	l.conn.SetDeadline(time.Now().Add(patience)) //nolint:errcheck // the next call fails too
	if _, err := l.conn.Write(q.bytes(l.address)); err != nil {
		return reply{}, err
	}
	answer, err := http.ReadResponse(l.reader, &http.Request{Method: q.Method})
	if err != nil {
		return reply{}, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if answer.Close {
		l.close()
	}
	return reply{answer.StatusCode, answer.Header, body}, err
}

// user is who sends the request.
func (q request) user() string {
	if q.User == nil {
		return "admin"
	}
	var name *string
	if err := json.Unmarshal(q.User, &name); err != nil {
		panic(err)
	}
	if name == nil {
		return ""
	}
	return *name
}

func (q request) body() (content []byte, given bool) {
	switch {
	case q.Hex != "":
		content, err := hex.DecodeString(q.Hex)
		if err != nil {
			panic(err)
		}
		return content, true
	case q.Raw != nil:
		return []byte(*q.Raw), true
	}
	return q.Body, q.Body != nil
}

// bytes is the request as it goes over the wire.
func (q request) bytes(host string) []byte {
	headers := map[string]string{"Host": host, "Accept": "application/json"}
	switch name := q.user(); {
	case name == "":
	case name[0] == '~':
		headers["Authorization"] = strings.ReplaceAll(name[1:], "{T}", "developer")
	case name[0] == '=':
		headers["Authorization"] = name[1:]
	default:
		headers["Authorization"] = "bearer " + name
	}
	body, given := q.body()
	if given {
		headers["Content-Type"] = "application/json"
	}
	if given || q.Method == "POST" || q.Method == "PATCH" || q.Method == "PUT" {
		headers["Content-Length"] = strconv.Itoa(len(body))
	}
	for name, value := range q.Headers {
		maps.DeleteFunc(headers, func(have, _ string) bool { return strings.EqualFold(have, name) })
		if value != "@null" {
			headers[name] = value
		}
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s %s HTTP/1.1\r\n", q.Method, q.Path)
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		fmt.Fprintf(&out, "%s: %s\r\n", name, headers[name])
	}
	out.WriteString("\r\n")
	out.Write(body)
	return out.Bytes()
}
