package library_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// platform is the client under test: a small tool that scales, updates, heals
// and deploys one foundation's apps. It knows nothing of capisim.
type platform struct {
	base  string
	http  *http.Client
	pause func(time.Duration) // time.Sleep, in the tool itself

	access, refresh string // of Login, "" when http has a token
}

// refusal is an answer of the API that is not a success.
type refusal struct {
	Status int
	After  time.Duration // Retry-After
	Title  string
	Detail string
}

func (r *refusal) Error() string { return fmt.Sprintf("%s: %s (%d)", r.Title, r.Detail, r.Status) }

// attempts is how often a request is made at most.
const attempts = 4

// call makes one request and decodes its answer. An error is a *refusal, or
// about the connection.
func (p *platform) call(method, path string, body, into any) error {
	var text strings.Builder
	if body != nil {
		if err := json.NewEncoder(&text).Encode(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequest(method, p.base+path, strings.NewReader(text.String()))
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if p.access != "" {
		req.Header.Set("Authorization", "bearer "+p.access)
	}
	answer, err := p.http.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= 300 {
		return refused(answer, raw)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s %s: not the API's answer: %w", method, path, err)
	}
	return nil
}

func refused(answer *http.Response, raw []byte) error {
	r := &refusal{Status: answer.StatusCode, Title: answer.Status}
	var told struct {
		Errors []struct{ Title, Detail string }
	}
	if json.Unmarshal(raw, &told) == nil && len(told.Errors) > 0 {
		r.Title, r.Detail = told.Errors[0].Title, told.Errors[0].Detail
	}
	if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil {
		r.After = time.Duration(seconds) * time.Second
	}
	return r
}

// passes says that an error may be gone the next time, and when that is.
func passes(err error, attempt int, statuses ...int) (after time.Duration, ok bool) {
	after = 100 * time.Millisecond << attempt
	var r *refusal
	if !errors.As(err, &r) {
		return after, true
	}
	return max(after, r.After), slices.Contains(statuses, r.Status)
}

// read makes a request that may be repeated at will.
func (p *platform) read(path string, into any) error {
	var err error
	for attempt := range attempts {
		if err = p.call("GET", path, nil, into); err == nil {
			return nil
		}
		if r := (*refusal)(nil); errors.As(err, &r) && r.Status == 401 && p.refresh != "" {
			if err := p.renew(); err != nil {
				return err
			}
			continue
		}
		after, again := passes(err, attempt, 429, 500, 502, 503)
		if !again {
			break
		}
		if attempt < attempts-1 {
			p.pause(after)
		}
	}
	return err
}

type process struct {
	GUID      string
	Type      string
	Instances int
	Command   string
}

func (p *platform) process(guid string) (one process, err error) {
	return one, p.read("/v3/processes/"+guid, &one)
}

// Update changes the command. A conflict and an overloaded server are waited
// for: to set it twice is to set it once.
func (p *platform) Update(guid, command string) error {
	var err error
	for attempt := range attempts {
		if err = p.call("PATCH", "/v3/processes/"+guid, map[string]string{"command": command}, nil); err == nil {
			return nil
		}
		after, again := passes(err, attempt, 409, 429, 503)
		if !again || attempt == attempts-1 {
			return err
		}
		p.pause(after)
	}
	return err
}

// Scale sets the number of instances. When it cannot tell whether that was done
// it looks, and never takes away what somebody else has set meanwhile.
func (p *platform) Scale(guid string, instances int) error {
	before, err := p.process(guid)
	if err != nil {
		return err
	}
	for attempt := range attempts {
		err = p.call("POST", "/v3/processes/"+guid+"/actions/scale", map[string]int{"instances": instances}, nil)
		if err == nil {
			return nil
		}
		after, unclear := passes(err, attempt, 409, 429, 500, 502, 503)
		if !unclear {
			return err
		}
		p.pause(after)
		now, lookErr := p.process(guid)
		switch {
		case lookErr != nil:
			return errors.Join(err, lookErr)
		case now.Instances == instances:
			return nil
		case now.Instances != before.Instances:
			return fmt.Errorf("somebody has set %d instances meanwhile: %w", now.Instances, err)
		}
	}
	return err
}

type instance struct {
	Index int
	State string
}

func (p *platform) instances(guid string) ([]instance, error) {
	var list struct{ Resources []instance }
	return list.Resources, p.read("/v3/processes/"+guid+"/process_instances", &list)
}

// WaitUntilRunning waits until so many instances run.
func (p *platform) WaitUntilRunning(guid string, instances int) error {
	for range 20 {
		list, err := p.instances(guid)
		if err != nil {
			return err
		}
		running := 0
		for _, one := range list {
			if one.State == "RUNNING" {
				running++
			}
		}
		if running == instances {
			return nil
		}
		p.pause(time.Second)
	}
	return fmt.Errorf("%d instances are not running", instances)
}

// Heal has each crashed instance replaced.
func (p *platform) Heal(guid string) (healed int, err error) {
	list, err := p.instances(guid)
	if err != nil {
		return 0, err
	}
	for _, one := range list {
		if one.State != "CRASHED" {
			continue
		}
		if err := p.call("DELETE", fmt.Sprintf("/v3/processes/%s/instances/%d", guid, one.Index), nil, nil); err != nil {
			return healed, err
		}
		healed++
	}
	return healed, nil
}

// Deploy restarts an app instance by instance and waits for the end.
func (p *platform) Deploy(app string) error {
	type deployment struct {
		GUID   string
		Status struct{ Value, Reason string }
	}
	body := map[string]any{"relationships": map[string]any{"app": map[string]any{"data": map[string]string{"guid": app}}}}
	var made deployment
	if err := p.call("POST", "/v3/deployments", body, &made); err != nil {
		return err
	}
	for range 100 {
		if err := p.read("/v3/deployments/"+made.GUID, &made); err != nil {
			return err
		}
		if made.Status.Value == "FINALIZED" {
			if made.Status.Reason != "DEPLOYED" {
				return fmt.Errorf("the deployment ended as %s", made.Status.Reason)
			}
			return nil
		}
		p.pause(time.Second)
	}
	return errors.New("the deployment does not end")
}

// Processes lists all processes, page by page.
func (p *platform) Processes() (all []process, err error) {
	for next := "/v3/processes?per_page=50"; next != ""; {
		var page struct {
			Pagination struct{ Next *struct{ Href string } }
			Resources  []process
		}
		if err := p.read(next, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Resources...)
		if page.Pagination.Next == nil {
			break
		}
		next = strings.TrimPrefix(page.Pagination.Next.Href, p.base)
	}
	return all, nil
}

// Login logs in with a password, as the cf CLI does.
func (p *platform) Login(user, password string) error {
	return p.token(url.Values{"grant_type": {"password"}, "username": {user}, "password": {password}})
}

func (p *platform) renew() error {
	return p.token(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {p.refresh}})
}

func (p *platform) token(form url.Values) error {
	req, err := http.NewRequest("POST", p.base+"/oauth/token", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.SetBasicAuth("cf", "")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := p.http.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var tokens struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
		Error   string `json:"error_description"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&tokens); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("login: %s (%d)", tokens.Error, answer.StatusCode)
	}
	p.access, p.refresh = tokens.Access, tokens.Refresh
	return nil
}
