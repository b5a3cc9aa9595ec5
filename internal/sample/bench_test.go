package sample_test

import (
	"io"
	"testing"

	"github.com/tallystick/tallystick/internal/sample"
)

// BenchmarkLoad writes NDJSON; an op is a line.
func BenchmarkLoad(b *testing.B) {
	var size counter
	b.ReportAllocs()
	if err := sample.WriteNDJSON(&size, sample.Load(sample.LoadOptions{Seed: 1, Events: b.N})); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
	b.ReportMetric(float64(size)/float64(b.N), "B/line")
}

// BenchmarkEvents makes a year of the sample without writing it; an op is an event.
func BenchmarkEvents(b *testing.B) {
	b.ReportAllocs()
	for made := 0; made < b.N; {
		for range sample.Events(sample.Options{Seed: 1}) {
			if made++; made == b.N {
				break
			}
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

type counter int

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

var _ io.Writer = (*counter)(nil)
