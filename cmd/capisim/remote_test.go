package main

import (
	"encoding/json"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// step is one command line of a session with a server, and what it must say.
// Texts are regular expressions; where one is left out there must be nothing.
type step struct {
	args string
	code int
	out  string
	err  string
}

// session plays steps one after the other.
func session(t *testing.T, url string, steps []step) {
	t.Helper()
	for _, s := range steps {
		got := invoke(t, []string{"CAPISIM_URL=" + url}, strings.Fields(s.args)...)
		if got.code != s.code || !says(got.out, s.out) || !says(got.err, s.err) {
			t.Errorf("capisim %s: exit code %d, stdout %q, stderr %q, want %d, %q, %q", s.args, got.code, got.out, got.err, s.code, s.out, s.err)
		}
	}
}

func says(text, want string) bool {
	if want == "" {
		return text == ""
	}
	return regexp.MustCompile(want).MatchString(text)
}

// answers returns the status of a request as the scenario's admin.
func answers(t *testing.T, method, url, body string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "bearer admin")
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "tester/1")
	answer, err := ownClient(t, nil).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close() //nolint:errcheck // only its head is wanted
	return answer
}

const demo = "/v3/processes/c1000000-0000-4000-8000-000000000001"

func TestFaultCommands(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	session(t, s.url, []step{
		{args: "fault list", out: `^ID +OPERATIONS +DOES +MATCHED +INJECTED +REMAINING\n$`},
		{args: "fault set updateProcess 409 --times 2 --retry-after 3 --delay 1ms", out: `\nupdateProcess-409 +updateProcess +delay 1ms 409 +0 +0 +2\n$`},
	})
	answer := answers(t, http.MethodPatch, s.url+demo, `{}`)
	if answer.StatusCode != http.StatusConflict || answer.Header.Get("Retry-After") != "3" {
		t.Errorf("%s, Retry-After %q, want 409 and 3", answer.Status, answer.Header.Get("Retry-After"))
	}
	session(t, s.url, []step{
		{args: "fault set --after scaleProcess 503 --probability 0.25 --skip 1 --for 90s --format json",
			out: `(?s)^\{.*"skip": 1,.*"probability": 0.25,.*"until": "1m30s".*"status": 503.*"apply": "after"`},
		{args: "fault set getProcess 404 --connection reset", out: `\ngetProcess-404 +getProcess +reset 404 +0 +0 +-\n`},
		{args: "fault list", out: `(?s)\ngetProcess-404 .*\nscaleProcess-503 +scaleProcess +503 after the change .*\nupdateProcess-409 +updateProcess +delay 1ms 409 +1 +1 +1\n`},
		{args: "fault set getProcess 418", code: exitMisused, err: `^capisim: 418, expected a status that getProcess can answer \(200, 400, `},
		{args: "fault set getProcess 418 --undocumented", out: `\ngetProcess-418 `},
		{args: "fault set nosuch 409", code: exitMisused, err: `^capisim: no operation "nosuch", expected one of listProcesses, `},
		{args: "fault set getProcess many", code: exitMisused, err: `^capisim: fault set: "many", expected a status such as 503\n$`},
		{args: "fault set getProcess 404 --connection slow", code: exitMisused, err: `"slow", expected one of "reset", `},
		{args: "fault set getProcess 404 --times 0", code: exitMisused, err: `^capisim: --times: "0", expected a whole number, 1 or more\n$`},
		{args: "fault set getProcess 404 --probability NaN", code: exitMisused, err: `^capisim: --probability: "NaN", expected a number from 0 to 1\n$`},
		{args: "fault set getProcess 404 --for soon", code: exitMisused, err: `^capisim: --for: "soon", expected a duration such as 200ms or 30s\n$`},
		{args: "fault set scaleProcess --connection reset --after", out: `\nscaleProcess-reset +scaleProcess +reset after the change `},
		{args: "fault set getProcess,listProcesses --delay 5s", out: `\ngetProcess-listProcesses-delay +getProcess,listProcesses +delay 5s `},
		{args: "fault set getProcess --delay 5s --detail x", code: exitMisused, err: `^capisim: /respond/status: missing, expected `},
		{args: "fault set getProcess reset", code: exitMisused, err: `^capisim: fault set: "reset", expected a status such as 503; a fault of the connection is --connection reset\n$`},
		{args: "fault set getProcess 404 --user=", code: exitMisused, err: `^capisim: --user: empty, expected --user user, or no such flag\n$`},
		{args: "fault set getProcess 404 --answer-body @/dev/zero", code: exitMisused, err: `^capisim: --answer-body: /dev/zero: expected at most `},
		{args: "fault clear scaleProcess-reset"},
		{args: "fault clear getProcess-listProcesses-delay"},
		{args: "fault set getProcess", code: exitMisused, err: `^capisim: fault set: 1 argument\nusage: capisim fault set \{OPERATION`},
		{args: "fault set nosuch,getProcess 404", code: exitMisused, err: `/match/operations/0: "nosuch"`},
		{args: "fault set getProces,updateProcess 404", code: exitMisused, err: `/match/operations/0: "getProces", did you mean "getProcess"\?`},
		{args: "fault set getProcess 404 --header =x", code: exitMisused, err: `^capisim: --header: "=x", expected NAME=VALUE or NAME\n$`},
		{args: "fault set getProcess 404 --query a=1 --query a=2", code: exitMisused, err: `^capisim: --query: a is given twice, expected it once\n$`},
		{args: "fault set updateProcess 503 --body instances=5", code: exitMisused, err: `"instances", expected a JSON pointer`},
		{args: "fault set getProcess,updateProcess 503 --format json", out: `(?s)"id": "getProcess-updateProcess-503".*"getProcess",\s+"updateProcess"`},
		{args: "fault set all 503", out: `\nall-503 +all process operations +503 `},
		{args: "fault set * 503 --id outage --optional", out: `\noutage +\* +503 `},
		{args: "fault clear updateProcess-409"},
		{args: "fault clear nosuch", code: exitMisused, err: `^capisim: no fault rule "nosuch"\n$`},
		{args: "fault clear"},
		{args: "fault list --format json", out: `^\[\]\n$`},
	})
}

