package control

import (
	"context"
	"fmt"

	"github.com/tallystick/tallystick"
)

// Way is how something gets to a recipient.
type Way string

const (
	ByMail    Way = "mail"
	ByWebhook Way = "webhook"
)

// Recipient is who gets what a schedule makes: a member, named by its id, or an outside address. Of a member the address is the one that it has now.
type Recipient struct {
	ID      string `json:"id"` // keeps its secret over edits; "" of a new one
	Way     Way    `json:"way"`
	Address string `json:"address"` // e-mail or, of a webhook, http or https
	Name    string `json:"name"`
	Member  string `json:"member,omitempty"` // id; "" an outside address
	Secret  Secret `json:"-"`                // that a webhook is signed with: told once, when it is made
}

// DeliveryKind is what is delivered.
type DeliveryKind string

const (
	ReportDelivery DeliveryKind = "report"
	NoticeDelivery DeliveryKind = "notice" // tells an owner that something has gone wrong
)

// DeliveryState is how far a delivery is.
type DeliveryState string

const (
	DeliveryPending DeliveryState = "pending"
	DeliverySending DeliveryState = "sending"
	DeliverySent    DeliveryState = "sent"
	DeliveryFailed  DeliveryState = "failed"
	DeliveryUnknown DeliveryState = "unknown" // the connection broke after the message was handed over: nobody knows
)

// Delivery is what one recipient gets of one run, or a notice.
type Delivery struct {
	ID        string             `json:"id"`
	Run       string             `json:"run,omitempty"`      // "" of a notice about a schedule
	Schedule  string             `json:"schedule,omitempty"` // "" of none
	Kind      DeliveryKind       `json:"kind"`
	Recipient Recipient          `json:"recipient"`  // as it was when the delivery was made
	MessageID string             `json:"message_id"` // the same on every try
	Subject   string             `json:"subject,omitempty"`
	Body      string             `json:"body,omitempty"` // of a notice
	State     DeliveryState      `json:"state"`
	Attempts  int                `json:"attempts"`
	Next      tallystick.Instant `json:"next"`   // when it is tried again, while pending
	Answer    string             `json:"answer"` // the words of the other server
	Link      DeliveryLink       `json:"link"`
	Created   tallystick.Instant `json:"created"`
	Finished  tallystick.Instant `json:"finished"` // 0 not yet

	sealed string             // the secret of a webhook
	topic  string             // of a notice: there is one of each
	since  tallystick.Instant // when it was first to be sent; 0: its way is lacking, and it waits
	claim  string
}

// DeliveryLink is the link that a delivery has in place of an attachment. The zero DeliveryLink is none.
type DeliveryLink struct {
	Expires tallystick.Instant `json:"expires"`
	Revoked tallystick.Instant `json:"revoked"` // 0 not
	Uses    int64              `json:"uses"`
}

const deliveryColumns = `id, run, schedule, kind, topic, recipient, way, address, name, member, message_id, subject, body, state, attempts, since, next_at, answer, claim,
	link_expires, link_revoked, link_uses, created, finished`

func scanDelivery(scan func(...any) error) (d Delivery, err error) {
	var kind, way, state string
	err = scan(&d.ID, &d.Run, &d.Schedule, &kind, &d.topic, &d.Recipient.ID, &way, &d.Recipient.Address, &d.Recipient.Name, &d.Recipient.Member, &d.MessageID, &d.Subject,
		&d.Body, &state, &d.Attempts, &d.since, &d.Next, &d.Answer, &d.claim, &d.Link.Expires, &d.Link.Revoked, &d.Link.Uses, &d.Created, &d.Finished)
	d.Kind, d.Recipient.Way, d.State = DeliveryKind(kind), Way(way), DeliveryState(state)
	return d, err
}

// insertDelivery writes a delivery that waits. It reports false for a notice that there is already.
func (c conn) insertDelivery(ctx context.Context, d *Delivery) (bool, error) {
	if d.ID == "" {
		d.ID = newID()
	}
	if d.MessageID == "" {
		d.MessageID = d.ID
	}
	r := &d.Recipient
	n, err := c.exec(ctx, `
		INSERT INTO deliveries (id, run, schedule, kind, topic, recipient, way, address, name, member, message_id, subject, body, state, since, next_at, created,
			secret, attempts, answer, claim, worker, lease, link_hash, link_expires, link_revoked, link_uses, finished)
		VALUES (`+marks(13)+`, 'pending', ?, ?, ?, ?, 0, '', '', '', 0, '', 0, 0, 0, 0)
		ON CONFLICT DO NOTHING`,
		d.ID, d.Run, d.Schedule, string(d.Kind), d.topic, r.ID, string(r.Way), r.Address, r.Name, r.Member, d.MessageID, d.Subject, d.Body, d.Created, d.Created, d.Created, d.sealed)
	return n > 0, err
}

