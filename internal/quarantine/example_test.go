package quarantine_test

import (
	"context"
	"fmt"
	"os"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk/disktest"
	"github.com/tallystick/tallystick/internal/quarantine"
)

// A rejected event is kept, looked at, exported, mended elsewhere, and removed.
func Example() {
	ctx := context.Background()
	store, err := quarantine.Open(quarantine.Options{Dir: "/data/quarantine", FS: disktest.New()})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()

	kept, err := store.Keep(ctx, "acme", []quarantine.Entry{{
		Received: 1_740_830_400_000_000, Source: "events.jsonl:17", Code: tallystick.Invalid, Path: "data.direction",
		Reason: `"up" is not one of inbound, outbound, internal`, Raw: []byte(`{"id":"2","data":{"direction":"up"}}`),
	}})
	fmt.Println(kept, err)

	for e, err := range store.List(ctx, "acme", "") {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(e.ID[:8], e.Received, e.Source, e.Path+":", e.Reason)
	}
	store.Export(ctx, "acme", os.Stdout)

	fmt.Println(store.Remove(ctx, "acme", "4e3b27"))
	// Output:
	// [true] <nil>
	// 4e3b2747 2025-03-01T12:00:00Z events.jsonl:17 data.direction: "up" is not one of inbound, outbound, internal
	// {"id":"2","data":{"direction":"up"}}
	// <nil>
}