// TestFaultSetSaysAll: each flag is a part of the rule.
func TestFaultSetSaysAll(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	body := write(t, filepath.Join(t.TempDir(), "body.html"), "<h1>down</h1>")
	got := invoke(t, []string{"CAPISIM_URL=" + s.url}, "fault", "set", "updateProcess", "503", "--id", "mine", "--user", "developer", "--remote", "127.0.0.0/8", "--app", "demo",
		"--process", "c1000000-0000-4000-8000-000000000001", "--labels", "env=prod", "--header", "X-A=3", "--header", "X-B", "--query", "a=b=c",
		"--body", "/command=rackup", "--body", "/health_check/data/timeout=5", "--body", "/user", "--from", "10s", "--for", "30s", "--times", "2",
		"--answer-header", "X-C=1", "--answer-header", "X-C=2", "--retry-after", "3", "--answer-body", "@"+body, "--undocumented", "--optional", "--format", "json")
	set := decoded[struct{ ID, Match, When, Respond, Undocumented, Optional json.RawMessage }](t, got.out)
	for _, one := range []struct {
		got  json.RawMessage
		want string
	}{
		{set.ID, `"mine"`}, {set.Undocumented, `true`}, {set.Optional, `true`},
		{set.Match, `{"app":"demo","body":{"/command":"rackup","/health_check/data/timeout":5,"/user":{"exists":true}},"headers":{"X-A":"3","X-B":{"exists":true}},` +
			`"operations":["updateProcess"],"process":{"guid":"c1000000-0000-4000-8000-000000000001","labels":"env=prod"},"query":{"a":"b=c"},"remote":"127.0.0.0/8","user":"developer"}`},
		{set.When, `{"from":"10s","times":2,"until":"40s"}`},
		{set.Respond, `{"body":"\u003ch1\u003edown\u003c/h1\u003e","headers":{"Retry-After":"3","X-C":["1","2"]},"status":503}`},
	} {
		var value any
		if err := json.Unmarshal(one.got, &value); err != nil {
			t.Fatalf("%v in %s", err, got.out+got.err)
		}
		if text, _ := json.Marshal(value); string(text) != one.want {
			t.Errorf("got %s\nwant %s", text, one.want)
		}
	}
	typed := invoke(t, []string{"CAPISIM_URL=" + s.url}, "fault", "set", "getProcess", "404", "--process", "worker", "--error", "CF-ResourceNotFound", "--detail", "gone", "--format", "json")
	if !says(typed.out, `(?s)"type": "worker".*"error": "CF-ResourceNotFound",\s+"detail": "gone"`) {
		t.Error(typed.out, typed.err)
	}
}

