package control

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/tallystick/tallystick"
)

// Guessing at passwords is slowed down by e-mail and by address, whichever waits longer: after the free attempts each failure doubles the time until the next
// attempt is looked at, from a second up to longestWait. In guessMemory as many failures are forgotten as are free, one after the other, and without a failure in it
// all of them.
const (
	freeByEmail   = 5
	freeByAddress = 20 // many people may share one
	longestWait   = 15 * tallystick.Minute
	guessMemory   = tallystick.Day
)

// What attempts are for; see [Store.guess].
const (
	toSignIn = ""
	toReset  = "reset " // who asks for links must not keep others from signing in
)

// TooManyAttempts is the cause of an error of code Unavailable: the attempt was not looked at.
type TooManyAttempts struct {
	RetryAfter time.Duration // when the next one will be

	subject string // that has to wait
	until   tallystick.Instant
}

func (e *TooManyAttempts) Error() string { return "too many attempts" }

// RetryAfter returns how long to wait after an error, 0 where that is not its reason.
func RetryAfter(err error) time.Duration {
	if e := (*TooManyAttempts)(nil); errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}

// attempt is what was counted for an attempt, for each of its subjects.
type attempt []counted

type counted struct {
	subject
	fails int64              // before the attempt
	last  tallystick.Instant // the failure before it
	after int64              // fails with it
	now   tallystick.Instant
}

// guess counts an attempt as one that fails, before it is looked at: else many that come at once would all be free. It returns an error of code Unavailable, and
// counts nothing, when it is too early. The purpose keeps the counts of one thing apart from those of others.
func (s *Store) guess(ctx context.Context, purpose, address, email string) (a attempt, err error) {
	now := s.Now()
	err = s.write(ctx, func(c conn) error {
		a = nil
		for _, subject := range subjects(purpose, address, email) {
			if _, err := c.exec(ctx, `
				INSERT INTO guesses (subject, fails, until, last)
				VALUES (?, 0, 0, ?)
				ON CONFLICT (subject) DO NOTHING`, subject.name, now); err != nil {
				return fmt.Errorf("count attempt: %w", err)
			}
			var until tallystick.Instant
			n := counted{subject: subject, now: now}
			if _, err := c.row(ctx, `
				SELECT fails, until, last
				FROM guesses
				WHERE subject = ?`+c.dialect.locked(), []any{subject.name}, &n.fails, &until, &n.last); err != nil {
				return fmt.Errorf("count attempt: %w", err)
			}
			if until > now {
				wait := time.Duration(until-now) * time.Microsecond
				return &tallystick.Error{Code: tallystick.Unavailable, Message: "too many attempts", Err: &TooManyAttempts{wait, subject.name, until},
					Hint: fmt.Sprintf("try again in %v", max(wait.Round(time.Second), time.Second))}
			}
			n.after = subject.remembered(n.fails, now-n.last) + 1
			if err := c.setGuesses(ctx, subject, n.after, now+waitAfter(n.after-subject.free), now); err != nil {
				return err
			}
			a = append(a, n)
		}
		return nil
	})
	return a, err
}

func (c conn) setGuesses(ctx context.Context, of subject, fails int64, until, last tallystick.Instant) error {
	if _, err := c.exec(ctx, `
		UPDATE guesses
		SET fails = ?, until = ?, last = ?
		WHERE subject = ?`, fails, until, last, of.name); err != nil {
		return fmt.Errorf("count attempt: %w", err)
	}
	return nil
}

// remembered returns how many of some failures still count, so long after the last of them.
func (s *subject) remembered(fails int64, passed tallystick.Instant) int64 {
	if passed >= guessMemory {
		return 0
	}
	return max(fails-max(int64(passed), 0)*s.free/int64(guessMemory), 0)
}

// waitAfter returns how long to wait after so many failures that were not free.
func waitAfter(fails int64) tallystick.Instant {
	if fails <= 0 {
		return 0
	}
	return min(tallystick.Second<<min(fails-1, 20), longestWait)
}

// guessed takes back what [Store.guess] has counted for an attempt that was right. The e-mail's count begins anew; the address loses just this attempt, so that
// somebody with an account of their own can't guess at others' without end, and its failures are as old as they were.
func (s *Store) guessed(ctx context.Context, a attempt) error {
	return s.write(ctx, func(c conn) error {
		for i, n := range a {
			if i == 0 {
				if _, err := c.exec(ctx, `DELETE FROM guesses WHERE subject = ?`, n.name); err != nil {
					return fmt.Errorf("count attempt: %w", err)
				}
				continue
			}
			var fails int64
			var last tallystick.Instant
			found, err := c.row(ctx, `
				SELECT fails, last
				FROM guesses
				WHERE subject = ?`+c.dialect.locked(), []any{n.name}, &fails, &last)
			if err != nil {
				return fmt.Errorf("count attempt: %w", err)
			}
			if fails == n.after && last == n.now {
				fails, last = n.fails, n.last
			} else {
				fails = max(fails-1, 0) // others have come meanwhile
			}
			if found {
				if err := c.setGuesses(ctx, n.subject, fails, 0, last); err != nil {
					return err
				}
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
// customer has. Their names begin with the purpose.
func subjects(purpose, address, email string) []subject {
	list := []subject{{purpose + "e-mail " + digest(strings.ToLower(email)), freeByEmail}}
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
	return append(list, subject{purpose + "address " + clean(address, 64), freeByAddress})
}

// waits remembers of which waits the audit log was told: of each once, for attempts that are not looked at cost nothing, and would fill it.
type waits struct {
	mu   sync.Mutex
	told map[string]tallystick.Instant // until when a subject waits
}

// tell reports whether an error is the first attempt of a wait.
func (w *waits) tell(err error) bool {
	e := (*TooManyAttempts)(nil)
	if !errors.As(err, &e) {
		return false
	}
	const most = 10_000 // subjects; beyond it they are told of again
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.told[e.subject] == e.until {
		return false
	}
	if w.told == nil || len(w.told) >= most {
		w.told = map[string]tallystick.Instant{}
	}
	w.told[e.subject] = e.until
	return true
}
