// Package drift finds where a Cloud Controller and capisim answer differently.
// It hides how the two are made comparable: it looks at one process of the
// target, builds a simulator that holds the same one, puts the same questions
// to both, and tells apart what must be equal (statuses, codes, texts, headers,
// the shape and order of bodies) from what cannot be (ids, times, usage). It
// refuses to know which of the two is right, how a report is asked for, and
// everything about the target but its answers. The section marks (§) are those
// of docs/CONTRACT.md.
package drift

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/capisim/sim/document"
)

// Target is the Cloud Controller that is compared.
type Target struct {
	URL   string       // address of its API, with or without a path
	Token string       // bearer token; what it may see is what is compared
	HTTP  *http.Client // nil: a plain one; redirects are never followed
	// Process is the guid of the process that is looked at; "" takes one of
	// those that the token sees. Options.Write demands one.
	Process string
}

// Options are the choices of a run.
type Options struct {
	// Write allows requests that change Target.Process. What they changed is
	// put back, also when the run fails or its context ends.
	Write bool
	// Timeout is how long the target may take for one answer; 0 is 30 s.
	Timeout time.Duration
}

const defaultTimeout = 30 * time.Second

// UnreachableError says that the target did not answer at all.
type UnreachableError struct {
	URL string
	Err error
}

// Error names the target and the cause.
func (e *UnreachableError) Error() string {
	return fmt.Sprintf("no answer from %s: %v", document.Printable(e.URL), e.Err)
}

// Unwrap is the cause.
func (e *UnreachableError) Unwrap() error { return e.Err }

// RestoreError says that the process on the target is not as it was found.
type RestoreError struct {
	Process string // guid
	Was     string // what has to be put back, as JSON
	Err     error
}

// Error tells all that is needed to put the process back by hand.
func (e *RestoreError) Error() string {
	return fmt.Sprintf("process %s could not be restored: %v\nit was %s", document.Printable(e.Process), e.Err, document.Printable(e.Was))
}

// Unwrap is the cause.
func (e *RestoreError) Unwrap() error { return e.Err }

// Run compares the target with capisim. The report holds what was found until
// an error ended the run. The error is *UnreachableError when the target does
// not answer, *RestoreError when a process could not be put back, the
// context's when that ended, and otherwise says why the target, the token or
// the process cannot be used.
func Run(ctx context.Context, target Target, options Options) (Report, error) {
	report := Report{Target: target.URL, Answers: known(), given: map[string]bool{}}
	remote, err := newRemote(target, options.Timeout)
	if err != nil {
		return report, err
	}
	if options.Write && target.Process == "" {
		return report, errors.New("no process named, expected the guid of one that may be changed")
	}
	seen, err := survey(ctx, remote, target.Process)
	if err != nil {
		return report, err
	}
	local, err := newMirror(seen)
	if err != nil {
		return report, err
	}
	defer local.close()
	report.Process, report.Variant, report.Notes = seen.guid(), seen.variant, seen.notes
	r := &run{
		target: remote, mirror: local, seen: seen, report: &report,
		compare: comparer{targetBase: seen.linkBase, ownBase: mirrorBase, routed: seen.routed},
	}
	if err := r.ask(ctx, readProbes(seen)); err != nil {
		return report, err
	}
	if options.Write {
		err = r.write(ctx)
	}
	if err == nil && remote.limited != nil {
		err = r.shape(ctx, "16 rate limit", get("/v3/processes"), remote.limited)
	}
	return report, err
}

// run is one comparison on its way.
type run struct {
	target  *remote
	mirror  *mirror
	seen    *subject
	compare comparer
	report  *Report
	silent  int // questions in a row that the target left without an answer
}

// maxSilent is after how many questions without an answer the target counts as
// gone.
const maxSilent = 3

// ask puts questions to both sides, one after the other.
func (r *run) ask(ctx context.Context, probes []probe) error {
	for i := range probes {
		if _, _, err := r.put(ctx, &probes[i]); err != nil {
			return err
		}
	}
	return nil
}

// put asks both sides one question and notes how the answers differ. An answer
// that did not come is nil.
func (r *run) put(ctx context.Context, p *probe) (theirs, ours *answer, err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	r.report.Probes++
	theirs, err = r.target.do(ctx, p.request)
	var gone *UnreachableError
	switch {
	case ctx.Err() != nil:
		return nil, nil, ctx.Err()
	case errors.As(err, &gone):
		if r.silent++; r.silent >= maxSilent {
			return nil, nil, err
		}
	case err != nil:
		return nil, nil, err
	default:
		r.silent = 0
		r.mirror.align(theirs, r.seen)
	}
	ours, err = r.mirror.do(ctx, p.request)
	if err != nil {
		return nil, nil, err
	}
	if gone != nil {
		r.report.add(p, []finding{{"connection", "no answer: " + clip(gone.Err.Error()), ours.summary()}})
		return nil, ours, nil
	}
	r.report.add(p, r.compare.answers(p, theirs, ours))
	r.report.saw(p, theirs.status)
	if theirs.status == http.StatusBadGateway {
		err = r.shape(ctx, "9.3 UAA out of order", p.request, theirs)
	}
	return theirs, ours, err
}

// shape compares an answer that no question can bring about with what capisim
// says in its place: the limit's and that of a UAA out of order have headers of
// their own (§16). What a router answers is not the Cloud Controller's.
func (r *run) shape(ctx context.Context, name string, asked request, theirs *answer) error {
	title := theirs.json().get("errors").first().get("title").string()
	if title == "" {
		return nil
	}
	asked.prefer = fmt.Sprintf("code=%d, error=%s", theirs.status, title)
	ours, err := r.mirror.do(ctx, asked)
	if err != nil || ours.status != theirs.status {
		return err
	}
	p := probe{name: "§" + name, request: asked}
	if theirs.status == http.StatusTooManyRequests { // how long is the target's choice
		ours.header.Set("Retry-After", theirs.header.Get("Retry-After"))
	}
	r.report.add(&p, r.compare.answers(&p, theirs, ours))
	return nil
}

// parseURL reads the address of a target.
func parseURL(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, fmt.Errorf("target: %q, expected http://HOST or https://HOST, with or without a path", address)
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), ""
	return u, nil
}
