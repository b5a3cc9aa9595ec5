package keyindex

import (
	"slices"
	"testing"
)

// TestPick merges runs as they are picked, without writing them: few are left, most of the largest are full, keys are merged about as often as there are sizes, and
// no run grows beyond its bound. Tables are a little larger than they were to be, by as much as a group of the journal; some are small, as a stop leaves
// them; and sometimes the merger is behind.
func TestPick(t *testing.T) {
	const tableKeys, tables = 512 << 10, 2000
	r := seeded(t)
	for _, beyond := range []uint64{0, 2000, 8300, 10_000, 12_400, 35_000} {
		for _, small := range []float64{0, 0.1, 0.5} {
			for _, behind := range []int{1, 10, 100} { // so many tables come before the merger has time, at most
				x := &Index{options: Options{TableKeys: tableKeys}}
				var total, merged uint64
				wait := 0
				for range tables {
					n := tableKeys + beyond
					if r.Float64() < small {
						n = r.Uint64N(tableKeys) + 1
					}
					x.runs = append(x.runs, &run{count: n})
					total += n
					if wait--; wait > 0 {
						continue
					}
					wait = 1 + r.IntN(behind)
					for old := x.pick(); len(old) > 0; old = x.pick() {
						one := &run{}
						for _, o := range old {
							one.count += o.count
						}
						if len(old) < 2 || one.count > maxMerged {
							t.Fatalf("%d runs are merged to one of %d keys", len(old), one.count)
						}
						merged += one.count
						at := slices.Index(x.runs, old[0])
						x.runs = slices.Concat(x.runs[:at], []*run{one}, x.runs[at+len(old):])
					}
					// The largest runs are nine tenths full, and of each of four sizes there are three, and some between larger ones.
					most := int(float64(total)/maxMerged/0.9) + 3*4 + 6
					if each := float64(merged) / float64(total); each > 4.4 || len(x.runs) > most {
						t.Fatalf("tables of %d more, %.0f%% small, the merger up to %d behind: a key of %d Mi is merged %.1f times, and there are %d runs, at most %d were to be",
							beyond, 100*small, behind, total>>20, each, len(x.runs), most)
					}
				}
			}
		}
	}
}

// TestPickFull does not write a large run anew for a few keys, nor very many at once.
func TestPickFull(t *testing.T) {
	const mi = 1 << 20
	for _, c := range []struct {
		counts []uint64
		picked int
	}{
		{[]uint64{60 * mi, 1 * mi, 16 * mi}, 0},
		{[]uint64{40 * mi, 20 * mi, 16 * mi}, 2},
		{append(slices.Repeat([]uint64{6 * mi / 10}, 100), 16*mi), 0},
		{[]uint64{20 * mi, 20 * mi, 20 * mi}, 0}, // there may be more
	} {
		x := &Index{options: Options{TableKeys: 512 << 10}}
		for _, n := range c.counts {
			x.runs = append(x.runs, &run{count: n})
		}
		if got := len(x.pickFull()); got != c.picked {
			t.Errorf("%d runs of %d keys and others: %d are merged, want %d", len(c.counts), c.counts[0], got, c.picked)
		}
	}
}
