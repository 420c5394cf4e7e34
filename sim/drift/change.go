package drift

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
)

// write puts the questions that change the process, or would if the target did
// not refuse them. Whatever comes of it, the process is put back.
func (r *run) write(ctx context.Context) (err error) {
	theirs, err := newKeeper(ctx, r.target, r.seen.guid())
	if err != nil {
		return err
	}
	ours, err := newKeeper(ctx, r.mirror, r.seen.guid())
	if err != nil {
		return err
	}
	defer func() {
		// An interrupt ends the questions, not the putting back.
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), restoreTime)
		defer cancel()
		err = ending(err, theirs.restore(last), theirs)
	}()
	if err := r.mayWrite(ctx); err != nil {
		return err
	}
	b := &book{seen: r.seen}
	b.refusals()
	refused := len(b.probes)
	b.changes()
	for i := range b.probes {
		if err := r.change(ctx, &b.probes[i], i >= refused, theirs, ours); err != nil {
			return err
		}
	}
	return nil
}

// ending is what a run that ended with err comes to when the last putting back
// ended with failed. What could be put back in the end was put back.
func ending(err, failed error, k *keeper) error {
	var restoring *RestoreError
	switch {
	case errors.As(failed, &restoring):
		return failed
	case failed != nil:
		return &RestoreError{Process: k.guid, Was: k.changeable(), Err: failed}
	case errors.As(err, &restoring):
		return fmt.Errorf("process %s could be restored only in the end: %w", k.guid, restoring.Err)
	}
	return err
}

// restoreTime is how long putting a process back may take after the run has
// ended.
const restoreTime = 60 * time.Second

// mayWrite asks for a change that is refused for its body: a token that may
// not write is refused before.
func (r *run) mayWrite(ctx context.Context) error {
	for _, one := range []request{
		{method: http.MethodPatch, path: "/v3/processes/" + r.seen.guid()},
		{method: http.MethodPost, path: "/v3/processes/" + r.seen.guid() + "/actions/scale"},
	} {
		one.auth, one.media, one.body = ownToken, jsonMedia, `{"capisim_drift":1}`
		got, err := r.target.do(ctx, one)
		if err != nil {
			return err
		}
		if got.status == http.StatusForbidden || got.status == http.StatusUnauthorized {
			return fmt.Errorf("the token may not change process %s: %s: %s", r.seen.guid(), one.method, got.summary())
		}
	}
	return nil
}

// change puts one question that writes. A change that is wanted is read back;
// whatever was changed on a side is put back there, so that the next question
// finds both sides as they were.
func (r *run) change(ctx context.Context, p *probe, wanted bool, theirs, ours *keeper) error {
	got, mirrored, err := r.put(ctx, p)
	if err != nil {
		return err
	}
	if wanted {
		back := probe{name: p.name + ", read back", request: get("/v3/processes/" + r.seen.guid())}
		if _, _, err := r.put(ctx, &back); err != nil {
			return err
		}
	}
	if p.after != "" && (got == nil || !refusal(got.status)) {
		if err := errors.Join(theirs.send(ctx, http.MethodPatch, theirs.path, p.after), ours.send(ctx, http.MethodPatch, ours.path, p.after)); err != nil {
			return &RestoreError{Process: theirs.guid, Was: theirs.changeable(), Err: err}
		}
	}
	if got == nil || !refusal(got.status) {
		if err := theirs.restore(ctx); err != nil {
			return err
		}
	}
	if !refusal(mirrored.status) {
		return ours.restore(ctx)
	}
	return nil
}

// refusal says that a request was refused, and so changed nothing. After a 5xx
// nobody knows.
func refusal(status int) bool { return status >= 400 && status < 500 }

// keeper knows how a process was and puts it back.
type keeper struct {
	side side
	path string
	guid string
	was  *node
}

func newKeeper(ctx context.Context, s side, guid string) (*keeper, error) {
	k := &keeper{side: s, path: "/v3/processes/" + guid, guid: guid}
	now, err := k.read(ctx)
	if err != nil {
		return nil, fmt.Errorf("process %s cannot be read, nothing was changed: %w", guid, err)
	}
	k.was = now
	return k, nil
}

