package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/api"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/datadir"
	"github.com/tallystick/tallystick/internal/engine/memory"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/quarantine"
	"github.com/tallystick/tallystick/internal/report"
	"github.com/tallystick/tallystick/internal/usage"
)

// answering is a server over a journal of its own, with keys "all" and "acme".
type answering struct {
	url        string
	quarantine *quarantine.Store
	refuse     atomic.Int64 // requests that are answered 503 before the next is taken
	breakOff   atomic.Bool  // the next request loses its connection once it was taken
}

func serveKeys(t *testing.T) *answering {
	t.Helper()
	s, engine, dir := &answering{}, memory.New(), t.TempDir()
	j, err := journal.Open(t.Context(), journal.Options{Dir: dir, Committed: func(records []tallystick.Record) { engine.Apply(context.Background(), records) }})
	if err != nil {
		t.Fatal(err)
	}
	if s.quarantine, err = quarantine.Open(quarantine.Options{Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	built := catalog(t)
	asked := &api.Reports{Now: func() time.Time { return noon }, Source: usage.Source{
		Catalog: func() *report.Catalog { return built }, Lookup: j.Lookup,
		Ask: func(ctx context.Context, fn func(tallystick.Answerer, tallystick.Position) error) error {
			head, err := engine.Applied(ctx, theLog)
			if err != nil {
				return err
			}
			return fn(engine, head)
		},
	}}
	ingest := &api.Ingest{
		Key: func(r *http.Request) (api.IngestKey, error) {
			return api.IngestKey{Name: "key"}, nil
		},
		Enqueue: j.Enqueue, Keep: s.quarantine.Keep, Now: func() time.Time { return noon },
		Count: func(context.Context, []tallystick.IngestCount) error { return nil },
	}
	reports := api.Handler(func(r *http.Request) (control.Actor, error) {
		view := control.Permissions{{Entity: control.Reports, Action: control.View}}
		switch r.Header.Get("Authorization") {
		case "Bearer all":
			return control.Actor{Kind: control.KeyActor, Permissions: view, Reach: control.Reach{All: true}, Scopes: []control.Scope{control.ScopeRead, control.ScopeQuarantine}}, nil
		case "Bearer acme":
			return control.Actor{Kind: control.KeyActor, Tenant: "acme", Permissions: view, Reach: control.Reach{Tenants: map[string]struct{}{"acme": {}}}}, nil
		}
		return control.Actor{}, api.WithStatus(http.StatusUnauthorized, tallystick.Errorf(tallystick.Denied, "you are not signed in").WithHint("use a valid key"))
	}, asked, &api.Quarantine{Store: s.quarantine, Append: j.Append, Now: func() time.Time { return noon }})
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s.refuse.Add(-1) >= 0:
			api.WriteProblem(w, nil, tallystick.Errorf(tallystick.Unavailable, "not now"))
		case r.URL.Path == "/api/v1/events":
			if s.breakOff.CompareAndSwap(true, false) {
				ingest.ServeHTTP(httptest.NewRecorder(), r)
				panic(http.ErrAbortHandler)
			}
			ingest.ServeHTTP(w, r)
		default:
			reports.ServeHTTP(w, r)
		}
	}))
	s.url = web.URL
	t.Cleanup(func() {
		web.Close()
		j.Close()
		s.quarantine.Close()
	})
	return s
}

