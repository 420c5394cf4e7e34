package journal

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/capisim/sim/contract"
)

// leak is the secret of these tests; names and forms around it differ.
const leak = "S3cr3tV4lue0123456789"

const (
	jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJTM2NyM3RWNGx1ZSJ9.S3cr3tV4lue0123456789"
	pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIB\nS3cr3tV4lue0123456789\n-----END RSA PRIVATE KEY-----"
)

// secretNames are names of secrets as clients, clouds and tools spell them.
var secretNames = strings.Fields(`
	token Token TOKEN access_token accessToken AccessToken access-token refresh_token refreshToken id_token idToken
	auth_token authToken bearer_token api_token apiToken session_token sessionToken csrf_token csrfToken xsrf_token
	gitlab_token GITHUB_TOKEN NPM_TOKEN SLACK_BOT_TOKEN VAULT_TOKEN AWS_SESSION_TOKEN aws_session_token subject_token actor_token
	token1 token_2 tokens accesstoken ACCESSTOKEN device_token registration_token uaa.token
	secret Secret client_secret clientSecret ClientSecret CLIENT_SECRET client-secret shared_secret sharedSecret
	app_secret consumer_secret webhookSecret jwt_secret JWT_SECRET secret_id secretId secrets secretString secret_value
	password Password PASSWORD passwd Passwd user_password userPassword newPassword old_password password1 password_confirmation
	passwordHash db_password DB_PASSWORD DB_PASS db_pass dbPass dbpass_pwd pwd PWD userPwd passphrase Passphrase ssh_passphrase
	key_passphrase passcode Passcode user[password] user[new_password] passwords PGPASSWORD MYSQL_PWD pw
	api_key apiKey apikey APIKey api-key X-API-KEY access_key accessKey aws_secret_access_key AWS_SECRET_ACCESS_KEY
	aws_access_key_id_secret secret_key secretKey private_key privateKey ssh_key sshKey SSHKey signing_key signingKey
	encryption_key encryptionKey account_key AccountKey storageKey shared_key master_key masterKey subscription_key api_keys
	credential credentials Credentials db_credentials authorization Authorization proxy_authorization assertion client_assertion
	samlAssertion code_verifier codeVerifier cookie cookies session_cookie sessionId SESSION_ID jsessionid signature
	X-Amz-Signature X-Amz-Credential sig otp totp auth basic_auth dockerAuth pin psk jwt connection_string connectionString`)

// secretHeaders are headers whose values are secrets.
var secretHeaders = strings.Fields(`
	Authorization Proxy-Authorization Cookie Set-Cookie X-Api-Key Api-Key Apikey X-Auth-Token X-Auth-Key X-Auth X-Access-Token
	X-Csrf-Token X-Xsrf-Token X-Amz-Security-Token X-Vault-Token X-Uaa-Token Private-Token Job-Token Deploy-Token Cf-Access-Client-Secret
	Cf-Access-Jwt-Assertion Cf-Access-Token X-Forwarded-Access-Token X-Gitlab-Token X-Github-Token X-Consul-Token X-Nomad-Token
	X-Plex-Token X-Shopify-Access-Token X-Goog-Iap-Jwt-Assertion X-Goog-Api-Key X-Functions-Key Ocp-Apim-Subscription-Key
	X-Client-Secret X-Session-Token X-Session-Id X-Refresh-Token X-Id-Token X-Hub-Signature X-Slack-Signature X-Password
	X-Ms-Token-Aad-Access-Token X-Service-Token X-Subject-Token X-User-Token Dd-Api-Key X-Figma-Token Circle-Token X-Tfe-Token`)

