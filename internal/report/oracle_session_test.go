package report_test

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/tallystick/tallystick"
)

// oracleSession is a bot session with its interactions in their order.
type oracleSession struct {
	id           string
	start        tallystick.Instant
	interactions oraclePast
}

// sessions is the bot sessions that started in the period and pass the filters.
func (v *oracleView) sessions(p oraclePast) []*oracleSession {
	var all []*oracleSession

	given := map[string]*oracleSession{}
	agents := oracleSet{}
	for _, e := range p.of(tallystick.SessionStarted) {
		id := e.Text(tallystick.FieldSessionID)
		if e.Text(tallystick.FieldKind) == "agent" {
			agents.add(id)
			continue
		}
		given[id] = &oracleSession{id: id, start: e.Time}
		all = append(all, given[id])
	}
	computed := map[string]*oracleSession{} // the latest of each contact
	for _, m := range p.of(tallystick.MessageSent) {
		contact := m.Text(tallystick.FieldContactID)
		if !oracleContent(m) || p.failed(m) || !oracleInOrOut(m) || m.Text(tallystick.FieldBotID) == "" || contact == "" {
			continue // not an interaction
		}
		if id := m.Text(tallystick.FieldSessionID); id != "" && !agents[id] {
			if given[id] == nil {
				given[id] = &oracleSession{id: id, start: m.Time}
				all = append(all, given[id])
			}
			given[id].interactions = append(given[id].interactions, m)
			continue
		}
		if s := computed[contact]; s == nil || m.Time >= s.start+tallystick.Day {
			computed[contact] = &oracleSession{id: contact + "@" + m.Time.String(), start: m.Time}
			all = append(all, computed[contact])
		}
		computed[contact].interactions = append(computed[contact].interactions, m)
	}

	var sessions []*oracleSession
	for _, s := range all {
		if s.start >= v.a && s.start < v.b && v.matches(p, s) {
			sessions = append(sessions, s)
		}
	}
	slices.SortStableFunc(sessions, func(s, t *oracleSession) int { return cmp.Or(cmp.Compare(s.start, t.start), cmp.Compare(s.id, t.id)) })
	return sessions
}

// matches reports whether one of a session's interactions passes all filters; without a filter every session does.
func (v *oracleView) matches(p oraclePast, s *oracleSession) bool {
	for _, m := range s.interactions {
		channel := m.Text(tallystick.FieldChannelID)
		if v.wants("bot", m.Text(tallystick.FieldBotID)) && v.wants("bot_version", m.Text(tallystick.FieldBotVersion)) && v.wants("channel", channel) &&
			v.wants("platform", p.platform(channel)) && v.wants("contact", m.Text(tallystick.FieldContactID)) &&
			v.wants("conversation", m.Text(tallystick.FieldConversationID)) && v.wants("session", s.id) && v.wants("ticket", ticketOf(p, m)) {
			return true
		}
	}
	return len(v.request.Where) == 0
}

// ticketOf is an interaction's ticket: its own, else that of its conversation's creation.
func ticketOf(p oraclePast, m *tallystick.Event) string {
	if ticket := m.Text(tallystick.FieldTicketID); ticket != "" {
		return ticket
	}
	conversation := m.Text(tallystick.FieldConversationID)
	if conversation == "" {
		return ""
	}
	for _, e := range p.of(tallystick.ConversationCreated).with(tallystick.FieldConversationID, conversation) {
		return e.Text(tallystick.FieldTicketID)
	}
	return ""
}

// tickets is the different tickets of sessions.
func tickets(p oraclePast, sessions []*oracleSession) oracleSet {
	set := oracleSet{}
	for _, s := range sessions {
		for _, m := range s.interactions {
			set.add(ticketOf(p, m))
		}
	}
	return set
}

// startedIn is the sessions that started in [from, to).
func startedIn(sessions []*oracleSession, from, to tallystick.Instant) []*oracleSession {
	var list []*oracleSession
	for _, s := range sessions {
		if s.start >= from && s.start < to {
			list = append(list, s)
		}
	}
	return list
}

func (v *oracleView) sessionSummary() [][]string {
	p := v.past(v.b)
	sessions := v.sessions(p)
	conversations := oracleSet{}
	for _, s := range sessions {
		for _, m := range s.interactions {
			conversations.add(m.Text(tallystick.FieldConversationID))
		}
	}
	return [][]string{{strconv.Itoa(len(sessions)), strconv.Itoa(len(tickets(p, sessions))), strconv.Itoa(len(conversations))}}
}

func (v *oracleView) sessionTrend() [][]string    { return v.sessionsEvery("day") }
func (v *oracleView) sessionsByMonth() [][]string { return v.sessionsEvery("month") }

