package report

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tallystick/tallystick"
)

// The tables of session-usage are all made of the same sessions.

// sessionParts returns the parts of the sessions that count, read once for all tables.
func (p *plan) sessionParts() ([]tallystick.SessionPart, error) {
	if p.read {
		return p.sessions, nil
	}
	parts, err := p.store.Sessions(p.ctx, tallystick.Sessions{Scope: p.scope, From: p.from})
	if err != nil {
		return nil, err
	}
	p.sessions, p.read = p.matching(parts), true
	return p.sessions, nil
}

// sessionKey names a session: given and computed ids are apart.
type sessionKey struct {
	id    string
	given bool
}

func keyOf(s *tallystick.SessionPart) sessionKey { return sessionKey{s.Session, s.Given} }

// matching keeps the sessions of which one interaction matches all filters, whole.
func (p *plan) matching(parts []tallystick.SessionPart) []tallystick.SessionPart {
	if len(p.where) == 0 {
		return parts
	}
	matches := map[sessionKey]bool{}
	for i := range parts {
		if s := &parts[i]; s.Interactions > 0 && p.matches(s) {
			matches[keyOf(s)] = true
		}
	}
	return slices.DeleteFunc(parts, func(s tallystick.SessionPart) bool { return !matches[keyOf(&s)] })
}

func (p *plan) matches(s *tallystick.SessionPart) bool {
	for field, values := range p.where {
		value := map[string]string{
			"bot": s.Bot, "bot_version": s.Version, "channel": s.Channel, "platform": p.channels[s.Channel].platform,
			"contact": s.Contact, "conversation": s.Conversation, "session": s.Session, "ticket": s.Ticket,
		}[field]
		if value == "" || !slices.Contains(values, value) {
			return false
		}
	}
	return true
}

func (p *plan) sessionSummary(row rows) error {
	parts, err := p.sessionParts()
	if err != nil {
		return err
	}
	sessions, tickets, conversations := map[sessionKey]bool{}, map[string]bool{}, map[string]bool{}
	for i := range parts {
		sessions[keyOf(&parts[i])] = true
		tickets[parts[i].Ticket] = true
		conversations[parts[i].Conversation] = true
	}
	delete(tickets, "")
	delete(conversations, "")
	row(integers(len(sessions), len(tickets), len(conversations))...)
	return nil
}

func integers(numbers ...int) []tallystick.Cell {
	var cells []tallystick.Cell
	for _, n := range numbers {
		cells = append(cells, tallystick.IntegerCell(int64(n)))
	}
	return cells
}

// byBucket writes a row for every bucket of the period with the number of distinct items of the sessions that started in it. An item that is empty does not count.
func byBucket[I comparable](p *plan, row rows, grain tallystick.Grain, item func(*tallystick.SessionPart) I) error {
	parts, err := p.sessionParts()
	if err != nil {
		return err
	}
	var none I
	for _, b := range p.calendar.Buckets(grain, p.from, p.scope.Before) {
		items := map[I]bool{}
		n := 0 // parts are in the order of their session's start
		for ; n < len(parts) && parts[n].Start < b.End; n++ {
			items[item(&parts[n])] = true
		}
		parts = parts[n:]
		delete(items, none)
		if !row(tallystick.TextCell(b.Label), tallystick.IntegerCell(int64(len(items)))) {
			return nil
		}
	}
	return nil
}

func (p *plan) sessionTrend(row rows) error    { return byBucket(p, row, tallystick.Daily, keyOf) }
func (p *plan) sessionsByMonth(row rows) error { return byBucket(p, row, tallystick.Monthly, keyOf) }
func (p *plan) ticketTrend(row rows) error {
	return byBucket(p, row, tallystick.Daily, func(s *tallystick.SessionPart) string { return s.Ticket })
}

func (p *plan) sessionsByBot(row rows) error {
	return p.byName(row, 1, func(s *tallystick.SessionPart, bots map[string]string) [2]string {
		return [2]string{botName(bots, s.Bot)}
	})
}

