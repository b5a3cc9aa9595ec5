package control

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// How deliveries are worked on.
const (
	ClaimLease = tallystick.Minute      // how long a claim of deliveries holds before they are begun
	SendLease  = 2 * tallystick.Minute  // how long one that was begun is held without [Store.HoldDeliveries]; after that nobody knows what has become of it
	GiveUp     = tallystick.Day         // how long it is tried
	SendTries  = 20                     // how often, counting tries whose worker has stopped without a word; those that end come to fewer in a day
	waitNoted  = 10 * tallystick.Second // how long one that nobody takes waits until it says why: another worker may have the way to send it
)

// sendBackoff is how long after its n-th failure a delivery is tried again; the last holds for all that follow.
var sendBackoff = []tallystick.Instant{
	tallystick.Minute, 5 * tallystick.Minute, 15 * tallystick.Minute, 30 * tallystick.Minute, tallystick.Hour, 2 * tallystick.Hour, 4 * tallystick.Hour,
}

// Claimant is who asks for deliveries.
type Claimant struct {
	Worker string
	InHand []Delivery     // what it has claimed and not ended
	Lacks  map[Way]string // the ways that it can't go, each with why, for people
}

// ClaimDeliveries takes up to n deliveries whose time has come, the longest waiting first. What another worker has claimed and not begun in time is taken from it, unless
// that has happened too often: then it has failed. What it has begun and not ended is unknown from then on, for it may have been sent. What the claimant itself still has
// in hand is held, so that it takes nothing from itself, however long it could not say that it is there.
//
// A delivery of a way that the claimant lacks waits, without a try and for as long as it takes. Where nobody goes that way, one that was never tried says why.
func (s *Store) ClaimDeliveries(ctx context.Context, by Claimant, n int) (claimed []Delivery, err error) {
	inHand := inOrder(by.InHand, func(d *Delivery) string { return d.ID })
	err = s.write(ctx, func(c conn) error {
		claimed = nil
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		some, err := c.row(ctx, `SELECT 1 FROM deliveries WHERE state = 'sending' AND lease <= ? LIMIT 1`, []any{now}, new(int))
		if err != nil {
			return err
		}
		log, err := c.sendLog(ctx, s, some)
		if err != nil {
			return err
		}
		for _, d := range inHand { // behind the log, as whoever ends them takes both
			if err := c.holdDelivery(ctx, d, now, now); err != nil {
				return err
			}
		}
		for _, way := range sortedKeys(by.Lacks) {
			if err := c.waitFor(ctx, way, by.Lacks[way], now); err != nil {
				return err
			}
		}
		lost, err := all(ctx, c, `
			SELECT `+deliveryColumns+`
			FROM deliveries
			WHERE state = 'sending' AND lease <= ?
			ORDER BY lease
			LIMIT ?`+c.dialect.skipping(), []any{now, n}, scanDelivery)
		if err != nil {
			return err
		}
		for i := range lost {
			if log == nil {
				lost = nil // since a moment ago: they are for the next who asks
				break
			}
			if err := c.loseDelivery(ctx, &lost[i], now); err != nil {
				return err
			}
			if err := log.sent(ctx, &lost[i], DeliveryUnknown); err != nil {
				return err
			}
		}
		if err := c.concluded(ctx, lost, now); err != nil {
			return err
		}
		due, err := c.dueDeliveries(ctx, by, now, n)
		if err != nil {
			return err
		}
		var spent []Delivery
		claim := newID()
		for i := range due {
			d := &due[i]
			if d.since == 0 {
				d.since, d.Answer = now, "" // why it has waited
			}
			if d.claim != "" && d.spent(now) {
				if err := c.endDelivery(ctx, d, DeliveryFailed, fmt.Sprintf("not sent: its worker has stopped without a word, the last of %d tries", d.Attempts), now); err != nil {
					return err
				}
				spent = append(spent, *d)
				continue
			}
			d.claim = claim
			d.Attempts++
			if _, err := c.exec(ctx, `
				UPDATE deliveries
				SET claim = ?, worker = ?, lease = ?, attempts = ?, since = ?, answer = ?
				WHERE id = ?`, d.claim, clean(by.Worker, 200), now+ClaimLease, d.Attempts, d.since, d.Answer, d.ID); err != nil {
				return err
			}
			claimed = append(claimed, *d)
		}
		return c.concluded(ctx, spent, now)
	})
	if err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	return claimed, nil
}

