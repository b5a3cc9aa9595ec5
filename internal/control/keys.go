package control

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// Scope is what a key may be used for.
type Scope string

const (
	ScopeIngest     Scope = "ingest"     // hand over events
	ScopeAttributes Scope = "attributes" // and among them such as describe the tenant itself
	ScopeRead       Scope = "read"       // ask for reports
	ScopeQuarantine Scope = "quarantine" // look at, replay and remove rejected events
)

// Scopes are all there are.
var Scopes = []Scope{ScopeIngest, ScopeAttributes, ScopeRead, ScopeQuarantine}

// permissions are those that a key has by a scope. Handing over events is none: see [Actor.Ingests]. Nor is what a key may do with rejected events, which is less than
// INGEST allows: that is about keys too.
func (s Scope) permissions() Permissions {
	if s == ScopeRead {
		return Permissions{{Reports, View}}
	}
	return nil
}

// keyPrefix begins the text of every key, so that one that was left somewhere is recognised.
const keyPrefix = "tsk_"

// Key is what a program uses in place of a member's session. Its text is shown once.
//
// A key goes on when its maker leaves: the program that uses it has not.
type Key struct {
	ID      string             `json:"id"`
	Name    string             `json:"name"`
	Tenant  string             `json:"tenant"` // "" all tenants, also future ones
	Scopes  []Scope            `json:"scopes"`
	Expires tallystick.Instant `json:"expires"` // 0 never
	Revoked tallystick.Instant `json:"revoked"` // 0 not
	Created tallystick.Instant `json:"created"`
	Maker   string             `json:"maker"` // name at that time; "" when it is out of reach
	Used    tallystick.Instant `json:"used"`  // to the minute; 0 never
}

// audited is the key as the audit log of its tenant tells it: the maker may be out of reach of who reads it, and who did it stands beside. Times are written for people.
func (k Key) audited() any {
	k.Maker = ""
	return struct {
		Key
		Expires *string `json:"expires"`
		Revoked *string `json:"revoked"`
		Created *string `json:"created"`
		Used    *string `json:"used"`
	}{k, written(k.Expires), written(k.Revoked), written(k.Created), written(k.Used)}
}

// written is a time in RFC 3339, nil where there is none.
func written(t tallystick.Instant) *string {
	if t == 0 {
		return nil
	}
	text := t.String()
	return &text
}

// AddKey makes a key and returns it with its text. Of k the name, tenant, scopes and expiry count. It needs INGEST:ADD and the tenant in reach, for all tenants a
// reach of all; to read, REPORTS:VIEW as well; for rejected events, all else of INGEST. To describe the tenant, TENANTS:EDIT as well, and another tenant than one's own: what a contract is and whether a tenant
// is locked is for those above it to say, by a key as by a change.
func (s *Store) AddKey(ctx context.Context, actor Actor, k Key) (_ Key, text string, err error) {
	err = s.change(ctx, actor, "key.add", func(c *change) error {
		if err := c.actor.Need(Ingest, Add); err != nil {
			return err
		}
		if k.Tenant != "" {
			if err := checkTenant(k.Tenant); err != nil {
				return err
			}
		}
		if !c.actor.Reach.Holds(k.Tenant) {
			return outOfReach("key", k.Tenant)
		}
		if k.Name, err = checkName(k.Name, "name"); err != nil {
			return err
		}
		if len(k.Scopes) == 0 {
			return tallystick.Errorf(tallystick.Invalid, "the key is for nothing").At("scopes").WithHint("choose among %s", listed(Scopes))
		}
		k.Scopes = slices.Compact(slices.Sorted(slices.Values(k.Scopes)))
		for _, scope := range k.Scopes {
			if !slices.Contains(Scopes, scope) {
				return tallystick.Errorf(tallystick.Invalid, "there is no scope %q", cut(string(scope), 80)).At("scopes").WithHint("choose among %s", listed(Scopes))
			}
		}
		if slices.Contains(k.Scopes, ScopeRead) {
			if err := c.actor.Need(Reports, View); err != nil {
				return err
			}
		}
		if slices.Contains(k.Scopes, ScopeQuarantine) {
			for _, action := range []Action{View, Edit, Remove} {
				if err := c.actor.Need(Ingest, action); err != nil {
					return err
				}
			}
		}
		if slices.Contains(k.Scopes, ScopeAttributes) {
			if err := c.actor.Need(Tenants, Edit); err != nil {
				return err
			}
			if k.Tenant != "" && k.Tenant == c.actor.Tenant {
				return tallystick.Errorf(tallystick.Denied, "a key to describe one's own tenant can't be made").At("scopes").WithHint("ask your provider")
			}
		}
		if k.Expires != 0 && k.Expires <= c.now {
			return tallystick.Errorf(tallystick.Invalid, "the key would have expired at %v", k.Expires).At("expires").WithHint("choose a time to come, or none")
		}
		scopes, err := json.Marshal(k.Scopes)
		if err != nil {
			return err
		}
		k.ID, k.Created, k.Revoked, k.Used, k.Maker = newID(), c.now, 0, 0, c.actor.Name
		text = keyPrefix + newToken()
		if _, err := c.exec(ctx, `
			INSERT INTO api_keys (id, hash, name, tenant, scopes, expires, revoked, created, maker, maker_name, maker_tenant, used)
			VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, 0)`,
			k.ID, digest(text), k.Name, k.Tenant, string(scopes), k.Expires, c.now, c.actor.ID, c.actor.Name, c.actor.Tenant); err != nil {
			return err
		}
		return c.audit(ctx, Entry{Action: "key.add", Tenant: k.Tenant, ObjectKind: "key", ObjectID: k.ID, After: k.audited()})
	})
	return k, text, err
}