// TestAServerAnswersLikeADataDirectory does the same on both and compares all that is printed and written.
func TestAServerAnswersLikeADataDirectory(t *testing.T) {
	s := serveKeys(t)
	lines := events(t, 3, 1)
	odd := write(t, "odd.json", []byte("[{\"id\":\"x\",\n \"source\":\"s\"}, "+strings.TrimSpace(upsert("o", "acme", "Acme"))+", {\"id\":\n1}]"))
	file := write(t, "events.jsonl", append(bytes.Join(lines, nil), "no event\n\n{}\n"...))
	data := filepath.Join(t.TempDir(), "data")

	args := []string{"import", "--strict", file, odd, "../../reports/billing-usage/billing/events.jsonl", file}
	local := tally(append(args, "--data", data)...).must(t, rejected)
	remote := tally(append(args, "--server", s.url, "--key", "all")...).must(t, rejected)
	if got := strings.ReplaceAll(remote.stderr, "quarantine list --server "+s.url+"` and a key of the scope quarantine", "quarantine list --data "+data+"`"); remote.stdout != local.stdout || got != local.stderr {
		t.Errorf("import prints\n%s%s\nand locally\n%s%s", remote.stdout, remote.stderr, local.stdout, local.stderr)
	}
	kept, err := s.quarantine.Tenants(t.Context())
	if err != nil || len(kept) != 1 || kept[0].Entries != 4 {
		t.Errorf("the quarantine holds %+v, %v", kept, err)
	}

	period := []string{"--from", "2025-01-01", "--to", "2025-01-03"}
	for _, test := range [][]string{
		append([]string{"room-usage", "--tenant", "hudson-savings"}, period...),
		append([]string{"room-usage", "--all-tenants", "--delimiter", ";", "--bom", "--guard", "off"}, period...),
		append([]string{"service-usage", "--all-tenants", "--table", "channels", "--format", "json"}, period...),
		append([]string{"service-usage", "--tenant", "hudson-savings", "--table", "active-agents", "--every", "week", "--zone", "Asia/Kolkata", "--format", "ndjson"}, period...),
		append([]string{"service-usage", "--tenant", "hudson-savings", "--format", "xlsx"}, period...),
		append([]string{"service-usage", "--tenant", "hudson-savings", "--table", "channels", "--format", "xls"}, period...),
		append([]string{"session-usage", "--all-tenants", "--table", "summary", "--bot", "none"}, period...),
		append([]string{"tenant-usage", "--all-tenants", "--as-of", "1-9"}, period...),
		{"billing-usage", "--tenant", "acme", "--from", "2025-05-06", "--to", "2025-05-07", "--option", "open_limit=1h"},
		{"billing-usage", "--tenant", "acme", "--from", "2025-05-06", "--to", "2025-05-06", "--explain", "usage,2,Value"},
		{"tenant-usage", "--all-tenants", "--explain", "tenants,1,SMS/Voice Credits Remaining", "--format", "json"},
		{"tenant-usage", "--tenant", "acme"},
		{"service-usage", "--all-tenants", "--table", "active-agents", "--period", "last-3-months", "--every", "month"},
		{"session-usage", "--all-tenants", "--table", "trend", "--period", "last-7-days", "--explain", "trend,1,Sessions"},
	} {
		t.Run(strings.Join(test, " "), func(t *testing.T) {
			args := append([]string{"report"}, test...)
			local := tally(append(args, "--data", data)...).must(t, done)
			remote := tally(append(args, "--server", s.url+"/", "--key", "all")...).must(t, done)
			if remote != local {
				t.Errorf("got\n%+v\nlocally\n%+v", remote, local)
			}
		})
	}
	t.Run("every table into a directory", func(t *testing.T) {
		here, there := t.TempDir(), t.TempDir()
		args := append([]string{"report", "service-usage", "--all-tenants"}, period...)
		tally(append(args, "--data", data, "-o", here)...).must(t, done)
		tally(append(args, "--server", s.url, "--key", "all", "-o", there)...).must(t, done)
		if a, b := list(t, here), list(t, there); a != b || strings.Count(a, ".csv") != 5 {
			t.Fatalf("files are %s, locally %s", b, a)
		}
		for _, name := range strings.Fields(list(t, here)) {
			a, _ := os.ReadFile(filepath.Join(here, name))
			if b, err := os.ReadFile(filepath.Join(there, name)); err != nil || !bytes.Equal(a, b) {
				t.Errorf("%s differs: %v", name, err)
			}
		}
	})
	for _, args := range [][]string{{"reports"}, {"reports", "service-usage"}} {
		if local, remote := tally(args...), tally(append(args, "--server", s.url, "--key", "all")...); remote != local {
			t.Errorf("%v prints %+v, locally %+v", args, remote, local)
		}
	}
	t.Run("what is wrong is the same sentence", func(t *testing.T) {
		for _, args := range []string{
			"report rooms --all-tenants", "report room-usage --tenant nobody", "report room-usage --all-tenants --where colour=red", "report service-usage --all-tenants",
			"report room-usage --all-tenants --from 2025-01-01", "report room-usage --all-tenants --format doc", "reports rooms", "report room-usage --all-tenants --explain rooms,99,1",
			"report room-usage", "report room-usage --all-tenants --as-of 1-99999999", "report room-usage --all-tenants --as-of 2-1",
			"report room-usage --explain rooms,1,1", "report room-usage --all-tenants --as-of now", "report service-usage --all-tenants --table graph",
		} {
			fields := strings.Fields(args)
			more := []string{"--data", data}
			if fields[0] == "reports" {
				more = nil
			}
			local, remote := tally(append(fields, more...)...), tally(append(fields, "--server", s.url, "--key", "all")...)
			if remote != local || local.code != misuse {
				t.Errorf("%s: %+v, locally %+v", args, remote, local)
			}
		}
	})
}

