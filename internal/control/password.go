package control

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"github.com/tallystick/tallystick"
)

// Lengths of a password in characters. There are no rules about kinds of characters: they make passwords that are forgotten, not such that are hard to guess.
const (
	MinPassword = 10
	MaxPassword = 200
)

// PasswordCost is what one guess at a password costs whoever has the database: memory in KiB, passes over it, threads. Passwords that cost something else are
// still checked.
func PasswordCost() *argon2id.Params {
	return &argon2id.Params{Memory: 32 << 10, Iterations: 3, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// commonWords are what well-known passwords are made of, a line each, as [plainWord] leaves them.
//
//go:embed commonwords.txt
var commonWords string

// CheckPassword refuses a password that is too short, too long, well known, or told by the e-mail or name of its owner.
func CheckPassword(password, email, name string) error {
	bad := func(format string, args ...any) error {
		return tallystick.Errorf(tallystick.Invalid, "the password "+format, args...).At("password").WithHint("take a few words that don't belong together")
	}
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password):
		return bad("is no text")
	case n < MinPassword:
		return bad("has %d characters, and needs %d", n, MinPassword)
	case n > MaxPassword:
		return bad("has %d characters, and may have %d", n, MaxPassword)
	}
	word := plainWord(password)
	if len(word) < 4 {
		return bad("is a few characters and digits in a row")
	}
	local, _, _ := strings.Cut(email, "@")
	for _, own := range append(strings.Fields(name), name, email, local) {
		if strings.EqualFold(own, password) || own != "" && plainWord(own) == word {
			return bad("is the e-mail or the name of the one who has it")
		}
	}
	if strings.Contains("\n"+commonWords, "\n"+word+"\n") || isRun(word) {
		return bad("is one of those that are tried first")
	}
	return nil
}

// plainWord returns what is left of a password when what people add to a word to make it a password is taken off: capitals, digits for letters, digits and marks
// at its ends, the same thing again.
func plainWord(password string) string {
	word := strings.TrimFunc(strings.ToLower(password), func(r rune) bool { return !unicode.IsLetter(r) && !strings.ContainsRune("@$", r) })
	word = strings.Map(func(r rune) rune {
		if i := strings.IndexRune("013457@$!", r); i >= 0 {
			return rune("oleastasi"[i])
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return r
	}, word)
	for n := 1; n <= len(word)/2; n++ {
		if len(word)%n == 0 && strings.Repeat(word[:n], len(word)/n) == word {
			return word[:n]
		}
	}
	return word
}

// isRun reports whether a word goes along the alphabet or a row of the keyboard, one way or the other, perhaps twice.
func isRun(word string) bool {
	for _, row := range []string{"abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn"} {
		back := []byte(row)
		for i := range back {
			back[i] = row[len(row)-1-i]
		}
		if strings.Contains(row, word) || strings.Contains(string(back), word) {
			return true
		}
	}
	return false
}

// hash takes a while and much memory: it is never called inside of a transaction, and only as many times at once as there are processors.
func (s *Store) hash(ctx context.Context, password string) (hash string, err error) {
	err = s.hashed(ctx, func() error {
		hash, err = argon2id.CreateHash(password, s.password)
		return err
	})
	return hash, err
}

// matches reports whether a password is the one of a hash. With the hash "" it takes as long, and it is not: how long an answer takes doesn't tell who is a member.
func (s *Store) matches(ctx context.Context, password, hash string) (match bool, err error) {
	known := hash != ""
	if !known {
		hash = s.dummy
	}
	err = s.hashed(ctx, func() error {
		match, err = argon2id.ComparePasswordAndHash(password, hash)
		return err
	})
	return match && known, err
}

func (s *Store) hashed(ctx context.Context, f func() error) error {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := f(); err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	return nil
}

// ChangePassword changes the actor's own password, and ends its other sessions. The error is of code Denied where the old one is wrong; guesses are slowed down as
// those at sign-in are.
func (s *Store) ChangePassword(ctx context.Context, actor Actor, old, password string) error {
	if actor.Kind != MemberActor {
		return tallystick.Errorf(tallystick.Denied, "only a member has a password")
	}
	a, err := s.account(ctx, "id = ?", actor.ID)
	if err != nil {
		return err
	}
	attempt, err := s.guess(ctx, toSignIn, actor.Address, a.Email)
	if err != nil {
		return err
	}
	if a.hash == "" {
		return tallystick.Errorf(tallystick.Conflict, "you have no password here yet").WithHint("have a link sent by the sign-in page, to choose one").At("old")
	}
	if len(old) > 4*MaxPassword {
		old = ""
	}
	match, err := s.matches(ctx, old, a.hash)
	if err != nil {
		return err
	}
	if !match {
		err := tallystick.Errorf(tallystick.Denied, "the old password is wrong").At("old")
		return s.refused(ctx, actor, Entry{Action: "refused", Tenant: a.Tenant, ObjectKind: "member", ObjectID: a.ID,
			After: map[string]string{"action": "member.password", "reason": err.Message}}, err)
	}
	if err := CheckPassword(password, a.Email, a.Name); err != nil {
		return err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	if err := s.change(ctx, actor, "member.password", func(c *change) error {
		changed, err := c.exec(ctx, `
			UPDATE members
			SET password = ?
			WHERE id = ? AND password = ?`, hash, a.ID, a.hash)
		if err != nil {
			return err
		}
		if changed == 0 {
			return tallystick.Errorf(tallystick.Conflict, "the password was changed by somebody else just now").WithHint("sign in again")
		}
		if _, err := c.exec(ctx, `DELETE FROM sessions WHERE member = ? AND id <> ?`, a.ID, actor.Session); err != nil {
			return err
		}
		if _, err := c.exec(ctx, `DELETE FROM links WHERE member = ?`, a.ID); err != nil {
			return err
		}
		return c.audit(ctx, Entry{Action: "member.password", Tenant: a.Tenant, ObjectKind: "member", ObjectID: a.ID})
	}); err != nil {
		return err
	}
	return s.guessed(ctx, attempt)
}

// account is a member with its hash, which leaves this package in no way.
type account struct {
	Member
	hash string
}

// account returns a member and its hash, or the zero account.
func (s *Store) account(ctx context.Context, where string, args ...any) (a account, err error) {
	var status string
	_, err = s.single().row(ctx, `
		SELECT id, email, name, tenant, status, created, password
		FROM members
		WHERE `+where, args, &a.ID, &a.Email, &a.Name, &a.Tenant, &status, &a.Created, &a.hash)
	a.Status = Status(status)
	if err != nil {
		return account{}, fmt.Errorf("read member: %w", err)
	}
	return a, nil
}