func TestFaultSetFile(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	dir := t.TempDir()
	one := write(t, filepath.Join(dir, "one.yaml"), "id: one\nmatch: {operations: [getProcess]}\nrespond: {status: 404}\n")
	list := write(t, filepath.Join(dir, "list.json"), `[{"id":"a","respond":{"status":503}},{"id":"b","delay":{"fixed":"1s"}}]`)
	bad := write(t, filepath.Join(dir, "bad.yaml"), "id: x\nwhen:\n  count: 3\nrespond: {status: 503}\n")
	badList := write(t, filepath.Join(dir, "bads.yaml"), "- id: y\n  respond: {status: 503}\n- id: z\n  respond: {status: 5}\n")
	torn := write(t, filepath.Join(dir, "torn.yaml"), "id: [\n")
	session(t, s.url, []step{
		{args: "fault set --file " + one, out: `\none +getProcess +404 `},
		{args: "fault set --file " + list + " --format json", out: `(?s)^\[.*"id": "a".*"id": "b"`},
		{args: "fault set --file " + bad, code: exitMisused, err: `^capisim: ` + regexp.QuoteMeta(bad) + `:3:3: when.count: unknown key "count", did you mean "times"\?\n$`},
		{args: "fault set --file " + badList, code: exitMisused, err: `^capisim: ` + regexp.QuoteMeta(badList) + `:4:21: \[1\].respond.status: 5, expected `},
		{args: "fault set --file " + torn, code: exitMisused, err: `^capisim: ` + regexp.QuoteMeta(torn) + `:`},
		{args: "fault set --file ./nosuch.yaml", code: exitMisused, err: `^capisim: open ./nosuch.yaml: no such file or directory\n$`},
		{args: "fault set getProcess 404 --file " + one, code: exitMisused, err: `^capisim: fault set: getProcess 404 beside --file, expected one of the two\n$`},
		{args: "fault list", out: `(?s)\nb .*\na .*\none [^\n]*\n$`},
	})
}

