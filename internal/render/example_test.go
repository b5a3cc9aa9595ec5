package render_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"log"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/render"
)

func ExampleFormat_WriteBook() {
	format, err := render.FormatNamed("xlsx")
	if err != nil {
		log.Fatal(err)
	}
	sessions := tallystick.Table{
		Name:    "by-bot",
		Columns: []tallystick.Column{{Name: "Bot", Kind: tallystick.CellText}, {Name: "Sessions", Kind: tallystick.CellInteger}},
		Rows: func(yield func([]tallystick.Cell, error) bool) {
			yield([]tallystick.Cell{tallystick.TextCell("=Orders"), tallystick.IntegerCell(42)}, nil)
		},
	}
	about := func() []render.Fact { return []render.Fact{{Name: "Zone", Value: "Europe/Berlin"}} }
	var file bytes.Buffer
	if err := format.WriteBook(&file, []tallystick.Table{sessions}, render.Options{About: about}); err != nil {
		log.Fatal(err)
	}
	parts, err := zip.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		log.Fatal(err)
	}
	for _, part := range parts.File {
		fmt.Println(part.Name)
	}
	// Output:
	// [Content_Types].xml
	// _rels/.rels
	// xl/styles.xml
	// xl/worksheets/sheet1.xml
	// xl/worksheets/sheet2.xml
	// xl/workbook.xml
	// xl/_rels/workbook.xml.rels
}

func ExampleFormat_Write() {
	format, err := render.FormatNamed("csv")
	if err != nil {
		log.Fatal(err)
	}
	table := tallystick.Table{
		Name:    "by-bot",
		Columns: []tallystick.Column{{Name: "Bot", Kind: tallystick.CellText}, {Name: "Sessions", Kind: tallystick.CellInteger}},
		Rows: func(yield func([]tallystick.Cell, error) bool) {
			yield([]tallystick.Cell{tallystick.TextCell("Orders | Returns"), tallystick.IntegerCell(42)}, nil)
		},
	}
	var file strings.Builder
	if err := format.Write(&file, table, render.Options{Delimiter: '|'}); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q\n", file.String())
	// Output:
	// "Bot|Sessions\r\n\"Orders | Returns\"|42\r\n"
}
