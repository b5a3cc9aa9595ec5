package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"

	"github.com/klauspost/compress/zstd"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/journal/keyindex"
)

// groupBytes is about how many bytes of events are written between two syncs, unless Options say otherwise.
const groupBytes = 8 << 20

// group is what is written between two syncs: frames, and the tickets that they answer. A group without frames carries tickets whose events are all known; they
// wait for the groups before, in which the first copies may be.
type group struct {
	tickets []*Ticket
	records []tallystick.Record
	frames  []byte
	places  []place // of the frames, their offsets from the group's start
	next    uint64  // sequence after the group
	chain   chain
	err     error // the key index could not be asked
}

// sequencer decides what is new, in the order of the queue, and makes groups. It is one goroutine and the only one that uses the index.
type sequencer struct {
	index  *keyindex.Index
	queue  *queue
	groups chan<- *group
	next   uint64
	chain  chain
	z      *zstd.Encoder
	full   int // bytes of records at which a frame ends
	size   int // bytes of events in a group

	ids, naturals []keyindex.Found // for each event of the group
	keys          []keyindex.Key   // buffers of find
	asked         []int
	found         []keyindex.Found

	payload  []byte // of the frame being gathered
	count    uint32
	first    uint64
	digests  hash.Hash
	split    split
	squeezed []byte
}

// run works until the queue is closed and empty.
func (s *sequencer) run() {
	defer close(s.groups)
	s.digests = sha256.New()
	for {
		tickets, failed := s.queue.take(s.size)
		if len(tickets) == 0 {
			return
		}
		if failed { // nothing becomes durable any more, and the index must not wait for it
			s.groups <- &group{tickets: tickets}
			continue
		}
		s.groups <- s.group(tickets)
	}
}

func (s *sequencer) group(tickets []*Ticket) *group {
	g := &group{tickets: tickets}
	if g.err = s.find(tickets); g.err != nil {
		return g
	}
	n := 0
	for _, t := range tickets {
		t.verdicts = make([]Verdict, len(t.events))
		for i := range t.keyed {
			t.verdicts[i].Outcome = s.decide(&t.keyed[i].keys, s.ids[n], s.naturals[n])
			if t.verdicts[i].Outcome == Accepted {
				p := tallystick.Position{Log: theLog, Sequence: s.next}
				t.verdicts[i].Position = p
				g.records = append(g.records, tallystick.Record{Position: p, Event: t.events[i]})
				s.add(g, t, &t.keyed[i])
			}
			n++
		}
	}
	s.flush(g)
	g.next, g.chain = s.next, s.chain
	if len(g.records) > 0 {
		g.err = s.index.Advance(s.next-1, s.chain)
	}
	return g
}

// find asks the index for all events of the tickets at once, which is faster than one by one: first for their ids, and for the natural keys of those that
// were not found.
func (s *sequencer) find(tickets []*Ticket) error {
	s.keys, s.asked = s.keys[:0], s.asked[:0]
	for _, t := range tickets {
		for i := range t.keyed {
			s.keys = append(s.keys, t.keyed[i].id)
		}
	}
	s.ids = slices.Grow(s.ids[:0], len(s.keys))[:len(s.keys)]
	if err := s.index.Find(s.keys, s.ids); err != nil {
		return err
	}
	s.keys = s.keys[:0]
	n := 0
	for _, t := range tickets {
		for i := range t.keyed {
			if e := &t.keyed[i]; e.hasNatural && !s.ids[n].Known {
				s.keys = append(s.keys, e.natural)
				s.asked = append(s.asked, n)
			}
			n++
		}
	}
	s.found = slices.Grow(s.found[:0], len(s.keys))[:len(s.keys)]
	if err := s.index.Find(s.keys, s.found); err != nil {
		return err
	}
	s.naturals = slices.Grow(s.naturals[:0], n)[:n]
	clear(s.naturals)
	for i, n := range s.asked {
		s.naturals[n] = s.found[i]
	}
	return nil
}

// decide says what an event is, from what the index found for its id and its natural key and what was added to it since, and makes the keys of a new one known.
// Where both keys are known, the first copy that it is compared with is the one of its id.
func (s *sequencer) decide(e *keys, id, natural keyindex.Found) Outcome {
	data, known := id.Value, id.Known
	if !known {
		data, known = s.index.Recent(e.id)
	}
	if !known && e.hasNatural {
		if data, known = natural.Value, natural.Known; !known {
			data, known = s.index.Recent(e.natural)
		}
	}
	switch {
	case known && data == e.data:
		return Duplicate
	case known:
		return Conflicting
	}
	e.addTo(s.index)
	return Accepted
}

// add adds a record to the frame being gathered.
func (s *sequencer) add(g *group, t *Ticket, e *keyed) {
	event := t.bytes[e.start:e.end]
	if s.count > 0 && len(s.payload)+len(event) > s.full {
		s.flush(g)
	}
	if s.count == 0 {
		s.first = s.next
		s.digests.Reset()
		s.digests.Write(s.chain[:])
	}
	s.payload = append(s.payload, recordEvent)
	s.payload = binary.AppendUvarint(s.payload, uint64(len(event)))
	s.payload = append(s.payload, event...)
	s.digests.Write(e.record[:])
	s.count++
	s.next++
}

// flush ends the frame being gathered, if there is one.
func (s *sequencer) flush(g *group) {
	if s.count == 0 {
		return
	}
	s.digests.Sum(s.chain[:0])
	f := frame{kind: kindRecords, first: s.first, count: s.count, raw: uint32(len(s.payload)), behind: uint32(len(g.frames)), chain: s.chain}
	s.squeezed, f.compression = s.split.compress(s.squeezed[:0], s.payload, s.z)
	payload := s.squeezed
	if len(payload) >= len(s.payload) {
		f.compression, payload = compressionNone, s.payload
	}
	g.places = append(g.places, place{s.first, int64(len(g.frames))})
	g.frames = appendFrame(g.frames, f, payload)
	s.payload, s.count = s.payload[:0], 0
}
