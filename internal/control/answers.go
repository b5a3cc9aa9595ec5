package control

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/tallystick/tallystick"
)

// A request that makes something may be repeated by who has not got the answer: under the same key it is not done again, and the first answer is given once more.
const (
	AnswerLifetime = tallystick.Day        // how long an answer is kept
	ClaimLifetime  = 5 * tallystick.Minute // how long a request may be worked on; after that whoever did has crashed
	maxAnswer      = 1 << 20               // bytes of a body
)

// Answer is what was answered to a request.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Claim is the right to work on a request. It ends by Finish or Release.
type Claim struct {
	store                *Store
	principal, key, name string
}

// RequestDigest tells requests apart: by method, path with query, and body.
func RequestDigest(method, path string, body []byte) string {
	return digest(fmt.Sprintf("%d %s %d %s %d %s", len(method), method, len(path), path, len(body), body))
}

// Claim begins a request of a principal, such as "member " and an id, under a key that it has chosen. It returns a claim to whoever comes first, and the answer to
// whoever repeats a request that was answered. The error is of code Conflict when the key was used for another request, and while the first is worked on.
func (s *Store) Claim(ctx context.Context, principal, key, digest string) (*Claim, *Answer, error) {
	if key == "" || len(key) > 255 {
		return nil, nil, tallystick.Errorf(tallystick.Invalid, "an idempotency key can't have %d bytes", len(key)).WithHint("take 1 to 255, such as a UUID")
	}
	now := s.Now()
	claim := &Claim{store: s, principal: principal, key: key, name: newID()}
	var answer *Answer
	err := s.write(ctx, func(c conn) error {
		// One statement takes what is free, expired or left behind: of several that come at once, one changes the row.
		taken, err := c.exec(ctx, `
			INSERT INTO answers (principal, name, digest, claim, claimed, expires, status, header, body)
			VALUES (?, ?, ?, ?, ?, ?, 0, '', '')
			ON CONFLICT (principal, name) DO UPDATE
			SET digest = excluded.digest, claim = excluded.claim, claimed = excluded.claimed, expires = excluded.expires, status = 0, header = '', body = ''
			WHERE answers.expires <= ? OR answers.status = 0 AND answers.claimed <= ? AND answers.digest = excluded.digest`,
			principal, key, digest, claim.name, now, now+AnswerLifetime, now, now-ClaimLifetime)
		if err != nil || taken > 0 {
			return err
		}
		var was, header, body string
		a := &Answer{}
		found, err := c.row(ctx, `
			SELECT digest, status, header, body
			FROM answers
			WHERE principal = ? AND name = ?`, []any{principal, key}, &was, &a.Status, &header, &body)
		switch {
		case err != nil:
			return err
		case found && was != digest:
			return tallystick.Errorf(tallystick.Conflict, "the idempotency key %q was used for another request", cut(key, 80)).WithHint("take a new key")
		case !found || a.Status == 0:
			return tallystick.Errorf(tallystick.Conflict, "the request with the idempotency key %q is still being worked on", cut(key, 80)).
				WithHint("ask again in a moment")
		}
		answer = a
		if err := json.Unmarshal([]byte(header), &a.Header); err != nil {
			return err
		}
		a.Body, err = base64.StdEncoding.DecodeString(body)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("claim request: %w", err)
	}
	if answer != nil {
		return nil, answer, nil
	}
	return claim, nil, nil
}

// Finish keeps the answer. The error is of code Conflict when the request took so long that another has taken it over, TooLarge when the body can't be kept.
func (c *Claim) Finish(ctx context.Context, a Answer) error {
	if len(a.Body) > maxAnswer {
		return tallystick.Errorf(tallystick.TooLarge, "an answer of %d bytes can't be kept", len(a.Body)).WithHint("%d are the limit", maxAnswer)
	}
	header, err := json.Marshal(a.Header)
	if err != nil {
		return err
	}
	return c.end(ctx, `
		UPDATE answers
		SET status = ?, header = ?, body = ?
		WHERE principal = ? AND name = ? AND claim = ? AND status = 0`, a.Status, string(header), base64.StdEncoding.EncodeToString(a.Body))
}

// Release gives the key back, for a request that has come to nothing and may be tried again.
func (c *Claim) Release(ctx context.Context) error {
	return c.end(ctx, `DELETE FROM answers WHERE principal = ? AND name = ? AND claim = ? AND status = 0`)
}

func (c *Claim) end(ctx context.Context, query string, args ...any) error {
	err := c.store.write(ctx, func(q conn) error {
		n, err := q.exec(ctx, query, append(args, c.principal, c.key, c.name)...)
		if err == nil && n == 0 {
			err = tallystick.Errorf(tallystick.Conflict, "the request with the idempotency key %q was taken over by another", cut(c.key, 80))
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("end request: %w", err)
	}
	return nil
}
