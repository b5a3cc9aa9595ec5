// Package disktest has a [disk.FS] in memory that behaves as badly as a real one may: it forgets what was not synced when the power goes, tears what was
// being written, runs full and fails on command.
//
// A test of durability runs its code once to count the write operations, and then once for each of them with the power cut there:
//
//	for n := 1; n <= operations; n++ {
//		d := disktest.New()
//		d.CutPowerAt(n)
//		acknowledged := work(d)
//		check(d.Reboot(disktest.Mixed, seed), acknowledged)
//	}
//
// and once more with [Disk.Lie], where the check must find a loss: a check that passes without fsync proves nothing.
//
// # What the simulation promises
//
// Content that was there at a successful Sync is there after the reboot, unchanged, and names as they were at SyncDir. Of what was changed since, any part may
// be there: see [Mode]. Bytes that were synced are never damaged by a write after them, as with every disk whose sectors are written whole or not at all.
package disktest

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/tallystick/tallystick/internal/disk"
)

// ErrPower is the error of every operation after the power went.
var ErrPower = errors.New("the power is off")

// Op names an operation that changes the disk.
type Op string

// The operations that are counted, that [Disk.Inject] sees and at which the power can go.
const (
	OpCreate   Op = "create"
	OpWrite    Op = "write"
	OpSync     Op = "sync"
	OpTruncate Op = "truncate"
	OpRename   Op = "rename"
	OpRemove   Op = "remove"
	OpMkdir    Op = "mkdir"
	OpSyncDir  Op = "sync directory"
)

// Disk is a file system in memory. All its methods may be called at the same time.
type Disk struct {
	mu      sync.Mutex
	dirs    map[string]*dir
	ops     int
	cutAt   int // 0: never
	off     bool
	lies    bool
	free    int64 // bytes; negative: no limit
	inject  func(Op, string) error
	history []string
}

var _ disk.FS = (*Disk)(nil)

// New returns an empty disk without limits that does not fail.
func New() *Disk {
	root := string(filepath.Separator)
	return &Disk{dirs: map[string]*dir{root: newDir(), ".": newDir()}, free: -1}
}

// Operations returns the number of write operations so far.
func (d *Disk) Operations() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ops
}

// History returns the write operations so far, such as "write journal/00000001.journal", for a failing test's message.
func (d *Disk) History() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.history)
}

// CutPowerAt cuts the power at the n-th write operation, counted from 1: it is under way when the power goes, its result is not answered, and everything
// after it fails.
func (d *Disk) CutPowerAt(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cutAt = n
}

// PowerIsOff reports whether the power has gone.
func (d *Disk) PowerIsOff() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.off
}

// Lie makes Sync, SyncDir and MkdirAll answer without making anything durable.
func (d *Disk) Lie() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lies = true
}

// SetFree lets n more bytes be written before the disk is full. A write that does not fit writes what fits. A negative n lifts the limit.
func (d *Disk) SetFree(n int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.free = n
}

// Inject asks fn before each write operation for its error; nil lets it pass. A write that fails has written half. A sync that fails loses what it should
// have synced: it can still be read, and later syncs of the file succeed, but after a reboot there is a hole, as on Linux. fn must not use the disk.
func (d *Disk) Inject(fn func(op Op, name string) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inject = fn
}

// Flip flips one bit of a file, on the disk and in its cache: damage.
func (d *Disk) Flip(name string, offset int64, bit uint) error {
	return d.edit(name, func(b []byte) []byte { b[offset] ^= 1 << bit; return b })
}

// Overwrite replaces a file's content by damage or by mistake; the new content is durable.
func (d *Disk) Overwrite(name string, content []byte) error {
	return d.edit(name, func([]byte) []byte { return slices.Clone(content) })
}

func (d *Disk) edit(name string, change func([]byte) []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, err := d.lookup(name)
	if err != nil {
		return err
	}
	n.now = change(slices.Clone(n.now))
	n.durable, n.pending = slices.Clone(n.now), nil
	return nil
}

// dir is a directory: the names in it now, those that are durable, and the changes between them.
type dir struct {
	now, durable map[string]*node
	pending      []nameChange
}

// nameChange is a set of names that change at once. A nil node: the name goes.
type nameChange map[string]*node

func (d *dir) change(c nameChange) {
	apply(d.now, c)
	d.pending = append(d.pending, c)
}

func apply(names map[string]*node, c nameChange) {
	for name, n := range c {
		if n == nil {
			delete(names, name)
		} else {
			names[name] = n
		}
	}
}

// node is a file, or a directory's place in its parent.
type node struct {
	dir          bool
	now, durable []byte
	pending      []contentChange
	lost         bool // a sync failed: what it should have synced will never be durable, although it can be read
}

// contentChange is a write of data at an offset, or a cut to a size.
type contentChange struct {
	offset int64
	data   []byte
	cut    bool
}

// begin counts an operation and says whether it may happen. ErrPower together with true: it is cut off midway.
func (d *Disk) begin(op Op, name string) (midway bool, err error) {
	if d.off {
		return false, ErrPower
	}
	d.ops++
	d.history = append(d.history, string(op)+" "+name)
	if d.ops == d.cutAt {
		d.off = true
		return true, ErrPower
	}
	if d.inject != nil {
		if err := d.inject(op, name); err != nil {
			return true, &fs.PathError{Op: string(op), Path: name, Err: err}
		}
	}
	return false, nil
}

