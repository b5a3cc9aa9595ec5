package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestARequestHasTheTimeOfItsAnswer(t *testing.T) {
	times := requestTimes{events: 50 * time.Millisecond, reports: time.Minute, other: 50 * time.Millisecond}
	server := httptest.NewServer(times.deadlines(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusRequestTimeout)
			return
		}
		select {
		case <-r.Context().Done():
			http.Error(w, context.Cause(r.Context()).Error(), http.StatusServiceUnavailable)
		case <-time.After(300 * time.Millisecond): // longer than a body may take
			io.WriteString(w, "whole")
		}
	})))
	defer server.Close()
	for _, c := range []struct{ what, method, body string }{
		{"without a body", http.MethodGet, ""},
		{"with a body", http.MethodPost, "{}"},
	} {
		t.Run(c.what, func(t *testing.T) {
			r, err := http.NewRequest(c.method, server.URL+"/api/v1/reports/billing-usage/file", strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			answer, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if text, err := io.ReadAll(answer.Body); err != nil || string(text) != "whole" {
				t.Fatalf("a report that takes longer than its request answers %d %q, %v", answer.StatusCode, text, err)
			}
		})
	}
	t.Run("a body that does not come is not waited for", func(t *testing.T) {
		c, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, "POST /api/v1/reports/billing-usage/file HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{")
		c.SetReadDeadline(time.Now().Add(10 * time.Second))
		if text, _ := io.ReadAll(c); !strings.HasPrefix(string(text), "HTTP/1.1 408 ") {
			t.Fatalf("the answer is %.200q", text)
		}
	})
}