// addDeliveries makes the deliveries of a run. Webhooks have the secrets that the schedule has for them now.
func (c conn) addDeliveries(ctx context.Context, r *Run, deliveries []Delivery, now tallystick.Instant) error {
	sealed := map[string]string{}
	if len(deliveries) > 0 && r.Schedule != "" {
		k, err := c.schedule(ctx, Reach{All: true}, r.Schedule, "")
		if err != nil && tallystick.CodeOf(err) != tallystick.NotFound {
			return err
		}
		sealed = k.sealed
	}
	for _, d := range deliveries {
		d.Run, d.Schedule, d.Kind, d.Created, d.sealed = r.ID, r.Schedule, ReportDelivery, now, sealed[d.Recipient.ID]
		inserted, err := c.insertDelivery(ctx, &d)
		if err == nil && !inserted {
			err = tallystick.Errorf(tallystick.Internal, "there is a delivery %q already", d.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// notice is a message to a member about a run or a schedule. Of each topic of a run a member gets one. A notice never leads to another.
type notice struct {
	run, schedule, member, topic string
	subject, body                string
}

// notice makes a notice, unless whom it is for can't sign in any more: then there is nobody to tell, and the history tells.
func (c conn) notice(ctx context.Context, n notice, now tallystick.Instant) error {
	r := Recipient{Way: ByMail, Member: n.member}
	active, err := c.row(ctx, `
		SELECT email, name
		FROM members
		WHERE id = ? AND status = 'active'`, []any{n.member}, &r.Address, &r.Name)
	if err != nil {
		return fmt.Errorf("make notice: %w", err)
	}
	if !active {
		return nil
	}
	_, err = c.insertDelivery(ctx, &Delivery{
		Run: n.run, Schedule: n.schedule, Kind: NoticeDelivery, topic: n.topic, Recipient: r, Subject: n.subject, Body: clean(n.body, 20_000), Created: now,
	})
	if err != nil {
		return fmt.Errorf("make notice: %w", err)
	}
	return nil
}

// Deliveries lists what each recipient of a run has got, by address. It needs SCHEDULED_TASKS:VIEW.
func (s *Store) Deliveries(ctx context.Context, actor Actor, run string) (list []Delivery, err error) {
	if err := actor.Need(ScheduledTasks, View); err != nil {
		return nil, err
	}
	kept, err := s.retention(ctx)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	var r Run
	err = s.read(ctx, func(c conn) error {
		if r, err = c.visibleRun(ctx, actor, run); err != nil {
			return err
		}
		list, err = all(ctx, c, `
			SELECT `+deliveryColumns+`
			FROM deliveries
			WHERE run = ? AND kind = 'report'
			ORDER BY address, id`, []any{run}, scanDelivery)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	for i := range list {
		list[i].claim = ""
		if l := &list[i].Link; l.Expires != 0 {
			l.Expires = min(l.Expires, r.Finished+kept) // the file goes then, also where that was set later
		}
	}
	return list, nil
}

// changedDelivery returns a delivery, of a run in the actor's reach, that the actor may do something with. It needs SCHEDULED_TASKS:EDIT.
func (c *change) changedDelivery(ctx context.Context, id string) (d Delivery, r Run, err error) {
	if err := c.actor.Need(ScheduledTasks, Edit); err != nil {
		return d, r, err
	}
	found, err := all(ctx, c.conn, `
		SELECT `+deliveryColumns+`
		FROM deliveries
		WHERE id = ? AND kind = 'report'`+c.dialect.locked(), []any{id}, scanDelivery)
	if err != nil {
		return d, r, err
	}
	if len(found) == 0 {
		return d, r, noSuch("delivery", id)
	}
	r, err = c.run(ctx, c.actor.Reach, found[0].Run)
	if tallystick.CodeOf(err) == tallystick.NotFound {
		err = noSuch("delivery", id)
	}
	return found[0], r, err
}

// deliveryNote is what the audit log says of a delivery.
type deliveryNote struct {
	Run     string             `json:"run"`
	Address string             `json:"address"`
	State   DeliveryState      `json:"state"`
	Revoked tallystick.Instant `json:"revoked,omitempty"`
}

func (d *Delivery) note() deliveryNote {
	return deliveryNote{d.Run, d.Recipient.Address, d.State, d.Link.Revoked}
}

// ResendDelivery sends once more what has failed or may not have arrived, under the same Message-ID. A link that was revoked stays so, and another is sent. It needs SCHEDULED_TASKS:EDIT. The error is of code Conflict
// for what was sent or still is to be.
func (s *Store) ResendDelivery(ctx context.Context, actor Actor, id string) (d Delivery, err error) {
	err = s.change(ctx, actor, "delivery.resend", func(c *change) error {
		was, r, err := c.changedDelivery(ctx, id)
		if err != nil {
			return err
		}
		if was.State != DeliveryFailed && was.State != DeliveryUnknown {
			return tallystick.Errorf(tallystick.Conflict, "the delivery to %s is %s", was.Recipient.Address, was.State)
		}
		if r.FileRemoved != 0 || r.Deleted != 0 {
			return tallystick.Errorf(tallystick.Conflict, "the file of %q was removed", r.Name).WithHint("make its period again by Run now")
		}
		now, err := c.clock(ctx, s)
		if err != nil {
			return err
		}
		if _, err := c.exec(ctx, `
			UPDATE deliveries
			SET state = 'pending', claim = '', attempts = 0, since = ?, next_at = ?, finished = 0, link_hash = CASE link_revoked WHEN 0 THEN link_hash ELSE '' END,
				link_expires = CASE link_revoked WHEN 0 THEN link_expires ELSE 0 END, link_revoked = 0
			WHERE id = ?`, now, now, id); err != nil {
			return err
		}
		d = was
		d.State, d.Attempts, d.Next, d.Finished = DeliveryPending, 0, now, 0
		if d.Link.Revoked != 0 {
			d.Link.Revoked, d.Link.Expires = 0, 0
		}
		return c.audit(ctx, Entry{Action: "delivery.resend", Tenant: r.Tenant, ObjectKind: "delivery", ObjectID: id, Before: was.note(), After: d.note()})
	})
	return d, err
}
