package disktest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
)

// Mode says what a reboot finds of the changes that were not synced.
type Mode int

const (
	Dropped Mode = iota // nothing of them
	Kept                // all of them
	Prefix              // of each file and directory the first ones; the last of a file may be torn
	Zeroed              // all names and sizes, but from some point on the new content of a file is zeros
	Mixed               // any of the names; of the content each sector is old, new, zeros or garbage, and the size anything between
)

// Modes lists every mode.
var Modes = []Mode{Dropped, Kept, Prefix, Zeroed, Mixed}

func (m Mode) String() string { return [...]string{"dropped", "kept", "prefix", "zeroed", "mixed"}[m] }

// sector is the number of bytes that a disk writes whole or not at all.
const sector = 512

// Reboot returns the disk as it is found when the power goes now, if it has not gone already, and comes back: honest, without limits and injected errors. The
// same seed gives the same disk. d stays as it is: it can be used further, and rebooted again in another way.
func (d *Disk) Reboot(mode Mode, seed uint64) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := rand.New(rand.NewPCG(seed, uint64(mode)))
	found := New()
	found.dirs = map[string]*dir{}
	nodes := map[*node]*node{} // renamed files may be found under two names
	var walk func(path string)
	walk = func(path string) {
		at := newDir()
		found.dirs[path] = at
		names := d.dirs[path].after(mode, r)
		for _, base := range slices.Sorted(maps.Keys(names)) {
			n := names[base]
			if nodes[n] == nil {
				content := n.after(mode, r)
				nodes[n] = &node{dir: n.dir, now: content, durable: slices.Clone(content)}
			}
			at.now[base] = nodes[n]
			if n.dir && d.dirs[filepath.Join(path, base)] != nil {
				walk(filepath.Join(path, base))
			} else if n.dir {
				found.dirs[filepath.Join(path, base)] = newDir() // its removal was lost
			}
		}
		at.durable = maps.Clone(at.now)
	}
	for _, path := range slices.Sorted(maps.Keys(d.dirs)) {
		if filepath.Dir(path) == path { // a root
			walk(path)
		}
	}
	return found
}

func (d *dir) after(mode Mode, r *rand.Rand) map[string]*node {
	names := maps.Clone(d.durable)
	switch mode {
	case Kept, Zeroed:
		return maps.Clone(d.now)
	case Prefix:
		for _, c := range d.pending[:r.IntN(len(d.pending)+1)] {
			apply(names, c)
		}
	case Mixed:
		for _, c := range d.pending {
			if r.IntN(2) == 0 {
				apply(names, c)
			}
		}
	}
	return names
}

func (n *node) after(mode Mode, r *rand.Rand) []byte {
	switch {
	case mode == Kept && !n.lost || len(n.pending) == 0 && !n.lost:
		return slices.Clone(n.now)
	case mode == Dropped || n.lost:
		return slices.Clone(n.durable)
	case mode == Prefix:
		b := n.durable
		count := r.IntN(len(n.pending) + 1)
		for i, c := range n.pending[:count] {
			if i == count-1 && !c.cut {
				c.data = c.data[:r.IntN(len(c.data)+1)]
			}
			b = c.on(b)
		}
		return slices.Clone(b)
	}

	// The range that the pending changes have touched.
	from := int64(max(len(n.now), len(n.durable)))
	for _, c := range n.pending {
		from = min(from, c.offset)
	}
	if mode == Zeroed {
		b := slices.Clone(n.now)
		if size := int64(len(b)); from < size {
			clear(b[from+r.Int64N(size-from+1):])
		}
		return b
	}
	least, most := len(n.now), len(n.durable)
	if least > most {
		least, most = most, least
	}
	b := make([]byte, least+r.IntN(most-least+1))
	copy(b, n.durable[:min(from, int64(len(n.durable)))])
	for start := from; start < int64(len(b)); {
		end := min((start/sector+1)*sector, int64(len(b)))
		part := b[start:end]
		switch r.IntN(4) {
		case 0:
			copy(part, tail(n.durable, start))
		case 1:
			copy(part, tail(n.now, start))
		case 2: // zeros
		case 3:
			for i := range part {
				part[i] = byte(r.Uint32())
			}
		}
		start = end
	}
	return b
}

func tail(b []byte, from int64) []byte { return b[min(from, int64(len(b))):] }

func describe(path string, n *node) string {
	if n.dir {
		return path + "/"
	}
	return fmt.Sprintf("%s %d bytes, %d changes not synced", path, len(n.now), len(n.pending))
}
