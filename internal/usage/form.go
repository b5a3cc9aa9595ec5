package usage

import (
	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/render"
)

// Form says how a file is written. What is empty is the default.
type Form struct {
	Format    string `query:"format" json:"format,omitempty" doc:"The same file as on the command line: csv, json, ndjson, xlsx or xls."`
	Delimiter string `query:"delimiter" json:"delimiter,omitempty" doc:"What separates the cells of CSV: comma, pipe, semicolon, tab, or the character."`
	BOM       bool   `query:"bom" json:"bom,omitempty" doc:"Begin CSV with a byte order mark, so that Excel knows its encoding."`
	Guard     string `query:"guard" json:"guard,omitempty" doc:"Whether text that a spreadsheet would run as a formula is made harmless in CSV: on or off; on where it is not said."`
}

// FileOptions returns what the form says beside the format.
func (f *Form) FileOptions() (render.Options, error) {
	o := render.Options{BOM: f.BOM}
	if f.Delimiter != "" {
		var err error
		if o.Delimiter, err = render.ParseDelimiter(f.Delimiter); err != nil {
			return o, At("delimiter", err)
		}
	}
	switch f.Guard {
	case "", "on":
	case "off":
		o.Guard = render.GuardOff
	default:
		return o, tallystick.Errorf(tallystick.Invalid, "%q is none of on, off", f.Guard).At("guard").WithHint("choose one of them")
	}
	return o, nil
}

// FileFormat returns the format, which is CSV where none is said.
func (f *Form) FileFormat() (render.Format, error) {
	if f.Format == "" {
		return render.FormatNamed("csv")
	}
	format, err := render.FormatNamed(f.Format)
	return format, At("format", err)
}
