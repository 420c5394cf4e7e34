package drift

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/capisim/sim/document"
)

// request is a question that can be put to either side.
type request struct {
	method  string
	path    string // with the query, as it is sent
	auth    authorization
	media   string // content type, "" for none
	body    string
	traceID string // X-Vcap-Request-Id, "" for none
	traced  bool   // the pair of headers of a trace is sent
	prefer  string // asks capisim for an injected answer
}

// authorization is what a request says about its caller: the side's own token,
// a header written out, or nothing.
type authorization struct {
	own    bool
	header string
}

// The pair of a trace.
const (
	traceID = "463ac35c9f6413ad48485a3953bb6124"
	spanID  = "a2fb4a1d1a96d312"
)

var (
	ownToken = authorization{own: true}
	noToken  = authorization{}
)

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	cut    bool // the body went on beyond the bound
}

// side is one of the two that are compared.
type side interface {
	do(ctx context.Context, r request) (*answer, error)
}

// maxBody is how much of an answer is read: a page of the largest lists is a
// tenth of it.
const maxBody = 16 << 20

// remote is the target. It is asked one question at a time.
type remote struct {
	base   string
	rooted bool // there is no path in base
	token  string
	http   *http.Client
	// limited is the first answer that the rate limit gave, nil for none.
	limited *answer
}

func newRemote(t Target, timeout time.Duration) (*remote, error) {
	u, err := parseURL(t.URL)
	if err != nil {
		return nil, err
	}
	if t.Token == "" || strings.ContainsAny(t.Token, " \t\r\n") {
		return nil, errors.New("token: expected a bearer token, without the word bearer")
	}
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	client := http.Client{Timeout: timeout}
	if t.HTTP != nil {
		client.Transport = t.HTTP.Transport
	}
	// A redirect is an answer; following it would also carry the token away.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &remote{base: u.String(), rooted: u.Path == "", token: t.Token, http: &client}, nil
}

// do asks the target; a limit on its rate is waited for once.
func (s *remote) do(ctx context.Context, r request) (*answer, error) {
	got, err := s.once(ctx, r)
	if err != nil || got.status != http.StatusTooManyRequests {
		return got, err
	}
	if s.limited == nil {
		s.limited = got
	}
	pause, limited := retryAfter(got.header)
	if !limited {
		return got, nil
	}
	if pause > maxPause {
		return nil, fmt.Errorf("the target limits the rate of requests and asks for a pause of %s; try again after it", pause)
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return s.once(ctx, r)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// maxPause is how long a rate limit is waited for.
const maxPause = time.Minute

func retryAfter(h http.Header) (time.Duration, bool) {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 || seconds > int(24*time.Hour/time.Second) {
		return 0, false
	}
	return time.Duration(seconds) * time.Second, true
}

func (s *remote) once(ctx context.Context, r request) (*answer, error) {
	req, err := r.build(ctx, s.base, s.token)
	if err != nil {
		return nil, err
	}
	got, err := s.http.Do(req)
	if err != nil {
		return nil, &UnreachableError{URL: s.base, Err: cause(err)}
	}
	defer got.Body.Close() //nolint:errcheck // what matters was read
	body, err := io.ReadAll(io.LimitReader(got.Body, maxBody+1))
	if err != nil {
		return nil, &UnreachableError{URL: s.base, Err: cause(err)}
	}
	return &answer{status: got.StatusCode, header: got.Header, body: body[:min(len(body), maxBody)], cut: len(body) > maxBody}, nil
}

// cause drops the address and the method, which stand in the report already.
func cause(err error) error {
	var wrapped interface {
		error
		Timeout() bool
		Unwrap() error
	}
	if errors.As(err, &wrapped) {
		if wrapped.Timeout() {
			return errors.New("timeout")
		}
		return wrapped.Unwrap()
	}
	return err
}

// build makes the request for one side. The path goes out as it was written:
// doubled slashes and odd escapes are what some questions are about.
func (r request) build(ctx context.Context, base, token string) (*http.Request, error) {
	var body io.Reader
	if r.body != "" {
		body = strings.NewReader(r.body)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, base+r.path, body)
	if err != nil {
		return nil, fmt.Errorf("ask %s %s: %w", r.method, r.path, err)
	}
	switch {
	case r.auth.own:
		req.Header.Set("Authorization", "bearer "+token)
	case r.auth.header != "":
		req.Header.Set("Authorization", r.auth.header)
	}
	if r.media != "" {
		req.Header.Set("Content-Type", r.media)
	}
	if r.traceID != "" {
		req.Header.Set("X-Vcap-Request-Id", r.traceID)
	}
	if r.traced {
		req.Header.Set("X-B3-TraceId", traceID)
		req.Header.Set("X-B3-SpanId", spanID)
	}
	if r.prefer != "" {
		req.Header.Set("Prefer", r.prefer)
	}
	req.Header.Set("Accept", jsonMedia)
	req.Header.Set("User-Agent", "capisim-drift")
	return req, nil
}

// json is the body as a tree; nil when it is not JSON.
func (a *answer) json() *node {
	if a.cut {
		return nil
	}
	tree, err := parse(a.body)
	if err != nil {
		return nil
	}
	return tree
}

// summary is the status and, of an error, what the envelope says.
func (a *answer) summary() string {
	text := strconv.Itoa(a.status)
	entry := a.json().get("errors").first()
	if title := entry.get("title").string(); title != "" {
		text += " " + document.Printable(clip(title)) + " " + quote(entry.get("detail").string())
	}
	return text
}
