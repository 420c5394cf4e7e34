package sweep

// Verdict is what a run came to; a run has one or more. The texts are what
// reports print and accept files name.
type Verdict string

// The verdicts.
const (
	Recovered         Verdict = "recovered"
	Reported          Verdict = "reported"
	FailedButDone     Verdict = "failed_but_done"
	FalseSuccess      Verdict = "false_success"
	DoneTwice         Verdict = "done_twice"
	Swallowed         Verdict = "swallowed"
	SentTwice         Verdict = "sent_twice"
	LostUpdate        Verdict = "lost_update"
	ShortList         Verdict = "short_list"
	Hang              Verdict = "hang"
	NoLimit           Verdict = "no_limit"
	NoPause           Verdict = "no_pause"
	RetryAfterIgnored Verdict = "retry_after_ignored"
	PointlessRetry    Verdict = "pointless_retry"
	Crash             Verdict = "crash"
	WrongError        Verdict = "wrong_error"
	Unstable          Verdict = "unstable"
	NotReached        Verdict = "not_reached"
)

// Grade says how bad a verdict is; that of a cell is its worst verdict's.
type Grade string

// The grades, the worst first.
const (
	Bug             Grade = "bug"
	Warning         Grade = "warning"
	Note            Grade = "note"
	Good            Grade = "good"
	NotReachedGrade Grade = "not_reached"
)

// Kind describes a verdict for reports and documents.
type Kind struct {
	Verdict Verdict
	Grade   Grade
	Meaning string // in a sentence
	Mend    string // what the client should do instead, "" when nothing
}

// Kinds lists the verdicts, the worst first: the first of a run's verdicts in
// this order gives its sentence.
func Kinds() []Kind {
	return []Kind{
		{LostUpdate, Bug, "Another client's acknowledged change is gone, overwritten by this client's repetition.",
			"Before a write is repeated, read the resource again and repeat only when it still is as it was before the first try."},
		{DoneTwice, Bug, "A change that counts was applied more than once: an instance or an app was restarted twice.",
			"A DELETE or a restart whose answer was lost may have been carried out. Compare instance_guid or uptime before repeating it."},
		{FalseSuccess, Bug, "The client reports success, and the state is not what success leaves behind.",
			"Check the status of every answer, and exit with an error when the change was not confirmed."},
		{ShortList, Bug, "The client reports success after a page of a list failed, and shows fewer rows than there are.",
			"Take a list for complete only when every page arrived; otherwise report the error."},
		{Crash, Bug, "The client ended by a signal, or its output shows a crash.",
			"Treat every answer as possibly empty, not JSON, or cut off, and handle the error of decoding it."},
		{Hang, Bug, "The client waited for one answer until it was killed.",
			"Give every request a timeout."},
		{NoLimit, Bug, "The client went on trying until it was killed.",
			"Bound the number of attempts, or the time that all of them may take."},
		{FailedButDone, Warning, "The client reports a failure, but the change was made.",
			"After a lost answer read the state back; when the change is there, report success and say so."},
		{NoPause, Warning, "The client repeated a request at once, more than once.",
			"Wait between attempts, longer each time, with some chance in it."},
		{RetryAfterIgnored, Warning, "The client came back before the time that it was told to wait.",
			"Wait at least as long as Retry-After says."},
		{PointlessRetry, Warning, "The client repeated a request, unchanged, that cannot succeed.",
			"Do not repeat after a 400, 403, 404 or 422; after a 401 get a new token and repeat once."},
		{Unstable, Warning, "A finding that two repetitions of the run did not confirm.", ""},
		{Swallowed, Note, "The client reports success, the failed request never succeeded, and the output differs.",
			"Say that something could not be read."},
		{SentTwice, Note, "A write was applied again, with no further effect.", ""},
		{WrongError, Note, "The client's message tells nothing of the answer that it got.",
			"Print the status and the detail of the answer."},
		{Recovered, Good, "The client reports success, and the state is what success leaves behind.", ""},
		{Reported, Good, "The client reports a failure, and nothing of the change was made.", ""},
		{NotReached, NotReachedGrade, "The fault never fired: the client did not send the request.", ""},
	}
}

// KindOf finds a verdict's description.
func KindOf(v Verdict) (Kind, bool) {
	for _, k := range Kinds() {
		if k.Verdict == v {
			return k, true
		}
	}
	return Kind{}, false
}

// worst is the grade of a run: that of its worst verdict.
func worst(verdicts []Verdict) Grade {
	for _, k := range Kinds() {
		for _, v := range verdicts {
			if k.Verdict == v {
				return k.Grade
			}
		}
	}
	return Good
}
