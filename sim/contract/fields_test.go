package contract

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// parsed reads a JSON body that has to be readable.
func parsed(t *testing.T, body string) Body {
	t.Helper()
	b, err := ParseBody("application/json", []byte(body))
	if err != nil {
		t.Fatalf("ParseBody(%s): %v", body, err)
	}
	return b
}

// detailOf is the detail of an error of the catalogue, "" without an error and
// the title for an error whose text is always the same.
func detailOf(t *testing.T, err error) string {
	t.Helper()
	var e *Error
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &e):
		t.Fatalf("not an error of the catalogue: %v", err)
	case errors.Is(e, UnprocessableEntity), errors.Is(e, BadQueryParameter):
		return e.Detail
	}
	return e.Title
}

type bodyCase struct{ name, body, want string }

func (c bodyCase) check(t *testing.T, err error) {
	t.Helper()
	if got := detailOf(t, err); got != c.want {
		t.Errorf("%s\n got %q\nwant %q", c.body, got, c.want)
	}
}

const (
	crash     = "UnknownError"
	malformed = "Internal Server Error"
)

func a(n int) string { return strings.Repeat("a", n) }

func TestCheckUpdateMessages(t *testing.T) {
	t.Parallel()
	const (
		commandString = "Command must be a string"
		commandSize   = "Command must be between 1 and 4096 characters"
		userString    = "User must be a string"
		userSize      = "User must be between 1 and 255 characters"
		badType       = `Health check type must be "port", "process", or "http"`
		badReadiness  = `Readiness health check type must be "port", "process", or "http"`
	)
	for _, c := range []bodyCase{
		{"§4 empty object changes nothing", `{}`, ""},
		{"§4 array as document", `[1]`, "Unknown field(s): '_json'"},
		{"§4 string as document", `"x"`, "Unknown field(s): '_json'"},
		{"§4 number as document", `3`, "Unknown field(s): '_json'"},
		{"§4 null as document", `null`, "Unknown field(s): '_json'"},
		{"§4 framework keys are dropped", `{"utf8":"x","_method":"put","authenticity_token":"y"}`, ""},
		{"§4 body is not unwrapped", `{"body":{"command":"x"}}`, "Unknown field(s): 'body'"},
		{"§4 last duplicate wins", `{"command":5,"command":"x"}`, ""},
		{"§4 duplicate keeps the place of the first", `{"b":1,"a":1,"b":2}`, "Unknown field(s): 'b', 'a'"},
		{"§4 unknown fields in order of appearance", `{"unexpected":"foo","extra":"bar","ports":[8181]}`, "Unknown field(s): 'unexpected', 'extra', 'ports'"},
		{"§5 instances, type, guid are unknown", `{"instances":1,"type":"web","guid":"x"}`, "Unknown field(s): 'instances', 'type', 'guid'"},
		{"§5 empty name of a field", `{"":1}`, "Unknown field(s): ''"},
		{"§4 nested unknown keys are ignored", `{"health_check":{"foo":1,"data":{"bar":2}},"readiness_health_check":{"foo":1,"data":{"timeout":"x"}}}`, ""},

		{"§5 command/string", `{"command":"rackup"}`, ""},
		{"§5 command/null clears", `{"command":null}`, ""},
		{"§5 command/blanks alone are fine", `{"command":"   "}`, ""},
		{"§5 command/empty", `{"command":""}`, commandSize},
		{"§5 command/4096 characters", `{"command":"` + strings.Repeat("é", 4096) + `"}`, ""},
		{"§5 command/4097 characters", `{"command":"` + a(4097) + `"}`, commandSize},
		{"§5 command/number gives only the first message", `{"command":42}`, commandString},
		{"§5 command/false gives only the first message", `{"command":false}`, commandString},
		{"§5 command/decimal", `{"command":32.77}`, commandString},
		{"§5 command/number of 5000 digits gives both", `{"command":` + strings.Repeat("7", 5000) + `}`, commandString + ", " + commandSize},
		{"§5 command/empty array gives both messages", `{"command":[]}`, commandString + ", " + commandSize},
		{"§5 command/empty object gives both messages", `{"command":{}}`, commandString + ", " + commandSize},
		{"§5 command/array of null is empty", `{"command":[null]}`, commandString + ", " + commandSize},
		{"§5 command/array of one has a length", `{"command":["x"]}`, commandString},
		{"§5 command/object of one has a length", `{"command":{"a":null}}`, commandString},

		{"§5 user/string", `{"user":"vcap"}`, ""},
		{"§5 user/null clears", `{"user":null}`, ""},
		{"§5 user/empty", `{"user":""}`, userSize},
		{"§5 user/255 characters", `{"user":"` + a(255) + `"}`, ""},
		{"§5 user/256 characters", `{"user":"` + a(256) + `"}`, userSize},
		{"§5 user/decimal", `{"user":32.77}`, userString},
		{"§5 user/empty array", `{"user":[]}`, userString + ", " + userSize},

		{"§5 health_check/null is ignored", `{"health_check":null,"readiness_health_check":null}`, ""},
		{"§5 health_check/data null is ignored", `{"health_check":{"data":null}}`, ""},
		{"§5 health_check/empty", `{"health_check":{},"readiness_health_check":{"data":{}}}`, ""},
		{"§9 health_check/string crashes", `{"health_check":"port"}`, crash},
		{"§9 health_check/array crashes", `{"health_check":[]}`, crash},
		{"§9 health_check/number crashes", `{"health_check":5}`, crash},
		{"§9 health_check/false crashes", `{"health_check":false}`, crash},
		{"§9 health_check/data string crashes", `{"health_check":{"data":"x"}}`, crash},
		{"§9 health_check/data false crashes", `{"health_check":{"data":false}}`, crash},
		{"§9 readiness_health_check/string crashes", `{"readiness_health_check":"port"}`, crash},
		{"§9 readiness_health_check/data array crashes", `{"readiness_health_check":{"data":[]}}`, crash},
		{"§9 crash comes before any message", `{"command":5,"metadata":3,"health_check":"port"}`, crash},

		{"§5 type/port", `{"health_check":{"type":"port"}}`, ""},
		{"§5 type/process", `{"health_check":{"type":"process"}}`, ""},
		{"§5 type/http", `{"health_check":{"type":"http"}}`, ""},
		{"§5 type/none", `{"health_check":{"type":"none"}}`, badType},
		{"§5 type/null", `{"health_check":{"type":null}}`, badType},
		{"§5 type/upper case", `{"health_check":{"type":"HTTP"}}`, badType},
		{"§5 type/array of types", `{"health_check":{"type":["http"]},"readiness_health_check":{"type":[]}}`, ""},
		{"§5 type/array", `{"health_check":{"type":["http","none"]},"readiness_health_check":{"type":[["http"]]}}`, badType + ", " + badReadiness},
		{"§9.1 name that is not UTF-8", "{\"\xff\":1}", crash},
		{"§9.1 such a name in metadata", "{\"metadata\":{\"labels\":{\"a\\ud800\":\"b\"}}}", crash},
		{"§9.1 such a name in a health check", "{\"health_check\":{\"\xff\":1}}", ""},
		{"§5 readiness type/http", `{"readiness_health_check":{"type":"http"}}`, ""},
		{"§5 readiness type/unknown", `{"readiness_health_check":{"type":"meow"}}`, badReadiness},
		{"§5 readiness type/null", `{"readiness_health_check":{"type":null}}`, badReadiness},

		{"§5 order/example of the contract", `{"health_check":{"type":"x"},"command":"","zap":1,"metadata":3}`,
			"Metadata must be an object, Unknown field(s): 'zap', Command must be between 1 and 4096 characters, " + badType},
		{"§5 order/all of them", `{"readiness_health_check":{"data":{"endpoint":5,"interval":0,"invocation_timeout":0},"type":1},` +
			`"health_check":{"data":{"endpoint":5,"interval":0,"invocation_timeout":0,"timeout":0},"type":1},"user":1,"command":1,"q":1,"metadata":null}`,
			"Metadata must be an object, Unknown field(s): 'q', Command must be a string, User must be a string, " +
				badType + ", Health check timeout must be greater than or equal to 1, " +
				"Health check invocation timeout must be greater than or equal to 1, Health check interval must be greater than or equal to 1, " +
				"Health check endpoint must be a valid URI path, " +
				badReadiness + ", Readiness health check invocation timeout must be greater than or equal to 1, " +
				"Readiness health check interval must be greater than or equal to 1, Readiness health check endpoint must be a valid URI path"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := CheckUpdate(parsed(t, c.body), Default)
			c.check(t, err)
		})
	}
}

