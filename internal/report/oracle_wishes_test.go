package report_test

import (
	"math/rand/v2"
	"slices"

	"github.com/tallystick/tallystick"
)

// oracleRequest wishes anything of a report, mostly what it allows, with values and instants that occur in the events, or lie next to them.
func oracleRequest(r *rand.Rand, definition *tallystick.Report, events []tallystick.Event) tallystick.Request {
	request := tallystick.Request{Report: definition.Name, Options: map[string]string{}, Now: pick(r, events).Time}
	if r.IntN(3) == 0 {
		request.Table = pick(r, definition.Tables).Name
	}
	var tenants []string
	for _, e := range events {
		if !slices.Contains(tenants, e.Tenant) {
			tenants = append(tenants, e.Tenant)
		}
	}
	r.Shuffle(len(tenants), func(i, j int) { tenants[i], tenants[j] = tenants[j], tenants[i] })
	switch r.IntN(4) {
	case 0: // all
	case 1:
		request.Tenants = tenants[:1+r.IntN(len(tenants))]
	default:
		request.Tenants = tenants[:1]
	}

	if definition.Zone == "always-utc" {
		request.Zone = pick(r, []string{"", "", "", "UTC"})
	} else if r.IntN(2) == 0 {
		request.Zone = pick(r, []string{
			"UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago", "Pacific/Kiritimati", "Africa/Casablanca",
		})
	}

	var length tallystick.Instant
	var known []tallystick.Event // of those tenants
	for _, e := range events {
		if request.Tenants == nil || slices.Contains(request.Tenants, e.Tenant) {
			known = append(known, e)
		}
	}
	request.From, request.To, length = oraclePeriod(r, known)

	for _, o := range definition.Options {
		values := o.Values
		if o.Length {
			values = append(slices.Clone(values), "1m", "90m", "1h", "24h", "2d")
		}
		value := pick(r, values)
		// Years of hours are a test of patience.
		if r.IntN(2) == 0 && !(value == "hour" && length > 40*tallystick.Day) {
			request.Options[o.Name] = value
		}
	}
	for _, f := range definition.Filters {
		if r.IntN(3*len(definition.Filters)) > 0 {
			continue
		}
		for range 1 + r.IntN(2) {
			request.Where = append(request.Where, tallystick.FieldValue{Field: f.Name, Value: oracleValue(r, f.Name, known)})
		}
	}
	if r.IntN(4) == 0 {
		request.AsOf = tallystick.Position{Log: 1, Sequence: 1 + r.Uint64N(uint64(len(events)))}
	}

	switch r.IntN(40) { // what is refused
	case 0:
		request.From, request.To = request.To, request.From
	case 1:
		request.Tenants = append(request.Tenants, "nobody")
	case 2:
		request.Where = append(request.Where, tallystick.FieldValue{Field: pick(r, []string{"room", "bot", "channel", "tenant", ""}), Value: "x"})
	case 3:
		request.Zone = pick(r, []string{"Europe/Berlin", "Nowhere/Else"})
	case 4:
		request.Options[pick(r, []string{"every", "relink", "open_limit", "other"})] = pick(r, []string{"day", "exclude", "24h", "", "1w", "-1h", "0h", "010m"})
	case 5:
		request.Table = pick(r, []string{"usage", "rooms", "channels", "detail", "other"})
	}
	return request
}

// oraclePeriod draws a period: none, dates, instants, or one of each.
func oraclePeriod(r *rand.Rand, events []tallystick.Event) (from, to tallystick.Moment, length tallystick.Instant) {
	if r.IntN(12) == 0 {
		return from, to, 30 * tallystick.Day
	}
	near := func() tallystick.Instant {
		at := pick(r, events)
		if date := at.Text(pick(r, []tallystick.Field{tallystick.FieldStartDate, tallystick.FieldEndDate})); date != "" && r.IntN(2) == 0 {
			midnight, err := tallystick.ParseInstant(date + "T00:00:00Z")
			if err != nil {
				panic(err)
			}
			return midnight
		}
		return at.Time + pick(r, []tallystick.Instant{
			0, 0, 0, 1, -1, 15 * tallystick.Minute, tallystick.Hour, -tallystick.Hour, tallystick.Day, -tallystick.Day, 20 * tallystick.Day,
		})
	}
	a, b := near(), near()
	for b < a || b-a > 100*tallystick.Day && r.IntN(30) > 0 {
		a, b = near(), near()
		if r.IntN(3) == 0 {
			b = a + pick(r, []tallystick.Instant{1, tallystick.Hour, tallystick.Day, 30 * tallystick.Day})
		}
	}
	utc, err := tallystick.LoadCalendar("UTC")
	if err != nil {
		panic(err)
	}
	from, to = tallystick.Moment{Instant: a}, tallystick.Moment{Instant: b}
	if r.IntN(2) == 0 {
		from = tallystick.Moment{Date: utc.DateOf(a)}
	}
	if r.IntN(2) == 0 {
		to = tallystick.Moment{Date: utc.DateOf(b)}
	}
	return from, to, b - a
}

// oracleValue draws a value of a filter.
func oracleValue(r *rand.Rand, filter string, events []tallystick.Event) string {
	fields := map[string][]tallystick.Field{
		"room": {tallystick.FieldRoomID}, "user": {tallystick.FieldUserID, tallystick.FieldSenderID, tallystick.FieldMemberID}, "channel": {tallystick.FieldChannelID},
		"platform": {tallystick.FieldPlatform}, "bot": {tallystick.FieldBotID}, "bot_version": {tallystick.FieldBotVersion},
		"contact": {tallystick.FieldContactID, tallystick.FieldSenderID}, "conversation": {tallystick.FieldConversationID},
		"session": {tallystick.FieldSessionID}, "ticket": {tallystick.FieldTicketID},
	}[filter]
	for range 100 {
		e := pick(r, events)
		value := e.Text(pick(r, fields))
		if contact := e.Text(tallystick.FieldContactID); filter == "session" && e.Type == tallystick.MessageSent && r.IntN(2) == 0 {
			value = contact + "@" + e.Time.String()
		}
		if value != "" {
			return value
		}
	}
	return "nobody"
}
