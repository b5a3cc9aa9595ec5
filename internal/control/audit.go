package control

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/tallystick/tallystick"
)

// Entry is what somebody did, as told to the audit log.
type Entry struct {
	Action     string // what was done, such as "member.disable"; see the methods
	Tenant     string // that the object belongs to; "" the provider
	ObjectKind string // such as "member"; may be empty
	ObjectID   string
	Before     any // as JSON; nil where there was nothing. Never a secret
	After      any
}

// AuditEntry is an entry of the audit log.
type AuditEntry struct {
	Seq         int64              `json:"seq"` // 1, 2, 3, …
	Time        tallystick.Instant `json:"time"`
	ActorKind   ActorKind          `json:"actor_kind"`
	ActorID     string             `json:"actor_id"`
	ActorName   string             `json:"actor_name"`
	ActorTenant string             `json:"actor_tenant"`
	Tenant      string             `json:"tenant"`
	Action      string             `json:"action"`
	ObjectKind  string             `json:"object_kind"`
	ObjectID    string             `json:"object_id"`
	Address     string             `json:"address"`
	RequestID   string             `json:"request_id"`
	Before      json.RawMessage    `json:"before,omitempty"`
	After       json.RawMessage    `json:"after,omitempty"`
	Previous    string             `json:"previous"` // hash of the entry before it; "" of the first
	Hash        string             `json:"hash"`
}

// sum returns the hash that the entry should have: SHA-256, in hex, over a tag and its fields in the order above, numbers in 8 bytes big-endian, texts after
// their length in bytes. So no two entries are the same bytes.
func (e *AuditEntry) sum() string {
	b := []byte("tallystick audit 1\n")
	number := func(n int64) { b = binary.BigEndian.AppendUint64(b, uint64(n)) }
	text := func(s string) {
		number(int64(len(s)))
		b = append(b, s...)
	}
	number(e.Seq)
	number(int64(e.Time))
	for _, s := range []string{string(e.ActorKind), e.ActorID, e.ActorName, e.ActorTenant, e.Tenant, e.Action, e.ObjectKind, e.ObjectID, e.Address, e.RequestID,
		string(e.Before), string(e.After), e.Previous} {
		text(s)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// AuditHead names the newest entry of the audit log. Kept elsewhere, it proves later that nothing before it was changed.
type AuditHead struct {
	Seq  int64  `json:"seq"` // 0: there is none
	Hash string `json:"hash"`
}

func (c conn) auditHead(ctx context.Context, suffix string) (h AuditHead, err error) {
	found, err := c.row(ctx, `
		SELECT seq, hash
		FROM audit_head
		WHERE one = 1`+suffix, nil, &h.Seq, &h.Hash)
	if err == nil && !found {
		err = tallystick.Errorf(tallystick.Internal, "the audit log has lost its head")
	}
	return h, err
}

// AppendAudit writes that somebody did something, for what is not a change in this package: sign-ins, downloads, refusals.
func (s *Store) AppendAudit(ctx context.Context, actor Actor, e Entry) error {
	return s.write(ctx, func(c conn) error {
		head, err := c.auditHead(ctx, c.dialect.locked())
		if err != nil {
			return fmt.Errorf("write audit log: %w", err)
		}
		return (&change{conn: c, now: s.Now(), actor: actor, head: head}).audit(ctx, e)
	})
}

// audit adds an entry to the log.
func (c *change) audit(ctx context.Context, entry Entry) error {
	before, err := auditJSON(entry.Before)
	if err != nil {
		return err
	}
	after, err := auditJSON(entry.After)
	if err != nil {
		return err
	}
	a := &c.actor
	e := AuditEntry{
		Seq: c.head.Seq + 1, Time: c.now, Previous: c.head.Hash,
		ActorKind: a.Kind, ActorID: a.ID, ActorName: clean(a.Name, 320), ActorTenant: clean(a.Tenant, maxTenant),
		Address: clean(a.Address, 64), RequestID: clean(a.RequestID, 128),
		Tenant: clean(entry.Tenant, maxTenant), Action: clean(entry.Action, 64), ObjectKind: clean(entry.ObjectKind, 64), ObjectID: clean(entry.ObjectID, 512),
		Before: before, After: after,
	}
	e.Hash = e.sum()
	if _, err := c.exec(ctx, `
		INSERT INTO audit (seq, time, actor_kind, actor_id, actor_name, actor_tenant, tenant, action, object_kind, object_id, address, request_id,
			before_json, after_json, previous, hash)
		VALUES (`+marks(16)+`)`, e.Seq, e.Time, string(e.ActorKind), e.ActorID, e.ActorName, e.ActorTenant, e.Tenant, e.Action, e.ObjectKind, e.ObjectID, e.Address,
		e.RequestID, string(e.Before), string(e.After), e.Previous, e.Hash); err != nil {
		return fmt.Errorf("write audit log: %w", err)
	}
	if _, err := c.exec(ctx, `
		UPDATE audit_head
		SET seq = ?, hash = ?
		WHERE one = 1`, e.Seq, e.Hash); err != nil {
		return fmt.Errorf("write audit log: %w", err)
	}
	c.head = AuditHead{e.Seq, e.Hash}
	return nil
}

func auditJSON(v any) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write audit log: %w", err)
	}
	return b, nil
}
