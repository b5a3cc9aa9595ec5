package report_test

import (
	"strconv"

	"github.com/tallystick/tallystick"
)

// tenants is the tenant's one row.
func (v *oracleView) tenants() [][]string {
	p := v.past(v.b)

	users := oracleSet{}
	for _, e := range p.of(tallystick.UserUpserted) {
		users.add(e.Text(tallystick.FieldUserID))
	}
	active, inactive := int64(0), int64(0)
	for user := range users {
		switch p.attribute(tallystick.UserUpserted, user, tallystick.FieldStatus) {
		case "ACTIVE":
			active++
		case "INACTIVE":
			inactive++
		}
	}

	sms, voice := int64(0), int64(0)
	for _, e := range p.of(tallystick.CreditConsumed) {
		if v.during(e) {
			switch e.Text(tallystick.FieldCredit) {
			case "SMS":
				sms += e.Int(tallystick.FieldQuantity)
			case "VOICE":
				voice += e.Int(tallystick.FieldQuantity)
			}
		}
	}

	entitled, remaining := "", ""
	if e := v.inForce(p, "USERS"); e != nil {
		entitled = oracleInt(e.Int(tallystick.FieldQuantity))
		remaining = oracleInt(e.Int(tallystick.FieldQuantity) - active)
	}
	allotted, left := "", ""
	if e := v.inForce(p, "SMS_VOICE"); e != nil {
		consumed := int64(0)
		for _, c := range p.of(tallystick.CreditConsumed) {
			if c.Time >= v.startOf(e) {
				consumed += c.Int(tallystick.FieldQuantity)
			}
		}
		allotted = oracleInt(e.Int(tallystick.FieldQuantity))
		left = oracleInt(e.Int(tallystick.FieldQuantity) - consumed)
	}

	return [][]string{{
		v.tenant, v.company,
		p.attribute(tallystick.TenantUpserted, "", tallystick.FieldHostname), p.attribute(tallystick.TenantUpserted, "", tallystick.FieldContractMode),
		v.a.String(), v.b.String(), oracleInt(active + inactive), oracleInt(active), oracleInt(inactive),
		entitled, remaining, oracleInt(sms), oracleInt(voice), oracleInt(sms + voice), allotted, left,
	}}
}

// inForce is the entitlement of a type that is in force at the end of the period: the latest one that was set, or none.
func (v *oracleView) inForce(p oraclePast, kind string) *tallystick.Event {
	set := p.of(tallystick.EntitlementSet).with(tallystick.FieldType, kind)
	if len(set) == 0 {
		return nil
	}
	latest := set[len(set)-1]
	if v.startOf(latest) >= v.b {
		return nil
	}
	lastDay := (v.b - 1).String()[:len("2006-01-02")]
	if end := latest.Text(tallystick.FieldEndDate); end != "" && end < lastDay {
		return nil
	}
	return latest
}

// startOf is 00:00 UTC of an entitlement's start_date.
func (v *oracleView) startOf(entitlement *tallystick.Event) tallystick.Instant {
	start, err := tallystick.ParseInstant(entitlement.Text(tallystick.FieldStartDate) + "T00:00:00Z")
	if err != nil {
		panic(err)
	}
	return start
}

func oracleInt(n int64) string { return strconv.FormatInt(n, 10) }
