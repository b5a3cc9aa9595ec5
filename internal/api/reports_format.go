package api

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/render"
	"github.com/tallystick/tallystick/internal/usage"
)

// FileWish says how a file is written.
type FileWish struct {
	Format    string `query:"format" doc:"The same file as on the command line: csv, json, ndjson, xlsx or xls. Without it the Accept header chooses."`
	Delimiter string `query:"delimiter" doc:"What separates the cells of CSV: comma, pipe, semicolon, tab, or the character."`
	BOM       bool   `query:"bom" doc:"Begin CSV with a byte order mark, so that Excel knows its encoding."`
	Guard     string `query:"guard" doc:"Whether text that a spreadsheet would run as a formula is made harmless in CSV: on or off; on where it is not said."`
	Accept    string `header:"Accept" doc:"Without format: application/json, the default, is the answer with its position and notes; the media types of the formats are their files."`
}

func (f *FileWish) options() (render.Options, error) {
	o := render.Options{BOM: f.BOM}
	if f.Delimiter != "" {
		var err error
		if o.Delimiter, err = render.ParseDelimiter(f.Delimiter); err != nil {
			return o, usage.At("delimiter", err)
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

// format returns the format of the file that is wanted; nil where the answer is wanted as JSON that says more than a file. Initial is what holds where nothing is said,
// or anything is accepted, nil likewise.
func (f *FileWish) format(initial *render.Format) (*render.Format, error) {
	if f.Format != "" {
		format, err := render.FormatNamed(f.Format)
		return &format, usage.At("format", err)
	}
	if strings.TrimSpace(f.Accept) == "" {
		return initial, nil
	}
	var best *render.Format
	quality := 0.0
	for one := range strings.SplitSeq(f.Accept, ",") {
		mediaType, parameters, err := mime.ParseMediaType(one)
		if err != nil {
			continue
		}
		q := 1.0
		if text, given := parameters["q"]; given {
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				continue
			}
		}
		if format, known := accepted(mediaType, initial); known && q > quality { // of equals the first
			best, quality = format, q
		}
	}
	if quality == 0 {
		return nil, WithStatus(http.StatusNotAcceptable, tallystick.Errorf(tallystick.Invalid, "nothing that %q accepts is made here", f.Accept).
			WithHint("accept one of %s", strings.Join(mediaTypes(), ", ")))
	}
	return best, nil
}

// accepted returns what answers a media type of an Accept header; nil is JSON with more than a file.
func accepted(mediaType string, initial *render.Format) (format *render.Format, known bool) {
	switch mediaType {
	case "*/*":
		return initial, true
	case "application/*", "application/json":
		return nil, true
	case "text/*":
		mediaType = "text/csv"
	}
	i := slices.Index(mediaTypes(), mediaType)
	if i < 0 {
		return nil, false
	}
	return &render.Formats[i], true
}

// mediaTypes returns the media types of the formats, without parameters.
func mediaTypes() []string {
	types := make([]string, len(render.Formats))
	for i, f := range render.Formats {
		types[i], _, _ = strings.Cut(f.MediaType, ";")
	}
	return types
}

// files is the content of a route that answers with a value as JSON, or a file of any format.
func files(value any) content {
	c := content{}
	for _, t := range mediaTypes() {
		c[t] = nil
	}
	c["application/json"] = value
	return c
}

// workbooks is the content of a route that answers with a workbook.
func workbooks() content {
	c := content{}
	for i, t := range mediaTypes() {
		if render.Formats[i].Workbook() {
			c[t] = nil
		}
	}
	return c
}
