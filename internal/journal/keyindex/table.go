package keyindex

import "math/bits"

// Key is 128 bits of a cryptographic hash.
type Key struct{ High, Low uint64 }

func (k Key) less(l Key) bool {
	return k.High < l.High || k.High == l.High && k.Low < l.Low
}

// entry is a key with its value.
type entry struct {
	key   Key
	value uint32
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

func (t *table) get(k Key) (uint32, bool) {
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
func (t *table) add(k Key, value uint32) {
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

// sorted returns the entries in the order of their keys. As the keys are evenly spread, dealing them out by their first bits leaves little to sort.
func (t *table) sorted() []entry {
	shift := uint(64 - max(0, bits.Len(uint(t.count))-2)) // four to eight keys a pile
	ends := make([]int, 1<<(64-shift))
	for i := range t.slots {
		if e := &t.slots[i]; e.key != (Key{}) {
			ends[e.key.High>>shift]++
		}
	}
	sum := 0
	for i, n := range ends {
		ends[i] = sum // where the pile begins, and in the end where it ends
		sum += n
	}
	entries := make([]entry, t.count)
	for i := range t.slots {
		if e := &t.slots[i]; e.key != (Key{}) {
			end := &ends[e.key.High>>shift]
			entries[*end] = *e
			*end++
		}
	}
	begin := 0
	for _, end := range ends {
		for i := begin + 1; i < end; i++ {
			for k := i; k > begin && entries[k].key.less(entries[k-1].key); k-- {
				entries[k], entries[k-1] = entries[k-1], entries[k]
			}
		}
		begin = end
	}
	return entries
}