// TestCheckUpdateNumbers proves the number rules of §5 for each field that has
// them.
func TestCheckUpdateNumbers(t *testing.T) {
	t.Parallel()
	const (
		notNumber  = " is not a number"
		notInteger = " must be an integer"
		tooSmall   = " must be greater than or equal to 1"
		tooLarge   = " must be less than or equal to 2147483647"
	)
	for _, f := range []struct {
		check, name, label string
		variant            Variant
	}{
		{"health_check", "timeout", "Health check timeout", Default},
		{"health_check", "invocation_timeout", "Health check invocation timeout", Default},
		{"health_check", "interval", "Health check interval", Default},
		{"readiness_health_check", "invocation_timeout", "Readiness health check invocation timeout", Default},
		{"readiness_health_check", "interval", "Readiness health check interval", OpenSource},
		{"readiness_health_check", "timeout", "Readiness health check timeout", Vendor},
	} {
		for _, c := range []struct{ value, want string }{
			{`1`, ""}, {`2147483647`, ""}, {`null`, ""}, {`"3"`, ""}, {`"+3"`, ""}, {`"007"`, ""},
			{`0`, tooSmall}, {`-10000`, tooSmall}, {`"-1"`, tooSmall}, {`-0`, tooSmall}, {`-99999999999999999999`, tooSmall},
			{`2147483648`, tooLarge}, {`"2147483648"`, tooLarge}, {`99999999999999999999`, tooLarge},
			{`0.2`, notInteger}, {`1.5`, notInteger}, {`5.0`, notInteger}, {`1e3`, notInteger}, {`1e400`, notInteger},
			{`"5.0"`, notInteger}, {`" 5 "`, notInteger}, {`"5\n"`, notInteger}, {`"1_000"`, notInteger}, {`"1e3"`, notInteger}, {`".5"`, notInteger},
			{`"x"`, notNumber}, {`""`, notNumber}, {`" "`, notNumber}, {`"0x10"`, notNumber}, {`"1__0"`, notNumber}, {`"1e"`, notNumber}, {`"NaN"`, notNumber}, {`"Infinity"`, notNumber},
			{`true`, notNumber}, {`false`, notNumber}, {`[]`, notNumber}, {`[5]`, notNumber}, {`{}`, notNumber},
		} {
			t.Run("§5 "+f.label+"/"+c.value, func(t *testing.T) {
				t.Parallel()
				body := `{"` + f.check + `":{"data":{"` + f.name + `":` + c.value + `}}}`
				want := ""
				if c.want != "" {
					want = f.label + c.want
				}
				_, err := CheckUpdate(parsed(t, body), f.variant)
				bodyCase{body: body, want: want}.check(t, err)
			})
		}
	}
}

