package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/quarantine"
)

// noon is the clock of receipt in tests.
var noon = time.Date(2025, 3, 1, 12, 7, 0, 0, time.UTC)

// server is the handler with its real parts behind it.
type server struct {
	Ingest
	journal    *journal.Journal
	quarantine *quarantine.Store
	counter    *Counter
	url        string

	mu      sync.Mutex
	counted map[tallystick.IngestCount]int64 // keys without their number
	stored  int                              // calls
}

// serve starts a server; change may replace parts of it before.
func serve(t testing.TB, change func(*server)) *server {
	t.Helper()
	s := &server{counted: map[tallystick.IngestCount]int64{}}
	var err error
	if s.journal, err = journal.Open(context.Background(), journal.Options{Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	if s.quarantine, err = quarantine.Open(quarantine.Options{Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	s.counter = NewCounter(s.store)
	s.Ingest = Ingest{
		Key: func(r *http.Request) (IngestKey, error) {
			name := r.Header.Get("Authorization")
			switch name {
			case "":
				return IngestKey{}, WithStatus(http.StatusUnauthorized, tallystick.Errorf(tallystick.Denied, "a key is needed"))
			case "all":
				return IngestKey{Name: name}, nil
			}
			tenant, scoped := strings.CutSuffix(name, "+attributes")
			return IngestKey{Name: name, Tenant: tenant, Attributes: scoped}, nil
		},
		Enqueue: s.journal.Enqueue, Keep: s.quarantine.Keep, Count: s.counter.Add, Now: func() time.Time { return noon },
	}
	if change != nil {
		change(s)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.counter.Run(ctx) })
	web := httptest.NewServer(&s.Ingest)
	s.url = web.URL
	t.Cleanup(func() {
		web.Close()
		cancel()
		running.Wait()
		if err := errors.Join(s.journal.Close(), s.quarantine.Close()); err != nil {
			t.Error(err)
		}
		if n := s.held.held(); n != 0 {
			t.Errorf("%d bytes are still held", n)
		}
	})
	return s
}

func (s *server) store(_ context.Context, counts []tallystick.IngestCount) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stored++
	for _, n := range counts {
		key := n
		key.Count = 0
		s.counted[key] += n.Count
	}
	return nil
}

// reply is an answer or a problem, or both.
type reply struct {
	status int
	header http.Header

	Problem
	Accepted, Duplicate, Rejected int
	Results                       []struct {
		Index                          int
		Status, Position, Reason, Path string
		Conflicting                    bool
		Kept                           *bool
	}
}

// String prints an answer in short: its counts and the states of its events.
func (r *reply) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s: %d accepted, %d duplicate, %d rejected", r.status, r.Detail, r.Accepted, r.Duplicate, r.Rejected)
	for _, e := range r.Results {
		fmt.Fprintf(&b, "; %d %s", e.Index, e.Status)
		if e.Conflicting {
			b.WriteString(" conflicting")
		}
		if e.Status == "rejected" {
			fmt.Fprintf(&b, " %s: %s, kept %v", e.Path, e.Reason, *e.Kept)
		}
	}
	return b.String()
}

// send sends a body with headers, given as names and values.
func (s *server) send(t testing.TB, body io.Reader, header ...string) *reply {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, s.url+"/api/v1/events", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "all")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return read(t, answer.StatusCode, answer.Header, answer.Body)
}

func read(t testing.TB, status int, header http.Header, body io.Reader) *reply {
	t.Helper()
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	r := &reply{status: status, header: header}
	if err := json.Unmarshal(text, r); err != nil {
		t.Fatalf("%d: %v: %s", status, err, text)
	}
	if kind := header.Get("Content-Type"); status == 200 && kind != "application/json" || status != 200 && kind != "application/problem+json" {
		t.Errorf("%d comes as %s", status, kind)
	}
	states := map[string]int{}
	for i, e := range r.Results {
		states[e.Status]++
		if e.Index != i {
			t.Errorf("result %d says it is %d", i, e.Index)
		}
	}
	if r.Accepted != states["accepted"] || r.Duplicate != states["duplicate"] || r.Rejected != states["rejected"] || r.Accepted+r.Duplicate+r.Rejected != len(r.Results) {
		t.Errorf("counts do not add up: %s", text)
	}
	return r
}

const (
	structured = "application/cloudevents+json"
	batched    = "application/cloudevents-batch+json"
	ndjson     = "application/x-ndjson"
)

// sent is a message.sent of acme, bot an entity without a natural key.
func sent(id, message string) string {
	return fmt.Sprintf(`{"id":%q,"source":"chat","type":"message.sent","tenant":"acme","time":"2025-03-01T09:00:00Z","data":{"message_id":%q,"direction":"inbound","sender_kind":"user","sender_id":"u"}}`, id, message)
}

func bot(tenant, id string) string {
	return fmt.Sprintf(`{"id":%q,"source":"chat","type":"bot.upserted","tenant":%q,"time":"2025-03-01T09:00:00Z","data":{"bot_id":"b"}}`, id, tenant)
}

func gzipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, s)
	z.Close()
	return b.String()
}

func zstded(s string) string {
	z, _ := zstd.NewWriter(nil)
	return string(z.EncodeAll([]byte(s), nil))
}

func TestEveryFormatInEveryCoding(t *testing.T) {
	s := serve(t, nil)
	n := 0
	for _, coding := range []struct {
		name string
		of   func(string) string
	}{{"", strings.Clone}, {"identity", strings.Clone}, {"gzip", gzipped}, {"x-gzip", gzipped}, {"GZIP", gzipped}, {"zstd", zstded}} {
		for _, c := range []struct {
			contentType, begin, between, end string
			events                           int
		}{
			{structured, "", "", "", 1}, {batched, "[", ",", "]", 3}, {ndjson, "", "\n", "\n", 3}, {"application/json", " [", ", ", "]", 3}, {"application/json", "", "\n", "", 2},
			{"application/json; charset=utf-8", "", "", "", 1}, {"application/jsonl", "", "\n", "", 2}, {batched, "[", "", "]", 0}, {ndjson, "", "", "\n", 0},
		} {
			var events []string
			for range c.events {
				n++
				events = append(events, bot("acme", fmt.Sprint(n)))
			}
			body := coding.of(c.begin + strings.Join(events, c.between) + c.end)
			r := s.send(t, strings.NewReader(body), "Content-Type", c.contentType, "Content-Encoding", coding.name)
			if r.status != 200 || r.Accepted != c.events || len(r.Results) != c.events {
				t.Errorf("%s in %q: %s", c.contentType, coding.name, r)
			}
			for _, e := range r.Results {
				if p, err := tallystick.ParsePosition(e.Position); err != nil || p.After(s.journal.Head()) {
					t.Errorf("%s in %q: an event is at %q, the journal ends at %s", c.contentType, coding.name, e.Position, s.journal.Head())
				}
			}
		}
	}
	if head := s.journal.Head().Sequence; head != uint64(n) {
		t.Errorf("the journal holds %d of %d events", head, n)
	}
}

func TestEveryEventIsAnswered(t *testing.T) {
	s := serve(t, nil)
	bad := `{"id":"2","source":"chat","type":"message.sent","tenant":"acme","data":{"message_id":"m2","direction":"up","sender_kind":"user","sender_id":"u"}}`
	body := strings.Join([]string{sent("1", "m1"), bad, sent("1", "m1"), sent("9", "m1"), strings.Replace(sent("8", "m1"), "inbound", "outbound", 1), bot("acme", "5"), "nonsense", sent("3", "m3")}, "\n")
	r := s.send(t, strings.NewReader(body), "Content-Type", ndjson)
	want := `200 : 3 accepted, 3 duplicate, 2 rejected; 0 accepted; 1 rejected data.direction: "up" is not one of inbound, outbound, internal, kept true` +
		`; 2 duplicate; 3 duplicate; 4 duplicate conflicting; 5 accepted; 6 rejected : not valid JSON: 'o' at byte 2, where null was expected, kept true; 7 accepted`
	if r.String() != want {
		t.Errorf("\n got %s\nwant %s", r, want)
	}
	if r.Results[0].Position != "1-1" || r.Results[7].Position != "1-3" {
		t.Errorf("positions are %q, %q", r.Results[0].Position, r.Results[7].Position)
	}
	slot := tallystick.InstantOf(noon.Truncate(15 * time.Minute))
	for _, c := range []tallystick.IngestCount{
		{Tenant: "acme", Source: "chat", Slot: slot, Outcome: "duplicate", Count: 2},
		{Tenant: "acme", Source: "chat", Slot: slot, Outcome: "conflicting", Count: 1},
		{Tenant: "acme", Source: "chat", Slot: slot, Outcome: "rejected", Reason: "value not listed", Count: 1},
		{Tenant: "", Source: "", Slot: slot, Outcome: "rejected", Reason: "not valid JSON", Count: 1},
	} {
		key := c
		key.Count = 0
		if s.counted[key] != c.Count {
			t.Errorf("%+v was counted %d times: %v", c, s.counted[key], s.counted)
		}
	}
	var kept []string
	for e, err := range s.quarantine.List(context.Background(), "", "") {
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, fmt.Sprintf("%s %s %s %s", e.Source, e.Received, e.Path, e.Raw))
	}
	if want := "all:2 2025-03-01T12:07:00Z data.direction " + bad + "|all:7 2025-03-01T12:07:00Z  nonsense"; strings.Join(kept, "|") != want {
		t.Errorf("the quarantine holds\n%s\nwant\n%s", strings.Join(kept, "|"), want)
	}
}

