package quarantine

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/disk"
	"github.com/tallystick/tallystick/internal/disk/disktest"
)

var ctx = context.Background()

func open(t testing.TB, fsys disk.FS, o Options) *Store {
	t.Helper()
	o.Dir, o.FS = "/q", fsys
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rejected is an entry of about size bytes.
func rejected(name string, size int) Entry {
	return Entry{Received: 1_740_000_000_000_000, Source: name + ".jsonl:1", Code: tallystick.Invalid, Path: "data.user_id", Reason: "the required field is missing",
		Raw: []byte(`{"id":"` + name + `"` + strings.Repeat(" ", size) + `}`)}
}

func keep(t testing.TB, s *Store, tenant string, entries ...Entry) {
	t.Helper()
	kept, err := s.Keep(ctx, tenant, entries)
	if err != nil || slices.Contains(kept, false) {
		t.Fatalf("kept %v, %v", kept, err)
	}
}

// list returns a tenant's entries.
// list returns entries, without their places, which must grow.
func list(t testing.TB, s *Store, tenant, after string) []Entry {
	t.Helper()
	var all []Entry
	place := uint64(0)
	for e, err := range s.List(ctx, tenant, after) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Place <= place {
			t.Errorf("an entry at %d comes behind %d", e.Place, place)
		}
		place, e.Place = e.Place, 0
		all = append(all, e)
	}
	return all
}

func TestAPlaceOutlivesItsEntry(t *testing.T) {
	s := open(t, disktest.New(), Options{})
	keep(t, s, "acme", rejected("a", 0), rejected("b", 0), rejected("c", 0))
	all := list(t, s, "acme", "")
	places := []uint64{0}
	for e := range s.List(ctx, "acme", "") {
		places = append(places, e.Place)
	}
	if err := s.Remove(ctx, "acme", all[1].ID); err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]string{{all[0].ID, all[2].ID}, {all[2].ID}, {all[2].ID}, nil} {
		var got []string
		for e, err := range s.ListBehind(ctx, "acme", places[i]) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, e.ID)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("behind place %d are %v, want %v", places[i], got, want)
		}
	}
}