// Rejected events of a server are listed, exported, replayed and removed as those of a data directory are.
func TestQuarantineOfAServer(t *testing.T) {
	s, data := serveKeys(t), filepath.Join(t.TempDir(), "data")
	bad := write(t, "bad.jsonl", []byte(strings.Join([]string{
		`{"id":"1","source":"test","type":"bot.upserted","tenant":"acme","data":{}}`, `no event`, `{}`,
		`{"id":"3","source":"test","type":"tea.drunk","tenant":"acme","data":{"cups":"` + strings.Repeat("1", 70<<10) + `"}}`,
	}, "\n")))
	tally("import", "--data", data, bad).must(t, done).counts(t, 0, 0, 4)
	tally("import", "--server", s.url, "--key", "all", bad).must(t, done).counts(t, 0, 0, 4)
	asked := func(command string, more ...string) (local, remote result) {
		args := append([]string{"quarantine", command}, more...)
		return tally(append(args, "--data", data)...), tally(append(args, "--server", s.url, "--key", "all")...)
	}
	here, there := asked("list")
	places := regexp.MustCompile(`Z  \S+(:\d+)?  `) // files here, keys there
	if a, b := places.ReplaceAllString(here.must(t, done).stdout, "Z  "), places.ReplaceAllString(there.must(t, done).stdout, "Z  "); a != b || strings.Count(a, "\n") != 4 || here.stderr != there.stderr {
		t.Errorf("list prints\n%s%s\nand locally\n%s%s", there.stdout, there.stderr, here.stdout, here.stderr)
	}
	id := here.stdout[:shortID]
	for _, args := range [][]string{{"export"}, {"export", id}, {"export", "123456"}, {"replay", id}, {"replay", "123456"}} {
		here, there := asked(args[0], args[1:]...)
		here.stderr, there.stderr = regexp.MustCompile(`\(\S+:\d+\)`).ReplaceAllString(here.stderr, ""), regexp.MustCompile(`\(\S+:\d+\)`).ReplaceAllString(there.stderr, "")
		if here != there || args[0] == "export" && len(args) == 1 && !strings.Contains(here.stderr, "left out ") {
			t.Errorf("%v: %+v, locally %+v", args, there, here)
		}
	}
	for range 2 { // the second time it is gone
		if here, there := asked("remove", id); here != there {
			t.Errorf("remove: %+v, locally %+v", there, here)
		}
	}
	tally("quarantine", "list", "--server", s.url, "--key", "acme").complains(t, failed, "the key lacks the scope")
}

