package report

import (
	"cmp"
	"slices"

	"github.com/tallystick/tallystick"
)

// onChannels is the filter that service-usage puts on everything that has a channel.
func (p *plan) onChannels(channels map[string]channel, test []string) tallystick.Filter {
	filter := p.wantedChannels(channels)
	if p.options["test_channels"] == "exclude" {
		filter = append(filter, tallystick.Condition{Field: tallystick.FieldChannelID, Op: tallystick.NotIn, Values: test})
	}
	return filter
}

// grouping is the dimension of option by.
func (p *plan) grouping(channels map[string]channel) []tallystick.Dimension {
	if p.options["by"] == "channel" {
		return []tallystick.Dimension{channelNames(channels)}
	}
	return []tallystick.Dimension{platforms(channels)}
}

// buckets returns the period's buckets by option every, with their edges.
func (p *plan) buckets() ([]tallystick.Bucket, []tallystick.Instant, error) {
	grain, err := tallystick.ParseGrain(p.options["every"])
	if err != nil {
		return nil, nil, err
	}
	return p.bucketsBy(grain)
}

// bucketsBy returns the period's buckets of a grain, with their edges.
func (p *plan) bucketsBy(grain tallystick.Grain) ([]tallystick.Bucket, []tallystick.Instant, error) {
	if grain == tallystick.Hourly {
		if err := p.checkHours(); err != nil {
			return nil, nil, err
		}
	}
	buckets := p.calendar.Buckets(grain, p.from, p.scope.Before)
	return buckets, tallystick.Edges(buckets, p.from, p.scope.Before), nil
}

// ask answers a question by bucket and group.
type ask func(by []tallystick.Dimension, edges []tallystick.Instant) ([]tallystick.Count, error)

// writeGroups writes, per bucket, a row for each group by name and then All; then, if total, the same for the whole period. A group's total and All are asked for on their
// own, since what is distinct can't be added up.
func (p *plan) writeGroups(row rows, buckets []tallystick.Bucket, edges []tallystick.Instant, by []tallystick.Dimension, total bool, question ask) error {
	groups, err := question(by, edges)
	if err != nil {
		return err
	}
	all, err := question(nil, edges)
	if err != nil {
		return err
	}
	first := groups
	write := func(label string, bucket int, groups, all []tallystick.Count) bool {
		for _, c := range groups {
			if c.Bucket == bucket && c.Group[0] != "" && !row(tallystick.TextCell(label), tallystick.TextCell(c.Group[0]), tallystick.IntegerCell(c.Value)) {
				return false
			}
		}
		return row(tallystick.TextCell(label), tallystick.TextCell("All"), tallystick.IntegerCell(valueAt(all, bucket)))
	}
	for i, b := range buckets {
		// Answers are in the order of buckets, so the rows of this one come first.
		n := slices.IndexFunc(groups, func(c tallystick.Count) bool { return c.Bucket > i })
		if n < 0 {
			n = len(groups)
		}
		if !write(b.Label, i, groups[:n], all) {
			return nil
		}
		groups = groups[n:]
	}
	switch {
	case !total:
		return nil
	case len(buckets) == 1:
		write("Total", 0, first, all)
		return nil
	}
	if groups, err = question(by, nil); err != nil {
		return err
	}
	if all, err = question(nil, nil); err != nil {
		return err
	}
	write("Total", 0, groups, all)
	return nil
}

// valueAt returns the value of a bucket of an answer without groups.
func valueAt(counts []tallystick.Count, bucket int) int64 {
	i, found := slices.BinarySearchFunc(counts, bucket, func(c tallystick.Count, b int) int { return cmp.Compare(c.Bucket, b) })
	if !found {
		return 0
	}
	return counts[i].Value
}

