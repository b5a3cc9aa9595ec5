package report

import (
	"maps"
	"testing"

	"github.com/tallystick/tallystick"
)

func TestFollowed(t *testing.T) {
	for _, c := range []struct {
		name       string
		into, want map[string]string
	}{
		{"a chain ends at its last", map[string]string{"a": "b", "b": "c"}, map[string]string{"a": "c", "b": "c"}},
		{"a cycle ends at its smallest", map[string]string{"b": "c", "c": "a", "a": "b"}, map[string]string{"a": "a", "b": "a", "c": "a"}},
		{"a chain into a cycle ends at the cycle's smallest", map[string]string{"0": "y", "y": "z", "z": "y"}, map[string]string{"0": "y", "y": "y", "z": "y"}},
		{"into itself", map[string]string{"a": "a", "b": "a"}, map[string]string{"a": "a", "b": "a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := followed(c.into); !maps.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestDuring(t *testing.T) {
	for _, c := range []struct {
		name    string
		history history
		want    []interval
	}{
		{"nothing is known", nil, nil},
		{"added: not before", history{{5, true}}, []interval{{5, 10}}},
		{"removed first: since ever", history{{5, false}}, []interval{{0, 5}}},
		{"removed at the beginning", history{{0, false}}, nil},
		{"added at the end is not inside", history{{10, true}}, nil},
		{"added and removed at one instant", history{{5, true}, {5, false}}, nil},
		{"removed and added at one instant is one interval", history{{1, true}, {5, false}, {5, true}}, []interval{{1, 10}}},
		{"added twice", history{{2, true}, {4, true}, {6, false}}, []interval{{2, 6}}},
		{"before the period", history{{-5, true}, {-3, false}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.history.during(0, 10)
			if len(got) != len(c.want) {
				t.Fatalf("got %v, want %v", got, c.want)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("got %v, want %v", got, c.want)
				}
			}
		})
	}
}

func TestHundredths(t *testing.T) {
	for _, c := range []struct{ n, d, want int64 }{{1, 3, 33}, {2, 3, 67}, {1, 200, 1}, {1, 201, 0}, {5, 1, 500}, {0, 1, 0}, {7985_00, 60, 1330833}, {1, 8, 13}} {
		if got := hundredths(c.n, c.d); got != c.want {
			t.Errorf("%d / %d: got %d hundredths, want %d", c.n, c.d, got, c.want)
		}
	}
	if got := hundredths(9_000_000_000_000_000_000, int64(tallystick.Minute)); got != 15_000_000_000_000 {
		t.Errorf("a large sum: got %d", got)
	}
}
