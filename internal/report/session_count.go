package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// sessionCounts are the tables that count, of all of the period's sessions.
type sessionCounts struct {
	sessions, tickets, conversations int
	seenTickets, seenConversations   map[string]bool // where the summary is wanted
	trend, months                    bucketCounts    // of sessions
	ticketTrend                      bucketCounts
	ticketsOfDate                    map[string]bool // of the date that is being counted
	bots, versions                   nameCounts
	channels                         nameCounts
}

// bucketCounts is a number for each bucket of the period, filled in the order of time.
type bucketCounts struct {
	buckets []tallystick.Bucket
	counts  []int
	at      int
}

func newBucketCounts(p *plan, grain tallystick.Grain) bucketCounts {
	buckets := p.calendar.Buckets(grain, p.from, p.scope.Before)
	return bucketCounts{buckets: buckets, counts: make([]int, len(buckets))}
}

// reach moves on to the bucket that holds an instant, which is none before the last one, and reports whether that is another.
func (b *bucketCounts) reach(t tallystick.Instant) (another bool) {
	for b.at < len(b.buckets)-1 && t >= b.buckets[b.at].End {
		b.at, another = b.at+1, true
	}
	return another
}

func (b *bucketCounts) write(row rows) error {
	for i := range b.buckets {
		if !row(tallystick.TextCell(b.buckets[i].Label), tallystick.IntegerCell(int64(b.counts[i]))) {
			return nil
		}
	}
	return nil
}

// nameCounts is how many sessions had a name, of one or two columns.
type nameCounts map[[2]string]*nameCount

type nameCount struct{ sessions, latest int } // latest is the number of the session that was counted last

// add counts a session, the number-th, once for a name. One without a first name is none.
func (n nameCounts) add(number int, name [2]string) {
	if name[0] == "" {
		return
	}
	c := n[name]
	if c == nil {
		c = &nameCount{}
		n[name] = c
	}
	if c.latest != number {
		c.latest, c.sessions = number, c.sessions+1
	}
}

// write writes the sessions per name: by sessions, most first, then by name.
func (n nameCounts) write(row rows, columns int) error {
	names := slices.SortedFunc(maps.Keys(n), func(a, b [2]string) int {
		return cmp.Or(cmp.Compare(n[b].sessions, n[a].sessions), slices.Compare(a[:], b[:]))
	})
	for _, name := range names {
		cells := []tallystick.Cell{tallystick.TextCell(name[0]), tallystick.TextCell(name[1])}[:columns]
		if !row(append(cells, tallystick.IntegerCell(int64(n[name].sessions)))...) {
			return nil
		}
	}
	return nil
}

// sessionCounts reads the sessions once for all tables that count.
func (p *plan) sessionCounts() (*sessionCounts, error) {
	if p.counted != nil {
		return p.counted, nil
	}
	bots, err := p.botNames()
	if err != nil {
		return nil, err
	}
	c := &sessionCounts{
		trend: newBucketCounts(p, tallystick.Daily), months: newBucketCounts(p, tallystick.Monthly), ticketTrend: newBucketCounts(p, tallystick.Daily),
		ticketsOfDate: map[string]bool{}, bots: nameCounts{}, versions: nameCounts{}, channels: nameCounts{},
	}
	if p.request.Table == "" || p.request.Table == "summary" {
		c.seenTickets, c.seenConversations = map[string]bool{}, map[string]bool{}
	}
	if p.asksCounts() {
		if err := p.askCounts(c, bots); err != nil {
			return nil, err
		}
		p.counted = c
		return c, nil
	}
	for slice, err := range p.sessionSlices(false) {
		if err != nil {
			return nil, err
		}
		parts := slice.parts
		for i := range parts {
			c.add(&parts[i], i == 0 || keyOf(&parts[i]) != keyOf(&parts[i-1]), p, bots)
		}
	}
	c.tickets, c.conversations = len(c.seenTickets), len(c.seenConversations)
	p.counted = c
	return c, nil
}

// asksCounts reports whether the store is asked for the numbers of one table, and not for the sessions.
func (p *plan) asksCounts() bool {
	return p.request.Table != "" && p.request.Table != "detail" && len(p.where) == 0 && !p.read
}

