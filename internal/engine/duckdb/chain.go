package duckdb

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// chain cuts interactions, which come by contact, time and position, into sessions, and these into parts.
type chain struct {
	from, until, since tallystick.Instant
	skips              map[string]bool // contacts
	log                uint32
	parts              []tallystick.SessionPart
	unsure             []string          // contacts
	names              map[string]string // so that a name that comes often is kept once

	after  map[string]ongoing // sessions that may go on after until, for the chain of the next slice; nil: nobody will ask
	before map[string]ongoing // those that may go on after since, taken out as they are met; nil: that is not known

	begun    bool
	contact  []byte
	previous tallystick.Instant // time of the contact's latest interaction
	sure     bool               // whether an interaction of the contact is known to have begun a session
	doubted  bool               // whether the contact is among the unsure
	start    tallystick.Instant // of the latest session
	first    int                // of its parts
	index    map[tallystick.SessionPart]bool
	latest   ongoing // of the sessions that started before until
}

// ongoing is a contact's latest session before an instant.
type ongoing struct {
	start tallystick.Instant
	last  tallystick.Instant // the contact's latest interaction
	sure  bool               // whether it is known that it started then: else it may have started at any interaction
}

// after reports whether an interaction at an instant, or later, may belong to it.
func (o ongoing) after(at tallystick.Instant) bool {
	if o.sure {
		return at < o.start+sessionLength
	}
	return at < o.last+sessionLength
}

var nothing = ongoing{start: tallystick.MinInstant, last: tallystick.MinInstant}

// newChain begins a chain that adds to parts.
func newChain(s *sessions, parts []tallystick.SessionPart, since tallystick.Instant) *chain {
	return &chain{from: s.From, until: s.Until, since: since, skips: s.skips, log: s.log, parts: parts, names: map[string]string{}, latest: nothing}
}

// add adds the interaction of a row: contact, time, position, conversation, bot, version, channel, ticket.
func (c *chain) add(r *rows, row int) {
	contact, at := r.text(0, row), tallystick.Instant(r.bigint(1, row))
	fresh := !c.begun || contact != string(c.contact)
	if fresh {
		c.leave()
		c.begun, c.doubted, c.contact = true, c.skips[contact], append(c.contact[:0], contact...)
		c.sure = c.since == tallystick.MinInstant || at >= c.since+sessionLength
		if c.before != nil {
			c.sure = true
			if o, was := c.before[contact]; was {
				delete(c.before, string(c.contact))
				c.latest = o
				if o.after(at) {
					fresh, c.sure = false, o.sure
					c.start, c.first, c.index = o.start, len(c.parts), nil
				}
			}
		}
	} else if at >= c.previous+sessionLength {
		fresh, c.sure = true, true
	}
	c.previous = at
	if fresh || at >= c.start+sessionLength {
		c.start, c.first, c.index = at, len(c.parts), nil
	}
	if at < c.until {
		c.latest = ongoing{c.start, at, c.sure}
	}
	if c.doubted || at < c.from {
		return
	}
	if !c.sure {
		if at < c.until {
			c.doubted, c.unsure = true, append(c.unsure, string(c.contact))
		}
		return
	}
	if c.start >= c.from && c.start < c.until {
		c.count(r, row, at)
	}
}

// leave notes what goes on of a contact after until. It is called at the end, too.
func (c *chain) leave() {
	if !c.begun {
		return
	}
	if c.after != nil && !c.doubted && c.latest.after(c.until) {
		c.after[string(c.contact)] = c.latest
	}
	c.latest = nothing
}

