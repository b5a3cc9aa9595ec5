package disktest

import (
	"io"
	"io/fs"
	"slices"
	"syscall"
)

// file is an open file.
type file struct {
	disk     *Disk
	node     *node
	name     string
	readOnly bool
	closed   bool
}

func (f *file) usable(writing bool) error {
	switch {
	case f.disk.off:
		return ErrPower
	case f.closed:
		return &fs.PathError{Op: "use", Path: f.name, Err: fs.ErrClosed}
	case writing && f.readOnly:
		return &fs.PathError{Op: "write", Path: f.name, Err: fs.ErrPermission}
	}
	return nil
}

func (f *file) ReadAt(p []byte, offset int64) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.usable(false); err != nil {
		return 0, err
	}
	if offset >= int64(len(f.node.now)) {
		return 0, io.EOF
	}
	n := copy(p, f.node.now[offset:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *file) Write(p []byte) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.usable(true); err != nil {
		return 0, err
	}
	midway, err := f.disk.begin(OpWrite, f.name)
	n := len(p)
	switch {
	case midway && !f.disk.off:
		n /= 2
	case midway: // the power went: all of it may be on its way
	case err != nil:
		n = 0
	case f.disk.free >= 0 && int64(n) > f.disk.free:
		n, err = int(f.disk.free), &fs.PathError{Op: "write", Path: f.name, Err: syscall.ENOSPC}
	}
	if f.disk.free >= 0 {
		f.disk.free -= int64(n)
	}
	f.node.change(contentChange{offset: int64(len(f.node.now)), data: slices.Clone(p[:n])})
	return n, err
}

func (f *file) Sync() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.usable(true); err != nil {
		return err
	}
	if midway, err := f.disk.begin(OpSync, f.name); err != nil {
		if midway && !f.disk.off {
			f.node.lost, f.node.pending = true, nil
		}
		return err
	}
	switch {
	case f.disk.lies:
		return nil
	case f.node.lost:
		for _, c := range f.node.pending {
			f.node.durable = c.on(f.node.durable)
		}
	default:
		f.node.durable = slices.Clip(f.node.now)
	}
	f.node.pending = nil
	return nil
}

func (f *file) Truncate(size int64) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.usable(true); err != nil {
		return err
	}
	midway, err := f.disk.begin(OpTruncate, f.name)
	if err == nil || midway && f.disk.off {
		f.node.change(contentChange{offset: size, cut: true})
	}
	return err
}

func (f *file) Size() (int64, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.usable(false); err != nil {
		return 0, err
	}
	return int64(len(f.node.now)), nil
}

func (f *file) Close() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.closed {
		return &fs.PathError{Op: "close", Path: f.name, Err: fs.ErrClosed}
	}
	f.closed = true
	return nil
}

func (n *node) change(c contentChange) {
	n.now = c.on(n.now)
	n.pending = append(n.pending, c)
}

// on returns b with the change made; b may be shared with the result.
func (c contentChange) on(b []byte) []byte {
	if c.cut {
		if c.offset <= int64(len(b)) {
			return b[:c.offset:c.offset]
		}
		return append(slices.Clip(b), make([]byte, c.offset-int64(len(b)))...)
	}
	if grow := c.offset - int64(len(b)); grow > 0 { // an earlier write was lost
		b = append(slices.Clip(b), make([]byte, grow)...)
	}
	if c.offset == int64(len(b)) {
		return append(b, c.data...) // in place where there is room: nobody sees past the end of a shared b
	}
	return append(b[:c.offset:c.offset], c.data...)
}
