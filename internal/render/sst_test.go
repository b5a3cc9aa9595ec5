package render

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
)

// FuzzSharedTexts reads the table's records with a reader of our own, which goes by the format's description and knows nothing of the writer.
func FuzzSharedTexts(f *testing.F) {
	f.Add("a", "Ā", "🏦", uint16(8213), uint8(3))
	f.Add("", "ÿ", "a🏦", uint16(4105), uint8(9))
	f.Add("\xff", "\xed\xa0\x80", "\x00", uint16(65535), uint8(1))
	f.Fuzz(func(t *testing.T, a, b, c string, length uint16, times uint8) {
		texts := []string{a, b, c, "", a}
		for i := range int(times % 4) {
			for _, s := range []string{a, b, c} {
				if s != "" { // texts of about that length, a unit longer each time
					texts = append(texts, atMost(strings.Repeat(s, 1+int(length)/len(s))+strings.Repeat("a", i)))
				}
			}
		}
		for i, s := range texts {
			texts[i] = atMost(s)
		}
		checkSharedTexts(t, texts)
	})
}

// TestSharedTextsAtEveryPlace begins and ends texts of each kind at every place around the end of a record.
func TestSharedTextsAtEveryPlace(t *testing.T) {
	for _, unit := range []string{"a", "Ā", "🏦", "a🏦", "🏦a"} {
		for _, before := range []string{"x", "Ā"} {
			for n := range 24 {
				first := strings.Repeat(before, (maxRecord-24)/len(before)+n)
				checkSharedTexts(t, []string{first, unit, strings.Repeat(unit, 2), strings.Repeat(unit, 5000), "", unit + "b"})
			}
		}
	}
}

func TestSharedTextsThatAreRememberedAreBounded(t *testing.T) {
	for _, test := range []struct {
		name          string
		texts, length int
	}{
		{"many", maxSeenTexts + 10, 8},
		{"long", maxSeenBytes/30000 + 10, 30000},
	} {
		t.Run(test.name, func(t *testing.T) {
			texts := newTestTexts(t)
			for i := range test.texts {
				s := fmt.Sprintf("%0*d", test.length, i)
				n, err := texts.number(s)
				again, err2 := texts.number(s)
				if err != nil || err2 != nil || n != uint32(i) || again != n {
					t.Fatalf("text %d has the numbers %d and %d, %v, %v", i, n, again, err, err2)
				}
			}
			if n := len(texts.seen); n > 20 {
				t.Errorf("%d texts are remembered of %d", n, test.texts)
			}
			if n, err := texts.number(fmt.Sprintf("%0*d", test.length, 0)); err != nil || n != uint32(test.texts) {
				t.Errorf("a text that was forgotten has the number %d, %v; want %d", n, err, test.texts)
			}
		})
	}
}

func newTestTexts(t *testing.T) *sharedTexts {
	spool, err := newSpool()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := spool.close(); err != nil {
			t.Error(err)
		}
	})
	return newSharedTexts(spool)
}

// checkSharedTexts writes texts and reads them again.
func checkSharedTexts(t *testing.T, texts []string) {
	t.Helper()
	table := newTestTexts(t)
	numbers := make([]uint32, len(texts))
	for i, s := range texts {
		n, err := table.number(s)
		if err != nil {
			t.Fatal(err)
		}
		numbers[i] = n
	}
	if err := table.flush(); err != nil {
		t.Fatal(err)
	}
	var file strings.Builder
	if err := table.spool.copyTo(&file, 0, table.spool.size); err != nil {
		t.Fatal(err)
	}
	if int(table.refs) != len(texts) {
		t.Errorf("%d references, want %d", table.refs, len(texts))
	}
	got := readSharedTexts(t, []byte(file.String()), int(table.count))
	for i, s := range texts {
		want := string([]rune(s)) // with U+FFFD for what is not UTF-8
		if got[numbers[i]] != want {
			t.Fatalf("text %d: read %d bytes %.60q, want %d bytes %.60q", i, len(got[numbers[i]]), got[numbers[i]], len(want), want)
		}
	}
}

// readSharedTexts reads a table of as many texts as are said.
func readSharedTexts(t *testing.T, b []byte, count int) (texts []string) {
	t.Helper()
	var record []byte
	next := func(want uint16) {
		if len(b) < 4 || binary.LittleEndian.Uint16(b) != want {
			t.Fatalf("no record %#x where one is needed", want)
		}
		n := int(binary.LittleEndian.Uint16(b[2:]))
		if n > 8224 {
			t.Fatalf("a record of %d bytes", n)
		}
		record, b = b[4:4+n], b[4+n:]
	}
	next(0x00fc)
	record = record[8:]
	for range count {
		if len(record) == 0 {
			next(0x003c)
		}
		if len(record) < 3 {
			t.Fatal("the head of a text is split")
		}
		length, flag := int(binary.LittleEndian.Uint16(record)), record[2]
		record = record[3:]
		var units []uint16
		for len(units) < length {
			if len(record) == 0 {
				if len(units) > 0 && utf16.IsSurrogate(rune(units[len(units)-1])) && units[len(units)-1] < 0xdc00 {
					t.Fatal("a surrogate pair is split")
				}
				next(0x003c)
				flag, record = record[0], record[1:]
				continue
			}
			switch flag {
			case 0:
				units, record = append(units, uint16(record[0])), record[1:]
			case 1:
				if len(record) < 2 {
					t.Fatal("a character is split")
				}
				units, record = append(units, binary.LittleEndian.Uint16(record)), record[2:]
			default:
				t.Fatalf("flag %d", flag)
			}
		}
		texts = append(texts, string(utf16.Decode(units)))
	}
	if len(record) > 0 || len(b) > 0 {
		t.Fatalf("%d bytes are left", len(record)+len(b))
	}
	return texts
}

// atMost cuts a text to what a cell holds.
func atMost(s string) string { return cutUTF16(s, maxCellText) }
