package duckdb

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// A row of a session begins it, and one each its bots, versions of bots and channels: the first that a flush keeps. So sessions are counted without being told apart.

// keptName is a bot, a version of one or a channel of a session.
type keptName struct {
	keptStart
	bot, version, channel string
}

func (p *keptPart) ofBot() keptName {
	return keptName{keptStart: p.keptStart, bot: p.bot, version: anyVersion}
}
func (p *keptPart) ofVersion() keptName {
	return keptName{keptStart: p.keptStart, bot: p.bot, version: p.version}
}
func (p *keptPart) ofChannel() keptName { return keptName{keptStart: p.keptStart, channel: p.channel} }

// anyVersion is no version: no text in the file is like it.
const anyVersion = "\xFF"

// begin marks the rows that begin a session, or something of it, which is not kept yet, or made again. Rows of a session follow each other.
func (k *keeping) begin() {
	void := map[keptStart]bool{}
	for _, s := range k.voids {
		void[s] = true
	}
	for from, to := 0, 0; from < len(k.rows); from = to {
		first := k.rows[from]
		for to = from; to < len(k.rows) && k.rows[to].keptStart == first.keptStart; to++ {
			if r := k.rows[to]; r.first.before(first.first) {
				first = r
			}
		}
		_, kept := slices.BinarySearch(k.starts[first.contactKey], first.start)
		kept = kept && !void[first.keptStart]
		first.begins = !kept
		seen := map[keptName]bool{} // in this flush
		isNew := func(name keptName) bool {
			if seen[name] || kept && k.names[name] {
				return false
			}
			seen[name] = true
			return true
		}
		for _, r := range k.rows[from:to] {
			r.beginsBot, r.beginsVersion, r.beginsChannel = isNew(r.ofBot()), isNew(r.ofVersion()), isNew(r.ofChannel())
		}
	}
}

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
