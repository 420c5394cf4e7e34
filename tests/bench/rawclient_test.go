package bench_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"testing"
)

// rawClient sends prepared bytes over one connection and reads answers by their
// Content-Length. Go's own client would be half of what is measured
// (FACTS.md §4).
type rawClient struct {
	conn   net.Conn
	reader *bufio.Reader
}

func dial(tb testing.TB, address string) *rawClient {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		tb.Fatal(err)
	}
	return &rawClient{conn, bufio.NewReaderSize(conn, 256<<10)}
}

// request is an HTTP/1.1 request as bytes.
func request(method, path, body string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: bearer admin\r\nUser-Agent: bench\r\n", method, path)
	if body != "" {
		fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n" + body)
	return b.Bytes()
}

var contentLength = []byte("Content-Length: ")

// do sends a request and returns the status of its answer and the length of the
// body, which it skips.
func (c *rawClient) do(request []byte) (status, length int, err error) {
	if _, err = c.conn.Write(request); err != nil {
		return 0, 0, err
	}
	line, err := c.reader.ReadSlice('\n')
	if err != nil {
		return 0, 0, err
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, 0, err
	}
	for {
		if line, err = c.reader.ReadSlice('\n'); err != nil {
			return 0, 0, err
		}
		if len(line) <= 2 {
			break
		}
		if value, found := bytes.CutPrefix(line, contentLength); found {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, 0, err
			}
		}
	}
	_, err = c.reader.Discard(length)
	return status, length, err
}

// body returns an answer's status and its body.
func (c *rawClient) body(tb testing.TB, request []byte) (status int, body []byte) {
	if _, err := c.conn.Write(request); err != nil {
		tb.Fatal(err)
	}
	length := 0
	for {
		line, err := c.reader.ReadSlice('\n')
		if err != nil {
			tb.Fatal(err)
		}
		if status == 0 {
			status, _ = strconv.Atoi(string(line[9:12]))
		}
		if len(line) <= 2 {
			break
		}
		if value, found := bytes.CutPrefix(line, contentLength); found {
			length, _ = strconv.Atoi(string(bytes.TrimSpace(value)))
		}
	}
	raw := make([]byte, length)
	if _, err := io.ReadFull(c.reader, raw); err != nil {
		tb.Fatal(err)
	}
	return status, raw
}