// dueDeliveries returns up to n deliveries whose time has come, of the ways that a claimant goes, the longest waiting first.
func (c conn) dueDeliveries(ctx context.Context, by Claimant, now tallystick.Instant, n int) ([]Delivery, error) {
	which, args := "", []any{now, now}
	if len(by.Lacks) > 0 { // else the order is that of an index over all ways
		var goes []any
		for _, way := range []Way{ByMail, ByWebhook} {
			if _, lacks := by.Lacks[way]; !lacks {
				goes = append(goes, string(way))
			}
		}
		if len(goes) == 0 {
			return nil, nil
		}
		which, args = ` AND way IN (`+marks(len(goes))+`)`, append(args, goes...)
	}
	return all(ctx, c, `
		SELECT `+deliveryColumns+`
		FROM deliveries
		WHERE state = 'pending' AND next_at <= ? AND lease <= ?`+which+`
		ORDER BY next_at, id
		LIMIT ?`+c.dialect.skipping(), append(args, n), scanDelivery)
}

// waitFor says of the deliveries of a way, whose time has come and that nobody has ever taken, that they wait, and why. Until they are claimed no time counts as tried: their
// since is 0. It says nothing while somebody has some of that way in hand, who goes that way and is only busy, and nothing of those that were tried: they have the words of
// the other server. Those that another program has in hand are left to the next look.
func (c conn) waitFor(ctx context.Context, way Way, why string, now tallystick.Instant) error {
	goes, err := c.row(ctx, `
		SELECT 1
		FROM deliveries
		WHERE way = ? AND lease > 0 AND lease > ?
		LIMIT 1`, []any{string(way), now}, new(int))
	if err != nil || goes {
		return err
	}
	why = clean(why, maxDescription)
	_, err = c.exec(ctx, `
		UPDATE deliveries
		SET since = 0, answer = ?
		WHERE id IN (
			SELECT id
			FROM deliveries
			WHERE state = 'pending' AND way = ? AND next_at <= ? AND attempts = 0 AND (since <> 0 OR answer <> ?)`+c.dialect.skipping()+`)`, why, string(way), now-waitNoted, why)
	return err
}

// spent reports whether a delivery is not tried any more. One that waits for its way has not been tried for any time yet.
func (d *Delivery) spent(now tallystick.Instant) bool {
	return d.since != 0 && now >= d.since+GiveUp || d.Attempts >= SendTries
}