func TestKeysOfAServer(t *testing.T) {
	s := serveKeys(t)
	tallyWith(t.Context(), strings.NewReader(upsert("1", "acme", "A")+upsert("2", "zeta", "Z")), map[string]string{"TALLYSTICK_KEY": "all"}, "import", "--server", s.url, "-").must(t, done).counts(t, 2, 0, 0)
	env := map[string]string{"TALLYSTICK_KEY": "acme"}
	ask := func(args ...string) result {
		return tallyWith(t.Context(), nil, env, append([]string{"report", "tenant-usage", "--server", s.url}, args...)...)
	}
	if r := ask("--all-tenants").must(t, done); !strings.Contains(r.stdout, "acme,") || strings.Contains(r.stdout, "zeta") {
		t.Errorf("got %s", r.stdout)
	}
	ask("--tenant", "zeta").complains(t, misuse, `there is no tenant "zeta"`)
	ask().complains(t, misuse, "the tenants are acme")
	ask("--all-tenants", "--key", "wrong").complains(t, failed, "you are not signed in; use a valid key")
	ask("--all-tenants", "--data", "x").complains(t, misuse, "exclude each other")
	ask("--all-tenants", "--key", "two words").complains(t, misuse, "--key: it is not a key")
	tally("report", "tenant-usage", "--all-tenants", "--server", s.url).complains(t, misuse, "--key or TALLYSTICK_KEY")
	for _, address := range []string{"localhost:8080", "ftp://localhost", "http://", "http://a/?x=1"} {
		tally("reports", "--server", address, "--key", "k").complains(t, misuse, "is not the address of a server")
	}
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	tally("reports", "--server", other.URL, "--key", "k").complains(t, misuse, "answers 404 Not Found", "the address of a tallystick server")
	if r := tallyWith(t.Context(), nil, env, "config").must(t, done); strings.Contains(r.stdout, "acme") || !strings.Contains(r.stdout, "***") {
		t.Errorf("the key is shown: %s", r.stdout)
	}
}

func TestAServerIsAskedAgain(t *testing.T) {
	s := serveKeys(t)
	file := write(t, "events.jsonl", []byte(upsert("1", "acme", "A")+upsert("2", "zeta", "Z")))
	s.refuse.Store(1)
	tally("import", "--server", s.url, "--key", "all", file).must(t, done).counts(t, 2, 0, 0)
	s.breakOff.Store(true)
	more := write(t, "more.jsonl", []byte(upsert("3", "beta", "B")))
	tally("import", "--server", s.url, "--key", "all", more).must(t, done).counts(t, 0, 1, 0) // it is there, and said to be
	s.refuse.Store(1)
	if r := tally("report", "tenant-usage", "--all-tenants", "--server", s.url, "--key", "all").must(t, done); strings.Count(r.stdout, "\r\n") != 4 {
		t.Errorf("got %q", r.stdout)
	}
}

// TestABrokenAnswerLeavesNoFile lets the server fail after it has begun to answer.
func TestABrokenAnswerLeavesNoFile(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/tenant-usage") {
			fmt.Fprint(w, `{"name":"tenant-usage","tables":[{"name":"tenants"}]}`)
			return
		}
		w.Write(bytes.Repeat([]byte("a,b\r\n"), 50_000))
		panic(http.ErrAbortHandler)
	}))
	defer s.Close()
	dir := t.TempDir()
	tally("report", "tenant-usage", "--all-tenants", "--server", s.URL, "--key", "k", "-o", filepath.Join(dir, "t.csv")).complains(t, failed, "broke off")
	if got := list(t, dir); got != "" {
		t.Errorf("there is %s", got)
	}
	tally("report", "tenant-usage", "--all-tenants", "--server", s.URL, "--key", "k").complains(t, failed, "broke off")
}

func TestADirectoryOfAServerSaysHowToAsk(t *testing.T) {
	data := directory(t)
	dir, err := datadir.Open(data, datadir.Holder{PID: 1, Command: "serve", Address: "http://127.0.0.1:8080"})
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	tally("report", "tenant-usage", "--all-tenants", "--data", data).complains(t, failed, "another tallystick (pid 1, serve, http://127.0.0.1:8080)", "ask it with --server http://127.0.0.1:8080")
	tally("import", "--data", data, write(t, "e.jsonl", []byte(upsert("9", "acme", "A")))).complains(t, failed, "--server http://127.0.0.1:8080")
}

// A part of a file must not be taken for the whole, whatever stands between the server and here.
func TestAFileThatBreaksOffIsNotTaken(t *testing.T) {
	for _, c := range []struct{ what, answer, want, note string }{
		{"whole", "Trailer: Tallystick-Notes\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nTallystick-Notes: [\"n\"]\r\n\r\n", "", "n"},
		{"without the notes that were announced", "Trailer: Tallystick-Notes\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", "broke off", ""},
		{"by a proxy that keeps trailers back", "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", "", "the server's notes did not come: a proxy before it leaves trailers out"},
		{"without an end that is told", "\r\na", "broke off", ""},
		{"without its end", "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n", "broke off", ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				connection, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				fmt.Fprint(connection, "HTTP/1.1 200 OK\r\nConnection: close\r\n"+c.answer)
				connection.Close()
			}))
			defer server.Close()
			var file bytes.Buffer
			notes, _, _, err := (&remote{address: server.URL, silence: time.Minute}).copyTo(t.Context(), &file, "/", nil)
			if (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Fatalf("the error is %v", err)
			}
			if strings.Join(notes, ",") != c.note {
				t.Errorf("the notes are %q", notes)
			}
		})
	}
}

