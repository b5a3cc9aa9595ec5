package render

import (
	"encoding/binary"
	"errors"
	"io"
	"math"

	"github.com/tallystick/tallystick"
)

// writeXLS writes a workbook of Excel 97 to 2003: records of BIFF8 (MS-XLS) in a compound file.
//
// The file begins with what is known last, the places of the sheets and all texts. So rows are spooled to temporary files, the file is written once every row is
// there, and memory stays small. The format is old and small on purpose: what has more than a million rows is refused instead of taking 16 sheets and more.
func writeXLS(w io.Writer, tables []tallystick.Table, o Options) (err error) {
	cells, err := newSpool()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cells.close()) }()
	texts, err := newSpool()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, texts.close()) }()

	b := &xlsBook{cells: cells, texts: newSharedTexts(texts)}
	if err := writeBook(b, tables, o); err != nil {
		return err
	}
	if len(b.sheets) == 0 {
		return errors.New("a workbook needs a sheet, and there is no table")
	}
	return b.writeTo(w)
}

type xlsBook struct {
	cells  *spool // of all sheets
	texts  *sharedTexts
	sheets []xlsSheet
}

type xlsSheet struct {
	sheet
	rows     int
	from, to int64  // its cells in the spool
	head     []byte // the records before them, known when the sheet has ended
}

func (b *xlsBook) limits() limits {
	return limits{format: "XLS", columns: 256, rows: 65536, inAll: 1_000_000}
}

func (b *xlsBook) full() bool { return false }

func (b *xlsBook) begin(s sheet) error {
	b.sheets = append(b.sheets, xlsSheet{sheet: s, from: b.cells.size})
	return nil
}

func (b *xlsBook) end() error {
	s := &b.sheets[len(b.sheets)-1]
	s.to = b.cells.size
	s.head = xlsSheetHead(s)
	return nil
}

func (b *xlsBook) row(cells []styledCell) error {
	s := &b.sheets[len(b.sheets)-1]
	before := len(b.cells.buf)
	x := b.cells.buf
	for i := range cells {
		cell := &cells[i]
		if cell.Kind == tallystick.CellEmpty {
			continue
		}
		const text, number = 0x00fd, 0x0203
		kind, length := uint16(text), uint16(10)
		if cell.Kind != tallystick.CellText {
			kind, length = number, 14
		}
		x = append16(x, kind, length, uint16(s.rows), uint16(i), xlsStyle[cell.style])
		switch cell.Kind {
		case tallystick.CellText:
			n, err := b.texts.number(cell.Text)
			if err != nil {
				return err
			}
			x = binary.LittleEndian.AppendUint32(x, n)
		case tallystick.CellDecimal:
			// The quotient is the float64 next to the decimal, because 15 digits are exact in both.
			x = binary.LittleEndian.AppendUint64(x, math.Float64bits(float64(cell.Int)/100))
		default:
			x = binary.LittleEndian.AppendUint64(x, math.Float64bits(float64(cell.Int)))
		}
	}
	s.rows++
	b.cells.buf = x
	return b.cells.added(before)
}

// writeTo writes the file. Inside, the records of the workbook come first, then those of each sheet.
func (b *xlsBook) writeTo(w io.Writer) error {
	if err := b.texts.flush(); err != nil {
		return err
	}
	globals, titles := xlsGlobals(), xlsTitles(b.sheets)
	at := int64(len(globals)) + int64(len(titles)) + b.texts.spool.size + int64(len(xlsEnd))
	for i := range b.sheets {
		at += int64(len(xlsSheetEntry(&b.sheets[i], 0)))
	}
	for i := range b.sheets {
		s := &b.sheets[i]
		if at > maxStream { // the place would not fit; the file would not either
			break
		}
		globals = append(globals, xlsSheetEntry(s, uint32(at))...)
		at += int64(len(s.head)) + s.to - s.from + int64(len(xlsSheetTail(i, s)))
	}
	globals = append(globals, titles...)
	return writeCompound(w, "Workbook", at, func(w io.Writer) error {
		if _, err := w.Write(globals); err != nil {
			return err
		}
		const counts = 4 // where they stand
		if err := b.texts.spool.copyTo(w, 0, counts); err != nil {
			return err
		}
		if _, err := w.Write(b.texts.counts()); err != nil {
			return err
		}
		if err := b.texts.spool.copyTo(w, counts+8, b.texts.spool.size); err != nil {
			return err
		}
		if _, err := w.Write(xlsEnd); err != nil {
			return err
		}
		for i := range b.sheets {
			s := &b.sheets[i]
			if _, err := w.Write(s.head); err != nil {
				return err
			}
			if err := b.cells.copyTo(w, s.from, s.to); err != nil {
				return err
			}
			if _, err := w.Write(xlsSheetTail(i, s)); err != nil {
				return err
			}
		}
		return nil
	})
}

func append16(b []byte, values ...uint16) []byte {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	return b
}
