package quarantine

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
)

// BenchmarkKeep keeps batches of rejected events on the real disk, from as many goroutines as clients would use.
func BenchmarkKeep(b *testing.B) {
	for _, size := range []int{1, 100} {
		b.Run(fmt.Sprintf("%d at once, 16 clients", size), func(b *testing.B) {
			s, err := Open(Options{Dir: b.TempDir()})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			var n atomic.Int64
			b.SetParallelism(16 / runtime.GOMAXPROCS(0))
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				entries := make([]Entry, size)
				for pb.Next() {
					for i := range entries {
						raw := fmt.Appendf(make([]byte, 330), "%d", n.Add(1))
						entries[i] = Entry{Reason: "the required field is missing", Path: "data.user_id", Raw: raw}
					}
					if kept, err := s.Keep(ctx, "acme", entries); err != nil || !kept[0] {
						b.Error(kept, err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

// BenchmarkRead reads a file of 100 000 entries, as after a restart, and shows what an entry takes in memory.
func BenchmarkRead(b *testing.B) {
	const entries = 100_000
	o := Options{Dir: b.TempDir()}
	s, err := Open(o)
	if err != nil {
		b.Fatal(err)
	}
	var batch []Entry
	for i := range entries {
		batch = append(batch, Entry{Reason: "the required field is missing", Path: "data.user_id", Raw: fmt.Appendf(make([]byte, 300), "%d", i)})
	}
	if _, err := s.Keep(ctx, "acme", batch); err != nil {
		b.Fatal(err)
	}
	s.Close()
	batch = nil
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		s, err := Open(o)
		if err != nil {
			b.Fatal(err)
		}
		all, err := s.Tenants(ctx)
		if err != nil || all[0].Entries != entries {
			b.Fatal(all, err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		s.Close()
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/entries, "B/entry")
}
