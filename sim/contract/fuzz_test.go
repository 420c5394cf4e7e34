package contract

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// refusal checks what every refusal of these rules has in common.
func refusal(t *testing.T, err error, allowed ...*Error) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is not an error of the catalogue", err)
	}
	known := false
	for _, a := range allowed {
		known = known || errors.Is(e, a)
	}
	if !known {
		t.Fatalf("%v is not one of %v", e, allowed)
	}
	if e.Detail == "" || strings.HasSuffix(e.Detail, ", ") || !utf8.ValidString(e.Detail) {
		t.Fatalf("detail %q", e.Detail)
	}
}

var bodySeeds = []string{
	`{}`, `null`, `[]`, `{"command":"x"}`, `{"command":[],"user":{}}`, `{"a":1,"a":2}`, `{"command":"\u00e9\ud83d\ude00"}`, `{"a":"\ud800"}`,
	`{"health_check":{"type":"http","data":{"timeout":"3","endpoint":"/x","interval":1.5}}}`, `{"readiness_health_check":{"data":null}}`,
	`{"metadata":{"labels":{"a.b/c":"d","-":5},"annotations":{"":"","x":1.5}}}`, `{"instances":99999999999999999999,"memory_in_mb":1e400}`,
	`{"disk_in_mb":null,"log_rate_limit_in_bytes_per_second":-1}`, "/*x*/{\"a\":\"\n\"}//", `{"a":[[[[1]]]]}`, `{"a":01}`, "{\"a\":\"\xff\"}", `{"a":"\q"}`,
}

func FuzzUpdateBody(f *testing.F) {
	for _, seed := range bodySeeds {
		f.Add("application/json", []byte(seed))
	}
	f.Add("application/x-www-form-urlencoded", []byte("health_check[data][timeout]=5&a[][b]=1"))
	f.Add("multipart/form-data; boundary=B", []byte("--B\r\nContent-Disposition: form-data; name=\"command\"\r\n\r\nx\r\n--B--\r\n"))
	f.Fuzz(func(t *testing.T, contentType string, raw []byte) {
		body, err := ParseBody(contentType, raw)
		if err != nil {
			refusal(t, err, MessageParseError, Malformed)
			return
		}
		o := operation(t, "updateProcess")
		Warnings(o, contentType, "", raw, Vendor)
		RequestViolations(o, contentType, "", "", raw)
		update, err := CheckUpdate(body, Vendor)
		if err != nil {
			refusal(t, err, UnprocessableEntity, UnknownError)
			return
		}
		// What was accepted is accepted again when it is written in plain JSON.
		plain, err := json.Marshal(body.Value())
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseBody("application/json", plain)
		if err != nil {
			t.Fatalf("%s: %v", plain, err)
		}
		second, err := CheckUpdate(again, Vendor)
		if err != nil {
			t.Fatalf("%s: %v", plain, err)
		}
		// json.Marshal sorts keys: compare all but the order of metadata.
		if len(second.Metadata.Labels) != len(update.Metadata.Labels) || len(second.Metadata.Annotations) != len(update.Metadata.Annotations) {
			t.Fatalf("%+v\n%+v", update, second)
		}
		update.Metadata, second.Metadata = MetadataUpdate{}, MetadataUpdate{}
		if !reflect.DeepEqual(update, second) {
			t.Fatalf("%+v\n%+v", update, second)
		}
	})
}

func FuzzScaleBody(f *testing.F) {
	for _, seed := range bodySeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		body, err := ParseBody("application/json", raw)
		if err != nil {
			refusal(t, err, MessageParseError, Malformed)
			return
		}
		o := operation(t, "scaleProcess")
		Warnings(o, "application/json", "", raw, Default)
		RequestViolations(o, "application/json", "", "", raw)
		scale, err := CheckScale(body)
		if err != nil {
			refusal(t, err, UnprocessableEntity)
			return
		}
		if scale.Instances.Value < 0 || scale.MemoryInMB.Value < 0 || scale.DiskInMB.Value < 0 || scale.LogRate.Value < -1 ||
			scale.MemoryInMB.Set && !scale.MemoryInMB.Null && scale.MemoryInMB.Value == 0 {
			t.Fatalf("%s gave %+v", raw, scale)
		}
	})
}

func FuzzSelector(f *testing.F) {
	for _, seed := range []string{"", ",", "a", "!a", "a=b", "a==b", "a!=b", "a in (b,c)", "a notin (b,c)", "a in (", "a in (b))", "x.y/z=1,!q", "a=(b,c)", "((,)),a", "é=ü", "a in (b\n)", "a=\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		selector, err := ParseSelector(raw)
		if err != nil {
			if utf8.ValidString(raw) { // a query that is not UTF-8 never gets here
				refusal(t, err, BadQueryParameter)
			}
			return
		}
		again, err := ParseSelector(raw)
		if err != nil || !reflect.DeepEqual(selector, again) {
			t.Fatalf("%q: %v, %v", raw, again, err)
		}
		// No selector both holds and fails with one more requirement that
		// always holds.
		labels := Pairs{{Key: "a", Value: "b"}, {Key: "x.y/z", Value: "1"}}
		more, err := ParseSelector(raw + ",a")
		if err == nil && more.Matches(labels) != selector.Matches(labels) {
			t.Fatalf("%q: %v without, %v with", raw, selector.Matches(labels), more.Matches(labels))
		}
	})
}

func FuzzListQuery(f *testing.F) {
	for _, seed := range []string{"", "page=1&per_page=2", "page=x", "order_by=%2Bcreated_at", "order_by=-", "created_ats[lt]=2020-01-01T00:00:00Z", "created_ats=2020-13-01T00:00:00Z",
		"guids=a,%20b&types=", "guids[]=a&guids[x]=b", "a=1&a[b]=2", "label_selector=a%20in%20(b)", "embed=process_instances,x", "embed", "foo=%", "types=a%252Cb", "a[][b]=1&a[][c]=2", "app_guid=x&space_guids=y"} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, raw string, nested bool) {
		for _, id := range []string{"listProcesses", "getProcess", "listAppProcesses"} {
			Warnings(operation(t, id), "", raw, nil, Default)
			RequestViolations(operation(t, id), "", raw, "0", nil)
		}
		if _, err := ParseShowQuery(raw); err != nil {
			refusal(t, err, BadQueryParameter, Malformed, UnknownError)
		}
		query, err := ParseListQuery(raw, nested)
		if err != nil {
			refusal(t, err, BadQueryParameter, Malformed, UnknownError)
			return
		}
		if query.Page < 1 || query.PerPage < 1 || query.PerPage > MaxPerPage {
			t.Fatalf("%q: %+v", raw, query)
		}
		// A link leads to its page of the same list: what it gives is itself. Of
		// values the server's links escape the comma alone, so one with a percent
		// sign comes back as another, or not at all.
		// A parameter without a value is not a filter, and its link has an empty one.
		if strings.Contains(raw, "%25") || slices.ContainsFunc(strings.Split(raw, "&"), func(part string) bool { return !strings.Contains(part, "=") }) {
			return
		}
		link := query.Link(query.Page)
		again, err := ParseListQuery(link, nested)
		if err != nil || again.Page != query.Page || again.PerPage != query.PerPage || again.OrderBy != query.OrderBy || again.Embed != query.Embed {
			t.Fatalf("%q: link %q gave %+v, %v", raw, link, again, err)
		}
	})
}
