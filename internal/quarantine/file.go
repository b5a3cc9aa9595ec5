package quarantine

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// file is the quarantine of one tenant.
type file struct {
	store  *Store
	tenant string
	name   string

	mu       sync.Mutex
	flushed  sync.Cond // a flush has ended
	loaded   bool
	broken   error     // why nothing more is written
	disk     disk.File // nil before the first entry
	header   header
	size     int64 // of the file, where the next frame goes
	slots    []slot
	byID     map[digest]int // index into slots
	live     int64          // bytes of the entries
	dead     int64          // bytes of the frames and entries that nobody needs any more
	damage   []Damage
	number   uint64            // of the last slot
	queue    []*flush          // waiting to be written
	promised map[digest]*flush // entries in the queue and in the flush under way
	reserved int64             // their bytes
	flushing bool
}

// slot is an entry's place.
type slot struct {
	number uint64 // ascending, and the same after the file was rewritten
	at     int64  // of the record; 0: removed
	length int32
}

// flush is a frame on its way to the disk.
type flush struct {
	frame  []byte // with room for its header
	ids    []digest
	starts []int // where the record of each id is in the frame; nil in a removal
	ends   []int
	done   bool
	err    error
}

func newFile(s *Store, tenant string) *file {
	f := &file{store: s, tenant: tenant, name: filepath.Join(s.dir, fileName(tenant)), byID: map[digest]int{}, promised: map[digest]*flush{}}
	f.flushed.L = &f.mu
	return f
}

