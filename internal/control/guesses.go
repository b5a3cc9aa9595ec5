package control

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/tallystick/tallystick"
)

// Guessing at passwords is slowed down by e-mail and by address, whichever waits longer: after the free attempts each failure doubles the time until the next
// attempt is looked at, from a second up to longestWait. A count is forgotten guessMemory after its last failure.
const (
	freeByEmail   = 5
	freeByAddress = 20 // many people may share one
	longestWait   = 15 * tallystick.Minute
	guessMemory   = tallystick.Day
)

// TooManyAttempts is the cause of an error of code Unavailable: the attempt was not looked at.
type TooManyAttempts struct {
	RetryAfter time.Duration // when the next one will be
}

func (e *TooManyAttempts) Error() string { return "too many attempts" }

// RetryAfter returns how long to wait after an error, 0 where that is not its reason.
func RetryAfter(err error) time.Duration {
	if e := (*TooManyAttempts)(nil); errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}

// guess counts an attempt as one that fails, before it is looked at: else many that come at once would all be free. It returns an error of code Unavailable, and
// counts nothing, when it is too early.
func (s *Store) guess(ctx context.Context, address, email string) error {
	now := s.Now()
	return s.write(ctx, func(c conn) error {
		for _, subject := range subjects(address, email) {
			if _, err := c.exec(ctx, `
				INSERT INTO guesses (subject, fails, until, last)
				VALUES (?, 0, 0, ?)
				ON CONFLICT (subject) DO NOTHING`, subject.name, now); err != nil {
				return fmt.Errorf("count attempt: %w", err)
			}
			var fails int64
			var until, last tallystick.Instant
			if _, err := c.row(ctx, `
				SELECT fails, until, last
				FROM guesses
				WHERE subject = ?`+c.dialect.locked(), []any{subject.name}, &fails, &until, &last); err != nil {
				return fmt.Errorf("count attempt: %w", err)
			}
			if until > now {
				wait := time.Duration(until-now) * time.Microsecond
				return &tallystick.Error{Code: tallystick.Unavailable, Message: "too many attempts", Err: &TooManyAttempts{wait},
					Hint: fmt.Sprintf("try again in %v", max(wait.Round(time.Second), time.Second))}
			}
			if last+guessMemory <= now {
				fails = 0
			}
			fails++
			if _, err := c.exec(ctx, `
				UPDATE guesses
				SET fails = ?, until = ?, last = ?
				WHERE subject = ?`, fails, now+waitAfter(fails-subject.free), now, subject.name); err != nil {
				return fmt.Errorf("count attempt: %w", err)
			}
		}
		return nil
	})
}

// waitAfter returns how long to wait after so many failures that were not free.
func waitAfter(fails int64) tallystick.Instant {
	if fails <= 0 {
		return 0
	}
	return min(tallystick.Second<<min(fails-1, 20), longestWait)
}

// guessed takes back what [Store.guess] has counted for an attempt that was right. The e-mail's count begins anew; the address loses just this attempt, so that
// somebody with an account of their own can't guess at others' without end.
func (s *Store) guessed(ctx context.Context, address, email string) error {
	return s.write(ctx, func(c conn) error {
		for i, subject := range subjects(address, email) {
			query := `DELETE FROM guesses WHERE subject = ?`
			if i > 0 {
				query = `UPDATE guesses SET fails = fails - 1, until = 0 WHERE subject = ? AND fails > 0`
			}
			if _, err := c.exec(ctx, query, subject.name); err != nil {
				return fmt.Errorf("count attempt: %w", err)
			}
		}
		return nil
	})
}

type subject struct {
	name string
	free int64
}

// subjects are what attempts are counted by: the e-mail, as a hash for it may be no one's that we know, and the address; of IPv6 the network of 64 bits that one
// customer has.
func subjects(address, email string) []subject {
	list := []subject{{"e-mail " + digest(strings.ToLower(email)), freeByEmail}}
	if address == "" {
		return list
	}
	if ip, err := netip.ParseAddr(address); err == nil {
		if ip = ip.Unmap().WithZone(""); ip.Is6() {
			if p, err := ip.Prefix(64); err == nil {
				ip = p.Addr()
			}
		}
		address = ip.String()
	}
	return append(list, subject{"address " + clean(address, 64), freeByAddress})
}
