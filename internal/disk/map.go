package disk

import "io"

// Mapped is a part of a file, to be read where it lies.
type Mapped struct {
	Bytes   []byte
	release func() error
}

// Release ends it. Nobody may look at Bytes any more, not even at the time.
func (m Mapped) Release() error {
	if m.release == nil {
		return nil
	}
	return m.release()
}

// Map makes a part of a file readable without reading it: what nobody looks at takes no memory, and what was looked at can be dropped by the system at any time. It is for
// files that are not written any more, and offset is a multiple of the page size (4096 bytes will do where a page is no larger). Bytes that the disk can't give back end
// the process when they are looked at. Where the file system or the operating system can't do it, the part is read.
func Map(f File, offset, size int64) (Mapped, error) {
	if m, ok := f.(mapper); ok && size > 0 {
		return m.mapped(offset, size)
	}
	return read(f, offset, size)
}

type mapper interface {
	mapped(offset, size int64) (Mapped, error)
}

func read(f File, offset, size int64) (Mapped, error) {
	b := make([]byte, size)
	if size == 0 {
		return Mapped{Bytes: b}, nil
	}
	if n, err := f.ReadAt(b, offset); n < len(b) {
		return Mapped{}, short(err)
	}
	return Mapped{Bytes: b}, nil
}

func short(err error) error {
	if err == nil || err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
