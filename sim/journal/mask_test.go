package journal

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestMaskHeader(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, value, want string }{
		{"Authorization", "bearer s3cret", "bearer [MASKED]"},
		{"Authorization", "Basic Y2Y6", "Basic [MASKED]"},
		{"Authorization", "s3cret", "[MASKED]"},
		{"Authorization", "s3cret s3cret", "[MASKED]"},
		{"Authorization", "", ""},
		{"Proxy-Authorization", "Basic abc", "Basic [MASKED]"},
		{"Cookie", "a=b", "[MASKED]"},
		{"Set-Cookie", "a=b", "[MASKED]"},
		{"X-Auth-Token", "abc", "[MASKED]"},
		{"X-AUTH", "abc", "[MASKED]"},
		{"User-Agent", "cf/8", "cf/8"},
		{"X-B3-Spanid", "abc", "abc"},
	}
	for _, test := range tests {
		t.Run(test.name+" "+test.value, func(t *testing.T) {
			t.Parallel()
			h := http.Header{test.name: {test.value}}
			if got := maskHeader(h)[test.name][0]; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if h[test.name][0] != test.value {
				t.Error("the original was changed")
			}
		})
	}
}

func TestMaskBody(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, kind, body, want string
		token                  bool
	}{
		{"a grant", "application/x-www-form-urlencoded", "grant_type=password&username=u&password=s3cret", "grant_type=password&username=u&password=[MASKED]", true},
		{"a grant without its type", "", "password=s3cret&username=u", "password=[MASKED]&username=u", true},
		{"an encoded key", "", "pass%77ord=s3cret", "pass%77ord=[MASKED]", true},
		{"a key in brackets", "", "user[password]=s3cret", "user[password]=[MASKED]", false},
		{"a code", "", "code=s3cret&grant_type=authorization_code", "code=[MASKED]&grant_type=authorization_code", true},
		{"a client's grant", "", "client_id=c&client_secret=s3cret", "client_id=c&client_secret=[MASKED]", true},
		{"any secret", "application/json", `{"Shared-Secret":"s3cret","secretary":1}`, `{"Shared-Secret":"[MASKED]","secretary":1}`, false},
		{"nothing secret", "", "command=x&token_format=jwt", "command=x&token_format=jwt", false},
		{"tokens", "application/json", `{"access_token":"s3cret","token_type":"bearer","refresh_token": "s3cret"}`, `{"access_token":"[MASKED]","token_type":"bearer","refresh_token": "[MASKED]"}`, false},
		{"an error's code stays", "application/json", `{"errors":[{"code":10008}]}`, `{"errors":[{"code":10008}]}`, false},
		{"nested", "application/json", `{"a":[{"password":"s3cret"}]}`, `{"a":[{"password":"[MASKED]"}]}`, false},
		{"an object as secret", "application/json", `{"credentials":{"x":["s3cret","]"]},"y":1}`, `{"credentials":"[MASKED]","y":1}`, false},
		{"numbers and words", "application/json", `{"password":12345,"secret":true,"token":null}`, `{"password":"[MASKED]","secret":"[MASKED]","token":null}`, false},
		{"an escaped key", "application/json", `{"p\u0061ssword":"s3cret"}`, `{"p\u0061ssword":"[MASKED]"}`, false},
		{"a value that is a key's name", "application/json", `{"a":"password","b":"c"}`, `{"a":"password","b":"c"}`, false},
		{"quotes in a secret", "application/json", `{"password":"s3\"cret","b":1}`, `{"password":"[MASKED]","b":1}`, false},
		{"cut within a secret", "application/json", `{"password":"s3cr`, `{"password":"[MASKED]"`, false},
		{"cut after a key", "application/json", `{"password":`, `{"password":`, false},
		{"broken JSON", "application/json", `{"password" : "s3cret" "x"`, `{"password" : "[MASKED]" "x"`, false},
		{"JSON that is called text", "text/plain", ` {"password":"s3cret"}`, ` {"password":"[MASKED]"}`, false},
		{"multipart", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\ns3cret\r\n--b--", "[MASKED]", false},
		{"multipart without secrets", "multipart/form-data; boundary=b", "--b\r\nname=\"command\"", "--b\r\nname=\"command\"", false},
		{"an unreadable token request", "text/plain", "s3cret", "[MASKED]", true},
		{"text", "text/plain", "hello", "hello", false},
		{"empty", "", "", "", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := string(maskBody([]byte(test.body), http.Header{"Content-Type": {test.kind}}, test.token)); got != test.want {
				t.Errorf("masked\n got %s\nwant %s", got, test.want)
			}
		})
	}
}

// Whatever way an entry leaves the journal, no secret is in it.
func TestNoSecretLeaves(t *testing.T) {
	t.Parallel()
	const secret = "s3cret"
	j := New(10, 1<<20)
	token := operation(t, "createToken")
	j.Append(Entry{Operation: token, Method: "POST", Path: "/oauth/token", RawQuery: "password=" + secret, Status: 200,
		RequestHeader:  http.Header{"Authorization": {"Basic " + secret}, "Cookie": {secret}},
		RequestBody:    Body{Bytes: []byte("grant_type=password&password=" + secret)},
		ResponseHeader: http.Header{"Set-Cookie": {secret}},
		ResponseBody:   Body{Bytes: []byte(`{"access_token":"` + secret + `"}`)}})
	j.Append(Entry{Method: "POST", Path: "/uaa/oauth/token", RequestBody: Body{Bytes: []byte(secret)}})
	one, _ := j.Get(1)
	views := []View{one.View()}
	entries := j.Entries(Filter{}, 1, 10).Entries
	for i := range entries {
		views = append(views, entries[i].View())
	}
	shown, err := json.Marshal(views)
	if err != nil {
		t.Fatal(err)
	}
	if len(views) != 3 || strings.Contains(string(shown), secret) {
		t.Errorf("%d views: %s", len(views), shown)
	}
	j.Verify(Verification{Match: func(e *Entry) []string {
		if strings.Contains(string(e.RequestBody.Bytes), secret) {
			t.Error("a matcher sees a secret")
		}
		return nil
	}})
}

// A secret value never survives, however strangely the JSON around it is
// written, and what holds none stays as it is.
func FuzzMaskJSON(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, `[`, `{"x":"\"`, `{"password":{"a":[1,"]"]`, `{"a":"b"}{"c"`, "{\"\\u0070assword\"\n:\t1}", `"`, `{"token":}`, `{"token"::"a"}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, prefix string) {
		const secret = "S3CRET-VALUE"
		if strings.Contains(prefix, secret) {
			return
		}
		if !strings.ContainsAny(prefix, `\=:>`) && maskText(prefix) == prefix {
			if got := string(maskJSON([]byte(prefix))); got != prefix {
				t.Errorf("changed %q into %q", prefix, got)
			}
		}
		var doc any
		if json.Unmarshal([]byte(prefix), &doc) != nil {
			maskJSON([]byte(prefix)) // must end, and not panic
			return
		}
		whole := `{"before":` + prefix + `,"password":"` + secret + `"}`
		got := maskJSON([]byte(whole))
		if strings.Contains(string(got), secret) {
			t.Errorf("the secret is left in %s", got)
		}
		if !json.Valid(got) {
			t.Errorf("masked %s is no JSON any more", got)
		}
	})
}
