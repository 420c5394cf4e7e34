package main

import (
	"cmp"
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
	"example.com/capisim/sim/socket"
)

// faultFlags are the parts of a rule that the command can say; what remains is
// for rules in files.
type faultFlags struct {
	id string

	user, remote         string
	app, process, labels string
	headers, query, body []string

	times, skip         int64
	probability         float64
	from, lasting       time.Duration
	title, detail       string
	answerHeaders       []string
	answerBody          string
	retryAfter          int64
	delay               time.Duration
	connection          string
	after, undocumented bool
	optional            bool
}

func (f *faultFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.id, "id", "", "`name` of the rule (default: OPERATION-STATUS)")
	flags.StringVar(&f.user, "user", "", "only requests of this `user`")
	flags.StringVar(&f.remote, "remote", "", "only from this `address` or network, such as 10.0.0.0/8")
	flags.StringVar(&f.app, "app", "", "only about this app, by `name` or guid")
	flags.StringVar(&f.process, "process", "", "only about this process, by `guid` or type")
	flags.StringVar(&f.labels, "labels", "", "only about a process that this `selector` picks, such as env=prod")
	flags.StringArrayVar(&f.headers, "header", nil, "only with this header, `NAME=VALUE`, or NAME for any value; may be repeated")
	flags.StringArrayVar(&f.query, "query", nil, "only with this query parameter, `NAME=VALUE` or NAME; may be repeated")
	flags.StringArrayVar(&f.body, "body", nil, "only with this in the body, `POINTER=VALUE` such as /instances=5, or POINTER; may be repeated")
	flags.Var(numberFrom(&f.times, 1), "times", "how many answers are injected (default: all)")
	flags.Var(numberFrom(&f.skip, 0), "skip", "how many requests pass first")
	flags.Var(share(&f.probability, 1), "probability", "chance that a matching request is answered so, 0 to 1")
	flags.Var(span(&f.from), "from", "when it begins, on the world's clock (default: at once)")
	flags.Var(span(&f.lasting), "for", "how long it lasts from then, on the world's clock (default: for ever)")
	flags.StringVar(&f.title, "error", "", "`title` of the error, such as CF-Conflict (default: that of the status)")
	flags.StringVar(&f.detail, "detail", "", "`text` of the error (default: the catalogue's)")
	flags.StringArrayVar(&f.answerHeaders, "answer-header", nil, "`NAME=VALUE` of a header of the answer; may be repeated")
	flags.StringVar(&f.answerBody, "answer-body", "", "`body` of the answer instead of the error, JSON or text; @FILE reads it")
	flags.Var(numberFrom(&f.retryAfter, 0), "retry-after", "seconds in the header Retry-After")
	flags.Var(span(&f.delay), "delay", "how long the answer is held back")
	flags.StringVar(&f.connection, "connection", "", "`fault` of the connection, with or without a STATUS: "+strings.Join(socket.Names(), ", "))
	flags.BoolVar(&f.after, "after", false, "carry the request out, then answer so")
	flags.BoolVar(&f.undocumented, "undocumented", false, "allow what the real API cannot answer")
	flags.BoolVar(&f.optional, "optional", false, "do not list it among the rules that never fired")
}

// rule is what the flags say beside operation and status; what was not given
// is left out, as the server's defaults.
func (f *faultFlags) rule(p *program, given *pflag.FlagSet) (rule fault.Rule, err error) {
	rule = fault.Rule{ID: f.id, Undocumented: f.undocumented, Optional: f.optional, When: f.when(given)}
	if rule.Match, err = f.match(); err != nil {
		return rule, err
	}
	if rule.Respond, err = f.respond(p, given); err != nil {
		return rule, err
	}
	if given.Changed("delay") {
		fixed := document.Duration(f.delay)
		rule.Delay = &fault.Delay{Fixed: &fixed}
	}
	if f.connection != "" {
		rule.Connection = &fault.Connection{Kind: socket.Kind(f.connection)}
	}
	if f.after {
		rule.Apply = fault.After
	}
	return rule, nil
}

