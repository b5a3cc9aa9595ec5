package duckdb

import (
	"context"
	"fmt"
	"strings"

	"github.com/tallystick/tallystick"
)

// beginning returns the column of [keptTable] that marks one row of each session for what it is grouped by, "" where there is none.
func beginning(by []tallystick.Dimension) string {
	switch {
	case len(by) == 0:
		return "begins"
	case len(by) == 1 && by[0].Field == tallystick.FieldBotID:
		return "begins_bot"
	case len(by) == 1 && by[0].Field == tallystick.FieldChannelID:
		return "begins_channel"
	case len(by) == 2 && by[0].Field == tallystick.FieldBotID && by[1].Field == tallystick.FieldBotVersion:
		return "begins_version"
	}
	return ""
}

// countBeginnings counts kept sessions by the rows that begin what they are grouped by. It does not tell where there are none, and where two values have one label: a session with both counts once.
//
// The row that begins a bot need not be that of the first interaction with it: that may have come late, or be in another row of the same flush. So in the sessions of the last day, of which the scope's end may have
// cut off that row, bots are told apart.
func (s *sessions) countBeginnings(ctx context.Context, q *tallystick.SessionCounts, k *keptSessions) (counts []tallystick.Count, told bool, err error) {
	begins := beginning(q.By)
	if begins == "" {
		return nil, false, nil
	}
	st, sc, err := s.begin()
	if err != nil {
		return nil, false, err
	}
	whole := s.Before // sessions that started before are whole
	if len(q.By) > 0 {
		whole = max(whole, tallystick.MinInstant+sessionLength) - sessionLength
	}
	groups := columns("group", len(q.By))
	keys := strings.Join(append([]string{"bucket"}, groups...), ", ")
	values := make([]string, len(groups))
	for i := range values {
		values[i] = keptText(q.By[i].Field) + " AS " + groups[i]
	}
	var selects []string
	if s.From < whole {
		join, bucket := buckets(st, q.Edges, "kept.start")
		rows := keptRows(k.flush, s.sureRows(st, sc, k)+" AND part.start < "+st.bind(whole)+" AND part."+begins)
		selects = append(selects, "  SELECT "+strings.Join(append([]string{bucket + " AS bucket"}, values...), ", ")+", COUNT(*) AS n\n  FROM "+rows+" AS kept "+join+"\n  GROUP BY "+keys)
	}
	if s.Until > whole {
		join, bucket := buckets(st, q.Edges, "one.start")
		rows := keptRows(k.flush, s.sureRows(st, sc, k)+" AND part.start >= "+st.bind(whole))
		selects = append(selects, "  SELECT "+strings.Join(append([]string{bucket + " AS bucket"}, groups...), ", ")+", COUNT(*) AS n\n  FROM (SELECT DISTINCT "+
			strings.Join(append([]string{"kept.contact", "kept.start"}, values...), ", ")+" FROM "+rows+" AS kept) AS one "+join+"\n  GROUP BY "+keys)
	}
	st.add("SELECT "+keys+", SUM(n)::BIGINT",
		"FROM (",
		strings.Join(selects, "\n  UNION ALL\n"),
		")",
		"GROUP BY "+keys)
	counts, err = s.engine.counts(ctx, st, len(groups))
	if err != nil {
		return nil, false, err
	}
	counts, told = labelled(counts, q.By)
	return counts, told, nil
}

// labelled gives counts by value their labels, and their order. It does not tell where two values have one label.
func labelled(counts []tallystick.Count, by []tallystick.Dimension) (list []tallystick.Count, told bool) {
	values := map[string]string{} // by labels, both quoted
	for _, c := range counts {
		if len(by) == 0 {
			list = append(list, c)
			continue
		}
		labels := make([]string, len(by))
		for i := range by {
			labels[i] = strings.ToValidUTF8(by[i].Of(c.Group[i]), "\uFFFD")
		}
		if labels[0] == "" {
			continue
		}
		name, value := quoted(labels), quoted(c.Group)
		if other, known := values[name]; known && other != value {
			return nil, false
		}
		values[name] = value
		c.Group = labels
		list = append(list, c)
	}
	return addCounts(nil, list), true
}

func quoted(texts []string) string { return fmt.Sprintf("%q", texts) }