// askCounts asks the store for the numbers of the one table that is wanted.
func (p *plan) askCounts(c *sessionCounts, bots map[string]string) error {
	askAll := func(of []tallystick.Field, buckets []tallystick.Bucket, by []tallystick.Dimension) ([][]tallystick.Count, error) {
		return p.store.SessionCounts(p.ctx, tallystick.SessionCounts{Scope: p.scope, From: p.from, By: by, Edges: tallystick.Edges(buckets, p.from, p.scope.Before), Of: of})
	}
	ask := func(of tallystick.Field, buckets []tallystick.Bucket, by ...tallystick.Dimension) ([]tallystick.Count, error) {
		counts, err := askAll([]tallystick.Field{of}, buckets, by)
		if err != nil {
			return nil, err
		}
		return counts[0], nil
	}
	inBuckets := func(b *bucketCounts, of tallystick.Field) error {
		counts, err := ask(of, b.buckets)
		for _, n := range counts {
			b.counts[n.Bucket] = int(n.Value)
		}
		return err
	}
	byName := func(names nameCounts, by ...tallystick.Dimension) error {
		counts, err := ask(tallystick.FieldSessionID, nil, by...)
		for _, n := range counts {
			name := [2]string{}
			copy(name[:], n.Group)
			names[name] = &nameCount{sessions: int(n.Value)}
		}
		return err
	}
	channels := map[string]string{}
	for id := range p.channels {
		channels[id] = p.channelName(id)
	}
	named := map[string]string{}
	for id := range bots {
		named[id] = botName(bots, id)
	}
	bot := tallystick.Dimension{Field: tallystick.FieldBotID, Labels: named}
	switch p.request.Table {
	case "summary":
		counts, err := askAll([]tallystick.Field{tallystick.FieldSessionID, tallystick.FieldTicketID, tallystick.FieldConversationID}, nil, nil)
		for i, number := range []*int{&c.sessions, &c.tickets, &c.conversations}[:len(counts)] {
			*number = int(only(counts[i]))
		}
		return err
	case "trend":
		return inBuckets(&c.trend, tallystick.FieldSessionID)
	case "by-month":
		return inBuckets(&c.months, tallystick.FieldSessionID)
	case "ticket-trend":
		return inBuckets(&c.ticketTrend, tallystick.FieldTicketID)
	case "by-bot":
		return byName(c.bots, bot)
	case "by-version":
		return byName(c.versions, bot, tallystick.Dimension{Field: tallystick.FieldBotVersion})
	default:
		return byName(c.channels, tallystick.Dimension{Field: tallystick.FieldChannelID, Labels: channels})
	}
}

// add counts a part; fresh is whether it is the first of its session.
func (c *sessionCounts) add(s *tallystick.SessionPart, fresh bool, p *plan, bots map[string]string) {
	if fresh {
		c.sessions++
		c.trend.reach(s.Start)
		c.trend.counts[c.trend.at]++
		c.months.reach(s.Start)
		c.months.counts[c.months.at]++
	}
	if c.ticketTrend.reach(s.Start) {
		clear(c.ticketsOfDate)
	}
	if see(c.ticketsOfDate, s.Ticket) {
		c.ticketTrend.counts[c.ticketTrend.at]++
	}
	if c.seenTickets != nil {
		see(c.seenTickets, s.Ticket)
		see(c.seenConversations, s.Conversation)
	}
	bot := botName(bots, s.Bot)
	c.bots.add(c.sessions, [2]string{bot})
	c.versions.add(c.sessions, [2]string{bot, s.Version})
	c.channels.add(c.sessions, [2]string{p.channelName(s.Channel)})
}

// see adds an id, and reports whether it is a new one. The texts of many parts share their memory, and so a copy is kept.
func see(ids map[string]bool, id string) (fresh bool) {
	if id == "" || ids[id] {
		return false
	}
	ids[strings.Clone(id)] = true
	return true
}

// count makes a table of what was counted.
func (p *plan) count(write func(*sessionCounts) error) error {
	c, err := p.sessionCounts()
	if err != nil {
		return err
	}
	return write(c)
}

func (p *plan) sessionSummary(row rows) error {
	return p.count(func(c *sessionCounts) error {
		row(integers(c.sessions, c.tickets, c.conversations)...)
		return nil
	})
}

func integers(numbers ...int) []tallystick.Cell {
	var cells []tallystick.Cell
	for _, n := range numbers {
		cells = append(cells, tallystick.IntegerCell(int64(n)))
	}
	return cells
}

func (p *plan) sessionTrend(row rows) error {
	return p.count(func(c *sessionCounts) error { return c.trend.write(row) })
}

func (p *plan) sessionsByMonth(row rows) error {
	return p.count(func(c *sessionCounts) error { return c.months.write(row) })
}

func (p *plan) ticketTrend(row rows) error {
	return p.count(func(c *sessionCounts) error { return c.ticketTrend.write(row) })
}

func (p *plan) sessionsByBot(row rows) error {
	return p.count(func(c *sessionCounts) error { return c.bots.write(row, 1) })
}

func (p *plan) sessionsByVersion(row rows) error {
	return p.count(func(c *sessionCounts) error { return c.versions.write(row, 2) })
}

func (p *plan) sessionsByChannel(row rows) error {
	return p.count(func(c *sessionCounts) error { return c.channels.write(row, 1) })
}
