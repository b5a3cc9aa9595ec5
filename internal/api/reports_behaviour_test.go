package api

import (
	"archive/zip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
)

// upserts are events by which tenants exist.
func upserts(tenants ...string) []tallystick.Event {
	var events []tallystick.Event
	for i, tenant := range tenants {
		events = append(events, tallystick.Event{
			Tenant: tenant, Source: "test", ID: fmt.Sprint(tenant, i), Type: tallystick.TenantUpserted, Time: 1, Received: tallystick.InstantOf(received),
			Data: []tallystick.Value{{Field: tallystick.FieldCompanyName, Text: "Company " + tenant}},
		})
	}
	return events
}

// obstacle does something before an engine is asked for sessions of a tenant, and may fail in its place.
type obstacle struct {
	tallystick.Answerer
	sessions func(ctx context.Context, tenant string) error
}

func (o *obstacle) Sessions(ctx context.Context, q tallystick.Sessions) ([]tallystick.SessionPart, error) {
	if err := o.sessions(ctx, q.Tenant()); err != nil {
		return nil, err
	}
	return o.Answerer.Sessions(ctx, q)
}

func (o *obstacle) SessionCounts(ctx context.Context, q tallystick.SessionCounts) ([][]tallystick.Count, error) {
	if err := o.sessions(ctx, q.Tenant()); err != nil {
		return nil, err
	}
	return o.Answerer.SessionCounts(ctx, q)
}

const trend = "/api/v1/reports/session-usage/tables/trend"

func query(text string) url.Values {
	q, err := url.ParseQuery(text)
	if err != nil {
		panic(err)
	}
	return q
}

// TestATenantOutOfReachDoesNotExist asks every route for a tenant that is there and out of reach, and for one that is nowhere: the answers are the same.
func TestATenantOutOfReachDoesNotExist(t *testing.T) {
	s := serveReports(t, upserts("acme", "zeta"), nil)
	for _, path := range []string{
		trend, "/api/v1/reports/session-usage/file", trend + "/rows/1/columns/Sessions/events", "/api/v1/reports/tenant-usage/tables/tenants",
	} {
		ask := func(actor, q string) readAnswer { return s.get(t, path, query(q), "Authorization", actor) }
		hidden, nowhere := ask("acme", "tenant=zeta"), ask("acme", "tenant=nope")
		if hidden.status != 404 || strings.ReplaceAll(hidden.body, "zeta", "nope") != nowhere.body {
			t.Errorf("%s: out of reach %d %s\nnowhere %d %s", path, hidden.status, hidden.body, nowhere.status, nowhere.body)
		}
		if both := ask("acme", "tenant=acme&tenant=zeta"); both.status != 404 || strings.Contains(both.body, "Company") {
			t.Errorf("%s: with one in reach %d %s", path, both.status, both.body)
		}
		ask("acme", "tenant=acme").must(t, 200)
		ask("provider", "tenant=zeta").must(t, 200)
		if unsaid := ask("acme", ""); unsaid.status != 400 || !strings.Contains(unsaid.body, "the tenants are acme\"") {
			t.Errorf("%s: without a tenant %d %s", path, unsaid.status, unsaid.body)
		}
		if refused := ask("nobody", "tenant=acme"); refused.status != 403 {
			t.Errorf("%s: nobody gets %d", path, refused.status)
		}
	}
	for actor, want := range map[string]string{"acme": "acme,Company acme,0\r\n", "provider": "acme,Company acme,0\r\nzeta,Company zeta,0\r\n"} {
		got := s.get(t, "/api/v1/reports/session-usage/tables/by-month", query("all_tenants=true&from=2025-01-01&to=2025-01-31&format=csv"), "Authorization", actor).must(t, 200).body
		if got = strings.ReplaceAll(got, "2025-01,", ""); got != "Tenant ID,Company Name,Month,Sessions\r\n"+want {
			t.Errorf("all tenants of %s are %q", actor, got)
		}
	}
}

