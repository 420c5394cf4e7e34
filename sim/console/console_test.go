package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
)

func ask(t *testing.T, method, target string, headers ...string) *http.Response {
	t.Helper()
	request := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	ServeHTTP(recorder, request)
	return recorder.Result()
}

func bodyOf(t *testing.T, r *http.Response) []byte {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestPaths(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, method, path string
		status             int
		media              string
	}{
		{"page", "GET", "/console/", 200, "text/html; charset=utf-8"},
		{"page by name", "GET", "/console/index.html", 200, "text/html; charset=utf-8"},
		{"doubled slash", "GET", "/console//app.css", 200, "text/css; charset=utf-8"},
		{"script", "GET", "/console/js/app.js", 200, "text/javascript; charset=utf-8"},
		{"icon", "GET", "/console/icon.svg", 200, "image/svg+xml"},
		{"licence", "GET", "/console/vendor/LICENSE.preact", 200, "text/plain; charset=utf-8"},
		{"head", "HEAD", "/console/", 200, "text/html; charset=utf-8"},
		{"without slash", "GET", "/console", 308, ""},
		{"nowhere", "GET", "/console/nothing.js", 404, "text/plain; charset=utf-8"},
		{"folder", "GET", "/console/js", 404, "text/plain; charset=utf-8"},
		{"climbing", "GET", "/console/../console.go", 404, "text/plain; charset=utf-8"},
		{"post", "POST", "/console/", 405, "text/plain; charset=utf-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := ask(t, c.method, c.path)
			if r.StatusCode != c.status || r.Header.Get("Content-Type") != c.media || r.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%d %v", r.StatusCode, r.Header)
			}
			if n := len(bodyOf(t, r)); (n > 0) != (c.method != "HEAD" && c.status != 308) {
				t.Errorf("%d bytes of body", n)
			}
		})
	}
	// The redirect must stay within a prefix that was cut off.
	if got := ask(t, "GET", "/console").Header.Get("Location"); got != "console/" {
		t.Errorf("redirect to %q", got)
	}
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	policy := ask(t, "GET", "/console/").Header.Get("Content-Security-Policy")
	for _, banned := range []string{"unsafe", "*", "http:", "https:", "data:", "blob:"} {
		if strings.Contains(policy, banned) {
			t.Errorf("%s allows %s", policy, banned)
		}
	}
	for _, wanted := range []string{"default-src 'none'", "frame-ancestors 'none'", "connect-src 'self'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(policy, wanted) {
			t.Errorf("%s without %s", policy, wanted)
		}
	}
}

func TestCompressionAndCache(t *testing.T) {
	t.Parallel()
	plain := ask(t, "GET", "/console/app.css")
	text := bodyOf(t, plain)
	packed := ask(t, "GET", "/console/app.css", "Accept-Encoding", "br, gzip;q=0.8")
	if packed.Header.Get("Content-Encoding") != "gzip" || plain.Header.Get("Content-Encoding") != "" {
		t.Error(packed.Header, plain.Header)
	}
	reader, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if unpacked, err := io.ReadAll(reader); err != nil || !bytes.Equal(unpacked, text) {
		t.Errorf("the packed file is another: %v", err)
	}
	tag, packedTag := plain.Header.Get("ETag"), packed.Header.Get("ETag")
	if tag == "" || tag == packedTag {
		t.Errorf("ETags %s and %s, expected two", tag, packedTag)
	}
	for _, c := range []struct {
		name   string
		sent   []string
		status int
	}{
		{"same", []string{"If-None-Match", tag}, 304},
		{"weak", []string{"If-None-Match", "W/" + tag}, 304},
		{"one of several", []string{"If-None-Match", `"x", ` + tag}, 304},
		{"any", []string{"If-None-Match", "*"}, 304},
		{"other", []string{"If-None-Match", `"x"`}, 200},
		{"of the packed one", []string{"If-None-Match", packedTag}, 200},
		{"same, packed", []string{"If-None-Match", packedTag, "Accept-Encoding", "gzip"}, 304},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := ask(t, "GET", "/console/app.css", c.sent...)
			if r.StatusCode != c.status || r.Header.Get("Cache-Control") != "no-cache" || r.Header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("%d %v", r.StatusCode, r.Header)
			}
			if c.status == 304 && (len(bodyOf(t, r)) > 0 || r.Header.Get("Content-Encoding") != "") {
				t.Error("a body with 304")
			}
		})
	}
}

