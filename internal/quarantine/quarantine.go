// Package quarantine keeps rejected events until they are mended: their bytes, why they were rejected and when they came, on disk.
//
// An event is kept under the tenant of the key it came with, "" for the service provider's own; once for each different content, however often it is sent
// again; and as long as the tenant's file has room. Of an event longer than [MaxRaw] the beginning is kept, with the length and digest of the whole: enough
// to find it at its sender, not enough to replay it.
//
// # Decisions
//
//   - A tenant has one file, to which frames are appended: entries, or the digests of entries that are removed. [Store.Keep] and [Store.Remove] return after
//     the fsync; calls at the same time share one. No frame is written before the one ahead of it is on disk, so a crash can only damage the last
//     frame, and then nobody was told about it: that torn end is cut off, and the log says so.
//   - Damage anywhere else is named with its file and place, the entries around it stay readable, and the file is never rewritten, so that what the damage left
//     can be rescued by hand.
//   - A file is read when its tenant is first asked for, not at the start: the quarantine must not delay a server that is starting. In memory an entry takes
//     some 100 bytes; texts stay on disk.
//   - When more of a file is removed than is left, the rest is copied to a new one.
//   - A failed fsync is final for its file: nothing more is kept there or removed until the program is started again.
package quarantine

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
)

// Options say where a quarantine is and how much it keeps.
type Options struct {
	Dir    string       // made where it does not exist
	FS     disk.FS      // nil: disk.OS
	Limit  int64        // bytes on disk that a tenant's entries may take; 0: DefaultLimit
	Logger *slog.Logger // nil: nothing is logged
}

// DefaultLimit is how much is kept for a tenant.
const DefaultLimit = 1 << 30

// MaxRaw is how much is kept of one event.
const MaxRaw = 64 << 10

// Store is an open quarantine. All its methods may be called at the same time. One process at a time may have a directory open; the caller sees to that.
type Store struct {
	dir   string
	fs    disk.FS
	limit int64
	log   *slog.Logger

	mu     sync.Mutex
	files  map[string]*file // by tenant
	closed bool
}

// Entry is a rejected event.
type Entry struct {
	ID       string // SHA-256 of the whole event in hexadecimal; Keep computes it where Raw is whole
	Tenant   string // of the key, "" for the provider
	Received tallystick.Instant
	Source   string // where it came from, such as "events.jsonl:17"
	Code     tallystick.Code
	Path     string // JSON path of what is wrong; may be empty
	Reason   string // what is wrong with it
	Length   int64  // bytes of the whole event; 0 in Keep: those of Raw
	Raw      []byte // the event, or its first MaxRaw bytes
	Place    uint64 // in a list: among the tenant's entries, in the order of receipt, for as long as the store is open. Ignored in Keep
}

// Whole reports whether the entry has all of its event. Otherwise it can't be replayed.
func (e *Entry) Whole() bool { return e.Length == int64(len(e.Raw)) }

// Open opens a quarantine.
func Open(o Options) (*Store, error) {
	s := &Store{dir: o.Dir, fs: o.FS, limit: o.Limit, log: o.Logger, files: map[string]*file{}}
	if s.fs == nil {
		s.fs = disk.OS
	}
	if s.limit == 0 {
		s.limit = DefaultLimit
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if err := s.fs.MkdirAll(s.dir); err != nil {
		return nil, fmt.Errorf("open quarantine: %w", err)
	}
	names, err := s.fs.ReadDir(s.dir)
	if err != nil {
		return nil, fmt.Errorf("open quarantine: %w", err)
	}
	for _, n := range names {
		if strings.HasSuffix(n.Name, ".new") { // a crash left it, half written
			if err := s.fs.Remove(filepath.Join(s.dir, n.Name)); err != nil {
				return nil, fmt.Errorf("open quarantine: %w", err)
			}
		}
	}
	return s, nil
}

// Close closes the files. What was kept stays.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	var errs []error
	for _, f := range s.files {
		errs = append(errs, f.close())
	}
	return errors.Join(errs...)
}

// file returns a tenant's file, not read yet. Nothing is made on disk.
func (s *Store) file(tenant string) (*file, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, tallystick.Errorf(tallystick.Unavailable, "the quarantine is closed")
	}
	f := s.files[tenant]
	if f == nil {
		f = newFile(s, tenant)
		s.files[strings.Clone(tenant)] = f
	}
	return f, nil
}

// Keep keeps entries of a tenant and reports for each whether it is on disk, now or since an earlier time; not kept is what the tenant's limit has no room
// for. Entries' tenants are ignored. With an error nothing is known of the entries that are not reported kept.
func (s *Store) Keep(ctx context.Context, tenant string, entries []Entry) (kept []bool, err error) {
	kept = make([]bool, len(entries))
	if len(entries) == 0 {
		return kept, nil
	}
	if err := ctx.Err(); err != nil {
		return kept, context.Cause(ctx)
	}
	f, err := s.file(tenant)
	if err == nil {
		err = f.keep(entries, kept)
	}
	if err != nil {
		return kept, fmt.Errorf("keep rejected events: %w", err)
	}
	return kept, nil
}

// Remove removes entries for good, because they were mended or are not wanted. Ids may be short, as for Get; all of them are looked up before one is removed.
func (s *Store) Remove(ctx context.Context, tenant string, ids ...string) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	f, err := s.file(tenant)
	if err == nil {
		err = f.remove(ids)
	}
	if err != nil {
		return fmt.Errorf("remove from quarantine: %w", err)
	}
	return nil
}

// Summary says how much is kept for a tenant.
type Summary struct {
	Tenant  string
	Entries int
	Bytes   int64 // on disk, of the entries; see Options.Limit
	Damage  []Damage
}

// Damage is a part of a file that can't be read: [Offset, Offset+Length).
type Damage struct {
	File           string
	Offset, Length int64
}

// Tenants describes every tenant with an entry or with damage, by code point. It reads all files that were not read yet; with an error about some of them it
// describes the others.
func (s *Store) Tenants(ctx context.Context) ([]Summary, error) {
	tenants, unread := s.onDisk()
	var all []Summary
	for _, tenant := range tenants {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		f, err := s.file(tenant)
		if err != nil {
			return nil, err
		}
		summary, err := f.summary()
		if err != nil {
			unread = errors.Join(unread, err)
		} else if summary.Entries > 0 || len(summary.Damage) > 0 {
			all = append(all, summary)
		}
	}
	if unread != nil {
		return all, fmt.Errorf("list quarantine: %w", unread)
	}
	return all, nil
}

// onDisk returns the tenants that have a file, also where others' files can't be read.
func (s *Store) onDisk() ([]string, error) {
	names, err := s.fs.ReadDir(s.dir)
	if err != nil {
		return nil, err
	}
	var tenants []string
	var unread error
	for _, n := range names {
		if n.Dir || !strings.HasSuffix(n.Name, suffix) {
			continue
		}
		tenant, err := tenantOf(s.fs, filepath.Join(s.dir, n.Name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed since
		}
		if err != nil {
			unread = errors.Join(unread, err)
			continue
		}
		tenants = append(tenants, tenant)
	}
	slices.Sort(tenants)
	return tenants, unread
}

// digest is the SHA-256 of an event.
type digest [sha256.Size]byte
