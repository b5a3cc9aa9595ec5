package render_test

import (
	"io"
	"strconv"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/render"
)

// BenchmarkFormats writes tables of the shape of room-usage; an op is a row.
func BenchmarkFormats(b *testing.B) {
	columns := []tallystick.Column{
		{Name: "Room", Kind: tallystick.CellText}, {Name: "RoomName", Kind: tallystick.CellText}, {Name: "UserName", Kind: tallystick.CellText},
		{Name: "Since", Kind: tallystick.CellInstant}, {Name: "Total Messages Received", Kind: tallystick.CellInteger},
		{Name: "Average", Kind: tallystick.CellDecimal},
	}
	rows := make([][]tallystick.Cell, 1000)
	for i := range rows {
		rows[i] = []tallystick.Cell{
			tallystick.TextCell("room-" + strconv.Itoa(i)), tallystick.TextCell("Trading desk, Frankfurt " + strconv.Itoa(i)), tallystick.TextCell("Ada Lovelace"),
			tallystick.InstantCell(tallystick.Instant(i) * tallystick.Day), tallystick.IntegerCell(int64(i) * 37), tallystick.DecimalCell(int64(i) * 17),
		}
	}
	for _, format := range render.Formats {
		b.Run(format.Name, func(b *testing.B) {
			b.ReportAllocs()
			table := tallystick.Table{Name: "rooms", Columns: columns, Rows: func(yield func([]tallystick.Cell, error) bool) {
				for i := range b.N {
					if !yield(rows[i%len(rows)], nil) {
						return
					}
				}
			}}
			if err := format.Write(io.Discard, table, render.Options{}); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