func TestAKeyOfOneTenant(t *testing.T) {
	s := serve(t, nil)
	upsert := `{"id":"u","source":"chat","type":"tenant.upserted"}`
	entitlement := `{"id":"e","source":"chat","type":"entitlement.set","data":{"type":"USERS","quantity":1,"start_date":"2025-03-01"}}`
	body := strings.Join([]string{bot("acme", "1"), bot("other", "2"), upsert, entitlement}, "\n")
	r := s.send(t, strings.NewReader(body), "Content-Type", ndjson, "Authorization", "acme")
	if r.Accepted != 1 || r.Rejected != 3 || r.Results[1].Path != "tenant" || !strings.Contains(r.Results[2].Reason, "needs the scope attributes") {
		t.Errorf("without the scope: %s", r)
	}
	for key := range s.counted {
		if key.Tenant != "acme" || key.Outcome != "rejected" || key.Reason != "scope missing" && key.Reason != "wrong tenant" {
			t.Errorf("counted is %+v", key)
		}
	}
	n := 0
	for _, err := range s.quarantine.List(context.Background(), "acme", "") {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 3 {
		t.Errorf("%d events are kept under the key's tenant", n)
	}
	r = s.send(t, strings.NewReader(upsert+"\n"+entitlement), "Content-Type", ndjson, "Authorization", "acme+attributes")
	if r.Accepted != 2 {
		t.Errorf("with the scope: %s", r)
	}
	r = s.send(t, strings.NewReader(strings.Replace(upsert, `"id"`, `"tenant":"x","id"`, 1)), "Content-Type", structured)
	if r.Accepted != 1 {
		t.Errorf("a key of all tenants: %s", r)
	}
}

func TestBinaryMode(t *testing.T) {
	s := serve(t, nil)
	right := []string{"Ce-Id", "e1", "Ce-Source", "chat", "Ce-Type", "bot.upserted", "Ce-Tenant", "acme", "Ce-Specversion", "1.0", "Content-Type", "application/json"}
	if r := s.send(t, strings.NewReader(`{"bot_id":"b"}`), right...); r.status != 200 || r.Accepted != 1 {
		t.Errorf("an event: %s", r)
	}
	if r := s.send(t, strings.NewReader(gzipped(`{"bot_id":"b"}`)), append(right, "Content-Encoding", "gzip")...); r.status != 200 || r.Duplicate != 1 {
		t.Errorf("a compressed one: %s", r)
	}
	if r := s.send(t, strings.NewReader(bot("acme", "e1")), append(right, "Content-Type", structured)...); r.Duplicate != 1 {
		t.Errorf("the Content-Type says that the body is the event: %s", r)
	}
	if r := s.send(t, strings.NewReader(`bot: b`), append(right, "Content-Type", "text/yaml")...); r.Rejected != 1 || !*r.Results[0].Kept {
		t.Errorf("data that is no JSON: %s", r)
	}
	if r := s.send(t, strings.NewReader(`"`+strings.Repeat("x", tallystick.MaxEvent)+`"`), right...); r.Rejected != 1 || !strings.Contains(r.Results[0].Reason, "1048576") {
		t.Errorf("a long event: %s", r)
	}
	for _, id := range []string{"e-9%zz", "50%", "%2", "%C3%A"} {
		r := s.send(t, strings.NewReader(`{"bot_id":"b"}`), append([]string{"Ce-Id", id}, right[2:]...)...)
		if r.status != 400 || !strings.Contains(r.Detail, "the header Ce-Id is "+strconv.Quote(id)) || !strings.Contains(r.Hint, "%25") || len(r.Results) != 0 {
			t.Errorf("Ce-Id %s: %s", id, r)
		}
	}
	if r := s.send(t, strings.NewReader(`{"bot_id":"b"}`), append([]string{"Ce-Id", "50%25%C3%A9"}, right[2:]...)...); r.status != 200 || r.Accepted != 1 {
		t.Errorf("percent-encoding: %s", r)
	}
	want := map[string]int64{"not valid JSON of acme": 1, "too large of ": 1}
	for key, n := range s.counted {
		if key.Outcome == "rejected" && want[key.Reason+" of "+key.Tenant] != n {
			t.Errorf("%+v was counted %d times", key, n)
		}
	}
}

func TestDuplicatesAtTheSameTime(t *testing.T) {
	s := serve(t, nil)
	const clients, rounds = 32, 8
	var mu sync.Mutex
	accepted, duplicate := map[int]int{}, 0
	var running sync.WaitGroup
	for c := range clients {
		running.Go(func() {
			for round := range rounds {
				r := s.send(t, strings.NewReader(sent(fmt.Sprint(c%3, "-", round), fmt.Sprint("m", round))), "Content-Type", structured)
				mu.Lock()
				accepted[round] += r.Accepted
				duplicate += r.Duplicate
				mu.Unlock()
			}
		})
	}
	running.Wait()
	for round := range rounds {
		if accepted[round] != 1 {
			t.Errorf("event %d was accepted %d times", round, accepted[round])
		}
	}
	total := int64(0)
	for _, n := range s.counted {
		total += n
	}
	if duplicate != clients*rounds-rounds || total != int64(duplicate) {
		t.Errorf("%d duplicates were answered and %d counted, of %d", duplicate, total, clients*rounds-rounds)
	}
}
