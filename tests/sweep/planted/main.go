// Command planted is a client that gets one thing wrong, or nothing. Its first
// argument says which.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

const (
	web   = "/v3/processes/c1000000-0000-4000-8000-000000000001"
	scale = web + "/actions/scale"
	three = `{"instances":3}`
)

// client never keeps a connection, so that no library repeats a request for it.
var client = &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

func send(method, path, body string) (status int, text string, header http.Header, err error) {
	request, err := http.NewRequest(method, os.Getenv("CAPISIM_URL")+path, strings.NewReader(body))
	if err != nil {
		return 0, "", nil, err
	}
	request.Header.Set("Authorization", "bearer "+os.Getenv("CAPISIM_TOKEN"))
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return 0, "", nil, err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	return response.StatusCode, string(raw), response.Header, err
}

func failed(status int, text string, err error) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("%d %s", status, text)
}

// repeat sends a request until it succeeds, at most so many times.
func repeat(times int, pause time.Duration, method, path, body string) error {
	var err error
	for i := range times {
		if i > 0 {
			time.Sleep(pause)
		}
		var status int
		var text string
		if status, text, _, err = send(method, path, body); err == nil && status < 300 {
			return nil
		}
		err = failed(status, text, err)
	}
	return err
}

var clients = map[string]func() error{
	// scaler is good: it never repeats a write, and looks when it cannot tell.
	"scaler": func() error {
		status, text, _, err := send("POST", scale, three)
		if err == nil && status == http.StatusAccepted {
			return nil
		}
		seen, now, _, lookErr := send("GET", web, "")
		if lookErr == nil && seen == http.StatusOK && strings.Contains(now, `"instances":3,`) {
			fmt.Println("the change was made although", failed(status, text, err))
			return nil
		}
		return failed(status, text, err)
	},
	// lister is good: it prints all rows or tells why not.
	"lister": func() error { return list(true) },
	"short_list": func() error {
		list(false) //nolint:errcheck // that is what is wrong with it
		return nil
	},
	"failed_but_done": func() error {
		status, text, _, err := send("POST", scale, three)
		if err == nil && status == http.StatusAccepted {
			return nil
		}
		return failed(status, text, err)
	},
	"false_success": func() error {
		send("POST", scale, three) //nolint:errcheck // that is what is wrong with it
		fmt.Println("scaled")
		return nil
	},
	"done_twice":  func() error { return repeat(2, 100*time.Millisecond, "DELETE", web+"/instances/0", "") },
	"lost_update": func() error { return repeat(2, 100*time.Millisecond, "POST", scale, three) },
	"swallowed": func() error {
		if status, _, _, err := send("GET", web, ""); err != nil || status != http.StatusOK {
			fmt.Println("no process")
			return nil
		}
		fmt.Println("one process")
		return nil
	},
	"hang": func() error {
		client.Timeout = 0
		_, _, _, err := send("GET", web, "")
		return err
	},
	"no_limit":            func() error { return repeat(1000000, 200*time.Millisecond, "GET", web, "") },
	"no_pause":            func() error { return repeat(4, 0, "GET", web, "") },
	"retry_after_ignored": func() error { return repeat(2, 100*time.Millisecond, "GET", web, "") },
	"pointless_retry":     func() error { return repeat(2, 100*time.Millisecond, "GET", web, "") },
	"crash": func() error {
		_, text, _, err := send("GET", web, "")
		if err != nil {
			return err
		}
		var process struct{ GUID string }
		if err := json.Unmarshal([]byte(text), &process); err != nil {
			panic(err)
		}
		return nil
	},
	"wrong_error": func() error {
		if status, _, _, err := send("GET", web, ""); err != nil || status != http.StatusOK {
			return errors.New("something went wrong")
		}
		return nil
	},
	"signal": func() error {
		if status, _, _, err := send("GET", web, ""); err != nil || status != http.StatusOK {
			self, err := os.FindProcess(os.Getpid())
			if err != nil {
				return err
			}
			return self.Kill()
		}
		return nil
	},
	// What a sweep must survive.
	"unreached": func() error { return nil },
	"flapping": func() error { // alternates, by a file that outlives the run
		name := os.Args[2]
		if os.Remove(name) == nil {
			return repeat(1, 0, "GET", web, "")
		}
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			return err
		}
		return repeat(1, 0, "GET", "/v3/processes", "")
	},
	"reads": func() error {
		if text, err := io.ReadAll(os.Stdin); err != nil || len(text) > 0 {
			return fmt.Errorf("standard input: %q, %v", text, err)
		}
		return repeat(1, 0, "GET", web, "")
	},
	"floods": func() error {
		line := strings.Repeat("x", 1<<20)
		for range 100 {
			fmt.Println(line)
		}
		return repeat(1, 0, "GET", web, "")
	},
	"forks": func() error { // leaves a child behind that holds the output
		child := exec.Command("sleep", "600")
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		if err := child.Start(); err != nil {
			return err
		}
		return repeat(1, 0, "GET", web, "")
	},
}

func list(honest bool) error {
	status, text, _, err := send("GET", "/v3/processes", "")
	var page struct {
		Resources []struct{ GUID string }
	}
	decodeErr := json.Unmarshal([]byte(text), &page)
	if honest && (err != nil || status != http.StatusOK || decodeErr != nil) {
		return failed(status, text, err)
	}
	for _, resource := range page.Resources {
		fmt.Println(resource.GUID)
	}
	return nil
}

func main() {
	if err := clients[os.Args[1]](); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
