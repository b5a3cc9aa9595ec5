package keyindex

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"path/filepath"

	"github.com/tallystick/tallystick/internal/disk"
)

const (
	syncEvery   = 8 << 20 // bytes; so that a large run does not make the journal wait for its sync
	bufferBytes = 1 << 18
)

// runWriter writes a run from entries in ascending order.
type runWriter struct {
	fs       disk.FS
	path     string
	file     disk.File
	filter   *filterBuilder
	buffer   []byte
	shape    shape
	inBlock  int
	count    uint64
	unsynced int
}

// createRun begins a run of exactly count keys.
func createRun(fsys disk.FS, path string, count uint64) (*runWriter, error) {
	f, err := fsys.Create(path + newSuffix)
	if err != nil {
		return nil, err
	}
	shape := shapeOf(count)
	buffer := make([]byte, 0, min(bufferBytes, (shape.blocks()+1)*blockSize))
	return &runWriter{fs: fsys, path: path, file: f, filter: newFilter(count), shape: shape, buffer: buffer}, nil
}

func (w *runWriter) add(e entry) error {
	w.buffer = w.shape.append(w.buffer, e)
	w.filter.add(e.key)
	w.count++
	if w.inBlock++; w.inBlock == int(w.shape.keys) {
		return w.endBlock()
	}
	return nil
}

func (w *runWriter) endBlock() error {
	fill := blockSize - 4 - w.inBlock*w.shape.width
	w.buffer = append(w.buffer, make([]byte, fill)...)
	sum := crc32.Checksum(w.buffer[len(w.buffer)-(blockSize-4):], castagnoli)
	w.buffer = binary.LittleEndian.AppendUint32(w.buffer, sum)
	w.inBlock = 0
	if len(w.buffer)+blockSize > cap(w.buffer) {
		return w.flush()
	}
	return nil
}

func (w *runWriter) flush() error {
	_, err := w.file.Write(w.buffer)
	w.unsynced += len(w.buffer)
	w.buffer = w.buffer[:0]
	if err == nil && w.unsynced >= syncEvery {
		w.unsynced = 0
		err = w.file.Sync()
	}
	return err
}

// finish makes the run durable under its name and returns it.
func (w *runWriter) finish(first, last uint64, digest [32]byte) (*run, error) {
	if w.count != w.shape.count {
		return nil, fmt.Errorf("write %s: %d keys came, %d were announced", w.path, w.count, w.shape.count)
	}
	if w.inBlock > 0 {
		if err := w.endBlock(); err != nil {
			return nil, err
		}
	}
	if err := w.flush(); err != nil {
		return nil, err
	}
	r := &run{path: w.path, count: w.count, shape: w.shape, first: first, last: last, digest: digest}
	sum := uint32(0)
	for _, part := range w.filter.done().stored() {
		sum = crc32.Update(sum, castagnoli, part)
		if _, err := w.file.Write(part); err != nil {
			return nil, err
		}
	}
	w.filter = nil // its memory is not needed any more
	if _, err := w.file.Write(r.appendFooter(nil, sum)); err != nil {
		return nil, err
	}
	if err := w.file.Sync(); err != nil {
		return nil, err
	}
	if err := w.file.Close(); err != nil {
		return nil, err
	}
	if err := w.fs.Rename(w.path+newSuffix, w.path); err != nil {
		return nil, err
	}
	if err := w.fs.SyncDir(filepath.Dir(w.path)); err != nil {
		return nil, err
	}
	var err error
	if r.file, err = w.fs.Open(w.path); err != nil {
		return nil, err
	}
	if err := r.mapFilter(); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// abandon removes what was written.
func (w *runWriter) abandon() {
	w.file.Close() // may be closed already
	w.fs.Remove(w.path + newSuffix)
}
