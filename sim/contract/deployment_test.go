package contract

import "testing"

// TestCheckDeployment: messages in the real server's order (app/messages/
// deployment_create_message.rb).
func TestCheckDeployment(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{}`: "",
		`{"strategy":null,"options":null,"droplet":null,"revision":{"guid":"r"}}`:                        "",
		`{"options":{"max_in_flight":null,"web_instances":null,"canary":null}}`:                          "",
		`{"strategy":"canary","options":{"canary":{"steps":[{"instance_weight":1}]},"max_in_flight":3}}`: "",
		`{"strategy":"recreate"}`:           "Strategy 'recreate' is not a supported deployment strategy",
		`{"strategy":""}`:                   "Strategy '' is not a supported deployment strategy",
		`{"metadata":5,"x":1,"strategy":7}`: "Metadata must be an object, Unknown field(s): 'x', Strategy '7' is not a supported deployment strategy",
		`{"droplet":{"guid":"a"},"revision":{"guid":"b"},"options":[1]}`:             "Droplet Cannot set both fields 'droplet' and 'revision', Options must be an object",
		`{"options":{"a":1,"disk_in_mb":0,"web_instances":"x","max_in_flight":"3"}}`: "Options has unsupported key(s): a, Web instances is not a number, Disk in mb must be greater than 0, Max in flight must be an integer greater than 0",
		`{"options":{"canary":5}}`:                                                                           "Options canary must be an object",
		`{"strategy":"canary","options":{"canary":{"steps":[1]}}}`:                                           "Options canary steps must be an array of objects",
		`{"strategy":"canary","options":{"canary":{"steps":[{"x":1}]}}}`:                                     `Options canary steps has unsupported key(s): x, Options canary steps missing key: "instance_weight", ` + badWeight,
		`{"strategy":"canary","options":{"canary":{"steps":[{"instance_weight":2},{"instance_weight":0}]}}}`: badWeight + ", Options canary steps instance weight must be sorted in ascending order",
	} {
		parsed, err := ParseBody("application/json", []byte(body))
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		_, err = CheckDeployment(parsed)
		got := ""
		if refusal, ok := err.(*Error); ok {
			got = refusal.Detail
		}
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", body, got, want)
		}
	}
	parsed, _ := ParseBody("application/json", []byte(`{"relationships":{"app":{"data":{"guid":"app"}}},"options":{"web_instances":"4","log_rate_limit_in_bytes_per_second":-1}}`))
	d, err := CheckDeployment(parsed)
	if err != nil || d.AppGUID != "app" || d.Strategy != Rolling || d.MaxInFlight != 1 || *d.WebInstances != 4 || *d.LogRateLimit != -1 || d.MemoryInMB != nil {
		t.Errorf("%+v, %v", d, err)
	}
}
