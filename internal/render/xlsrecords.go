package render

import (
	"encoding/binary"
	"encoding/hex"
	"math"
)

// The records of a workbook's parts, in the order in which MS-XLS wants them. Numbers are little-endian; where a field has no name here, it has the value that
// Excel writes.

var xlsEnd = appendRecord(nil, 0x000a, nil)

// xlsBegin begins the records of the workbook (5) or of a sheet (0x10).
func xlsBegin(of uint16) []byte {
	return appendRecord(nil, 0x0809, append16(nil, 0x0600, of, 0x0dbb, 0x07cc, 0x00c1, 0, 0x0306, 0))
}

// xlsGlobals returns the records of the workbook that come before the list of the sheets.
func xlsGlobals() []byte {
	x := xlsBegin(5)
	x = appendRecord(x, 0x0042, append16(nil, 0x04b0))                                       // texts are UTF-16
	x = appendRecord(x, 0x003d, append16(nil, 0, 0, 0x5000, 0x3000, 0x0038, 0, 0, 1, 0x258)) // the window, with its first sheet in front
	x = appendRecord(x, 0x0022, append16(nil, 0))                                            // dates from 1900; there are none
	for _, weight := range []uint16{400, 700, 400, 400} {                                    // fonts; Excel counts on four
		const elevenPoints, windowText, swiss = 220, 0x7fff, 2
		font := append16(nil, elevenPoints, 0, windowText, weight, 0, swiss<<8, 0)
		x = appendRecord(x, 0x0031, appendShortText(font, "Calibri"))
	}
	x = appendXF(x, xf{parent: 0xfff5})
	for range 14 {
		x = appendXF(x, xf{parent: 0xfff5, inherits: 0xf4})
	}
	x = appendXF(x, xf{parent: 1}) // 15: of cells without a style
	const text, integer, decimal = 49, 1, 2
	x = appendXF(x, xf{parent: 1, format: text, align: alignLeft})
	x = appendXF(x, xf{parent: 1, format: integer})
	x = appendXF(x, xf{parent: 1, format: decimal})
	x = appendXF(x, xf{parent: 1, format: text, align: alignLeft, bold: true, head: true})
	x = appendXF(x, xf{parent: 1, format: text, align: alignRight, bold: true, head: true})
	x = appendXF(x, xf{parent: 1, format: text, align: alignLeft, bold: true})
	x = appendRecord(x, 0x0293, append16(nil, 0x8000, 0xff00)) // the style Normal
	return appendRecord(x, 0x0092, xlsPalette())
}

// xlsStyle is the place of each style in the formats of cells.
var xlsStyle = [...]uint16{styleText: 16, styleInteger: 17, styleDecimal: 18, styleHead: 19, styleHeadRight: 20, styleFact: 21}

// xf is a format of cells, or a style that such may inherit from.
type xf struct {
	parent     uint16
	format     uint16 // of numbers
	align      byte   // alignLeft, alignRight or, for what the kind of cell has, zero
	bold, head bool
	inherits   byte // bits of what a style leaves to others
}

const (
	alignLeft  = 1
	alignRight = 3
)

func appendXF(x []byte, f xf) []byte {
	font, align, used := uint16(0), byte(0x20), byte(0) // 0x20: at the bottom
	lines, more, colours := uint32(0), uint32(0), uint16(0x20c0)
	if f.format != 0 {
		used |= 0x04
	}
	if f.bold {
		font, used = 1, used|0x08
	}
	if f.head {
		used |= 0x60
		lines = 1 << 12      // thin, at the bottom
		more = 64<<7 | 1<<26 // in the colour of text; a solid ground
		colours = ground | 65<<7
	}
	if f.align != 0 {
		align, used = align|f.align, used|0x10
	}
	if f.parent == 0xfff5 {
		used = f.inherits
	}
	b := append16(nil, font, f.format, f.parent)
	b = append(b, align, 0, 0, used)
	b = binary.LittleEndian.AppendUint32(b, lines)
	b = binary.LittleEndian.AppendUint32(b, more)
	return appendRecord(x, 0x00e0, append16(b, colours))
}

// ground is the colour behind heads: the place of grey in the palette, which has another colour here.
const ground = 22

// xlsPalette returns Excel's 56 colours, from number 8 on.
func xlsPalette() []byte {
	const first = 8
	colours, err := hex.DecodeString("" +
		"000000ffffffff000000ff000000ffffff00ff00ff00ffff800000008000000080808000800080008080c0c0c0808080" +
		"9999ff993366ffffccccffff660066ff80800066ccccccff000080ff00ffffff0000ffff8000808000000080800000ff" +
		"00ccffccffffccffccffff9999ccffff99cccc99ffffcc993366ff33cccc99cc00ffcc00ff9900ff6600666699969696" +
		"003366339966003300333300993300993366333399333333")
	if err != nil {
		panic(err)
	}
	copy(colours[3*(ground-first):], []byte{0xe8, 0xed, 0xf3})
	b := append16(nil, uint16(len(colours)/3))
	for i := 0; i < len(colours); i += 3 {
		b = append(b, colours[i], colours[i+1], colours[i+2], 0)
	}
	return b
}