func TestKeep(t *testing.T) {
	d := disktest.New()
	s := open(t, d, Options{})
	long := rejected("long", 100_000)
	whole := sha256.Sum256(long.Raw)
	keep(t, s, "acme", rejected("a", 0), rejected("b", 0), rejected("a", 0))
	keep(t, s, "acme", long, rejected("b", 0))
	keep(t, s, "", rejected("a", 0))
	check := func(s *Store) {
		t.Helper()
		got := list(t, s, "acme", "")
		if len(got) != 3 {
			t.Fatalf("%d entries", len(got))
		}
		for i, name := range []string{"a", "b", "long"} {
			want := rejected(name, 0)
			want.Tenant = "acme"
			want.Length = int64(len(want.Raw))
			want.ID = fmt.Sprintf("%x", sha256.Sum256(want.Raw))
			if name == "long" {
				want.Raw, want.Length, want.ID = long.Raw[:MaxRaw], int64(len(long.Raw)), fmt.Sprintf("%x", whole)
			}
			if !reflect.DeepEqual(got[i], want) {
				t.Errorf("entry %d is %.300v\ninstead of %.300v", i, got[i], want)
			}
			if got[i].Whole() != (name != "long") {
				t.Errorf("%s is whole: %v", name, got[i].Whole())
			}
		}
		if got := list(t, s, "", ""); len(got) != 1 || got[0].Tenant != "" {
			t.Errorf("the provider has %v", got)
		}
		if got := list(t, s, "nobody", ""); got != nil {
			t.Errorf("nobody has %v", got)
		}
	}
	check(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Keep(ctx, "acme", []Entry{rejected("c", 0)}); tallystick.CodeOf(err) != tallystick.Unavailable {
		t.Errorf("after Close: %v", err)
	}
	s = open(t, d, Options{})
	check(s)
	summaries, err := s.Tenants(ctx)
	if err != nil || len(summaries) != 2 || summaries[0].Tenant != "" || summaries[1].Tenant != "acme" || summaries[1].Entries != 3 || summaries[1].Bytes < MaxRaw {
		t.Errorf("the tenants are %v, %v", summaries, err)
	}

	t.Run("an entry that was cut by its giver brings its digest", func(t *testing.T) {
		e := Entry{ID: strings.Repeat("ab", 32), Length: 200_000_000, Raw: make([]byte, MaxRaw), Code: tallystick.TooLarge}
		keep(t, s, "cut", e, e)
		if got := list(t, s, "cut", ""); len(got) != 1 || got[0].ID != e.ID || got[0].Length != e.Length || got[0].Whole() {
			t.Errorf("%d entries, the first %.200v", len(got), got)
		}
		e.ID = "abab"
		if _, err := s.Keep(ctx, "cut", []Entry{rejected("before", 0), e}); tallystick.CodeOf(err) != tallystick.Internal {
			t.Errorf("without a digest: %v", err)
		}
		if got := list(t, s, "cut", ""); len(got) != 1 {
			t.Errorf("a call that is wrong kept something: %d entries", len(got))
		}
	})
	t.Run("a call that was given up does nothing", func(t *testing.T) {
		done, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := s.Keep(done, "acme", []Entry{rejected("z", 0)}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		for _, err := range s.List(done, "acme", "") {
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
	})
}

func TestLimit(t *testing.T) {
	d := disktest.New()
	s := open(t, d, Options{Limit: 10_000})
	kept, err := s.Keep(ctx, "acme", []Entry{rejected("a", 4000), rejected("b", 4000), rejected("c", 4000), rejected("d", 500), rejected("a", 4000)})
	if want := []bool{true, true, false, true, true}; err != nil || !slices.Equal(kept, want) {
		t.Fatalf("kept %v, %v instead of %v", kept, err, want)
	}
	keep(t, s, "other", rejected("c", 4000))
	s = open(t, d, Options{Limit: 10_000}) // as after a restart
	if kept, err := s.Keep(ctx, "acme", []Entry{rejected("c", 4000), rejected("b", 4000)}); err != nil || !slices.Equal(kept, []bool{false, true}) {
		t.Fatalf("kept %v, %v", kept, err)
	}
	if err := s.Remove(ctx, "acme", list(t, s, "acme", "")[0].ID); err != nil {
		t.Fatal(err)
	}
	keep(t, s, "acme", rejected("c", 4000))
}

func TestRemove(t *testing.T) {
	d := disktest.New()
	s := open(t, d, Options{})
	keep(t, s, "acme", rejected("a", 0), rejected("b", 0), rejected("c", 0))
	all := list(t, s, "acme", "")
	if err := s.Remove(ctx, "acme", all[0].ID[:8], strings.Repeat("0", 64)); tallystick.CodeOf(err) != tallystick.NotFound {
		t.Errorf("removing one that is not there: %v", err)
	}
	if got := list(t, s, "acme", ""); len(got) != 3 {
		t.Fatalf("a removal that could not be done did half: %d are left", len(got))
	}
	if err := s.Remove(ctx, "acme", all[0].ID[:8], strings.ToUpper(all[2].ID)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := list(t, s, "acme", ""); len(got) != 1 || got[0].ID != all[1].ID {
			t.Errorf("left are %v", got)
		}
		s = open(t, d, Options{})
	}
	keep(t, s, "acme", rejected("a", 0)) // rejected once more
	if got := list(t, s, "acme", all[1].ID); len(got) != 1 || got[0].ID != all[0].ID {
		t.Errorf("behind the second are %v", got)
	}
}

func TestCompact(t *testing.T) {
	d := disktest.New()
	s := open(t, d, Options{})
	name := filepath.Join("/q", fileName("acme"))
	var entries []Entry
	for i := range 40 {
		entries = append(entries, rejected(fmt.Sprint(i), 20_000))
	}
	keep(t, s, "acme", entries...)
	before, _ := d.Stat(name)
	all := list(t, s, "acme", "")
	next, stop := iterator(t, s)
	defer stop()
	for i, e := range all {
		if i%10 == 3 {
			continue
		}
		if err := s.Remove(ctx, "acme", e.ID); err != nil {
			t.Fatal(err)
		}
		if i < 5 && next() == "" {
			t.Error("a list that was begun before has an end too early")
		}
	}
	after, _ := d.Stat(name)
	if after.Size > before.Size/4 {
		t.Errorf("the file has %d bytes of %d", after.Size, before.Size)
	}
	for next() != "" { // goes on over the rewritten file
	}
	keep(t, s, "acme", rejected("last", 0))
	for range 2 {
		got := list(t, s, "acme", all[3].ID)
		if len(got) != 4 || !reflect.DeepEqual(got[:3], []Entry{all[13], all[23], all[33]}) || !strings.Contains(string(got[3].Raw), "last") {
			t.Errorf("left are %d entries", len(got))
		}
		s.Close()
		s = open(t, d, Options{})
	}
}

// iterator returns the ids of the entries one by one, "" at the end.
func iterator(t *testing.T, s *Store) (func() string, func()) {
	ch, done := make(chan string), make(chan struct{})
	var once sync.Once
	go func() {
		defer close(ch)
		for e, err := range s.List(ctx, "acme", "") {
			if err != nil {
				t.Error(err)
			}
			select {
			case ch <- e.ID:
			case <-done:
				return
			}
		}
	}()
	return func() string { return <-ch }, func() { once.Do(func() { close(done) }) }
}

func TestGet(t *testing.T) {
	s := open(t, disktest.New(), Options{})
	var entries []Entry
	for _, id := range []string{"aaaaaa00", "aaaaaa01", "bbbbbb00"} {
		entries = append(entries, Entry{ID: id + strings.Repeat("0", 56), Length: 1 << 20, Raw: []byte("x")})
	}
	keep(t, s, "acme", entries...)
	for _, c := range []struct {
		id   string
		code tallystick.Code
	}{
		{entries[0].ID, ""}, {"bbbbbb", ""}, {"BBBBBB0", ""}, {"aaaaaa01", ""}, {"aaaaaa0", tallystick.Invalid}, {"bbbbb", tallystick.Invalid},
		{"cccccc", tallystick.NotFound}, {strings.Repeat("c", 64), tallystick.NotFound}, {strings.Repeat("c", 65), tallystick.Invalid}, {"../../etc", tallystick.Invalid}, {"", tallystick.Invalid},
	} {
		e, err := s.Get(ctx, "acme", c.id)
		if tallystick.CodeOf(err) != c.code || err == nil && !strings.HasPrefix(e.ID, strings.ToLower(c.id)) {
			t.Errorf("%q is %v, %v", c.id, e.ID, err)
		}
	}
	if _, err := s.Get(ctx, "other", entries[0].ID); tallystick.CodeOf(err) != tallystick.NotFound {
		t.Errorf("another tenant's entry: %v", err)
	}
}

func TestExport(t *testing.T) {
	s := open(t, disktest.New(), Options{})
	lines := Entry{Raw: []byte("{\r\n  \"id\": \"\xff\"}")}
	cut := Entry{ID: strings.Repeat("1", 64), Length: 1 << 20, Raw: []byte("x")}
	keep(t, s, "acme", rejected("a", 0), cut, lines)
	var b bytes.Buffer
	written, missing, err := s.Export(ctx, "acme", &b)
	if want := "{\"id\":\"a\"}\n{    \"id\": \"\xff\"}\n"; err != nil || written != 2 || b.String() != want || !slices.Equal(missing, []string{cut.ID}) {
		t.Errorf("%d written, %v cut, %v: %q", written, missing, err, b.String())
	}
	all := list(t, s, "acme", "")
	b.Reset()
	if written, _, err := s.Export(ctx, "acme", &b, all[2].ID, all[0].ID[:6]); err != nil || written != 2 || !strings.HasSuffix(b.String(), "\n{\"id\":\"a\"}\n") {
		t.Errorf("%d written, %v: %q", written, err, b.String())
	}
	r, w := io.Pipe()
	r.Close()
	if _, _, err := s.Export(ctx, "acme", w); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a writer that fails: %v", err)
	}
}

func TestFileNames(t *testing.T) {
	tenants := []string{"", "provider", "acme", "Acme", "ACME", "a/b", "../x", "a_2fb", "日本", strings.Repeat("x", 256), strings.Repeat("x", 255) + "y", "\x00", "tenant-"}
	d := disktest.New()
	s := open(t, d, Options{})
	seen := map[string]string{}
	for _, tenant := range tenants {
		name := fileName(tenant)
		if other, ok := seen[strings.ToLower(name)]; ok || len(name) > 250 || filepath.Base(name) != name {
			t.Errorf("%q is kept in %s, like %q", tenant, name, other)
		}
		seen[strings.ToLower(name)] = tenant
		keep(t, s, tenant, rejected("of "+tenant, 0))
	}
	summaries, err := open(t, d, Options{}).Tenants(ctx)
	var got []string
	for _, s := range summaries {
		got = append(got, s.Tenant)
	}
	slices.Sort(tenants)
	if err != nil || !slices.Equal(got, tenants) {
		t.Errorf("the tenants are %q, %v", got, err)
	}
}

func TestFullDisk(t *testing.T) {
	d := disktest.New()
	s := open(t, d, Options{})
	keep(t, s, "acme", rejected("a", 0))
	d.SetFree(100)
	kept, err := s.Keep(ctx, "acme", []Entry{rejected("b", 0), rejected("a", 0)})
	if !slices.Equal(kept, []bool{false, true}) || tallystick.CodeOf(err) != tallystick.Unavailable || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("kept %v, %v", kept, err)
	}
	d.SetFree(-1)
	keep(t, s, "acme", rejected("b", 0))
	if got := list(t, open(t, d, Options{}), "acme", ""); len(got) != 2 {
		t.Errorf("%d entries", len(got))
	}
}

func TestFailedSync(t *testing.T) {
	d := disktest.New()
	s := open(t, d, Options{})
	keep(t, s, "acme", rejected("a", 0))
	wrong := errors.New("I/O error")
	d.Inject(func(op disktest.Op, _ string) error {
		if op == disktest.OpSync {
			return wrong
		}
		return nil
	})
	for range 2 {
		if kept, err := s.Keep(ctx, "acme", []Entry{rejected("b", 0)}); !errors.Is(err, wrong) || kept[0] {
			t.Errorf("kept %v, %v", kept, err)
		}
		d.Inject(nil) // a second sync would succeed, and mean nothing
	}
	if kept, err := s.Keep(ctx, "acme", []Entry{rejected("a", 0)}); err != nil || !kept[0] {
		t.Errorf("what was there before: %v, %v", kept, err)
	}
	keep(t, s, "other", rejected("b", 0))
	s = open(t, d.Reboot(disktest.Dropped, 1), Options{})
	keep(t, s, "acme", rejected("b", 0))
}

// TestTogether keeps the same and other entries from several goroutines.
func TestTogether(t *testing.T) {
	d := disktest.New()
	s := open(t, d, Options{})
	var running sync.WaitGroup
	const goroutines, rounds = 8, 30
	for g := range goroutines {
		running.Go(func() {
			for i := range rounds {
				keep(t, s, "acme", rejected(fmt.Sprint("all", i), 0), rejected(fmt.Sprint(g, "-", i), 0))
				if i%10 == 0 {
					for e, err := range s.List(ctx, "acme", "") {
						if err != nil || e.Tenant != "acme" {
							t.Error(err)
						}
					}
				}
				if i%3 == 0 {
					id := fmt.Sprintf("%x", sha256.Sum256(rejected(fmt.Sprint(g, "-", i), 0).Raw))
					if err := s.Remove(ctx, "acme", id); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	running.Wait()
	for range 2 {
		if got := list(t, s, "acme", ""); len(got) != rounds+goroutines*rounds*2/3 {
			t.Errorf("%d entries", len(got))
		}
		s = open(t, d, Options{})
	}
}

func TestDamage(t *testing.T) {
	d := disktest.New()
	s := open(t, d, Options{})
	// Entries that have a frame of their own each, one of them with the bytes of a frame inside.
	inner := (&header{}).append(nil)
	frame := append(make([]byte, frameHeader), frameRemove)
	(&header{}).seal(frame, 0)
	for _, e := range []Entry{rejected("a", 0), {Raw: append(inner, frame...)}, rejected("c", 0)} {
		keep(t, s, "acme", e)
	}
	all := list(t, s, "acme", "")
	name := filepath.Join("/q", fileName("acme"))
	content, err := disk.ReadFile(d, name)
	if err != nil {
		t.Fatal(err)
	}
	f := s.files["acme"]
	start := f.header.size()
	frameOf := func(offset int64) int { // which entry's frame a byte is in
		n := 0
		for n < 2 && offset >= f.slots[n].at+int64(f.slots[n].length) {
			n++
		}
		return n
	}
	for offset := range int64(len(content)) {
		var log bytes.Buffer
		d := d.Reboot(disktest.Kept, 1)
		if err := d.Flip(name, offset, uint(offset%8)); err != nil {
			t.Fatal(err)
		}
		s := open(t, d, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		summaries, err := s.Tenants(ctx)
		if offset < start {
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("a flip at %d of the header: %v, %v", offset, summaries, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("a flip at %d: %v", offset, err)
		}
		bad := frameOf(offset)
		left := slices.Delete(slices.Clone(all), bad, bad+1)
		if got := list(t, s, "acme", ""); !reflect.DeepEqual(got, left) {
			t.Errorf("a flip at %d leaves %d entries", offset, len(got))
		}
		if bad == 2 { // the last frame: as after a crash
			if !strings.Contains(log.String(), "torn") || len(summaries[0].Damage) != 0 {
				t.Errorf("a flip at %d of the last frame: %s", offset, log.String())
			}
			continue
		}
		from := start
		if bad > 0 {
			from = f.slots[bad-1].at + int64(f.slots[bad-1].length)
		}
		want := Damage{name, from, f.slots[bad].at + int64(f.slots[bad].length) - from}
		if len(summaries[0].Damage) != 1 || summaries[0].Damage[0] != want || !strings.Contains(log.String(), "damaged") {
			t.Errorf("a flip at %d is told as %v, not %v", offset, summaries[0].Damage, want)
		}
		keep(t, s, "acme", rejected("d", 0))
		if got := list(t, open(t, d, Options{}), "acme", ""); len(got) != 3 {
			t.Errorf("after a flip at %d nothing new is kept: %d entries", offset, len(got))
		}
	}
	for size := start; size < int64(len(content)); size++ {
		d := d.Reboot(disktest.Kept, 1)
		d.Overwrite(name, content[:size])
		got := list(t, open(t, d, Options{}), "acme", "")
		if want := all[:frameOf(size)]; len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("cut off at %d %d entries are left instead of %d", size, len(got), len(want))
		}
	}

	t.Run("a file under another tenant's name", func(t *testing.T) {
		d := d.Reboot(disktest.Kept, 1)
		if err := d.Rename(name, filepath.Join("/q", fileName("other"))); err != nil {
			t.Fatal(err)
		}
		if _, err := open(t, d, Options{}).Keep(ctx, "other", []Entry{rejected("x", 0)}); tallystick.CodeOf(err) != tallystick.Internal || !strings.Contains(err.Error(), "acme") {
			t.Error(err)
		}
	})
}