func (k *keeper) read(ctx context.Context) (*node, error) {
	got, err := k.side.do(ctx, get(k.path))
	if err != nil {
		return nil, err
	}
	now := got.json()
	if got.status != http.StatusOK || now.get("guid").string() != k.guid {
		return nil, fmt.Errorf("GET %s: %s", k.path, got.summary())
	}
	return now, nil
}

// restoreTries is how often a side is asked to take a process back.
const restoreTries = 3

// restore makes the process what it was. The error is *RestoreError, or the
// context's: then the caller tries again with another.
func (k *keeper) restore(ctx context.Context) error {
	var failed error
	for range restoreTries {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var now *node
		if now, failed = k.read(ctx); failed != nil {
			continue
		}
		update, scale := k.undo(now)
		if update == "" && scale == "" {
			return nil
		}
		failed = errors.Join(k.send(ctx, http.MethodPatch, k.path, update), k.send(ctx, http.MethodPost, k.path+"/actions/scale", scale))
		if failed == nil {
			failed = fmt.Errorf("it took %s and %s and is not as it was", cmp.Or(update, "nothing"), cmp.Or(scale, "nothing"))
		}
	}
	return &RestoreError{Process: k.guid, Was: k.changeable(), Err: failed}
}

func (k *keeper) send(ctx context.Context, method, path, body string) error {
	if body == "" {
		return nil
	}
	got, err := k.side.do(ctx, request{method: method, path: path, auth: ownToken, media: jsonMedia, body: body})
	if err != nil {
		return err
	}
	if got.status >= 300 {
		return fmt.Errorf("%s %s: %s", method, body, got.summary())
	}
	return nil
}

// The fields that a PATCH or a scale can change.
var (
	updated = []string{"command", "user", "health_check", "readiness_health_check"}
	scaled  = []string{"instances", "memory_in_mb", "disk_in_mb", "log_rate_limit_in_bytes_per_second"}
)

// undo gives the bodies of PATCH and scale that lead from now back; "" for
// those that are not needed.
func (k *keeper) undo(now *node) (update, scale string) {
	var members []string
	for _, key := range updated {
		was := k.was.get(key)
		if was == nil || same(was, now.get(key)) || key == "command" && was.Text == contract.HiddenCommand {
			continue
		}
		members = append(members, member(k.was, key))
	}
	if metadata := k.undoMetadata(now); metadata != "" {
		members = append(members, `"metadata":{`+metadata+`}`)
	}
	update = object(members)
	members = nil
	for _, key := range scaled {
		if was := k.was.get(key); was != nil && !same(was, now.get(key)) {
			members = append(members, member(k.was, key))
		}
	}
	return update, object(members)
}

// undoMetadata sets what was there and deletes what was not.
func (k *keeper) undoMetadata(now *node) string {
	var parts []string
	for _, part := range []string{"labels", "annotations"} {
		was, is := k.was.get("metadata", part), now.get("metadata", part)
		if was == nil || is == nil || same(was, is) {
			continue
		}
		var members []string
		before, after := was.finder(), is.finder()
		for i, key := range was.keys() {
			if !same(was.at(i), after(key)) {
				members = append(members, document.Quoted(key)+":"+was.at(i).encode())
			}
		}
		for _, key := range is.keys() {
			if before(key) == nil {
				members = append(members, document.Quoted(key)+":null")
			}
		}
		parts = append(parts, `"`+part+`":`+object(members))
	}
	return strings.Join(parts, ",")
}

// object writes members as an object, "" when there are none.
func object(members []string) string {
	if len(members) == 0 {
		return ""
	}
	return "{" + strings.Join(members, ",") + "}"
}

// changeable is the part of the process that can have been changed, for whoever
// has to put it back by hand.
func (k *keeper) changeable() string {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, key := range slices.Concat(updated, scaled, []string{"metadata"}) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(member(k.was, key))
	}
	b.WriteByte('}')
	return b.String()
}
