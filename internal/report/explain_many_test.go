package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

// TestManyEvents explains numbers of more messages, conversations and sessions than are asked for by their ids at once.
func TestManyEvents(t *testing.T) {
	const many = 2300
	start, err := tallystick.ParseInstant("2025-02-03T00:00:00Z")
	if err != nil {
		t.Fatal(err)
	}
	var events []tallystick.Event
	add := func(minutes int, typ string, texts map[tallystick.Field]string) {
		e := tallystick.Event{Tenant: "acme", Source: "many", ID: fmt.Sprint(len(events)), Type: typ, Time: start + tallystick.Instant(minutes)*tallystick.Minute}
		for _, rule := range tallystick.TypeNamed(typ).Rules {
			if text, ok := texts[rule.Field]; ok {
				e.Data = append(e.Data, tallystick.Value{Field: rule.Field, Text: text, Int: int64(strings.Count(text, "true"))})
			}
		}
		events = append(events, e)
	}
	for i := range many {
		conversation, answer, session := fmt.Sprintf("v%d", i), fmt.Sprintf("answer%d", i), fmt.Sprintf("s%d", i)
		message := func(id, direction, kind, sender string) map[tallystick.Field]string {
			return map[tallystick.Field]string{
				tallystick.FieldMessageID: id, tallystick.FieldDirection: direction, tallystick.FieldSenderKind: kind, tallystick.FieldSenderID: sender,
				tallystick.FieldConversationID: conversation, tallystick.FieldProactive: "true", tallystick.FieldBotID: "b", tallystick.FieldContactID: "c" + fmt.Sprint(i%500),
			}
		}
		add(i, tallystick.MessageSent, message("question"+fmt.Sprint(i), "inbound", "contact", "c"))
		add(i+1, tallystick.MessageSent, message(answer, "outbound", "user", "u"))
		if i%7 == 0 {
			add(i+2, tallystick.MessageFailed, map[tallystick.Field]string{tallystick.FieldMessageID: answer})
		}
		add(i+3, tallystick.ConversationSolved, map[tallystick.Field]string{tallystick.FieldConversationID: conversation})
		add(i, tallystick.SessionStarted, map[tallystick.Field]string{
			tallystick.FieldSessionID: session, tallystick.FieldKind: "agent", tallystick.FieldApplication: "Agent Application",
		})
		add(i+5, tallystick.SessionEnded, map[tallystick.Field]string{tallystick.FieldSessionID: session})
	}
	engine := memory.New()
	if err := engine.Apply(t.Context(), recordsOf(events)); err != nil {
		t.Fatal(err)
	}
	catalog := load(t)
	for _, test := range []struct {
		report, table, arguments string
		row                      int
		column, want             string
	}{
		{"service-usage", "resolved-conversations", "--every month", 1, "Resolved Conversations", "1971"},
		{"service-usage", "proactive-messages", "--every month", 1, "Proactive Messages", "1971"},
		{"billing-usage", "usage", "", 2, "Value", "5"},
		{"session-usage", "summary", "", 1, "Sessions", "1000"},
	} {
		t.Run(test.table, func(t *testing.T) {
			request, _ := parse(t, test.report, strings.Fields("--tenant acme --from 2025-02-01 --to 2025-02-28 "+test.arguments))
			x, err := catalog.Explain(t.Context(), engine, request, test.table, test.row, test.column)
			if err != nil {
				t.Fatal(err)
			}
			if x.Cell.String() != test.want || valueOf(x) != test.want {
				t.Errorf("the cell is %s, its explanation makes %s, want %s", x.Cell, valueOf(x), test.want)
			}
		})
	}
}
