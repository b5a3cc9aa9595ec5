package duckdb

import (
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// sessionCounter counts sessions, or the values of their parts, by bucket and group.
type sessionCounter struct {
	q      *tallystick.SessionCounts
	of     tallystick.Field
	places map[sessionGroup]int
	counts []tallystick.Count
	values map[sessionValue]bool // that are counted, where values are

	tickets bool // parts have their tickets, those of their conversations too
}

type sessionGroup struct {
	bucket int
	group  string // quoted
}

type sessionValue struct {
	place        int // of its group
	value        string
	conversation string // of a ticket that is not known: it may have been created with one
}

func newSessionCounter(q *tallystick.SessionCounts, of tallystick.Field) *sessionCounter {
	return &sessionCounter{q: q, of: of, places: map[sessionGroup]int{}, values: map[sessionValue]bool{}}
}

// add counts the sessions of some parts, which are whole and in the order of an answer to [tallystick.Sessions].
func (c *sessionCounter) add(parts []tallystick.SessionPart) {
	seen := map[sessionGroup]bool{} // of the session
	for i := range parts {
		p := &parts[i]
		if i == 0 || p.Session != parts[i-1].Session || p.Given != parts[i-1].Given || p.Start != parts[i-1].Start {
			clear(seen)
		}
		group := c.groupOf(p)
		if len(group) > 0 && group[0] == "" {
			continue
		}
		g := sessionGroup{bucketOf(c.q.Edges, p.Start), quoted(group)}
		var v sessionValue
		switch c.of {
		case tallystick.FieldSessionID:
			if seen[g] {
				continue
			}
			seen[g] = true
		case tallystick.FieldConversationID:
			v.value = p.Conversation
		case tallystick.FieldTicketID:
			if v.value = p.Ticket; v.value == "" && !c.tickets {
				v.conversation = p.Conversation
			}
		}
		if c.of != tallystick.FieldSessionID && v == (sessionValue{}) {
			continue
		}
		place, known := c.places[g]
		if !known {
			place = len(c.counts)
			c.places[g], c.counts = place, append(c.counts, tallystick.Count{Bucket: g.bucket, Group: group})
		}
		if c.of != tallystick.FieldSessionID {
			v.place = place
			if c.values[v] {
				continue
			}
			c.values[v] = true
		}
		c.counts[place].Value++
	}
}

func (c *sessionCounter) groupOf(p *tallystick.SessionPart) (group []string) {
	for i := range c.q.By {
		text := ""
		switch c.q.By[i].Field {
		case tallystick.FieldBotID:
			text = p.Bot
		case tallystick.FieldBotVersion:
			text = p.Version
		case tallystick.FieldChannelID:
			text = p.Channel
		}
		group = append(group, c.q.By[i].Of(text))
	}
	return group
}

// answer returns what was counted, in order.
func (c *sessionCounter) answer() []tallystick.Count { return addCounts(nil, c.counts) }

// bindValues selects the values that were counted, as bucket, groups, value and conversation.
func (c *sessionCounter) bindValues(st *statement, names []string) string {
	buckets, values, conversations, groups := []int64{}, []string{}, []string{}, make([][]string, len(names))
	for i := range groups {
		groups[i] = []string{}
	}
	for v := range c.values {
		n := &c.counts[v.place]
		buckets, values, conversations = append(buckets, int64(n.Bucket)), append(values, v.value), append(conversations, v.conversation)
		for i := range groups {
			groups[i] = append(groups[i], strings.ToValidUTF8(n.Group[i], "\uFFFD"))
		}
	}
	list := []string{"UNNEST(" + st.bind(buckets) + ") AS bucket"}
	for i, name := range names {
		list = append(list, "UNNEST("+st.bind(groups[i])+") AS "+name)
	}
	return strings.Join(append(list, "UNNEST("+st.bind(values)+") AS value", "UNNEST("+st.bind(conversations)+") AS conversation"), ", ")
}

// bucketOf returns the last bucket that begins at or before an instant.
func bucketOf(edges []tallystick.Instant, at tallystick.Instant) int {
	if len(edges) <= 2 {
		return 0
	}
	n, _ := slices.BinarySearchFunc(edges[1:len(edges)-1], at, func(edge, at tallystick.Instant) int {
		if edge <= at {
			return -1
		}
		return 1
	})
	return n
}