// texts hold a secret that has a form or stands in a form.
var texts = map[string]string{
	"a JWT":                    "value " + jwt,
	"a JWT alone":              jwt,
	"a PEM block":              pem,
	"a PEM block cut short":    pem[:60],
	"bearer":                   "header was bearer " + leak,
	"Basic":                    "Basic " + leak,
	"an address":               "postgres://user:" + leak + "@db:5432/x",
	"an address of a tool":     "https://x-oauth:" + leak + "@example.org/r.git",
	"a GitHub token":           "ghp_" + leak,
	"a GitLab token":           "glpat-" + leak,
	"an AWS key":               "AKIA" + leak,
	"a Slack token":            "xoxb-" + leak,
	"a Vault token":            "hvs." + leak,
	"YAML":                     "user: a\npassword: " + leak + "\nx: y\n",
	"YAML, quoted":             "password: '" + leak + "'\n",
	"YAML, several words":      "password: one two " + leak,
	"YAML, with a comma":       "password: one, " + leak,
	"YAML, a block":            "password: |\n  one\n  " + leak + "\nx: y\n",
	"YAML, a list":             "tokens:\n- one\n- " + leak + "\nx: y\n",
	"YAML, a map":              "credentials:\n  a:\n    b: " + leak + "\n",
	"YAML, a flow":             "{user: a, password: " + leak + "}",
	"YAML, indented":           "a:\n  b:\n    clientSecret: " + leak,
	"XML":                      "<a><password>" + leak + "</password></a>",
	"XML with attributes":      `<a><password type="x">` + leak + "</password></a>",
	"XML with a name space":    "<ns:Password>" + leak + "</ns:Password>",
	"XML, CDATA":               "<password><![CDATA[" + leak + "]]></password>",
	"XML, an attribute":        `<user name="a" password="` + leak + `"/>`,
	"XML, nested":              "<credentials><a>" + leak + "</a></credentials>",
	"INI":                      "[db]\nuser = a\npassword = " + leak + "\n",
	"the environment":          "export DB_PASS=" + leak,
	"the environment, quoted":  `DB_PASS="one ` + leak + `"`,
	"a flag":                   "run --password " + leak + " --x",
	"a flag with =":            "run --client-secret=" + leak,
	"a flag, quoted":           "run --token '" + leak + "'",
	"a header in a text":       "Authorization: Bearer " + leak,
	"another header in a text": "curl -H 'X-Api-Key: " + leak + "'",
	"a query in a text":        "see https://example.org/cb?x=1&access_token=" + leak + "&y=2",
	"a fragment":               "https://example.org/#access_token=" + leak,
	"JSON in a text":           `got {"a":1,"password":"` + leak + `"} from it`,
	"escaped JSON in a text":   `got {\"a\":1,\"password\":\"` + leak + `\"} from it`,
	"JSON without quotes":      "{password: " + leak + "}",
	"single quotes":            "{'password': '" + leak + "'}",
	"a map of Ruby":            `{:password=>"` + leak + `"}`,
	"a log line":               `time=1 level=info token="` + leak + `"`,
	"an ODBC string":           "Server=db;User Id=a;Password=" + leak + ";",
}

// bodies are whole bodies around a secret.
var bodies = map[string]string{
	"deep JSON":                   `{"a":[{"b":{"c":[{"password":"` + leak + `"}]}}]}`,
	"a byte order mark":           "\ufeff" + `{"password":"` + leak + `"}`,
	"JSON in a string":            `{"data":"{\"password\":\"` + leak + `\"}"}`,
	"JSON in a string twice":      `{"data":"{\"in\":\"{\\\"token\\\":\\\"` + leak + `\\\"}\"}"}`,
	"a JSON string":               `"password=` + leak + `"`,
	"a comment before":            `{"a":1, /* " */ "password":"` + leak + `"}`,
	"a comment to the line's end": "{\"a\":1, // it's \"\n\"password\":\"" + leak + "\"}",
	"in a comment":                `{"a":1 /* password: ` + leak + ` */}`,
	"an escaped key":              `{"p\u0061ssword":"` + leak + `"}`,
	"name and value":              `[{"name":"DB_PASSWORD","value":"` + leak + `"}]`,
	"key and value":               `[{"key":"apiKey","value":"` + leak + `"}]`,
	"arguments":                   `{"args":["--user","a","--password","` + leak + `"]}`,
	"a command":                   `{"command":"DB_PASS=` + leak + ` ./run"}`,
	"lines of JSON":               "{\"a\":1}\n{\"password\":\"" + leak + "\"}\n",
	"JSON behind a guard":         ")]}',\n{\"password\":\"" + leak + "\"}",
	"cut JSON":                    `{"a":1,"password":"` + leak,
	"a form with JSON":            "grant_type=x&login_hint=" + url.QueryEscape(`{"password":"`+leak+`"}`),
	"a form with an address":      "next=" + url.QueryEscape("https://a?access_token="+leak),
	"a form with a JWT":           "x=" + jwt,
	"a form with a list":          "tokens[]=" + leak + "&x=1",
	"a form with a number":        "tokens[0]=" + leak + "&x=1",
	"a form with semicolons":      "a=b;password=" + leak,
	"a form's code":               "code=" + leak,
	"compressed":                  "\x1f\x8b" + leak,
	"UTF-16 without its mark":     "{\x00p\x00" + leak,
	"UTF-16":                      "\xff\xfep\x00a\x00" + leak,
}

