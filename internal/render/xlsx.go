package render

import (
	"archive/zip"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/klauspost/compress/flate"

	"github.com/tallystick/tallystick"
)

// writeXLSX writes a workbook of Office Open XML (ECMA-376): a zip with a part for each sheet.
//
// Parts are compressed as rows come and texts stand in their cells instead of a shared table, so that memory is constant and nothing is spooled. The well-known
// excelize (v2.9.1) was tried and can't be used here: it gathers the whole file in memory, orders the sheets in the zip at random, replaces control characters, drops
// texts such as _xD800_, and cuts long ones without a word. What is needed of the format is this file and xmltext.go, which take a quarter of its time.
func writeXLSX(w io.Writer, tables []tallystick.Table, o Options) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, zipLevel) })
	b := &xlsxBook{zip: z}
	// The types come first, where programs that guess the kind of a file look. Sheets are the default, because how many there will be is not known yet.
	if err := b.part("[Content_Types].xml", xlsxTypes); err != nil {
		return err
	}
	if err := b.part("_rels/.rels", xlsxRoot); err != nil {
		return err
	}
	if err := b.part("xl/styles.xml", xlsxStyles); err != nil {
		return err
	}
	if err := writeBook(b, tables, o); err != nil {
		return err
	}
	if len(b.sheets) == 0 {
		return fmt.Errorf("a workbook needs a sheet, and there is no table")
	}
	if err := b.index(); err != nil {
		return err
	}
	return z.Close()
}

// zipLevel is the level of deflate. Level 1 saves a fifth of the time and makes files larger by a quarter, and files go by mail.
const zipLevel = 6

// xlsxMaxPart is the size of XML after which a sheet goes on in the next one: a part of 4 GiB needs an extension of zip that Excel reads in some spellings only.
const xlsxMaxPart = 4<<30 - 64<<20

type xlsxBook struct {
	zip     *zip.Writer
	sheets  []sheet
	chunk   chunk    // writes into the part of the sheet
	written int64    // into that part, what is in the chunk left out
	rows    int      // of the sheet
	columns []string // names of its columns: A, B, …
}

func (b *xlsxBook) limits() limits { return limits{format: "XLSX", columns: 16384, rows: 1_048_576} }

func (b *xlsxBook) full() bool { return b.written > xlsxMaxPart }

func (b *xlsxBook) part(name, content string) error {
	w, err := b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, content)
	return err
}

func (b *xlsxBook) begin(s sheet) error {
	b.sheets = append(b.sheets, s)
	w, err := b.zip.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("xl/worksheets/sheet%d.xml", len(b.sheets)), Method: zip.Deflate})
	if err != nil {
		return err
	}
	b.chunk.w, b.written, b.rows = w, 0, 0
	for len(b.columns) < len(s.widths) {
		b.columns = append(b.columns, columnName(len(b.columns)))
	}
	x := append(b.chunk.buf, xmlHead+`<worksheet xmlns="`+xlsxMain+`"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0"`...)
	if len(b.sheets) == 1 {
		x = append(x, ` tabSelected="1"`...)
	}
	x = append(x, '>')
	if s.heads {
		x = append(x, `<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" activeCell="A2" sqref="A2"/>`...)
	}
	x = append(x, `</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>`...)
	if len(s.widths) > 0 {
		x = append(x, `<cols>`...)
		for i, width := range s.widths {
			x = fmt.Appendf(x, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, width)
		}
		x = append(x, `</cols>`...)
	}
	b.chunk.buf = append(x, `<sheetData>`...)
	return nil
}

func (b *xlsxBook) row(cells []styledCell) error {
	b.rows++
	x := append(b.chunk.buf, `<row r="`...)
	x = strconv.AppendInt(x, int64(b.rows), 10)
	x = append(x, `">`...)
	for i := range cells {
		cell := &cells[i]
		if cell.Kind == tallystick.CellEmpty {
			continue
		}
		x = append(x, `<c r="`...)
		x = append(x, b.columns[i]...)
		x = strconv.AppendInt(x, int64(b.rows), 10)
		x = append(x, `" s="`...)
		x = append(x, xlsxStyle[cell.style]...)
		if cell.Kind == tallystick.CellText {
			x = append(x, `" t="inlineStr"><is>`...)
			x = appendXMLText(x, cell.Text)
			x = append(x, `</is></c>`...)
		} else {
			x = append(x, `"><v>`...)
			x = cell.Append(x)
			x = append(x, `</v></c>`...)
		}
	}
	b.chunk.buf = append(x, `</row>`...)
	if len(b.chunk.buf) >= chunkSize {
		b.written += int64(len(b.chunk.buf))
	}
	return b.chunk.spill()
}

