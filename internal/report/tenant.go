package report

import (
	"cmp"
	"strconv"

	"github.com/tallystick/tallystick"
)

// tenantRow makes the tenant's row of tenant-usage.
func (p *plan) tenantRow(row rows) error {
	users, err := p.store.Entities(p.ctx, tallystick.Entities{Scope: p.scope, Type: tallystick.UserUpserted})
	if err != nil {
		return err
	}
	byStatus := map[string]int64{}
	for _, u := range users {
		byStatus[u.Values[tallystick.FieldStatus]]++
	}
	active, inactive := byStatus["ACTIVE"], byStatus["INACTIVE"]
	sms, err := p.consumed(p.from, "SMS")
	if err != nil {
		return err
	}
	voice, err := p.consumed(p.from, "VOICE")
	if err != nil {
		return err
	}
	inForce, err := p.entitlements()
	if err != nil {
		return err
	}
	entitled, remainingUsers := tallystick.Empty, tallystick.Empty
	if e, ok := inForce["USERS"]; ok {
		entitled, remainingUsers = tallystick.IntegerCell(e.quantity), tallystick.IntegerCell(e.quantity-active)
	}
	allotted, remaining := tallystick.Empty, tallystick.Empty
	if e, ok := inForce["SMS_VOICE"]; ok {
		used, err := p.consumed(e.start, "SMS", "VOICE")
		if err != nil {
			return err
		}
		allotted, remaining = tallystick.IntegerCell(e.quantity), tallystick.IntegerCell(e.quantity-used)
	}
	row(tallystick.TextCell(p.tenant), tallystick.TextCell(p.company()), tallystick.TextCell(p.account[tallystick.FieldHostname]),
		tallystick.TextCell(cmp.Or(p.account[tallystick.FieldContractMode], "PRODUCTION")),
		tallystick.InstantCell(p.from), tallystick.InstantCell(p.scope.Before),
		tallystick.IntegerCell(active+inactive), tallystick.IntegerCell(active), tallystick.IntegerCell(inactive), entitled, remainingUsers,
		tallystick.IntegerCell(sms), tallystick.IntegerCell(voice), tallystick.IntegerCell(sms+voice), allotted, remaining)
	return nil
}

// consumed adds up the credits of some kinds that were consumed since an instant.
func (p *plan) consumed(since tallystick.Instant, credits ...string) (int64, error) {
	counts, err := p.store.Tally(p.ctx, tallystick.Tally{
		Scope: p.scope, Type: tallystick.CreditConsumed, From: since, Where: tallystick.Filter{in(tallystick.FieldCredit, credits...)},
		Measure: tallystick.Measure{Sum: tallystick.FieldQuantity},
	})
	return only(counts), err
}

// only returns the value of an answer without buckets and groups; no row is 0.
func only(counts []tallystick.Count) int64 {
	if len(counts) == 0 {
		return 0
	}
	return counts[0].Value
}

type entitlement struct {
	quantity int64
	start    tallystick.Instant
}

// entitlements returns, by type, the entitlement in force at the end of the period: the latest one set, if it has begun and not ended before the period's last day.
// One set earlier never returns.
func (p *plan) entitlements() (map[string]entitlement, error) {
	list, err := p.store.List(p.ctx, tallystick.List{
		Scope: p.scope, From: tallystick.MinInstant, Types: []string{tallystick.EntitlementSet},
		Fields: []tallystick.Field{tallystick.FieldType, tallystick.FieldQuantity, tallystick.FieldStartDate, tallystick.FieldEndDate},
	})
	if err != nil {
		return nil, err
	}
	lastDay := p.calendar.DateOf(p.scope.Before - tallystick.Microsecond).String() // in UTC, the report's only zone
	inForce := map[string]entitlement{}
	for _, l := range list {
		kind, endDate := l.Texts[0], l.Texts[3]
		delete(inForce, kind)
		quantity, err := strconv.ParseInt(l.Texts[1], 10, 64)
		if err != nil {
			return nil, err
		}
		startDate, err := tallystick.ParseDate(l.Texts[2])
		if err != nil {
			return nil, err
		}
		start := p.calendar.Start(startDate)
		if start < p.scope.Before && (endDate == "" || endDate >= lastDay) {
			inForce[kind] = entitlement{quantity, start}
		}
	}
	return inForce, nil
}
