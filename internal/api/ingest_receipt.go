package api

import (
	"context"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/ingest"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/quarantine"
)

// receipt is a request at work: what became of its events so far. It is used by one goroutine.
type receipt struct {
	h     *Ingest
	key   IngestKey
	share *share
	at    tallystick.Instant // of receipt

	results                       []result
	open                          []batch // without an answer of the journal, in order
	accepted, duplicate, rejected int
	counts                        map[tallystick.IngestCount]int64 // of what was not accepted; the keys have no number
}

// batch is what was handed to the journal at once.
type batch struct {
	ticket *journal.Ticket
	events []tallystick.Event
	first  int   // index of its first result
	bytes  int64 // as they were decoded
}

// read takes events until the body ends. Broken is why the body could not be read to its end, where what was read has an answer all the same; err is why there is none.
func (t *receipt) read(ctx context.Context, raw io.Reader, b *body, d *ingest.Decoder, header http.Header) (broken, err error) {
	r, err := b.open(raw)
	if err != nil {
		return brokenBody(err), nil
	}
	if b.binary {
		if err := ingest.CheckHeaders(header); err != nil {
			return err, nil
		}
		// One that is somewhat too long is rejected and kept like others.
		data, err := ingest.ReadAll(ctx, r, ingest.Options{MaxDecompressed: 2 * tallystick.MaxEvent, Hold: t.share.take})
		if err != nil {
			return brokenBody(err), nil
		}
		return nil, t.take(ctx, []ingest.Item{d.BinaryItem(header, data)})
	}
	options := ingest.Options{MaxDecompressed: ingest.MaxBodyDecompressed, MaxEvents: ingest.MaxBatch, Hold: t.share.take, Declared: true}
	in := &counted{r: r}
	for items, err := range ingest.Stream(ctx, in, b.format, d, options) {
		if err != nil {
			broken = brokenBody(err)
			break
		}
		if err := t.take(ctx, items); err != nil {
			return nil, err
		}
	}
	if in.ended && in.n == 0 {
		broken = emptyBody()
	}
	return broken, nil
}

// take hands decoded events to the journal and to the quarantine. What it has begun is finished also when ctx ends: the client does not know what was decoded.
func (t *receipt) take(ctx context.Context, items []ingest.Item) error {
	ctx = context.WithoutCancel(ctx)
	n := batch{first: len(t.results), events: make([]tallystick.Event, 0, len(items))}
	var rejects []*ingest.Item
	if t.results == nil {
		t.results = make([]result, 0, len(items))
	}
	for i := range items {
		item := &items[i]
		n.bytes += item.Length
		if item.Err == nil {
			n.events = append(n.events, item.Event)
			t.results = append(t.results, result{})
		} else {
			rejects = append(rejects, item)
			t.results = append(t.results, result{rejection: &rejection{reason: reason(item.Err), path: shorten(item.Err.Path)}})
		}
	}
	crowded := t.share.add(n.bytes)
	if len(n.events) > 0 {
		n.ticket = t.h.Enqueue(n.events)
	}
	t.open = append(t.open, n)
	if err := t.keep(ctx, n.first, rejects); err != nil {
		return err
	}
	for t.share.open > window || crowded && len(t.open) > 0 {
		if err := t.settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// keep puts rejected events into quarantine and counts them.
func (t *receipt) keep(ctx context.Context, first int, rejects []*ingest.Item) error {
	if len(rejects) == 0 {
		return nil
	}
	entries := make([]quarantine.Entry, len(rejects))
	for i, item := range rejects {
		entries[i] = quarantine.Entry{
			ID: hex.EncodeToString(item.Digest[:]), Received: t.at, Source: t.key.Name + ":" + strconv.FormatInt(item.Line, 10),
			Code: item.Err.Code, Path: item.Err.Path, Reason: reason(item.Err), Length: item.Length, Raw: item.Raw,
		}
		t.count(tallystick.OutcomeRejected, item.Rule, item.Tenant, item.Source)
	}
	kept, err := t.h.Keep(ctx, t.key.Tenant, entries)
	if err != nil {
		return err
	}
	t.rejected += len(rejects)
	for _, k := range kept {
		for t.results[first].rejection == nil {
			first++
		}
		r := t.results[first].rejection
		if r.kept = k; !k {
			r.reason += " (not kept: the quarantine is full)"
		}
		first++
	}
	return nil
}

// settle waits for the journal's answer to the oldest batch without one.
func (t *receipt) settle(ctx context.Context) error {
	b := t.open[0]
	t.open[0] = batch{}
	t.open = t.open[1:]
	if b.ticket != nil {
		verdicts, err := b.ticket.Wait(ctx)
		if err != nil {
			return err
		}
		at := b.first
		for i, v := range verdicts {
			for t.results[at].rejection != nil {
				at++
			}
			t.results[at].verdict = v
			at++
			switch v.Outcome {
			case journal.Accepted:
				t.accepted++
				continue
			case journal.Conflicting:
				t.count(tallystick.OutcomeConflicting, "", b.events[i].Tenant, b.events[i].Source)
			default:
				t.count(tallystick.OutcomeDuplicate, "", b.events[i].Tenant, b.events[i].Source)
			}
			t.duplicate++
		}
	}
	t.share.add(-b.bytes)
	return nil
}

// finish waits until everything is answered, and what was not accepted is counted; also when ctx ends.
func (t *receipt) finish(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	for len(t.open) > 0 {
		if err := t.settle(ctx); err != nil {
			return err
		}
	}
	if len(t.counts) == 0 {
		return nil
	}
	counts := make([]tallystick.IngestCount, 0, len(t.counts))
	for key, n := range t.counts {
		key.Count = n
		counts = append(counts, key)
	}
	return t.h.Count(ctx, counts)
}

// count counts an event that was not accepted, for the key's tenant or else the event's own.
func (t *receipt) count(outcome, reason, tenant, source string) {
	if t.key.Tenant != "" {
		tenant = t.key.Tenant
	}
	key := tallystick.IngestCount{Tenant: tenant, Source: sourceOf(source), Slot: tallystick.SlotOf(t.at), Outcome: outcome, Reason: reason}
	if n, ok := t.counts[key]; ok {
		t.counts[key] = n + 1
		return
	}
	if t.counts == nil {
		t.counts = make(map[tallystick.IngestCount]int64)
	}
	key.Tenant, key.Source = strings.Clone(key.Tenant), strings.Clone(key.Source) // they are parts of the whole batch
	t.counts[key] = 1
}

// sourceOf returns a source as it is counted: an event's may be as long as an event.
func sourceOf(source string) string {
	if len(source) <= tallystick.MaxID {
		return source
	}
	return cut(source, tallystick.MaxID) + "…"
}

// reason says for people why an event was rejected; its path stands beside it.
func reason(err *tallystick.Error) string {
	e := *err
	e.Path = ""
	return shorten(e.Error())
}

// maxText is how many bytes of a reason or path are answered, so that ten thousand of them take little.
const maxText = 1 << 10

func shorten(s string) string {
	if len(s) <= maxText {
		return s
	}
	return cut(s, maxText) + "…"
}

// cut returns at most n bytes of s, and never half a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
