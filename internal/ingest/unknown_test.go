package ingest

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/tallystick/tallystick"
)

func TestUnknown(t *testing.T) {
	d := newDecoder()
	d.Unknown = &Unknown{}
	d.Declared = declares(tallystick.DeclaredType{Name: "order.placed", Labels: []tallystick.LabelRule{{Name: "total"}}})
	event := func(typ, attributes, data string) string {
		return `{"id":"e","source":"s","tenant":"t","type":"` + typ + `"` + attributes + `,"data":{` + data + `}}`
	}
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			for _, raw := range []string{
				event("bot.upserted", `,"traceparent":"x","datacontenttype":"application/json"`, `"bot_id":"b","colour":"red","shape":null`),
				event("bot.upserted", ``, `"bot_id":"b","colour":"red","size":1`),
				event("bot.upserted", ``, `"bot_id":5,"colour":"rejected"`),
				event("order.placed", `,"traceparent":"x"`, `"total":"5","extra":1`),
				event("order.paid", `,"traceparent":"x"`, `"total":5`),
			} {
				d.Event([]byte(raw))
			}
		})
	}
	running.Wait()
	got, others := d.Unknown.Counts()
	want := []UnknownCount{
		{UnknownName{Type: "bot.upserted", Field: "colour"}, 8},
		{UnknownName{Type: "bot.upserted", Field: "size"}, 4},
		{UnknownName{Type: "bot.upserted", Attribute: "traceparent"}, 4},
		{UnknownName{Type: "order.paid"}, 4},
		{UnknownName{Type: "order.placed", Field: "extra"}, 4},
		{UnknownName{Type: "order.placed", Attribute: "traceparent"}, 4},
	}
	if !reflect.DeepEqual(got, want) || others != 0 {
		t.Errorf("got %v and %d others, want %v", got, others, want)
	}

	for i := range maxUnknown {
		d.Event([]byte(event(fmt.Sprint("made.up.", i), "", "")))
	}
	d.Event([]byte(event(strings.Repeat("long", 1000), "", "")))
	if got, others := d.Unknown.Counts(); len(got) != maxUnknown || others != int64(len(want))+1 {
		t.Errorf("%d names are counted, and %d others", len(got), others)
	}
	if got, others := (*Unknown)(nil).Counts(); got != nil || others != 0 {
		t.Errorf("nothing counts %v, %d", got, others)
	}
}
