package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A server that ends answers to the end whom it can, and closes what answers need when the last one has gone.
func TestFarewell(t *testing.T) {
	var closed atomic.Bool
	used := func(t *testing.T) {
		if closed.Load() {
			t.Error("an answer uses what is closed")
		}
	}
	for _, test := range []struct {
		name    string
		handler func(t *testing.T, begun chan<- bool, end <-chan bool) http.HandlerFunc
		whole   bool
		slow    bool // to notice that its connection was broken off
	}{
		{"it ends in time", func(t *testing.T, begun chan<- bool, end <-chan bool) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				begun <- true
				<-end
				used(t)
				io.WriteString(w, "whole")
			}
		}, true, false},
		{"a download that nobody reads", func(t *testing.T, begun chan<- bool, _ <-chan bool) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				begun <- true
				for {
					if _, err := io.WriteString(w, strings.Repeat("x", 1<<20)); err != nil {
						break
					}
				}
				used(t)
			}
		}, false, false},
		{"it asks on and on", func(t *testing.T, begun chan<- bool, end <-chan bool) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				begun <- true
				<-r.Context().Done()
				<-end // an engine takes a moment to notice
				used(t)
			}
		}, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			closed.Store(false)
			polite := 100 * time.Millisecond
			if test.whole {
				polite = time.Minute
			}
			f := newFarewell(polite, time.Minute)
			begun, end := make(chan bool), make(chan bool)
			answering, hangUp := context.WithCancel(t.Context())
			web := &http.Server{Handler: f.counted(test.handler(t, begun, end)), BaseContext: func(net.Listener) context.Context { return answering }}
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			served := make(chan error, 1)
			go func() { served <- web.Serve(listener) }()
			client, err := net.Dial("tcp", listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			io.WriteString(client, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			<-begun
			said := make(chan bool)
			go func() {
				defer close(said)
				f.say(web, hangUp, slog.New(slog.DiscardHandler))
				closed.Store(true)
			}()
			<-served // it listens no more
			if _, err := net.Dial("tcp", listener.Addr().String()); err == nil {
				t.Error("it still listens")
			}
			if test.whole {
				select {
				case <-said:
					t.Fatal("it does not wait")
				default:
				}
				close(end)
				if text, err := io.ReadAll(client); err != nil || !strings.HasSuffix(string(text), "whole") {
					t.Errorf("the answer is %q, %v", text, err)
				}
			}
			if test.slow {
				io.Copy(io.Discard, client) // until it is broken off
				select {
				case <-said:
					t.Error("who still answers is not waited for")
				default:
				}
				close(end)
			}
			<-said
		})
	}
	t.Run("one that never ends is not waited for", func(t *testing.T) {
		f := newFarewell(time.Millisecond, time.Millisecond)
		f.enter()
		f.say(&http.Server{}, func() {}, slog.New(slog.DiscardHandler))
		if f.enter() {
			t.Error("somebody comes in afterwards")
		}
		f.leave()
	})
}