func TestAccepts(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "br": false, "br,gzip": true, "gzip;q=0": false, "gzip; q=0.0": false,
		"gzip;q=0.001": true, "gzip; q=1": true, "x-gzip": false,
	} {
		if got := accepts([]string{value}, "gzip"); got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
}

// What is vendored is what the list of it says, byte for byte.
func TestVendoredFiles(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	row := regexp.MustCompile(`(?m)^\| (\S+\.js) \|.*\(LICENSE\.(\w+)\).*\| ([0-9a-f]{64}) \|$`)
	for _, m := range row.FindAllStringSubmatch(string(files()["vendor/VENDOR.md"].body), -1) {
		f := files()["vendor/"+m[1]]
		if f == nil || files()["vendor/LICENSE."+m[2]] == nil {
			t.Errorf("%s or its licence is missing", m[1])
			continue
		}
		if sum := sha256.Sum256(f.body); hex.EncodeToString(sum[:]) != m[3] {
			t.Errorf("%s is not the file that VENDOR.md names", m[1])
		}
		listed["vendor/"+m[1]] = true
	}
	for name := range files() {
		if strings.HasPrefix(name, "vendor/") && path.Ext(name) == ".js" && !listed[name] {
			t.Errorf("%s is not in VENDOR.md", name)
		}
	}
}

// Nothing that a request brought may become markup or code, and nothing is
// asked of other hosts.
func TestSources(t *testing.T) {
	t.Parallel()
	banned := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacent|document\.write|dangerously|\beval\b|new Function|srcdoc|javascript:|\bstyle="|\bon[a-z]+="|@import|: *url\(`)
	elsewhere := regexp.MustCompile(`https?://[^\s"'` + "`" + `]+`)
	imported := regexp.MustCompile(`(?:from|import\()\s*"\./([^"]+)"`)
	for name, f := range files() {
		if strings.HasPrefix(name, "vendor/") || path.Ext(name) == ".svg" {
			continue
		}
		text := string(f.body)
		if found := banned.FindAllString(text, -1); found != nil {
			t.Errorf("%s has %q", name, found)
		}
		for _, address := range elsewhere.FindAllString(text, -1) {
			if !strings.HasPrefix(address, "http://127.0.0.1:8080") { // what capisim assumes without --url
				t.Errorf("%s names %s", name, address)
			}
		}
		for _, m := range imported.FindAllStringSubmatch(text, -1) {
			if files()[path.Join(path.Dir(name), m[1])] == nil {
				t.Errorf("%s imports %s, which is not there", name, m[1])
			}
		}
	}
}

// What the first view needs: the page, its style, and every script that one of
// them names. Parts that load later, by import(), are not among it.
func TestFirstViewWeighsLittle(t *testing.T) {
	t.Parallel()
	static := regexp.MustCompile(`from "(\./[^"]+)"`)
	needed := map[string]bool{"index.html": true, "app.css": true, "icon.svg": true, "vendor/preact.js": true, "vendor/preact-hooks.js": true, "vendor/htm.js": true}
	queue := []string{"js/app.js"}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if needed[name] {
			continue
		}
		needed[name] = true
		for _, m := range static.FindAllStringSubmatch(string(files()[name].body), -1) {
			queue = append(queue, path.Join("js", m[1]))
		}
	}
	weight := 0
	for name := range needed {
		weight += len(files()[name].packed)
	}
	const most = 60 << 10
	if weight == 0 || weight > most || needed["js/clock.js"] || !needed["js/matrix.js"] {
		t.Errorf("%d bytes of %v, expected at most %d", weight, needed, most)
	}
}

func FuzzServe(f *testing.F) {
	f.Add("/", "gzip", `"x"`)
	f.Add("//app.css", "gzip;q=0", "*")
	f.Add("/../../etc/passwd", ";;,", `W/`)
	f.Fuzz(func(t *testing.T, name, encoding, tag string) {
		request := httptest.NewRequest("GET", "/console/", nil)
		request.URL.Path = "/console" + name
		request.Header["Accept-Encoding"] = []string{encoding}
		request.Header["If-None-Match"] = []string{tag}
		recorder := httptest.NewRecorder()
		ServeHTTP(recorder, request)
		switch recorder.Code {
		case 200, 304, 308, 404:
		default:
			t.Errorf("%q: %d", name, recorder.Code)
		}
	})
}
