package quarantine

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"sort"
	"strings"

	"github.com/tallystick/tallystick"
)

// List yields a tenant's entries in the order of receipt: all of them, or those behind the entry with the id after. An error comes last. Entries that come or
// are removed meanwhile may be yielded or not.
func (s *Store) List(ctx context.Context, tenant, after string) iter.Seq2[Entry, error] {
	return s.list(ctx, tenant, func(f *file) (uint64, error) { return f.numberOf(after) })
}

// ListBehind yields what List does, behind a place, whether or not the entry that had it is still there.
func (s *Store) ListBehind(ctx context.Context, tenant string, place uint64) iter.Seq2[Entry, error] {
	return s.list(ctx, tenant, func(f *file) (uint64, error) {
		_, err := f.numberOf("")
		return place, err
	})
}

// list yields the entries behind the one whose number start returns.
func (s *Store) list(ctx context.Context, tenant string, start func(*file) (uint64, error)) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		f, err := s.file(tenant)
		var number uint64
		if err == nil {
			number, err = start(f)
		}
		for err == nil {
			if err = ctx.Err(); err != nil {
				err = context.Cause(ctx)
				break
			}
			var entries []Entry
			if entries, number, err = f.behind(number); err != nil || len(entries) == 0 {
				break
			}
			for _, e := range entries {
				if !yield(e, nil) {
					return
				}
			}
		}
		if err != nil {
			yield(Entry{}, fmt.Errorf("list quarantine: %w", err))
		}
	}
}

// Get returns one entry. The id may be cut short to [ShortestID] digits or more, as long as it means one entry only.
func (s *Store) Get(ctx context.Context, tenant, id string) (Entry, error) {
	if err := ctx.Err(); err != nil {
		return Entry{}, context.Cause(ctx)
	}
	f, err := s.file(tenant)
	if err != nil {
		return Entry{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(); err != nil {
		return Entry{}, fmt.Errorf("read quarantine: %w", err)
	}
	d, err := f.find(id)
	if err != nil {
		return Entry{}, err
	}
	e, err := f.entry(f.slots[f.byID[d]])
	if err != nil {
		return Entry{}, fmt.Errorf("read quarantine: %w", err)
	}
	return e, nil
}

// Export writes a tenant's entries to w as NDJSON, the events as they came, in the order of receipt; all of them, or those with the given ids in their
// order. A line break inside of an event, which can only be white space of its JSON or a mistake in it, becomes a space. Entries that are not whole can't be
// replayed: they are left out and their ids returned.
func (s *Store) Export(ctx context.Context, tenant string, w io.Writer, ids ...string) (written int, cut []string, err error) {
	one := func(e *Entry) error {
		if !e.Whole() {
			cut = append(cut, e.ID)
			return nil
		}
		line := e.Raw
		for i, c := range line {
			if c == '\n' || c == '\r' {
				line[i] = ' '
			}
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return fmt.Errorf("export quarantine: %w", err)
		}
		written++
		return nil
	}
	for _, id := range ids {
		e, err := s.Get(ctx, tenant, id)
		if err == nil {
			err = one(&e)
		}
		if err != nil {
			return written, cut, err
		}
	}
	if len(ids) > 0 {
		return written, cut, nil
	}
	for e, err := range s.List(ctx, tenant, "") {
		if err == nil {
			err = one(&e)
		}
		if err != nil {
			return written, cut, err
		}
	}
	return written, cut, nil
}

// ShortestID is how many digits of an id are enough when no other entry's begins with them.
const ShortestID = 6

// find returns the digest that an id, perhaps a short one, means. The lock is held.
func (f *file) find(id string) (digest, error) {
	lower := strings.ToLower(id)
	if strings.Trim(lower, "0123456789abcdef") != "" || len(lower) < ShortestID || len(lower) > 2*len(digest{}) {
		return digest{}, tallystick.Errorf(tallystick.Invalid, "%q is not the id of an entry", id).
			WithHint("an id is a SHA-256 in hexadecimal, of which %d digits may be enough", ShortestID)
	}
	var found []digest
	if full, err := hex.DecodeString(lower); err == nil && len(full) == len(digest{}) {
		if _, ok := f.byID[digest(full)]; ok {
			found = append(found, digest(full))
		}
	} else {
		for d := range f.byID {
			if strings.HasPrefix(hex.EncodeToString(d[:(len(lower)+1)/2]), lower) {
				found = append(found, d)
			}
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return digest{}, tallystick.Errorf(tallystick.NotFound, "there is no entry %q in quarantine", id)
	}
	return digest{}, tallystick.Errorf(tallystick.Invalid, "%q is the beginning of %d ids", id, len(found)).WithHint("give more digits")
}

// numberOf returns the number of an entry, 0 for no id.
func (f *file) numberOf(id string) (uint64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(); err != nil || id == "" {
		return 0, err
	}
	d, err := f.find(id)
	if err != nil {
		return 0, err
	}
	return f.slots[f.byID[d]].number, nil
}

// behind returns some of the entries whose numbers are higher, and the number up to which that is all.
func (f *file) behind(number uint64) ([]Entry, uint64, error) {
	const (
		enough = 256 << 10 // bytes
		most   = 256       // entries
	)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(); err != nil {
		return nil, number, err
	}
	var entries []Entry
	length := 0
	first := sort.Search(len(f.slots), func(i int) bool { return f.slots[i].number > number })
	for _, s := range f.slots[first:] {
		if len(entries) == most || length >= enough {
			break
		}
		number = s.number
		if s.at == 0 {
			continue
		}
		e, err := f.entry(s)
		if err != nil {
			return nil, number, err
		}
		e.Place = s.number
		entries = append(entries, e)
		length += int(s.length)
	}
	return entries, number, nil
}

// entry reads an entry.
func (f *file) entry(s slot) (Entry, error) {
	b := make([]byte, s.length)
	if n, err := f.disk.ReadAt(b, s.at); n < len(b) {
		return Entry{}, fmt.Errorf("%s at %d: %w", f.name, s.at, err)
	}
	e, err := decodeRecord(b)
	if err != nil {
		return Entry{}, fmt.Errorf("%s at %d: %w", f.name, s.at, err)
	}
	e.Tenant = f.tenant
	return e, nil
}
