package control

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/tallystick/tallystick"
)

// UnsubscribeToken returns what takes an address off the recipients of a schedule, for whoever has it: it stands in the mails to this address. It says which schedule and
// address it is for, so that nothing need be kept for it.
func (s *Store) UnsubscribeToken(schedule, address string) string {
	return schedule + "." + base64.RawURLEncoding.EncodeToString([]byte(address)) + "." + s.secret.mac("unsubscribe", schedule+" "+address)
}

// mac is a text's authentication code for a purpose.
func (k *SecretKey) mac(purpose, text string) string {
	h := hmac.New(sha256.New, k[:])
	h.Write([]byte(purpose + "\x00" + text))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Unsubscribe takes an address off the recipients of a schedule. One that is off already, or whose schedule is gone, is as good as taken off. The error is of code
// NotFound for a token that was not made here.
func (s *Store) Unsubscribe(ctx context.Context, from From, token string) error {
	parts := strings.Split(token, ".")
	bad := tallystick.Errorf(tallystick.NotFound, "this link is not good").WithHint("ask whoever sends the report to take you off")
	if len(parts) != 3 || s.secret == (SecretKey{}) {
		return bad
	}
	address, err := base64.RawURLEncoding.Strict().DecodeString(parts[1])
	if err != nil || !hmac.Equal([]byte(s.secret.mac("unsubscribe", parts[0]+" "+string(address))), []byte(parts[2])) {
		return bad
	}
	return s.change(ctx, Nobody(from), "schedule.unsubscribe", func(c *change) error {
		was, err := c.schedule(ctx, Reach{All: true}, parts[0], c.dialect.locked())
		if tallystick.CodeOf(err) == tallystick.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		kept := was
		kept.Recipients = nil
		for _, r := range was.Recipients {
			now := r.Address
			if r.Member != "" { // mails go to the address that it has now
				if _, err := c.row(ctx, `SELECT email FROM members WHERE id = ?`, []any{r.Member}, &now); err != nil {
					return err
				}
			}
			if r.Way != ByMail || !strings.EqualFold(now, string(address)) {
				kept.Recipients = append(kept.Recipients, r)
			}
		}
		if len(kept.Recipients) == len(was.Recipients) {
			return nil
		}
		kept.Version++
		if err := c.putSchedule(ctx, &kept); err != nil {
			return err
		}
		return c.auditSchedule(ctx, "unsubscribe", &was, &kept)
	})
}