func TestCheckUpdateEndpoint(t *testing.T) {
	t.Parallel()
	const invalid, long = " must be a valid URI path", " is too long (maximum is 255 characters)"
	for _, c := range []struct{ name, value, want string }{
		{"slash alone", `"/"`, ""},
		{"path with query", `"/x?a=b"`, ""},
		{"null clears", `null`, ""},
		{"255 characters", `"/` + a(254) + `"`, ""},
		{"one line of several", `"no\n/yes"`, ""},
		{"256 characters", `"/` + a(255) + `"`, long},
		{"too long and no path", `"` + a(256) + `"`, long + ", %" + invalid},
		{"two slashes", `"//x"`, invalid},
		{"blank inside", `"/a b"`, invalid},
		{"blank first", `"/ a"`, invalid},
		{"no slash", `"x"`, invalid},
		{"empty", `""`, invalid},
		{"whole URI", `"http://x"`, invalid},
		{"carriage return", `"/a\r"`, invalid},
		{"number", `5`, invalid},
		{"array", `[]`, invalid},
		{"object", `{}`, invalid},
		{"false", `false`, invalid},
	} {
		for check, label := range map[string]string{"health_check": "Health check endpoint", "readiness_health_check": "Readiness health check endpoint"} {
			t.Run("§5 "+label+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				want := ""
				if c.want != "" {
					want = label + strings.ReplaceAll(c.want, "%", label)
				}
				body := `{"` + check + `":{"data":{"endpoint":` + c.value + `}}}`
				_, err := CheckUpdate(parsed(t, body), Default)
				bodyCase{body: body, want: want}.check(t, err)
			})
		}
	}
}

