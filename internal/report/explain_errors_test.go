package report_test

import (
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/engine/memory"
)

func TestWrongExplanations(t *testing.T) {
	engine := memory.New()
	if err := engine.Apply(t.Context(), recordsOf(readEvents(t, load(t), "../../reports/room-usage/rooms/events.jsonl"))); err != nil {
		t.Fatal(err)
	}
	catalog := load(t)
	for _, test := range []struct {
		name, arguments, table string
		row                    int
		column                 string
		code                   tallystick.Code
		want                   string
	}{
		{"no table", "--tenant acme", "", 1, "1", tallystick.Invalid, "the table is missing; the tables of room-usage are rooms"},
		{"another report's table", "--tenant acme", "usage", 1, "1", tallystick.NotFound, `report room-usage has no table "usage"; its tables are rooms`},
		{"a row past the end", "--tenant acme", "rooms", 6, "Room", tallystick.NotFound, "table rooms has no row 6; it has 5 rows, numbered from 1"},
		{"row 0", "--tenant acme", "rooms", 0, "Room", tallystick.NotFound, "table rooms has no row 0; it has 5 rows, numbered from 1"},
		{"the only row", "--tenant acme --where user=u1 --where room=R-1", "rooms", 2, "Room", tallystick.NotFound, "table rooms has no row 2; it has one row, number 1"},
		{"a table without rows", "--tenant acme --where room=R-9", "rooms", 1, "Room", tallystick.NotFound, "table rooms has no row 1; it has no rows"},
		{"an unknown column", "--tenant acme", "rooms", 1, "Colour", tallystick.NotFound,
			`table rooms has no column "Colour"; its columns are numbered from 1: Room, RoomName, UserName, Channel, Total Messages Received, Total Messages Sent`},
		{"a column past the end", "--all-tenants", "rooms", 1, "9", tallystick.NotFound, `table rooms has no column "9"; its columns are numbered from 1: Tenant ID, Company Name, `},
		{"a wrong request", "--tenant acme --option governance=wild", "rooms", 1, "Room", tallystick.Invalid, `option governance of report room-usage can't be "wild"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			request, _ := parse(t, "room-usage", strings.Fields(test.arguments+" --from 2025-03-01 --to 2025-03-01"))
			_, err := catalog.Explain(t.Context(), engine, request, test.table, test.row, test.column)
			if tallystick.CodeOf(err) != test.code || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %s: %v", tallystick.CodeOf(err), err)
			}
		})
	}
}

// TestColumnsByNumberAndName asks for one cell in all the ways it can be named.
func TestColumnsByNumberAndName(t *testing.T) {
	engine := memory.New()
	if err := engine.Apply(t.Context(), recordsOf(readEvents(t, load(t), "../../reports/room-usage/rooms/events.jsonl"))); err != nil {
		t.Fatal(err)
	}
	catalog := load(t)
	for _, column := range []string{"Total Messages Sent", "total messages sent", "6"} {
		request, _ := parse(t, "room-usage", strings.Fields("--tenant acme --from 2025-03-01 --to 2025-03-01"))
		x, err := catalog.Explain(t.Context(), engine, request, "rooms", 1, column)
		if err != nil {
			t.Fatal(err)
		}
		if x.Column != "Total Messages Sent" || x.Cell != tallystick.IntegerCell(7) || valueOf(x) != "7" {
			t.Errorf("%s: got %+v", column, x)
		}
	}
}
