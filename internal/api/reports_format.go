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

// FileWish says how a file is written. Without a format the Accept header chooses.
type FileWish struct {
	usage.Form
	Accept string `header:"Accept" doc:"Without format: application/json, the default, is the answer with its position and notes; the media types of the formats are their files."`
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

// made is the content of a route that answers with a file as it was made: of any format, or an archive.
func made() content {
	c := files(nil)
	c[render.ArchiveMediaType] = nil
	return c
}

// books is the content of a route that answers with all tables in one file.
func books() content {
	c := content{render.ArchiveMediaType: nil}
	for i, t := range mediaTypes() {
		if render.Formats[i].Workbook() {
			c[t] = nil
		}
	}
	return c
}