func TestCheckUpdateValues(t *testing.T) {
	t.Parallel()
	set := func(text string) *string { return &text }
	for _, c := range []struct {
		name, body string
		variant    Variant
		want       ProcessUpdate
	}{
		{"§10 nothing named, nothing set", `{}`, Default, ProcessUpdate{}},
		{"§10 only what is named is set", `{"health_check":{"type":"process"}}`, Default,
			ProcessUpdate{HealthCheck: HealthCheckUpdate{Type: Optional[string]{Set: true, Value: "process"}}}},
		{"§5 null is told from absent", `{"command":null,"user":"vcap","health_check":{"data":{"timeout":null,"endpoint":null}}}`, Default,
			ProcessUpdate{
				Command:     Optional[string]{Set: true, Null: true},
				User:        Optional[string]{Set: true, Value: "vcap"},
				HealthCheck: HealthCheckUpdate{Timeout: Optional[int]{Set: true, Null: true}, Endpoint: Optional[string]{Set: true, Null: true}},
			}},
		{"§5 digits in a string are the number", `{"health_check":{"data":{"timeout":"3","invocation_timeout":4,"interval":"+5","endpoint":"/"}}}`, Default,
			ProcessUpdate{HealthCheck: HealthCheckUpdate{
				Timeout:           Optional[int]{Set: true, Value: 3},
				InvocationTimeout: Optional[int]{Set: true, Value: 4},
				Interval:          Optional[int]{Set: true, Value: 5},
				Endpoint:          Optional[string]{Set: true, Value: "/"},
			}}},
		{"§17 readiness timeout is ignored", `{"readiness_health_check":{"data":{"timeout":9}}}`, Default, ProcessUpdate{}},
		{"§11 readiness timeout is read by the vendor", `{"readiness_health_check":{"type":"http","data":{"timeout":9,"invocation_timeout":1,"interval":2,"endpoint":"/r"}}}`, Vendor,
			ProcessUpdate{Readiness: HealthCheckUpdate{
				Type:              Optional[string]{Set: true, Value: "http"},
				Timeout:           Optional[int]{Set: true, Value: 9},
				InvocationTimeout: Optional[int]{Set: true, Value: 1},
				Interval:          Optional[int]{Set: true, Value: 2},
				Endpoint:          Optional[string]{Set: true, Value: "/r"},
			}}},
		{"§8 metadata in order", `{"metadata":{"labels":{"b":"1","a":null},"annotations":{"x.y/n":"","z":7}}}`, Default,
			ProcessUpdate{Metadata: MetadataUpdate{
				Labels:      []PairChange{{Key: "b", Value: set("1")}, {Key: "a", Value: nil}},
				Annotations: []PairChange{{Key: "x.y/n", Value: set("")}, {Key: "z", Value: set("7")}},
			}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := CheckUpdate(parsed(t, c.body), c.variant)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("%s\n got %+v\nwant %+v", c.body, got, c.want)
			}
		})
	}
}