func TestWhatIsAskedWrongly(t *testing.T) {
	s := serveReports(t, upserts("acme"), nil)
	for _, test := range []struct {
		path, query string
		status      int
		says        string
	}{
		{"/api/v1/reports/rooms", "", 404, `there is no report \"rooms\"`},
		{"/api/v1/reports/rooms/tables/x", "tenant=acme", 404, `there is no report \"rooms\"`},
		{"/api/v1/reports/session-usage/tables/x", "tenant=acme", 404, "no table"},
		{trend, "tenant=acme&all_tenants=true", 400, "all_tenants and tenant=acme exclude each other"},
		{trend, "tenant=acme&from=2025-01-01", 400, "give both from and to"},
		{trend, "tenant=acme&from=2025-02-29&to=2025-03-01", 400, `"path":"from"`},
		{trend, "tenant=acme&option=x", 400, "option=x has no value"},
		{trend, "tenant=acme&where=bot", 400, "where=bot has no value"},
		{trend, "tenant=acme&where=colour=red", 404, "colour"},
		{trend, "tenant=acme&as_of=1-2", 404, "the journal goes from 1-1 to 1-1"},
		{trend, "tenant=acme&as_of=now", 400, `"path":"as_of"`},
		{trend, "tenant=acme&zone=Mars/Olympus", 400, "Mars/Olympus"},
		{trend, "tenant=acme&format=doc", 400, "csv, json"},
		{trend, "tenant=acme&delimiter=:", 400, `"path":"delimiter"`},
		{trend, "tenant=acme&guard=maybe", 400, `"path":"guard"`},
		{trend, "tenant=acme&chanel=a", 400, "chanel"},
		{trend + "/rows/31/columns/1/events", "tenant=acme", 404, "it has 30 rows"},
		{trend + "/rows/1/columns/Colour/events", "tenant=acme", 404, "no column"},
		{trend + "/rows/1/columns/1/events", "tenant=acme&limit=501", 400, "ask for 1 to 500"},
		{trend + "/rows/1/columns/1/events", "tenant=acme&after=xyz", 400, "use next of the page before it"},
		{trend + "/rows/1/columns/1/events", "tenant=acme&only=some", 400, "must be one of counted, left-out"},
		{trend + "/rows/1/columns/1/events", "tenant=acme&only=counted&format=csv", 400, "a file has all events, and not only=counted"},
	} {
		got := s.get(t, test.path, query(test.query))
		if got.status != test.status || !strings.Contains(got.body, test.says) || !strings.HasPrefix(got.header.Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s?%s is answered %d %s", test.path, test.query, got.status, got.body)
		}
	}
	if got := s.get(t, trend, query("tenant=acme"), "Accept", "image/png"); got.status != 406 || !strings.Contains(got.body, "text/csv") {
		t.Errorf("a picture is answered %d %s", got.status, got.body)
	}
	for accept, want := range map[string]string{
		"": "application/json", "*/*": "application/json", "text/html, application/xhtml+xml, */*;q=0.8": "application/json", "text/csv;q=0.5, application/x-ndjson": "application/x-ndjson",
		"text/*": "text/csv; charset=utf-8; header=present", "application/vnd.ms-excel": "application/vnd.ms-excel",
	} {
		if got := s.get(t, trend, query("tenant=acme"), "Accept", accept).must(t, 200).header.Get("Content-Type"); got != want {
			t.Errorf("%q is answered with %q, want %q", accept, got, want)
		}
	}
}

// TestAllTablesInOneFile asks for all tables as a workbook and as an archive.
func TestAllTablesInOneFile(t *testing.T) {
	s := serveReports(t, upserts("acme"), nil)
	for _, test := range []struct{ report, query, accept, file string }{
		{"session-usage", "", "", "session-usage.xlsx"},
		{"session-usage", "", "application/json", "session-usage.zip"},
		{"session-usage", "&format=csv&delimiter=pipe", "", "session-usage.zip"},
		{"billing-usage", "&format=csv", "", "usage.csv"},
		{"billing-usage", "&format=xls", "", "usage.xls"},
	} {
		got := s.get(t, "/api/v1/reports/"+test.report+"/file", query("tenant=acme&from=2025-01-01&to=2025-01-31"+test.query), "Accept", test.accept).must(t, 200)
		if d := got.header.Get("Content-Disposition"); d != "attachment; filename="+test.file {
			t.Errorf("%+v: %s", test, d)
		}
		s.reproduces(t, got)
		if !strings.HasSuffix(test.file, ".zip") {
			continue
		}
		z, err := zip.NewReader(strings.NewReader(got.body), int64(len(got.body)))
		if err != nil || len(z.File) != 8 {
			t.Fatalf("%+v: %v, %v", test, z, err)
		}
		part, err := z.Open("summary" + filepath.Ext(z.File[0].Name))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		table := s.get(t, "/api/v1/reports/session-usage/tables/summary", query("tenant=acme&from=2025-01-01&to=2025-01-31&format="+filepath.Ext(z.File[0].Name)[1:]+test.query)).body
		if err != nil || string(text) != table && test.query == "" {
			t.Errorf("%+v: it holds %q, and the table alone is %q", test, text, table)
		}
	}
}

