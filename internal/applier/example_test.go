package applier_test

import (
	"context"
	"fmt"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/applier"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// journal is a journal of what it was made with.
type journal []tallystick.Record

func (j journal) Head() tallystick.Position { return j[len(j)-1].Position }

func (j journal) Read(_ context.Context, after tallystick.Position, fn func([]tallystick.Record) error) error {
	return fn(j[after.Sequence:])
}

func Example() {
	j := journal{{
		Position: tallystick.Position{Log: 1, Sequence: 1},
		Event:    tallystick.Event{Tenant: "acme", Source: "example", ID: "1", Type: tallystick.BotUpserted},
	}}
	a := applier.New(applier.Options{
		Log:  1,
		Open: func(context.Context) (tallystick.Engine, error) { return memory.New(), nil },
	})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- a.Run(ctx, j) }()

	if err := a.Wait(ctx, j.Head()); err != nil {
		panic(err)
	}
	a.Ask(func(engine tallystick.Answerer) error {
		tenants, err := engine.Tenants(ctx, j.Head(), tallystick.MaxInstant)
		fmt.Println(a.Applied(), tenants)
		return err
	})
	stop()
	<-ended
	// Output: 1-1 [acme]
}
