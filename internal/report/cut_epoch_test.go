package report_test

import (
	"fmt"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// TestDetailAroundTheEpoch makes the detail of sessions around 1970-01-01T00:00:00Z, and up to it, in slices of one event.
func TestDetailAroundTheEpoch(t *testing.T) {
	e := memory.New()
	var records []tallystick.Record
	for i, at := range []tallystick.Instant{-50 * tallystick.Hour, -tallystick.Hour, 0, 25 * tallystick.Hour} {
		v := func(f tallystick.Field, text string) tallystick.Value { return tallystick.Value{Field: f, Text: text} }
		records = append(records, tallystick.Record{Position: tallystick.Position{Log: 1, Sequence: uint64(i + 1)}, Event: tallystick.Event{Tenant: "acme", Type: tallystick.MessageSent, Time: at, Data: []tallystick.Value{
			v(tallystick.FieldMessageID, fmt.Sprint("m", i)), v(tallystick.FieldDirection, "inbound"), v(tallystick.FieldSenderKind, "contact"), v(tallystick.FieldSenderID, fmt.Sprint("c", i)), v(tallystick.FieldBotID, "b")}}})
	}
	if err := e.Apply(t.Context(), records); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		to   string
		rows int
	}{{"1970-01-02T12:00:00Z", 4}, {"1970-01-01T00:00:00Z", 2}} {
		for _, size := range []int64{1, 2, 1000} {
			from := tallystick.Moment{Instant: -8 * tallystick.Day, Given: true}
			to, err := tallystick.ParseMoment(c.to)
			if err != nil {
				t.Fatal(err)
			}
			result, err := load(t).Sliced(size).Make(t.Context(), e, tallystick.Request{Report: "session-usage", Table: "detail", Tenants: []string{"acme"}, From: from, To: to})
			if err != nil {
				t.Fatal(err)
			}
			for _, table := range result.Tables {
				n := 0
				for _, err := range table.Rows {
					if err != nil {
						t.Fatal(err)
					}
					n++
				}
				if table.Name == "detail" && n != c.rows {
					t.Errorf("until %s, in slices of %d: %d rows, not %d", c.to, size, n, c.rows)
				}
			}
		}
	}
}
