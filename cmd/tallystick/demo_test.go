package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/api"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/report"
	"github.com/tallystick/tallystick/internal/usage"
)

// demonstrate runs a demonstration of a few weeks in this process until it says that it is ready, with a clock that is some time ahead.
func demonstrate(t *testing.T, data string, ahead time.Duration) (s *served, stdout string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out := &said{}
	s = &served{t: t, stderr: &said{}}
	p := &program{now: func() time.Time { return time.Now().Add(ahead) }, pid: os.Getpid(), stdout: out, stderr: &shared{w: s.stderr}, env: os.LookupEnv}
	for _, known := range settings {
		p.settings = append(p.settings, value{setting: known, text: known.initial, origin: "default"})
	}
	ended := make(chan error, 1)
	go func() { ended <- (&demoCommand{Listen: "127.0.0.1:0", Data: data, Days: 40}).Run(ctx, p) }()
	s.stop = sync.OnceValue(func() int {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
				return failed
			}
		case <-time.After(time.Minute):
			t.Errorf("it did not end within a minute: %s", s.stderr)
			return failed
		}
		return done
	})
	t.Cleanup(func() { s.stop() })
	for range 1200 {
		select {
		case err := <-ended:
			ended <- nil
			t.Fatalf("it has ended: %v\n%s", err, s.stderr)
		case <-time.After(100 * time.Millisecond):
		}
		if strings.Contains(out.String(), "Ctrl-C ends it.\n") {
			s.url = regexp.MustCompile(`ready at (http://\S+)`).FindStringSubmatch(out.String())[1]
			return s, out.String()
		}
	}
	t.Fatalf("it does not get ready:\n%s%s", out, s.stderr)
	return nil, ""
}

// signIn signs in as printed, and returns who that is.
func (s *served) signIn(stdout, email string) (who api.Who) {
	s.t.Helper()
	password := regexp.MustCompile(`the password "([^"]+)"`).FindStringSubmatch(stdout)[1]
	s.must(200, "POST", "/api/v1/session", "", fmt.Sprintf(`{"email":%q,"password":%q}`, email, password))
	s.get("/api/v1/session", &who)
	return who
}

// get asks as whoever has signed in last.
func (s *served) get(path string, into any) {
	s.t.Helper()
	text := s.must(200, "GET", path, "", "")
	if err := json.Unmarshal([]byte(text), into); err != nil {
		s.t.Fatalf("%s: %v: %s", path, err, text)
	}
}

