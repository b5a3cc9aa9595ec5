package render

import (
	"unicode"

	"github.com/tallystick/tallystick"
)

// Bounds of a column's width, in characters.
const (
	minWidth = 8
	maxWidth = 60
)

// columnWidths chooses the widths of columns by their heads and the first rows: wide enough for those, within bounds.
func columnWidths(columns []tallystick.Column, rows [][]tallystick.Cell) []int {
	widths := make([]int, len(columns))
	for i, column := range columns {
		// A head is bold, which takes a tenth more.
		w := textWidth(column.Name)
		w += (w + 9) / 10
		for _, row := range rows {
			w = max(w, textWidth(row[i].String()))
		}
		widths[i] = min(max(w+2, minWidth), maxWidth)
	}
	return widths
}

// textWidth estimates the places that the first line of a text takes: two for a character of East Asia or an emoji, none for a mark.
func textWidth(s string) int {
	w := 0
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r' || w > maxWidth:
			return w
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) || r >= 0xff01 && r <= 0xff60 || r >= 0x1f300:
			w += 2
		default:
			w++
		}
	}
	return w
}
