package keyindex

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"path/filepath"
	"strings"

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

// createRun begins a run of exactly count keys, and keeps at most lowInMemory bytes of its filter's low in memory.
func createRun(fsys disk.FS, path string, count uint64, lowInMemory int) (*runWriter, error) {
	f, err := fsys.Create(path + newSuffix)
	if err != nil {
		return nil, err
	}
	shape := shapeOf(count)
	buffer := make([]byte, 0, min(bufferBytes, (shape.blocks()+1)*blockSize))
	w := &runWriter{fs: fsys, path: path, file: f, shape: shape, buffer: buffer}
	w.filter = newFilter(count, lowInMemory, func() (disk.File, error) { return fsys.Create(w.asidePath()) })
	return w, nil
}

// asidePath is the name of the file of the filter's low. Like that of a run that is being written, it ends in a way that lets the next start remove it.
func (w *runWriter) asidePath() string {
	return strings.TrimSuffix(w.path, runSuffix) + ".low" + runSuffix + newSuffix
}

// removeAside removes the file of the filter's low, if there is one. Nobody needs its content: errors of closing it do not matter.
func (w *runWriter) removeAside() error {
	if w.filter == nil || w.filter.aside == nil {
		return nil
	}
	w.filter.aside.Close()
	w.filter.aside = nil
	return w.fs.Remove(w.asidePath())
}

func (w *runWriter) add(e entry) error {
	w.buffer = w.shape.append(w.buffer, e)
	if err := w.filter.add(e.key); err != nil {
		return err
	}
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
	_, err := w.Write(w.buffer)
	w.buffer = w.buffer[:0]
	return err
}

// Write writes to the run's file, and syncs it now and then.
func (w *runWriter) Write(b []byte) (n int, err error) {
	n, err = w.file.Write(b)
	w.unsynced += n
	if err == nil && w.unsynced >= syncEvery {
		w.unsynced = 0
		err = w.file.Sync()
	}
	return n, err
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
	sum := crc32.New(castagnoli)
	if err := w.filter.write(io.MultiWriter(w, sum)); err != nil {
		return nil, err
	}
	if err := w.removeAside(); err != nil {
		return nil, err
	}
	w.filter = nil // its memory is not needed any more
	if _, err := w.file.Write(r.appendFooter(nil, sum.Sum32())); err != nil {
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
	w.removeAside() // otherwise the next start does
}
