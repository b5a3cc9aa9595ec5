package duckdb_test

import (
	"testing"
)

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		if err := open(b, b.TempDir()).Close(); err != nil {
			b.Fatal(err)
		}
	}
}
