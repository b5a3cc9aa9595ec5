package journal

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk/disktest"
)

// TestLookup asks for random records of journals of many shapes.
func TestLookup(t *testing.T) {
	r := seeded(t)
	for range 20 {
		d := disktest.New()
		j := open(t, Options{FS: d, SegmentBytes: int64(300 + r.IntN(100_000)), fullFrame: 100 + r.IntN(20_000)})
		for i := range 1 + r.IntN(60) {
			var events []tallystick.Event
			for k := range 1 + r.IntN(20) {
				id := fmt.Sprintf("%d-%d", i, k)
				events = append(events, message("t", id, "m"+id, strings.Repeat("y", r.IntN(50))))
			}
			outcomes(t, j, events...)
		}
		all := readAll(t, j, 0)
		lookUp(t, j, all, r.IntN)
		closeJournal(t, j)
		reader, err := OpenReader(t.Context(), d, "/data/journal")
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			lookUp(t, reader, all, r.IntN)
		}
	}
}

type looker interface {
	Lookup(ctx context.Context, positions []tallystick.Position, fn func(tallystick.Record) error) error
}

// lookUp asks for some of the records, in any order and some of them twice.
func lookUp(t *testing.T, l looker, all []tallystick.Record, random func(int) int) {
	t.Helper()
	var positions []tallystick.Position
	wanted := map[int]bool{}
	for range random(2 * len(all)) {
		i := random(len(all))
		wanted[i] = true
		positions = append(positions, all[i].Position)
	}
	asked := slices.Clone(positions)
	var got, want []tallystick.Record
	for i := range all {
		if wanted[i] {
			want = append(want, all[i])
		}
	}
	err := l.Lookup(t.Context(), positions, func(r tallystick.Record) error {
		got = append(got, r)
		return nil
	})
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("asked for %v of %d records\ngot %s, %v\nwant %s", positions, len(all), ids(got), err, ids(want))
	}
	if !slices.Equal(positions, asked) {
		t.Fatal("the positions were changed")
	}
}

func TestLookupOfNothing(t *testing.T) {
	d, all := small(t, Options{SegmentBytes: 600}, true)
	reader, err := OpenReader(t.Context(), d, "/data/journal")
	if err != nil {
		t.Fatal(err)
	}
	never := func(tallystick.Record) error { t.Error("a record was found"); return nil }
	if err := reader.Lookup(t.Context(), nil, never); err != nil {
		t.Error(err)
	}
	for _, p := range []tallystick.Position{{}, {Log: 1}, {Log: 2, Sequence: 1}, {Log: 1, Sequence: uint64(len(all)) + 1}} {
		if err := reader.Lookup(t.Context(), []tallystick.Position{p}, never); tallystick.CodeOf(err) != tallystick.NotFound {
			t.Errorf("%s: %v", p, err)
		}
	}
	enough := errors.New("enough")
	calls := 0
	err = reader.Lookup(t.Context(), []tallystick.Position{all[0].Position, all[3].Position}, func(tallystick.Record) error { calls++; return enough })
	if err != enough || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

// TestLookupReadsOnlyItsFrames damages the payload of each frame in turn: who asks for a record of it is told so, who asks for another gets it.
func TestLookupReadsOnlyItsFrames(t *testing.T) {
	whole, all := small(t, Options{SegmentBytes: 600}, true)
	reader, err := OpenReader(t.Context(), whole, "/data/journal")
	if err != nil {
		t.Fatal(err)
	}
	type spot struct {
		path        string
		offset      int64
		first, last uint64
	}
	var frames []spot
	v := reader.view()
	err = v.frames(t.Context(), 1, func(path string, offset int64, f *frame, _ []byte) error {
		frames = append(frames, spot{path, offset, f.first, f.last()})
		return nil
	})
	if err != nil || len(frames) < 4 {
		t.Fatalf("%d frames, %v", len(frames), err)
	}
	for _, s := range frames {
		flip := func() {
			if err := whole.Flip(s.path, s.offset+frameHeader, 1); err != nil {
				t.Fatal(err)
			}
		}
		flip()
		for _, r := range all {
			found := false
			err := reader.Lookup(t.Context(), []tallystick.Position{r.Position}, func(got tallystick.Record) error {
				found = reflect.DeepEqual(got, r)
				return nil
			})
			inside := s.first <= r.Position.Sequence && r.Position.Sequence <= s.last
			place := fmt.Sprintf("%s is damaged at offset %d: ", s.path, s.offset)
			if inside && (found || err == nil || !strings.HasPrefix(err.Error(), place)) || !inside && (!found || err != nil) {
				t.Errorf("damage in %+v, record %s: found %v, %v", s, r.Position, found, err)
			}
		}
		flip()
	}
}