func TestExplainCommand(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	session(t, s.url, []step{
		{args: "fault set updateProcess 503 --id late --user auditor", out: "late"},
		{args: "fault set updateProcess 409 --id early", out: "early"},
		{args: "explain PATCH " + demo + " --header X-A:1", out: `^it is updateProcess\nrule "early" would decide\nwithout rules the answer is `},
		{args: "explain patch " + demo + ` --data {"command":"x"} --format json`, out: `(?s)"decides": "early".*"answer": \{\s+"status": 401`},
		{args: "explain " + demo, out: `(?s)^it is getProcess\nno rule would decide; the contract would refuse it with 401, by its check of the token: the header\nAuthorization is left out, expected bearer and a token\nwithout rules the answer is 401\nRULE +FIRES +WHERE +WHY\nearly +no +match/operations +the operation is getProcess, expected updateProcess\nlate +no `},
		{args: "explain /v3/nosuch", out: `^it meets no operation: `},
		{args: "explain --request 1", code: exitMisused, err: `^capisim: /request: 1, expected the id of a request that the journal holds\n$`},
	})
	answers(t, http.MethodPatch, s.url+demo, `{}`)
	session(t, s.url, []step{
		{args: "explain --request 1", out: `(?s)^request 1, PATCH ` + demo + `: it was answered 409 \(rule\nearly\)\nit is updateProcess\nrule "early" decided\nwithout rules the answer is 200\n` +
			`RULE +FIRED +WHERE +WHY\nearly +yes +- +decided the answer\nlate +no +match/user +the user is "admin", expected "auditor"\n$`},
		{args: "explain --rule late", out: `^rule late: it has not fired; of the last request none met it; the nearest is request 1: the user is\n"admin", expected "auditor"\n` +
			`WANTS +EXPECTED +MET, OF 1\nmatch/operations +updateProcess +1\nmatch/user +"auditor" +0\nREQUEST +WHERE +WHY IT DID NOT FIRE\n1 +match/user +the user is`},
		{args: "explain --rule early --format json", out: `(?s)"says": "it has fired once; of the last request it decided 1".*"fired": 1`},
		{args: "explain --rule nosuch", code: exitMisused, err: `^capisim: no fault rule "nosuch"`},
		{args: "explain --rule early --request 1", code: exitMisused, err: `^capisim: explain: --rule beside a request, expected one of the two\n$`},
		{args: "fault set updateProcess 422 --id spent --times 1", out: "spent"},
	})
	answers(t, http.MethodPatch, s.url+demo, `{}`)
	answers(t, http.MethodPatch, s.url+demo, `{}`)
	session(t, s.url, []step{
		{args: "explain --request 3", out: `(?s)\nRULE +FIRED +WHERE +WHY\nspent +no +when/times +all 1 answers have been injected\nearly +yes +- +decided the answer\nlate +no [^\n]+\n$`},
		{args: "explain --request 2", out: `(?s)\nRULE +FIRED +WHERE +WHY\nspent +yes +- +decided the answer\nearly +no +- +rule "spent" is newer and decided\n.*if it came now:\nRULE +FIRES +WHERE +WHY\nspent +no +when/times`},
		{args: "explain PATCH " + demo + " --header Prefer:code=777", out: `\nits header Prefer is ignored: code 777 is not known for updateProcess, expected one of`},
		{args: "explain --request 1 --data x", code: exitMisused, err: `^capisim: explain: --request beside the description of another, expected one of the two\n$`},
		{args: "explain", code: exitMisused, err: `^capisim: explain: no request, expected \[METHOD\] PATH, --request ID or --rule ID\n$`},
		{args: "explain /v3/apps --header nothing", code: exitMisused, err: `^capisim: --header: "nothing", expected 'NAME: VALUE'\n$`},
		{args: "explain /v3/apps --data @./nosuch", code: exitMisused, err: `^capisim: --data: open ./nosuch: no such file or directory\n$`},
		{args: "requests --format json", out: `"id": 1,`},
	})
}

