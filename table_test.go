package tallystick

import "testing"

func TestCell(t *testing.T) {
	for _, c := range []struct {
		cell Cell
		want string
	}{
		{Empty, ""}, {Cell{}, ""}, {TextCell("a"), "a"}, {IntegerCell(-3), "-3"}, {DecimalCell(5), "0.05"}, {DecimalCell(1234), "12.34"}, {DecimalCell(-105), "-1.05"},
		{InstantCell(0), "1970-01-01T00:00:00Z"}, {InstantCell(1_500_000), "1970-01-01T00:00:01.5Z"}, {InstantCell(1), "1970-01-01T00:00:00.000001Z"},
	} {
		if got := c.cell.String(); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.cell, got, c.want)
		}
	}
}
