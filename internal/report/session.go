package report

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/tallystick/tallystick"
)

// The tables of session-usage are all made of the same sessions, which are read slice after slice of the period, so that memory holds those of one slice.

// sessionSlices yields the parts of the sessions that count, in order and some whole sessions at a time.
func (p *plan) sessionSlices() iter.Seq2[[]tallystick.SessionPart, error] {
	return func(yield func([]tallystick.SessionPart, error) bool) {
		if p.read {
			yield(p.sessions, nil)
			return
		}
		p.reading = &tallystick.Reading{}
		defer func() { p.reading = nil }()
		edges, err := p.sessionEdges()
		if err != nil {
			yield(nil, err)
			return
		}
		for i := range len(edges) - 1 {
			parts, err := p.store.Sessions(p.ctx, tallystick.Sessions{Scope: p.scope, From: edges[i], Until: edges[i+1], Bare: p.bareSessions(), Reading: p.reading})
			parts = p.matching(parts)
			if err == nil && len(edges) == 2 {
				p.sessions, p.read = parts, true // few enough to be kept for the other tables
			}
			p.made.set(float64(i) / float64(len(edges)-1))
			if !yield(parts, err) || err != nil {
				return
			}
		}
	}
}

// bareSessions reports whether nothing that is asked for has to do with conversations and tickets.
func (p *plan) bareSessions() bool {
	if p.where["conversation"] != nil || p.where["ticket"] != nil {
		return false
	}
	switch p.request.Table {
	case "trend", "by-bot", "by-channel", "by-version", "by-month":
		return true
	}
	return false
}

// sessionParts returns the parts of all sessions that count.
func (p *plan) sessionParts() ([]tallystick.SessionPart, error) {
	var all []tallystick.SessionPart
	for parts, err := range p.sessionSlices() {
		if err != nil {
			return nil, err
		}
		all = append(all, parts...)
	}
	return all, nil
}

const (
	sliceSize  = 120_000 // events that sessions are made of, in a slice
	firstSlice = 4_000   // in the first of several, each of which then has four times as many: who looks at the first rows waits for no more
	sliceGrain = tallystick.Hour
	mostGrains = 2000 // of a period
)

// sessionEdges cuts the period into slices in which so few sessions can have started that they are no burden. They are counted first, by the hour or, in long
// periods, by more; a grain with too much in it is cut evenly.
func (p *plan) sessionEdges() ([]tallystick.Instant, error) {
	grain := max(sliceGrain, (p.scope.Before-p.from)/mostGrains)
	grains := []tallystick.Instant{p.from}
	for at := p.from; at < p.scope.Before-grain; {
		at += grain
		grains = append(grains, at)
	}
	grains = append(grains, p.scope.Before)
	sizes := make([]int64, len(grains)-1)
	for _, q := range []tallystick.Tally{
		{Scope: p.scope, Type: tallystick.MessageSent, Where: tallystick.Filter{{Field: tallystick.FieldBotID, Op: tallystick.Present}}},
		{Scope: p.scope, Type: tallystick.SessionStarted, Where: tallystick.Filter{in(tallystick.FieldKind, "bot")}},
	} {
		q.From, q.Edges = p.from, grains
		counts, err := p.store.Tally(p.ctx, q)
		if err != nil {
			return nil, err
		}
		for _, c := range counts {
			sizes[c.Bucket] += c.Value
		}
	}
	edges := []tallystick.Instant{p.from}
	inside, most, all := int64(0), p.sliceSize, int64(0) // of the slice so far
	for _, size := range sizes {
		all += size
	}
	if all > p.sliceSize {
		most = min(firstSlice, p.sliceSize)
	}
	for i, size := range sizes {
		if inside > 0 && inside+size > most {
			if grains[i] != 0 { // which would be no end
				edges = append(edges, grains[i])
			}
			inside, most = 0, min(4*most, p.sliceSize)
		}
		inside += size
		for n, pieces := int64(1), (size+p.sliceSize-1)/p.sliceSize; n < pieces; n++ {
			if at := grains[i] + (grains[i+1]-grains[i])/tallystick.Instant(pieces)*tallystick.Instant(n); at != 0 { // which would be no end
				edges = append(edges, at)
			}
		}
	}
	return append(edges, p.scope.Before), nil
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
	bots, err := p.botNames()
	if err != nil {
		return err
	}
	cells := make([]tallystick.Cell, 10)
	for parts, err := range p.sessionSlices() {
		if err != nil {
			return err
		}
		conversations, err := p.conversationsOf(parts)
		if err != nil {
			return err
		}
		for i := range parts {
			if i%1000 == 0 && p.ctx.Err() != nil {
				return context.Cause(p.ctx)
			}
			s := &parts[i]
			if i > 0 && keyOf(s) == keyOf(&parts[i-1]) && s.Conversation == parts[i-1].Conversation {
				continue // parts of a conversation are in order of their first interaction
			}
			created, updated := tallystick.Empty, tallystick.Empty
			if c := conversations[i]; c != nil {
				created, updated = instant(c.Created), instant(c.Updated)
			}
			cells[0], cells[1], cells[2], cells[3] = tallystick.TextCell(s.Session), tallystick.InstantCell(s.Start), text(s.Contact), text(s.Conversation)
			cells[4], cells[5] = created, updated
			cells[6], cells[7], cells[8], cells[9] = text(botName(bots, s.Bot)), text(s.Version), text(p.channelName(s.Channel)), text(s.Ticket)
			if !row(cells...) {
				return nil
			}
		}
	}
	return nil
}

// conversationsOf returns the conversation of each part, nil where it has none.
func (p *plan) conversationsOf(parts []tallystick.SessionPart) ([]*tallystick.Conversation, error) {
	at := make(map[string]int, len(parts)) // of a conversation in the answer
	ids := make([]string, 0, len(parts))
	for i := range parts {
		id := parts[i].Conversation
		if _, known := at[id]; !known && id != "" {
			at[id] = -1
			ids = append(ids, id)
		}
	}
	of := make([]*tallystick.Conversation, len(parts))
	if len(ids) == 0 {
		return of, nil
	}
	found, err := p.store.Conversations(p.ctx, tallystick.Conversations{Scope: p.scope, IDs: ids, Reading: p.reading})
	for i := range found {
		at[found[i].ID] = i
	}
	for i := range parts {
		if n, asked := at[parts[i].Conversation]; asked && n >= 0 {
			of[i] = &found[n]
		}
	}
	return of, err
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
