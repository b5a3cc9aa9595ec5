package control

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

const (
	maxRecipients = 500
	maxWebhook    = 1000 // bytes of an address
)

// checkRecipients makes the recipients of a schedule fit to be kept: each gets an id, and webhooks a secret, which only here is shown. A webhook with an id among
// the sealed secrets of before keeps both.
func (c *change) checkRecipients(ctx context.Context, s *Store, k *keptSchedule, before map[string]string) error {
	if len(k.Recipients) > maxRecipients {
		return tallystick.Errorf(tallystick.Invalid, "%d recipients are too many", len(k.Recipients)).At("recipients").WithHint("%d are the limit", maxRecipients)
	}
	rule, err := c.recipientRule(ctx, k.Tenant)
	if err != nil {
		return err
	}
	k.Recipients, k.sealed = append([]Recipient{}, k.Recipients...), map[string]string{}
	seen := map[string]bool{}
	for i := range k.Recipients {
		r := &k.Recipients[i]
		err := c.checkRecipient(ctx, rule, r)
		if one := string(r.Way) + " " + strings.ToLower(r.Address); err == nil && seen[one] {
			err = tallystick.Errorf(tallystick.Invalid, "%s is a recipient twice", cut(r.Address, 80))
		} else {
			seen[one] = true
		}
		if e := (*tallystick.Error)(nil); errors.As(err, &e) {
			return e.At("recipients[" + itoa(i) + "]")
		}
		if err != nil {
			return err
		}
		old, known := before[r.ID]
		r.Secret = ""
		switch {
		case r.Way == ByMail:
			r.ID = newID()
		case known:
			k.sealed[r.ID] = old
		default:
			r.ID, r.Secret = newID(), newWebhookSecret()
			if k.sealed[r.ID], err = s.secret.seal(r.secretName(), string(r.Secret)); err != nil {
				return err
			}
		}
	}
	return nil
}

// recipientRule is who may get what the members of a tenant may see.
type recipientRule struct {
	reach   Reach    // where a member has to be
	domains []string // of outside addresses, in lower case
	private bool     // webhooks may lead into private networks, and need no encryption
}

// recipientRule returns the rule of a tenant as it is now: by default an outside address may be of the domains of the tenant's members.
func (c conn) recipientRule(ctx context.Context, tenant string) (rule recipientRule, err error) {
	if rule.reach, err = c.reachOf(ctx, tenant); err != nil {
		return rule, err
	}
	var text string
	set, err := c.row(ctx, `SELECT value FROM settings WHERE name = 'mail_domains'`, nil, &text)
	if err != nil {
		return rule, fmt.Errorf("read the domains of mail: %w", err)
	}
	if set {
		if err := json.Unmarshal([]byte(text), &rule.domains); err != nil {
			return rule, fmt.Errorf("read the domains of mail: %w", err)
		}
	}
	var private string
	if set, err = c.row(ctx, `SELECT value FROM settings WHERE name = 'webhook_private'`, nil, &private); err != nil {
		return rule, fmt.Errorf("read whether webhooks may be private: %w", err)
	}
	rule.private = set && private == "true"
	if len(rule.domains) > 0 {
		return rule, nil
	}
	emails, err := all(ctx, c, `
		SELECT email_key
		FROM members
		WHERE tenant = ? AND status <> 'disabled'`, []any{tenant}, func(scan func(...any) error) (e string, err error) { return e, scan(&e) })
	for _, e := range emails {
		if domain := domainOf(e); !slices.Contains(rule.domains, domain) {
			rule.domains = append(rule.domains, domain)
		}
	}
	slices.Sort(rule.domains)
	return rule, err
}

// domainOf returns the domain of an e-mail address, in lower case.
func domainOf(email string) string {
	return strings.ToLower(email[strings.LastIndexByte(email, '@')+1:])
}

