package journal

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// committer writes groups to the newest segment and answers their tickets. It is one goroutine.
type committer struct {
	j      *Journal
	file   disk.File
	size   int64 // of the segment, all of it synced
	chain  chain
	failed error
}

// open makes the newest segment ready to be written, and all of it durable. A crash at any moment of it finds the records that were there.
//
// The trailer of a clean close is cut off. A segment without one was left by a crash: what is whole of it is copied, because it can be read and yet not be on
// the disk, and no sync would write it: so it is after a sync that failed.
func (c *committer) open(j *Journal, t tail) error {
	c.j, c.chain = j, t.chain
	o := &j.options
	n := len(j.segments)
	if err := removeCopies(o.FS, j.dir); err != nil {
		return openFailed(err)
	}
	if t.unborn {
		path := segmentPath(j.dir, uint64(n)+1)
		o.Logger.Warn("a segment of the journal that a crash left unfinished is made anew; nothing had been written to it", "file", path, "bytes", t.torn)
		j.frames = nil
		return c.create() // it overwrites the file
	}
	if n == 0 {
		return c.create()
	}
	last := &j.segments[n-1]
	if t.torn > 0 {
		o.Logger.Warn("the end of the journal that a crash left half written was cut off; nothing of it had been acknowledged",
			"file", last.path, "offset", last.size, "bytes", t.torn, "found", t.problem)
	}
	if !t.trailer {
		if err := copyFile(o.FS, last.path, last.size); err != nil {
			return openFailed(err)
		}
	}
	f, err := o.FS.Append(last.path)
	if err != nil {
		return openFailed(err)
	}
	if t.trailer {
		err := f.Truncate(last.size)
		if err == nil {
			err = f.Sync()
		}
		if err != nil {
			f.Close()
			return openFailed(err)
		}
		last.sealed = false
	}
	c.file, c.size = f, last.size
	return nil
}

func openFailed(err error) error {
	if disk.IsFull(err) {
		return tallystick.Errorf(tallystick.Unavailable, "the disk of the journal is full: %w", err).WithHint("make room; nothing that was acknowledged is lost")
	}
	return fmt.Errorf("open journal: %w", err)
}

// copyFile replaces a file by a copy of its first size bytes, so that all of them are durable.
func copyFile(fsys disk.FS, path string, size int64) error {
	from, err := fsys.Open(path)
	if err != nil {
		return err
	}
	to, err := fsys.Create(path + copySuffix)
	if err != nil {
		from.Close()
		return err
	}
	_, err = io.Copy(to, io.NewSectionReader(from, 0, size))
	from.Close() // it was only read
	if err == nil {
		err = to.Sync()
	}
	if closeErr := to.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = fsys.Rename(path+copySuffix, path)
	}
	if err == nil {
		err = fsys.SyncDir(filepath.Dir(path))
	}
	return err
}

// copySuffix ends the name of a copy that is not finished.
const copySuffix = ".new"

// removeCopies removes copies that a crash interrupted.
func removeCopies(fsys disk.FS, dir string) error {
	entries, err := fsys.ReadDir(dir)
	for _, e := range entries {
		if err == nil && strings.HasSuffix(e.Name, suffix+copySuffix) {
			err = fsys.Remove(filepath.Join(dir, e.Name))
		}
	}
	return err
}

// create makes the next segment.
func (c *committer) create() error {
	j := c.j
	number := uint64(len(j.segments)) + 1
	path := segmentPath(j.dir, number)
	f, err := j.fs.Create(path)
	if err != nil {
		return fmt.Errorf("create segment: %w", err)
	}
	_, err = f.Write(header{log: j.log, number: number, first: j.next, chain: c.chain}.append(nil))
	if err != nil {
		f.Close()
		return fmt.Errorf("create segment: %w", err)
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return c.fatal(fmt.Errorf("sync segment: %w", err))
	}
	if err := j.fs.SyncDir(j.dir); err != nil {
		f.Close()
		return c.fatal(fmt.Errorf("sync journal's directory: %w", err))
	}
	c.file, c.size = f, headerSize
	j.mu.Lock()
	j.segments = append(j.segments, segment{path: path, first: j.next, size: headerSize})
	j.frames = nil
	j.mu.Unlock()
	return nil
}

