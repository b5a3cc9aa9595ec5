package control_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/tallystick/tallystick/internal/control"
)

// rival is a transaction of another program on Postgres.
type rival struct {
	*place
	*sql.Tx
}

func (p *place) rival() *rival {
	p.Helper()
	p.server.SetMaxOpenConns(2) // it has one for long
	tx, err := p.server.BeginTx(p.Context(), nil)
	p.is(err, "")
	p.Cleanup(func() { tx.Rollback() })
	return &rival{p, tx}
}

func (r *rival) do(query string, args ...any) {
	r.Helper()
	_, err := r.ExecContext(r.place.Context(), query, args...)
	r.is(err, "")
}

// awaited waits until n others wait for it, or for each other behind it.
func (r *rival) awaited(n int) {
	r.Helper()
	for waiting := 0; waiting < n; {
		r.is(r.QueryRowContext(r.place.Context(), `
			SELECT COUNT(DISTINCT pid)
			FROM pg_locks, UNNEST(pg_blocking_pids(pid)) AS by
			WHERE NOT granted AND (by = pg_backend_pid() OR pg_backend_pid() = ANY(pg_blocking_pids(by)))`).Scan(&waiting), "")
	}
}

const lockHead = `SELECT 1 FROM audit_head WHERE one = 1 FOR UPDATE`

// Who asks for more, and has heard of one that is lost, holds what it has in hand only when it has the audit log: who ends that takes them in the same order. Else the two
// would wait for each other, and how a mail has ended would be lost.
func TestWhoAsksForMoreDoesNotBlockWhoEnds(t *testing.T) {
	p := newPlace(t, needPostgres(t))
	who := p.owner()
	_, run := p.sent(who, outside("a@example.org"), outside("b@example.org"))
	claimed := p.deliveries(2)
	p.begin(claimed...)
	mine := claimed[0] // the other one's worker is gone
	p.wait(control.SendLease)
	r := p.rival()
	r.do(lockHead)
	ended, asked := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := p.EndDeliveries(context.WithoutCancel(p.Context()), control.DeliveryEnd{Delivery: mine, Outcome: control.Sent, Answer: "250"})
		ended <- err
	}()
	r.awaited(1)
	go func() {
		_, err := p.ClaimDeliveries(context.WithoutCancel(p.Context()), control.Claimant{Worker: "w", InHand: []control.Delivery{mine}}, 8)
		asked <- err
	}()
	r.awaited(2)
	r.do(`SELECT id FROM deliveries FOR UPDATE NOWAIT`) // neither has one already
	p.is(r.Commit(), "")
	p.is(<-ended, "")
	p.is(<-asked, "")
	list, err := p.Deliveries(p.Context(), who, run.ID)
	p.is(err, "")
	if list[0].State != control.DeliverySent {
		p.Errorf("the row says %+v", list[0])
	}
}

// What Postgres ends because two wait for each other is done again.
func TestTwoThatWaitForEachOther(t *testing.T) {
	p := newPlace(t, needPostgres(t))
	who := p.owner()
	_, run := p.sent(who, outside("a@example.org"))
	d := p.deliveries(1)[0]
	p.begin(d)
	r := p.rival()
	r.do(`SET LOCAL deadlock_timeout = '1h'`) // the other one finds out, and has to give way
	r.do(`SELECT 1 FROM deliveries WHERE id = $1 FOR UPDATE`, d.ID)
	ended := make(chan error, 1)
	go func() {
		lost, err := p.EndDeliveries(context.WithoutCancel(p.Context()), control.DeliveryEnd{Delivery: d, Outcome: control.Sent, Answer: "250"})
		if len(lost) > 0 {
			t.Error("its claim is lost")
		}
		ended <- err
	}()
	r.awaited(1) // it has the audit log
	r.do(lockHead)
	p.is(r.Commit(), "")
	p.is(<-ended, "")
	list, err := p.Deliveries(p.Context(), who, run.ID)
	p.is(err, "")
	if list[0].State != control.DeliverySent {
		p.Errorf("the row says %+v", list[0])
	}
}
