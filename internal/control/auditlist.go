package control

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// AuditFilter says which entries are wanted. Zero values keep every entry.
type AuditFilter struct {
	ActorID    string
	Action     string // "member." with a point at its end: all that begins so
	ObjectKind string
	ObjectID   string
	From       tallystick.Instant // this and later
	Before     tallystick.Instant // earlier than this
}

// Audit lists the entries about what lies in the actor's reach, the newest first. It needs AUDIT_LOG:VIEW.
//
// What somebody from outside of the reach did, the provider or a tenant above, is told without who it was and from where: a tenant's member doesn't learn which
// other tenants there are. Who has not signed in is nobody's, and told as they were.
func (s *Store) Audit(ctx context.Context, actor Actor, f AuditFilter, p Page) (List[AuditEntry], error) {
	none := List[AuditEntry]{}
	if err := actor.Need(AuditLog, View); err != nil {
		return none, err
	}
	after, limit, err := p.start()
	if err != nil {
		return none, err
	}
	seq := int64(math.MaxInt64)
	if after != "" {
		if seq, err = strconv.ParseInt(after, 10, 64); err != nil {
			return none, tallystick.Errorf(tallystick.Invalid, "%q is not a place in the audit log", cut(p.After, 80)).At("after")
		}
	}
	where, args := []string{"seq < ?"}, []any{seq}
	and := func(condition string, more ...any) {
		where = append(where, condition)
		args = append(args, more...)
	}
	within, reached := actor.Reach.within("tenant")
	and(within, reached...)
	if f.ActorID != "" {
		and("actor_id = ?", f.ActorID)
		within, reached := actor.Reach.within("actor_tenant")
		and(within, reached...)
	}
	if strings.HasSuffix(f.Action, ".") {
		and("action >= ? AND action < ?", f.Action, strings.TrimSuffix(f.Action, ".")+"/") // '/' comes after '.'
	} else if f.Action != "" {
		and("action = ?", f.Action)
	}
	if f.ObjectKind != "" {
		and("object_kind = ?", f.ObjectKind)
	}
	if f.ObjectID != "" {
		and("object_id = ?", f.ObjectID)
	}
	if f.From != 0 {
		and("time >= ?", f.From)
	}
	if f.Before != 0 {
		and("time < ?", f.Before)
	}
	entries, err := s.single().auditEntries(ctx, "WHERE "+strings.Join(where, " AND ")+" ORDER BY seq DESC LIMIT ?", append(args, limit+1)...)
	if err != nil {
		return none, fmt.Errorf("list audit log: %w", err)
	}
	for i := range entries {
		if e := &entries[i]; e.ActorKind != NoActor && !actor.Reach.All && !actor.Reach.Holds(e.ActorTenant) {
			e.ActorKind, e.ActorID, e.ActorName, e.ActorTenant, e.Address, e.RequestID = "", "", "", "", "", ""
		}
	}
	return listOf(entries, limit, func(e *AuditEntry) string { return strconv.FormatInt(e.Seq, 10) }), nil
}

func (c conn) auditEntries(ctx context.Context, rest string, args ...any) ([]AuditEntry, error) {
	return all(ctx, c, `
		SELECT seq, time, actor_kind, actor_id, actor_name, actor_tenant, tenant, action, object_kind, object_id, address, request_id,
			before_json, after_json, previous, hash
		FROM audit
		`+rest, args, func(scan func(...any) error) (e AuditEntry, err error) {
		var kind, before, after string
		err = scan(&e.Seq, &e.Time, &kind, &e.ActorID, &e.ActorName, &e.ActorTenant, &e.Tenant, &e.Action, &e.ObjectKind, &e.ObjectID, &e.Address, &e.RequestID,
			&before, &after, &e.Previous, &e.Hash)
		e.ActorKind = ActorKind(kind)
		if before != "" {
			e.Before = json.RawMessage(before)
		}
		if after != "" {
			e.After = json.RawMessage(after)
		}
		return e, err
	})
}

// AuditHead returns the newest entry's number and hash.
func (s *Store) AuditHead(ctx context.Context) (AuditHead, error) {
	return s.single().auditHead(ctx, "")
}

// VerifyAudit walks the whole audit log and returns its head. The error is of code Conflict and names the first entry that was changed, put in or taken out;
// entries that were taken away at the end are told by the head, which is kept beside them. Who can write to the database can make a whole chain anew: against
// that, keep a head elsewhere and see that its entry still has its hash.
func (s *Store) VerifyAudit(ctx context.Context) (AuditHead, error) {
	var last AuditHead
	err := s.read(ctx, func(c conn) error {
		head, err := c.auditHead(ctx, "")
		if err != nil {
			return err
		}
		for {
			entries, err := c.auditEntries(ctx, "WHERE seq > ? ORDER BY seq LIMIT 1000", last.Seq)
			if err != nil {
				return err
			}
			for i := range entries {
				e := &entries[i]
				switch {
				case e.Seq != last.Seq+1:
					return broken(last.Seq+1, "is missing")
				case e.Previous != last.Hash:
					return broken(e.Seq, "does not follow the one before it")
				case e.Hash != e.sum():
					return broken(e.Seq, "was changed")
				case e.Seq > head.Seq:
					return broken(e.Seq, "was put in past the end")
				}
				last = AuditHead{e.Seq, e.Hash}
			}
			if len(entries) == 0 {
				break
			}
		}
		if last.Seq != head.Seq {
			return broken(last.Seq+1, "is missing, and those after it up to "+strconv.FormatInt(head.Seq, 10))
		}
		if last.Hash != head.Hash {
			return broken(last.Seq, "is not the one that was written last")
		}
		return nil
	})
	if err != nil {
		return AuditHead{}, fmt.Errorf("verify audit log: %w", err)
	}
	return last, nil
}

func broken(seq int64, how string) error {
	return tallystick.Errorf(tallystick.Conflict, "entry %d of the audit log %s", seq, how).
		WithHint("somebody has edited the control database; compare it with a backup")
}
