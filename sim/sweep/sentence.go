package sweep

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// sentence tells in plain words what happened: what the API did, what the
// client did then, and what came of it.
func (j *judgement) sentence(verdicts []Verdict) string {
	if len(verdicts) == 0 || verdicts[0] == NotReached {
		return "the fault never fired: the client did not send the request"
	}
	parts := []string{j.fault()}
	if did := j.repetition(); did != "" {
		parts = append(parts, did)
	}
	return strings.Join(append(parts, j.consequence(verdicts)), "; ")
}

// fault says what the API did.
func (j *judgement) fault() string {
	request := "the " + j.cell.Operation.Method + " (" + j.cell.Operation.ID + ")"
	got := map[string]string{
		HTML: "was answered with a router's HTML page, 502", Blank: "was answered with 503 and no body", "reset": "met a connection that was reset",
		"empty": "met a connection that was closed without an answer", "truncate": "got an answer that was cut off",
		"garbage": "was answered with bytes that are not HTTP", "hang": "was never answered",
	}[j.cell.Answer]
	if got == "" {
		got = "was answered with " + strings.TrimSpace(j.cell.Answer+" "+j.cell.Title())
	}
	switch j.cell.Mode {
	case After:
		return request + " took effect and " + got
	case Lost:
		return fmt.Sprintf("%s took effect and %s, while another client set %s to %s", request, got,
			strings.Join(j.cell.Stranger.Field, "."), spell(&j.cell.Stranger.Value))
	case Always:
		return request + " " + got + " each time"
	case Call:
		return fmt.Sprintf("request %d of %s %s", j.cell.Number, j.cell.Operation.ID, got)
	}
	return request + " " + got
}

// repetition says how often the client sent it again.
func (j *judgement) repetition() string {
	switch again := len(j.attempts) - 1; {
	case again <= 0:
		return ""
	case again == 1:
		return "it was sent again"
	default:
		return fmt.Sprintf("it was sent %d times more", again)
	}
}

// consequence says what came of it, by the worst verdict, and how the command
// ended.
func (j *judgement) consequence(verdicts []Verdict) string {
	texts := map[Verdict]func() string{
		LostUpdate: func() string {
			return fmt.Sprintf("the other client's %s is gone, overwritten by %s", spell(&j.cell.Stranger.Value), spell(&j.cell.Stranger.Client))
		},
		DoneTwice: func() string {
			what, times, _ := j.restartedMore()
			if times == 2 {
				return restarted(what) + " was restarted twice"
			}
			return restarted(what) + " was restarted " + strconv.Itoa(times) + " times"
		},
		FalseSuccess: func() string {
			return "the state is not what success leaves behind (" + strings.Join(j.ref.end.difference(j.run.end), "; ") + ")"
		},
		ShortList: func() string {
			return fmt.Sprintf("%d of the %d rows were shown", len(naming(j.ref.listed, j.run.ending.Output)), len(j.ref.listed))
		},
		Crash:             func() string { return "the command crashed: " + j.crash() },
		Hang:              func() string { return "it waited for the answer until it was killed" },
		NoLimit:           func() string { return fmt.Sprintf("it tried %d times and did not give up", len(j.attempts)) },
		FailedButDone:     func() string { return "the change was made all the same: read it back before reporting a failure" },
		NoPause:           func() string { return "there was no pause between the attempts" },
		RetryAfterIgnored: func() string { return "it came back before the second that Retry-After asked for" },
		PointlessRetry:    func() string { return "the same request cannot succeed" },
		Unstable:          func() string { return "what was found the first time did not happen again" },
		Swallowed:         func() string { return "the failure is not mentioned, and the output differs" },
		SentTwice:         func() string { return "the change was made twice, to no further effect" },
		WrongError:        func() string { return "the message tells nothing of the answer" },
		Recovered:         func() string { return "the state is as it should be" },
		Reported:          func() string { return "nothing of the change was made" },
	}
	first := verdicts[0]
	for _, k := range Kinds() {
		if slices.Contains(verdicts, k.Verdict) {
			first = k.Verdict
			break
		}
	}
	return texts[first]() + "; " + j.ended()
}

// restarted names what a restart was about, by its method and path.
func restarted(request string) string {
	_, path, _ := strings.Cut(request, " ")
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for i, segment := range segments {
		if segment == "instances" && i+1 < len(segments) {
			return "instance " + segments[i+1]
		}
	}
	return "the app"
}

func (j *judgement) crash() string {
	if signal := j.run.ending.Exit.Signal; signal != "" {
		return signal
	}
	return strconv.Quote(j.run.ending.Crashed)
}

// ended says how the command ended, and what it said last.
func (j *judgement) ended() string {
	exit := j.run.ending.Exit
	switch {
	case exit.Timeout:
		return fmt.Sprintf("the command was killed after %.0f s", j.run.ending.Seconds)
	case exit.Signal != "":
		return "the command ended by a signal"
	}
	last := lastLine(j.run.ending.Output)
	if last == "" {
		return fmt.Sprintf("the command printed nothing and exited %d", exit.Code)
	}
	return fmt.Sprintf("the command printed %q and exited %d", last, exit.Code)
}

// lastLine is the last line of an output that says something, shortened.
func lastLine(output string) string {
	all := strings.Split(strings.TrimSpace(output), "\n")
	line := strings.TrimSpace(all[len(all)-1])
	if runes := []rune(line); len(runes) > 80 {
		return string(runes[:80]) + "..."
	}
	return line
}