// fatal is for syncs that failed.
func (c *committer) fatal(err error) error {
	c.j.options.Fatal(err)
	return tallystick.Errorf(tallystick.Unavailable, "the journal can't be made durable: %w", err).
		WithHint("check the disk, and start the server again; it will find out by itself what was written")
}

// run commits groups until there are no more.
func (c *committer) run(groups <-chan *group) {
	for g := range groups {
		err := c.failed
		if err == nil {
			err = c.commit(g)
		}
		if err != nil && c.failed == nil {
			c.failed = err
			c.j.queue.fail(err)
			c.j.options.Logger.Error("the journal takes no more events", "error", err)
		}
		for _, t := range g.tickets {
			t.answer(err)
		}
	}
}

func (c *committer) commit(g *group) error {
	if g.err != nil {
		return tallystick.Errorf(tallystick.Unavailable, "the key index can't be used: %w", g.err).
			WithHint("start the server again, after making room where the disk is full; the index is a view, and what is missing is made anew")
	}
	if len(g.frames) == 0 {
		return nil
	}
	j := c.j
	if c.size > headerSize && c.size+int64(len(g.frames)) > j.options.SegmentBytes {
		if err := c.rotate(); err != nil {
			return err
		}
	}
	if _, err := c.file.Write(g.frames); err != nil {
		return writeFailed(err)
	}
	if err := c.file.Sync(); err != nil {
		return c.fatal(fmt.Errorf("sync journal: %w", err))
	}
	j.mu.Lock()
	for _, p := range g.places {
		j.frames = append(j.frames, place{p.first, c.size + p.offset})
	}
	c.size += int64(len(g.frames))
	j.segments[len(j.segments)-1].size = c.size
	j.next = g.next
	j.mu.Unlock()
	c.chain = g.chain
	j.index.Durable(g.next - 1)
	if j.options.Committed != nil {
		j.options.Committed(g.records)
	}
	return nil
}

// rotate seals the segment and makes the next one.
func (c *committer) rotate() error {
	if err := c.seal(); err != nil {
		return err
	}
	if err := c.create(); err != nil {
		if tallystick.CodeOf(err) == tallystick.Unavailable {
			return err
		}
		return writeFailed(err)
	}
	return nil
}

// seal writes the trailer, syncs it and closes the file.
func (c *committer) seal() error {
	_, err := c.file.Write(appendTrailer(nil, c.j.next, c.chain))
	if err != nil {
		return writeFailed(err)
	}
	if err := c.file.Sync(); err != nil {
		return c.fatal(fmt.Errorf("sync journal: %w", err))
	}
	err = c.file.Close()
	c.file = nil
	if err != nil {
		return c.fatal(fmt.Errorf("close segment: %w", err))
	}
	c.j.mu.Lock()
	c.j.segments[len(c.j.segments)-1].sealed = true
	c.j.mu.Unlock()
	return nil
}

// close is called when run has returned.
func (c *committer) close() error {
	if c.failed != nil {
		if c.file != nil {
			c.file.Close() // what was acknowledged is synced
		}
		return nil
	}
	return c.seal()
}

// writeFailed is the answer after a write that failed.
func writeFailed(err error) error {
	if disk.IsFull(err) {
		return tallystick.Errorf(tallystick.Unavailable, "the disk of the journal is full: %w", err).
			WithHint("make room and start the server again; nothing that was acknowledged is lost")
	}
	return tallystick.Errorf(tallystick.Unavailable, "the journal can't be written: %w", err).
		WithHint("check the disk and start the server again; nothing that was acknowledged is lost")
}
