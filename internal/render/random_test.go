package render_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/tallystick/tallystick"
)

// oddTexts are texts that some program or other takes for something else, or loses.
var oddTexts = []string{
	"", " ", "  a  ", "\ta\t", "a\nb", "\n", "a\tb", "=1+1", "=HYPERLINK(\"http://x\",\"y\")", "+49 30 1234", "-1", "@SUM(A1)", "'quoted", "''", "\"", "\"\"", "a\"b",
	"007", "0", "1e5", "1E400", "1,5", "1.50", "12/31/2025", "2025-03-01", "10:30", "50%", "$5", "TRUE", "false", "null", "NULL", "nan", "#N/A", "#REF!", "1234567890123456789",
	"http://example.com/?a=b&c=<d>", "mailto:a@example.com", "<b>&amp;</b>", "]]>", "<![CDATA[", "&#0;", "_x0041_", "_x0041", "x_x0041_x0042_y", "_x005F_", "_x005F_x0041_", "_xD800_",
	"_xzzzz_", "_X0041_", "\u00a0", "\u2028", "\ufeff", "\u200b", "é", "e\u0301", "ÿ", "Ā", "Grüße", "東京", "مرحبا بالعالم", "שלום \u202eabc", "🏦", "👩‍👩‍👧‍👦", "𝔘𝔫𝔦", "\U0010ffff", "a|b;c,d",
}

// controls are what XML can't hold, or changes.
var controls = []string{"\x00", "a\x00b", "\x01", "\x07\x08", "\x0b\x0c", "\x1f", "_x0041\x01", "a\rb", "\r\n", "\r", "\x7f", "\u0085", "\ufffe", "\uffff"}

func randomText(r *rand.Rand) string {
	switch n := r.IntN(10); {
	case n < 6:
		return oddTexts[r.IntN(len(oddTexts))]
	case n < 7:
		return oddTexts[r.IntN(len(oddTexts))] + controls[r.IntN(len(controls))] + oddTexts[r.IntN(len(oddTexts))]
	case n < 8: // of a length at which a record may end
		unit := []string{"a", "ÿ", "Ā", "🏦", "a🏦"}[r.IntN(5)]
		return strings.Repeat(unit, 1+r.IntN(9000/len(unit)))
	default:
		var b strings.Builder
		for range r.IntN(20) {
			b.WriteRune([]rune{rune(' ' + r.IntN(95)), rune(0xa0 + r.IntN(0x500)), rune(0x4e00 + r.IntN(0x1000)), rune(0x1f300 + r.IntN(0x200))}[r.IntN(4)])
		}
		return b.String()
	}
}

func randomNumber(r *rand.Rand) int64 {
	switch n := r.Int64N(2*maxDigits) - maxDigits; r.IntN(4) {
	case 0:
		return []int64{0, 1, -1, 99, -99, 100, 1 << 29, -1 << 29, 1 << 30, 1<<31 - 1, 1 << 31, 1 << 53, 1<<53 + 1, maxDigits, -maxDigits, maxDigits + 1, -maxDigits - 1, math.MaxInt64, math.MinInt64 + 1, maxDigits / 10, maxDigits/10 + 1}[r.IntN(21)]
	case 1:
		return n
	default:
		return n >> r.IntN(50)
	}
}

// isNumber reports whether a cell is a number in a workbook.
func isNumber(c tallystick.Cell) bool {
	limit := int64(maxDigits)
	if c.Kind == tallystick.CellDecimal {
		limit = maxDigits / 10
	}
	return (c.Kind == tallystick.CellInteger || c.Kind == tallystick.CellDecimal) && -limit <= c.Int && c.Int <= limit
}

const maxDigits = 999_999_999_999_999

// randomTable has columns of all kinds, each with empty cells; the first has none, so that no row is without a cell.
func randomTable(r *rand.Rand, name string, rows int) keptTable {
	k := keptTable{name: name, columns: []tallystick.Column{{Name: "A", Kind: tallystick.CellText}}}
	for _, kind := range []tallystick.CellKind{tallystick.CellText, tallystick.CellInteger, tallystick.CellDecimal, tallystick.CellInstant, tallystick.CellNumber} {
		for range r.IntN(3) {
			k.columns = append(k.columns, tallystick.Column{Name: strings.ReplaceAll(randomText(r), "\n", " ") + ".", Kind: kind})
		}
	}
	for range rows {
		var row []tallystick.Cell
		for i, column := range k.columns {
			cell := tallystick.Empty
			if i == 0 || r.IntN(4) > 0 {
				switch column.Kind {
				case tallystick.CellText:
					cell = tallystick.TextCell(randomText(r))
				case tallystick.CellInteger:
					cell = tallystick.IntegerCell(randomNumber(r))
				case tallystick.CellDecimal:
					cell = tallystick.DecimalCell(randomNumber(r))
				case tallystick.CellInstant:
					cell = tallystick.InstantCell(tallystick.Instant(r.Int64N(int64(80_000 * tallystick.Day))))
				default:
					cell = []tallystick.Cell{tallystick.IntegerCell(randomNumber(r)), tallystick.DecimalCell(randomNumber(r))}[r.IntN(2)]
				}
			}
			row = append(row, cell)
		}
		k.rows = append(k.rows, row)
	}
	return k
}

// edgeTable has every odd text, the longest texts of each kind of character, and numbers at the edges.
func edgeTable() keptTable {
	k := keptTable{name: "edges", columns: []tallystick.Column{{Name: "Text", Kind: tallystick.CellText}, {Name: "N", Kind: tallystick.CellInteger}, {Name: "D", Kind: tallystick.CellDecimal}}}
	longest := []string{strings.Repeat("x", 32767), strings.Repeat("ÿ", 32767), strings.Repeat("Ā", 32767), "a" + strings.Repeat("🏦", 16383), strings.Repeat("🏦", 16383) + "a"}
	for i, s := range slices.Concat(longest, oddTexts, controls) {
		n := int64(i)
		if i < 18 {
			n = []int64{0, maxDigits, -maxDigits, maxDigits + 1, -maxDigits - 1, 1 << 53, math.MaxInt64, math.MinInt64 + 1, 123456789012, 100, 7, -7, 1 << 29, 1<<29 - 1, -1 << 29, 1234567, maxDigits / 10, maxDigits/10 + 1}[i]
		}
		k.rows = append(k.rows, []tallystick.Cell{tallystick.TextCell(s), tallystick.IntegerCell(n), tallystick.DecimalCell(n)})
	}
	return k
}
