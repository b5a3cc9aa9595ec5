package report

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// The tables of session-usage are all made of the same sessions, which are read slice after slice of the period, so that memory holds those of one slice, or of a few where they are made ahead.

// slicedSessions are the parts of the sessions of a slice that count, in order, with the conversation of each if these are asked for.
type slicedSessions struct {
	sessionSlice
	parts         []tallystick.SessionPart
	conversations []tallystick.Conversation
	ownTickets    bool // parts have no tickets that only conversations tell
}

// sessionSlices yields the sessions that count, some whole ones at a time, and may ask for their conversations.
func (p *plan) sessionSlices(conversations bool) iter.Seq2[*slicedSessions, error] {
	return func(yield func(*slicedSessions, error) bool) {
		if p.read {
			s := &slicedSessions{sessionSlice: sessionSlice{p.from, p.scope.Before}, parts: p.sessions}
			var err error
			if conversations {
				err = p.converse(p.ctx, s, nil)
			}
			yield(s, err)
			return
		}
		for s, err := range p.makeSlices(p.ctx, conversations, p.alone) {
			if err != nil {
				yield(nil, err)
				return
			}
			if s.sessionSlice == (sessionSlice{p.from, p.scope.Before}) && !s.ownTickets {
				p.sessions, p.read = s.parts, true // few enough to be kept for the other tables
			}
			p.made.set(float64(s.from-p.from) / float64(p.scope.Before-p.from))
			if !yield(s, nil) {
				return
			}
		}
	}
}

// makeSlices makes the sessions slice after slice, and their conversations if these are asked for: ahead, each while who asks looks at the one before, and the conversations of one while the sessions of the next are made.
func (p *plan) makeSlices(ctx context.Context, conversations, ahead bool) iter.Seq2[*slicedSessions, error] {
	made := func(ctx context.Context) iter.Seq2[*slicedSessions, error] {
		return p.makeSessions(ctx, conversations && p.where["ticket"] == nil) // conversations tell their tickets
	}
	if ahead {
		made = madeAhead(1, made)
	}
	if !conversations {
		return made(ctx)
	}
	sessions := made
	made = func(ctx context.Context) iter.Seq2[*slicedSessions, error] {
		return p.addConversations(ctx, sessions(ctx))
	}
	if ahead {
		made = madeAhead(slicesAhead, made)
	}
	return made(ctx)
}

// makeSessions makes the sessions slice after slice, perhaps without the tickets of their conversations.
func (p *plan) makeSessions(ctx context.Context, ownTickets bool) iter.Seq2[*slicedSessions, error] {
	return func(yield func(*slicedSessions, error) bool) {
		reading := &tallystick.Reading{}
		for slice, err := range p.cut(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			s := &slicedSessions{sessionSlice: slice, ownTickets: ownTickets}
			s.parts, err = p.store.Sessions(ctx, tallystick.Sessions{
				Scope: p.scope, From: slice.from, Until: slice.until, Bare: p.bareSessions(), OwnTickets: ownTickets, Reading: reading,
			})
			s.parts = p.matching(s.parts)
			if !yield(s, err) || err != nil {
				return
			}
		}
	}
}

// addConversations adds the conversation of each part.
func (p *plan) addConversations(ctx context.Context, made iter.Seq2[*slicedSessions, error]) iter.Seq2[*slicedSessions, error] {
	return func(yield func(*slicedSessions, error) bool) {
		reading := &tallystick.Reading{} // of its own: sessions are asked for at the same time
		defer reading.Close()
		for s, err := range made {
			if err == nil {
				err = p.converse(ctx, s, reading)
			}
			if !yield(s, err) || err != nil {
				return
			}
		}
	}
}

// converse asks for the conversation of each part of a slice.
func (p *plan) converse(ctx context.Context, s *slicedSessions, reading *tallystick.Reading) (err error) {
	ids := make([]string, len(s.parts))
	for i := range s.parts {
		ids[i] = s.parts[i].Conversation
	}
	s.conversations, err = p.store.Conversations(ctx, tallystick.Conversations{Scope: p.scope, IDs: ids, From: s.from, Until: s.until, Reading: reading})
	return err
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
	for s, err := range p.sessionSlices(false) {
		if err != nil {
			return nil, err
		}
		all = append(all, s.parts...)
	}
	return all, nil
}

const (
	slicesAhead = 3 // with their conversations, which are learned for several at once

	sliceSize  = 60_000 // events that sessions are made of, in a slice
	firstSlice = 16_000 // in the first of several, each of which then has four times as many: who looks at the first rows waits for no more
	sliceGrain = tallystick.Hour
	mostGrains = 2000 // of a period
	fewGrains  = 48   // of a period in which all are counted at once
)

// sessionSlice is a part of the period.
type sessionSlice struct{ from, until tallystick.Instant }

