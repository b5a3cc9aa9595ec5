package report

import (
	"slices"

	"github.com/tallystick/tallystick"
)

// tenantCell explains a cell of tenant-usage.
func (t *target) tenantCell() error {
	switch t.column {
	case "Users":
		return t.users(Items, "ACTIVE", "INACTIVE")
	case "Active Users":
		return t.users(Items, "ACTIVE")
	case "Inactive Users":
		return t.users(Items, "INACTIVE")
	case "User Entitlements":
		return t.entitlement("USERS")
	case "User Entitlements Remaining":
		if err := t.entitlement("USERS"); err != nil || t.value.Kind == tallystick.CellEmpty {
			return err
		}
		return t.users(Quantity, "ACTIVE")
	case "SMS Credits Used":
		return t.credits("", t.from, "SMS")
	case "Voice Credits Used":
		return t.credits("", t.from, "VOICE")
	case "SMS/Voice Credits Used":
		if err := t.credits("", t.from, "SMS"); err != nil {
			return err
		}
		return t.credits("", t.from, "VOICE")
	case "SMS/Voice Credits Allotted":
		return t.entitlement("SMS_VOICE")
	case "SMS/Voice Credits Remaining":
		if err := t.entitlement("SMS_VOICE"); err != nil || t.value.Kind == tallystick.CellEmpty {
			return err
		}
		inForce, err := t.entitlements()
		if err != nil {
			return err
		}
		return t.credits("-", inForce["SMS_VOICE"].start, "SMS", "VOICE")
	}
	return t.account()
}

// users explains a number of users by the upsert of each that says its status.
func (t *target) users(sense Sense, statuses ...string) error {
	others := map[string]bool{}
	states, err := t.store.Entities(t.ctx, tallystick.Entities{Scope: t.scope, Type: tallystick.UserUpserted})
	if err != nil {
		return err
	}
	for _, s := range states {
		others[s.ID] = !slices.Contains(statuses, s.Values[tallystick.FieldStatus])
	}
	n := len(t.found)
	if err := t.upserts(tallystick.UserUpserted, nil, t.scope, tallystick.FieldStatus); err != nil {
		return err
	}
	for i := range t.found[n:] {
		if e := &t.found[n:][i]; e.Counted && others[e.Item] {
			e.Counted, e.Reason = false, OtherStatus
		}
	}
	t.sense = sense
	return nil
}

// entitlement explains the quantity of the entitlement in force.
func (t *target) entitlement(kind string) error {
	t.sense = Sum
	inForce, err := t.entitlements()
	if err != nil {
		return err
	}
	events, err := t.list(tallystick.MinInstant, t.scope.Before+margin(t.from, t.scope.Before), tallystick.Filter{in(tallystick.FieldType, kind)},
		[]tallystick.Field{tallystick.FieldQuantity}, tallystick.EntitlementSet)
	latest := true
	for i := len(events) - 1; i >= 0; i-- {
		e := &events[i]
		reason := NotLatest
		switch _, is := inForce[kind]; {
		case e.Time >= t.scope.Before:
			reason = OutsidePeriod
		case latest && is:
			reason, latest = "", false
		case latest:
			reason, latest = NotInForce, false
		}
		t.add(&e.Listed, reason, e.Texts[0])
	}
	return err
}

// credits explains the credits of some kinds that were consumed since an instant; items get a sign.
func (t *target) credits(sign string, since tallystick.Instant, kinds ...string) error {
	q, err := t.askedTally(func(q *tallystick.Tally) bool {
		return q.Type == tallystick.CreditConsumed && q.From == since && slices.Equal(q.Where[0].Values, kinds)
	})
	if err != nil {
		return err
	}
	t.sense = Sum
	n := len(t.found)
	if err := t.tallied(q, nil, since, t.scope.Before, q.Where); err != nil {
		return err
	}
	for i := range t.found[n:] {
		t.found[n:][i].Item = sign + t.found[n:][i].Item
	}
	return nil
}
