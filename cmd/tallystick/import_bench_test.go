package main

import (
	"bytes"
	"testing"
)

// BenchmarkImport imports made-up events from a file into a new data directory, durably and up to the engine.
func BenchmarkImport(b *testing.B) {
	lines := events(b, 200, 5)
	file := write(b, "events.jsonl", bytes.Join(lines, nil))
	b.SetBytes(int64(len(bytes.Join(lines, nil))))
	for b.Loop() {
		if r := tally("import", "--data", b.TempDir(), file); r.code != done {
			b.Fatal(r.stderr)
		}
	}
	b.ReportMetric(float64(len(lines)*b.N)/b.Elapsed().Seconds(), "events/s")
}
