package render

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// spool keeps bytes in a temporary file until they can be written to their place. Its owner closes it, which removes the file.
type spool struct {
	chunk
	file *os.File
	size int64 // of all that was added
}

func newSpool() (*spool, error) {
	f, err := os.CreateTemp("", "tallystick-*.spool")
	if err != nil {
		return nil, fmt.Errorf("make temporary file: %w", err)
	}
	return &spool{file: f, chunk: chunk{w: f}}, nil
}

// added counts what was appended to buf since it had the given length, and writes it once it is much.
func (s *spool) added(before int) error {
	s.size += int64(len(s.buf) - before)
	return s.spill()
}

// copyTo copies the bytes [from, to) to w.
func (s *spool) copyTo(w io.Writer, from, to int64) error {
	if err := s.flush(); err != nil {
		return err
	}
	_, err := io.Copy(w, io.NewSectionReader(s.file, from, to-from))
	return err
}

func (s *spool) close() error { return errors.Join(s.file.Close(), os.Remove(s.file.Name())) }
