package applier

import (
	"context"
	"errors"

	"github.com/tallystick/tallystick"
)

// catchUp applies what the journal has after the engine's position. Reading and decoding go on while the engine applies the batch before.
func (a *Applier) catchUp(ctx context.Context, engine tallystick.Applier, journal Journal) error {
	reading, stop := context.WithCancel(ctx)
	defer stop()
	batches := make(chan []tallystick.Record, 1)
	var failed error // written before batches is closed
	go func() {
		defer close(batches)
		failed = a.read(reading, journal, batches)
	}()
	var err error
	for records := range batches {
		if err == nil {
			if err = a.apply(ctx, engine, records); err != nil {
				stop()
			}
		}
		a.queue.give(records)
	}
	if err == nil {
		err = failed
	}
	if err == nil {
		a.queue.whole()
	}
	return err
}

// read sends the journal's records after the engine's position in batches of the usual size.
func (a *Applier) read(ctx context.Context, journal Journal, batches chan<- []tallystick.Record) error {
	var batch []tallystick.Record
	send := func() error {
		select {
		case batches <- batch:
			batch = nil
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	err := journal.Read(ctx, a.Applied(), func(records []tallystick.Record) error {
		for len(records) > 0 {
			if batch == nil {
				batch = a.queue.buffer()
			}
			n := min(len(records), cap(batch)-len(batch))
			batch, records = append(batch, records[:n]...), records[n:]
			if len(batch) == cap(batch) {
				if err := send(); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err == nil && len(batch) > 0 {
		err = send()
	}
	if err != nil && ctx.Err() == nil {
		err = errors.Join(errors.New("read journal"), err)
	}
	return err
}
