//go:build unix

package disk

import (
	"os"
	"syscall"
)

func (f osFile) mapped(offset, size int64) (Mapped, error) {
	if end, err := f.Size(); err != nil || end < offset+size {
		return Mapped{}, short(err) // a page past the end would end the process
	}
	if offset%int64(os.Getpagesize()) != 0 {
		return read(f, offset, size)
	}
	b, err := syscall.Mmap(int(f.Fd()), offset, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil { // of a file system that can't, or with no room left for addresses
		return read(f, offset, size)
	}
	return Mapped{b, func() error { return syscall.Munmap(b) }}, nil
}