// keep is Store.Keep.
func (f *file) keep(entries []Entry, kept []bool) error {
	ids := make([]digest, len(entries))
	entries = slices.Clone(entries)
	for i := range entries {
		var err error
		if ids[i], err = prepare(&entries[i]); err != nil {
			return err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(); err != nil {
		return err
	}
	waits := make([]*flush, len(entries))
	var record []byte
	for i, id := range ids {
		if _, ok := f.byID[id]; ok {
			kept[i] = true
			continue
		}
		if waits[i] = f.promised[id]; waits[i] != nil {
			continue
		}
		record = appendRecord(record[:0], id, &entries[i])
		if f.live+f.reserved+int64(len(record)) > f.store.limit {
			continue
		}
		waits[i] = f.enqueue(frameKeep, len(record))
		waits[i].add(id, record)
		f.promised[id] = waits[i]
		f.reserved += int64(len(record))
	}
	var failed error
	for i, w := range waits {
		if w == nil {
			continue
		}
		if err := f.wait(w); err != nil {
			failed = err
		} else {
			kept[i] = true
		}
	}
	return failed
}

// prepare completes an entry and returns its digest.
func prepare(e *Entry) (digest, error) {
	if e.Length == 0 {
		e.Length = int64(len(e.Raw))
	}
	if e.Length == int64(len(e.Raw)) {
		id := digest(sha256.Sum256(e.Raw))
		e.Raw = e.Raw[:min(len(e.Raw), MaxRaw)]
		return id, nil
	}
	e.Raw = e.Raw[:min(len(e.Raw), MaxRaw)]
	id, err := hex.DecodeString(e.ID)
	if err != nil || len(id) != sha256.Size || e.Length < int64(len(e.Raw)) {
		return digest{}, tallystick.Errorf(tallystick.Internal, "an entry with %d bytes of %d has the id %q, which is no SHA-256", len(e.Raw), e.Length, e.ID)
	}
	return digest(id), nil
}

// enqueue returns the last frame in the queue if it is of a kind and has room, or a new one.
func (f *file) enqueue(kind byte, length int) *flush {
	if n := len(f.queue); n > 0 && f.queue[n-1].frame[frameHeader] == kind && len(f.queue[n-1].frame)+length <= frameFull {
		return f.queue[n-1]
	}
	w := &flush{frame: append(make([]byte, frameHeader, frameHeader+length+64), kind)}
	f.queue = append(f.queue, w)
	return w
}

func (w *flush) add(id digest, record []byte) {
	w.frame = binary.AppendUvarint(w.frame, uint64(len(record)))
	w.ids = append(w.ids, id)
	w.starts = append(w.starts, len(w.frame))
	w.frame = append(w.frame, record...)
	w.ends = append(w.ends, len(w.frame))
}

// wait returns when a frame is on disk. One of those who wait writes the frames, one after the other; the frames that come meanwhile wait for the next turn
// and share it.
func (f *file) wait(w *flush) error {
	for !w.done {
		if f.flushing {
			f.flushed.Wait()
			continue
		}
		f.flushing = true
		next := f.queue[0]
		f.queue = f.queue[1:]
		next.err = f.write(next)
		f.apply(next)
		next.done, next.frame, f.flushing = true, nil, false
		f.flushed.Broadcast()
	}
	return w.err
}

// write writes a frame and returns when it is on disk. The lock is given away meanwhile.
func (f *file) write(w *flush) error {
	if f.broken != nil {
		return f.broken
	}
	if err := f.create(); err != nil {
		return err
	}
	f.header.seal(w.frame, f.size)
	f.mu.Unlock()
	_, err := f.disk.Write(w.frame)
	final := false // the file can't be trusted any more
	if err == nil {
		err = f.disk.Sync()
		final = err != nil
	} else if cutErr := f.disk.Truncate(f.size); cutErr != nil {
		err = errors.Join(err, cutErr)
		final = true
	}
	f.mu.Lock()
	switch {
	case err == nil:
		f.size += int64(len(w.frame))
	case final:
		f.broken = err
	case disk.IsFull(err):
		err = tallystick.Errorf(tallystick.Unavailable, "there is no room on the disk of the quarantine: %w", err).WithHint("make room on it")
	}
	return err
}

// create makes the file where it is not there yet.
func (f *file) create() error {
	if f.disk != nil {
		return nil
	}
	f.header = newHeader(f.tenant)
	if err := disk.WriteFile(f.store.fs, f.name, f.header.append(nil)); err != nil {
		return err
	}
	var err error
	f.disk, err = f.store.fs.Append(f.name)
	f.size = f.header.size()
	return err
}

// apply makes what a frame says true in memory, or forgets it where it could not be written.
func (f *file) apply(w *flush) {
	at := f.size - int64(len(w.frame))
	kind := w.frame[frameHeader]
	for i, id := range w.ids {
		if kind == frameKeep {
			delete(f.promised, id)
			f.reserved -= int64(w.ends[i] - w.starts[i])
		}
		switch {
		case w.err != nil:
		case kind == frameKeep:
			f.insert(id, at+int64(w.starts[i]), w.ends[i]-w.starts[i])
		default:
			f.forget(id)
		}
	}
	if kind == frameRemove && w.err == nil {
		f.dead += int64(len(w.frame))
		f.compact()
	}
}

func (f *file) insert(id digest, at int64, length int) {
	f.number++
	f.byID[id] = len(f.slots)
	f.slots = append(f.slots, slot{f.number, at, int32(length)})
	f.live += int64(length)
}

func (f *file) forget(id digest) {
	if i, ok := f.byID[id]; ok {
		f.live -= int64(f.slots[i].length)
		f.dead += int64(f.slots[i].length)
		f.slots[i].at = 0
		delete(f.byID, id)
	}
}

// remove is Store.Remove.
func (f *file) remove(ids []string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(); err != nil {
		return err
	}
	var found []digest
	for _, id := range ids {
		d, err := f.find(id)
		if err != nil {
			return err
		}
		found = append(found, d)
	}
	waits := make([]*flush, len(found))
	for i, d := range found {
		w := f.enqueue(frameRemove, len(d))
		w.ids = append(w.ids, d)
		w.frame = append(w.frame, d[:]...)
		waits[i] = w
	}
	var failed error
	for _, w := range waits {
		if err := f.wait(w); err != nil {
			failed = err
		}
	}
	return failed
}

func (f *file) summary() (Summary, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(); err != nil {
		return Summary{}, err
	}
	return Summary{f.tenant, len(f.byID), f.live, append([]Damage(nil), f.damage...)}, nil
}

func (f *file) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.flushing {
		f.flushed.Wait()
	}
	f.broken, f.loaded = fs.ErrClosed, true
	if f.disk == nil {
		return nil
	}
	return f.disk.Close()
}
