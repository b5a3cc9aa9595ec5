package duckdb

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
)

// Different values are counted by group with a mark for each group that a value was met in: the bits of one number. So the values are told apart once, and not for every group and for all groups again; how
// many values have which marks is little, and from that follow the groups' numbers and that of all.

// marking is the marks of the groups of some tallies.
type marking struct {
	texts []string            // that any tenant has a label of: each has a bit, those of no group the lowest
	names []map[string]int64  // of each tenant: the bits of a group
	who   []map[string]string // of each tenant: values that are told apart by another name, and these names themselves
}

const (
	unmarked  = 1  // of a text that nobody has a label of
	mostMarks = 62 // besides
)

// inMarks returns the tallies in parts, of tenants that together have no more texts than there are marks; nil where different values are counted in another way: by texts that stand for themselves, or of any
// tenant by too many.
func (t *tallies) inMarks() (parts []*tallies) {
	if !t.markable() {
		return nil
	}
	var texts map[string]bool // of the last part
	for i, q := range t.queries {
		own := textsOfGroups(q)
		if len(own) > mostMarks {
			return nil
		}
		all := maps.Clone(own)
		maps.Copy(all, texts)
		if len(parts) == 0 || len(all) > mostMarks {
			part := *t
			part.queries, part.scopes, part.wanted = nil, nil, nil
			parts, all = append(parts, &part), own
		}
		texts = all
		part, sc := parts[len(parts)-1], t.scopes[i]
		part.queries, part.scopes = append(part.queries, q), append(part.scopes, sc)
		for _, w := range t.wanted {
			if w.tenant == sc.number {
				part.wanted = append(part.wanted, w)
			}
		}
	}
	return parts
}

// markable reports whether different values are counted by groups of labelled texts, or by no groups.
func (t *tallies) markable() bool {
	q := t.widest()
	d := q.Measure.Distinct
	switch {
	case d == nil, d.Labels != nil && d.Unlabelled != tallystick.KeepValue,
		q.EdgesOf != nil,
		len(q.By) > 1, len(q.By) == 1 && (q.By[0].Labels == nil || q.By[0].Unlabelled != tallystick.NoGroup):
		return false
	}
	return !slices.ContainsFunc(t.queries, func(q *tallystick.Tally) bool {
		return slices.Contains(slices.Collect(maps.Values(q.Measure.Distinct.Labels)), "") // which would be no value
	})
}

// textsOfGroups returns the texts that a question's groups are made of.
func textsOfGroups(q *tallystick.Tally) map[string]bool {
	texts := map[string]bool{}
	for i := range q.By {
		for _, text := range storable(slices.Collect(maps.Keys(q.By[i].Labels))) {
			texts[text] = true
		}
	}
	return texts
}

// marking gives each text a mark.
func (t *tallies) marking() *marking {
	m := &marking{}
	all := map[string]bool{}
	for _, q := range t.queries {
		maps.Copy(all, textsOfGroups(q))
	}
	m.texts = slices.Sorted(maps.Keys(all))
	for _, q := range t.queries {
		names, who := map[string]int64{"": unmarked}, map[string]string{}
		for i, text := range m.texts {
			name := "" // another tenant's text has no group here
			if len(q.By) > 0 {
				name = strings.ToValidUTF8(q.By[0].Labels[text], "\uFFFD")
			}
			names[name] |= unmarked << (i + 1)
		}
		for value, name := range q.Measure.Distinct.Labels {
			name = strings.ToValidUTF8(name, "\uFFFD")
			who[value] = name
			if _, is := q.Measure.Distinct.Labels[name]; !is {
				who[name] = name
			}
		}
		m.names, m.who = append(m.names, names), append(m.who, who)
	}
	return m
}

// channelMarks are the marks of groups of channels.
type channelMarks struct {
	marks []map[string]int64 // of each tenant: the mark of a channel
	names []map[string]int64 // and of a group
}

