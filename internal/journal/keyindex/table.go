package keyindex

import (
	"cmp"
	"slices"
)

// Key is 128 bits of a cryptographic hash.
type Key struct{ High, Low uint64 }

func (k Key) compare(l Key) int {
	return cmp.Or(cmp.Compare(k.High, l.High), cmp.Compare(k.Low, l.Low))
}

// entry is a key with its value.
type entry struct {
	key   Key
	value uint64
}

// table is a hash table of entries, with open addressing. As keys are hashes, their bits are the hash. An entry of the key zero is a free slot: no key is.
type table struct {
	slots []entry
	count int

	first, last uint64   // records whose keys it holds, once it is frozen
	digest      [32]byte // of the journal after last
}

// newTable returns a table with room for n keys.
func newTable(n int) *table {
	size := 16
	for size < 2*n {
		size *= 2
	}
	return &table{slots: make([]entry, size)}
}

func (t *table) get(k Key) (uint64, bool) {
	mask := uint64(len(t.slots) - 1)
	for i := k.Low & mask; ; i = (i + 1) & mask {
		e := &t.slots[i]
		if e.key == k {
			return e.value, true
		}
		if e.key == (Key{}) {
			return 0, false
		}
	}
}

// add adds a key that is not there.
func (t *table) add(k Key, value uint64) {
	if t.count >= len(t.slots)/4*3 {
		t.grow()
	}
	t.put(entry{k, value})
	t.count++
}

func (t *table) put(e entry) {
	mask := uint64(len(t.slots) - 1)
	i := e.key.Low & mask
	for t.slots[i].key != (Key{}) {
		i = (i + 1) & mask
	}
	t.slots[i] = e
}

func (t *table) grow() {
	old := t.slots
	t.slots = make([]entry, 2*len(old))
	for _, e := range old {
		if e.key != (Key{}) {
			t.put(e)
		}
	}
}

func (t *table) clear() {
	clear(t.slots)
	t.count = 0
}

// sorted returns the entries in the order of their keys.
func (t *table) sorted() []entry {
	entries := make([]entry, 0, t.count)
	for _, e := range t.slots {
		if e.key != (Key{}) {
			entries = append(entries, e)
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return a.key.compare(b.key) })
	return entries
}
