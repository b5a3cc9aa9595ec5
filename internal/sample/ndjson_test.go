package sample_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/ingest"
	"github.com/tallystick/tallystick/internal/sample"
)

func TestAppendJSON(t *testing.T) {
	at := newYear + 250*1000
	for _, test := range []struct {
		name  string
		event tallystick.Event
		want  string
	}{
		{"kinds", tallystick.Event{
			Tenant: "t", Source: "s", ID: "1", Type: tallystick.CallEnded, Time: at, Data: []tallystick.Value{
				{Field: tallystick.FieldCallID, Text: "c"}, {Field: tallystick.FieldDurationSeconds, Int: 61_050_000}, {Field: tallystick.FieldStartedAt, Int: int64(newYear)},
			},
		}, `{"specversion":"1.0","id":"1","source":"s","type":"call.ended","tenant":"t","time":"2025-01-01T00:00:00.25Z",` +
			`"data":{"call_id":"c","duration_seconds":61.05,"started_at":"2025-01-01T00:00:00Z"}}`},
		{"whole seconds, lists, flags", tallystick.Event{
			Tenant: "t", Source: "s", ID: "1", Type: tallystick.TenantUpserted, Time: newYear, Data: []tallystick.Value{
				{Field: tallystick.FieldCompanyName, Text: "Grüße & <\"C:\\\">\n"}, {Field: tallystick.FieldLocked, Int: 1},
				{Field: tallystick.FieldServices, Text: `["dnis","sms"]`},
			},
		}, `{"specversion":"1.0","id":"1","source":"s","type":"tenant.upserted","tenant":"t","time":"2025-01-01T00:00:00Z",` +
			`"data":{"company_name":"Grüße \u0026 \u003c\"C:\\\"\u003e\n","locked":true,"services":["dnis","sms"]}}`},
		{"no time, a subject, unknown attributes and fields", tallystick.Event{
			Tenant: "t", Source: "s", ID: "1", Type: tallystick.ChannelConnected, TimeMissing: true, Subject: "x",
			Attributes: []tallystick.Extra{{Name: "traceparent", JSON: `"00-1"`}}, Extra: []tallystick.Extra{{Name: "mood", JSON: `{"a":[1]}`}},
			Data: []tallystick.Value{{Field: tallystick.FieldChannelID, Text: "c"}},
		}, `{"specversion":"1.0","id":"1","source":"s","type":"channel.connected","tenant":"t","subject":"x","traceparent":"00-1",` +
			`"data":{"channel_id":"c","mood":{"a":[1]}}}`},
		{"unknown fields alone", tallystick.Event{
			Tenant: "t", Source: "s", ID: "1", Type: tallystick.ChannelConnected, Time: newYear, Extra: []tallystick.Extra{{Name: "a", JSON: "1"}, {Name: "b", JSON: "2"}},
		}, `{"specversion":"1.0","id":"1","source":"s","type":"channel.connected","tenant":"t","time":"2025-01-01T00:00:00Z","data":{"a":1,"b":2}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := string(sample.AppendJSON(nil, &test.event))
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			if !json.Valid([]byte(got)) {
				t.Error("not JSON")
			}
		})
	}
}

func TestEveryLineIsJSON(t *testing.T) {
	var b bytes.Buffer
	if err := sample.WriteNDJSON(&b, sample.Events(sample.Options{Seed: 1, Days: 14})); err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range bytes.Lines(b.Bytes()) {
		lines++
		if !json.Valid(line) || line[len(line)-1] != '\n' {
			t.Fatalf("line %d: %s", lines, line)
		}
	}
	if lines < 5000 {
		t.Errorf("%d lines", lines)
	}
}

// TestWhatIsWrittenIsAccepted reads the lines as an import would.
func TestWhatIsWrittenIsAccepted(t *testing.T) {
	for name, events := range map[string]iter.Seq[tallystick.Event]{
		"events":  sample.Events(sample.Options{Seed: 1, Days: 30}),
		"load":    sample.Load(sample.LoadOptions{Seed: 1, Events: 10_000}),
		"traffic": sample.Traffic(sample.TrafficOptions{Seed: 1, Events: 20_000}),
	} {
		t.Run(name, func(t *testing.T) {
			unknown := &ingest.Unknown{}
			d := &ingest.Decoder{Now: func() time.Time { return time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC) }, Unknown: unknown}
			for want := range events {
				line := sample.AppendJSON(nil, &want)
				got, err := d.Event(line)
				if err != nil {
					t.Fatalf("%s\n%v", line, err)
				}
				want.Received = got.Received
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("%s\nread as %+v\nwas %+v", line, got, want)
				}
			}
			if counts, others := unknown.Counts(); len(counts) > 0 || others > 0 {
				t.Errorf("unknown to the vocabulary: %v", counts)
			}
		})
	}
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteNDJSONStopsAtAnError(t *testing.T) {
	made := 0
	events := func(yield func(tallystick.Event) bool) {
		for e := range sample.Events(sample.Options{}) {
			if made++; !yield(e) {
				return
			}
		}
	}
	if err := sample.WriteNDJSON(full{}, events); !errors.Is(err, errFull) || made > 5000 {
		t.Errorf("%v after %d events", err, made)
	}
	if err := sample.WriteNDJSON(full{}, slices.Values([]tallystick.Event{{Type: tallystick.UserUpserted}})); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}