// RevokeKey makes a key good for nothing, for ever. It needs INGEST:REMOVE and the key's tenant in reach.
func (s *Store) RevokeKey(ctx context.Context, actor Actor, id string) error {
	return s.change(ctx, actor, "key.revoke", func(c *change) error {
		if err := c.actor.Need(Ingest, Remove); err != nil {
			return err
		}
		within, args := c.actor.Reach.within("tenant")
		found, err := c.keys(ctx, c.actor.Reach, "WHERE id = ? AND "+within, append([]any{id}, args...)...)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return noSuch("key", id)
		}
		was := found[0]
		if was.Revoked != 0 {
			return nil
		}
		if _, err := c.exec(ctx, `UPDATE api_keys SET revoked = ? WHERE id = ?`, c.now, id); err != nil {
			return err
		}
		is := was
		is.Revoked = c.now
		return c.audit(ctx, Entry{Action: "key.revoke", Tenant: was.Tenant, ObjectKind: "key", ObjectID: id, Before: was.audited(), After: is.audited()})
	})
}

// Keys lists the keys in the actor's reach, also those that are revoked or expired, by id. It needs INGEST:VIEW.
func (s *Store) Keys(ctx context.Context, actor Actor, p Page) (List[Key], error) {
	none := List[Key]{}
	if err := actor.Need(Ingest, View); err != nil {
		return none, err
	}
	after, limit, err := p.start()
	if err != nil {
		return none, err
	}
	within, args := actor.Reach.within("tenant")
	list, err := s.single().keys(ctx, actor.Reach, "WHERE id > ? AND "+within+" ORDER BY id LIMIT ?", append(append([]any{after}, args...), limit+1)...)
	if err != nil {
		return none, fmt.Errorf("list keys: %w", err)
	}
	return listOf(list, limit, func(k *Key) string { return k.ID }), nil
}

func (c conn) keys(ctx context.Context, reach Reach, rest string, args ...any) ([]Key, error) {
	return all(ctx, c, `
		SELECT id, name, tenant, scopes, expires, revoked, created, maker_name, maker_tenant, used
		FROM api_keys
		`+rest, args, func(scan func(...any) error) (k Key, err error) {
		var scopes []byte
		var makerTenant string
		if err := scan(&k.ID, &k.Name, &k.Tenant, &scopes, &k.Expires, &k.Revoked, &k.Created, &k.Maker, &makerTenant, &k.Used); err != nil {
			return k, err
		}
		if !reach.Holds(makerTenant) {
			k.Maker = ""
		}
		return k, json.Unmarshal(scopes, &k.Scopes)
	})
}

// KeyActor returns what a key's text stands for. The error is of code Denied for one that is not, or no longer, good.
func (s *Store) KeyActor(ctx context.Context, text string, from From) (Actor, error) {
	if !strings.HasPrefix(text, keyPrefix) {
		return Actor{}, noKey()
	}
	now := s.Now()
	hash := digest(text)
	written := s.written.Load() // before the key is read
	if a, known := s.known.get(hash, written, now); known {
		a.From = from
		return a, nil
	}
	a, good, err := s.single().loadKey(ctx, "hash", hash, from, now)
	if err != nil {
		return Actor{}, fmt.Errorf("read key: %w", err)
	}
	if !good {
		return Actor{}, noKey()
	}
	s.known.put(hash, a, written, now)
	if a.used <= now-touchEvery {
		if err := s.touch(ctx, `UPDATE api_keys SET used = ? WHERE id = ? AND used < ?`, a.ID, now); err != nil {
			return Actor{}, err
		}
	}
	return a, nil
}

// loadKey fills in what a key may do now; column is "id" or "hash". Its reach is its tenant and all below it, its permission to see reports; which events it may
// hand over is said by [Actor.Ingests].
func (c conn) loadKey(ctx context.Context, column, value string, from From, now tallystick.Instant) (a Actor, good bool, err error) {
	a = Actor{Kind: KeyActor, From: from}
	var scopes []byte
	good, err = c.row(ctx, `
		SELECT id, name, tenant, scopes, used
		FROM api_keys
		WHERE `+column+` = ? AND revoked = 0 AND (expires = 0 OR expires > ?)`, []any{value, now}, &a.ID, &a.Name, &a.Tenant, &scopes, &a.used)
	if err != nil || !good {
		return a, false, err
	}
	if err := json.Unmarshal(scopes, &a.Scopes); err != nil {
		return a, false, err
	}
	for _, scope := range a.Scopes {
		a.Permissions = append(a.Permissions, scope.permissions()...)
	}
	a.Reach, err = c.reachOf(ctx, a.Tenant)
	return a, err == nil, err
}
