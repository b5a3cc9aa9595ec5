package duckdb

import (
	"strings"

	"github.com/tallystick/tallystick"
)

// Columns of [ticketTable]: a row for each conversation.created with a ticket. They are looked for in all of a tenant's history, and fewer than one in four of its conversations has one.
var ticketColumns = append(eventColumns[:3:3], column{"conversation", varchar}, column{"ticket", varchar})

// ticketOf is what a conversation was created with.
type ticketOf struct {
	tenant               int32
	seq                  uint64
	time                 tallystick.Instant
	conversation, ticket string
}

// createdWith notes the ticket of a conversation.
func (b *batch) createdWith(tenant int32, r *tallystick.Record) {
	ev := &r.Event
	if ev.Type != tallystick.ConversationCreated {
		return
	}
	if id, ticket := ev.Text(tallystick.FieldConversationID), ev.Text(tallystick.FieldTicketID); id != "" && ticket != "" {
		b.tickets = append(b.tickets, ticketOf{tenant, r.Position.Sequence, ev.Time, id, ticket})
	}
}

func writeTicket(a *appender, t *ticketOf) {
	a.setInteger(0, t.tenant)
	a.setBigint(1, int64(t.seq))
	a.setBigint(2, int64(t.time))
	a.setVarchar(3, t.conversation)
	a.setVarchar(4, t.ticket)
}

// shortPeriod is the share of a tenant's history up to which a period is short, and has few of its conversations.
const shortPeriod = 4

// createdTickets joins the tickets that conversations were created with.
func (s *sessions) createdTickets(st *statement, sc *scope) string {
	few := ""
	if s.Until-s.From < (sc.Before-s.engine.first(sc))/shortPeriod {
		few = " AND conversation IN (SELECT conversation FROM seen)"
	}
	return "LEFT JOIN (" + strings.Join([]string{
		"SELECT conversation AS id, ticket FROM " + stored(ticketTable),
		"WHERE tenant = " + sc.tenant(st),
		"AND time < " + sc.before(st),
		"AND seq <= " + sc.asOf(st) + few,
	}, " ") + ") AS created ON created.id = seen.conversation"
}
