package keyindex

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/disk/disktest"
)

// TestFind asks for many keys at once, known and unknown, in tables in memory, frozen tables and runs of all sizes, while these are written, merged and opened again.
func TestFind(t *testing.T) {
	r := seeded(t)
	for trial, tableKeys := range []int{1, 16, 300} {
		o := Options{FS: disktest.New(), Dir: "/keys", TableKeys: tableKeys}
		if trial == 2 {
			o.FS, o.Dir = disk.OS, t.TempDir() // filters are mapped
		}
		x := open(t, o)
		known := map[Key]uint32{}
		var keys []Key
		for sequence := uint64(1); sequence <= 120; sequence++ {
			for range 1 + r.IntN(20) {
				k := randomKey(r)
				switch r.IntN(6) {
				case 0:
					k.High = 0
				case 1:
					k.High = ^uint64(0)
				case 2:
					if len(keys) > 0 {
						k.High = keys[r.IntN(len(keys))].High
					}
				}
				x.Add(k, uint32(k.Low))
				known[k] = uint32(k.Low)
				keys = append(keys, k)
			}
			if err := x.Advance(sequence, [32]byte{byte(sequence)}); err != nil {
				t.Fatal(err)
			}
			if sequence > 3 {
				x.Durable(sequence - 3)
			}
			if r.IntN(100) == 0 {
				x.Durable(sequence)
				closeIndex(t, x)
				x = open(t, o)
			}
			questions := make([]Key, []int{0, 1, 2, asked - 1, asked, asked + 1, 2*asked - 1, 2 * asked, 2*asked + 1, 2000}[r.IntN(10)])
			found := make([]Found, len(questions))
			for i := range questions {
				found[i] = Found{77, r.IntN(2) == 0} // of an earlier question
				questions[i] = keys[r.IntN(len(keys))]
				switch r.IntN(4) {
				case 0:
					questions[i] = randomKey(r)
				case 1:
					questions[i].Low ^= 1 << 63
				case 2:
					questions[i] = questions[max(0, i-1)]
				}
			}
			if err := x.Find(questions, found); err != nil {
				t.Fatal(err)
			}
			for i, k := range questions {
				f := found[i]
				if !f.Known {
					f.Value, f.Known = x.Recent(k)
				}
				if want, is := known[k]; f.Known != is || f.Value != want {
					t.Fatalf("tables of %d, record %d, key %d of %d: %x is %v, want %v, %v", tableKeys, sequence, i, len(questions), k, f, want, is)
				}
			}
		}
		x.Durable(120)
		closeIndex(t, x)
	}
}

func TestFilter(t *testing.T) {
	r := seeded(t)
	for _, n := range []int{0, 1, 2, 3, 31, 32, 33, 63, 64, 65, 1000, 4096, 5000, 100_000} {
		keys := make([]Key, n)
		for i := range keys {
			keys[i] = randomKey(r)
			if i%10 == 9 {
				keys[i].High = keys[i-1].High // the same bucket and the same low byte
			}
			switch {
			case i%100 == 99 || n > 1 && i == n-1:
				keys[i].High = ^uint64(0) // the last bucket
			case i%100 == 50:
				keys[i].High = 0
			}
		}
		slices.SortFunc(keys, func(a, b Key) int { return cmp.Or(cmp.Compare(a.High, b.High), cmp.Compare(a.Low, b.Low)) })
		var whole bytes.Buffer
		b := newFilter(uint64(n), 1+r.IntN(2*n+1), func() (disk.File, error) { return disktest.New().Create("/low") })
		for _, k := range keys {
			if err := b.add(k); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.write(&whole); err != nil {
			t.Fatal(err)
		}
		stored := whole.Bytes()
		if int64(len(stored)) != filterSize(uint64(n)) {
			t.Fatalf("%d keys: stored in %d bytes, announced were %d", n, len(stored), filterSize(uint64(n)))
		}
		f := parseFilter(stored, uint64(n))
		var w walker
		for i, k := range keys {
			if got, known := w.next(f), f.bits+8; got != k.High>>(64-known)<<(64-known) {
				t.Fatalf("%d keys: key %d begins with %x, not %x", n, i, k.High, got)
			}
		}
		for i, p := range findAll(f, keys) {
			if uint64(i) < p.from || uint64(i) >= p.to || p != findOne(f, keys[i]) {
				t.Fatalf("%d keys: key %d is looked for at %d to %d, alone at %v", n, i, p.from, p.to, findOne(f, keys[i]))
			}
		}
		unknown := make([]Key, 100_000+r.IntN(asked))
		for i := range unknown {
			unknown[i] = randomKey(r)
		}
		false1 := 0
		for i, p := range findAll(f, unknown) {
			if p.from != p.to {
				false1++
			}
			if p != findOne(f, unknown[i]) || p.to > uint64(n) {
				t.Fatalf("%d keys: an unknown key is looked for at %d to %d, alone at %v", n, p.from, p.to, findOne(f, unknown[i]))
			}
		}
		if n >= 1000 && false1 > len(unknown)/150 {
			t.Errorf("%d keys: %d of %d unknown keys pass", n, false1, len(unknown))
		}
	}
}

func findAll(f *filter, keys []Key) []places {
	all := make([]places, len(keys))
	for from := 0; from < len(keys); from += asked {
		f.find(keys[from:min(len(keys), from+asked)], all[from:])
	}
	return all
}

// findOne is the plain form of find, to compare with: key by key, and a step for each bit.
func findOne(f *filter, k Key) (p places) {
	bucket := k.High >> (64 - f.bits)
	position := uint64(binary.LittleEndian.Uint32(f.starts[bucket/bucketsAStart*4:]))
	if skip := int(bucket % bucketsAStart); skip > 0 {
		word := position / 64
		zeros := ^f.word(word) & (^uint64(0) << (position % 64))
		for n := bits.OnesCount64(zeros); n < skip; n = bits.OnesCount64(zeros) {
			skip -= n
			word++
			zeros = ^f.word(word)
		}
		for ; skip > 1; skip-- {
			zeros &= zeros - 1
		}
		position = word*64 + uint64(bits.TrailingZeros64(zeros)) + 1
	}
	for place := position - bucket; f.upper[position/8]>>(position%8)&1 != 0; position, place = position+1, place+1 {
		if f.low[place] == f.lowOf(k) {
			if p.to == 0 {
				p.from = place
			}
			p.to = place + 1
		}
	}
	return p
}

// BenchmarkFind looks unknown keys up in the filter of 16 million.
func BenchmarkFind(b *testing.B) {
	const n = 16 << 20
	r := rand.New(rand.NewPCG(1, 2))
	builder := newFilter(n, n, nil)
	for i := range uint64(n) {
		const each = ^uint64(0) / n
		if err := builder.add(Key{High: i*each + r.Uint64N(each)}); err != nil {
			b.Fatal(err)
		}
	}
	var stored bytes.Buffer
	if err := builder.write(&stored); err != nil {
		b.Fatal(err)
	}
	f := parseFilter(stored.Bytes(), n)
	const group = 20_000 // that the journal asks for at once
	keys := make([]Key, 50*group)
	for i := range keys {
		keys[i] = randomKey(r)
	}
	var all finding
	b.Run("together", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if i%group != 0 {
				continue // an operation is a key
			}
			keys := keys[i%len(keys):][:group]
			for some := range slices.Chunk(all.byFirstBits(keys), asked) {
				for i, n := range some {
					all.keys[i] = keys[n]
				}
				f.find(all.keys[:len(some)], all.places[:])
			}
		}
	})
	b.Run("one by one", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			all.places[0] = findOne(f, keys[i%len(keys)])
		}
	})
}

