package duckdb

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
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

// countBegun counts the kept sessions of tenants, by tenant and value, by the rows that begin what they are grouped by: those that are kept, less those that are void, less those of doubtful contacts.
//
// The row that begins a bot need not be that of the first interaction with it: that may have come late, or be in another row of the same flush. So in the sessions of the last day, of which the scope's end may have
// cut off that row, bots are told apart.
func (c *countings) countBegun(ctx context.Context, begins string) (map[int32][]tallystick.Count, error) {
	b := begunCounts{st: &statement{}}
	for _, o := range c.of {
		if o.From < o.Until {
			b.of = append(b.of, o)
		}
	}
	if len(b.of) == 0 {
		return nil, nil
	}
	q, flush := b.of[0].query, b.of[0].kept.flush
	b.join, b.bucket = buckets(b.st, q.Edges, "kept.start")
	b.groups = columns("group", len(q.By))
	for i, name := range b.groups {
		b.values = append(b.values, keptText(q.By[i].Field)+" AS "+name)
	}
	whole := b.of[0].Before // sessions that started before are whole
	if len(q.By) > 0 {
		whole = max(whole, tallystick.MinInstant+sessionLength) - sessionLength
	}
	period := b.period(flush)
	begun := period + " AND part.start < " + b.st.bind(whole) + " AND part." + begins
	selects := []string{
		b.sum("COUNT(*)", "(SELECT * FROM "+identifier(keptTable)+" AS part WHERE "+begun+") AS kept"),
		b.sum("-COUNT(*)", "(SELECT * FROM "+identifier(voidTable)+" AS part WHERE "+begun+") AS kept"),
	}
	doubted, since := b.doubted()
	if doubted != "" {
		selects = append(selects, b.sum("-COUNT(*)", keptRows(flush, begun+" AND part.start >= "+since)+" AS kept "+doubted, "doubted.contact IS NOT NULL"))
	}
	if len(q.By) > 0 {
		rows := keptRows(flush, period+" AND part.start >= "+b.st.bind(whole)+" AND part.first < "+b.st.bind(b.of[0].Before)) + " AS kept " + doubted
		if doubted != "" {
			rows += " WHERE doubted.contact IS NULL"
		}
		one := "(SELECT DISTINCT " + strings.Join(append([]string{"kept.tenant", "kept.contact", "kept.start"}, b.values...), ", ") + " FROM " + rows + ") AS kept"
		b.values = b.groups
		selects = append(selects, b.sum("COUNT(*)", one))
	}
	keys := strings.Join(append([]string{"bucket"}, b.groups...), ", ")
	b.st.add("SELECT tenant::BIGINT, "+keys+", SUM(n)::BIGINT",
		"FROM (",
		strings.Join(selects, "\n  UNION ALL\n"),
		")",
		"GROUP BY tenant, "+keys,
		"HAVING SUM(n) <> 0")
	return b.read(ctx, c.engine)
}

// begunCounts is the statement that counts what begins.
type begunCounts struct {
	st           *statement
	of           []*counting
	groups       []string
	values       []string // of kept rows, for the groups
	join, bucket string
}

// period returns the conditions of the rows of the period and the tenants.
func (b *begunCounts) period(flush int32) string {
	var scopes []*scope
	latest := tallystick.MinInstant
	for _, o := range b.of {
		scopes, latest = append(scopes, o.scope), max(latest, o.Until)
	}
	condition := "part.tenant IN (" + numbersOf(scopes) + ") AND part.flush <= " + strconv.Itoa(int(flush)) + " AND part.start >= " + b.st.bind(b.of[0].query.From) + " AND part.start < " + b.st.bind(latest)
	if slices.ContainsFunc(b.of, func(o *counting) bool { return o.Until != latest }) {
		condition += " AND part.start < CASE part.tenant"
		for _, o := range b.of {
			condition += " WHEN " + strconv.Itoa(int(o.scope.number)) + " THEN " + b.st.bind(o.Until)
		}
		condition += " END"
	}
	return condition
}

// sum adds up rows, which are kept, by tenant, bucket and group.
func (b *begunCounts) sum(number, rows string, where ...string) string {
	rows += " " + b.join
	if len(where) > 0 {
		rows += " WHERE " + where[0]
	}
	return "  SELECT " + strings.Join(slices.Concat([]string{"kept.tenant AS tenant", b.bucket + " AS bucket"}, b.values, []string{number + " AS n"}), ", ") + "\n  FROM " + rows + "\n  GROUP BY ALL"
}

// doubted joins to kept rows the doubtful contact whose they are, of the time since which it is doubtful; "" where there is none. since is the earliest of these.
func (b *begunCounts) doubted() (join, since string) {
	var tenants, times []int64
	var contacts []string
	earliest := tallystick.MaxInstant
	for _, o := range b.of {
		for contact := range maps.Keys(o.kept.doubtful) {
			tenants, contacts, times = append(tenants, int64(o.scope.number)), append(contacts, contact), append(times, int64(o.kept.since))
		}
		earliest = min(earliest, o.kept.since)
	}
	if len(tenants) == 0 {
		return "", ""
	}
	return "LEFT JOIN (SELECT UNNEST(" + b.st.bind(tenants) + ") AS tenant, UNNEST(" + b.st.bind(contacts) + ") AS contact, UNNEST(" + b.st.bind(times) + ") AS since) AS doubted" +
		" ON doubted.tenant = kept.tenant AND doubted.contact = kept.contact AND kept.start >= doubted.since", b.st.bind(earliest)
}

// read reads what is counted, by tenant.
func (b *begunCounts) read(ctx context.Context, e *Engine) (map[int32][]tallystick.Count, error) {
	counts := map[int32][]tallystick.Count{}
	return counts, b.st.run(ctx, e, func(scan func(...any) error) error {
		var tenant int32
		c := tallystick.Count{}
		if len(b.groups) > 0 {
			c.Group = make([]string, len(b.groups))
		}
		into := []any{&tenant, &c.Bucket}
		for i := range c.Group {
			into = append(into, &c.Group[i])
		}
		err := scan(append(into, &c.Value)...)
		counts[tenant] = append(counts[tenant], c)
		return err
	})
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