// xlsSheetEntry tells the workbook of a sheet and its place in the stream.
func xlsSheetEntry(s *xlsSheet, at uint32) []byte {
	b := binary.LittleEndian.AppendUint32(nil, at)
	return appendRecord(nil, 0x0085, appendShortText(append(b, 0, 0), s.name))
}

// xlsTitles makes the heads of sheets repeat on each printed page: a name of Excel's own for the first row of each.
func xlsTitles(sheets []xlsSheet) []byte {
	const most = 1000 // places that fit into a record; more sheets have no titles
	if len(sheets) > most {
		return nil
	}
	x := appendRecord(nil, 0x01ae, append16(nil, uint16(len(sheets)), 0x0401)) // places are in this workbook
	places := append16(nil, uint16(len(sheets)))
	for i := range sheets {
		places = append16(places, 0, uint16(i), uint16(i))
	}
	x = appendRecord(x, 0x0017, places)
	for i := range sheets {
		if !sheets[i].heads {
			continue
		}
		const builtIn, printTitles, area = 0x20, 7, 0x3b
		b := append16(nil, builtIn, 1<<8, 11, 0, uint16(i+1), 0, 0)
		b = append(b, 0, printTitles, area)
		x = appendRecord(x, 0x0018, append16(b, uint16(i), 0, 0, 0, 255))
	}
	return x
}

// xlsSheetHead returns the records of a sheet that come before its cells.
func xlsSheetHead(s *xlsSheet) []byte {
	x := xlsBegin(0x10)
	const fifteenPoints, fitToPage = 300, 0x0100
	x = appendRecord(x, 0x0225, append16(nil, 0, fifteenPoints)) // height of rows
	x = appendRecord(x, 0x0081, append16(nil, 0x04c1|fitToPage))
	x = appendRecord(x, 0x0015, appendText(nil, "&L&A&R&P / &N")) // at the foot of a page: the sheet, page / pages
	for margin, inches := range pageMargins {
		x = appendRecord(x, 0x0026+uint16(margin), binary.LittleEndian.AppendUint64(nil, math.Float64bits(inches)))
	}
	const a4 = 9
	page := append16(nil, a4, 100, 1, 1, 0, 0, 600, 600) // one page wide, landscape
	for range 2 {
		page = binary.LittleEndian.AppendUint64(page, math.Float64bits(0.3)) // inches
	}
	x = appendRecord(x, 0x00a1, append16(page, 1))
	for i, width := range s.widths {
		x = appendRecord(x, 0x007d, append16(nil, uint16(i), uint16(i), uint16(width)*256, 15, 0, 0))
	}
	size := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, 0), uint32(s.rows))
	return appendRecord(x, 0x0200, append16(size, 0, uint16(len(s.widths)), 0))
}

// pageMargins are the margins of a page in inches: left, right, top, bottom.
var pageMargins = [...]float64{0.5, 0.5, 0.5, 0.7}

// xlsSheetTail returns the records of a sheet, the i-th, that come behind its cells.
func xlsSheetTail(i int, s *xlsSheet) []byte {
	view := uint16(0x00b6) // grid, heads of rows and columns, zeros
	if s.heads {
		view |= 0x0108 // frozen
	}
	if i == 0 {
		view |= 0x0600 // in front
	}
	x := appendRecord(nil, 0x023e, append16(nil, view, 0, 0, 64, 0, 0, 0, 0, 0))
	pane, row := byte(3), uint16(0) // the only one
	if s.heads {
		const lowerLeft = 2
		x = appendRecord(x, 0x0041, append16(nil, 0, 1, 1, 0, lowerLeft))
		pane, row = lowerLeft, 1
	}
	x = appendRecord(x, 0x001d, append16(append16([]byte{pane}, row, 0, 0, 1, row, row), 0))
	return append(x, xlsEnd...)
}

// appendShortText appends a text of at most 255 characters with its length in a byte.
func appendShortText(b []byte, s string) []byte {
	units := appendUTF16(nil, s)
	return appendUnits(append(b, byte(len(units)), flagUTF16), units, flagUTF16)
}

// appendText appends a text with its length in two bytes.
func appendText(b []byte, s string) []byte {
	units := appendUTF16(nil, s)
	return appendUnits(append(append16(b, uint16(len(units))), flagUTF16), units, flagUTF16)
}