// TestAnAnswerIsOfOnePosition lets events come while a report is made, and before the first there is one.
func TestAnAnswerIsOfOnePosition(t *testing.T) {
	var s *reportServer
	more := func() {}
	s = serveReports(t, nil, func(s *reportServer) {
		s.store = &obstacle{s.engine, func(context.Context, string) error { more(); return nil }}
	})
	const path = "/api/v1/reports/session-usage/tables/by-month"
	all := query("all_tenants=true&from=2025-01-01&to=2025-01-31&format=csv")
	if got := s.get(t, path, all).must(t, 200); got.header[PositionHeader] != nil || !strings.HasSuffix(got.body, "Sessions\r\n") {
		t.Errorf("before the first event: %v %q", got.header, got.body)
	}
	s.apply(t, upserts("acme"))
	session := func(id string) tallystick.Event {
		return tallystick.Event{Tenant: "acme", Source: "test", ID: id, Type: tallystick.SessionStarted, Time: tallystick.InstantOf(noon.AddDate(0, -2, 0)), Received: tallystick.InstantOf(received),
			Data: []tallystick.Value{{Field: tallystick.FieldSessionID, Text: id}, {Field: tallystick.FieldKind, Text: "bot"}}}
	}
	s.apply(t, []tallystick.Event{session("a")})
	var once sync.Once
	more = func() { once.Do(func() { s.apply(t, []tallystick.Event{session("b")}) }) }
	first := s.get(t, path, all).must(t, 200)
	if first.header.Get(PositionHeader) != "1-2" || !strings.HasSuffix(first.body, "2025-01,1\r\n") {
		t.Errorf("an event came meanwhile: at %q %q", first.header.Get(PositionHeader), first.body)
	}
	if got := s.get(t, path, all).must(t, 200); got.header.Get(PositionHeader) != "1-3" || !strings.HasSuffix(got.body, "2025-01,2\r\n") {
		t.Errorf("afterwards: at %q %q", got.header.Get(PositionHeader), got.body)
	}
	all.Set("as_of", "1-2")
	if got := s.get(t, path, all).must(t, 200); got.body != first.body || got.header.Get(PositionHeader) != "1-2" {
		t.Errorf("as of then: at %q %q", got.header.Get(PositionHeader), got.body)
	}
}

// TestWhatBreaksOffIsSeenAsBroken fails at the second of two tenants: before something was sent, and after.
func TestWhatBreaksOffIsSeenAsBroken(t *testing.T) {
	s := serveReports(t, upserts("acme", "zeta"), func(s *reportServer) {
		s.store = &obstacle{s.engine, func(_ context.Context, tenant string) error {
			if tenant == "zeta" {
				return errors.New("the store is on fire")
			}
			return nil
		}}
	})
	for _, format := range []string{"csv", "ndjson", "json", ""} {
		q := query("all_tenants=true&from=2025-01-01&to=2025-01-31")
		if format != "" {
			q.Set("format", format)
		}
		if got := s.get(t, trend, q).must(t, 500); got.header.Get("Content-Type") != "application/problem+json" || strings.Contains(got.body, "fire") || got.header["Content-Disposition"] != nil {
			t.Errorf("%s, few rows: %v %s", format, got.header, got.body)
		}
		q.Set("from", "1980-01-01")
		answer, err := http.Get(s.url + trend + "?" + q.Encode())
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err == nil || answer.StatusCode != 200 || len(b) < 64<<10 {
			t.Errorf("%s, many rows: status %d, %d bytes, %v", format, answer.StatusCode, len(b), err)
		}
	}
	if got := s.get(t, "/api/v1/reports/session-usage/file", query("all_tenants=true")); got.status != 500 {
		t.Errorf("a workbook: %d", got.status)
	}
}

func TestWhoeverGoesAwayStopsTheQuery(t *testing.T) {
	asked, stopped := make(chan struct{}), make(chan struct{})
	s := serveReports(t, upserts("acme"), func(s *reportServer) {
		s.store = &obstacle{s.engine, func(ctx context.Context, _ string) error {
			close(asked)
			<-ctx.Done()
			close(stopped)
			return ctx.Err()
		}}
	})
	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+trend+"?tenant=acme", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() { <-asked; leave() }()
	if _, err := http.DefaultClient.Do(r); err == nil {
		t.Error("there was an answer")
	}
	<-stopped
}

func TestAReportHasItsTime(t *testing.T) {
	s := serveReports(t, upserts("acme"), func(s *reportServer) {
		s.Limits.Time = 20 * time.Millisecond
		s.store = &obstacle{s.engine, func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() }}
	})
	if got := s.get(t, trend, query("tenant=acme")).must(t, 504); !strings.Contains(got.body, "took too long") {
		t.Errorf("answered %s", got.body)
	}
}

