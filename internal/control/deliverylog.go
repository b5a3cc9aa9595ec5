package control

import "context"

// sendLog takes the audit log for what has left, where there is some; else it is nil. As a change does it takes the head of the log first, before it takes any delivery:
// two that take them in other orders would wait for each other.
func (c conn) sendLog(ctx context.Context, s *Store, some bool) (*change, error) {
	if !some {
		return nil, nil
	}
	head, err := c.auditHead(ctx, c.dialect.locked())
	if err != nil {
		return nil, err
	}
	return &change{conn: c, now: s.Now(), actor: System("deliveries"), head: head}, nil
}

// sent notes that a report has left for a recipient, or may have. Of notices nothing is noted: they tell nothing of any tenant's usage.
func (c *change) sent(ctx context.Context, d *Delivery, state DeliveryState) error {
	if d.Kind != ReportDelivery {
		return nil
	}
	var tenant string
	if _, err := c.row(ctx, `SELECT tenant FROM runs WHERE id = ?`, []any{d.Run}, &tenant); err != nil {
		return err
	}
	is := *d
	is.State = state
	return c.audit(ctx, Entry{Action: "delivery.send", Tenant: tenant, ObjectKind: "delivery", ObjectID: d.ID, After: is.note()})
}