// cut yields the slices of the period: in each so few sessions can have started that they are no burden. The events that they are made of are counted first, by the hour or, in long periods, by more; a grain
// with too much in it is cut evenly. Those of the beginning are counted, and its slices yielded, before all others: who looks at the first rows does not wait for the whole period.
func (p *plan) cut(ctx context.Context) iter.Seq2[sessionSlice, error] {
	return func(yield func(sessionSlice, error) bool) {
		grain := max(sliceGrain, (p.scope.Before-p.from)/mostGrains)
		grains := []tallystick.Instant{p.from}
		for at := p.from; at < p.scope.Before-grain; {
			at += grain
			grains = append(grains, at)
		}
		all := len(grains)
		grains = append(grains, p.scope.Before)

		slice, ended := sessionSlice{p.from, p.scope.Before}, false
		end := func(at tallystick.Instant) bool {
			if at == 0 { // which would be no end
				return true
			}
			slice.until, ended = at, true
			going := yield(slice, nil)
			slice = sessionSlice{at, p.scope.Before}
			return going
		}
		inside, most, sum := int64(0), p.sliceSize, int64(0) // of the slice so far, and of all that is counted
		counted := all
		if all > fewGrains {
			counted = max(fewGrains/2, all/16)
		}
		for first, next := 0, counted; first < all; first, next = next, all {
			sizes, total, err := p.sizes(ctx, grains[first:next+1])
			if err != nil {
				yield(slice, err)
				return
			}
			if sum += total; !ended && sum*int64(all)/int64(next) > p.sliceSize { // there will be several
				most = min(firstSlice, p.sliceSize)
			}
			for i, size := range sizes {
				start, length := grains[first+i], grains[first+i+1]-grains[first+i]
				if inside > 0 && inside+size > most {
					if !end(start) {
						return
					}
					inside, most = 0, min(4*most, p.sliceSize)
				}
				inside += size
				for n, pieces := int64(1), (size+p.sliceSize-1)/p.sliceSize; n < pieces; n++ {
					if !end(start + length/tallystick.Instant(pieces)*tallystick.Instant(n)) {
						return
					}
				}
			}
		}
		yield(slice, nil)
	}
}

// sizes returns how many events that sessions are made of lie between edges, and how many they are together.
func (p *plan) sizes(ctx context.Context, edges []tallystick.Instant) (sizes []int64, total int64, err error) {
	sizes = make([]int64, len(edges)-1)
	for _, q := range []tallystick.Tally{
		{Type: tallystick.MessageSent, Where: tallystick.Filter{{Field: tallystick.FieldBotID, Op: tallystick.Present}}},
		{Type: tallystick.SessionStarted, Where: tallystick.Filter{in(tallystick.FieldKind, "bot")}},
	} {
		q.Scope, q.From, q.Edges = p.scope, edges[0], edges
		q.Before = edges[len(edges)-1]
		counts, err := p.store.Tally(ctx, q)
		if err != nil {
			return nil, 0, err
		}
		for _, c := range counts {
			sizes[c.Bucket] += c.Value
			total += c.Value
		}
	}
	return sizes, total, nil
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
		if s := &parts[i]; !s.FirstAt.IsZero() && p.matches(s) {
			matches[keyOf(s)] = true
		}
	}
	all := len(parts)
	parts = slices.DeleteFunc(parts, func(s tallystick.SessionPart) bool { return !matches[keyOf(&s)] })
	if len(parts) < all/2 { // texts share their memory with those of parts that are gone
		parts = slices.Clone(parts)
		for i := range parts {
			s := &parts[i]
			s.Session, s.Contact, s.Conversation, s.Ticket = strings.Clone(s.Session), strings.Clone(s.Contact), strings.Clone(s.Conversation), strings.Clone(s.Ticket)
		}
	}
	return parts
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
	for slice, err := range p.sessionSlices(true) {
		if err != nil {
			return err
		}
		parts, conversations := slice.parts, slice.conversations
		for i := range parts {
			if i%1000 == 0 && p.ctx.Err() != nil {
				return context.Cause(p.ctx)
			}
			s := &parts[i]
			if i > 0 && keyOf(s) == keyOf(&parts[i-1]) && s.Conversation == parts[i-1].Conversation {
				continue // parts of a conversation are in order of their first interaction
			}
			created, updated := instant(conversations[i].Created), instant(conversations[i].Updated)
			cells[0], cells[1], cells[2], cells[3] = tallystick.TextCell(s.Session), tallystick.InstantCell(s.Start), text(s.Contact), text(s.Conversation)
			cells[4], cells[5] = created, updated
			cells[6], cells[7], cells[8], cells[9] = text(botName(bots, s.Bot)), text(s.Version), text(p.channelName(s.Channel)), text(cmp.Or(s.Ticket, conversations[i].Ticket))
			if !row(cells...) {
				return nil
			}
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