func missing(op, name string) error {
	return &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

func (d *Disk) parent(name string) (*dir, string, error) {
	name = filepath.Clean(name)
	p := d.dirs[filepath.Dir(name)]
	if p == nil {
		return nil, "", missing("open", name)
	}
	return p, filepath.Base(name), nil
}

func (d *Disk) lookup(name string) (*node, error) {
	p, base, err := d.parent(name)
	if err != nil {
		return nil, err
	}
	n := p.now[base]
	if n == nil {
		return nil, missing("open", name)
	}
	if n.dir {
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.EISDIR}
	}
	return n, nil
}

// Open implements [disk.FS].
func (d *Disk) Open(name string) (disk.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off {
		return nil, ErrPower
	}
	n, err := d.lookup(name)
	if err != nil {
		return nil, err
	}
	return &file{disk: d, node: n, name: name, readOnly: true}, nil
}

// Create implements [disk.FS].
func (d *Disk) Create(name string) (disk.File, error) { return d.openForWriting(name, true) }

// Append implements [disk.FS].
func (d *Disk) Append(name string) (disk.File, error) { return d.openForWriting(name, false) }

func (d *Disk) openForWriting(name string, empty bool) (disk.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, base, err := d.parent(name)
	if err != nil {
		return nil, err
	}
	n := p.now[base]
	switch {
	case n == nil || empty:
		midway, err := d.begin(OpCreate, name)
		if err != nil && !(midway && d.off) {
			return nil, err
		}
		if n == nil {
			n = &node{}
			p.change(nameChange{base: n})
		} else {
			n.change(contentChange{cut: true})
		}
		if err != nil {
			return nil, err
		}
	case n.dir:
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.EISDIR}
	case d.off:
		return nil, ErrPower
	}
	return &file{disk: d, node: n, name: name}, nil
}

// Rename implements [disk.FS].
func (d *Disk) Rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, oldBase, err := d.parent(from)
	if err != nil {
		return err
	}
	q, newBase, err := d.parent(to)
	if err != nil {
		return err
	}
	n := p.now[oldBase]
	if n == nil {
		return missing("rename", from)
	}
	if p != q || n.dir {
		return &fs.PathError{Op: "rename", Path: from, Err: errors.ErrUnsupported}
	}
	midway, err := d.begin(OpRename, to)
	if err == nil || midway && d.off {
		p.change(nameChange{oldBase: nil, newBase: n})
	}
	return err
}

// Remove implements [disk.FS].
func (d *Disk) Remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, base, err := d.parent(name)
	if err != nil {
		return err
	}
	n := p.now[base]
	if n == nil {
		return missing("remove", name)
	}
	if n.dir && len(d.dirs[filepath.Clean(name)].now) > 0 {
		return &fs.PathError{Op: "remove", Path: name, Err: syscall.ENOTEMPTY}
	}
	midway, err := d.begin(OpRemove, name)
	if err == nil || midway && d.off {
		p.change(nameChange{base: nil})
		if n.dir {
			delete(d.dirs, filepath.Clean(name))
		}
	}
	return err
}

// Stat implements [disk.FS].
func (d *Disk) Stat(name string) (disk.Entry, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off {
		return disk.Entry{}, ErrPower
	}
	if d.dirs[filepath.Clean(name)] != nil {
		return disk.Entry{Name: filepath.Base(name), Dir: true}, nil
	}
	n, err := d.lookup(name)
	if err != nil {
		return disk.Entry{}, err
	}
	return disk.Entry{Name: filepath.Base(name), Size: int64(len(n.now))}, nil
}

// ReadDir implements [disk.FS].
func (d *Disk) ReadDir(name string) ([]disk.Entry, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off {
		return nil, ErrPower
	}
	at := d.dirs[filepath.Clean(name)]
	if at == nil {
		return nil, missing("open", name)
	}
	var entries []disk.Entry
	for _, base := range slices.Sorted(maps.Keys(at.now)) {
		n := at.now[base]
		entries = append(entries, disk.Entry{Name: base, Dir: n.dir, Size: int64(len(n.now))})
	}
	return entries, nil
}

// MkdirAll implements [disk.FS].
func (d *Disk) MkdirAll(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off {
		return ErrPower
	}
	return d.mkdirAll(filepath.Clean(name))
}

func (d *Disk) mkdirAll(name string) error {
	if d.dirs[name] != nil {
		return nil
	}
	parent := filepath.Dir(name)
	if err := d.mkdirAll(parent); err != nil {
		return err
	}
	p, base := d.dirs[parent], filepath.Base(name)
	if p.now[base] != nil {
		return &fs.PathError{Op: "mkdir", Path: name, Err: syscall.ENOTDIR}
	}
	midway, err := d.begin(OpMkdir, name)
	if err == nil || midway && d.off {
		d.dirs[name] = newDir()
		p.change(nameChange{base: {dir: true}})
	}
	if err == nil && !d.lies {
		p.durable[base] = p.now[base]
	}
	return err
}

func newDir() *dir { return &dir{now: map[string]*node{}, durable: map[string]*node{}} }

// SyncDir implements [disk.FS].
func (d *Disk) SyncDir(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := d.dirs[filepath.Clean(name)]
	if at == nil {
		return missing("sync", name)
	}
	if _, err := d.begin(OpSyncDir, name); err != nil {
		return err
	}
	if !d.lies {
		at.durable, at.pending = maps.Clone(at.now), nil
	}
	return nil
}

// String lists the files with their sizes, for a failing test's message.
func (d *Disk) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var lines []string
	for _, at := range slices.Sorted(maps.Keys(d.dirs)) {
		for _, base := range slices.Sorted(maps.Keys(d.dirs[at].now)) {
			lines = append(lines, describe(filepath.Join(at, base), d.dirs[at].now[base]))
		}
	}
	return strings.Join(lines, "\n")
}
