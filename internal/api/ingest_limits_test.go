package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/ingest"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/quarantine"
)

// TestLimits goes over each limit: the answer names it, and says what became of the events before it.
func TestLimits(t *testing.T) {
	s := serve(t, nil)
	many := func(from, n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(bot("acme", fmt.Sprint("many", from+i)) + "\n")
		}
		return b.String()
	}
	padding := func(n int) string { return strings.Repeat(strings.Repeat(" ", 1023)+"\n", n>>10) }
	for _, c := range []struct {
		name, body string
		header     []string
		length     bool // the body announces its length
		status     int
		says       string
		accepted   int
	}{
		{"a body that says it is too long", padding(ingest.MaxBody + 1024), nil, true, 413, "the body has more than 16777216 bytes", 0},
		{"a body that is too long", many(0, 3) + padding(ingest.MaxBody), nil, false, 413, "the body has more than 16777216 bytes", 3},
		{"a body that decompresses to too much", zstded(many(10, 4) + padding(ingest.MaxBodyDecompressed)), []string{"Content-Encoding", "zstd"}, true, 413, "the decompressed input has more than 134217728 bytes", 4},
		{"too many events", gzipped(many(20_000, 10_001)), []string{"Content-Encoding", "gzip"}, true, 413, "there are more than 10000 events", 10_000},
		{"as many events as may be", gzipped(many(40_000, 10_000)), []string{"Content-Encoding", "gzip"}, true, 200, "", 10_000},
		{"an array that breaks", "[" + bot("acme", "b1") + "," + bot("acme", "b2") + " " + bot("acme", "b3") + "]", []string{"Content-Type", batched}, true, 400, `after event 2`, 2},
		{"an array that ends early", "[" + bot("acme", "b4") + ",", []string{"Content-Type", batched}, true, 400, `the input ends after event 1`, 1},
		{"a stranger", "PK\x03\x04" + many(0, 1), nil, true, 400, "zip archive", 0},
		{"gzip that is cut off", gzipped(many(50_000, 100))[:300], []string{"Content-Encoding", "gzip"}, true, 400, "cut off", -1},
		{"a coding that is not there", many(60_000, 1), []string{"Content-Encoding", "zstd"}, true, 400, "not in zstd", 0},
		{"an unknown coding", many(60_000, 1), []string{"Content-Encoding", "br"}, true, 415, `"br"`, 0},
		{"two codings", many(60_000, 1), []string{"Content-Encoding", "gzip, gzip"}, true, 415, `"gzip, gzip"`, 0},
		{"a type that says nothing", many(60_000, 1), []string{"Content-Type", "application/x-www-form-urlencoded"}, true, 415, "application/x-www-form-urlencoded", 0},
		{"no type", many(60_000, 1), []string{"Content-Type", ""}, true, 415, "missing", 0},
		{"nothing", "", nil, true, 400, "the body is empty", 0},
		{"nothing, where an array is due", "", []string{"Content-Type", batched}, true, 400, "the body is empty", 0},
		{"an array of nothing", "[]", []string{"Content-Type", batched}, true, 200, "", 0},
		{"an event where an array is due", bot("acme", "w1"), []string{"Content-Type", batched}, true, 400, "the body is an event, and no array of events", 0},
		{"an array where an event is due", " [" + bot("acme", "w1") + "]", []string{"Content-Type", structured}, true, 400, "the body is an array, and no event", 0},
		{"the same in gzip", gzipped("[" + bot("acme", "w1") + "]"), []string{"Content-Type", structured, "Content-Encoding", "gzip"}, true, 400, "the body is an array, and no event", 0},
		{"no key", many(60_000, 1), []string{"Authorization", ""}, true, 401, "a key is needed", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var body io.Reader = strings.NewReader(c.body)
			if !c.length {
				body = io.MultiReader(body)
			}
			r := s.send(t, body, append([]string{"Content-Type", ndjson}, c.header...)...)
			if r.status != c.status || !strings.Contains(r.Detail, c.says) || c.accepted >= 0 && r.Accepted != c.accepted {
				t.Errorf("%.300s, want %d with %q and %d accepted", r, c.status, c.says, c.accepted)
			}
			if c.status == 415 && !strings.Contains(r.Hint, "gzip") && !strings.Contains(r.Hint, structured) {
				t.Errorf("the hint lists nothing: %q", r.Hint)
			}
		})
	}
	for contentType, body := range map[string]string{structured: "[" + bot("acme", "w2") + "]", batched: bot("acme", "w2")} {
		right := map[string]string{structured: batched, batched: structured}[contentType]
		if r := s.send(t, strings.NewReader(body), "Content-Type", contentType); !strings.Contains(r.Hint, "as "+right) {
			t.Errorf("%s: the hint is %q", contentType, r.Hint)
		}
	}
	long := `{"id":"` + strings.Repeat("x", tallystick.MaxEvent) + `"}`
	if r := s.send(t, strings.NewReader(bot("acme", "l1")+"\n"+long+"\n"+bot("acme", "l2")), "Content-Type", ndjson); r.Accepted != 2 || r.Rejected != 1 || !strings.Contains(r.Results[1].Reason, "1048576") {
		t.Errorf("an event that is too long stops nobody: %s", r)
	}
}

