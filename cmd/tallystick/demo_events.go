package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/applier"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/sample"
)

// importYear brings the made-up time from a date to an instant into the journal, as far as it isn't there, and the engine up to it. The events have their own times of
// receipt, as if the server had run all the time; what comes late comes when it is its time.
func (d *demo) importYear(ctx context.Context, from tallystick.Date, end tallystick.Instant) error {
	p := d.program
	o := sample.Options{Seed: 1, From: from, Days: max(1, int((end-d.mark.From)/tallystick.Day)), Duplicates: 0.002, Late: 0.005}
	fmt.Fprintf(p.stderr, "tallystick: made-up events of %s to %s are imported\n", from, from.AddDays(o.Days-1))
	run := &importing{program: p}
	var at atomic.Int64 // how far it is
	progress := p.startBar(func() (done, total int64, text string) {
		done = at.Load()
		return done, int64(end - d.mark.From), thousands(run.counts.accepted.Load()) + " events"
	})
	err := p.withJournal(ctx, d.dir, func(j *journal.Journal, a *applier.Applier) error {
		var tickets []handedOver
		wait := func(most int) error {
			for len(tickets) > most {
				verdicts, err := tickets[0].ticket.Wait(ctx)
				if err != nil {
					return refusedBy(err)
				}
				run.count(tickets[0].events, verdicts)
				tickets = tickets[1:]
			}
			return nil
		}
		const batch = 1000
		var events []tallystick.Event
		hand := func() {
			tickets = append(tickets, handedOver{events, j.Enqueue(events)})
			events = nil
		}
		for e := range until(ctx, sample.Events(o)) {
			if e.Time >= end-demoEcho && e.Received == e.Time {
				d.keepTemplate(&e)
			}
			if e.Received < d.mark.Before || e.Received >= end {
				continue
			}
			at.Store(int64(e.Received - d.mark.From))
			if events = append(events, e); len(events) == batch {
				hand()
				if err := wait(inFlight); err != nil {
					return err
				}
			}
		}
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if len(events) > 0 {
			hand()
		}
		if err := wait(0); err != nil {
			return err
		}
		return a.Wait(ctx, j.Head())
	})
	progress.stop()
	if err != nil {
		return err
	}
	return run.ledger.write(ctx, p, d.dir)
}

// demoEcho is how long the time is whose events happen again, and how often and how many of them.
const (
	demoEcho    = 14 * tallystick.Day
	betweenEcho = 3 * time.Second
	mostEchoes  = 4
)

// keepTemplate keeps an event that stands for itself, to let others like it happen later.
func (d *demo) keepTemplate(e *tallystick.Event) {
	if slices.Contains([]string{tallystick.MessageSent, tallystick.ConversationCreated, tallystick.CallEnded, tallystick.AssistanceClicked}, e.Type) {
		d.templates = append(d.templates, *e)
	}
}

// echo returns an event like an earlier one, as another one of now.
func echo(e tallystick.Event, id string, now tallystick.Instant) tallystick.Event {
	key, moved := tallystick.TypeNamed(e.Type).Key, now-e.Time
	e.ID, e.Time, e.Received, e.Data = id, now, now, slices.Clone(e.Data)
	for i := range e.Data {
		switch e.Data[i].Field {
		case key:
			e.Data[i].Text = id
		case tallystick.FieldStartedAt:
			e.Data[i].Int += int64(moved)
		}
	}
	return e
}

// goOn lets events happen until ctx is done, as platforms would hand them over, so that what is shown moves.
func (d *demo) goOn(ctx context.Context, logger *slog.Logger) error {
	if len(d.templates) == 0 {
		return nil
	}
	tick := time.NewTicker(betweenEcho)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := tallystick.InstantOf(d.program.now())
		var body []byte
		for i := range 1 + rand.IntN(mostEchoes) {
			e := echo(d.templates[rand.IntN(len(d.templates))], fmt.Sprintf("demo-%d-%d", now, i), now)
			body = append(sample.AppendJSON(body, &e), '\n')
		}
		if err := d.send(ctx, body); err != nil && ctx.Err() == nil {
			logger.Warn("events of the demonstration were not taken", "error", err)
		}
	}
}

// send hands events over to the server, a line each.
func (d *demo) send(ctx context.Context, lines []byte) error {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, d.address+"/api/v1/events", bytes.NewReader(lines))
	if err != nil {
		return err
	}
	q.Header.Set("Content-Type", "application/x-ndjson")
	q.Header.Set("Authorization", "Bearer "+d.mark.Key)
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("the server answers %d: %s", answer.StatusCode, text)
	}
	return err
}

// mistakes are events as platforms send them that are new to this: each is rejected, for another reason.
func mistakes(now tallystick.Instant) []byte {
	at := now.String()
	return []byte(`{"specversion":"1.0","id":"new-1","source":"shop/bot","type":"message.sent","tenant":"tern-and-gull","time":"` + at + `","data":{"message_id":"new-1","direction":"sideways","sender_kind":"bot","sender_id":"tgc-barista"}}
{"specversion":"1.0","id":"new-2","source":"shop/bot","type":"message.sent","tenant":"tern-and-gull","time":"` + at + `","data":{"direction":"outbound","sender_kind":"bot","sender_id":"tgc-barista"}}
{"specversion":"1.0","id":"new-3","source":"phones/berlin","type":"call.ended","tenant":"kaufhaus-morgenrot","time":"` + at + `","data":{"call_id":"new-3","duration_seconds":-12}}
{"specversion":"1.0","id":"new-4","source":"phones/berlin","type":"call.ended","tenant":"kaufhaus-morgenrot","time":"yesterday","data":{"call_id":"new-4","duration_seconds":61}}
`)
}
