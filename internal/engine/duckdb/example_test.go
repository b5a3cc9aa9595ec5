package duckdb_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/duckdb"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "events")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	engine, err := duckdb.Open(ctx, duckdb.Options{Dir: dir, MemoryLimit: "256MB", Threads: 1})
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()

	record := tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: 1}, Event: tallystick.Event{
		Tenant: "acme", Type: tallystick.FlowStarted, Time: 0,
		Data: []tallystick.Value{{Field: tallystick.FieldFlowRunID, Text: "run-1"}, {Field: tallystick.FieldApplication, Text: "Mobile Web"}},
	}}
	for range 2 { // what comes again is skipped
		if err := engine.Apply(ctx, []tallystick.Record{record}); err != nil {
			log.Fatal(err)
		}
	}
	counts, err := engine.Tally(ctx, tallystick.Tally{
		Scope: tallystick.For("acme", tallystick.Position{}, tallystick.Day),
		Type:  tallystick.FlowStarted, By: []tallystick.Dimension{{Field: tallystick.FieldApplication}},
	})
	fmt.Println(counts, err)
	// Output: [{0 [Mobile Web] 1}] <nil>
}
