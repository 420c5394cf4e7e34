package sweep

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The borders of judging.
const (
	// noPause is the gap below which a repetition came at once; a loaded machine
	// adds some milliseconds to an instant repetition, and no client that waits
	// on purpose waits less.
	noPause = 50 * time.Millisecond
	// timerSlack is how much too early still honours a Retry-After.
	timerSlack = 20 * time.Millisecond
	// tooMany attempts count as no limit, whether the client was killed or not.
	tooMany = 90
)

// judge says what a run came to. It is a function of its arguments alone.
func judge(ref *Reference, c Cell, r *run) []Verdict {
	if r.fired == 0 {
		return []Verdict{NotReached}
	}
	j := judgement{ref: ref, cell: c, run: r, attempts: attempts(r.requests)}
	var found []Verdict
	for _, v := range []struct {
		verdict Verdict
		holds   bool
	}{
		{LostUpdate, j.lostUpdate()},
		{DoneTwice, j.doneTwice()},
		{ShortList, j.shortList()},
		{Crash, r.ending.Exit.Signal != "" || r.ending.Crashed != ""},
		{Hang, r.ending.Exit.Timeout && j.outstanding()},
		{NoLimit, r.ending.Exit.Timeout && !j.outstanding() || len(j.attempts) >= tooMany},
		{NoPause, j.noPause()},
		{RetryAfterIgnored, j.retryAfterIgnored()},
		{PointlessRetry, j.pointlessRetry()},
	} {
		if v.holds {
			found = append(found, v.verdict)
		}
	}
	return append(found, j.ending(found)...)
}

// judgement is one run beside its reference.
type judgement struct {
	ref      *Reference
	cell     Cell
	run      *run
	attempts []*Request // the first that the fault met, and its repetitions
}

// ending judges how the client ended against what it left behind; explained are
// the verdicts that already say why the state is not the reference's.
func (j *judgement) ending(explained []Verdict) (found []Verdict) {
	exit := j.run.ending.Exit
	wanted := j.ref.end
	if j.cell.Stranger != nil {
		wanted = j.cell.Stranger.over(wanted)
	}
	done := j.run.end.equals(wanted)
	stateExplained := slices.Contains(explained, DoneTwice) || slices.Contains(explained, LostUpdate)
	switch {
	case exit.Timeout || exit.Signal != "":
		return nil // the verdicts on the killing say it
	case exit.OK() && done:
		found = append(found, Recovered)
		if j.swallowed() {
			found = []Verdict{Swallowed}
		}
	case exit.OK() && !stateExplained:
		found = append(found, FalseSuccess)
	case exit.OK():
	case j.cell.Stranger == nil && j.ref.changed() && done:
		found = append(found, FailedButDone)
	case !stateExplained:
		found = append(found, Reported)
	}
	if !exit.OK() && j.wrongError() {
		found = append(found, WrongError)
	}
	if !slices.Contains(explained, DoneTwice) && j.sentTwice() {
		found = append(found, SentTwice)
	}
	if slices.Contains(explained, ShortList) {
		found = slices.DeleteFunc(found, func(v Verdict) bool { return v == Recovered || v == Swallowed })
	}
	return found
}

// lostUpdate: the stranger's acknowledged value is gone and the client's own
// stands in its place.
func (j *judgement) lostUpdate() bool {
	return j.cell.Stranger != nil && j.cell.Stranger.overwritten(j.run.end)
}

// doneTwice: something was restarted more often than in the reference.
func (j *judgement) doneTwice() bool {
	_, _, more := j.restartedMore()
	return more
}

// restartedMore names the restart that took effect more often than it should.
func (j *judgement) restartedMore() (what string, times int, more bool) {
	for key, n := range j.run.end.restarts {
		if n > max(1, j.ref.end.restarts[key]) && (what == "" || key < what) {
			what, times, more = key, n, true
		}
	}
	return what, times, more
}

