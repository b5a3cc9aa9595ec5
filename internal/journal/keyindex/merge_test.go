package keyindex

import (
	"slices"
	"testing"
)

// TestPick merges runs as they are picked, without writing them: few are left, no key is merged more often than there are sizes, and none grows beyond its bound.
// Some runs are small, as a stop leaves them; sometimes the merger is behind.
func TestPick(t *testing.T) {
	const tableKeys, tables = 512 << 10, 2000
	r := seeded(t)
	for _, small := range []float64{0, 0.1, 0.5} {
		x := &Index{options: Options{TableKeys: tableKeys}}
		var total, merged uint64
		most := 0
		for range tables {
			n := uint64(tableKeys + r.IntN(4000))
			if r.Float64() < small {
				n = r.Uint64N(tableKeys) + 1
			}
			x.runs = append(x.runs, &run{count: n})
			total += n
			if r.IntN(10) == 0 {
				continue
			}
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
			// The largest runs, which are two thirds full or more, and of each size below three and what came since.
			most = max(most, len(x.runs)-int(3*total/2/maxMerged))
		}
		if each := float64(merged) / float64(total); each > 4.4 || most > 13 {
			t.Errorf("%.0f%% small tables: a key is merged %.1f times, and there are %d runs besides the largest", 100*small, each, most)
		}
	}
}
