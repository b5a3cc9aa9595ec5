package duckdb

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// Resolutions implements [tallystick.Answerer].
func (e *Engine) Resolutions(ctx context.Context, q tallystick.Resolutions) ([]tallystick.Count, error) {
	sc, err := e.scope(q.Scope)
	if sc == nil {
		return nil, err
	}
	st := &statement{}
	r := e.source(tallystick.ConversationSolved, "r")
	c := e.source(tallystick.ConversationCreated, "c")
	m := e.source(tallystick.MessageSent, "m")
	direction, sender := m.text(tallystick.FieldDirection), m.text(tallystick.FieldSenderKind)
	answers := append(e.countable(st, m, sc, false), direction+" = 'outbound'", sender+" IN ('user', 'bot', 'api')")
	order := orderOf("time", "seq")

	// Of a conversation only the channel can be spoken of.
	channel := func(f tallystick.Field) string {
		if f == tallystick.FieldChannelID {
			return "channel"
		}
		return "''"
	}
	none := func(tallystick.Field) string { return "FALSE" } // a channel is no number
	counts := append([]string{"start = 'inbound'", "answer <= resolved.time"}, filter(st, q.Where, channel, none)...)
	var joins, selected []string
	groups := columns("group", len(q.By))
	for i := range q.By {
		join, group := labels(st, &q.By[i], channel(q.By[i].Field), "label"+strconv.Itoa(i))
		joins = append(joins, join)
		selected = append(selected, group+" AS "+groups[i])
	}
	join, bucket := buckets(st, q.Edges, "resolved.time")
	joins = append(joins, join)
	selected = append(append([]string{bucket + " AS bucket"}, selected...), "COUNT(DISTINCT resolved.id) AS value")
	keys := strings.Join(append([]string{"bucket"}, groups...), ", ")

	st.add("WITH resolved AS (",
		"  SELECT "+r.text(tallystick.FieldConversationID)+" AS id, "+r.column("time")+" AS time",
		"  FROM "+r.from(),
		"  WHERE "+strings.Join(append(r.scope(st, sc, tallystick.ConversationSolved), r.column("time")+" >= "+st.bind(q.From)), "\n    AND "),
		"), created AS (",
		"  SELECT "+c.text(tallystick.FieldConversationID)+" AS id, "+c.text(tallystick.FieldStartedBy)+" AS start, "+c.text(tallystick.FieldChannelID)+" AS channel",
		"  FROM "+c.from(),
		"  WHERE "+strings.Join(c.scope(st, sc, tallystick.ConversationCreated), "\n    AND "),
		"), messages AS (",
		"  SELECT "+m.text(tallystick.FieldConversationID)+" AS id, "+m.column("time")+" AS time, "+m.column("seq")+" AS seq, "+direction+" AS direction,",
		"    "+m.text(tallystick.FieldChannelID)+" AS channel, "+strings.Join(answers, " AND ")+" AS answers",
		"  FROM "+m.from(),
		"  WHERE "+strings.Join(m.scope(st, sc, tallystick.MessageSent), "\n    AND "),
		"    AND id IN (SELECT id FROM resolved)",
		"), begun AS (",
		"  SELECT id, MIN(time) FILTER (WHERE answers) AS answer, ARG_MIN(channel, "+order+") AS channel,",
		"    ARG_MIN(direction, "+order+") FILTER (WHERE direction <> 'internal') AS direction",
		"  FROM messages",
		"  GROUP BY id",
		"), conversations AS (",
		// Without an answer a conversation doesn't count, so it has messages.
		"  SELECT begun.id, begun.answer, COALESCE(NULLIF(created.start, ''), begun.direction) AS start,",
		"    COALESCE(NULLIF(created.channel, ''), begun.channel) AS channel",
		"  FROM begun",
		"  LEFT JOIN created ON created.id = begun.id",
		")",
		"SELECT "+strings.Join(selected, ",\n  "),
		"FROM resolved",
		"JOIN conversations ON conversations.id = resolved.id")
	st.add(joins...)
	st.add("WHERE "+strings.Join(counts, "\n  AND "),
		"GROUP BY "+keys,
		"ORDER BY "+keys)
	var answer []tallystick.Count
	err = e.counts(ctx, st, false, len(q.By), func(_ int32, c tallystick.Count) { answer = append(answer, c) }, nil)
	return answer, err
}

// Conversations implements [tallystick.Answerer].
func (e *Engine) Conversations(ctx context.Context, q tallystick.Conversations) ([]tallystick.Conversation, error) {
	sc, err := e.scope(q.Scope)
	ids := storable(q.IDs)
	if sc == nil || len(ids) == 0 {
		return nil, err
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	snapshot, err := e.snapshot()
	if err != nil {
		return nil, err
	}
	defer snapshot.close()
	t := e.reading(q.Reading, sc).talks
	if err := t.learn(ctx, snapshot, ids, nil); err != nil {
		return nil, err
	}
	list := make([]tallystick.Conversation, 0, len(ids))
	for _, id := range ids {
		if c, heard := t.conversation(id); heard {
			list = append(list, c)
		}
	}
	return list, nil
}
