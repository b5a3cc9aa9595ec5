package keyindex

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tallystick/tallystick/internal/disk"
)

// Newest returns the newest record that the runs in a directory are about, by their names; 0 where there are none.
func Newest(fsys disk.FS, dir string) (uint64, error) {
	entries, err := fsys.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("look at key index: %w", err)
	}
	newest := uint64(0)
	for _, e := range entries {
		if _, last, ok := rangeOf(e.Name); ok && !e.Dir {
			newest = max(newest, last)
		}
	}
	return newest, nil
}

// load opens the runs of the directory that follow each other from the first record on, and removes all other files of the index.
func (x *Index) load(ctx context.Context) error {
	o := &x.options
	if err := o.FS.MkdirAll(o.Dir); err != nil {
		return fmt.Errorf("open key index: %w", err)
	}
	entries, err := o.FS.ReadDir(o.Dir)
	if err != nil {
		return fmt.Errorf("open key index: %w", err)
	}
	type file struct {
		path        string
		first, last uint64
	}
	var files []file
	var useless []string
	for _, e := range entries {
		path := filepath.Join(o.Dir, e.Name)
		if first, last, ok := rangeOf(e.Name); ok && !e.Dir {
			files = append(files, file{path, first, last})
		} else if strings.HasSuffix(e.Name, runSuffix+newSuffix) {
			useless = append(useless, path)
		}
	}
	// Of runs that begin alike the longest comes first: it was merged from the others.
	slices.SortFunc(files, func(a, b file) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(b.last, a.last)) })
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			x.release()
			return err
		}
		if f.first != x.covered+1 {
			if f.first > x.covered {
				o.Logger.Warn("a part of the key index is of no use without what comes before it, and is removed", "file", f.path)
			}
			useless = append(useless, f.path)
			continue
		}
		r, err := openRun(o.FS, f.path)
		switch {
		case errors.Is(err, errDamaged):
			o.Logger.Warn("a part of the key index is damaged and is removed", "file", f.path, "error", err)
			useless = append(useless, f.path)
		case err != nil:
			x.release()
			return fmt.Errorf("open key index: %w", err)
		default:
			x.runs = append(x.runs, r)
			x.covered, x.digest = r.last, r.digest
		}
	}
	for _, path := range useless {
		if err := o.FS.Remove(path); err != nil {
			x.release()
			return fmt.Errorf("clean key index: %w", err)
		}
	}
	if len(useless) > 0 {
		if err := o.FS.SyncDir(o.Dir); err != nil {
			x.release()
			return fmt.Errorf("clean key index: %w", err)
		}
	}
	return nil
}

// release closes the runs of an index that could not be opened.
func (x *Index) release() {
	for _, r := range x.runs {
		r.close()
	}
}

// Forget removes all keys: the index belongs to another journal. It is called before anything is added.
func (x *Index) Forget() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, r := range slices.Backward(x.runs) { // the newest first, so that a crash leaves a beginning
		if err := r.discard(x.options.FS); err != nil {
			return fmt.Errorf("remove key index: %w", err)
		}
	}
	x.runs, x.covered, x.digest = nil, 0, [32]byte{}
	if err := x.options.FS.SyncDir(x.options.Dir); err != nil {
		return fmt.Errorf("remove key index: %w", err)
	}
	return nil
}
