package journal_test

import (
	"context"
	"fmt"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk/disktest"
	"github.com/tallystick/tallystick/internal/journal"
)

// The same message arrives by a live webhook and by a backfill: it counts once.
func Example() {
	ctx := context.Background()
	j, err := journal.Open(ctx, journal.Options{Dir: "/data/journal", FS: disktest.New()}) // without FS: the operating system's files
	if err != nil {
		fmt.Println(err)
		return
	}
	defer j.Close()

	live := tallystick.Event{
		Tenant: "acme", Source: "webhook", ID: "8c1", Type: tallystick.MessageSent,
		Data: []tallystick.Value{{Field: tallystick.FieldMessageID, Text: "m1"}, {Field: tallystick.FieldDirection, Text: "inbound"}},
	}
	backfill := live
	backfill.Source, backfill.ID = "backfill", "77"
	changed := backfill
	changed.Data = []tallystick.Value{{Field: tallystick.FieldMessageID, Text: "m1"}, {Field: tallystick.FieldDirection, Text: "outbound"}}

	verdicts, err := j.Append(ctx, []tallystick.Event{live, backfill, changed})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range verdicts {
		fmt.Println(v.Outcome)
	}
	err = j.Read(ctx, tallystick.Position{}, func(records []tallystick.Record) error {
		for _, r := range records {
			fmt.Println(r.Position, r.Event.Source, r.Event.ID)
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// accepted
	// duplicate
	// conflicting duplicate
	// 1-1 webhook 8c1
}
