package control_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// ofMany makes a control plane on SQLite, with synchronous=FULL, and n enabled schedules that are due at once.
func ofMany(b *testing.B, n int) (*place, control.Schedule) {
	b.Helper()
	p := newPlace(b, filepath.Join(b.TempDir(), "control.db"))
	who := p.owner()
	k := scheduled("Hourly", hourly())
	k.Recipients = []control.Recipient{outside("a@example.org")}
	k = p.schedule(who, k)
	if _, err := p.direct().Exec(`
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO schedules (id, tenant, owner, owner_name, name, description, job, recurrence, settle, catch_up, recipients, attach, enabled, next_at, covered_until,
			version, stopped, created, edited)
		SELECT s.id || i, tenant, owner, owner_name, name, description, job, recurrence, settle, catch_up, recipients, attach, enabled, next_at, covered_until,
			version, stopped, created, edited
		FROM n, schedules s
		WHERE i <= ?`, n-1, n-1); err != nil {
		b.Fatal(err)
	}
	p.wait(tallystick.Hour)
	return p, k
}

// BenchmarkPlan is a minute in which 10 000 schedules are due.
func BenchmarkPlan(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		p, _ := ofMany(b, 10_000)
		b.StartTimer()
		if n, _, err := p.Plan(b.Context(), 20_000); err != nil || n != 10_000 {
			b.Fatalf("planned %d, %v", n, err)
		}
	}
}

// BenchmarkDeliveries is the way of 10 000 deliveries of one minute through the ledger, so many in each transaction: claimed, begun, ended.
func BenchmarkDeliveries(b *testing.B) {
	for _, batch := range []int{1, 20, 200} {
		b.Run(fmt.Sprint(batch), func(b *testing.B) {
			p, _ := ofMany(b, 1)
			p.plan()
			p.wait(5 * tallystick.Minute)
			deliveries := make([]control.Delivery, 10_000)
			for i := range deliveries {
				deliveries[i].Recipient = outside("a@example.org")
			}
			p.finish(p.claim(), nil, deliveries...)
			done := 0
			b.ResetTimer()
			for done < b.N {
				list, err := p.ClaimDeliveries(b.Context(), control.Claimant{Worker: "w"}, batch)
				if err != nil || len(list) == 0 {
					b.Fatalf("after %d of %d: %v", done, b.N, err)
				}
				if lost, err := p.BeginDeliveries(b.Context(), list...); err != nil || len(lost) > 0 {
					b.Fatal(lost, err)
				}
				ends := make([]control.DeliveryEnd, len(list))
				for i, d := range list {
					ends[i] = control.DeliveryEnd{Delivery: d, Outcome: control.Sent, Answer: "250 OK"}
				}
				if lost, err := p.EndDeliveries(b.Context(), ends...); err != nil || len(lost) > 0 {
					b.Fatal(lost, err)
				}
				done += len(list)
			}
			b.ReportMetric(float64(done)/b.Elapsed().Seconds(), "deliveries/s")
		})
	}
}

// BenchmarkRuns is the way of runs through the ledger, so many claimed in each transaction, and each finished in its own.
func BenchmarkRuns(b *testing.B) {
	p, k := ofMany(b, 10_000)
	if _, _, err := p.Plan(b.Context(), 20_000); err != nil {
		b.Fatal(err)
	}
	p.wait(5 * tallystick.Minute)
	done := 0
	b.ResetTimer()
	for done < b.N {
		list, err := p.ClaimRuns(b.Context(), "w", 20)
		if err != nil || len(list) == 0 {
			b.Fatalf("after %d of %d: %v", done, b.N, err)
		}
		for _, r := range list {
			if err := p.FinishRun(b.Context(), r, control.Result{File: control.RunFile{Name: "a.csv"}}, []control.Delivery{{Recipient: k.Recipients[0]}}); err != nil {
				b.Fatal(err)
			}
		}
		done += len(list)
	}
	b.ReportMetric(float64(done)/b.Elapsed().Seconds(), "runs/s")
}