// TestWhoeverDoesNotReadIsGivenUp begins to read an answer that no buffer on the way can hold, and goes on when its time is over.
func TestWhoeverDoesNotReadIsGivenUp(t *testing.T) {
	var tenants []string
	for i := range 12 {
		tenants = append(tenants, fmt.Sprint("tenant", i))
	}
	s := serveReports(t, upserts(tenants...), func(s *reportServer) { s.Limits.Time = 2 * time.Second })
	answer, err := http.Get(s.url + trend + "?all_tenants=true&from=1970-01-01&to=2199-12-31&format=ndjson")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	for {
		s.turns.mu.Lock()
		n := len(s.turns.tenants)
		s.turns.mu.Unlock()
		if n == 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if n, err := io.Copy(io.Discard, answer.Body); err == nil {
		t.Errorf("%d bytes came, and no error", n)
	}
}

func TestReportsHaveTurns(t *testing.T) {
	s := serveReports(t, upserts("acme"), func(s *reportServer) {
		s.Limits = ReportLimits{AtOnce: 2, PerTenant: 1, Waiting: 1, Patience: 10 * time.Millisecond}
	})
	get := func(actor string) readAnswer { return s.get(t, trend, query("tenant=acme"), "Authorization", actor) }
	back, err := s.turns.take(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	if got := get("acme").must(t, 503); got.header.Get("Retry-After") == "" || !strings.Contains(got.body, "did not get its turn in 10ms") {
		t.Errorf("who waits too long is answered %v %s", got.header, got.body)
	}
	get("provider").must(t, 200)
	s.turns.join("acme") // waits
	if got := get("acme").must(t, 429); got.header.Get("Retry-After") == "" {
		t.Errorf("one too many is answered %v %s", got.header, got.body)
	}
	get("provider").must(t, 200)
	s.turns.leave("acme")
	other, err := s.turns.take(t.Context(), "zeta")
	if err != nil {
		t.Fatal(err)
	}
	get("provider").must(t, 503)
	other()
	back()
	get("acme").must(t, 200)
	s.turns.mu.Lock()
	defer s.turns.mu.Unlock()
	if len(s.turns.tenants) != 0 || len(s.turns.all) != 0 {
		t.Errorf("%d tenants and %d turns are left", len(s.turns.tenants), len(s.turns.all))
	}
}

func TestDefinitionsOverHTTP(t *testing.T) {
	s := serveReports(t, nil, nil)
	var list ReportList
	if err := json.Unmarshal([]byte(s.get(t, "/api/v1/reports", nil).must(t, 200).body), &list); err != nil {
		t.Fatal(err)
	}
	catalog := s.Catalog().Reports()
	if len(list.Items) != len(catalog) {
		t.Fatalf("%d reports, want %d", len(list.Items), len(catalog))
	}
	for i, want := range catalog {
		var one ReportDefinition
		if err := json.Unmarshal([]byte(s.get(t, "/api/v1/reports/"+want.Name, nil).must(t, 200).body), &one); err != nil {
			t.Fatal(err)
		}
		told := definitionOf(want)
		if got := definitionOf(one.Report()); fmt.Sprint(one) != fmt.Sprint(told) || fmt.Sprint(got) != fmt.Sprint(told) || fmt.Sprint(list.Items[i]) != fmt.Sprint(told) {
			t.Errorf("got %+v, listed %+v\nwant %+v", one, list.Items[i], told)
		}
	}
}

// An answer over HTTP/1.0 ends with its connection, whether it is whole or not.
func TestNoReportOverHTTP10(t *testing.T) {
	s := serveReports(t, upserts("acme"), nil)
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET %s?tenant=acme&format=csv HTTP/1.0\r\nAuthorization: acme\r\n\r\n", trend)
	answer, err := io.ReadAll(c)
	if err != nil || !strings.Contains(string(answer), " 426 ") || !strings.Contains(string(answer), "ask over HTTP/1.1") {
		t.Errorf("%s, %v", answer, err)
	}
}

// A place that nobody was given is refused, whatever numbers are in it.
func TestForgedPlacesInAnExplanation(t *testing.T) {
	s := serveReports(t, upserts("acme"), nil)
	now := tallystick.InstantOf(noon)
	place := func(day, start string) string {
		return base64.RawURLEncoding.EncodeToString([]byte("1-1," + day + "," + start))
	}
	right := strconv.FormatInt(int64(now), 10)
	for _, c := range []struct {
		day, start string
		status     int
	}{
		{right, "1", 200}, {right, "2147483647", 200}, {right, "2147483648", 400}, {right, "9223372036854775807", 400}, {right, "9223372036854775808", 400}, {right, "-1", 400},
		{"9223372036854775807", "1", 400}, {"-9223372036854775808", "1", 400},
	} {
		got := s.get(t, "/api/v1/reports/tenant-usage/tables/tenants/rows/1/columns/2/events", query("tenant=acme&after="+place(c.day, c.start)), "Authorization", "acme")
		if got.status != c.status {
			t.Errorf("day %s, start %s: %d %s", c.day, c.start, got.status, got.body)
		}
	}
}