func TestStateCommands(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	good := write(t, filepath.Join(t.TempDir(), "good.yaml"), "name: mine\napps: [{name: only}]\n")
	bad := write(t, filepath.Join(t.TempDir(), "bad.yaml"), "name: mine\nextends: default\nseed: x\nclock: {mode: y}\napps:\n- {name: a, space: dev, guid: g}\n- {name: b, space: dev, guid: g}\n- {name: c, space: nosuch}\n")
	torn := write(t, filepath.Join(t.TempDir(), "torn.yaml"), "name: mine\napps: [\n")
	session(t, s.url, []step{
		{args: "load outage", out: `^scenario outage, 3 processes\n$`},
		{args: "load nosuch", code: exitMisused, err: `no such scenario; there are default, `},
		{args: "load " + good, out: `^scenario mine, 1 process\n$`},
		{args: "load " + bad, code: exitMisused, err: `^capisim: ` + regexp.QuoteMeta(bad) + `:3:7: seed: [^\n]*\n` +
			regexp.QuoteMeta(bad) + `:4:15: clock.mode: [^\n]*\n` +
			regexp.QuoteMeta(bad) + `:7:31: apps\[1\].guid: "g", the guid of apps\[0\] already\n` +
			regexp.QuoteMeta(bad) + `:8:20: apps\[2\].space: "nosuch", [^\n]*\n$`},
		{args: "load " + torn, code: exitMisused, err: `^capisim: ` + regexp.QuoteMeta(torn) + `:2:7: `},
		{args: "load ./nosuch.yaml", code: exitMisused, err: `^capisim: open ./nosuch.yaml: no such file or directory\n$`},
		{args: "state", out: `^name: mine\n`},
		{args: "state --format json", out: `^\{\n  "name": "mine",\n`},
		{args: "load default", out: `^scenario default, 3 processes\n$`},
		{args: "fault set getProcess 404", out: `getProcess-404`},
		{args: "reset --only state,journal", out: `^scenario default, 3 processes\n$`},
		{args: "fault list", out: `getProcess-404`},
		{args: "reset --only state,all", code: exitMisused, err: `"all", expected one of state, faults, journal, clock`},
		{args: "reset", out: `^scenario default, 3 processes\n$`},
		{args: "fault list --format json", out: `^\[\]\n$`},
	})
	// What state prints is a scenario file.
	if got := invokeWith(t, invoke(t, nil, "state", "--url", s.url).out, nil, "validate", "-"); got.code != exitDone {
		t.Errorf("validate of what state printed: %s", got.out)
	}
}

func TestPlatformCommand(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	session(t, s.url, []step{
		{args: "platform", out: `^database: well\nuaa: well\ndiego: well\nlog_cache: well\n$`},
		{args: "platform diego=down uaa=keys_down", out: `^database: well\nuaa: keys_down\ndiego: down\nlog_cache: well\n$`},
		{args: "platform uaa=well --format json", out: `"uaa": null,\n  "diego": "down",`},
		{args: "platform diego", code: exitMisused, err: `^capisim: platform: "diego", expected PART=STATE, such as diego=down\n$`},
		{args: "platform diego=gone", code: exitMisused, err: `^capisim: /diego: "gone", expected one of "down", "erring"`},
		{args: "platform router=down", code: exitMisused, err: `^capisim: /router: unknown key`},
	})
}

func TestWorldCommands(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	file := write(t, filepath.Join(t.TempDir(), "mine.yaml"), "name: mine\nextends: empty\n")
	url := regexp.QuoteMeta(s.url)
	session(t, s.url, []step{
		{args: "world create blue --ttl 90s --scenario quota", out: `\nblue +` + url + `/worlds/blue +quota +3 +\d+ +0 +1m30s\n$`},
		{args: "world create --scenario " + file, out: `\nworld-1 +` + url + `/worlds/world-1 +mine +0 `},
		{args: "world create green --format json", out: `(?s)^\{.*"name": "green",\n  "url": "` + url + `/worlds/green",\n  "scenario": "default",`},
		{args: "world create copy --from blue --clock frozen", out: `\ncopy +` + url + `/worlds/copy +quota +3 `},
		{args: "world create strict --auth strict --seed 7 --variant vendor", out: `\nstrict +` + url + `/worlds/strict +default `},
		{args: "world create red --from nowhere", code: exitMisused, err: `/from: "nowhere", expected the name of a world that exists`},
		{args: "world create red --from blue --seed 7", code: exitMisused, err: `/seed: 7, expected no such key beside from`},
		{args: "world create blue", code: exitMisused, err: `"blue", expected a name that no other world has`},
		{args: "world create red --scenario ./nosuch.yaml", code: exitMisused, err: `^capisim: open ./nosuch.yaml: `},
		{args: "world create red --ttl -1s", code: exitMisused, err: `^capisim: --ttl: "-1s", expected a duration`},
		{args: "world list", out: `(?s)^NAME .*\ndefault .*\nblue .*\ngreen .*\nworld-1 `},
		{args: "load outage --world blue", out: `^scenario outage, `},
		{args: "--world blue state", out: `^name: outage\n`},
		{args: "state", out: `^name: default\n`},
		{args: "world delete blue green"},
		{args: "world delete blue", code: exitMisused, err: `^capisim: no world "blue"\n$`},
		{args: "fault list --world blue", code: exitMisused, err: `there is no world "blue" at `},
		{args: "world create own --at 127.0.0.1:0", out: `\nown +http://127\.0\.0\.1:\d+ +default `},
	})
}