// count adds the part of an interaction to the latest session, where it has none like it.
func (c *chain) count(r *rows, row int, at tallystick.Instant) {
	p := tallystick.SessionPart{Conversation: r.text(3, row), Bot: r.text(4, row), Version: r.text(5, row), Channel: r.text(6, row), Ticket: r.text(7, row)}
	if c.has(&p) {
		return
	}
	if c.first == len(c.parts) {
		p.Session = string(c.contact) + "@" + c.start.String()
	} else {
		p.Session = c.parts[c.first].Session
	}
	p.Contact, p.Start = p.Session[:len(c.contact)], c.start
	p.Conversation, p.Bot, p.Version, p.Channel, p.Ticket = strings.Clone(p.Conversation), one(c.names, p.Bot), one(c.names, p.Version), one(c.names, p.Channel), strings.Clone(p.Ticket)
	p.First, p.FirstAt = at, tallystick.Position{Log: c.log, Sequence: uint64(r.bigint(2, row))}
	c.parts = append(c.parts, p)
	if c.index != nil {
		c.index[namesOf(&p)] = true
	}
}

// has reports whether the latest session has a part with the names of an interaction. Most sessions have few parts.
func (c *chain) has(p *tallystick.SessionPart) bool {
	const few = 8
	if len(c.parts)-c.first <= few {
		return slices.ContainsFunc(c.parts[c.first:], func(q tallystick.SessionPart) bool { return sameNames(&q, p) })
	}
	if c.index == nil {
		c.index = map[tallystick.SessionPart]bool{}
		for i := c.first; i < len(c.parts); i++ {
			c.index[namesOf(&c.parts[i])] = true
		}
	}
	return c.index[namesOf(p)]
}

func namesOf(p *tallystick.SessionPart) tallystick.SessionPart {
	return tallystick.SessionPart{Conversation: p.Conversation, Bot: p.Bot, Version: p.Version, Channel: p.Channel, Ticket: p.Ticket}
}

func sameNames(p, q *tallystick.SessionPart) bool {
	return p.Conversation == q.Conversation && p.Bot == q.Bot && p.Version == q.Version && p.Channel == q.Channel && p.Ticket == q.Ticket
}

// one returns the one copy of a text.
func one(names map[string]string, text string) string {
	if text == "" {
		return ""
	}
	if name, ok := names[text]; ok {
		return name
	}
	name := strings.Clone(text)
	names[name] = name
	return name
}

// compareParts is the order of the answer. It looks no further than it has to.
func compareParts(a, b tallystick.SessionPart) int {
	if a.Start != b.Start {
		return cmp.Compare(a.Start, b.Start)
	}
	return cmp.Or(cmp.Compare(a.Session, b.Session), cmp.Compare(bit(a.Given), bit(b.Given)), cmp.Compare(a.Conversation, b.Conversation),
		cmp.Compare(a.First, b.First), cmp.Compare(a.FirstAt.Sequence, b.FirstAt.Sequence))
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// joined makes one of the parts that agree now that all of them have their tickets. The parts are in order, so that the first of those that agree has the first interaction.
func joined(parts []tallystick.SessionPart) []tallystick.SessionPart {
	n, first := 0, 0 // those that are kept, and of these the first of the same session and conversation
	keep := func(p *tallystick.SessionPart) {
		if p != &parts[n] {
			parts[n] = *p
		}
		n++
	}
	var index map[tallystick.SessionPart]bool
	for i := range parts {
		p := &parts[i]
		if n == 0 || !sameConversation(&parts[n-1], p) {
			first, index = n, nil
			keep(p)
			continue
		}
		if index == nil {
			index = map[tallystick.SessionPart]bool{}
			for j := first; j < n; j++ {
				index[allNamesOf(&parts[j])] = true
			}
		}
		if key := allNamesOf(p); !index[key] {
			index[key] = true
			keep(p)
		}
	}
	return parts[:n]
}

// sameConversation reports whether parts are of the same session and conversation.
func sameConversation(p, q *tallystick.SessionPart) bool {
	return p.Start == q.Start && p.Session == q.Session && p.Given == q.Given && p.Conversation == q.Conversation
}

// allNamesOf is what the interactions of a part agree in.
func allNamesOf(p *tallystick.SessionPart) tallystick.SessionPart {
	n := *p
	n.First, n.FirstAt = 0, tallystick.Position{}
	return n
}
