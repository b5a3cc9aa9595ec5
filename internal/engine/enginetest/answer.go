package enginetest

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/tallystick/tallystick"
)

// How answers are written, a line for each row. Absent texts are -, absent fields of entities and sessions are left out. Two things are not told apart, because
// no caller can: an empty list and none, and a field of an [tallystick.Entity] that is missing and one that is empty.

// counts writes BUCKET GROUP… VALUE.
func (n notation) counts(list []tallystick.Count) []string {
	var lines []string
	for _, c := range list {
		line := strconv.Itoa(c.Bucket)
		for _, g := range c.Group {
			line += " " + quote(g)
		}
		lines = append(lines, line+" "+strconv.FormatInt(c.Value, 10))
	}
	return lines
}

// peak writes the counts, or sum GROUP… highest=N sum=N buckets=N, then cut N where spans were cut.
func (n notation) peak(a tallystick.PeakAnswer) []string {
	lines := n.counts(a.Counts)
	for _, s := range a.Sums {
		line := "sum"
		for _, g := range s.Group {
			line += " " + quote(g)
		}
		lines = append(lines, fmt.Sprintf("%s highest=%d sum=%d buckets=%d", line, s.Highest, s.Sum, s.Buckets))
	}
	if a.Cut != 0 {
		lines = append(lines, fmt.Sprintf("cut %d", a.Cut))
	}
	return lines
}

// entities writes ID FIELD=VALUE… in the order of the type's rules. The id itself, under its field, is written only where it differs.
func (n notation) entities(typeName string, list []tallystick.Entity) []string {
	var lines []string
	for _, e := range list {
		line := quote(e.ID)
		var fields []tallystick.Field
		for f := range e.Values {
			fields = append(fields, f)
		}
		t := tallystick.TypeNamed(typeName)
		place := func(f tallystick.Field) int {
			if t == nil {
				return 0
			}
			return slices.IndexFunc(t.Rules, func(r tallystick.Rule) bool { return r.Field == f })
		}
		slices.SortFunc(fields, func(a, b tallystick.Field) int { return place(a) - place(b) })
		for _, f := range fields {
			text := e.Values[f]
			if text == "" || typeName != tallystick.TenantUpserted && place(f) == 0 && text == e.ID {
				continue
			}
			line += " " + f.String() + "=" + quote(text)
		}
		lines = append(lines, line)
	}
	return lines
}

// listed writes POSITION INSTANT TYPE TEXT…
func (n notation) listed(list []tallystick.Listed) []string {
	var lines []string
	for _, l := range list {
		line := n.formatPosition(l.Position) + " " + n.formatInstant(l.Time) + " " + l.Type
		for _, text := range l.Texts {
			line += " " + quote(text)
		}
		lines = append(lines, line)
	}
	return lines
}

// sessions writes SESSION given|computed START contact=… conversation=… bot=… version=… channel=… ticket=… first=INSTANT at=POSITION n=INTERACTIONS.
func (n notation) sessions(parts []tallystick.SessionPart) []string {
	var lines []string
	for _, p := range parts {
		how := "computed"
		if p.Given {
			how = "given"
		}
		line := quote(p.Session) + " " + how + " " + n.formatInstant(p.Start)
		for _, f := range []struct{ name, text string }{
			{"contact", p.Contact}, {"conversation", p.Conversation}, {"bot", p.Bot}, {"version", p.Version}, {"channel", p.Channel}, {"ticket", p.Ticket},
		} {
			if f.text != "" {
				line += " " + f.name + "=" + quote(f.text)
			}
		}
		if p.First != 0 {
			line += " first=" + n.formatInstant(p.First)
		}
		if p.FirstAt != (tallystick.Position{}) {
			line += " at=" + n.formatPosition(p.FirstAt)
		}
		lines = append(lines, line)
	}
	return lines
}

// conversations writes ID CREATED UPDATED ticket=….
func (n notation) conversations(list []tallystick.Conversation) []string {
	var lines []string
	for _, c := range list {
		line := quote(c.ID) + " " + n.formatInstant(c.Created) + " " + n.formatInstant(c.Updated)
		if c.Ticket != "" {
			line += " ticket=" + quote(c.Ticket)
		}
		lines = append(lines, line)
	}
	return lines
}

// correspondents writes ROOM CONTACT CHANNEL IDENTITY, and wrote where the contact did, each once, in order.
func (n notation) correspondents(list []tallystick.Correspondent) []string {
	var lines []string
	for _, c := range list {
		line := quote(c.Room) + " " + quote(c.Contact) + " " + quote(c.Channel) + " " + quote(c.Identity)
		if c.Wrote {
			line += " wrote"
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// arrivals writes SLOT SOURCE ACCEPTED missing=… hour=… day=… month=… unknown=….
func (n notation) arrivals(list []tallystick.Arrival) []string {
	var lines []string
	for _, a := range list {
		line := fmt.Sprintf("%s %s %d", n.formatInstant(a.Slot), quote(a.Source), a.Accepted)
		for _, c := range []struct {
			name  string
			count int64
		}{{"missing", a.TimeMissing}, {"hour", a.LateHour}, {"day", a.LateDay}, {"month", a.LateMonth}, {"unknown", a.Unknown}} {
			if c.count != 0 {
				line += fmt.Sprintf(" %s=%d", c.name, c.count)
			}
		}
		lines = append(lines, line)
	}
	return lines
}