// uniqueContacts makes the table of that name, which alone looks past the period, to the edges of its months.
func (p *plan) uniqueContacts(row rows) error {
	months := p.calendar.Buckets(tallystick.Monthly, p.from, p.scope.Before)
	from, before := months[0].Start, months[len(months)-1].End
	scope := tallystick.For(p.tenant, p.scope.AsOf, before)
	channels, test, err := p.channelsAsOf(scope)
	if err != nil {
		return err
	}
	merged, err := p.mergedContacts(scope)
	if err != nil {
		return err
	}
	contact := tallystick.Dimension{Field: tallystick.FieldContactID, Labels: merged}
	where := append(p.onChannels(channels, test), in(tallystick.FieldDirection, "inbound", "outbound"))
	edges := tallystick.Edges(months, from, before)
	question := func(by []tallystick.Dimension, edges []tallystick.Instant) tallystick.Tally {
		return tallystick.Tally{
			Scope: scope, Type: tallystick.MessageSent, From: from, Where: where, Countable: true,
			Measure: tallystick.Measure{Distinct: &contact}, By: by, Edges: edges,
		}
	}
	by := p.grouping(channels)
	forget, err := p.foresee([]tallystick.Tally{question(by, edges), question(nil, edges)})
	if err != nil {
		return err
	}
	defer forget()
	return p.writeGroups(row, months, edges, by, false, func(by []tallystick.Dimension, edges []tallystick.Instant) ([]tallystick.Count, error) {
		return p.store.Tally(p.ctx, question(by, edges))
	})
}

func (p *plan) resolvedConversations(row rows) error {
	buckets, edges, err := p.buckets()
	if err != nil {
		return err
	}
	by := p.grouping(p.channels)
	groups, err := p.store.Resolutions(p.ctx, tallystick.Resolutions{
		Scope: p.scope, From: p.from, Where: p.onChannels(p.channels, p.test), By: by, Edges: edges, Whole: true,
	})
	if err != nil {
		return err
	}
	n := slices.IndexFunc(groups, func(c tallystick.Count) bool { return c.Bucket != tallystick.WholePeriod })
	if n < 0 {
		n = len(groups)
	}
	return p.writeGroups(row, buckets, edges, by, true, func(by []tallystick.Dimension, edges []tallystick.Instant) ([]tallystick.Count, error) {
		wanted := groups[n:]
		if edges == nil {
			wanted = slices.Clone(groups[:n])
			for i := range wanted {
				wanted[i].Bucket = 0
			}
		}
		if by == nil {
			wanted = overGroups(wanted)
		}
		return wanted, nil
	})
}

// overGroups adds up groups that have nothing in common, as a conversation is on one channel, in each bucket.
func overGroups(groups []tallystick.Count) []tallystick.Count {
	var all []tallystick.Count
	for _, c := range groups {
		if n := len(all); n == 0 || all[n-1].Bucket != c.Bucket {
			all = append(all, tallystick.Count{Bucket: c.Bucket})
		}
		all[len(all)-1].Value += c.Value
	}
	return all
}

// connectedChannels makes the table channels.
func (p *plan) connectedChannels(row rows) error {
	events, err := p.store.List(p.ctx, tallystick.List{
		Scope: p.scope, From: tallystick.MinInstant, Fields: []tallystick.Field{tallystick.FieldChannelID},
		Types: []string{tallystick.ChannelUpserted, tallystick.ChannelConnected, tallystick.ChannelDisconnected},
		Where: p.onChannels(p.channels, p.test),
	})
	if err != nil {
		return err
	}
	histories := map[string]history{}
	for _, l := range events {
		id := l.Texts[0]
		h := histories[id]
		if l.Type != tallystick.ChannelUpserted {
			h = append(h, change{l.Time, l.Type == tallystick.ChannelConnected})
		}
		histories[id] = h
	}
	group := p.grouping(p.channels)[0]
	groups := map[string]int64{}
	all := int64(0)
	for id, h := range histories {
		if len(h) > 0 && len(h.during(p.from, p.scope.Before)) == 0 {
			continue // a channel that was never connected or disconnected was always connected
		}
		all++
		if name := group.Of(id); name != "" {
			groups[name]++
		}
	}
	for _, name := range sortedKeys(groups) {
		if !row(tallystick.TextCell(name), tallystick.IntegerCell(groups[name])) {
			return nil
		}
	}
	row(tallystick.TextCell("All"), tallystick.IntegerCell(all))
	return nil
}
