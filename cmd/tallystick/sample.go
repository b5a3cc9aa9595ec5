package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"iter"
	"os"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/sample"
)

// sampleCommand writes made-up events as NDJSON.
type sampleCommand struct {
	Seed       uint64  `help:"Another seed makes other events; the same one the same." default:"1"`
	From       string  `help:"First day." placeholder:"DATE" default:"2025-01-01"`
	Days       int     `help:"How many days." default:"365"`
	Scale      float64 `help:"How much happens: 1 is about 690 events a day." default:"1"`
	Duplicates float64 `help:"Share of events that come twice, from 0 to 1."`
	Late       float64 `help:"Share of events that come late, from 0 to 1."`
	Output     string  `short:"o" help:"Write to this file instead of standard output." placeholder:"FILE"`
}

func (c *sampleCommand) Run(ctx context.Context, p *program) error {
	from, err := tallystick.ParseDate(c.From)
	if err != nil {
		return at("--from", err)
	}
	switch {
	case c.Days < 1 || c.Days > 36_500:
		return tallystick.Errorf(tallystick.Invalid, "--days is %d", c.Days).WithHint("give 1 to 36500")
	case !(c.Scale > 0 && c.Scale <= 1e6):
		return tallystick.Errorf(tallystick.Invalid, "--scale is %v", c.Scale).WithHint("give more than 0 and at most 1000000")
	case !(c.Duplicates >= 0 && c.Duplicates <= 1):
		return tallystick.Errorf(tallystick.Invalid, "--duplicates is %v", c.Duplicates).WithHint("give a share from 0 to 1")
	case !(c.Late >= 0 && c.Late <= 1):
		return tallystick.Errorf(tallystick.Invalid, "--late is %v", c.Late).WithHint("give a share from 0 to 1")
	}
	events := sample.Events(sample.Options{Seed: c.Seed, From: from, Days: c.Days, Scale: c.Scale, Duplicates: c.Duplicates, Late: c.Late})
	var out io.Writer = p.stdout
	if c.Output != "" {
		f, err := os.Create(c.Output)
		if err != nil {
			return err
		}
		defer f.Close()
		out = f
	}
	w := bufio.NewWriterSize(out, 256<<10)
	return errors.Join(sample.WriteNDJSON(w, until(ctx, events)), w.Flush(), context.Cause(ctx))
}

// until ends a sequence when ctx is done.
func until[T any](ctx context.Context, all iter.Seq[T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for x := range all {
			if ctx.Err() != nil || !yield(x) {
				return
			}
		}
	}
}
