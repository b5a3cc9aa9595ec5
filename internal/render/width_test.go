package render

import (
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
)

func TestColumnWidths(t *testing.T) {
	text := tallystick.TextCell
	for _, test := range []struct {
		name, head string
		cells      []tallystick.Cell
		want       int
	}{
		{"a short head", "N", nil, 8},
		{"a head is bold", "Total Messages Received", nil, 28},
		{"a text", "N", []tallystick.Cell{text("twelve chars"), text("few")}, 14},
		{"a number", "N", []tallystick.Cell{tallystick.DecimalCell(-123456789012)}, 16},
		{"an instant", "At", []tallystick.Cell{tallystick.InstantCell(0)}, 22},
		{"nothing", "N", []tallystick.Cell{tallystick.Empty}, 8},
		{"a long text", "N", []tallystick.Cell{text(strings.Repeat("x", 1000))}, 60},
		{"East Asia", "N", []tallystick.Cell{text("東京オフィス")}, 14},
		{"marks take no place", "N", []tallystick.Cell{text(strings.Repeat("e\u0301", 10))}, 12},
		{"the first line counts", "N", []tallystick.Cell{text("ten chars!\n" + strings.Repeat("x", 50))}, 12},
	} {
		t.Run(test.name, func(t *testing.T) {
			rows := [][]tallystick.Cell{}
			for _, cell := range test.cells {
				rows = append(rows, []tallystick.Cell{cell})
			}
			if got := columnWidths([]tallystick.Column{{Name: test.head}}, rows); got[0] != test.want {
				t.Errorf("got %d, want %d", got[0], test.want)
			}
		})
	}
}
