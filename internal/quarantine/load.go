package quarantine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// load reads the file, once. It is called with the lock held, as is everything here.
func (f *file) load() error {
	if f.loaded {
		return nil
	}
	_, err := f.store.fs.Stat(f.name)
	if errors.Is(err, fs.ErrNotExist) {
		f.loaded = true
		return nil
	}
	if err != nil {
		return err
	}
	opened, err := f.store.fs.Append(f.name)
	if err != nil {
		return err
	}
	if err := f.read(opened); err != nil {
		return errors.Join(err, opened.Close())
	}
	f.disk, f.loaded = opened, true
	return nil
}

// read takes note of everything in the file and cuts off its torn end.
func (f *file) read(opened disk.File) error {
	f.slots, f.damage, f.live, f.dead, f.number = nil, nil, 0, 0, 0
	clear(f.byID)
	var err error
	if f.header, err = readHeader(opened, f.name); err != nil {
		return err
	}
	if f.header.tenant != f.tenant {
		return tallystick.Errorf(tallystick.Internal, "%s is the quarantine of the tenant %q, not of %q", f.name, f.header.tenant, f.tenant).
			WithHint("it was renamed; give it its name back")
	}
	w := window{file: opened}
	if w.size, err = opened.Size(); err != nil {
		return err
	}
	at := f.header.size()
	for at < w.size {
		payload, err := w.frame(&f.header, at)
		if err != nil {
			return err
		}
		if payload != nil && f.take(payload, at) {
			at += int64(frameHeader + len(payload))
			continue
		}
		next, err := w.search(&f.header, at+1)
		if err != nil {
			return err
		}
		if next < 0 {
			f.store.log.Warn("the end of a quarantine file was torn by a crash and is cut off", "file", f.name, "offset", at, "bytes", w.size-at)
			if err := opened.Truncate(at); err != nil {
				return err
			}
			if err := opened.Sync(); err != nil {
				return err
			}
			break
		}
		f.store.log.Error("a quarantine file is damaged", "file", f.name, "offset", at, "bytes", next-at)
		f.damage = append(f.damage, Damage{f.name, at, next - at})
		at = next
	}
	f.size = at
	return nil
}

// take makes what a frame at a place says true in memory, and reports whether it says anything that can be understood.
func (f *file) take(payload []byte, at int64) bool {
	at += int64(frameHeader)
	switch rest := payload[1:]; payload[0] {
	case frameKeep:
		for len(rest) > 0 {
			length, n := binary.Uvarint(rest)
			if n <= 0 || length < uint64(4+len(digest{})) || length > uint64(len(rest)-n) {
				return false
			}
			id := digest(rest[n+4:])
			if _, twice := f.byID[id]; !twice {
				f.insert(id, at+int64(len(payload)-len(rest)+n), int(length))
			}
			rest = rest[n+int(length):]
		}
	case frameRemove:
		for ; len(rest) >= len(digest{}); rest = rest[len(digest{}):] {
			f.forget(digest(rest))
		}
		f.dead += int64(len(payload))
	default:
		return false
	}
	return true
}

// compactFrom is how many bytes of a file must be of no use before it is rewritten.
const compactFrom = 256 << 10

// compact rewrites the file when more of it is of no use than of some. An error before the new file has its name leaves the old one in use; the log tells.
func (f *file) compact() {
	if f.dead < compactFrom || f.dead < f.live || len(f.damage) > 0 {
		return
	}
	before := f.size
	rewritten, err := f.rewrite()
	if err != nil {
		f.store.log.Warn("a quarantine file could not be made smaller", "file", f.name, "error", err)
		return
	}
	// From here on the old file has no name. If the new one's is lost with a crash, so is everything kept from now on: an error is final.
	err = errors.Join(f.store.fs.SyncDir(filepath.Dir(f.name)), f.disk.Close())
	if err == nil {
		f.disk, err = f.store.fs.Append(f.name)
	}
	if err != nil {
		f.broken = fmt.Errorf("replace %s: %w", f.name, err)
		return
	}
	f.header, f.slots, f.size = rewritten.header, rewritten.slots, rewritten.size
	f.byID, f.dead = rewritten.byID, 0
	f.store.log.Info("a quarantine file was made smaller", "file", f.name, "before", before, "after", f.size)
}

// rewrite writes the entries to a new file, on disk and under the name of the old one, and returns what is known of it.
func (f *file) rewrite() (*file, error) {
	temporary := f.name + ".new"
	created, err := f.store.fs.Create(temporary)
	if err != nil {
		return nil, err
	}
	r := newFile(f.store, f.tenant)
	r.disk, r.header = created, newHeader(f.tenant)
	r.size = r.header.size()
	_, err = created.Write(r.header.append(nil))
	if err == nil {
		err = f.copyTo(r)
	}
	if err == nil {
		err = created.Sync()
	}
	if closeErr := created.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = f.store.fs.Rename(temporary, f.name)
	}
	if err != nil {
		return nil, errors.Join(err, f.store.fs.Remove(temporary))
	}
	return r, nil
}

// copyTo appends the entries to another file, without a sync. Their numbers stay.
func (f *file) copyTo(r *file) error {
	ids := make([]digest, len(f.slots))
	for id, i := range f.byID {
		ids[i] = id
	}
	w := &flush{frame: append(make([]byte, frameHeader), frameKeep)}
	write := func() error {
		if len(w.ids) == 0 {
			return nil
		}
		r.header.seal(w.frame, r.size)
		if _, err := r.disk.Write(w.frame); err != nil {
			return err
		}
		r.size += int64(len(w.frame))
		for i, id := range w.ids {
			r.insert(id, r.size-int64(len(w.frame)-w.starts[i]), w.ends[i]-w.starts[i])
		}
		w = &flush{frame: append(w.frame[:frameHeader], frameKeep)}
		return nil
	}
	var numbers []uint64
	source := window{file: f.disk, size: f.size}
	for i, s := range f.slots {
		if s.at == 0 {
			continue
		}
		record, err := source.bytes(s.at, int(s.length))
		if err != nil {
			return err
		}
		if _, err := decodeRecord(record); err != nil {
			return fmt.Errorf("%s at %d: %w", f.name, s.at, err)
		}
		w.add(ids[i], record)
		numbers = append(numbers, s.number)
		if len(w.frame) >= frameFull/4 {
			if err := write(); err != nil {
				return err
			}
		}
	}
	if err := write(); err != nil {
		return err
	}
	for i, n := range numbers {
		r.slots[i].number = n
	}
	return nil
}
