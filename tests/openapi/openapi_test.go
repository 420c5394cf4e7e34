// Package openapi_test holds the OpenAPI documents to the standard, the server
// to the documents, and a client that was generated from them to the server.
package openapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"
)

// answerTo sends a request and demands a status.
func answerTo(t *testing.T, request *http.Request, status int) []byte {
	t.Helper()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != status {
		t.Fatalf("%s %s: %d %v %s", request.Method, request.URL, answer.StatusCode, err, raw)
	}
	return raw
}

func toJSON(t *testing.T, value any) string {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