// entryWith is a request that carries a body, or only headers and a query.
func leaks(t *testing.T, e Entry) bool {
	t.Helper()
	j := New(10, 1<<20)
	id := j.Append(e)
	kept, ok := j.Get(id)
	if !ok {
		t.Fatal("the entry is not kept")
	}
	shown, err := json.Marshal(kept.View())
	if err != nil {
		t.Fatal(err)
	}
	text := string(shown)
	return strings.Contains(text, leak) || strings.Contains(text, "MIIEpAIB") || strings.Contains(text, "eyJzdWI") ||
		strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(leak))[:20])
}

// places puts a text where a client may put it.
func places(text string) map[string]Entry {
	quoted, _ := json.Marshal(text) // a string always encodes
	sent := func(kind, body string) Entry {
		return Entry{Method: "POST", Path: "/v3/x", RequestHeader: http.Header{"Content-Type": {kind}}, RequestBody: Body{Bytes: []byte(body)}}
	}
	return map[string]Entry{
		"a body of text":   sent("text/plain", text),
		"a JSON string":    sent("application/json", `{"note":`+string(quoted)+`}`),
		"a header":         {Method: "GET", Path: "/v3/x", RequestHeader: http.Header{"Referer": {strings.ReplaceAll(text, "\n", "\\n")}}},
		"an answer":        {Method: "GET", Path: "/v3/x", ResponseBody: Body{Bytes: []byte(text)}},
		"an answer's link": {Method: "GET", Path: "/v3/x", ResponseHeader: http.Header{"Location": {strings.ReplaceAll(text, "\n", "\\n")}}},
		"a query":          {Method: "GET", Path: "/v3/x", RawQuery: "x=" + url.QueryEscape(text)},
		"a form":           sent("application/x-www-form-urlencoded", "x="+url.QueryEscape(text)),
	}
}

// TestSecretsByName: whatever a secret's name is and wherever it stands, its
// value is not shown.
func TestSecretsByName(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, name := range secretNames {
		text, form, quoted := name+"="+leak, url.QueryEscape(name)+"="+leak, fmt.Sprintf("%q", name)
		for place, e := range map[string]Entry{
			"JSON":      {RequestBody: Body{Bytes: []byte(`{"a":{"b":[{` + quoted + `: "` + leak + `"}]}}`)}},
			"an object": {RequestBody: Body{Bytes: []byte(`{` + quoted + `: {"a":["` + leak + `"]}, "b":1}`)}},
			"a query":   {RawQuery: "a=b&" + form},
			"a form":    {RequestBody: Body{Bytes: []byte("a=b&" + form)}},
			"a text":    {RequestBody: Body{Bytes: []byte("see this: " + text + " there")}},
			"YAML":      {RequestBody: Body{Bytes: []byte("a: b\n" + name + ": " + leak + "\nc: d\n")}},
			"multipart": {
				RequestHeader: http.Header{"Content-Type": {"multipart/form-data; boundary=b"}},
				RequestBody:   Body{Bytes: []byte("--b\r\nContent-Disposition: form-data; name=" + quoted + "\r\n\r\n" + leak + "\r\n--b--")},
			},
		} {
			e.Method, e.Path = "POST", "/v3/x"
			if tried++; leaks(t, e) {
				t.Errorf("%s in %s is readable", name, place)
			}
		}
	}
	for _, name := range secretHeaders {
		h := http.Header{http.CanonicalHeaderKey(name): {leak}}
		if tried++; leaks(t, Entry{Method: "GET", Path: "/", RequestHeader: h}) || leaks(t, Entry{Method: "GET", Path: "/", ResponseHeader: h}) {
			t.Errorf("the header %s is readable", name)
		}
	}
	if tried < 1000 {
		t.Errorf("only %d kinds were tried", tried)
	}
}