// checkRecipient refuses who may not get a report, and says of a member the address and name that it has now.
func (c conn) checkRecipient(ctx context.Context, rule recipientRule, r *Recipient) error {
	switch {
	case r.Way == ByMail && r.Member != "":
		m, err := c.member(ctx, rule.reach, r.Member)
		if err != nil {
			return err
		}
		if m.Status == Disabled {
			return tallystick.Errorf(tallystick.Invalid, "member %s is disabled", m.Email).WithHint("take it off the recipients, or enable it")
		}
		r.Address, r.Name = m.Email, m.Name
		return nil
	case r.Way == ByMail:
		if err := CheckEmail(r.Address); err != nil {
			return err
		}
		if domain := domainOf(r.Address); !slices.Contains(rule.domains, domain) {
			return tallystick.Errorf(tallystick.Invalid, "reports can't be sent to addresses of %s", domain).
				WithHint("choose a member, or ask for the domain to be allowed in the settings")
		}
	case r.Way == ByWebhook && r.Member == "":
		u, err := url.Parse(r.Address)
		if err != nil || len(r.Address) > maxWebhook || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.Fragment != "" {
			return tallystick.Errorf(tallystick.Invalid, "%q is not an address that a webhook can have", cut(r.Address, 80)).WithHint("write it like https://example.org/reports")
		}
		if u.Scheme == "http" && !rule.private {
			return tallystick.Errorf(tallystick.Invalid, "%q is not encrypted", cut(r.Address, 80)).WithHint("begin it with https://, or have the setting webhook_private turned on")
		}
	default:
		return tallystick.Errorf(tallystick.Invalid, "nobody is reached by %q", cut(string(r.Way), 80)).WithHint("choose %s or %s", ByMail, ByWebhook)
	}
	if r.Name == "" {
		return nil
	}
	name, err := checkName(r.Name, "name")
	r.Name = name
	return err
}

// Recipient returns who gets a delivery, as they are now, with the secret of a webhook: for the worker that sends it, and just before. The error is of code NotFound,
// Denied or Invalid, for people, when the recipient may no longer get it: it was taken off the schedule, a member was disabled or has moved away, a domain is no longer
// allowed.
func (s *Store) Recipient(ctx context.Context, d Delivery) (r Recipient, err error) {
	r = d.Recipient
	var sealed string
	err = s.read(ctx, func(c conn) error {
		if d.Kind == NoticeDelivery {
			m, err := c.member(ctx, Reach{All: true}, r.Member)
			if err == nil && m.Status != Active {
				err = tallystick.Errorf(tallystick.Denied, "member %s can't sign in any more", m.Email)
			}
			r.Address, r.Name = m.Email, m.Name
			return err
		}
		var tenant string
		found, err := c.row(ctx, `
			SELECT r.tenant, d.secret
			FROM deliveries d
			JOIN runs r ON r.id = d.run
			WHERE d.id = ?`, []any{d.ID}, &tenant, &sealed)
		if err != nil {
			return err
		}
		if !found {
			return noSuch("delivery", d.ID)
		}
		rule, err := c.recipientRule(ctx, tenant)
		if err != nil {
			return err
		}
		if err := c.checkRecipient(ctx, rule, &r); err != nil {
			return err
		}
		k, err := c.schedule(ctx, Reach{All: true}, d.Schedule, "")
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(k.Recipients, func(one Recipient) bool { return one.same(&r) }) {
			return tallystick.Errorf(tallystick.Denied, "%s was taken off the recipients", r.Address)
		}
		return nil
	})
	if err == nil && r.Way == ByWebhook {
		if sealed == "" {
			return Recipient{}, tallystick.Errorf(tallystick.NotFound, "the webhook %s has no secret any more", r.Address)
		}
		var secret string
		secret, err = s.secret.open(r.secretName(), sealed)
		r.Secret = Secret(secret)
	}
	if err != nil {
		return Recipient{}, fmt.Errorf("check recipient: %w", err)
	}
	return r, nil
}

// same reports whether a recipient of a schedule is the one of a delivery. Of mails an edit gives each another id; a webhook that has another address is another place.
func (r *Recipient) same(of *Recipient) bool {
	switch {
	case r.Way != of.Way:
		return false
	case r.Way == ByWebhook:
		return r.ID == of.ID && r.Address == of.Address
	case r.Member != "" && of.Member != "":
		return r.Member == of.Member
	}
	return strings.EqualFold(r.Address, of.Address)
}

// newWebhookSecret makes a secret that a webhook is signed with, as Standard Webhooks writes it.
func newWebhookSecret() Secret {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return Secret("whsec_" + base64.StdEncoding.EncodeToString(b))
}
