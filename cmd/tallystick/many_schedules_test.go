package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// Many schedules come due in the same minute. Each run is made and each mail sent, once; the log tells how long that took and how much memory the server had.
func TestManySchedules(t *testing.T) {
	long := os.Getenv("TALLYSTICK_LONG") != ""
	schedules := 40
	if long {
		schedules = 10_000
	}
	ctx := context.Background()
	o := openOffice(t, "")
	due := time.Now().Add(5*time.Second + time.Duration(schedules)*15*time.Millisecond).Truncate(time.Minute).Add(time.Minute).UTC()
	for i := range schedules {
		k, err := o.ledger.AddSchedule(ctx, o.owner, control.Schedule{
			Name: fmt.Sprintf("schedule %d", i), Enabled: true, Attach: true, CatchUp: control.CatchUpEvery,
			Job:        control.Job{Report: "tenant-usage", AllTenants: true, Period: control.SincePreviousRun, Format: "csv"},
			Recurrence: tallystick.Schedule{Zone: "UTC", Start: tallystick.Date{Year: 2025, Month: 1, Day: 1}, Grain: tallystick.Daily, Every: 1, Hour: due.Hour(), Minute: due.Minute()},
			Recipients: []control.Recipient{{Way: control.ByMail, Address: fmt.Sprintf("r%d@example.com", i)}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if !long {
			if _, err := o.ledger.RunNow(ctx, o.owner, k.ID, 0); err != nil {
				t.Fatal(err)
			}
		} else if k.Next.Time() != due {
			t.Fatalf("it took too long to make the schedules: %v, not %v", k.Next.Time(), due)
		}
	}
	began := time.Now()
	if long {
		time.Sleep(time.Until(due))
		began = due
	}
	patience := 3 * time.Minute
	if long {
		patience = time.Hour
	}
	for len(o.mail.Messages()) < schedules {
		if time.Since(began) > patience {
			t.Fatalf("after all that time there are %d mails\n%s", len(o.mail.Messages()), o.out)
		}
		time.Sleep(50 * time.Millisecond)
	}
	took := time.Since(began)
	time.Sleep(2 * time.Second) // for what would come twice
	got := map[string]int{}
	for _, m := range o.mail.Messages() {
		got[m.To]++
	}
	for to, n := range got {
		if n != 1 {
			t.Errorf("%s has %d mails", to, n)
		}
	}
	if len(got) != schedules {
		t.Errorf("%d recipients have a mail", len(got))
	}
	runs := map[string]int{}
	for p := (control.Page{Limit: control.MaxLimit}); ; {
		l, err := o.ledger.Archive(ctx, o.owner, control.RunFilter{}, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range l.Items {
			runs[r.Schedule]++
			if r.State != control.RunDone || r.Attempts != 1 {
				t.Errorf("the run %s is %s after %d tries: %s", r.ID, r.State, r.Attempts, r.Error)
			}
		}
		if p.After = l.Next; l.Next == "" {
			break
		}
	}
	for schedule, n := range runs {
		if n != 1 {
			t.Errorf("schedule %s has %d runs", schedule, n)
		}
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", o.server.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	peak := ""
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
			peak = strings.TrimSpace(string(rest))
		}
	}
	t.Logf("%d schedules: all mails in %.1f s, %.0f a second; the server's memory at most %s", schedules, took.Seconds(), float64(schedules)/took.Seconds(), peak)
	if len(runs) != schedules {
		t.Errorf("%d schedules have a run", len(runs))
	}
}