// channelMarks gives each group of a tenant a mark; nil: of one there are too many.
func (t *tallies) channelMarks() *channelMarks {
	m := &channelMarks{}
	for _, q := range t.queries {
		marks, names := map[string]int64{}, map[string]int64{"": unmarked}
		for i := range q.By {
			for channel, name := range q.By[i].Labels {
				if len(storable([]string{channel})) == 0 {
					continue // which is never met
				}
				name = strings.ToValidUTF8(name, "\uFFFD")
				if names[name] == 0 {
					names[name] = unmarked << len(names)
				}
				marks[channel] = names[name]
			}
		}
		if len(names) > mostMarks {
			return nil
		}
		m.marks, m.names = append(m.marks, marks), append(m.names, names)
	}
	return m
}

// of is an expression for the mark of an event. Where a text is that of a column alone, DuckDB looks for it once for each text of the column's dictionary.
func (m *marking) of(st *statement, s source, f tallystick.Field) string {
	text := s.text(f)
	if s.table.event != nil {
		if r := s.table.event.Rule(f); r != nil && kindOf(r) == varchar && r.Default == "" {
			text = s.column(f.String())
		}
	}
	return strconv.Itoa(unmarked) + "::BIGINT << COALESCE(LIST_POSITION(" + st.bind(m.texts) + ", " + text + "), 0)"
}

// renamed joins to seen the names of values that are told apart by another one, and returns the expression of that, the empty text of the others.
func (t *tallies) renamed(st *statement, m *marking) (join, who string) {
	var tenants []int64
	var values, names []string
	for i := range m.who {
		for value, name := range m.who[i] {
			if len(storable([]string{value})) > 0 {
				tenants, values, names = append(tenants, int64(t.scopes[i].number)), append(values, value), append(names, name)
			}
		}
	}
	if len(values) == 0 {
		return "", "''"
	}
	join = "LEFT JOIN (SELECT UNNEST(" + st.bind(values) + ") AS value, UNNEST(" + st.bind(names) + ") AS name"
	on := ") AS renamed ON renamed.value = seen.item"
	if t.many() {
		join += ", UNNEST(" + st.bind(tenants) + ") AS tenant"
		on += " AND renamed.tenant = seen.tenant"
	}
	join += on
	return join, "COALESCE(renamed.name, '')"
}