func TestCheckScaleMessages(t *testing.T) {
	t.Parallel()
	for _, c := range []bodyCase{
		{"§4 empty object", `{}`, ""},
		{"§6 all fields", `{"instances":3,"memory_in_mb":1,"disk_in_mb":1,"log_rate_limit_in_bytes_per_second":-1}`, ""},
		{"§6 null passes the messages", `{"instances":null,"memory_in_mb":null,"disk_in_mb":null,"log_rate_limit_in_bytes_per_second":null}`, ""},
		{"§6 instances 0", `{"instances":0}`, ""},
		{"§6 instances 2147483647", `{"instances":2147483647}`, ""},
		{"§6 instances as digits in a string", `{"instances":"3"}`, ""},
		{"§6 instances -1", `{"instances":-1}`, "Instances must be greater than or equal to 0"},
		{"§6 instances 2147483648", `{"instances":2147483648}`, "Instances must be less than or equal to 2147483647"},
		{"§6 instances 1.5", `{"instances":1.5}`, "Instances must be an integer"},
		{"§6 instances text", `{"instances":"x"}`, "Instances is not a number"},
		{"§6 instances true", `{"instances":true}`, "Instances is not a number"},
		{"§6 instances empty", `{"instances":""}`, "Instances is not a number"},
		{"§6 memory 0", `{"memory_in_mb":0}`, "Memory in mb must be greater than 0"},
		{"§6 memory -1", `{"memory_in_mb":-1}`, "Memory in mb must be greater than 0"},
		{"§6 memory 100000000000", `{"memory_in_mb":100000000000}`, "Memory in mb must be less than or equal to 2147483647"},
		{"§6 memory 1.1", `{"memory_in_mb":1.1}`, "Memory in mb must be an integer"},
		{"§6 memory text", `{"memory_in_mb":"big"}`, "Memory in mb is not a number"},
		{"§6 disk 0", `{"disk_in_mb":0}`, "Disk in mb must be greater than 0"},
		{"§6 disk 100000000000", `{"disk_in_mb":100000000000}`, "Disk in mb must be less than or equal to 2147483647"},
		{"§6 disk 1.1", `{"disk_in_mb":1.1}`, "Disk in mb must be an integer"},
		{"§6 log rate -2", `{"log_rate_limit_in_bytes_per_second":-2}`, "Log rate limit in bytes per second must be greater than or equal to -1"},
		{"§6 log rate 2^63-1", `{"log_rate_limit_in_bytes_per_second":9223372036854775807}`, ""},
		{"§6 log rate 2^63", `{"log_rate_limit_in_bytes_per_second":9223372036854775808}`, "Log rate limit in bytes per second must be less than or equal to 9223372036854775807"},
		{"§6 log rate below 64 bits", `{"log_rate_limit_in_bytes_per_second":-9223372036854775809}`, "Log rate limit in bytes per second must be greater than or equal to -1"},
		{"§6 unknown", `{"x":1}`, "Unknown field(s): 'x'"},
		{"§6 metadata is unknown", `{"metadata":{}}`, "Unknown field(s): 'metadata'"},
		{"§6 order", `{"log_rate_limit_in_bytes_per_second":-2,"disk_in_mb":0,"memory_in_mb":0,"instances":-1,"z":1,"a":2}`,
			"Unknown field(s): 'z', 'a', Instances must be greater than or equal to 0, Memory in mb must be greater than 0, " +
				"Disk in mb must be greater than 0, Log rate limit in bytes per second must be greater than or equal to -1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := CheckScale(parsed(t, c.body))
			c.check(t, err)
		})
	}
}

func TestCheckScaleValues(t *testing.T) {
	t.Parallel()
	got, err := CheckScale(parsed(t, `{"instances":"3","memory_in_mb":null,"log_rate_limit_in_bytes_per_second":9223372036854775807}`))
	want := ProcessScale{
		Instances:  Optional[int]{Set: true, Value: 3},
		MemoryInMB: Optional[int]{Set: true, Null: true},
		LogRate:    Optional[int64]{Set: true, Value: 9223372036854775807},
	}
	if err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}
