package render

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"github.com/tallystick/tallystick"
)

// TestCompoundSizes reads back streams of the sizes at which a file's shape changes: the smallest, a full sector, a full sector of the FAT, and the first sector
// of the DIFAT, full and one more.
func TestCompoundSizes(t *testing.T) {
	fat := func(n int64) int64 { return n * fatPerSector * sectorSize } // bytes of which n sectors of the FAT tell
	for _, around := range []int64{0, smallStream, 10 * sectorSize, fat(1), fat(2), fat(difatInHeader), fat(difatInHeader + 1), fat(difatInHeader + difatPerSector)} {
		for _, off := range []int64{-1025, -1024, -513, -512, -1, 0, 1, 512, 513} {
			if size := around + off; size >= 0 {
				checkCompound(t, size)
			}
		}
	}
}

func FuzzCompound(f *testing.F) {
	f.Add(uint32(0))
	f.Add(uint32(7_000_000))
	f.Fuzz(func(t *testing.T, size uint32) { checkCompound(t, int64(size%(8<<20))) })
}

func TestCompoundRefusesWhatItCanNotSay(t *testing.T) {
	var b bytes.Buffer
	err := writeCompound(&b, "Workbook", maxStream+1, func(io.Writer) error { return errors.New("asked for the stream") })
	if tallystick.CodeOf(err) != tallystick.TooLarge || b.Len() > 0 {
		t.Errorf("got %v and %d bytes", err, b.Len())
	}
}

func checkCompound(t *testing.T, size int64) {
	t.Helper()
	content := make([]byte, size)
	for i := 0; i+8 <= len(content); i += 8 {
		binary.LittleEndian.PutUint64(content[i:], uint64(i)*0x9e3779b97f4a7c15)
	}
	var b bytes.Buffer
	err := writeCompound(&b, "Workbook", size, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	got := readCompound(t, b.Bytes(), "Workbook")
	if want := max(size, 4096); int64(len(got)) != want || !bytes.Equal(got[:size], content) {
		t.Fatalf("size %d: read %d bytes, want %d", size, len(got), want)
	}
}

// readCompound reads a stream by the format's description.
func readCompound(t *testing.T, file []byte, name string) []byte {
	t.Helper()
	u16, u32 := binary.LittleEndian.Uint16, binary.LittleEndian.Uint32
	if len(file)%512 != 0 || u32(file) != 0xe011cfd0 || u16(file[0x1e:]) != 9 {
		t.Fatalf("no compound file in %d bytes", len(file))
	}
	sector := func(i uint32) []byte {
		at := (int(i) + 1) * 512
		if at+512 > len(file) {
			t.Fatalf("sector %d is outside of %d bytes", i, len(file))
		}
		return file[at : at+512]
	}
	var fat []uint32
	addFAT := func(list []byte) {
		for ; len(list) > 0; list = list[4:] {
			if s := u32(list); s != 0xffffffff {
				for b := sector(s); len(b) > 0; b = b[4:] {
					fat = append(fat, u32(b))
				}
			}
		}
	}
	addFAT(file[0x4c:512])
	var difat []uint32
	for s := u32(file[0x44:]); s != 0xfffffffe; s = u32(sector(s)[508:]) {
		difat = append(difat, s)
		addFAT(sector(s)[:508])
	}
	if n := u32(file[0x2c:]); int(n)*128 != len(fat) || int(u32(file[0x48:])) != len(difat) {
		t.Fatalf("%d sectors are said to be of the FAT and %d of the DIFAT; found %d entries and %d", n, u32(file[0x48:]), len(fat), len(difat))
	}
	if sectors := len(file)/512 - 1; len(fat) < sectors {
		t.Fatalf("the FAT tells of %d sectors, and there are %d", len(fat), sectors)
	}
	for i, next := range fat {
		if used := i < len(file)/512-1; used == (next == 0xffffffff) {
			t.Fatalf("sector %d, used %v, is %#x in the FAT", i, used, next)
		}
	}
	for _, s := range difat {
		if fat[s] != 0xfffffffc {
			t.Fatalf("sector %d of the DIFAT is %#x in the FAT", s, fat[s])
		}
	}
	chain := func(s uint32) (b []byte) {
		for n := 0; s != 0xfffffffe; s = fat[s] {
			if b = append(b, sector(s)...); n > len(fat) {
				t.Fatal("a chain without an end")
			}
			n++
		}
		return b
	}
	directory := chain(u32(file[0x30:]))
	entry := directory[128*u32(directory[0x4c:]):] // the root's child
	var found []uint16
	for i := range int(u16(entry[0x40:]))/2 - 1 {
		found = append(found, u16(entry[2*i:]))
	}
	if text := decodeUnits(found); text != name {
		t.Fatalf("found a stream %q", text)
	}
	return chain(u32(entry[0x74:]))[:u32(entry[0x78:])]
}

func decodeUnits(units []uint16) string {
	s := ""
	for _, u := range units {
		s += string(rune(u))
	}
	return s
}
