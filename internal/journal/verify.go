package journal

import (
	"context"
	"fmt"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/journal/keyindex"
)

// Summary is what [Verify] found.
type Summary struct {
	Segments   int
	Frames     int
	Records    uint64
	Bytes      int64               // of all segments
	Head       tallystick.Position // of the newest whole record
	Chain      [32]byte            // digest of everything up to Head: it is the same again only if every record is
	Unfinished int64               // bytes behind Head that a crash left or that are being written just now
}

// Known returns the sequence of the newest record that the key index in a directory knows, 0 where there is none. A journal that ends before it has lost acknowledged
// events.
func Known(fsys disk.FS, keys string) (uint64, error) { return keyindex.Newest(fsys, keys) }

// Verify reads a whole journal and checks everything that can be checked: that the segments follow each other, the checksum and the sequence of each frame, that
// each record can be decoded, and the chain of digests over all of them. It returns what was found up to the first damage, which the error names with file and
// offset. It changes nothing, and the journal may be open. progress, which may be nil, is called now and then.
func Verify(ctx context.Context, fsys disk.FS, dir string, progress func(done, total int64)) (Summary, error) {
	var sum Summary
	store := newStore(fsys, dir)
	if _, err := store.open(ctx); err != nil {
		return sum, err
	}
	var total int64
	for _, seg := range store.segments {
		total += seg.size
	}
	next := uint64(1)
	for i, seg := range store.segments {
		last := i == len(store.segments)-1
		err := sum.addSegment(ctx, store, seg, last, &next, func(offset int64) {
			if progress != nil {
				progress(min(sum.Bytes+offset, total), total)
			}
		})
		if err != nil {
			return sum, err
		}
	}
	return sum, nil
}

// addSegment checks a segment; next is the sequence of the next record. progress is called with offsets in it.
func (sum *Summary) addSegment(ctx context.Context, store *store, seg segment, last bool, next *uint64, progress func(int64)) error {
	f, size, err := openSized(store.fs, seg.path)
	if err != nil {
		return err
	}
	defer f.Close()
	h, problem, err := readHeader(f)
	switch {
	case err != nil:
		return fmt.Errorf("read %s: %w", seg.path, err)
	case problem == "" && h.first != *next:
		problem = fmt.Sprintf("it begins with record %d, expected was %d", h.first, *next)
	case problem == "" && h.chain != chain(sum.Chain):
		problem = "the chain of its header does not match the segment before"
	}
	if problem != "" {
		return damaged(seg.path, 0, problem)
	}
	z, err := newDecoder(1)
	if err != nil {
		return err
	}
	defer z.Close()
	var records []tallystick.Record
	c := h.chain
	scan := scanFrom(f, headerSize, size, h.first, h.chain)
	err = scan.all(ctx, func(offset int64, fr *frame, stored []byte) error {
		payload, problem := fr.decompress(z, stored)
		if problem == "" {
			records, problem = fr.appendRecords(records[:0], store.log, payload, 0)
		}
		if problem == "" {
			c, problem = c.next(fr, payload)
		}
		if problem == "" && c != fr.chain {
			problem = "the chain of digests does not match"
		}
		if problem != "" {
			return damaged(seg.path, offset, problem)
		}
		if end := offset + fr.size(); end>>20 != offset>>20 {
			progress(end)
		}
		sum.Frames++
		sum.Records += uint64(fr.count)
		sum.Head = tallystick.Position{Log: store.log, Sequence: fr.last()}
		sum.Chain = c
		return nil
	})
	if err != nil {
		return err
	}
	*next = scan.next
	progress(scan.offset)
	if !last && !scan.trailer && scan.problem == "" {
		scan.problem = "it ends without its trailer"
	}
	if scan.problem != "" {
		torn := false
		if last {
			if torn, err = scan.isTorn(f); err != nil {
				return fmt.Errorf("read %s: %w", seg.path, err)
			}
		}
		if !torn {
			return damaged(seg.path, scan.offset, scan.problem)
		}
		sum.Unfinished = size - scan.offset
	}
	sum.Segments++
	sum.Bytes += size
	return nil
}
