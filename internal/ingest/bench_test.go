package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// typical is a message.sent with UUIDs of about the size that platforms send.
const typical = `{"specversion":"1.0","id":"8f14e45f-ceea-467f-a83c-000000000000","source":"chat","type":"message.sent","tenant":"acme","time":"2025-03-01T09:30:00.125Z",` +
	`"data":{"message_id":"45c48cce-2e2d-4fbd-8a1f-000000000000","direction":"inbound","sender_kind":"contact","sender_id":"contact-4711","room_id":"room-17",` +
	`"conversation_id":"conv-90210","channel_id":"sms-1"}}`

func BenchmarkEvent(b *testing.B) {
	d, raw := newDecoder(), []byte(typical)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Event(raw); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEventByEncodingJSON is what the standard library takes for the same text, without any rule.
func BenchmarkEventByEncodingJSON(b *testing.B) {
	raw := []byte(typical)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		var e struct {
			SpecVersion, ID, Source, Type, Tenant, Time string
			Data                                        map[string]any
		}
		if err := json.Unmarshal(raw, &e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStream(b *testing.B) {
	lines := strings.Repeat(typical+"\n", 20_000)
	array := "[" + strings.Repeat(typical+",", 19_999) + typical + "]"
	for _, c := range []struct {
		name, input string
		workers     int
	}{
		{"lines", lines, 0}, {"lines", lines, 1}, {"lines", lines, 2}, {"array", array, 0}, {"array", array, 2},
		{"gzip", gzipped(lines), 0}, {"gzip", gzipped(lines), 2}, {"zstd", zstded(lines), 2},
	} {
		b.Run(fmt.Sprintf("%s/%d", c.name, c.workers), func(b *testing.B) {
			d := newDecoder()
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				for items, err := range Stream(context.Background(), strings.NewReader(c.input), Auto, d, Options{Workers: c.workers}) {
					if err != nil {
						b.Fatal(err)
					}
					n += len(items)
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkBody reads what a request brings.
func BenchmarkBody(b *testing.B) {
	lines := strings.Repeat(typical+"\n", 100)
	d := newDecoder()
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range Stream(context.Background(), strings.NewReader(lines), NDJSON, d, Options{MaxBytes: MaxBody, MaxDecompressed: MaxBodyDecompressed, MaxEvents: MaxBatch}) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
