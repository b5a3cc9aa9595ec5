package render

import (
	"archive/zip"
	"compress/flate"
	"io"

	"github.com/tallystick/tallystick"
)

// The media type and extension of an archive.
const (
	ArchiveMediaType = "application/zip"
	ArchiveExtension = ".zip"
)

// WriteArchive writes a zip with a file for each table, NAME and the format's extension, one after another. Its bytes depend on the tables alone: its files have no times.
func (f Format) WriteArchive(w io.Writer, tables []tallystick.Table, o Options) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, zipLevel) })
	for _, t := range tables {
		part, err := z.CreateHeader(&zip.FileHeader{Name: t.Name + f.Extension, Method: zip.Deflate})
		if err != nil {
			return err
		}
		if err := f.Write(part, t, o); err != nil {
			return err
		}
	}
	return z.Close()
}