func (p *plan) sessionsByVersion(row rows) error {
	return p.byName(row, 2, func(s *tallystick.SessionPart, bots map[string]string) [2]string {
		return [2]string{botName(bots, s.Bot), s.Version}
	})
}

func (p *plan) sessionsByChannel(row rows) error {
	return p.byName(row, 1, func(s *tallystick.SessionPart, _ map[string]string) [2]string {
		return [2]string{p.channelName(s.Channel)}
	})
}

// byName writes the number of sessions per name, of one or two columns: by sessions, most first, then by name. Parts without a first name are in no row.
func (p *plan) byName(row rows, columns int, name func(*tallystick.SessionPart, map[string]string) [2]string) error {
	parts, err := p.sessionParts()
	if err != nil {
		return err
	}
	bots, err := p.botNames()
	if err != nil {
		return err
	}
	sessions := map[[2]string]map[sessionKey]bool{}
	for i := range parts {
		if n := name(&parts[i], bots); n[0] != "" {
			if sessions[n] == nil {
				sessions[n] = map[sessionKey]bool{}
			}
			sessions[n][keyOf(&parts[i])] = true
		}
	}
	names := slices.SortedFunc(maps.Keys(sessions), func(a, b [2]string) int {
		return cmp.Or(cmp.Compare(len(sessions[b]), len(sessions[a])), slices.Compare(a[:], b[:]))
	})
	for _, n := range names {
		cells := []tallystick.Cell{tallystick.TextCell(n[0]), tallystick.TextCell(n[1])}[:columns]
		if !row(append(cells, tallystick.IntegerCell(int64(len(sessions[n]))))...) {
			return nil
		}
	}
	return nil
}

func (p *plan) botNames() (map[string]string, error) {
	bots, err := p.store.Entities(p.ctx, tallystick.Entities{Scope: p.scope, Type: tallystick.BotUpserted})
	names := map[string]string{}
	for _, b := range bots {
		names[b.ID] = b.Values[tallystick.FieldName]
	}
	return names, err
}

func botName(names map[string]string, id string) string { return cmp.Or(names[id], id) }

// sessionDetail writes a row per session and conversation. Bot, version, channel and ticket are those of the conversation's first interaction in the session.
func (p *plan) sessionDetail(row rows) error {
	parts, err := p.sessionParts()
	if err != nil {
		return err
	}
	bots, err := p.botNames()
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for i := range parts {
		wanted[parts[i].Conversation] = true
	}
	delete(wanted, "")
	conversations := map[string]tallystick.Conversation{}
	if len(wanted) > 0 {
		found, err := p.store.Conversations(p.ctx, tallystick.Conversations{Scope: p.scope, IDs: sortedKeys(wanted)})
		if err != nil {
			return err
		}
		for _, c := range found {
			conversations[c.ID] = c
		}
	}
	for i := range parts {
		s := &parts[i]
		if i > 0 && keyOf(s) == keyOf(&parts[i-1]) && s.Conversation == parts[i-1].Conversation {
			continue // parts of a conversation are in order of their first interaction
		}
		created, updated := tallystick.Empty, tallystick.Empty
		if c, ok := conversations[s.Conversation]; ok {
			created, updated = instant(c.Created), instant(c.Updated)
		}
		if !row(tallystick.TextCell(s.Session), tallystick.InstantCell(s.Start), text(s.Contact), text(s.Conversation), created, updated,
			text(botName(bots, s.Bot)), text(s.Version), text(p.channelName(s.Channel)), text(s.Ticket)) {
			return nil
		}
	}
	return nil
}

// text is a cell that is empty where there is no text.
func text(s string) tallystick.Cell {
	if s == "" {
		return tallystick.Empty
	}
	return tallystick.TextCell(s)
}

func instant(i tallystick.Instant) tallystick.Cell {
	if i == tallystick.MinInstant {
		return tallystick.Empty
	}
	return tallystick.InstantCell(i)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
