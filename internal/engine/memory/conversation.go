package memory

import (
	"context"

	"github.com/tallystick/tallystick"
)

// Resolutions implements [tallystick.Answerer].
func (e *Engine) Resolutions(_ context.Context, q tallystick.Resolutions) ([]tallystick.Count, error) {
	events, err := e.events(q.Scope)
	if err != nil {
		return nil, err
	}
	failed := failed(events)
	answer := cells{}
	for _, r := range events {
		if r.Event.Type != tallystick.ConversationSolved || r.Event.Time < q.From {
			continue
		}
		id := r.Event.Text(tallystick.FieldConversationID)
		c := conversationOf(events, id, failed)
		if c.startedBy != "inbound" || !c.answered || c.answer > r.Event.Time || !q.Where.Keeps(&c.channel) {
			continue
		}
		buckets := []int{bucketOf(q.Edges, r.Event.Time)}
		if q.Whole {
			buckets = append(buckets, tallystick.WholePeriod)
		}
		for _, bucket := range buckets {
			cell := answer.at(bucket, groupOf(q.By, c.channel.Text))
			cell.items[id] = true
			cell.count.Value = int64(len(cell.items))
		}
	}
	return answer.counts(), nil
}

// conversation is what all events of a scope say about one conversation.
type conversation struct {
	startedBy string
	channel   tallystick.Event // of type conversation.created, with no more than a channel_id
	answered  bool
	answer    tallystick.Instant // of the first answer
}

func conversationOf(events []*tallystick.Record, id string, failed map[string]bool) conversation {
	var c conversation
	var created *tallystick.Event
	var messages []*tallystick.Event
	for _, r := range events {
		if r.Event.Text(tallystick.FieldConversationID) != id {
			continue
		}
		switch r.Event.Type {
		case tallystick.ConversationCreated:
			created = &r.Event
		case tallystick.MessageSent:
			messages = append(messages, &r.Event)
		}
	}
	channel := ""
	if created != nil {
		c.startedBy = created.Text(tallystick.FieldStartedBy)
		channel = created.Text(tallystick.FieldChannelID)
	}
	if channel == "" && len(messages) > 0 {
		channel = messages[0].Text(tallystick.FieldChannelID)
	}
	c.channel.Type = tallystick.ConversationCreated
	if channel != "" {
		c.channel.Data = []tallystick.Value{{Field: tallystick.FieldChannelID, Text: channel}}
	}
	for _, m := range messages {
		direction := m.Text(tallystick.FieldDirection)
		if c.startedBy == "" && direction != "internal" {
			c.startedBy = direction
		}
		sender := m.Text(tallystick.FieldSenderKind)
		if !c.answered && direction == "outbound" && countable(m, failed) && (sender == "user" || sender == "bot" || sender == "api") {
			c.answered, c.answer = true, m.Time
		}
	}
	return c
}

// Conversations implements [tallystick.Answerer].
func (e *Engine) Conversations(_ context.Context, q tallystick.Conversations) ([]tallystick.Conversation, error) {
	events, err := e.events(q.Scope)
	if err != nil {
		return nil, err
	}
	var answer []tallystick.Conversation
	for _, id := range q.IDs {
		c := tallystick.Conversation{ID: id, Created: tallystick.MinInstant, Updated: tallystick.MinInstant}
		message := tallystick.MinInstant
		for _, r := range events {
			if id == "" || r.Event.Text(tallystick.FieldConversationID) != id {
				continue
			}
			switch r.Event.Type {
			case tallystick.ConversationCreated:
				c.Created, c.Ticket = r.Event.Time, r.Event.Text(tallystick.FieldTicketID)
			case tallystick.MessageSent:
				if message == tallystick.MinInstant {
					message = r.Event.Time
				}
			case tallystick.ConversationUpdated, tallystick.ConversationSolved:
			default:
				continue // an event of another type may have a label of that name
			}
			c.Updated = r.Event.Time
		}
		if c.Created == tallystick.MinInstant {
			c.Created = message
		}
		answer = append(answer, c)
	}
	return answer, nil
}