func TestByFirstBits(t *testing.T) {
	r := seeded(t)
	var f finding
	for _, n := range []int{0, 1, asked, asked + 1, 5000} {
		keys := make([]Key, n)
		for i := range keys {
			keys[i] = randomKey(r)
		}
		order := f.byFirstBits(keys)
		if n > asked && !slices.IsSortedFunc(order, func(a, b uint32) int { return cmp.Compare(keys[a].High>>52, keys[b].High>>52) }) {
			t.Errorf("%d keys are not in the order of their first bits", n)
		}
		order = slices.Sorted(slices.Values(order))
		for i, k := range order {
			if uint32(i) != k {
				t.Fatalf("%d keys: %d in place of %d", n, k, i)
			}
		}
	}
}

func TestSelectBit(t *testing.T) {
	r := seeded(t)
	for range 10_000 {
		w := r.Uint64() & r.Uint64()
		if r.IntN(2) == 0 {
			w = ^w
		}
		n := 0
		for i := range 64 {
			if w&(1<<i) != 0 {
				n++
				if got := selectBit(w, n); got != i {
					t.Fatalf("bit %d of %064b is at %d, want %d", n, w, got, i)
				}
			}
		}
	}
}

// BenchmarkDecide decides about new events with two keys each, as the sequencer does, with five million keys stored.
func BenchmarkDecide(b *testing.B) {
	x := open(b, Options{FS: disk.OS, Dir: b.TempDir()})
	r := rand.New(rand.NewPCG(1, 2))
	sequence := uint64(0)
	advance := func() {
		if err := x.Advance(sequence, [32]byte{}); err != nil {
			b.Fatal(err)
		}
		x.Durable(sequence)
	}
	for sequence < 5_000_000 {
		sequence++
		x.Add(randomKey(r), 1)
		if sequence%1000 == 0 {
			advance()
		}
	}
	runs := settle(x)

	const batch = 1000
	ids, naturals, found := make([]Key, batch), make([]Key, batch), make([]Found, batch)
	for i := 0; b.Loop(); i = (i + 1) % batch {
		if i > 0 {
			continue // an operation is an event, a batch of them is decided at once
		}
		b.StopTimer()
		for i := range ids {
			ids[i], naturals[i] = randomKey(r), randomKey(r)
		}
		b.StartTimer()
		for _, keys := range [][]Key{ids, naturals} {
			if err := x.Find(keys, found); err != nil {
				b.Fatal(err)
			}
		}
		for i := range ids {
			if _, known := x.Recent(ids[i]); known {
				b.Fatal("a new key is known")
			}
			if _, known := x.Recent(naturals[i]); known {
				b.Fatal("a new key is known")
			}
			x.Add(ids[i], 1)
			x.Add(naturals[i], 1)
		}
		sequence += batch
		advance()
	}
	b.ReportMetric(float64(runs), "runs")
	closeIndex(b, x)
}