// answerMarked runs the statement and puts the answers into their places.
func (t *tallies) answerMarked(ctx context.Context, answers [][]tallystick.Count) error {
	q, s, m := t.widest(), t.source, t.marking()
	byBucket := slices.ContainsFunc(t.wanted, func(w wantedTally) bool { return w.byBucket })
	whole := slices.ContainsFunc(t.wanted, func(w wantedTally) bool { return !w.byBucket })
	st := &statement{}
	where := t.where(st)
	wanted := []string{s.column("time") + " AS time", s.text(q.Measure.Distinct.Field) + " AS item"}
	mark := strconv.Itoa(unmarked) + "::BIGINT"
	if len(q.By) > 0 {
		wanted = append(wanted, m.of(st, s, q.By[0].Field)+" AS mark")
		mark = "counted.mark"
	}
	keys, tenant := []string{"item"}, strconv.Itoa(int(t.scopes[0].number))
	if t.many() {
		wanted = append(wanted, s.column("tenant")+" AS tenant")
		keys, tenant = append(keys, "tenant"), "seen.tenant"
	}
	inBuckets, join, number := keys, "", "0"
	switch {
	case t.only != nil:
		number = strconv.Itoa(t.only.number)
	case byBucket:
		var bucket string
		join, bucket = buckets(st, t.edges, "counted.time")
		inBuckets, number = append(keys[:len(keys):len(keys)], bucket+" AS bucket"), "seen.bucket"
	}
	rename, who := t.renamed(st, m)
	// Of the events that count, the different values with their marks; then how many of them have the same ones.
	st.add("WITH seen AS (",
		"  SELECT "+strings.Join(inBuckets, ", ")+", BIT_OR("+mark+") AS marks",
		"  FROM (",
		"    SELECT "+strings.Join(wanted, ",\n      "),
		"    FROM "+s.from(),
		"    WHERE "+strings.Join(where, "\n      AND "),
		"  ) AS counted", join,
		"  WHERE item <> ''",
		"  GROUP BY ALL",
		")")
	how := func(byBucket bool, number, from string) {
		st.add("SELECT "+strings.Join([]string{tenant, number, strconv.FormatBool(byBucket), who, "seen.marks", "COUNT(*)"}, ", "),
			"FROM "+from+" AS seen", rename,
			"GROUP BY ALL")
	}
	if byBucket {
		how(true, number, "seen")
	}
	if byBucket && whole {
		st.add("UNION ALL")
		how(false, "0", "(SELECT "+strings.Join(keys, ", ")+", BIT_OR(marks) AS marks FROM seen GROUP BY ALL)")
	} else if whole {
		how(false, "0", "seen")
	}
	counted := map[markedPlace]*marked{}
	var row markedRow
	err := st.run(ctx, t.engine, func(scan func(...any) error) error {
		if err := scan(&row.tenant, &row.bucket, &row.byBucket, &row.name, &row.marks, &row.number); err != nil {
			return err
		}
		counted[row.markedPlace] = counted[row.markedPlace].add(row.name, row.marks, row.number)
		return nil
	})
	if err != nil {
		return err
	}
	for _, bucket := range bucketsIn(counted) {
		t.give(m.names, counted, bucket, answers)
	}
	return nil
}

// bucketsIn lists the buckets in which something was counted, ascending.
func bucketsIn(counted map[markedPlace]*marked) []int {
	var list []int
	for p := range counted {
		list = append(list, p.bucket)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// give puts what was counted in a bucket into the answers' places.
func (t *tallies) give(marks []map[string]int64, counted map[markedPlace]*marked, bucket int, answers [][]tallystick.Count) {
	for _, w := range t.wanted {
		if c := counted[markedPlace{w.tenant, bucket, w.byBucket}]; c != nil {
			names := marks[slices.IndexFunc(t.scopes, func(sc *scope) bool { return sc.number == w.tenant })]
			answers[w.place] = append(answers[w.place], c.counts(bucket, names, w.byGroups)...)
		}
	}
}

// markedRow is how many different values of a tenant and bucket, or of all buckets, have the same marks; or the marks of a value that is told apart by another name.
type markedRow struct {
	markedPlace
	name          string
	marks, number int64
}

type markedPlace struct {
	tenant   int32
	bucket   int
	byBucket bool
}

type marked struct {
	numbers map[int64]int64  // by marks
	renamed map[string]int64 // the marks of a name
}

// add adds a number of values with some marks, or one that is told apart by another name, to what may be nil yet.
func (c *marked) add(name string, marks, number int64) *marked {
	if c == nil {
		c = &marked{numbers: map[int64]int64{}, renamed: map[string]int64{}}
	}
	if name == "" {
		c.numbers[marks] += number
	} else {
		c.renamed[strings.Clone(name)] |= marks
	}
	return c
}

// counts returns the numbers of groups, or that of all.
func (c *marked) counts(bucket int, names map[string]int64, byGroups bool) (list []tallystick.Count) {
	of := func(bits int64) (n int64) {
		for marks, number := range c.numbers {
			if marks&bits != 0 {
				n += number
			}
		}
		for _, marks := range c.renamed {
			if marks&bits != 0 {
				n++
			}
		}
		return n
	}
	if !byGroups {
		return []tallystick.Count{{Bucket: bucket, Value: of(^0)}}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if n := of(names[name]); n > 0 {
			list = append(list, tallystick.Count{Bucket: bucket, Group: []string{name}, Value: n})
		}
	}
	return list
}
