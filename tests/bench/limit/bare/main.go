// Command bare is the limit of what a server can do: net/http with a constant
// answer and the headers of CONTRACT.md §16. It takes the answer's status and
// the file of its body, and prints its address.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
)

func main() {
	status, _ := strconv.Atoi(os.Args[1])
	body, err := os.ReadFile(os.Args[2])
	if err != nil {
		panic(err)
	}
	headers := map[string][]string{
		"Content-Type": {"application/json; charset=utf-8"}, "X-Frame-Options": {"SAMEORIGIN"}, "X-XSS-Protection": {"1; mode=block"},
		"X-Content-Type-Options": {"nosniff"}, "X-Download-Options": {"noopen"}, "X-Permitted-Cross-Domain-Policies": {"none"},
		"Referrer-Policy": {"strict-origin-when-cross-origin"}, "X-VCAP-Request-ID": {"b6b1a1ba-2f0a-4f6d-8d35-8a2f3d1c9e11"},
		"X-Runtime": {"0.000042"}, "X-USER-GUID": {"b194de4a-4883-44d8-98de-b3eb76507c0b"}, "Content-Length": {strconv.Itoa(len(body))},
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("ready at http://" + listener.Addr().String())
	panic(http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for name, values := range headers {
			h[name] = values
		}
		w.WriteHeader(status)
		w.Write(body) //nolint:errcheck // the client sees it
	})))
}