// sentTwice: a write that had taken effect behind the fault was applied again.
func (j *judgement) sentTwice() bool {
	applied := 0
	for _, a := range j.attempts {
		if a.write() && a.Applied {
			applied++
		}
	}
	return applied > 1
}

// swallowed: success was reported although the failed request never succeeded,
// and what was printed is not what the reference printed. A change that took
// effect behind the fault is none that was swallowed: a client may look.
func (j *judgement) swallowed() bool {
	return !slices.ContainsFunc(j.attempts, func(a *Request) bool { return a.succeeded() || a.Applied }) && !j.ref.printed(j.run.ending.Output)
}

// shortList: success was reported although a page or a list never arrived, and
// the output names fewer of its rows.
func (j *judgement) shortList() bool {
	if !j.run.ending.Exit.OK() || len(j.ref.listed) == 0 || len(j.attempts) == 0 || !isList(j.attempts[0]) ||
		slices.ContainsFunc(j.attempts, func(a *Request) bool { return a.succeeded() }) {
		return false
	}
	return len(naming(j.ref.listed, j.run.ending.Output)) < len(j.ref.listed)
}

// outstanding: one answer was waited for over at least half of the run. When the
// run ended is told by its first request: a server elsewhere counts from its own
// start.
func (j *judgement) outstanding() bool {
	lasted := time.Duration(j.run.ending.Seconds * float64(time.Second))
	for _, a := range j.attempts {
		end := a.End
		if a.Held {
			end = j.run.requests[0].Begin.Add(lasted)
		}
		if end.Sub(a.Begin) >= lasted/2 {
			return true
		}
	}
	return false
}

// noPause: at least two repetitions, and every one came at once.
func (j *judgement) noPause() bool {
	repeated := 0
	for i := 1; i < len(j.attempts); i++ {
		if j.attempts[i-1].succeeded() {
			break
		}
		if gap(j.attempts[i-1], j.attempts[i]) >= noPause {
			return false
		}
		repeated++
	}
	return repeated >= 2
}

func (j *judgement) retryAfterIgnored() bool {
	for i := 1; i < len(j.attempts); i++ {
		before := j.attempts[i-1]
		if before.Injected && before.RetryAfter >= 0 && gap(before, j.attempts[i]) < before.RetryAfter-timerSlack {
			return true
		}
	}
	return false
}

// pointlessRetry: a refusal that says what is wrong with the request was met
// with the same request again. What a client polls it would have sent anyway.
func (j *judgement) pointlessRetry() bool {
	if len(j.attempts) == 0 || j.ref.polled(j.attempts[0]) {
		return false
	}
	repeated := len(j.attempts) - 1
	switch j.cell.Answer {
	case "400", "403", "404", "422":
		return repeated > 0
	case "401":
		return repeated > 1
	}
	return false
}

// wrongError: the output has neither status nor title, code or detail of any
// injected answer.
func (j *judgement) wrongError() bool {
	if j.cell.socket() || len(j.attempts) == 0 {
		return false
	}
	words := []string{strconv.Itoa(j.cell.Status())}
	for _, a := range j.attempts {
		var envelope struct {
			Errors []struct {
				Title, Detail string
				Code          int
			}
			Error            string
			ErrorDescription string `json:"error_description"`
		}
		if !a.Injected || json.Unmarshal([]byte(a.Answer), &envelope) != nil {
			continue
		}
		for _, e := range envelope.Errors {
			words = append(words, e.Title, strings.TrimPrefix(e.Title, "CF-"), strconv.Itoa(e.Code), e.Detail)
		}
		words = append(words, envelope.Error, envelope.ErrorDescription)
	}
	return !slices.ContainsFunc(words, func(word string) bool { return hasWord(j.run.ending.Output, word) })
}

// hasWord finds a text as whole words.
func hasWord(text, word string) bool {
	if word == "" {
		return false
	}
	found, err := regexp.MatchString(`(?i)(^|[^0-9A-Za-z])`+regexp.QuoteMeta(word)+`($|[^0-9A-Za-z])`, text)
	return err == nil && found
}