// A text with the end of a line in it is no JSON, wherever it goes.
func TestAServerIsSentMistakesAsTheyAre(t *testing.T) {
	s := serveKeys(t)
	for i, c := range []struct{ name, between string }{
		{"cr.jsonl", "\r"}, {"crlf.json", "\r\n"}, {"lf.json", "\n"},
	} {
		id := fmt.Sprint("text", i)
		wrong := strings.Replace(upsert(id, "acme", "AB"), "AB", "A"+c.between+"B", 1)
		file := write(t, c.name, []byte("["+strings.TrimSpace(wrong)+",\n"+strings.Replace(upsert(id+"w", "acme", "AB"), ",", ",\r\n", 1)+"]"))
		local := tally("import", "--data", filepath.Join(t.TempDir(), "data"), file).must(t, 0)
		remote := tally("import", "--server", s.url, "--key", "all", file).must(t, 0)
		for place, got := range map[string]string{"a data directory": local.stdout, "a server": remote.stdout} {
			if !strings.Contains(got, "accepted   1\n") || !strings.Contains(got, "rejected   1\n") {
				t.Errorf("%s in %s: %s", c.name, place, got)
			}
		}
	}
}

// A server that is there and says nothing more is not waited for without end.
func TestASilentServerIsGivenUp(t *testing.T) {
	for _, said := range []string{"", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"} {
		over := make(chan struct{})
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			connection, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			fmt.Fprint(connection, said)
			<-over
			connection.Close()
		}))
		_, _, _, err := (&remote{address: server.URL, silence: 50 * time.Millisecond}).copyTo(t.Context(), new(bytes.Buffer), "/", nil)
		if tallystick.CodeOf(err) != tallystick.Unavailable || !strings.Contains(err.Error(), "nothing has come for 50ms") {
			t.Errorf("after %q the error is %v", said, err)
		}
		close(over)
		server.Close()
	}
}

// TestPatienceIsTold asks a server that refuses for a while: who waits is told so, once, and why.
func TestPatienceIsTold(t *testing.T) {
	for _, test := range []struct {
		refusals int
		want     string
	}{{0, ""}, {1, ""}, {3, "too much at once; waiting, and asking again"}} {
		asked := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if asked++; asked <= test.refusals {
				w.Header().Set("Content-Type", "application/problem+json")
				w.WriteHeader(http.StatusTooManyRequests)
				fmt.Fprint(w, `{"detail":"too much at once"}`)
			}
		}))
		var told bytes.Buffer
		r := &remote{address: server.URL, client: clientOfFiles(), silence: time.Minute, patience: &told}
		answer, err := r.do(t.Context(), func() (*http.Request, error) { return http.NewRequest("GET", server.URL, nil) })
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if got := told.String(); !strings.HasPrefix(got, test.want) || strings.Count(got, "\n") != min(1, len(test.want)) {
			t.Errorf("after %d refusals it tells %q, want %q", test.refusals, got, test.want)
		}
		server.Close()
	}
}

// TestLongTrailers gets a file with notes and a receipt of many tenants.
func TestLongTrailers(t *testing.T) {
	receipt := strings.Repeat("r", 600_000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", api.NotesHeader+", "+api.ReceiptHeader)
		fmt.Fprint(w, "a,b\n")
		w.(http.Flusher).Flush()
		w.Header().Set(api.NotesHeader, "[]")
		w.Header().Set(api.ReceiptHeader, receipt)
	}))
	defer server.Close()
	r := &remote{address: server.URL, client: clientOfFiles(), silence: time.Minute}
	var file bytes.Buffer
	_, _, got, err := r.copyTo(t.Context(), &file, "/", nil)
	if err != nil || file.String() != "a,b\n" || got != receipt {
		t.Errorf("%q with a receipt of %d bytes, %v", file.String(), len(got), err)
	}
}
