package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// Three workers and their server share a ledger on Postgres while schedules come due; in the long test one of the workers is killed every few seconds. Each run is made, and each
// recipient has got one copy; where a worker was killed in the middle of sending, the row says unknown, and there is one copy at most.
func TestWorkers(t *testing.T) {
	long := os.Getenv("TALLYSTICK_LONG") != ""
	schedules, lasting, between := 30, time.Duration(0), 3*time.Second
	if long {
		schedules, lasting = 2000, 2*time.Minute
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	ctx := context.Background()
	o := openOffice(t, needPostgres(t))
	mail, ledger, owner, url, out := o.mail, o.ledger, o.owner, o.url, o.out
	workers := make([]*exec.Cmd, 3)
	hire := func(i int) {
		c, out := o.command("worker", "--server", url)
		out.find(t, `(works) for`)
		workers[i] = c
	}
	for i := range workers {
		hire(i)
	}
	// Their time is a minute ahead, or the next one where that is too near; with many to make it is further.
	due := time.Now().Add(5*time.Second + time.Duration(schedules)*10*time.Millisecond).Truncate(time.Minute).Add(time.Minute).UTC()
	ids := map[string]bool{}
	for i := range schedules {
		k, err := ledger.AddSchedule(ctx, owner, control.Schedule{
			Name: fmt.Sprintf("schedule %d", i), Enabled: true, Attach: i%2 == 0, CatchUp: control.CatchUpEvery,
			Job:        control.Job{Report: "tenant-usage", AllTenants: true, Period: control.SincePreviousRun, Format: "csv"},
			Recurrence: tallystick.Schedule{Zone: "UTC", Start: tallystick.Date{Year: 2025, Month: 1, Day: 1}, Grain: tallystick.Daily, Every: 1, Hour: due.Hour(), Minute: due.Minute()},
			Recipients: []control.Recipient{{Way: control.ByMail, Member: owner.ID}, {Way: control.ByMail, Address: fmt.Sprintf("r%d@example.com", i)}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if long && k.Next.Time() != due {
			t.Fatalf("it took too long to make the schedules: %v, not %v", k.Next.Time(), due)
		}
		ids[k.ID] = true
		if !long { // the run of yesterday does too
			if _, err := ledger.RunNow(ctx, owner, k.ID, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	if long {
		time.Sleep(time.Until(due))
	}
	kills := 0
	for end := time.Now().Add(lasting); time.Now().Before(end); kills++ {
		time.Sleep(between/2 + rand.N(between))
		i := random.IntN(len(workers))
		workers[i].Process.Kill()
		workers[i].Wait()
		hire(i)
	}

	states := map[control.DeliveryState]int{}
	begun := time.Now()
	for {
		clear(states)
		runs := 0
		for id := range ids {
			l, err := ledger.Runs(ctx, owner, id, control.Page{})
			if err != nil {
				t.Fatal(err)
			}
			if len(l.Items) > 1 {
				t.Fatalf("schedule %s has %d runs", id, len(l.Items))
			}
			if len(l.Items) == 1 && l.Items[0].State == control.RunDone {
				runs++
				rows, err := ledger.Deliveries(ctx, owner, l.Items[0].ID)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range rows {
					states[d.State]++
				}
			}
		}
		if runs == schedules && states[control.DeliverySent]+states[control.DeliveryUnknown] == 2*schedules {
			break
		}
		// A killed worker's claim of a run holds for a minute, of what it was sending for a quarter of an hour.
		if time.Since(begun) > 20*time.Minute || !long && time.Since(begun) > 3*time.Minute {
			t.Fatalf("after all that %d of %d runs are done, and deliveries are %v\n%s", runs, schedules, states, out)
		}
		time.Sleep(time.Second)
	}
	if !long && states[control.DeliveryUnknown] > 0 {
		t.Errorf("nobody was killed, and deliveries are %v", states)
	}
	copies := map[string]int{}
	reports := 0
	for _, m := range mail.Messages() {
		copies[m.Header("Message-Id")]++
		if !strings.Contains(m.Header("Subject"), "has not reached") {
			reports++
		}
	}
	for id, n := range copies {
		if n > 1 {
			t.Errorf("%d copies of %s", n, id)
		}
	}
	if reports > 2*schedules || reports < states[control.DeliverySent] {
		t.Errorf("%d copies for %d recipients, %v", reports, 2*schedules, states)
	}
	t.Logf("%d kills; %d runs, %d mails; deliveries %v", kills, schedules, reports, states)
	server := o.server
	if err := server.Process.Signal(os.Interrupt); err != nil {
		t.Error(err)
	}
	if err := server.Wait(); err != nil || !bytes.Contains([]byte(out.String()), []byte("the server ends")) {
		t.Errorf("the server ends with %v: %s", err, out)
	}
}
