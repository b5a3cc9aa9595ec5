package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/tallystick/tallystick"
)

type session struct {
	id           string
	given        bool
	start        tallystick.Instant
	interactions []*tallystick.Record
}

// SessionCounts implements [tallystick.Answerer].
func (e *Engine) SessionCounts(ctx context.Context, q tallystick.SessionCounts) ([][]tallystick.Count, error) {
	parts, err := e.Sessions(ctx, tallystick.Sessions{Scope: q.Scope, From: q.From})
	if err != nil {
		return nil, err
	}
	var answers [][]tallystick.Count
	for _, of := range q.Of {
		answer := cells{}
		for _, p := range parts {
			group := groupOf(q.By, func(f tallystick.Field) string {
				return map[tallystick.Field]string{tallystick.FieldBotID: p.Bot, tallystick.FieldBotVersion: p.Version, tallystick.FieldChannelID: p.Channel}[f]
			})
			item := map[tallystick.Field]string{
				tallystick.FieldSessionID: fmt.Sprint(p.Given, p.Session), tallystick.FieldConversationID: p.Conversation, tallystick.FieldTicketID: p.Ticket,
			}[of]
			if len(group) > 0 && group[0] == "" || item == "" {
				continue
			}
			cell := answer.at(bucketOf(q.Edges, p.Start), group)
			cell.items[item] = true
			cell.count.Value = int64(len(cell.items))
		}
		answers = append(answers, answer.counts())
	}
	return answers, nil
}

// Sessions implements [tallystick.Answerer].
func (e *Engine) Sessions(_ context.Context, q tallystick.Sessions) ([]tallystick.SessionPart, error) {
	events, err := e.events(q.Scope)
	if err != nil {
		return nil, err
	}
	failed := failed(events)
	agents := map[string]bool{}    // ids of sessions of kind agent
	given := map[string]*session{} // by id
	open := map[string]*session{}  // a contact's latest computed session
	tickets := map[string]string{} // by conversation
	var sessions []*session        // all, in order of appearance
	for _, r := range events {
		id := r.Event.Text(tallystick.FieldSessionID)
		switch r.Event.Type {
		case tallystick.SessionStarted:
			if r.Event.Text(tallystick.FieldKind) == "agent" {
				agents[id] = true
			} else {
				given[id] = &session{id: id, given: true, start: r.Event.Time}
				sessions = append(sessions, given[id])
			}
		case tallystick.ConversationCreated:
			tickets[r.Event.Text(tallystick.FieldConversationID)] = r.Event.Text(tallystick.FieldTicketID)
		}
	}
	for _, r := range events {
		contact := r.Event.Text(tallystick.FieldContactID)
		if !interaction(&r.Event, failed) {
			continue
		}
		id := r.Event.Text(tallystick.FieldSessionID)
		var s *session
		if id != "" && !agents[id] {
			if s = given[id]; s == nil {
				s = &session{id: id, given: true, start: r.Event.Time}
				given[id] = s
				sessions = append(sessions, s)
			}
		} else if s = open[contact]; s == nil || r.Event.Time >= s.start+24*tallystick.Hour {
			s = &session{id: contact + "@" + r.Event.Time.String(), start: r.Event.Time}
			open[contact] = s
			sessions = append(sessions, s)
		}
		s.interactions = append(s.interactions, r)
	}
	until := q.Before
	if q.Until != 0 {
		until = min(until, q.Until)
	}
	if q.OwnTickets {
		clear(tickets)
	}
	var parts []tallystick.SessionPart
	for _, s := range sessions {
		if s.start >= q.From && s.start < until {
			parts = append(parts, s.parts(tickets, q.Bare)...)
		}
	}
	slices.SortFunc(parts, func(a, b tallystick.SessionPart) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Session, b.Session), cmp.Compare(number(a.Given), number(b.Given)),
			cmp.Compare(a.Conversation, b.Conversation), cmp.Compare(a.First, b.First), cmp.Compare(a.FirstAt.Sequence, b.FirstAt.Sequence))
	})
	return parts, nil
}

func interaction(e *tallystick.Event, failed map[string]bool) bool {
	return e.Type == tallystick.MessageSent && e.Text(tallystick.FieldDirection) != "internal" && delivered(e, failed) &&
		e.Text(tallystick.FieldBotID) != "" && e.Text(tallystick.FieldContactID) != ""
}

// parts groups a session's interactions, which are in order, by everything but time.
func (s *session) parts(tickets map[string]string, bare bool) []tallystick.SessionPart {
	empty := tallystick.SessionPart{Session: s.id, Given: s.given, Start: s.start}
	if len(s.interactions) == 0 {
		return []tallystick.SessionPart{empty}
	}
	var parts []tallystick.SessionPart
	for _, r := range s.interactions {
		p := empty
		p.Contact, p.Conversation = r.Event.Text(tallystick.FieldContactID), r.Event.Text(tallystick.FieldConversationID)
		p.Bot, p.Version = r.Event.Text(tallystick.FieldBotID), r.Event.Text(tallystick.FieldBotVersion)
		p.Channel = r.Event.Text(tallystick.FieldChannelID)
		p.Ticket = cmp.Or(r.Event.Text(tallystick.FieldTicketID), tickets[p.Conversation])
		if bare {
			p.Conversation, p.Ticket = "", ""
		}
		same := slices.IndexFunc(parts, func(q tallystick.SessionPart) bool {
			q.First, q.FirstAt = p.First, p.FirstAt
			return q == p
		})
		if same < 0 {
			p.First, p.FirstAt = r.Event.Time, r.Position
			parts = append(parts, p)
		}
	}
	return parts
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
