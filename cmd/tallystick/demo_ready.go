package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
)

// longestSettling is how long the exports and mails of a demonstration that begins may take before it is called ready without them.
const longestSettling = time.Minute

// settleIn waits until the server answers, and until what a new demonstration shows is made: rejected events, files and mails.
func (d *demo) settleIn(ctx context.Context, s *serving) error {
	if err := patiently(ctx, func() (bool, error) { return s.ready.Load(), nil }); err != nil || !d.fresh {
		return err
	}
	if err := d.send(ctx, mistakes(tallystick.InstantOf(d.program.now()))); err != nil {
		return err
	}
	settling, cancel := context.WithTimeoutCause(ctx, longestSettling, errors.New("its files and mails take longer than a minute"))
	defer cancel()
	return patiently(settling, func() (bool, error) { return settled(settling, s.control) })
}

// patiently asks again and again until it is so, or ctx is done.
func patiently(ctx context.Context, ask func() (bool, error)) error {
	const pause = 100 * time.Millisecond
	for {
		if is, err := ask(); is || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

// settled reports whether every run has ended, and every delivery.
func settled(ctx context.Context, store *control.Store) (bool, error) {
	system := control.System("demo")
	runs, err := store.Archive(ctx, system, control.RunFilter{}, control.Page{Limit: control.MaxLimit})
	if err != nil {
		return false, err
	}
	for _, r := range runs.Items {
		if r.State == control.RunQueued || r.State == control.RunRunning {
			return false, nil
		}
		if r.Schedule == "" {
			continue
		}
		deliveries, err := store.Deliveries(ctx, system, r.ID)
		if err != nil {
			return false, err
		}
		for _, delivery := range deliveries {
			if delivery.State == control.DeliveryPending || delivery.State == control.DeliverySending {
				return false, nil
			}
		}
	}
	return true, nil
}

// print says how to get in.
func (d *demo) print() error {
	out := d.program.stdout
	fmt.Fprintf(out, "\nThe demonstration is ready at %s\n\nSign in with the password %q as\n\n", d.address, demoPassword)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, m := range demoMembers {
		fmt.Fprintf(w, "  %s\t%s\tsees %s\n", m.email, m.title, m.sees)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	now := tallystick.InstantOf(d.program.now())
	_, err := fmt.Fprintf(out, `
The mails that it would send are at /mailbox, for the Super Administrator, and as files in
  %s

Send an event, as a platform would:

  curl -sS %s/api/v1/events -H 'Authorization: Bearer %s' -H 'Content-Type: application/cloudevents+json' \
    -d '{"specversion": "1.0", "id": "mine-1", "source": "shop/bot", "type": "message.sent", "tenant": "tern-and-gull", "time": "%s",
         "data": {"message_id": "mine-1", "direction": "outbound", "sender_kind": "bot", "sender_id": "tgc-barista", "content_kind": "text"}}'

Some events happen every few seconds by themselves. Ctrl-C ends it.
`, filepath.Join(d.dir.Path(), "mailbox"), d.address, d.mark.Key, now)
	return err
}