func (f *faultFlags) when(given *pflag.FlagSet) fault.When {
	when := fault.When{Skip: int(f.skip), From: document.Duration(f.from)}
	if given.Changed("times") {
		times := int(f.times)
		when.Times = &times
	}
	if given.Changed("probability") {
		when.Probability = &f.probability
	}
	if given.Changed("for") {
		until := document.Duration(f.from + f.lasting)
		when.Until = &until
	}
	return when
}

// guidForm tells the guid of a process from its type.
var guidForm = document.Pattern(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func (f *faultFlags) match() (match fault.Match, err error) {
	match = fault.Match{User: f.user, Remote: f.remote, App: f.app, Process: fault.ProcessMatch{Labels: f.labels}}
	if guidForm().MatchString(f.process) {
		match.Process.GUID = f.process
	} else {
		match.Process.Type = f.process
	}
	if match.Headers, err = matchers("--header", f.headers, textMatcher); err != nil {
		return match, err
	}
	if match.Query, err = matchers("--query", f.query, textMatcher); err != nil {
		return match, err
	}
	match.Body, err = matchers("--body", f.body, valueMatcher)
	return match, err
}

// matchers reads NAME=VALUE, or NAME for whatever is there.
func matchers(flag string, list []string, of func(string) fault.Matcher) (map[string]fault.Matcher, error) {
	var found map[string]fault.Matcher
	for _, one := range list {
		name, value, valued := strings.Cut(one, "=")
		switch _, again := found[name]; {
		case name == "":
			return nil, misused("%s: %q, expected NAME=VALUE or NAME", flag, one)
		case again:
			return nil, misused("%s: %s is given twice, expected it once", flag, name)
		case found == nil:
			found = map[string]fault.Matcher{}
		}
		if found[name] = of(value); !valued {
			there := true
			found[name] = fault.Matcher{Exists: &there}
		}
	}
	return found, nil
}

func textMatcher(value string) fault.Matcher {
	return fault.Matcher{Equals: json.RawMessage(document.Quoted(value))}
}

// valueMatcher takes what is JSON for that, and all else for a text.
func valueMatcher(value string) fault.Matcher {
	if json.Valid([]byte(value)) {
		return fault.Matcher{Equals: json.RawMessage(value)}
	}
	return textMatcher(value)
}

func (f *faultFlags) respond(p *program, given *pflag.FlagSet) (*fault.Respond, error) {
	respond := &fault.Respond{Error: f.title, Detail: f.detail}
	add := func(name, value string) {
		if respond.Headers == nil {
			respond.Headers = map[string]fault.Lines{}
		}
		respond.Headers[name] = append(respond.Headers[name], value)
	}
	for _, one := range f.answerHeaders {
		name, value, valued := strings.Cut(one, "=")
		if !valued {
			return nil, misused("--answer-header: %q, expected NAME=VALUE", one)
		}
		add(name, value)
	}
	if given.Changed("retry-after") {
		add("Retry-After", strconv.FormatInt(f.retryAfter, 10))
	}
	if given.Changed("answer-body") {
		text, err := p.content(f.answerBody)
		if err != nil {
			return nil, misused("--answer-body: %w", err)
		}
		respond.Body = json.RawMessage(document.Quoted(text))
		if json.Valid([]byte(text)) {
			respond.Body = json.RawMessage(text)
		}
	}
	return respond, nil
}

func (p *program) faultSetCommand() *cobra.Command {
	f := &faultFlags{}
	var file, format string
	var cmd *cobra.Command
	cmd = remote(&cobra.Command{
		Use:   "set {OPERATION[,...] [STATUS] | --file FILE}",
		Short: "Make an operation answer a status, or set the rules of a file",
		Long: "Make an operation answer a status, or have its connection fail. OPERATION is an id, several with commas between them,\n" +
			"all for the thirteen process operations, or * for every one. With --connection or --delay STATUS may be left out:\n" +
			"they then befall the real answer. A file has one rule or a list, in YAML or JSON; - is standard input.\n\n" +
			"Faults of the connection:\n" + connectionHelp(),
		Example: "  capisim fault set updateProcess 409 --times 2 --user developer\n" +
			"  capisim fault set scaleProcess 503 --after --retry-after 3 --body /instances=5\n" +
			"  capisim fault set scaleProcess --connection reset --after --times 1\n" +
			"  capisim fault set all 503 --from 10s --for 30s\n" +
			"  capisim fault set --file rules.yaml",
		Args:              arguments(0, 2),
		ValidArgsFunction: completeCell,
	}, func(ctx context.Context, c *client.Client, args []string) error {
		var set []fault.Status
		var err error
		switch {
		case file != "" && len(args) > 0:
			return misused("fault set: %s beside --file, expected one of the two", strings.Join(args, " "))
		case file != "":
			set, err = p.setFile(ctx, c, file)
		case len(args) == 0, len(args) == 1 && !cmd.Flags().Changed("connection") && !cmd.Flags().Changed("delay"):
			return misused("fault set: %s\nusage: %s", document.Count(len(args), "argument"), cmd.UseLine())
		default:
			set, err = p.setCell(ctx, c, args, f, cmd.Flags())
		}
		if err != nil {
			return err
		}
		var whole any = set
		if file == "" {
			whole = set[0]
		}
		return p.printRules(format, whole, set)
	})
	f.register(cmd.Flags())
	_ = cmd.RegisterFlagCompletionFunc("connection", completeConnection) // fails only for a flag that is not there
	cmd.Flags().StringVar(&file, "file", "", "`file` with a rule or a list of rules, instead")
	formatFlag(cmd, &format)
	return cmd
}

// setCell makes an operation answer a status: by the toggle of the two, or by a
// rule when it has a name of its own, is about more than one operation, or about
// the real answer.
func (p *program) setCell(ctx context.Context, c *client.Client, args []string, f *faultFlags, given *pflag.FlagSet) ([]fault.Status, error) {
	rule, err := f.rule(p, given)
	if err != nil {
		return nil, err
	}
	operations, does := args[0], cmp.Or(f.connection, "delay")
	if len(args) == 2 {
		does = args[1]
		if rule.Respond.Status, err = strconv.Atoi(does); err != nil {
			return nil, misused("fault set: %q, expected a status such as 503%s", does, connectionMeant(does))
		}
	} else if reflect.ValueOf(*rule.Respond).IsZero() {
		rule.Respond = nil
	}
	var set fault.Status
	if f.id == "" && operations != "all" && !strings.ContainsAny(operations, "*,") && len(args) == 2 {
		set, err = c.SetFault(ctx, operations, rule.Respond.Status, rule)
		return []fault.Status{set}, err
	}
	if operations != "all" {
		rule.Match.Operations = strings.Split(operations, ",")
	}
	if rule.ID == "" {
		rule.ID = strings.ReplaceAll(strings.ReplaceAll(operations, "*", "every"), ",", "-") + "-" + does
	}
	set, err = c.PutFault(ctx, rule)
	return []fault.Status{set}, err
}

// connectionMeant tells one who writes a fault of the connection where a status
// stands, as cells have it, how it is said here.
func connectionMeant(word string) string {
	if slices.Contains(socket.Names(), word) {
		return "; a fault of the connection is --connection " + word
	}
	return ""
}

// setFile sets the rules of a file, all or none.
func (p *program) setFile(ctx context.Context, c *client.Client, file string) ([]fault.Status, error) {
	read, err := p.readDocument(file)
	if err != nil {
		return nil, err
	}
	list, inList := read.Root, "" // what the pointers of a single rule have in front of them when it is sent in a list
	if list.Kind != document.Array {
		list, inList = document.List(read.Root), "/0"
	}
	set, err := c.AddFaults(ctx, list.AppendJSON(nil))
	return set, placed(err, read, inList)
}