func TestOnlyPost(t *testing.T) {
	s := serve(t, nil)
	answer, err := http.Get(s.url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if r := read(t, answer.StatusCode, answer.Header, answer.Body); r.status != 405 || r.header.Get("Allow") != "POST" || r.Code != tallystick.Invalid {
		t.Errorf("GET is answered %s", r)
	}
}

func TestTooMuchInFlight(t *testing.T) {
	blocked := make(chan struct{})
	s := serve(t, func(s *server) {
		s.InFlight = 6 * leastShare
		s.Enqueue = func(events []tallystick.Event) *journal.Ticket { <-blocked; return s.journal.Enqueue(events) }
	})
	var running sync.WaitGroup
	defer running.Wait()
	defer close(blocked)
	send := func(key string, n int) {
		t.Helper()
		for i := range n {
			running.Go(func() {
				if r := s.send(t, strings.NewReader(bot("acme", fmt.Sprint(key, i))), "Content-Type", ndjson, "Authorization", key); r.Accepted != 1 {
					t.Errorf("who was let in is answered %s", r)
				}
			})
		}
	}
	refused := func(key string, limit int) {
		t.Helper()
		unread := &reader{}
		r := httptest.NewRequest("POST", "/", unread)
		r.Header.Set("Content-Type", ndjson)
		r.Header.Set("Authorization", key)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if got := read(t, w.Code, w.Header(), w.Body); got.status != 429 || got.header.Get("Retry-After") != "1" || unread.n > 0 || !strings.Contains(got.Detail, fmt.Sprint(limit)) {
			t.Errorf("one more of %s is answered %s after %d reads, Retry-After %q", key, got, unread.n, got.header.Get("Retry-After"))
		}
	}
	send("all", 3)
	s.holds(t, 3*leastShare, most)
	refused("all", 3*leastShare)
	send("acme", 3) // the other half is there for others
	s.holds(t, 6*leastShare, most)
	refused("zeta", 6*leastShare)
}

// most is more than any server holds.
const most = 1 << 60

// holds waits until so many bytes are held for what is on its way.
func (s *server) holds(t *testing.T, least, most int64) {
	t.Helper()
	until := time.Now().Add(20 * time.Second)
	for {
		held := s.held.held()
		if least <= held && held <= most {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("%d bytes are held after 20 s, want %d to %d", held, least, most)
		}
		time.Sleep(time.Millisecond)
	}
}

// Whoever opens many connections, announces much and sends nothing keeps no one out but itself.
func TestOneKeyDoesNotKeepOthersOut(t *testing.T) {
	s := serve(t, nil)
	for range 40 {
		s.raw(t, "Content-Length: 4194304")
	}
	s.holds(t, defaultInFlight/2, most)
	if r := s.send(t, strings.NewReader(bot("acme", "1")), "Content-Type", ndjson, "Authorization", "acme"); r.Accepted != 1 {
		t.Errorf("another key is answered %s", r)
	}
	if r := s.send(t, strings.NewReader(bot("acme", "2")), "Content-Type", ndjson); r.status != 429 || !strings.Contains(r.Detail, "of this key") {
		t.Errorf("the key itself is answered %s", r)
	}
}

// Memory for decompression, and for what is read of a body that tells no length, is of the room too.
func TestWhatReadingTakesIsOfTheRoom(t *testing.T) {
	s := serve(t, func(s *server) { s.InFlight = 24 << 20 })
	for _, c := range []struct {
		what, begin string
		header      string
		least       int64
	}{
		{"zstd with its window", "4\r\n\x28\xb5\x2f\xfd\r\nd\r\n\x00\x68" + strings.Repeat("\x00", 11) + "\r\n", "Content-Encoding: zstd\r\n", 8 << 20},
		{"a line without an end", "80000\r\n" + strings.Repeat(" x", 0x40000) + "\r\n", "", 512 << 10},
	} {
		t.Run(c.what, func(t *testing.T) {
			connection, _ := s.raw(t, c.header+"Transfer-Encoding: chunked")
			io.WriteString(connection, c.begin)
			s.holds(t, c.least, most)
			connection.Close()
			s.holds(t, 0, 0)
		})
	}
	t.Run("an event with its attributes in headers is read no further than it may be long", func(t *testing.T) {
		r := s.send(t, strings.NewReader(`{"x":"`+strings.Repeat("x", 2*tallystick.MaxEvent)+`"}`), "Content-Type", "application/json", "Ce-Id", "1", "Ce-Source", "s", "Ce-Type", "bot.upserted", "Ce-Specversion", "1.0")
		if r.status != 413 {
			t.Errorf("it is answered %s", r)
		}
	})
}

// reader counts the calls of Read.
type reader struct{ n int }

func (r *reader) Read([]byte) (int, error) { r.n++; return 0, io.EOF }

func TestAShareGrowsWithWhatIsDecoded(t *testing.T) {
	f := inFlight{limit: 200 << 10}
	admit := func(key string, announced int64) *share {
		s, _ := f.admit(key, announced)
		return s
	}
	a, b := admit("a", -1), admit("b", 10)
	if a == nil || b == nil || admit("c", 80<<10) != nil || admit("a", 1) != nil || f.held() != 2*leastShare {
		t.Fatalf("%d bytes are held", f.held())
	}
	if err := a.take(leastShare); err != nil || f.held() != 2*leastShare {
		t.Errorf("what was announced is taken: %v, %d bytes are held", err, f.held())
	}
	if err := a.take(100 << 10); err == nil || f.held() != 2*leastShare {
		t.Errorf("more than there is: %v, %d bytes are held", err, f.held())
	}
	for _, n := range []int64{1 << 20, 1 << 20, -1 << 20} {
		if !a.add(n) {
			t.Errorf("after %d more it is not crowded", n)
		}
	}
	if f.held() != 1<<20+2*leastShare {
		t.Errorf("%d bytes are held", f.held())
	}
	a.release()
	b.release()
	if c := admit("c", 1<<40); c == nil || f.held() != window || len(f.keys) != 1 {
		t.Errorf("alone: %v, %d bytes are held", c, f.held())
	}
}

func TestFullDisk(t *testing.T) {
	free, asked, clock := uint64(1<<30), 0, noon
	var broken error
	s := serve(t, func(s *server) {
		s.FreeBytes = func() (uint64, error) { asked++; return free, broken }
		s.Now = func() time.Time { return clock }
	})
	n := 0
	expect := func(status int) *reply {
		t.Helper()
		n++
		r := s.send(t, strings.NewReader(bot("acme", fmt.Sprint(n))), "Content-Type", ndjson)
		if r.status != status {
			t.Errorf("request %d is answered %s, want %d", n, r, status)
		}
		return r
	}
	expect(200)
	free = 1<<30 - 1
	expect(200)
	clock = clock.Add(time.Second)
	if r := expect(507); !strings.Contains(r.Detail, "1073741823") || !strings.Contains(r.Detail, "1073741824") {
		t.Errorf("the sentence has not both numbers: %s", r)
	}
	expect(507)
	clock, broken = clock.Add(time.Second), errors.New("no such disk")
	expect(200)
	if asked != 3 {
		t.Errorf("asked %d times", asked)
	}
}

func TestWhatCannotBeMadeDurableIsNoAnswer(t *testing.T) {
	t.Run("the journal is closed", func(t *testing.T) {
		s := serve(t, nil)
		s.journal.Close()
		if r := s.send(t, strings.NewReader(bot("acme", "1")), "Content-Type", ndjson); r.status != 503 || r.Results != nil || r.header.Get("Retry-After") == "" {
			t.Errorf("answered %s", r)
		}
	})
	t.Run("the quarantine fails", func(t *testing.T) {
		s := serve(t, func(s *server) {
			s.Keep = func(context.Context, string, []quarantine.Entry) ([]bool, error) {
				return nil, errors.New("secret/path: broken")
			}
		})
		if r := s.send(t, strings.NewReader(bot("acme", "1")+"\nx"), "Content-Type", ndjson); r.status != 500 || strings.Contains(r.Detail, "secret") {
			t.Errorf("answered %s", r)
		}
		if r := s.send(t, strings.NewReader(bot("acme", "1")), "Content-Type", ndjson); r.Duplicate != 1 {
			t.Errorf("sent again: %s", r)
		}
	})
	t.Run("the quarantine is full", func(t *testing.T) {
		s := serve(t, func(s *server) {
			s.Keep = func(_ context.Context, _ string, e []quarantine.Entry) ([]bool, error) {
				return make([]bool, len(e)), nil
			}
		})
		if r := s.send(t, strings.NewReader(bot("acme", "1")+"\nx"), "Content-Type", ndjson); r.status != 200 || *r.Results[1].Kept || !strings.Contains(r.Results[1].Reason, "not kept") {
			t.Errorf("answered %s", r)
		}
	})
	t.Run("nothing can be counted", func(t *testing.T) {
		s := serve(t, func(s *server) {
			s.counter = NewCounter(func(context.Context, []tallystick.IngestCount) error { return errors.New("no database") })
			s.Count = s.counter.Add
		})
		if r := s.send(t, strings.NewReader(bot("acme", "1")), "Content-Type", ndjson); r.Accepted != 1 {
			t.Errorf("what needs no count: %s", r)
		}
		if r := s.send(t, strings.NewReader(bot("acme", "1")), "Content-Type", ndjson); r.status != 503 {
			t.Errorf("a duplicate: %s", r)
		}
	})
}

// raw opens a connection and sends the head of a request.
func (s *server) raw(t *testing.T, head string) (net.Conn, *bufio.Reader) {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprintf(c, "POST /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: all\r\nContent-Type: %s\r\n%s\r\n\r\n", ndjson, head)
	return c, bufio.NewReader(c)
}

func TestExpectContinue(t *testing.T) {
	s := serve(t, nil)
	event := bot("acme", "1")
	c, r := s.raw(t, fmt.Sprintf("Expect: 100-continue\r\nContent-Length: %d", len(event)))
	if line, _ := r.ReadString('\n'); !strings.HasPrefix(line, "HTTP/1.1 100") {
		t.Fatalf("the server says %q", line)
	}
	r.ReadString('\n')
	io.WriteString(c, event)
	answer, err := http.ReadResponse(r, nil)
	if err != nil || answer.StatusCode != 200 {
		t.Fatal(answer, err)
	}
	_, r = s.raw(t, "Expect: 100-continue\r\nContent-Length: 17000000")
	if line, _ := r.ReadString('\n'); !strings.HasPrefix(line, "HTTP/1.1 413") {
		t.Errorf("a body that is not wanted: the server says %q", line)
	}
}

// TestCutConnections ends connections at any place of a body. What was answered is in the journal; the same body sent again is whole.
func TestCutConnections(t *testing.T) {
	s := serve(t, nil)
	var body strings.Builder
	const events = 300
	for i := range events {
		body.WriteString(bot("acme", fmt.Sprint(i)) + "\n")
	}
	for i, sent := range []int{1, 100, 9_999, body.Len() / 2, body.Len() - 1} {
		c, r := s.raw(t, fmt.Sprintf("Content-Length: %d", body.Len()))
		io.WriteString(c, body.String()[:sent])
		if i%2 == 0 {
			c.Close()
			continue
		}
		c.(*net.TCPConn).CloseWrite() // it can still read
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := read(t, answer.StatusCode, answer.Header, answer.Body)
		whole := strings.Count(body.String()[:sent], "\n")
		if got.status != 400 || got.Accepted+got.Duplicate != whole {
			t.Errorf("cut after %d bytes and %d events: %.200s", sent, whole, got)
		}
		if head := s.journal.Head().Sequence; head < uint64(got.Accepted) {
			t.Errorf("%d events were accepted, the journal holds %d", got.Accepted, head)
		}
	}
	r := s.send(t, strings.NewReader(body.String()), "Content-Type", ndjson)
	if r.status != 200 || r.Accepted+r.Duplicate != events || s.journal.Head().Sequence != events {
		t.Errorf("sent whole: %.200s; the journal holds %s", r, s.journal.Head())
	}
}

func TestASlowBody(t *testing.T) {
	err := brokenBody(fmt.Errorf("read tcp: %w", os.ErrDeadlineExceeded))
	if p := ProblemOf(err); p.Status != 408 || p.Code != tallystick.Unavailable {
		t.Errorf("answered %+v", p)
	}
}