func (b *xlsxBook) end() error {
	x := append(b.chunk.buf, `</sheetData><pageMargins left="0.5" right="0.5" top="0.5" bottom="0.7" header="0.3" footer="0.3"/>`...)
	x = append(x, `<pageSetup paperSize="9" fitToHeight="0" orientation="landscape"/><headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter></headerFooter>`...)
	if columns := len(b.sheets[len(b.sheets)-1].widths); columns > 0 && b.rows > 0 {
		// Ids that look like numbers get no green corners.
		x = fmt.Appendf(x, `<ignoredErrors><ignoredError sqref="A1:%s%d" numberStoredAsText="1"/></ignoredErrors>`, b.columns[columns-1], b.rows)
	}
	b.chunk.buf = append(x, `</worksheet>`...)
	return b.chunk.flush()
}

// index writes what lists the sheets.
func (b *xlsxBook) index() error {
	const space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	book := append([]byte(nil), xmlHead+`<workbook xmlns="`+xlsxMain+`" xmlns:r="`+space+`"><bookViews><workbookView/></bookViews><sheets>`...)
	var titles []byte
	links := append([]byte(nil), xmlHead+`<Relationships xmlns="`+xlsxLinks+`">`...)
	for i, s := range b.sheets {
		book = append(book, `<sheet name="`...)
		book = appendXMLEscaped(book, s.name)
		book = fmt.Appendf(book, `" sheetId="%d" r:id="rId%d"/>`, i+1, i+1)
		links = fmt.Appendf(links, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, space, i+1)
		if s.heads {
			titles = fmt.Appendf(titles, `<definedName name="_xlnm.Print_Titles" localSheetId="%d">`, i)
			titles = appendXMLEscaped(titles, "'"+strings.ReplaceAll(s.name, "'", "''")+"'!$1:$1")
			titles = append(titles, `</definedName>`...)
		}
	}
	book = append(book, `</sheets>`...)
	if len(titles) > 0 {
		book = append(append(append(book, `<definedNames>`...), titles...), `</definedNames>`...)
	}
	book = append(book, `</workbook>`...)
	links = fmt.Appendf(links, `<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/></Relationships>`, len(b.sheets)+1, space)
	if err := b.part("xl/workbook.xml", string(book)); err != nil {
		return err
	}
	return b.part("xl/_rels/workbook.xml.rels", string(links))
}

// columnName returns the letters of a column, counted from 0: A, …, Z, AA, ….
func columnName(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return columnName(i/26-1) + string(rune('A'+i%26))
}

// Parts that are the same in every file.
const (
	xmlHead   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	xlsxMain  = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	xlsxLinks = "http://schemas.openxmlformats.org/package/2006/relationships"

	xlsxKind  = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	xlsxTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="` + xlsxKind + `worksheet+xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="` + xlsxKind + `sheet.main+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="` + xlsxKind + `styles+xml"/></Types>`

	xlsxRoot = xmlHead + `<Relationships xmlns="` + xlsxLinks + `">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`

	// Number formats: 49 is @, 1 is 0, 2 is 0.00. Texts stand at the left, whatever their script's direction. The formats of cells are in the order of the styles, behind the default one.
	xlsxStyles = xmlHead + `<styleSheet xmlns="` + xlsxMain + `">` +
		`<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>` +
		`<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>` +
		`<fill><patternFill patternType="solid"><fgColor rgb="FFE8EDF3"/><bgColor indexed="64"/></patternFill></fill></fills>` +
		`<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>` +
		`<border><left/><right/><top/><bottom style="thin"><color auto="1"/></bottom><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="7">` +
		`<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
		`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment horizontal="left"/></xf>` +
		`<xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="2" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="49" fontId="1" fillId="2" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">` +
		`<alignment horizontal="left"/></xf>` +
		`<xf numFmtId="49" fontId="1" fillId="2" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">` +
		`<alignment horizontal="right"/></xf>` +
		`<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyAlignment="1">` +
		`<alignment horizontal="left"/></xf></cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
)

// xlsxStyle is the place of each style in the formats of cells.
var xlsxStyle = [...]string{styleText: "1", styleInteger: "2", styleDecimal: "3", styleHead: "4", styleHeadRight: "5", styleFact: "6"}
