package render_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/render"
)

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
