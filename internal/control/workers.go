package control

import (
	"context"
	"fmt"

	"github.com/tallystick/tallystick"
)

// workerIdle is how long a worker that is not heard of is known.
const workerIdle = tallystick.Hour

// AddWorker makes a token by which a program that works beside the server shows the server that it has this database: whoever can write here can do all that a worker
// can. The token is good while it is used.
func (s *Store) AddWorker(ctx context.Context, name string) (token string, err error) {
	token, name = newToken(), clean(name, 200)
	err = s.change(ctx, System("worker"), "worker.add", func(c *change) error {
		if _, err := c.exec(ctx, `INSERT INTO workers (token_hash, name, seen) VALUES (?, ?, ?)`, digest(token), name, c.now); err != nil {
			return err
		}
		return c.audit(ctx, Entry{Action: "worker.add", ObjectKind: "worker", ObjectID: name, After: map[string]string{"name": name}})
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// Worker returns the name of the worker that has a token. The error is of code Denied where none has it.
func (s *Store) Worker(ctx context.Context, token string) (name string, err error) {
	now := s.Now()
	var seen tallystick.Instant
	known, err := s.single().row(ctx, `SELECT name, seen FROM workers WHERE token_hash = ? AND seen > ?`, []any{digest(token), now - workerIdle}, &name, &seen)
	if err != nil {
		return "", fmt.Errorf("read worker: %w", err)
	}
	if !known {
		return "", tallystick.Errorf(tallystick.Denied, "no worker has this token, or it was not used for long").WithHint("start the worker again")
	}
	if now-seen < tallystick.Minute {
		return name, nil
	}
	err = s.write(ctx, func(c conn) error {
		_, err := c.exec(ctx, `UPDATE workers SET seen = ? WHERE token_hash = ?`, now, digest(token))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("note worker: %w", err)
	}
	return name, nil
}
