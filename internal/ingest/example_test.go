package ingest_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/ingest"
)

// Every line of a file is answered on its own.
func ExampleStream() {
	file := `{"id":"1","source":"chat","tenant":"acme","type":"message.sent","time":"2025-03-01T09:30:00+01:00","data":{"message_id":"m1","direction":"inbound","sender_kind":"system"}}
{"id":"2","source":"chat","tenant":"acme","type":"message.sent","time":"2025-03-01T09:31:00+01:00","data":{"message_id":"m2","direction":"up","sender_kind":"system"}}
{"id":"3","source":"chat","tenant":"acme","type":"bot.upser`

	d := &ingest.Decoder{Now: func() time.Time { return time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC) }}
	for items, err := range ingest.Stream(context.Background(), strings.NewReader(file), ingest.Auto, d, ingest.Options{}) {
		if err != nil {
			fmt.Println("the file can't be read further:", err)
			break
		}
		for _, item := range items {
			if item.Err != nil {
				fmt.Printf("line %d is rejected: %v\n", item.Line, item.Err)
				continue
			}
			fmt.Printf("line %d: %s, %s\n", item.Line, item.Event.Time, item.Event.Text(tallystick.FieldMessageID))
		}
	}
	// Output:
	// line 1: 2025-03-01T08:30:00Z, m1
	// line 2 is rejected: data.direction: "up" is not one of inbound, outbound, internal
	// line 3 is rejected: type: not valid JSON: it ends after 59 bytes, where " was expected
}