// HoldDeliveries says that a worker is still there, and goes on with what it has in hand: what it has claimed, and what it has begun to send. A claim that was lost meanwhile
// stays lost.
func (s *Store) HoldDeliveries(ctx context.Context, inHand ...Delivery) error {
	inHand = inOrder(inHand, func(d *Delivery) string { return d.ID })
	err := s.write(ctx, func(c conn) error {
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		for _, d := range inHand {
			if err := c.holdDelivery(ctx, d, now, tallystick.MaxInstant); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("hold deliveries: %w", err)
	}
	return nil
}

// holdDelivery holds one delivery of which the worker still has the claim, if that runs out by an instant. One that ran out, and that nobody has taken, is as good as any:
// the row says who has it.
func (c conn) holdDelivery(ctx context.Context, d Delivery, now, by tallystick.Instant) error {
	_, err := c.exec(ctx, `
		UPDATE deliveries
		SET lease = CASE state WHEN 'sending' THEN CAST(? AS BIGINT) ELSE CAST(? AS BIGINT) END
		WHERE id = ? AND claim = ? AND claim <> '' AND state IN ('pending', 'sending') AND lease <= ?`, now+SendLease, now+ClaimLease, d.ID, d.claim, by)
	return err
}

// BeginDeliveries says, before the first byte of each is handed over, that it is being sent: if the worker stops after this the delivery is unknown, and is not sent
// again by itself. It returns the ids of those whose claim was lost, which must not be sent.
func (s *Store) BeginDeliveries(ctx context.Context, deliveries ...Delivery) (lost []string, err error) {
	deliveries = inOrder(deliveries, func(d *Delivery) string { return d.ID })
	err = s.write(ctx, func(c conn) error {
		lost = nil
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		for _, d := range deliveries {
			// An expired claim that nobody has taken is as good as any: the row says who has it.
			n, err := c.exec(ctx, `
				UPDATE deliveries
				SET state = 'sending', lease = ?
				WHERE id = ? AND claim = ? AND state = 'pending'`, now+SendLease, d.ID, d.claim)
			if err != nil {
				return err
			}
			if n == 0 || d.claim == "" {
				lost = append(lost, d.ID)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("begin deliveries: %w", err)
	}
	return lost, nil
}

// inOrder returns a list in one order everywhere: two programs that change the same rows in different orders would wait for each other.
func inOrder[T any](list []T, key func(*T) string) []T {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b T) int { return cmp.Compare(key(&a), key(&b)) })
	return list
}

// Outcome is what has come of a try to deliver.
type Outcome string

const (
	Sent         Outcome = "sent"
	NotSent      Outcome = "failed"  // and won't be
	MaybeSent    Outcome = "unknown" // the connection broke after the message was handed over
	TrySendAgain Outcome = "again"   // not sent, and the next try may succeed
)

// DeliveryEnd is the end of a try.
type DeliveryEnd struct {
	Delivery Delivery // as claimed
	Outcome  Outcome
	Answer   string // of the other server, in its words
}

// EndDeliveries ends tries. One that is to be tried again waits longer each time, and has failed after [GiveUp]. When the last delivery of a run has ended, and some
// have failed or are unknown, the owner is told which. Reports that have left, or may have, are in the audit log.
//
// Nobody ends a try but who has that very claim. Who was taken for gone, so that the delivery is unknown, and comes back, may still say how it has ended, until it is
// to be sent again. It returns the ids of those whose claim was lost.
func (s *Store) EndDeliveries(ctx context.Context, ends ...DeliveryEnd) (lost []string, err error) {
	ends = inOrder(ends, func(e *DeliveryEnd) string { return e.Delivery.ID })
	err = s.write(ctx, func(c conn) error {
		lost = nil
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		log, err := c.sendLog(ctx, s, slices.ContainsFunc(ends, func(e DeliveryEnd) bool { return e.Outcome == Sent || e.Outcome == MaybeSent }))
		if err != nil {
			return err
		}
		var ended []Delivery
		for _, e := range ends {
			found, err := all(ctx, c, `
				SELECT `+deliveryColumns+`
				FROM deliveries
				WHERE id = ? AND claim = ? AND claim <> '' AND state IN ('pending', 'sending', 'unknown')`+c.dialect.locked(), []any{e.Delivery.ID, e.Delivery.claim}, scanDelivery)
			if err != nil {
				return err
			}
			if len(found) == 0 {
				lost = append(lost, e.Delivery.ID)
				continue
			}
			d := &found[0]
			state := DeliveryState(e.Outcome)
			switch e.Outcome {
			case Sent, NotSent, MaybeSent:
			case TrySendAgain:
				wait := sendBackoff[min(max(d.Attempts, 1), len(sendBackoff))-1]
				if !d.spent(now + wait) {
					if _, err := c.exec(ctx, `
						UPDATE deliveries
						SET state = 'pending', claim = '', lease = 0, next_at = ?, answer = ?, finished = 0
						WHERE id = ?`, now+wait, clean(e.Answer, maxDescription), d.ID); err != nil {
						return err
					}
					continue
				}
				state = DeliveryFailed
			default:
				return tallystick.Errorf(tallystick.Internal, "a delivery can't end by %q", e.Outcome)
			}
			if err := c.endDelivery(ctx, d, state, e.Answer, now); err != nil {
				return err
			}
			if state == DeliverySent || state == DeliveryUnknown {
				if err := log.sent(ctx, d, state); err != nil {
					return err
				}
			}
			ended = append(ended, *d)
		}
		return c.concluded(ctx, ended, now)
	})
	if err != nil {
		return nil, fmt.Errorf("end deliveries: %w", err)
	}
	return lost, nil
}

// endDelivery ends a delivery for good.
func (c conn) endDelivery(ctx context.Context, d *Delivery, state DeliveryState, answer string, now tallystick.Instant) error {
	_, err := c.exec(ctx, `
		UPDATE deliveries
		SET state = ?, answer = ?, claim = '', lease = 0, finished = ?
		WHERE id = ?`, string(state), clean(answer, maxDescription), now, d.ID)
	return err
}

// loseDelivery ends a delivery whose worker was sending it and is not heard of any more. The claim stays, so that the worker may still say what has come of it.
func (c conn) loseDelivery(ctx context.Context, d *Delivery, now tallystick.Instant) error {
	_, err := c.exec(ctx, `
		UPDATE deliveries
		SET state = 'unknown', answer = 'the server that was sending it has stopped', lease = 0, finished = ?
		WHERE id = ?`, now, d.ID)
	return err
}

// concluded tells the owners of the runs whose last delivery has ended, if some have not arrived.
func (c conn) concluded(ctx context.Context, ended []Delivery, now tallystick.Instant) error {
	runs := map[string]bool{}
	for _, d := range ended {
		if d.Kind == ReportDelivery {
			runs[d.Run] = true
		}
	}
	for _, run := range sortedKeys(runs) {
		// The lock makes those that end the last two deliveries at once come one after the other: otherwise neither would see the other's.
		found, err := all(ctx, c, `
			SELECT `+runColumns+`
			FROM runs
			WHERE id = ?`+c.dialect.locked(), []any{run}, scanRun)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			continue
		}
		if err := c.noticeDeliveries(ctx, &found[0], now); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys[K ~string, V any](set map[K]V) []K { return slices.Sorted(maps.Keys(set)) }

// noticeDeliveries tells the owner of a run which recipients have not got it, once all deliveries have ended.
func (c conn) noticeDeliveries(ctx context.Context, r *Run, now tallystick.Instant) error {
	// The first of those that are open answers for all: there may be many.
	open, err := c.row(ctx, `
		SELECT 1
		FROM deliveries
		WHERE run = ? AND state IN ('pending', 'sending') AND kind = 'report'
		LIMIT 1`, []any{r.ID}, new(int))
	if err != nil || open {
		return err
	}
	var bad int
	if _, err := c.row(ctx, `
		SELECT COUNT(*)
		FROM deliveries
		WHERE run = ? AND state IN ('failed', 'unknown') AND kind = 'report'`, []any{r.ID}, &bad); err != nil || bad == 0 {
		return err
	}
	const listed = 50
	missing, err := all(ctx, c, `
		SELECT `+deliveryColumns+`
		FROM deliveries
		WHERE run = ? AND kind = 'report' AND state IN ('failed', 'unknown')
		ORDER BY state, address, id
		LIMIT ?`, []any{r.ID, listed}, scanDelivery)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "The run of %v of the scheduled report %q has not, or not for certain, got to these recipients:\n\n", r.At, r.Name)
	for _, d := range missing {
		what := "failed"
		if d.State == DeliveryUnknown {
			what = "unknown, it may have arrived"
		}
		fmt.Fprintf(&b, "%s: %s: %s\n", d.Recipient.Address, what, cut(cmp.Or(d.Answer, "no answer"), 300))
	}
	if bad > listed {
		fmt.Fprintf(&b, "and %d more\n", bad-listed)
	}
	b.WriteString("\nEach can be sent again from the history of the schedule.\n")
	owner, err := c.ownerOf(ctx, r)
	if err != nil {
		return err
	}
	return c.notice(ctx, notice{
		run: r.ID, schedule: r.Schedule, member: owner, topic: "deliveries", body: b.String(),
		subject: fmt.Sprintf("The scheduled report %q has not reached all its recipients", r.Name),
	}, now)
}