// TestSecretsByShape: a secret is not shown when its form or the form around it
// gives it away.
func TestSecretsByShape(t *testing.T) {
	t.Parallel()
	for name, text := range texts {
		for place, e := range places(text) {
			if leaks(t, e) {
				t.Errorf("%s is readable in %s", name, place)
			}
		}
	}
	for name, body := range bodies {
		if leaks(t, Entry{Method: "POST", Path: "/v3/x", RequestBody: Body{Bytes: []byte(body)}}) {
			t.Errorf("%s is readable", name)
		}
	}
	if leaks(t, Entry{Method: "GET", Path: "/v3/token=" + leak + "/x"}) || leaks(t, Entry{Method: "GET", Path: "/v3/" + jwt}) {
		t.Error("a path is readable")
	}
}

// TestInnocentTextsStay: what is not secret is shown byte by byte.
func TestInnocentTextsStay(t *testing.T) {
	t.Parallel()
	list := []string{
		"grant_type=password&username=a&token_format=jwt", "page=2&per_page=50&label_selector=tier%3Dweb", "GET /v3/processes?guids=a,b",
		`{"command":"rackup -p $PORT","type":"web","instances":2}`, `{"metadata":{"labels":{"key":"v","tier":"web"},"annotations":{"monkey":"x"}}}`,
		`{"token_type":"bearer","expires_in":599,"jti":"x","code":10008}`, "Invalid Auth Token", "a: b\nkey: value\nbypass: yes\ncompass: n\n",
		"<a><name>x</name></a>", "http://127.0.0.1:8080/v3/apps/x?a=b", "2026-01-01T00:00:00Z", "the bearer of this letter", "basic knowledge",
		`{"links":{"self":{"href":"https://api.example.org/v3/x"}}}`, "idempotency_key=1&public_key=2", "--user a --keyboard b", "Mozilla/5.0 (X11; Linux x86_64)",
		`{"unterminated`, "\x80\x81 bytes", "key=1&keys=2", "hosts=%00&x=a%00b&y=%1F%8Bz&z=%ff%fe", `{"enabled":true,"name":"password"}`,
	}
	for _, e := range contract.Errors() {
		list = append(list, string(e.Detail), e.Title)
	}
	for _, text := range list {
		if got := string(maskBody([]byte(text), nil, false)); got != text {
			t.Errorf("%s\nbecame\n%s", text, got)
		}
	}
	for _, name := range []string{"Content-Type", "User-Agent", "X-B3-Traceid", "X-Vcap-Request-Id", "Retry-After", "Idempotency-Key", "Etag", "Accept", "X-Ratelimit-Limit", "Location"} {
		if secretHeader(name) {
			t.Errorf("the header %s is taken for a secret", name)
		}
	}
}

func BenchmarkMask(b *testing.B) {
	var body strings.Builder
	body.WriteString(`{"resources":[`)
	for i := range 60 {
		fmt.Fprintf(&body, `{"guid":"a1000000-0000-4000-8000-%012d","created_at":"2026-01-01T00:00:00Z","links":{"self":{"href":"http://127.0.0.1:8080/v3/processes/a1000000"}}},`, i)
	}
	e := Entry{Method: "GET", Path: "/v3/processes", ResponseBody: Body{Bytes: []byte(strings.TrimSuffix(body.String(), ",") + "]}")}}
	b.SetBytes(int64(body.Len()))
	for b.Loop() {
		e.masked()
	}
}