func (v *oracleView) sessionsEvery(every string) [][]string {
	sessions := v.sessions(v.past(v.b))
	var rows [][]string
	for _, bucket := range v.periods(every) {
		rows = append(rows, []string{bucket.Label, strconv.Itoa(len(startedIn(sessions, bucket.Start, bucket.End)))})
	}
	return rows
}

func (v *oracleView) ticketTrend() [][]string {
	p := v.past(v.b)
	sessions := v.sessions(p)
	var rows [][]string
	for _, day := range v.periods("day") {
		rows = append(rows, []string{day.Label, strconv.Itoa(len(tickets(p, startedIn(sessions, day.Start, day.End))))})
	}
	return rows
}

// sessionsBy counts the sessions with at least one interaction of each key, the most first, then by key. An interaction with a key that starts with "" has none.
func (v *oracleView) sessionsBy(keyOf func(p oraclePast, m *tallystick.Event) []string) [][]string {
	p := v.past(v.b)
	type count struct {
		key []string
		n   int
	}
	var counts []*count
	for _, s := range v.sessions(p) {
		var seen [][]string
		for _, m := range s.interactions {
			key := keyOf(p, m)
			if key[0] == "" || slices.ContainsFunc(seen, func(k []string) bool { return slices.Equal(k, key) }) {
				continue
			}
			seen = append(seen, key)
			i := slices.IndexFunc(counts, func(c *count) bool { return slices.Equal(c.key, key) })
			if i < 0 {
				i = len(counts)
				counts = append(counts, &count{key: key})
			}
			counts[i].n++
		}
	}
	slices.SortFunc(counts, func(c, d *count) int { return cmp.Or(cmp.Compare(d.n, c.n), slices.Compare(c.key, d.key)) })
	var rows [][]string
	for _, c := range counts {
		rows = append(rows, append(slices.Clone(c.key), strconv.Itoa(c.n)))
	}
	return rows
}

func (v *oracleView) sessionsByBot() [][]string {
	return v.sessionsBy(func(p oraclePast, m *tallystick.Event) []string {
		return []string{p.name(tallystick.BotUpserted, m.Text(tallystick.FieldBotID))}
	})
}

func (v *oracleView) sessionsByChannel() [][]string {
	return v.sessionsBy(func(p oraclePast, m *tallystick.Event) []string {
		return []string{p.name(tallystick.ChannelUpserted, m.Text(tallystick.FieldChannelID))}
	})
}

func (v *oracleView) sessionsByVersion() [][]string {
	return v.sessionsBy(func(p oraclePast, m *tallystick.Event) []string {
		return []string{p.name(tallystick.BotUpserted, m.Text(tallystick.FieldBotID)), m.Text(tallystick.FieldBotVersion)}
	})
}

func (v *oracleView) sessionDetail() [][]string {
	p := v.past(v.b)
	var rows [][]string
	for _, s := range v.sessions(p) {
		if len(s.interactions) == 0 {
			rows = append(rows, []string{s.id, s.start.String(), "", "", "", "", "", "", "", ""})
			continue
		}
		var conversations []string // with "" for the interactions that have none
		for _, m := range s.interactions {
			if c := m.Text(tallystick.FieldConversationID); !slices.Contains(conversations, c) {
				conversations = append(conversations, c)
			}
		}
		slices.Sort(conversations)
		for _, conversation := range conversations {
			first := s.interactions.with(tallystick.FieldConversationID, conversation)[0]
			created, updated := conversationTimes(p, conversation)
			channel := first.Text(tallystick.FieldChannelID)
			if channel != "" {
				channel = p.name(tallystick.ChannelUpserted, channel)
			}
			rows = append(rows, []string{
				s.id, s.start.String(), first.Text(tallystick.FieldContactID), conversation, created, updated,
				p.name(tallystick.BotUpserted, first.Text(tallystick.FieldBotID)), first.Text(tallystick.FieldBotVersion), channel, ticketOf(p, first),
			})
		}
	}
	return rows
}

// conversationTimes is when a conversation was created and last updated.
func conversationTimes(p oraclePast, conversation string) (created, updated string) {
	if conversation == "" {
		return "", ""
	}
	for _, e := range p.with(tallystick.FieldConversationID, conversation) { // messages and the events of conversations
		if tallystick.TypeNamed(e.Type) == nil {
			continue // a type of somebody's own, with a label of that name
		}
		updated = e.Time.String()
		if created == "" && e.Type == tallystick.MessageSent {
			created = e.Time.String()
		}
	}
	for _, e := range p.of(tallystick.ConversationCreated).with(tallystick.FieldConversationID, conversation) {
		created = e.Time.String()
	}
	return created, updated
}