func TestDemo(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	s, stdout := demonstrate(t, data, 0)
	signIns := regexp.MustCompile(`(?m)^  (\S+@\S+)  `).FindAllStringSubmatch(stdout, -1)
	if len(signIns) != 4 {
		t.Fatalf("%d sign-ins in %s", len(signIns), stdout)
	}
	t.Run("every printed sign-in", func(t *testing.T) {
		for i, m := range signIns {
			who := s.signIn(stdout, m[1])
			if who.Name != m[1] || len(who.Permissions) == 0 {
				t.Errorf("%s is %+v", m[1], who)
			}
			var tenants api.List[api.Tenant]
			s.get("/api/v1/tenants", &tenants)
			if want := []int{6, 6, 2, 3}[i]; len(tenants.Items) != want {
				t.Errorf("%s sees %d tenants, want %d", m[1], len(tenants.Items), want)
			}
		}
	})
	s.signIn(stdout, demoAda)
	t.Run("every table of every report", func(t *testing.T) {
		for _, r := range catalog(t).Reports() {
			rows := 0
			for _, table := range r.Tables {
				text := s.must(200, "GET", "/api/v1/reports/"+r.Name+"/tables/"+url.PathEscape(table.Name)+"?tenant=hudson-savings&period=last-month&format=csv", "", "")
				rows += strings.Count(text, "\n") - 1
			}
			if rows < 1 {
				t.Errorf("%s has %d rows", r.Name, rows)
			}
		}
	})
	t.Run("exports", func(t *testing.T) {
		var list api.RunList
		s.get("/api/v1/exports", &list)
		states := map[control.RunState]int{}
		for _, r := range list.Items {
			states[r.State]++
			if r.State == control.RunDone && len(s.must(200, "GET", "/api/v1/runs/"+r.ID+"/file", "", "")) != int(r.File.Size) {
				t.Errorf("the file of %s is cut", r.Name)
			}
			if r.State == control.RunFailed && !strings.Contains(r.Error, `there is no report "ticket-ratings"`) {
				t.Errorf("%s has failed: %s", r.Name, r.Error)
			}
		}
		if states[control.RunDone] != 2 || states[control.RunFailed] != 1 || len(list.Items) != 3 {
			t.Errorf("%v", states)
		}
	})
	t.Run("schedules, their runs and mails", func(t *testing.T) {
		var list api.List[api.Schedule]
		s.get("/api/v1/schedules", &list)
		enabled, recipients := 0, 0
		for _, k := range list.Items {
			if !k.Enabled {
				continue
			}
			enabled++
			var runs api.RunList
			s.get("/api/v1/schedules/"+k.ID+"/runs", &runs)
			if len(runs.Items) != 1 || runs.Items[0].State != control.RunDone || runs.Items[0].Rows == 0 {
				t.Fatalf("%s: %+v", k.Name, runs.Items)
			}
			var deliveries api.List[api.Delivery]
			s.get("/api/v1/runs/"+runs.Items[0].ID+"/deliveries", &deliveries)
			recipients += len(deliveries.Items)
			for _, d := range deliveries.Items {
				if d.State != control.DeliverySent {
					t.Errorf("%s to %s: %s %s", k.Name, d.Recipient.Address, d.State, d.Answer)
				}
			}
		}
		if len(list.Items) != 4 || enabled != 3 {
			t.Errorf("%d schedules, %d enabled", len(list.Items), enabled)
		}
		var mails api.List[api.MailEntry]
		s.get("/api/v1/mailbox", &mails)
		if len(mails.Items) != recipients || recipients != 6 {
			t.Errorf("%d mails for %d recipients", len(mails.Items), recipients)
		}
		attached, outside := 0, 0
		for _, entry := range mails.Items {
			var m api.Mail
			s.get("/api/v1/mailbox/"+entry.ID, &m)
			attached += len(m.Attachments)
			if strings.Contains(m.To, "@ledger.example") {
				outside++
			}
			if m.Text == "" || m.HTML == "" || !strings.Contains(m.From, "Meridian Messaging") {
				t.Errorf("%+v", m)
			}
		}
		if attached != 4 || outside != 1 {
			t.Errorf("%d files are attached, %d mails go outside", attached, outside)
		}
	})
	t.Run("rejected events", func(t *testing.T) {
		var list api.QuarantineList
		s.get("/api/v1/quarantine", &list)
		reasons := map[string]bool{}
		for _, e := range list.Items {
			reasons[e.Reason] = true
		}
		if len(list.Items) != 4 || len(reasons) != 4 {
			t.Errorf("%+v", list.Items)
		}
	})
	key := regexp.MustCompile(`Bearer (tsk_\w+)`).FindStringSubmatch(stdout)[1]
	t.Run("the printed event", func(t *testing.T) {
		event := regexp.MustCompile(`(?s)-d '([^']+)'`).FindStringSubmatch(stdout)[1]
		if got := s.must(200, "POST", "/api/v1/events", key, event); !strings.Contains(got, `"accepted":1,`) {
			t.Error(got)
		}
	})
	t.Run("events go on", func(t *testing.T) {
		first := s.head()
		for range 100 {
			if s.head() != first {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Error("nothing happens")
	})
	s.stop()
	head := tally("verify", "--data", data).must(t, done).count(t, "records")
	if log := s.stderr.String(); strings.Contains(log, "level=") {
		t.Errorf("it logs %s", log)
	}
	t.Run("goes on two days later", func(t *testing.T) {
		s, again := demonstrate(t, data, 48*time.Hour)
		if s.signIn(again, demoGrace); !strings.Contains(again, key) {
			t.Error("another key is printed")
		}
		var list api.RunList
		s.get("/api/v1/exports", &list)
		if len(list.Items) != 1 { // of her tenant's
			t.Errorf("%d exports", len(list.Items))
		}
		s.must(200, "GET", "/api/v1/reports/room-usage/tables/rooms?tenant=hudson-savings&period=previous-day&format=csv", "", "")
		s.stop()
		// Two days have some hundred events each, and what was there is not taken again.
		if more := tally("verify", "--data", data).must(t, done).count(t, "records") - head; more < 400 || more > 4000 {
			t.Errorf("there are %d more events", more)
		}
	})
}

// head returns the newest record of the journal.
func (s *served) head() string {
	var ready struct{ Head string }
	s.get("/readyz", &ready)
	return ready.Head
}

// What a disabled schedule asks for could be made, and what is meant to fail fails for one reason only.
func TestDemoAsksForWhatThereIs(t *testing.T) {
	catalog := catalog(t)
	source := usage.Source{Catalog: func() *report.Catalog { return catalog }}
	check := func(name string, job control.Job) {
		t.Helper()
		if job.Report == "ticket-ratings" { // which is not there
			job.Report = "tenant-usage"
		}
		if err := source.CheckJob(job, tallystick.InstantOf(noon)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, e := range demoExports {
		check(e.name, e.job)
	}
	for _, s := range demoSchedules(tallystick.Date{Year: 2025, Month: 1, Day: 1}) {
		check(s.k.Name, s.k.Job)
	}
}

func TestDemoRefuses(t *testing.T) {
	for _, listen := range []string{"0.0.0.0:0", ":8080", "[::]:0", "192.0.2.1:80", "example.com:80"} {
		tally("demo", "--listen", listen, "--data", filepath.Join(t.TempDir(), "data")).complains(t, misuse, "--listen", listen, "such as at 127.0.0.1:8080")
	}
	t.Run("a directory of something else", func(t *testing.T) {
		data := t.TempDir()
		if err := os.WriteFile(filepath.Join(data, "notes"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		tally("demo", "--data", data, "--listen", "127.0.0.1:0").complains(t, failed, data, "empty or does not exist")
	})
	t.Run("the data of a real server", func(t *testing.T) {
		data := filepath.Join(t.TempDir(), "data")
		tally("import", "--data", data, examples).must(t, done)
		before := tally("verify", "--data", data).must(t, done).stdout
		tally("demo", "--data", data, "--listen", "127.0.0.1:0").complains(t, failed, data, "something else than a demonstration")
		if after := tally("verify", "--data", data).must(t, done).stdout; after != before {
			t.Errorf("it was %s and is %s", before, after)
		}
	})
	// A real server's settings are in the environment where a demonstration is started.
	t.Run("what is set for a real server", func(t *testing.T) {
		var real values
		for _, known := range settings {
			real = append(real, value{setting: known, text: "real"})
		}
		of := real.ofDemo("there")
		for name, want := range map[string]string{"data": "there", "mailbox": filepath.Join("there", "mailbox"), "control": "", "smtp": "", "public-url": "", "trusted-proxies": "", "reports": ""} {
			if got := of.get(name); got != want || real.get(name) != "real" {
				t.Errorf("%s is %q", name, got)
			}
		}
	})
}

// Whenever it is told to end, a demonstration leaves nothing.
func TestDemoLeavesNoTemporaryDirectory(t *testing.T) {
	for _, moment := range []string{`(events) of \S+ to \S+ are imported`, `(serving) `} {
		t.Run(moment, func(t *testing.T) {
			temporary := t.TempDir()
			c := child("demo", "--listen", "127.0.0.1:0")
			c.Env = append(c.Env, "TMPDIR="+temporary)
			stderr := &said{}
			c.Stderr = stderr
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Process.Kill() })
			for range 1200 {
				if regexp.MustCompile(moment).MatchString(stderr.String()) {
					break
				}
				time.Sleep(100 * time.Millisecond)
			}
			if entries, err := os.ReadDir(temporary); err != nil || len(entries) != 1 {
				t.Errorf("%v, %v: %s", entries, err, stderr)
			}
			if err := c.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			late := time.AfterFunc(time.Minute, func() {
				t.Error("it did not end within a minute")
				c.Process.Kill()
			})
			c.Wait()
			late.Stop()
			if entries, err := os.ReadDir(temporary); err != nil || len(entries) > 0 {
				t.Errorf("%v, %v: %s", entries, err, stderr)
			}
			if !strings.Contains(stderr.String(), temporary) || !strings.Contains(stderr.String(), "removed at the end") {
				t.Errorf("it does not say where it is: %s", stderr)
			}
		})
	}
}
