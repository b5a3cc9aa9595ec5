package main

import (
	"context"

	"github.com/tallystick/tallystick/internal/ingest"
)

func (r *importing) keep(ctx context.Context, file string, rejects []ingest.Item) error {
	for i := range rejects {
		r.printRejected(file, &rejects[i])
	}
	r.counts.rejected.Add(int64(len(rejects)))
	return nil
}
