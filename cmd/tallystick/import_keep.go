package main

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/ingest"
	"github.com/tallystick/tallystick/internal/quarantine"
)

// provider is the tenant of what no key brought: files are read by whoever runs the installation.
const provider = ""

// keep puts rejected events of a file into quarantine, says so about the first few, and counts them.
func (r *importing) keep(ctx context.Context, file string, rejects []ingest.Item) error {
	if len(rejects) == 0 {
		return nil
	}
	now := tallystick.InstantOf(r.program.now())
	entries := make([]quarantine.Entry, len(rejects))
	for i := range rejects {
		item := &rejects[i]
		reason := *item.Err
		reason.Path = ""
		entries[i] = quarantine.Entry{
			ID: hex.EncodeToString(item.Digest[:]), Received: now, Source: fmt.Sprintf("%s:%d", file, item.Line),
			Code: item.Err.Code, Path: item.Err.Path, Reason: reason.Error(), Length: item.Length, Raw: item.Raw,
		}
	}
	kept, err := r.quarantine.Keep(context.WithoutCancel(ctx), provider, entries)
	if err != nil {
		return broken(err)
	}
	for i, k := range kept {
		note := ""
		if !k {
			r.counts.notKept.Add(1)
			note = " (not kept: the quarantine is full)"
		}
		r.ledger.count(tallystick.OutcomeRejected, rejects[i].Rule, rejects[i].Tenant, rejects[i].Source, now)
		r.printRejected(entries[i].Source, rejects[i].Err, note)
	}
	r.counts.rejected.Add(int64(len(rejects)))
	return nil
}