// TestForkBesideTheServersEnvironment: what a container sets for its server is
// not meant for a fork.
func TestForkBesideTheServersEnvironment(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	environ := []string{"CAPISIM_URL=" + s.url, "CAPISIM_SEED=7", "CAPISIM_SCENARIO=quota"}
	if got := invoke(t, environ, "world", "create", "copy", "--from", "default"); got.code != exitDone {
		t.Errorf("%d %s", got.code, got.err)
	}
	if got := invoke(t, environ, "world", "create", "copy2"); got.code != exitDone || !strings.Contains(got.out, " quota ") {
		t.Errorf("%d %s%s", got.code, got.out, got.err)
	}
}

func TestClockCommands(t *testing.T) {
	t.Parallel()
	s := serve(t, nil, "--clock", "frozen")
	session(t, s.url, []step{
		{args: "clock freeze", out: `^frozen at 2026-01-01T00:00:00Z\n$`},
		{args: "clock advance 30s", out: `^frozen at 2026-01-01T00:00:30Z\n$`},
		{args: "clock advance 1h --format json", out: `^\{\n  "mode": "frozen",\n  "now": "2026-01-01T01:00:30Z"\n\}\n$`},
		{args: "clock advance -- -1s", code: exitMisused, err: `^capisim: clock advance: "-1s", expected a duration such as 200ms or 30s\n$`},
		{args: "clock resume", out: `^real at 2026-01-01T01:00:30`},
	})
}

func TestServersThatCannotBeTalkedTo(t *testing.T) {
	t.Parallel()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := "http://" + gone.Addr().String()
	gone.Close() //nolint:errcheck // only its port is wanted
	locked := serve(t, []string{"CAPISIM_ADMIN_TOKEN=secret"})
	secure := serve(t, nil, "--tls-self-signed")
	tests := []struct {
		name    string
		environ []string
		args    string
		code    int
		err     string
	}{
		{"no server", nil, "fault list --url " + free, exitUnreached, "^capisim was not reached at " + free + ": nothing listens there; capisim serve starts a server\n$"},
		{"no server for evidence", nil, "coverage --url " + free, exitUnreached, "^capisim was not reached at "},
		{"no server for a file", nil, "load " + write(t, filepath.Join(t.TempDir(), "good.yaml"), "name: x\n") + " --url " + free, exitUnreached, "^capisim was not reached at "},
		{"no URL", nil, "state --url 127.0.0.1:8080", exitMisused, `^capisim: --url: "127.0.0.1:8080", expected http://HOST:PORT, https://HOST:PORT or unix:PATH` + "\n$"},
		{"a path of the API", nil, "state --url http://127.0.0.1:1/v3/processes", exitMisused, `^capisim: --url: "http://127.0.0.1:1/v3/processes" leads into the server, expected its address without /v3/processes` + "\n$"},
		{"a world in a world", nil, "state --url http://127.0.0.1:1/worlds/a/worlds/b", exitMisused, `^capisim: --url: "http://127.0.0.1:1/worlds/a/worlds/b" has "/worlds/b" behind the world, expected nothing more` + "\n$"},
		{"two worlds", nil, "state --world b --url http://127.0.0.1:1/worlds/a", exitMisused, `^capisim: --world: "b" beside a --url that names the world "a", expected the same or one of them` + "\n$"},
		{"token missing", nil, "state --url " + locked.url, exitMisused, "^capisim: .+\n$"},
		{"token wrong", []string{"CAPISIM_ADMIN_TOKEN=guess"}, "state --url " + locked.url, exitMisused, "^capisim: .+\n$"},
		{"token right", []string{"CAPISIM_ADMIN_TOKEN=secret"}, "state --url " + locked.url, exitDone, ""},
		{"token by flag", []string{"CAPISIM_ADMIN_TOKEN=guess"}, "state --admin-token secret --url " + locked.url, exitDone, ""},
		{"a certificate of its own, on loopback", nil, "state --url " + secure.url, exitDone, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := invoke(t, test.environ, strings.Fields(test.args)...)
			if got.code != test.code || !says(got.err, test.err) || (got.out != "") != (test.code == exitDone) {
				t.Errorf("exit code %d, stdout %q, stderr %q, want %d and %q", got.code, got.out, got.err, test.code, test.err)
			}
		})
	}
}

func TestCompletionOfFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ args, want string }{
		{"fault set ", "\nupdateProcess\n"},
		{"fault set scaleProcess ", "\n503\n"},
		{"fault set scaleProcess 503 --connection ", "\ndrip\n"},
	} {
		words := strings.Split(test.args, " ")
		if got := invoke(t, nil, append([]string{"__complete"}, words...)...); !strings.Contains(got.out, test.want) {
			t.Errorf("%q: stdout %q, want %q to be offered", test.args, got.out, test.want)
		}
	}
}

// decoded reads JSON that a command printed.
func decoded[T any](t *testing.T, text string) T {
	t.Helper()
	var value T
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return value
}

// TestFilesAreFilledIn: the command puts the environment and the files beside a
// file in before it sends it; a saved world is loaded as it was.
func TestFilesAreFilledIn(t *testing.T) {
	t.Setenv("CAPISIM_TEST_APP", "from-outside")
	s := serve(t, nil)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "down.html"), "<h1>down</h1>")
	file := write(t, filepath.Join(dir, "mine.yaml"), "name: mine\napps: [{name: \"${CAPISIM_TEST_APP}\"}]\n")
	bad := write(t, filepath.Join(dir, "bad.yaml"), "name: mine\napps: [{name: \"${CAPISIM_TEST_UNSET}\"}]\n")
	rules := write(t, filepath.Join(dir, "rules.yaml"), "id: down\nundocumented: true\nrespond: {status: 502, file: down.html}\n")
	session(t, s.url, []step{
		{args: "load " + file, out: `^scenario mine, 1 process\n$`},
		{args: "load " + bad, code: exitMisused, err: `^capisim: ` + regexp.QuoteMeta(bad) + `:2:15: apps\[0\].name: CAPISIM_TEST_UNSET is not set`},
		{args: "validate " + bad, code: exitFound, out: `:2:15: apps\[0\].name: CAPISIM_TEST_UNSET is not set`},
		{args: "fault set --format json --file " + rules, out: `"body": "\\u003ch1\\u003edown`},
	})
	saved := invoke(t, nil, "state", "--url", s.url).out
	if !strings.Contains(saved, "name: from-outside") {
		t.Error(saved)
	}
	session(t, s.url, []step{{args: "load default", out: "default"}, {args: "fault clear"}})
	if got := answers(t, http.MethodPatch, s.url+demo, `{"command": "run ${PORT} $${X} ${"}`); got.StatusCode != http.StatusOK {
		t.Fatal(got.Status)
	}
	saved = invoke(t, nil, "state", "--url", s.url).out
	again := write(t, filepath.Join(dir, "saved.yaml"), saved)
	session(t, s.url, []step{{args: "load " + again, out: "default"}})
	if now := invoke(t, nil, "state", "--url", s.url).out; now != saved || !strings.Contains(saved, "run ${PORT} $${X} ${") {
		t.Errorf("saved\n%s\nand loaded\n%s", saved, now)
	}
}
