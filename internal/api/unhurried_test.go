package api

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestADownloadMayTakeItsTime(t *testing.T) {
	const short = 50 * time.Millisecond
	serve := func(t *testing.T, patience time.Duration, answer func(io.Writer) error) (*httptest.Server, chan error) {
		ended := make(chan error, 1)
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.NewResponseController(w).SetWriteDeadline(time.Now().Add(short)) // as every answer has one
			u := unhurry(w, patience)
			defer u.stop()
			ended <- answer(u)
		}))
		t.Cleanup(s.Close)
		return s, ended
	}
	t.Run("while somebody reads", func(t *testing.T) {
		s, ended := serve(t, time.Minute, func(w io.Writer) error {
			for range 4 {
				time.Sleep(short)
				if _, err := io.WriteString(w, strings.Repeat("x", 8<<10)); err != nil {
					return err
				}
			}
			return nil
		})
		a, err := http.Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		if b, err := io.ReadAll(a.Body); err != nil || len(b) != 32<<10 {
			t.Errorf("%d bytes, %v", len(b), err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Run("not while nobody does", func(t *testing.T) {
		s, ended := serve(t, short, func(w io.Writer) error {
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return err
				}
			}
		})
		c, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			if err == nil {
				t.Error("it has ended well")
			}
		case <-time.After(10 * time.Second):
			t.Error("it waits for ever")
		}
	})
}
