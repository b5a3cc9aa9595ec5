package runner

import (
	"cmp"
	"errors"

	"github.com/tallystick/tallystick/internal/disk"
)

// syncEvery is how many bytes are written to a file before they are made durable.
const syncEvery = 32 << 20

// steadyFile makes what is written to it durable while more is written, so that at the end of a large file little is left to wait for. A disk that is slower than the writer is waited for. It is for one who writes at a time.
type steadyFile struct {
	disk.File
	written int        // since the last sync was begun
	syncing chan error // gets the result of that; nil: none was begun
	failed  error      // of any sync on the way: what it should have written is lost, though later ones may succeed
}

func (f *steadyFile) Write(b []byte) (int, error) {
	n, err := f.File.Write(b)
	if f.written += n; err != nil || f.written < syncEvery {
		return n, err
	}
	if err := f.settle(); err != nil {
		return n, err
	}
	f.written = 0
	syncing := make(chan error, 1)
	f.syncing = syncing
	go func() { syncing <- f.File.Sync() }()
	return n, nil
}

// settle waits for the sync that is on its way.
func (f *steadyFile) settle() error {
	if f.syncing != nil {
		f.failed = cmp.Or(f.failed, <-f.syncing)
		f.syncing = nil
	}
	return f.failed
}

// Sync makes the rest durable.
func (f *steadyFile) Sync() error {
	if err := f.settle(); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f *steadyFile) Close() error { return errors.Join(f.settle(), f.File.Close()) }
