package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A server is killed again and again while clients send batches and somebody asks for a report. Every event that was answered as accepted is there, once; and every
// report was one of the position that it named.
func TestKilledServers(t *testing.T) {
	rounds := 3
	if os.Getenv("TALLYSTICK_LONG") != "" {
		rounds = 30
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	data := filepath.Join(t.TempDir(), "data")
	first := serveData(t, data)
	first.begin()
	var made struct{ Text string }
	if err := json.Unmarshal([]byte(first.must(201, "POST", "/api/v1/keys", "", `{"name":"all","scopes":["ingest","attributes","read"]}`)), &made); err != nil {
		t.Fatal(err)
	}
	key := made.Text
	first.settle()
	first.stop()

	const path = "/api/v1/reports/service-usage/tables/proactive-messages?tenant=acme&from=2026-05-01&to=2026-05-31&every=week&format=csv"
	command := strings.Fields("report service-usage --tenant acme --from 2026-05-01 --to 2026-05-31 --every week --table proactive-messages --data " + data)
	var mu sync.Mutex
	var acknowledged bytes.Buffer  // events, a line each
	events := 0                    // of these
	answers := map[string]string{} // reports by position
	for round := range rounds {
		c := child("serve", "--data", data, "--listen", "127.0.0.1:0")
		stderr := &said{}
		c.Stderr = stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		s := &served{t: t, url: stderr.find(t, `serving .* at (http://\S+)`), stderr: stderr}
		s.settle()
		var clients sync.WaitGroup
		until := time.Now().Add(time.Minute) // another server may have got the port of the one that was killed
		for n := range 6 {
			clients.Go(func() {
				for i := 0; time.Now().Before(until); i++ {
					var body strings.Builder
					size := 1 + (n*31+i*17)%100
					for k := range size {
						id := fmt.Sprintf("%d-%d-%d-%d", round, n, i, k)
						fmt.Fprintf(&body, `{"id":%q,"source":"load","type":"message.sent","tenant":"acme","time":"2026-05-%02dT12:00:00Z","data":{"message_id":%q,"direction":"outbound","sender_kind":"user","sender_id":"u%d","proactive":true}}`+"\n",
							id, 1+(i+k)%30, id, n)
					}
					r, err := http.NewRequest("POST", s.url+"/api/v1/events", strings.NewReader(body.String()))
					if err != nil {
						t.Error(err)
						return
					}
					r.Header.Set("Content-Type", "application/x-ndjson")
					r.Header.Set("Authorization", "Bearer "+key)
					a, err := asks.Do(r)
					if err != nil {
						return // it was killed
					}
					var answer struct{ Accepted int }
					err = json.NewDecoder(a.Body).Decode(&answer)
					a.Body.Close()
					if err != nil {
						return
					}
					if a.StatusCode != http.StatusOK || answer.Accepted != size {
						t.Errorf("%d events are answered %d, %d accepted", size, a.StatusCode, answer.Accepted)
						return
					}
					mu.Lock()
					acknowledged.WriteString(body.String())
					events += size
					mu.Unlock()
				}
			})
		}
		clients.Go(func() {
			for time.Now().Before(until) {
				r, err := http.NewRequest("GET", s.url+path, nil)
				if err != nil {
					t.Error(err)
					return
				}
				r.Header.Set("Authorization", "Bearer "+key)
				a, err := asks.Do(r)
				if err != nil {
					return
				}
				var body bytes.Buffer
				_, err = body.ReadFrom(a.Body)
				a.Body.Close()
				if err != nil {
					return
				}
				switch position := a.Header.Get("Tallystick-Position"); a.StatusCode {
				case http.StatusOK:
					mu.Lock()
					answers[position] = body.String()
					mu.Unlock()
				case http.StatusNotFound, http.StatusServiceUnavailable: // there is no event yet, or the engine catches up
				default:
					t.Errorf("the report is answered %d: %s", a.StatusCode, body.String())
					return
				}
			}
		})
		time.Sleep(time.Duration(200+random.IntN(800)) * time.Millisecond)
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		c.Wait()
		clients.Wait()
		if t.Failed() {
			return
		}
	}
	t.Logf("%d events were acknowledged, %d reports made", events, len(answers))
	if events == 0 || len(answers) == 0 {
		t.Fatal("nothing was tried")
	}
	tally("verify", "--data", data).must(t, done)
	tally("import", "--data", data, write(t, "acknowledged.jsonl", acknowledged.Bytes())).must(t, done).counts(t, 0, events, 0)
	tried := 0
	for position, answer := range answers {
		if tried++; tried > 10 {
			break
		}
		if got := tally(append(command, "--as-of", position)...).must(t, done).stdout; got != answer {
			t.Errorf("the report of position %s was\n%s\nand is\n%s", position, answer, got)
		}
	}
}

// A server reads the definitions of reports again when they change, and takes events of the types that they declare.
func TestServerReadsChangedDefinitions(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	s := serveData(t, data)
	defer later(0)()
	key := s.begin()
	s.settle()
	rated := `{"id":"1","source":"desk","type":"com.example.ticket.rated","tenant":"acme","time":"2026-05-01T00:00:00Z","data":{"ticket":"T-1","score":5}}`
	if got := s.must(200, "POST", "/api/v1/events", key, rated); !strings.Contains(got, "unknown type") {
		t.Error(got)
	}
	definition, err := os.ReadFile(filepath.Join("..", "..", "reports", "examples", "ticket-ratings.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	put := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(data, "reports", "ticket-ratings.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put(string(definition))
	noon = noon.Add(2 * betweenLooks)
	if got := s.must(200, "POST", "/api/v1/events", key, rated); !strings.Contains(got, `"accepted":1,`) {
		t.Error(got)
	}
	if got := s.must(200, "GET", "/api/v1/reports", "", ""); !strings.Contains(got, `"ticket-ratings"`) {
		t.Error("the new report is not listed")
	}
	put("name: ticket-ratings\n")
	noon = noon.Add(2 * betweenLooks)
	if got := s.must(200, "GET", "/api/v1/reports", "", ""); strings.Contains(got, `"ticket-ratings"`) || !strings.Contains(got, `"billing-usage"`) {
		t.Error("a broken definition is still listed, or the others are not")
	}
	if log := s.stderr.String(); !strings.Contains(log, "ticket-ratings.yaml:1:1") {
		t.Errorf("the log does not say what is wrong: %s", log)
	}
}
